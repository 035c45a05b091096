/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_value.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "why.h"

/* "FILE:LINE: KEY: REASON". Always returns false. */
bool config_refuse(const struct config *config, const config_setting_t *setting, const char *key, const char *reason,
                   char *why, size_t why_size)
{
    char place[300], shown[WHY_VALUE_SIZE];
    return why_set(why, why_size, "%s: %s: %s", config_place(config, setting, place, sizeof place),
                   why_show(key, shown), reason);
}

bool config_refuse_type(const struct config *config, const config_setting_t *setting, const char *key,
                        const char *expected, char *why, size_t why_size)
{
    static const char *const names[] = {
        [CONFIG_TYPE_NONE] = "nothing",       [CONFIG_TYPE_GROUP] = "a group",  [CONFIG_TYPE_INT] = "a number",
        [CONFIG_TYPE_INT64] = "a number",     [CONFIG_TYPE_FLOAT] = "a number", [CONFIG_TYPE_STRING] = "a string",
        [CONFIG_TYPE_BOOL] = "true or false", [CONFIG_TYPE_ARRAY] = "an array", [CONFIG_TYPE_LIST] = "a list",
    };
    char reason[120];
    why_set(reason, sizeof reason, "is %s where %s is expected", names[config_setting_type(setting)], expected);
    return config_refuse(config, setting, key, reason, why, why_size);
}

bool config_refuse_key(const struct config *config, const config_setting_t *setting, const char *const *known,
                       size_t count, char *why, size_t why_size)
{
    char reason[120];
    const char *key = config_setting_name(setting);
    const char *nearest = text_nearest(key, known, count);
    if (nearest)
        why_set(reason, sizeof reason, "unknown key: did you mean %s?", nearest);
    else
        why_set(reason, sizeof reason, "unknown key");
    return config_refuse(config, setting, key, reason, why, why_size);
}

const struct option_row *config_row(const char *key)
{
    char name[40];
    for (size_t i = 0; i < option_count; i++) {
        if (!option_table[i].command_line_only && strcmp(config_key(option_table[i].name, name), key) == 0)
            return &option_table[i];
    }
    return NULL;
}

/* In plain decimals; false when that would be another number. */
static bool format_number(double number, char *out, size_t size)
{
    int wanted = isfinite(number) && fabs(number) < 1e15 ? snprintf(out, size, "%.9f", number) : -1;
    if (wanted < 0 || (size_t)wanted >= size || strtod(out, NULL) != number)
        return false;
    for (char *end = out + wanted; end[-1] == '0' || end[-1] == '.'; end--) {
        bool point = end[-1] == '.';
        end[-1] = '\0';
        if (point)
            break;
    }
    return true;
}

bool config_scalar(const config_setting_t *setting, char *out, size_t size)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        return (size_t)snprintf(out, size, "%s", config_setting_get_string(setting)) < size;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return (size_t)snprintf(out, size, "%lld", config_setting_get_int64(setting)) < size;
    case CONFIG_TYPE_FLOAT:
        return format_number(config_setting_get_float(setting), out, size);
    default:
        return false;
    }
}

/* Applies one scalar as the option ROW; KEY is what it is called in messages. */
static bool take_scalar(const struct config_taking *taking, const struct option_row *row,
                        const config_setting_t *setting, const char *key)
{
    char text[4096], reason[256];
    int type = config_setting_type(setting);
    bool number = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64 || type == CONFIG_TYPE_FLOAT;
    if (type != CONFIG_TYPE_STRING && !(number && row->number))
        return config_refuse_type(taking->config, setting, key, row->number ? "a number or a string" : "a string",
                                  taking->why, taking->why_size);
    if (!config_scalar(setting, text, sizeof text))
        return config_refuse(taking->config, setting, key,
                             number ? "a number that is not exact: write it as a string" : "is too long", taking->why,
                             taking->why_size);
    return row->apply(taking->settings, text, reason, sizeof reason) ||
           config_refuse(taking->config, setting, key, reason, taking->why, taking->why_size);
}

/* A switch; --verbose also counts. */
static bool take_switch(const struct config_taking *taking, const struct option_row *row,
                        const config_setting_t *setting, const char *key)
{
    char reason[256];
    int times = 0;
    if (config_setting_type(setting) == CONFIG_TYPE_BOOL)
        times = config_setting_get_bool(setting) != 0;
    else if (!row->repeatable)
        return config_refuse_type(taking->config, setting, key, "true or false", taking->why, taking->why_size);
    else if (config_setting_type(setting) != CONFIG_TYPE_INT)
        return config_refuse_type(taking->config, setting, key, "a number from 0 to 3", taking->why, taking->why_size);
    else
        times = config_setting_get_int(setting);
    if (times < 0 || times > 3)
        return config_refuse(taking->config, setting, key, "is not a number from 0 to 3", taking->why,
                             taking->why_size);
    for (int i = 0; i < times; i++) {
        if (!row->apply(taking->settings, NULL, reason, sizeof reason))
            return config_refuse(taking->config, setting, key, reason, taking->why, taking->why_size);
    }
    return true;
}

/* A repeatable option: one string or a list of them. */
static bool take_list(const struct config_taking *taking, const struct option_row *row, const config_setting_t *setting,
                      const char *key)
{
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return take_scalar(taking, row, setting, key);
    for (int i = 0; i < config_setting_length(setting); i++) {
        if (!take_scalar(taking, row, config_setting_get_elem(setting, (unsigned)i), key))
            return false;
    }
    return true;
}

/* A remote's own thresholds and counts, read as the run's would be. */
static bool take_own(const struct config_taking *taking, const config_setting_t *group, struct target *target)
{
    struct settings own = {0};
    const struct config_taking inner = {taking->config, &own, taking->why, taking->why_size};
    static const char *const names[] = {"warning", "critical", "count", "interval", "ping_timeout"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const config_setting_t *setting = config_setting_get_member(group, names[i]);
        char key[60];
        snprintf(key, sizeof key, "remotes: %s", names[i]);
        if (setting && !take_scalar(&inner, config_row(names[i]), setting, key))
            return false;
    }
    target->own_warning = config_setting_get_member(group, "warning") != NULL;
    target->own_critical = config_setting_get_member(group, "critical") != NULL;
    target->own_count = config_setting_get_member(group, "count") != NULL;
    target->own_interval = config_setting_get_member(group, "interval") != NULL;
    target->own_ping_timeout = config_setting_get_member(group, "ping_timeout") != NULL;
    target->rtt = own.rtt;
    target->loss = own.loss;
    target->count = own.count;
    target->interval = own.interval;
    target->ping_timeout = own.ping_timeout;
    return true;
}

static bool take_remote_group(const struct config_taking *taking, const struct option_row *row,
                              const config_setting_t *group)
{
    static const char *const known[] = {"alias", "jid", "warning", "critical", "count", "interval", "ping_timeout"};
    const size_t count = sizeof known / sizeof known[0];
    const char *texts[2] = {"", ""}; /* alias, jid */
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        size_t found = 0;
        while (found < count && strcmp(known[found], config_setting_name(setting)) != 0)
            found++;
        if (found == count)
            return config_refuse_key(taking->config, setting, known, count, taking->why, taking->why_size);
        if (found >= 2)
            continue;
        texts[found] = config_setting_get_string(setting);
        if (!texts[found])
            return config_refuse_type(taking->config, setting, known[found], "a string", taking->why, taking->why_size);
        if (*texts[found] == '\0')
            return config_refuse(taking->config, setting, known[found], "is empty", taking->why, taking->why_size);
    }
    if (*texts[1] == '\0')
        return config_refuse(taking->config, group, "remotes", "has no jid", taking->why, taking->why_size);
    if (*texts[0] != '\0' && !jid_alias_valid(texts[0]))
        return config_refuse(taking->config, group, "remotes", "alias is not made of a-z, 0-9 and _", taking->why,
                             taking->why_size);
    char text[4096], reason[256];
    if ((size_t)snprintf(text, sizeof text, "%s%s%s", texts[0], *texts[0] ? "=" : "", texts[1]) >= sizeof text)
        return config_refuse(taking->config, group, "remotes", "is too long", taking->why, taking->why_size);
    if (!row->apply(taking->settings, text, reason, sizeof reason))
        return config_refuse(taking->config, group, "remotes", reason, taking->why, taking->why_size);
    return take_own(taking, group, &taking->settings->targets[taking->settings->target_count - 1]);
}

static bool take_remotes(const struct config_taking *taking, const struct option_row *row,
                         const config_setting_t *setting)
{
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return config_refuse_type(taking->config, setting, "remotes", "a list", taking->why, taking->why_size);
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *remote = config_setting_get_elem(setting, (unsigned)i);
        bool good = config_setting_is_group(remote) ? take_remote_group(taking, row, remote)
                                                    : take_scalar(taking, row, remote, "remotes");
        if (!good)
            return false;
    }
    return true;
}

/* A group whose members are NAME = "VALUE": "NAME,VALUE" of --limit, "NAME=VALUE" of --map. */
static bool take_pairs(const struct config_taking *taking, const struct option_row *row, const config_setting_t *group,
                       const char *key, bool map)
{
    if (!config_setting_is_group(group))
        return config_refuse_type(taking->config, group, key, "a group", taking->why, taking->why_size);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        char value[512], text[1024], name[80], reason[256];
        snprintf(name, sizeof name, "%s: %s", key, config_setting_name(setting));
        bool number = map && config_setting_type(setting) == CONFIG_TYPE_INT;
        if (config_setting_type(setting) != CONFIG_TYPE_STRING && !number)
            return config_refuse_type(taking->config, setting, name, "a string", taking->why, taking->why_size);
        if (!config_scalar(setting, value, sizeof value))
            return config_refuse(taking->config, setting, name, "is too long", taking->why, taking->why_size);
        if (!map && !strchr(value, ','))
            return config_refuse(taking->config, setting, name, "is not WARNING,CRITICAL, of which one may be empty",
                                 taking->why, taking->why_size);
        snprintf(text, sizeof text, "%s%c%s", config_setting_name(setting), map ? '=' : ',', value);
        for (char *c = text; map && *c != '='; c++)
            if (*c == '_')
                *c = '-';
        if (!row->apply(taking->settings, text, reason, sizeof reason))
            return config_refuse(taking->config, setting, name, reason, taking->why, taking->why_size);
    }
    return true;
}

bool config_take(const struct config_taking *taking, const struct option_row *row, const config_setting_t *setting)
{
    const char *key = config_setting_name(setting);
    if (strcmp(row->name, "remote") == 0)
        return take_remotes(taking, row, setting);
    if (strcmp(row->name, "limit") == 0 || strcmp(row->name, "map") == 0)
        return take_pairs(taking, row, setting, key, strcmp(row->name, "map") == 0);
    if (!row->argument)
        return take_switch(taking, row, setting, key);
    return row->repeatable ? take_list(taking, row, setting, key) : take_scalar(taking, row, setting, key);
}

/* The file that a password stands in is its owner's alone. */
static bool check_private(const struct config *config, const config_setting_t *setting, char *why, size_t why_size)
{
    const char *file = config_setting_source_file(setting);
    int fd = open(file ? file : config->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool public = fd < 0 || secret_file_is_public(fd);
    if (fd >= 0)
        close(fd);
    return !public || config_refuse(config, setting, CONFIG_PASSWORD, "stands in a file that group or others can read",
                                    why, why_size);
}

bool config_take_password(const struct config_taking *taking, const config_setting_t *setting)
{
    char reason[200];
    const char *text = config_setting_get_string(setting);
    if (!text)
        return config_refuse_type(taking->config, setting, CONFIG_PASSWORD, "a string", taking->why, taking->why_size);
    if (!check_private(taking->config, setting, taking->why, taking->why_size))
        return false;
    return secret_set(&taking->settings->configured_password, text, reason, sizeof reason) ||
           config_refuse(taking->config, setting, CONFIG_PASSWORD, reason, taking->why, taking->why_size);
}
