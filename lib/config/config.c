/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "config_group.h"
#include "line.h"
#include "text.h"
#include "why.h"

/* --- libconfig's memory --- */

/* Its scanner and parser leave copies of the text, where a password may be, in what they free. */
static void wipe_freed(bool on)
{
#ifdef M_PERTURB
    mallopt(M_PERTURB, on ? 0xa5 : 0); /* the C library overwrites what is freed, but for small pieces */
#endif
    /* Those it keeps in lists of seven by size, of which each piece is handed out once here. */
    enum { LARGEST = 1040, STEP = 16, KEPT = 7, SMALLEST = 2 * STEP - (int)sizeof(size_t) };
    for (size_t size = SMALLEST; !on && size <= LARGEST; size += STEP) {
        void *pieces[KEPT];
        for (size_t i = 0; i < KEPT; i++) {
            pieces[i] = malloc(size);
            if (pieces[i])
                explicit_bzero(pieces[i], size);
        }
        for (size_t i = 0; i < KEPT; i++)
            free(pieces[i]);
    }
}

static void wipe_strings(config_setting_t *setting)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING && setting->value.sval)
        explicit_bzero(setting->value.sval, strlen(setting->value.sval));
    if (!config_setting_is_aggregate(setting))
        return;
    for (int i = 0; i < config_setting_length(setting); i++)
        wipe_strings(config_setting_get_elem(setting, (unsigned)i));
}

void config_close(struct config *config)
{
    wipe_strings(config_root_setting(&config->tree));
    config_destroy(&config->tree);
    source_free(&config->source);
}

/* --- the outer form --- */

static bool refuse_syntax(const struct config *config, char *why, size_t why_size)
{
    char place[SOURCE_PLACE_SIZE];
    int line = config_error_line(&config->tree);
    const char *text = config_error_text(&config->tree);
    if (text && strcmp(text, "memory exhausted") == 0) /* the parser's stack, which has a bound */
        text = "nested too deep";
    return why_set(why, why_size, "%s: %s", source_place_key(&config->source, line > 0 ? (unsigned)line : 1, place),
                   text ? text : "syntax error");
}

static bool is_named(const config_setting_t *setting, const char *name)
{
    return strcmp(config_setting_name(setting), name) == 0;
}

static bool take_profiles(struct config *config, const config_setting_t *profiles, char *why, size_t why_size)
{
    config->profiles = profiles;
    for (int i = 0; i < config_setting_length(profiles); i++) {
        const config_setting_t *profile = config_setting_get_elem(profiles, (unsigned)i);
        if (!config_setting_is_group(profile))
            return config_refuse_type(&config->source, profile, "a group", why, why_size);
    }
    return true;
}

static bool take_root(struct config *config, char *why, size_t why_size)
{
    static const char *const names[] = {"defaults", "profiles"};
    const config_setting_t *root = config_root_setting(&config->tree);
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        bool is_defaults = is_named(setting, names[0]);
        if (!is_defaults && !is_named(setting, names[1]))
            return config_refuse_key(&config->source, setting, names, 2, why, why_size);
        if (!config_setting_is_group(setting))
            return config_refuse_type(&config->source, setting, "a group", why, why_size);
        if (is_defaults)
            config->defaults = setting;
        else if (!take_profiles(config, setting, why, why_size))
            return false;
    }
    return true;
}

bool config_open(struct config *config, const char *file, char *why, size_t why_size)
{
    *config = (struct config){0};
    config_init(&config->tree);
    if (!source_read(&config->source, file, why, why_size))
        return false;
    wipe_freed(true);
    bool good = config_read_string(&config->tree, config->source.text);
    wipe_freed(false);
    return good ? take_root(config, why, why_size) : refuse_syntax(config, why, why_size);
}

/* --- profiles --- */

size_t config_profile_count(const struct config *config)
{
    return config->profiles ? (size_t)config_setting_length(config->profiles) : 0;
}

static const config_setting_t *profile_at(const struct config *config, size_t index)
{
    return config_setting_get_elem(config->profiles, (unsigned)index);
}

const char *config_profile_name(const struct config *config, size_t index)
{
    return config_setting_name(profile_at(config, index));
}

/* NULL when there is none. config_setting_get_member() would take "a" for "a.b". */
static const config_setting_t *find_profile(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config_profile_count(config); i++) {
        if (strcmp(config_profile_name(config, i), name) == 0)
            return profile_at(config, i);
    }
    return NULL;
}

static bool refuse_profile(const struct config *config, const char *name, char *why, size_t why_size)
{
    char shown[WHY_VALUE_SIZE], place[SOURCE_PLACE_SIZE];
    struct line line = LINE_EMPTY;
    size_t count = config_profile_count(config);
    const char **names = calloc(count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++)
        names[i] = config_profile_name(config, i);
    const char *nearest = names ? text_nearest(name, names, count) : NULL;
    source_place(&config->source, 1, place);
    *strrchr(place, ':') = '\0';
    line_add(&line, "--profile: %s is not in %s", why_show(name, shown), place);
    if (nearest)
        line_add(&line, ": did you mean %s?", nearest);
    else if (count == 0)
        line_add(&line, ", which has no profiles");
    for (size_t i = 0; !nearest && names && i < count; i++)
        line_add(&line, "%s%s", i == 0 ? ", which has " : i + 1 < count ? ", " : " and ", names[i]);
    free(names);
    return why_set(why, why_size, "%s", line.text);
}

/* --- settings --- */

/* Reads GROUP into settings that nobody wants. */
static bool check_group(const struct config *config, const config_setting_t *group, char *why, size_t why_size)
{
    struct settings settings;
    bool good = settings_init(&settings) || why_set(why, why_size, "out of memory");
    good = good && (!group || config_group_read(&config->source, group, &settings, why, why_size));
    settings_free(&settings);
    return good;
}

bool config_check(const struct config *config, const char *name, char *why, size_t why_size)
{
    const config_setting_t *profile = name ? find_profile(config, name) : NULL;
    if (name && !profile)
        return refuse_profile(config, name, why, why_size);
    return check_group(config, config->defaults, why, why_size) && check_group(config, profile, why, why_size);
}

bool config_apply(const struct config *config, struct settings *settings, char *why, size_t why_size)
{
    const config_setting_t *profile = settings->profile ? find_profile(config, settings->profile) : NULL;
    if (settings->profile && !profile)
        return refuse_profile(config, settings->profile, why, why_size);
    return (!profile || config_group_read(&config->source, profile, settings, why, why_size)) &&
           (!config->defaults || config_group_read(&config->source, config->defaults, settings, why, why_size));
}

static bool check_all(const struct config *config, char *why, size_t why_size)
{
    bool good = check_group(config, config->defaults, why, why_size);
    for (size_t i = 0; good && i < config_profile_count(config); i++)
        good = check_group(config, profile_at(config, i), why, why_size);
    return good;
}

const char *config_file_name(const struct settings *settings)
{
    return settings->config_file ? settings->config_file : CONFIG_FILE;
}

bool config_load(struct settings *settings, char *why, size_t why_size)
{
    struct config config;
    if (!settings->config_file && !settings->profile)
        return true;
    bool good = config_open(&config, config_file_name(settings), why, why_size) && check_all(&config, why, why_size) &&
                config_apply(&config, settings, why, why_size);
    config_close(&config);
    return good;
}

bool config_tell_origin(const struct settings *settings, char *why, size_t why_size)
{
    size_t used = strlen(why);
    if (!settings->config_file && !settings->profile && !settings->config_test)
        return false;
    const char *profile = settings->profile;
    why_set(why + used, why_size - used, " (%s%s%s)", config_file_name(settings), profile ? ", profile " : "",
            profile ? profile : "");
    return true;
}
