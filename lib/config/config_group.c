/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_group.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "text.h"
#include "why.h"

/* The names that a key may have: one for each row, and the password. */
#define NAMES_MOST 65

/* A group while it is read. */
struct level {
    const struct source *source;
    struct settings *settings;
    uint64_t above;   /* rows that a higher level has set */
    uint64_t useless; /* rows that mean nothing with what a higher level has set */
    char *why;
    size_t why_size;
};

/* "a string", "a group" ...: what SETTING is. */
static const char *type_name(const config_setting_t *setting)
{
    static const char *const names[] = {
        [CONFIG_TYPE_NONE] = "nothing",     [CONFIG_TYPE_GROUP] = "a group",  [CONFIG_TYPE_INT] = "an integer",
        [CONFIG_TYPE_INT64] = "an integer", [CONFIG_TYPE_FLOAT] = "a float",  [CONFIG_TYPE_STRING] = "a string",
        [CONFIG_TYPE_BOOL] = "a boolean",   [CONFIG_TYPE_ARRAY] = "an array", [CONFIG_TYPE_LIST] = "a list"};
    return names[config_setting_type(setting)];
}

/* Where SETTING is: its own line if it has a name, as libconfig knows that; an element of a list may have the line of
 * the token behind it, so it has the list's. */
static unsigned line_of(const config_setting_t *setting)
{
    while (!config_setting_name(setting) && config_setting_parent(setting) && !config_setting_is_group(setting))
        setting = config_setting_parent(setting);
    return config_setting_source_line(setting);
}

/* "count", "limits.rtt", "remotes[2].count": from below the profile on. */
static void add_path(const config_setting_t *setting, char *out, size_t size)
{
    char shown[WHY_VALUE_SIZE];
    const config_setting_t *parent = config_setting_parent(setting);
    bool in_list = parent && !config_setting_is_group(parent);
    bool in_nested =
        parent && (in_list || !config_setting_name(parent) || strcmp(config_setting_name(parent), "map") == 0 ||
                   strcmp(config_setting_name(parent), "limits") == 0);
    if (in_nested)
        add_path(parent, out, size);
    size_t used = strlen(out);
    if (in_list)
        why_set(out + used, size - used, "[%d]", config_setting_index(setting) + 1);
    else
        why_set(out + used, size - used, "%s%s", used > 0 ? "." : "",
                why_show(config_setting_name(setting) ? config_setting_name(setting) : "", shown));
}

/* Writes "FILE:LINE: KEY: REASON". Always returns false. */
static bool refuse(const struct source *source, const config_setting_t *setting, const char *reason, char *why,
                   size_t why_size)
{
    char place[SOURCE_PLACE_SIZE], path[160] = "";
    add_path(setting, path, sizeof path);
    return why_set(why, why_size, "%s: %s: %s", source_place(source, line_of(setting), place), path, reason);
}

static bool refuse_value(const struct level *level, const config_setting_t *setting, const char *reason)
{
    return refuse(level->source, setting, reason, level->why, level->why_size);
}

bool config_refuse_type(const struct source *source, const config_setting_t *setting, const char *expected, char *why,
                        size_t why_size)
{
    char reason[160];
    why_set(reason, sizeof reason, "found %s, expected %s", type_name(setting), expected);
    return refuse(source, setting, reason, why, why_size);
}

static bool refuse_type(const struct level *level, const config_setting_t *setting, const char *expected)
{
    return config_refuse_type(level->source, setting, expected, level->why, level->why_size);
}

bool config_refuse_key(const struct source *source, const config_setting_t *setting, const char *const *names,
                       size_t count, char *why, size_t why_size)
{
    char reason[100];
    const char *nearest = text_nearest(config_setting_name(setting), names, count);
    why_set(reason, sizeof reason, "unknown key%s%s%s", nearest ? ": did you mean " : "", nearest ? nearest : "",
            nearest ? "?" : "");
    return refuse(source, setting, reason, why, why_size);
}

/* --- values --- */

/* The number as the command line would have it: never with an exponent, with a point if it had one. */
static void number_text(const config_setting_t *setting, char *out, size_t size)
{
    if (config_setting_type(setting) != CONFIG_TYPE_FLOAT) {
        why_set(out, size, "%lld", config_setting_get_int64(setting));
        return;
    }
    double value = config_setting_get_float(setting);
    for (int decimals = 1; decimals < 20; decimals++) {
        why_set(out, size, "%.*f", decimals, value);
        if (strtod(out, NULL) == value)
            return;
    }
}

/* The text of SETTING, which is a string or, where NUMBER says so, may be a number: in it, or in BUFFER. NULL when it
 * is neither. */
static const char *text_of(const config_setting_t *setting, bool number, char *buffer, size_t size)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING)
        return config_setting_get_string(setting);
    if (!number || !config_setting_is_number(setting))
        return NULL;
    number_text(setting, buffer, size);
    return buffer;
}

/* Applies VALUE for ROW to SETTINGS; SETTING is where it stands. */
static bool apply(const struct level *level, const struct option_row *row, const config_setting_t *setting,
                  const char *value, struct settings *settings)
{
    char reason[256];
    return option_apply(row, settings, value, reason, sizeof reason) || refuse_value(level, setting, reason);
}

static bool read_switch(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return refuse_type(level, setting, "true or false");
    return !config_setting_get_bool(setting) || apply(level, row, setting, NULL, level->settings);
}

/* A switch that is given several times: how many. */
static bool read_degree(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    static const char expected[] = "an integer from 0 to 3";
    if (config_setting_type(setting) != CONFIG_TYPE_INT)
        return refuse_type(level, setting, expected);
    int degree = config_setting_get_int(setting);
    if (degree < 0 || degree > 3) {
        char reason[60];
        why_set(reason, sizeof reason, "%d is not %s", degree, expected);
        return refuse_value(level, setting, reason);
    }
    for (int i = 0; i < degree; i++) {
        if (!apply(level, row, setting, NULL, level->settings))
            return false;
    }
    return true;
}

static bool read_value(const struct level *level, const struct option_row *row, const config_setting_t *setting,
                       struct settings *settings)
{
    char buffer[64];
    const char *text = text_of(setting, option_takes_number(row), buffer, sizeof buffer);
    if (!text)
        return refuse_type(level, setting, option_takes_number(row) ? "a number or a string" : "a string");
    return apply(level, row, setting, text, settings);
}

/* One string, or several in a list or an array. */
static bool read_strings(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING)
        return read_value(level, row, setting, level->settings);
    if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
        return refuse_type(level, setting, "a string or a list of strings");
    for (int i = 0; i < config_setting_length(setting); i++) {
        if (!read_value(level, row, config_setting_get_elem(setting, (unsigned)i), level->settings))
            return false;
    }
    return true;
}

/* --- the keys that are lists and groups of their own --- */

/* The row of remotes with the key NAME, NULL for none. NAMES gets all such keys, for a suggestion. */
static const struct option_row *find_own_row(const char *name, char keys[][OPTION_KEY_SIZE], const char **names,
                                             size_t *count)
{
    const struct option_row *found = NULL;
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].own == 0)
            continue;
        names[*count] = option_key(&option_table[i], keys[*count]);
        if (strcmp(names[*count], name) == 0)
            found = &option_table[i];
        ++*count;
    }
    return found;
}

struct remote {
    const config_setting_t *alias, *jid;
    struct settings values; /* its own */
    unsigned own;           /* which of them */
};

static bool read_remote_member(const struct level *level, const config_setting_t *setting, struct remote *remote)
{
    char keys[NAMES_MOST][OPTION_KEY_SIZE];
    const char *names[NAMES_MOST] = {"alias", "jid"}, *name = config_setting_name(setting);
    size_t count = 2;
    bool is_alias = strcmp(name, "alias") == 0, is_jid = strcmp(name, "jid") == 0;
    const struct option_row *row = find_own_row(name, keys, names, &count);
    if (is_alias || is_jid) {
        *(is_alias ? &remote->alias : &remote->jid) = setting;
        return config_setting_type(setting) == CONFIG_TYPE_STRING || refuse_type(level, setting, "a string");
    }
    if (!row)
        return config_refuse_key(level->source, setting, names, count, level->why, level->why_size);
    remote->own |= row->own;
    return read_value(level, row, setting, &remote->values);
}

static bool add_remote(const struct level *level, const config_setting_t *group, const struct remote *remote)
{
    char reason[256];
    const char *alias = remote->alias ? config_setting_get_string(remote->alias) : NULL;
    if (!remote->jid)
        return refuse_value(level, group, "has no jid");
    if (alias && !jid_alias_valid(alias)) {
        why_value(reason, sizeof reason, alias, "is not of a-z, 0-9 and _ only");
        return refuse_value(level, remote->alias, reason);
    }
    if (!settings_add_target(level->settings, alias, config_setting_get_string(remote->jid), reason, sizeof reason))
        return refuse_value(level, remote->jid, reason);
    struct target *target = &level->settings->targets[level->settings->target_count - 1];
    target->own = remote->own;
    settings_copy_to_target(target, &remote->values, remote->own);
    return true;
}

static bool read_remote(const struct level *level, const config_setting_t *group)
{
    struct remote remote = {0};
    bool good = settings_init(&remote.values) || refuse_value(level, group, "out of memory");
    for (int i = 0; good && i < config_setting_length(group); i++)
        good = read_remote_member(level, config_setting_get_elem(group, (unsigned)i), &remote);
    good = good && add_remote(level, group, &remote);
    settings_free(&remote.values);
    return good;
}

static bool read_remotes(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
        return refuse_type(level, setting, "a list of strings and groups");
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
        if (config_setting_type(element) == CONFIG_TYPE_STRING) {
            if (!read_value(level, row, element, level->settings))
                return false;
        } else if (!config_setting_is_group(element)) {
            return refuse_type(level, element, "a string or a group");
        } else if (!read_remote(level, element)) {
            return false;
        }
    }
    return true;
}

/* LABEL = "WARNING,CRITICAL" */
static bool read_limit(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    const char *label = config_setting_name(setting), *ranges = config_setting_get_string(setting);
    if (strcmp(label, "password") == 0) /* moved here by mistake; its value is not to be shown */
        return refuse_value(level, setting, "is no metric");
    if (config_setting_type(setting) != CONFIG_TYPE_STRING)
        return refuse_type(level, setting, "a string: WARNING,CRITICAL");
    const char *comma = strchr(ranges, ',');
    if (!comma || strchr(comma + 1, ',')) {
        char reason[100];
        why_value(reason, sizeof reason, ranges, "is not WARNING,CRITICAL");
        return refuse_value(level, setting, reason);
    }
    if (settings_has_limit(level->settings, label))
        return true;
    size_t size = strlen(label) + strlen(ranges) + 2;
    char *text = malloc(size);
    if (!text)
        return refuse_value(level, setting, "out of memory");
    why_set(text, size, "%s,%s", label, ranges);
    bool good = apply(level, row, setting, text, level->settings);
    free(text);
    return good;
}

/* CONDITION is SETTING's key as --map has it. */
static bool refuse_condition(const struct level *level, const config_setting_t *setting, const char *condition)
{
    char key[CONDITION_SIZE] = "", reason[100];
    const char *nearest = condition_nearest(condition);
    for (size_t i = 0; nearest && nearest[i] != '\0'; i++)
        key[i] = nearest[i] == '-' ? '_' : nearest[i];
    why_set(reason, sizeof reason, "unknown condition%s%s%s", nearest ? ": did you mean " : "", key,
            nearest ? "?" : "");
    return refuse_value(level, setting, reason);
}

/* condition = "STATE" */
static bool read_condition(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    char text[2 * CONDITION_SIZE], condition[CONDITION_SIZE] = "";
    const char *key = config_setting_name(setting);
    for (size_t i = 0; key[i] != '\0' && i + 1 < sizeof condition; i++)
        condition[i] = key[i] == '_' ? '-' : key[i];
    if (strchr(key, '-') || strlen(key) >= sizeof condition || !condition_known(condition))
        return refuse_condition(level, setting, condition);
    if (config_setting_type(setting) != CONFIG_TYPE_STRING)
        return refuse_type(level, setting, "a string: ok, warning, critical, unknown or 0 to 3");
    if (settings_has_map(level->settings, condition))
        return true;
    why_set(text, sizeof text, "%s=%s", condition, config_setting_get_string(setting));
    return apply(level, row, setting, text, level->settings);
}

static bool read_group(const struct level *level, const struct option_row *row, const config_setting_t *setting,
                       bool (*read)(const struct level *, const struct option_row *, const config_setting_t *))
{
    if (!config_setting_is_group(setting))
        return refuse_type(level, setting, "a group");
    for (int i = 0; i < config_setting_length(setting); i++) {
        if (!read(level, row, config_setting_get_elem(setting, (unsigned)i)))
            return false;
    }
    return true;
}

static bool read_password(const struct level *level, const config_setting_t *setting)
{
    struct secret *password = &level->settings->password;
    if (config_setting_type(setting) != CONFIG_TYPE_STRING)
        return refuse_type(level, setting, "a string");
    if (source_is_public(level->source, config_setting_source_line(setting)))
        return refuse_value(level, setting, "is in a file that group or others can read");
    char reason[20];
    return password->set || secret_set(password, config_setting_get_string(setting), reason, sizeof reason) ||
           refuse_value(level, setting, reason);
}

/* --- the group --- */

static bool read_row(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    /* These two are merged, entry by entry. */
    if (row->type == OPTION_LIMITS)
        return read_group(level, row, setting, read_limit);
    if (row->type == OPTION_MAP)
        return read_group(level, row, setting, read_condition);
    if (level->above & option_bits(row))
        return true;
    if (row->type == OPTION_REMOTES)
        return read_remotes(level, row, setting);
    if (row->type == OPTION_STRINGS)
        return read_strings(level, row, setting);
    if (row->type == OPTION_LEVEL)
        return read_degree(level, row, setting);
    return row->argument ? read_value(level, row, setting, level->settings) : read_switch(level, row, setting);
}

static bool refuse_unknown(const struct level *level, const config_setting_t *setting)
{
    char keys[NAMES_MOST][OPTION_KEY_SIZE];
    const char *names[NAMES_MOST] = {"password"};
    size_t count = 1;
    for (size_t i = 0; i < option_count; i++) {
        names[count] = option_key(&option_table[i], keys[count]);
        count += *names[count] != '\0';
    }
    return config_refuse_key(level->source, setting, names, count, level->why, level->why_size);
}

static bool read_member(const struct level *level, const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    if (strcmp(name, "password") == 0)
        return read_password(level, setting);
    for (size_t i = 0; i < option_count; i++) {
        char key[OPTION_KEY_SIZE];
        const struct option_row *row = &option_table[i];
        if (strcmp(option_key(row, key), name) != 0)
            continue;
        if (level->useless & option_bits(row))
            return true;
        level->settings->given |= option_bits(row);
        return read_row(level, row, setting);
    }
    return refuse_unknown(level, setting);
}

bool config_group_read(const struct source *source, const config_setting_t *group, struct settings *settings, char *why,
                       size_t why_size)
{
    struct level level = {source, settings, settings->given, options_useless(settings), why, why_size};
    for (int i = 0; i < config_setting_length(group); i++) {
        if (!read_member(&level, config_setting_get_elem(group, (unsigned)i)))
            return false;
    }
    return true;
}
