/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For config_fuzz.c: what a file means, by another way: as a command line. */
#ifndef CONFIG_FUZZ_OPTIONS_H
#define CONFIG_FUZZ_OPTIONS_H

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "options.h"

#define ARGUMENTS_MOST 128

struct command {
    char *argv[ARGUMENTS_MOST + 1];
    int argc;
};

static void add_argument(struct command *command, const char *option, const char *value)
{
    if (command->argc == ARGUMENTS_MOST)
        return;
    char *argument = malloc(strlen(option) + strlen(value) + 4);
    sprintf(argument, "--%s%s%s", option, *value == '\0' ? "" : "=", value);
    for (char *c = argument; c < argument + 2 + strlen(option); c++)
        *c = *c == '_' ? '-' : *c;
    command->argv[command->argc++] = argument;
}

static void free_command(struct command *command)
{
    for (int i = 1; i < command->argc; i++)
        free(command->argv[i]);
    *command = (struct command){.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
}

/* A string, a number that has nine digits at most, or true, which has no text. */
static const char *scalar(const config_setting_t *setting, char *buffer, size_t size)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        return config_setting_get_string(setting);
    case CONFIG_TYPE_FLOAT:
        snprintf(buffer, size, "%.9f", config_setting_get_float(setting));
        return buffer;
    case CONFIG_TYPE_INT:
        snprintf(buffer, size, "%d", config_setting_get_int(setting));
        return buffer;
    default:
        return "";
    }
}

static void add_key(struct command *command, const char *option, const config_setting_t *setting)
{
    char buffer[64];
    int type = config_setting_type(setting);
    if (type == CONFIG_TYPE_BOOL && !config_setting_get_bool(setting))
        return;
    if (strcmp(option, "verbose") == 0) {
        for (int i = 0; i < config_setting_get_int(setting); i++)
            add_argument(command, option, "");
    } else if (type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY) {
        for (int i = 0; i < config_setting_length(setting); i++)
            add_argument(command, option, scalar(config_setting_get_elem(setting, (unsigned)i), buffer, sizeof buffer));
    } else {
        add_argument(command, option, scalar(setting, buffer, sizeof buffer));
    }
}

static const config_setting_t *member(const config_setting_t *group, const char *name)
{
    for (int i = 0; group && i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        if (strcmp(config_setting_name(setting), name) == 0)
            return setting;
    }
    return NULL;
}

/* The entries of a limits or a map. */
static void add_entries(struct command *command, const char *option, const config_setting_t *group, char separator)
{
    for (int i = 0; group && i < config_setting_length(group); i++) {
        char value[400];
        const config_setting_t *entry = config_setting_get_elem(group, (unsigned)i);
        snprintf(value, sizeof value, "%s%c%s", config_setting_name(entry), separator,
                 config_setting_get_string(entry));
        for (char *c = value; separator == '=' && *c != '='; c++)
            *c = *c == '_' ? '-' : *c;
        add_argument(command, option, value);
    }
}

/* Remotes that are groups come to a row without an option: they are added to SETTINGS. */
static void add_remotes(struct settings *settings, const config_setting_t *remotes)
{
    struct line why = LINE_EMPTY;
    for (int i = 0; remotes && i < config_setting_length(remotes); i++) {
        const config_setting_t *remote = config_setting_get_elem(remotes, (unsigned)i);
        if (!config_setting_is_group(remote)) {
            list_add_remote(settings, config_setting_get_string(remote), &why);
            continue;
        }
        const config_setting_t *alias = member(remote, "alias"), *jid = member(remote, "jid");
        list_add_target(settings, alias ? config_setting_get_string(alias) : NULL, config_setting_get_string(jid),
                        &why);
        struct target *target = &settings->targets[settings->target_count - 1];
        static const struct {
            const char *key;
            unsigned given;
        } keys[] = {{"count", TARGET_GIVEN_COUNT},
                    {"interval", TARGET_GIVEN_INTERVAL},
                    {"ping_timeout", TARGET_GIVEN_PING_TIMEOUT},
                    {"warning", TARGET_GIVEN_WARNING},
                    {"critical", TARGET_GIVEN_CRITICAL}};
        struct command command = {.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++) {
            const config_setting_t *setting = member(remote, keys[j].key);
            if (!setting)
                continue;
            target->given |= keys[j].given;
            add_key(&command, keys[j].key, setting);
        }
        struct settings values;
        settings_init(&values);
        options_parse(command.argc, command.argv, &values, &why);
        settings_copy_to_target(target, &values, target->given);
        settings_free(&values);
        free_command(&command);
    }
}

static bool is_on(const config_setting_t *profile, const char *name)
{
    const config_setting_t *setting = member(profile, name);
    return setting && config_setting_get_bool(setting);
}

/* Whether the defaults' NAME is left out as it means nothing with what PROFILE says. */
static bool is_useless(const config_setting_t *profile, const char *name)
{
    static const char pings[] = " remotes count interval ping_timeout warning critical min_alive require_mechanism ";
    static const char account[] = " client_cert client_key ";
    static const char others[] = " no_login s2s login each_endpoint offers offers_not require_mechanism ";
    char word[80];
    snprintf(word, sizeof word, " %s ", name);
    if (member(profile, "component"))
        return strstr(others, word) || strstr(account, word);
    if (is_on(profile, "s2s"))
        return strstr(pings, word) != NULL;
    return is_on(profile, "no_login") && (strstr(pings, word) || strstr(account, word));
}

/* The last three have a password each. */
static void init(struct settings *settings)
{
    static struct secret passwords[3];
    static int next;
    settings_init(settings);
    settings->password = &passwords[next++ % 3];
    secret_wipe(settings->password);
}

/* The keys of PROFILE and then those of DEFAULTS that it has not. */
static bool read_as_options(const config_setting_t *profile, const config_setting_t *defaults,
                            struct settings *settings, struct line *why)
{
    const config_setting_t *levels[] = {profile, defaults};
    struct command command = {.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
    /* Of entries with one name the last one counts. */
    add_entries(&command, "limit", member(defaults, "limits"), ',');
    add_entries(&command, "limit", member(profile, "limits"), ',');
    add_entries(&command, "map", member(defaults, "map"), '=');
    add_entries(&command, "map", member(profile, "map"), '=');
    bool family = member(profile, "use_ipv4") || member(profile, "use_ipv6");
    for (size_t level = 0; level < 2; level++) {
        for (int i = 0; levels[level] && i < config_setting_length(levels[level]); i++) {
            const config_setting_t *setting = config_setting_get_elem(levels[level], (unsigned)i);
            const char *name = config_setting_name(setting);
            bool known = level == 1 && (member(profile, name) || (family && strncmp(name, "use_ipv", 7) == 0) ||
                                        is_useless(profile, name));
            bool special = strcmp(name, "limits") == 0 || strcmp(name, "map") == 0 || strcmp(name, "remotes") == 0 ||
                           strcmp(name, "password") == 0;
            if (!known && !special)
                add_key(&command, name, setting);
        }
    }
    init(settings);
    bool good = options_parse(command.argc, command.argv, settings, why) == OPTIONS_RUN;
    free_command(&command);
    const config_setting_t *remotes = member(profile, "remotes");
    if (!remotes && !is_useless(profile, "remotes"))
        remotes = member(defaults, "remotes");
    add_remotes(settings, remotes);
    const config_setting_t *password = member(profile, "password");
    password = password ? password : member(defaults, "password");
    settings->password->set = password != NULL;
    if (password)
        snprintf(settings->password->value, sizeof settings->password->value, "%s",
                 config_setting_get_string(password));
    return good;
}

#endif
