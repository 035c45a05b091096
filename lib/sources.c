/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "why.h"

const char *sources_config_file(const struct settings *settings)
{
    if (settings->config_file)
        return settings->config_file;
    return settings->profile || settings->config_test ? CONFIG_STANDARD_FILE : NULL;
}

bool sources_blame(const struct config *config, const char *profile, const char *const *given, char *why,
                   size_t why_size)
{
    for (size_t i = 0; i < option_count; i++) {
        const char *name = option_table[i].name;
        size_t length = strlen(name);
        if (strncmp(why, "--", 2) != 0 || strncmp(why + 2, name, length) != 0 || why[2 + length] != ':')
            continue;
        char key[40], place[300], reason[512];
        const config_setting_t *setting = given[i] ? NULL : config_find(config, profile, config_key(name, key));
        if (!setting)
            return false;
        snprintf(reason, sizeof reason, "%s", why + 2 + length);
        why_set(why, why_size, "%s: %s%s", config_place(config, setting, place, sizeof place), key, reason);
        return true;
    }
    return false;
}

enum sources_result sources_combine(const struct config *config, const char *profile, int argc, char *const argv[],
                                    const char *const *given, struct settings *settings, char *why, size_t why_size)
{
    if (!settings_init(settings)) {
        why_set(why, why_size, "out of memory");
        return SOURCES_FILE_ERROR;
    }
    if (!config_apply(config, profile, given, settings, why, why_size))
        return SOURCES_FILE_ERROR;
    if (options_parse(argc, argv, settings, NULL, why, why_size) != OPTIONS_RUN)
        return SOURCES_USAGE_ERROR;
    if (settings_check(settings, why, why_size))
        return SOURCES_RUN;
    return sources_blame(config, profile, given, why, why_size) ? SOURCES_FILE_ERROR : SOURCES_USAGE_ERROR;
}

/* The command line is in SETTINGS already; what the file says goes below it. */
static enum sources_result read_config(const char *file, int argc, char *const argv[], const char *const *given,
                                       struct settings *settings, char *why, size_t why_size)
{
    struct config config;
    enum sources_result result = SOURCES_FILE_ERROR;
    if (config_open(&config, file, why, why_size) && config_profile_known(&config, settings->profile, why, why_size)) {
        struct settings combined;
        result = sources_combine(&config, settings->profile, argc, argv, given, &combined, why, why_size);
        if (result != SOURCES_RUN && settings->output != OUTPUT_NAGIOS)
            combined.output = settings->output; /* the error is to be told in the format that was asked for */
        settings_free(settings);
        *settings = combined;
    }
    config_close(&config);
    return result;
}

static enum sources_result read_all(int argc, char *const argv[], const char **given, struct settings *settings,
                                    char *why, size_t why_size)
{
    switch (options_parse(argc, argv, settings, given, why, why_size)) {
    case OPTIONS_HELP:
        return SOURCES_HELP;
    case OPTIONS_VERSION:
        return SOURCES_VERSION;
    case OPTIONS_ERROR:
        return SOURCES_USAGE_ERROR;
    case OPTIONS_RUN:
        break;
    }
    if (settings->config_test)
        return SOURCES_TEST;
    const char *file = sources_config_file(settings);
    if (file)
        return read_config(file, argc, argv, given, settings, why, why_size);
    return settings_check(settings, why, why_size) ? SOURCES_RUN : SOURCES_USAGE_ERROR;
}

enum sources_result sources_read(int argc, char *const argv[], struct settings *settings, char *why, size_t why_size)
{
    const char **given = calloc(option_count, sizeof *given);
    enum sources_result result = SOURCES_FILE_ERROR;
    if (given)
        result = read_all(argc, argv, given, settings, why, why_size);
    else
        why_set(why, why_size, "out of memory");
    free(given);
    return result;
}
