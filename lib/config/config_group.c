/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_group.h"

#include <stdlib.h>
#include <string.h>

#include "config_refuse.h"
#include "lists.h"
#include "options.h"
#include "text.h"

/* A group while it is read. */
struct level {
    const struct source *source;
    struct settings *settings;
    uint64_t above;   /* rows that a higher level has set */
    uint64_t useless; /* rows that mean nothing with what a higher level has set */
    struct mistakes *mistakes;
};

static bool refuse_value(const struct level *level, const config_setting_t *setting, const char *reason)
{
    return config_refuse(level->source, setting, reason, level->mistakes);
}

static bool refuse_type(const struct level *level, const config_setting_t *setting, const char *expected)
{
    return config_refuse_type(level->source, setting, expected, level->mistakes);
}

/* --- keys --- */

/* The row with the key NAME, NULL for none. */
static const struct option_row *find_row(const char *name)
{
    for (size_t i = 0; i < option_count; i++) {
        char key[OPTION_KEY_SIZE];
        if (strcmp(option_key(&option_table[i], key), name) == 0)
            return &option_table[i];
    }
    return NULL;
}

/* There are the keys of all rows, or of those that a remote may have as its own, and OTHERS. */
static bool refuse_unknown(const struct level *level, const config_setting_t *setting, const char *const *others,
                           bool of_remote)
{
    char key[OPTION_KEY_SIZE], best[OPTION_KEY_SIZE];
    struct nearest nearest = nearest_to(config_setting_name(setting));
    for (; *others; others++)
        nearest_try(&nearest, *others);
    for (size_t i = 0; i < option_count; i++) {
        if (*option_key(&option_table[i], key) != '\0' && (!of_remote || option_table[i].of_target))
            nearest_try(&nearest, key);
        if (nearest.name == key)
            nearest.name = memcpy(best, key, sizeof best);
    }
    return config_refuse_key(level->source, setting, nearest.name, level->mistakes);
}

/* --- values --- */

/* The number as the command line would have it: never with an exponent, with a point if it had one. */
static void number_text(const config_setting_t *setting, char *out, size_t size)
{
    if (config_setting_type(setting) != CONFIG_TYPE_FLOAT) {
        text_format(out, size, "%lld", config_setting_get_int64(setting));
        return;
    }
    double value = config_setting_get_float(setting);
    for (int decimals = 1; decimals < 20; decimals++) {
        text_format(out, size, "%.*f", decimals, value);
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
    struct line reason;
    return option_apply(row, settings, value, &reason) || refuse_value(level, setting, reason.text);
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
    bool good = true;
    if (config_setting_type(setting) != CONFIG_TYPE_INT)
        return refuse_type(level, setting, expected);
    int degree = config_setting_get_int(setting);
    if (degree < 0 || degree > 3) {
        struct line reason = LINE_EMPTY;
        line_add(&reason, "%d is not %s", degree, expected);
        return refuse_value(level, setting, reason.text);
    }
    for (int i = 0; i < degree; i++)
        good = apply(level, row, setting, NULL, level->settings) && good;
    return good;
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
    bool good = true;
    for (int i = 0; i < config_setting_length(setting); i++)
        good = read_value(level, row, config_setting_get_elem(setting, (unsigned)i), level->settings) && good;
    return good;
}

/* --- the keys that are lists and groups of their own --- */

struct remote {
    const config_setting_t *alias, *jid;
    struct settings values; /* its own */
    unsigned given;         /* which of them */
};

static bool read_remote_member(const struct level *level, const config_setting_t *setting, struct remote *remote)
{
    const char *name = config_setting_name(setting);
    bool is_alias = strcmp(name, "alias") == 0, is_jid = strcmp(name, "jid") == 0;
    if (is_alias || is_jid) {
        *(is_alias ? &remote->alias : &remote->jid) = setting;
        return config_setting_type(setting) == CONFIG_TYPE_STRING || refuse_type(level, setting, "a string");
    }
    const struct option_row *row = find_row(name);
    if (!row || !row->of_target)
        return refuse_unknown(level, setting, (const char *const[]){"alias", "jid", NULL}, true);
    remote->given |= row->of_target;
    return read_value(level, row, setting, &remote->values);
}

static bool add_remote(const struct level *level, const config_setting_t *group, const struct remote *remote)
{
    struct line reason;
    const char *alias = remote->alias ? config_setting_get_string(remote->alias) : NULL;
    if (!remote->jid)
        return refuse_value(level, group, "has no jid");
    if (alias && !jid_alias_valid(alias)) {
        line_value(&reason, alias, "is not of a-z, 0-9 and _ only");
        return refuse_value(level, remote->alias, reason.text);
    }
    if (!list_add_target(level->settings, alias, config_setting_get_string(remote->jid), &reason))
        return refuse_value(level, remote->jid, reason.text);
    struct target *target = &level->settings->targets[level->settings->target_count - 1];
    target->given = remote->given;
    settings_copy_to_target(target, &remote->values, remote->given);
    return true;
}

static bool read_remote(const struct level *level, const config_setting_t *group)
{
    struct remote remote = {0};
    bool good = settings_init(&remote.values) || refuse_value(level, group, "out of memory");
    for (int i = 0; i < config_setting_length(group); i++)
        good = read_remote_member(level, config_setting_get_elem(group, (unsigned)i), &remote) && good;
    good = good && add_remote(level, group, &remote);
    settings_free(&remote.values);
    return good;
}

static bool read_remotes(const struct level *level, const struct option_row *row, const config_setting_t *setting)
{
    bool good = true;
    if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
        return refuse_type(level, setting, "a list of strings and groups");
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
        if (config_setting_type(element) == CONFIG_TYPE_STRING)
            good = read_value(level, row, element, level->settings) && good;
        else if (config_setting_is_group(element))
            good = read_remote(level, element) && good;
        else
            good = refuse_type(level, element, "a string or a group");
    }
    return good;
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
        struct line reason;
        line_value(&reason, ranges, "is not WARNING,CRITICAL");
        return refuse_value(level, setting, reason.text);
    }
    if (settings_has_limit(level->settings, label))
        return true;
    size_t size = strlen(label) + strlen(ranges) + 2;
    char *text = malloc(size);
    if (!text)
        return refuse_value(level, setting, "out of memory");
    text_format(text, size, "%s,%s", label, ranges);
    bool good = apply(level, row, setting, text, level->settings);
    free(text);
    return good;
}

/* CONDITION is SETTING's key as --map has it. */
static bool refuse_condition(const struct level *level, const config_setting_t *setting, const char *condition)
{
    char key[CONDITION_SIZE] = "";
    const char *nearest = condition_nearest(condition);
    struct line reason = LINE_EMPTY;
    for (size_t i = 0; nearest && nearest[i] != '\0'; i++)
        key[i] = nearest[i] == '-' ? '_' : nearest[i];
    line_add(&reason, "unknown condition");
    line_add_guess(&reason, "", nearest ? key : NULL);
    return refuse_value(level, setting, reason.text);
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
    text_format(text, sizeof text, "%s=%s", condition, config_setting_get_string(setting));
    return apply(level, row, setting, text, level->settings);
}

static bool read_group(const struct level *level, const struct option_row *row, const config_setting_t *setting,
                       bool (*read)(const struct level *, const struct option_row *, const config_setting_t *))
{
    if (!config_setting_is_group(setting))
        return refuse_type(level, setting, "a group");
    bool good = true;
    for (int i = 0; i < config_setting_length(setting); i++)
        good = read(level, row, config_setting_get_elem(setting, (unsigned)i)) && good;
    return good;
}

static bool read_password(const struct level *level, const config_setting_t *setting)
{
    struct secret *password = level->settings->password, unused = {0};
    struct line reason;
    if (config_setting_type(setting) != CONFIG_TYPE_STRING)
        return refuse_type(level, setting, "a string");
    if (source_is_public(level->source, config_setting_source_line(setting)))
        return refuse_value(level, setting, "is in a file that group or others can read");
    if (!password || password->set)
        password = &unused;
    bool good = secret_set(password, config_setting_get_string(setting), &reason);
    secret_wipe(&unused);
    return good || refuse_value(level, setting, reason.text);
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

static bool read_member(const struct level *level, const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    if (strcmp(name, "password") == 0)
        return read_password(level, setting);
    const struct option_row *row = find_row(name);
    if (!row)
        return refuse_unknown(level, setting, (const char *const[]){"password", NULL}, false);
    if (level->useless & option_bits(row))
        return true;
    level->settings->given |= option_bits(row);
    return read_row(level, row, setting);
}

bool config_group_read(const struct source *source, const config_setting_t *group, struct settings *settings,
                       struct mistakes *mistakes)
{
    bool good = true;
    struct level level = {source, settings, settings->given, options_useless(settings), mistakes};
    for (int i = 0; i < config_setting_length(group); i++)
        good = read_member(&level, config_setting_get_elem(group, (unsigned)i)) && good;
    return good;
}
