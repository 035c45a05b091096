/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_scan.h"
#include "config_value.h"
#include "options.h"
#include "text.h"
#include "why.h"

char *config_key(const char *option, char out[40])
{
    bool plural = strcmp(option, "remote") == 0 || strcmp(option, "limit") == 0;
    snprintf(out, 40, "%s%s", option, plural ? "s" : "");
    for (char *c = out; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
    return out;
}

char *config_place(const struct config *config, const config_setting_t *setting, char *out, size_t size)
{
    const char *file = config_setting_source_file(setting);
    snprintf(out, size, "%s:%u", file ? file : config->file, config_setting_source_line(setting));
    return out;
}

/* The keys that a profile may have. */
static bool refuse_unknown(const struct config *config, const config_setting_t *setting, char *why, size_t why_size)
{
    char(*keys)[40] = calloc(option_count + 1, sizeof *keys);
    const char **names = calloc(option_count + 1, sizeof *names);
    size_t count = 0;
    if (keys && names) {
        names[count++] = CONFIG_PASSWORD;
        for (size_t i = 0; i < option_count; i++)
            if (!option_table[i].command_line_only)
                names[count++] = config_key(option_table[i].name, keys[i]);
    }
    config_refuse_key(config, setting, names, count, why, why_size);
    free(keys);
    free(names);
    return false;
}

static const config_setting_t *group_of(const struct config *config, const char *name)
{
    return config_setting_get_member(config_root_setting(&config->tree), name);
}

static const config_setting_t *profile_of(const struct config *config, const char *name)
{
    const config_setting_t *profiles = name ? group_of(config, "profiles") : NULL;
    return profiles ? config_setting_get_member(profiles, name) : NULL;
}

const config_setting_t *config_find(const struct config *config, const char *profile, const char *key)
{
    const config_setting_t *group = profile_of(config, profile);
    const config_setting_t *found = group ? config_setting_get_member(group, key) : NULL;
    group = group_of(config, "defaults");
    return found || !group ? found : config_setting_get_member(group, key);
}

/* libconfig frees its strings as they are. */
static void wipe_passwords(config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    if (name && strcmp(name, CONFIG_PASSWORD) == 0 && config_setting_type(setting) == CONFIG_TYPE_STRING)
        explicit_bzero(setting->value.sval, strlen(setting->value.sval));
    for (int i = 0; config_setting_is_aggregate(setting) && i < config_setting_length(setting); i++)
        wipe_passwords(config_setting_get_elem(setting, (unsigned)i));
}

/* --- groups --- */

/* Takes each value of a group into settings that are thrown away: an error is one even where another level wins. */
static bool check_group(const struct config *config, const config_setting_t *group, char *why, size_t why_size)
{
    struct settings scratch;
    const struct config_taking taking = {config, &scratch, why, why_size};
    bool good = settings_init(&scratch) || why_set(why, why_size, "%s: out of memory", config->file);
    for (int i = 0; good && i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const char *key = config_setting_name(setting);
        const struct option_row *row = config_row(key);
        if (strcmp(key, CONFIG_PASSWORD) == 0)
            good = config_take_password(&taking, setting);
        else if (row)
            good = config_take(&taking, row, setting);
        else
            good = refuse_unknown(config, setting, why, why_size);
    }
    settings_free(&scratch);
    return good;
}

static bool is_true(const config_setting_t *group, const char *key)
{
    const config_setting_t *setting = group ? config_setting_get_member(group, key) : NULL;
    return setting && config_setting_type(setting) == CONFIG_TYPE_BOOL && config_setting_get_bool(setting);
}

/* -4 and -6 are one setting: who has chosen one has also unchosen the other below. */
static bool family_overridden(const struct option_row *row, const config_setting_t *profile, const char *const *given)
{
    bool family = row->letter == '4' || row->letter == '6';
    for (size_t i = 0; family && i < option_count; i++) {
        if (given[i] && (option_table[i].letter == '4' || option_table[i].letter == '6'))
            return true;
    }
    const char *other = row->letter == '4' ? "use_ipv6" : "use_ipv4";
    return family && is_true(profile, other);
}

/* Applies what is in force for one row of the table. */
static bool apply_row(const struct config_taking *taking, const char *profile, const char *const *given, size_t index)
{
    const struct option_row *row = &option_table[index];
    char key[40];
    config_key(row->name, key);
    if (strcmp(row->name, "limit") == 0 || strcmp(row->name, "map") == 0) { /* merged name by name */
        const config_setting_t *levels[] = {group_of(taking->config, "defaults"), profile_of(taking->config, profile)};
        for (size_t i = 0; i < 2; i++) {
            const config_setting_t *setting = levels[i] ? config_setting_get_member(levels[i], key) : NULL;
            if (setting && !config_take(taking, row, setting))
                return false;
        }
        return true;
    }
    const config_setting_t *setting = config_find(taking->config, profile, key);
    if (!setting || given[index] || family_overridden(row, profile_of(taking->config, profile), given))
        return true;
    return config_take(taking, row, setting);
}

bool config_apply(const struct config *config, const char *profile, const char *const *given, struct settings *settings,
                  char *why, size_t why_size)
{
    const config_setting_t *defaults = group_of(config, "defaults"), *own = profile_of(config, profile);
    const struct config_taking taking = {config, settings, why, why_size};
    if ((defaults && !check_group(config, defaults, why, why_size)) ||
        (own && !check_group(config, own, why, why_size)))
        return false;
    for (size_t i = 0; i < option_count; i++) {
        if (!option_table[i].command_line_only && !apply_row(&taking, profile, given, i))
            return false;
    }
    const config_setting_t *password = config_find(config, profile, CONFIG_PASSWORD);
    return !password || config_take_password(&taking, password);
}

/* --- the file --- */

/* The outline: "defaults" and "profiles", groups both. */
static bool check_outline(const struct config *config, char *why, size_t why_size)
{
    static const char *const known[] = {"defaults", "profiles"};
    const config_setting_t *root = config_root_setting(&config->tree);
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *group = config_setting_get_elem(root, (unsigned)i);
        const char *name = config_setting_name(group);
        if (strcmp(name, known[0]) != 0 && strcmp(name, known[1]) != 0)
            return config_refuse_key(config, group, known, 2, why, why_size);
        if (!config_setting_is_group(group))
            return config_refuse_type(config, group, name, "a group", why, why_size);
        for (int j = 0; strcmp(name, known[1]) == 0 && j < config_setting_length(group); j++) {
            const config_setting_t *profile = config_setting_get_elem(group, (unsigned)j);
            if (!config_setting_is_group(profile))
                return config_refuse_type(config, profile, config_setting_name(profile), "a group", why, why_size);
        }
    }
    return true;
}

/* What libconfig and stdio free may hold a password: glibc overwrites it meanwhile. */
static void perturb_freed_memory(bool on)
{
#ifdef M_PERTURB
    mallopt(M_PERTURB, on ? 0x5a : 0);
#else
    (void)on;
#endif
}

static bool read_tree(struct config *config, char *why, size_t why_size)
{
    FILE *in = fopen(config->file, "re");
    if (!in)
        return why_set(why, why_size, "%s: cannot be opened: %s", config->file, strerror(errno));
    bool good = config_read(&config->tree, in) == CONFIG_TRUE;
    fclose(in);
    if (good)
        return true;
    const char *file = config_error_file(&config->tree);
    return why_set(why, why_size, "%s:%d: %s", file ? file : config->file, config_error_line(&config->tree),
                   config_error_text(&config->tree));
}

bool config_open(struct config *config, const char *file, char *why, size_t why_size)
{
    char path[PATH_MAX];
    *config = (struct config){.file = file};
    config_init(&config->tree);
    if ((size_t)snprintf(path, sizeof path, "%s", file) >= sizeof path)
        return why_set(why, why_size, "%s: %s", file, strerror(ENAMETOOLONG));
    const char *directory = dirname(path);
    config_set_include_dir(&config->tree, directory);
    perturb_freed_memory(true);
    bool good = config_scan(file, directory, why, why_size) && read_tree(config, why, why_size) &&
                check_outline(config, why, why_size);
    perturb_freed_memory(false);
    return good;
}

size_t config_profile_count(const struct config *config)
{
    const config_setting_t *profiles = group_of(config, "profiles");
    return profiles ? (size_t)config_setting_length(profiles) : 0;
}

const char *config_profile_name(const struct config *config, size_t index)
{
    return config_setting_name(config_setting_get_elem(group_of(config, "profiles"), (unsigned)index));
}

bool config_profile_known(const struct config *config, const char *name, char *why, size_t why_size)
{
    if (!name || profile_of(config, name))
        return true;
    size_t count = config_profile_count(config);
    const char **names = calloc(count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++)
        names[i] = config_profile_name(config, i);
    const char *nearest = names ? text_nearest(name, names, count) : NULL;
    char shown[WHY_VALUE_SIZE];
    why_show(name, shown);
    why_set(why, why_size, "--profile: %s: no such profile in %s%s%s%s", shown, config->file,
            nearest ? ": did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    free(names);
    return false;
}

void config_close(struct config *config)
{
    wipe_passwords(config_root_setting(&config->tree));
    perturb_freed_memory(true);
    config_destroy(&config->tree);
    perturb_freed_memory(false);
}
