/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows of the table of options do by their types: read an argument into a field, and show the field as an
 * argument. */
#include "options.h"

#include <string.h>

#include "array.h"
#include "duration.h"
#include "lists.h"
#include "special.h"
#include "text.h"

/* Settings are written and read by offset; each type says in options.h what is there. */
static void *field(const struct option_row *row, struct settings *settings)
{
    return (char *)settings + row->field;
}

static const void *field_of(const struct option_row *row, const struct settings *settings)
{
    return (const char *)settings + row->field;
}

/* What kind of check SETTINGS ask for, as far as that makes some options useless. */
static unsigned kind_of(const struct settings *settings)
{
    return settings->component_text ? AT_COMPONENT : settings->s2s ? AT_S2S : settings->no_login ? AT_NO_LOGIN : 0;
}

/* --- from arguments --- */

static bool apply_string(const struct option_row *row, struct settings *settings, const char *value, struct line *why)
{
    char **string = field(row, settings);
    if (*value == '\0')
        return line_value(why, value, "");
    if (row->check && !row->check(settings, value, why))
        return false;
    *string = settings_keep(settings, value);
    return *string || line_set(why, "out of memory");
}

static bool add_string(const struct option_row *row, struct settings *settings, const char *value, struct line *why)
{
    char ***strings = field(row, settings);
    size_t *count = (size_t *)((char *)settings + row->count_field);
    if (row->check && !row->check(settings, value, why))
        return false;
    char **grown = array_grow(*strings, *count, sizeof *grown), *copy = settings_keep(settings, value);
    *strings = grown ? grown : *strings;
    if (!grown || !copy)
        return line_set(why, "out of memory");
    grown[(*count)++] = copy;
    return true;
}

bool read_whole(const char *text, int least, int most, int *number)
{
    int value = 0;
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        value = value * 10 + (*digit - '0');
        if (value > most)
            return false;
    }
    if (digit == text || *digit != '\0' || value < least)
        return false;
    *number = value;
    return true;
}

static bool apply_number(const struct option_row *row, struct settings *settings, const char *value, struct line *why)
{
    if (read_whole(value, row->least, row->most, field(row, settings)))
        return true;
    line_value(why, value, "is not a whole number");
    if (*value != '\0')
        line_add(why, " from %d to %d", row->least, row->most);
    return false;
}

bool read_duration(const char *value, int64_t least, int64_t *duration, struct line *why)
{
    const char *reason;
    int64_t read;
    if (!duration_parse(value, &read, &reason))
        return line_value(why, value, reason);
    if (read < least)
        return line_value(why, value, "leaves no time");
    *duration = read;
    return true;
}

/* " nagios, json and prometheus" */
static void add_choices(struct line *line, const char *const *choices)
{
    for (size_t i = 0; choices[i]; i++)
        line_add(line, "%s %s", i == 0 ? "" : choices[i + 1] ? "," : " and", choices[i]);
}

static bool refuse_choice(const char *const *choices, const char *value, struct line *why)
{
    line_value(why, value, "is none of");
    if (*value != '\0')
        add_choices(why, choices);
    return false;
}

static bool apply_choice(const struct option_row *row, struct settings *settings, const char *value, struct line *why)
{
    for (int i = 0; row->choices[i]; i++) {
        if (strcmp(row->choices[i], value) == 0) {
            *(int *)field(row, settings) = i;
            return true;
        }
    }
    return refuse_choice(row->choices, value, why);
}

bool option_apply(const struct option_row *row, struct settings *settings, const char *value, struct line *why)
{
    switch (row->type) {
    case OPTION_STRING:
        return apply_string(row, settings, value, why);
    case OPTION_SWITCH:
        *(bool *)field(row, settings) = true;
        return true;
    case OPTION_LEVEL:
        ++*(int *)field(row, settings);
        return true;
    case OPTION_NUMBER:
        return apply_number(row, settings, value, why);
    case OPTION_DURATION:
        return read_duration(value, row->least, field(row, settings), why);
    case OPTION_CHOICE:
        return apply_choice(row, settings, value, why);
    case OPTION_STRINGS:
        return add_string(row, settings, value, why);
    case OPTION_REMOTES:
        return list_add_remote(settings, value, why);
    case OPTION_LIMITS:
        return list_add_limit(settings, value, why);
    case OPTION_MAP:
        return list_add_map(settings, value, why);
    case OPTION_SPECIAL:
        return row->apply(row, settings, value, why);
    case OPTION_QUESTION:
        break;
    }
    return true;
}

/* --- to arguments --- */

const char *show_duration(int64_t duration, char buffer[OPTION_SHOWN_SIZE])
{
    char seconds[32];
    text_format(buffer, OPTION_SHOWN_SIZE, "%ss", duration_seconds(duration, seconds, sizeof seconds));
    return buffer;
}

static const char *show_number(int number, char buffer[OPTION_SHOWN_SIZE])
{
    text_format(buffer, OPTION_SHOWN_SIZE, "%d", number);
    return buffer;
}

const char *option_show(const struct option_row *row, const struct settings *settings, char buffer[OPTION_SHOWN_SIZE])
{
    const void *value = field_of(row, settings);
    if (row->useless & kind_of(settings))
        return NULL;
    switch (row->type) {
    case OPTION_STRING:
        return *(char *const *)value;
    case OPTION_SWITCH:
        return *(const bool *)value ? "true" : "false";
    case OPTION_LEVEL:
    case OPTION_NUMBER:
        return *(const int *)value < row->least ? NULL : show_number(*(const int *)value, buffer);
    case OPTION_DURATION:
        return *(const int64_t *)value < row->least ? NULL : show_duration(*(const int64_t *)value, buffer);
    case OPTION_CHOICE:
        return row->choices[*(const int *)value];
    case OPTION_SPECIAL:
        return row->show ? row->show(row, settings, buffer) : NULL;
    default:
        return NULL;
    }
}

static size_t count_of(const struct option_row *row, const struct settings *settings)
{
    switch (row->type) {
    case OPTION_STRINGS:
        return *(const size_t *)((const char *)settings + row->count_field);
    case OPTION_REMOTES:
        return settings->target_count - 1;
    case OPTION_LIMITS:
        return settings->label_count;
    case OPTION_MAP:
        return settings->map_count;
    default:
        return 0;
    }
}

bool option_show_element(const struct option_row *row, const struct settings *settings, size_t index, struct line *line)
{
    if (index >= count_of(row, settings) || (row->useless & kind_of(settings)))
        return false;
    if (row->type == OPTION_STRINGS) {
        line_add(line, "%s", (*(char *const *const *)field_of(row, settings))[index]);
    } else if (row->type == OPTION_REMOTES) {
        const struct target *target = &settings->targets[index + 1];
        line_add(line, "%s=%s", target->alias, target->jid_text);
    } else if (row->type == OPTION_LIMITS) {
        const struct label_limits *label = &settings->labels[index];
        line_add(line, "%s,%s,%s", label->label, label->warning, label->critical);
    } else {
        const struct condition_map *map = &settings->map[index];
        line_add(line, "%s=%s", map->name, state_name(map->state));
    }
    return true;
}

/* --- what a row is --- */

struct line option_help(const struct option_row *row)
{
    struct line help = LINE_EMPTY;
    if (row->choices) {
        line_add(&help, "one of");
        add_choices(&help, row->choices);
        line_add(&help, "; ");
    }
    line_add(&help, "%s", row->help);
    return help;
}

bool option_takes_number(const struct option_row *row)
{
    return row->type == OPTION_NUMBER || row->type == OPTION_DURATION || row->number;
}

uint64_t option_bits(const struct option_row *row)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < option_count; i++) {
        const char *name = option_table[i].name;
        if (&option_table[i] == row || (row->excludes && strcmp(name, row->excludes) == 0))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

uint64_t options_useless(const struct settings *settings)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].useless & kind_of(settings))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

bool option_is_misplaced(const struct option_row *row, const struct settings *settings)
{
    bool is_off = row->type == OPTION_SWITCH && !*(const bool *)field_of(row, settings);
    return (row->useless & kind_of(settings)) && !is_off && (settings->given >> (row - option_table) & 1);
}
