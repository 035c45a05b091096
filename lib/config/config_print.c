/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings in the syntax of the configuration file. */
#include <string.h>

#include "config_report.h"
#include "options.h"
#include "text.h"
#include "utf8.h"

#define STEP 4

/* One character, LENGTH bytes, of a string. What text_clean() would not let through is escaped. */
static void print_character(FILE *out, const char *text, size_t length)
{
    char clean[8];
    text_clean(clean, sizeof clean, text, length);
    bool harmless = *text == ' ' || (strlen(clean) == length && memcmp(clean, text, length) == 0);
    if (*text == '"' || *text == '\\')
        fputc('\\', out);
    for (size_t i = 0; i < length; i++)
        fprintf(out, harmless || *text == '"' || *text == '\\' ? "%c" : "\\x%02x", (unsigned char)text[i]);
}

static void print_string(FILE *out, const char *text)
{
    size_t left = strlen(text);
    fputc('"', out);
    while (left > 0) {
        uint32_t code;
        size_t length = utf8_decode(text, left, &code);
        if (length == 0)
            length = 1;
        print_character(out, text, length);
        text += length;
        left -= length;
    }
    fputc('"', out);
}

/* Whether libconfig reads TEXT as an integer, and this program writes it in the same way. */
static bool is_integer(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 10 && text[digits] == '\0';
}

/* KEY = VALUE; nothing when there is none. */
static void print_row(FILE *out, const struct option_row *row, const struct settings *settings, const char *begin,
                      const char *end)
{
    char key[OPTION_KEY_SIZE], buffer[OPTION_SHOWN_SIZE];
    const char *value = option_show(row, settings, buffer);
    if (!value || *option_key(row, key) == '\0')
        return;
    fprintf(out, "%s%s = ", begin, key);
    if (!row->argument || (option_takes_number(row) && is_integer(value)))
        fputs(value, out);
    else
        print_string(out, value);
    fprintf(out, ";%s", end);
}

/* A remote with what is its own. */
static void print_target(FILE *out, const struct target *target)
{
    struct settings view = {.count = target->count,
                            .interval = target->interval,
                            .ping_timeout = target->ping_timeout,
                            .rtt = target->rtt,
                            .loss = target->loss};
    fputs("{ alias = ", out);
    print_string(out, target->alias);
    fputs("; jid = ", out);
    print_string(out, target->jid_text);
    fputc(';', out);
    for (size_t i = 0; i < option_count; i++) {
        if (target->given & option_table[i].of_target)
            print_row(out, &option_table[i], &view, " ", "");
    }
    fputs(" }", out);
}

static void print_remotes(FILE *out, const struct settings *settings, int indent)
{
    if (settings->target_count == 1)
        return;
    fprintf(out, "%*sremotes = (", indent, "");
    for (size_t i = 1; i < settings->target_count; i++) {
        fprintf(out, "%s\n%*s", i > 1 ? "," : "", indent + STEP, "");
        print_target(out, &settings->targets[i]);
    }
    fprintf(out, "\n%*s);\n", indent, "");
}

/* KEY = ("STRING", ...) */
static void print_strings(FILE *out, const struct option_row *row, const struct settings *settings, int indent)
{
    char key[OPTION_KEY_SIZE];
    struct line line = LINE_EMPTY;
    size_t count = 0;
    for (; option_show_element(row, settings, count, &line); count++) {
        if (count == 0)
            fprintf(out, "%*s%s = (", indent, "", option_key(row, key));
        else
            fputs(", ", out);
        print_string(out, line.text);
        line = LINE_EMPTY;
    }
    if (count > 0)
        fputs(");\n", out);
}

/* A label of an alias that begins with a digit or '_' cannot be a name there. */
static bool is_name(const char *label)
{
    return *label >= 'a' && *label <= 'z';
}

static void print_limits(FILE *out, const struct settings *settings, int indent)
{
    if (settings->label_count == 0)
        return;
    fprintf(out, "%*slimits = {\n", indent, "");
    for (size_t i = 0; i < settings->label_count; i++) {
        const struct label_limits *label = &settings->labels[i];
        char ranges[2 * OPTION_SHOWN_SIZE];
        snprintf(ranges, sizeof ranges, "%s,%s", label->warning, label->critical);
        fprintf(out, "%*s%s%s = ", indent + STEP, "", is_name(label->label) ? "" : "# only with -L: ", label->label);
        print_string(out, ranges);
        fputs(";\n", out);
    }
    fprintf(out, "%*s};\n", indent, "");
}

static void print_map(FILE *out, const struct settings *settings, int indent)
{
    if (settings->map_count == 0)
        return;
    fprintf(out, "%*smap = {\n", indent, "");
    for (size_t i = 0; i < settings->map_count; i++) {
        fprintf(out, "%*s", indent + STEP, "");
        for (const char *c = settings->map[i].name; *c != '\0'; c++)
            fputc(*c == '-' ? '_' : *c, out);
        fprintf(out, " = \"%s\";\n", state_name(settings->map[i].state));
    }
    fprintf(out, "%*s};\n", indent, "");
}

static void print_password(FILE *out, const struct settings *settings, int indent)
{
    if (settings->password->set)
        fprintf(out, "%*spassword = \"***\";\n", indent, "");
    else if (!settings->password_file && !settings->client_cert && settings_use_password(settings))
        fprintf(out, "%*s# no password here: " SECRET_VARIABLE " must have it\n", indent, "");
}

void config_print(FILE *out, const char *name, const struct settings *settings, int indent)
{
    char begin[40];
    int inner = indent + STEP;
    fprintf(out, "%*s%s = {\n", indent, "", name);
    snprintf(begin, sizeof begin, "%*s", inner, "");
    for (size_t i = 0; i < option_count; i++)
        print_row(out, &option_table[i], settings, begin, "\n");
    print_password(out, settings, inner);
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].type == OPTION_STRINGS)
            print_strings(out, &option_table[i], settings, inner);
    }
    print_remotes(out, settings, inner);
    print_limits(out, settings, inner);
    print_map(out, settings, inner);
    fprintf(out, "%*s};\n", indent, "");
}
