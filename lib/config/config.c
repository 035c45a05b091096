/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_group.h"
#include "config_library.h"
#include "config_refuse.h"
#include "line.h"
#include "text.h"

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
    for (int i = 0; i < config_setting_length(setting); i++) /* a scalar has none */
        wipe_strings(config_setting_get_elem(setting, (unsigned)i));
}

void config_close(struct config *config)
{
    if (config_root_setting(&config->tree)) {
        wipe_strings(config_root_setting(&config->tree));
        config_destroy(&config->tree);
    }
    source_free(&config->source);
}

/* --- the outer form --- */

static bool refuse_syntax(const struct config *config, struct line *why)
{
    char place[SOURCE_PLACE_SIZE];
    int line = config_error_line(&config->tree);
    const char *text = config_error_text(&config->tree);
    if (text && strcmp(text, "memory exhausted") == 0) /* the parser's stack, which has a bound */
        text = "nested too deep";
    return line_set(why, "%s: %s", source_place_key(&config->source, line > 0 ? (unsigned)line : 1, place),
                    text ? text : "syntax error");
}

/* What a file may have. */
static const char *const names[] = {"defaults", "profiles"};

static bool is_named(const config_setting_t *setting, const char *name)
{
    return strcmp(config_setting_name(setting), name) == 0;
}

/* Everything that is a group where one is expected. */
static void take_root(struct config *config)
{
    const config_setting_t *root = config_root_setting(&config->tree);
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        if (config_setting_is_group(setting) && is_named(setting, names[0]))
            config->defaults = setting;
        if (config_setting_is_group(setting) && is_named(setting, names[1]))
            config->profiles = setting;
    }
}

bool config_open(struct config *config, const char *file, struct line *why)
{
    *config = (struct config){0};
    if (!config_library_load())
        return line_set(why, "%s: libconfig is not here to read it", file);
    config_init(&config->tree);
    if (!source_read(&config->source, file, why))
        return false;
    wipe_freed(true);
    bool good = config_read_string(&config->tree, config->source.text);
    wipe_freed(false);
    if (!good)
        return refuse_syntax(config, why);
    take_root(config);
    return true;
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

/* Of a name that is near none there is, nothing is shown: it may be a password. */
static bool refuse_profile(const struct config *config, const char *name, struct mistakes *mistakes)
{
    char shown[TEXT_SHOWN_SIZE], place[SOURCE_PLACE_SIZE];
    struct line line = LINE_EMPTY;
    struct nearest nearest = nearest_to(name);
    size_t count = config_profile_count(config);
    for (size_t i = 0; i < count; i++)
        nearest_try(&nearest, config_profile_name(config, i));
    source_place(&config->source, 1, place);
    *strrchr(place, ':') = '\0';
    line_add(&line, "--profile: %s is not in %s", nearest.name ? text_show(name, shown) : "this name", place);
    line_add_guess(&line, "", nearest.name);
    if (count == 0)
        line_add(&line, ", which has no profiles");
    for (size_t i = 0; !nearest.name && i < count; i++)
        line_add(&line, "%s%s",
                 i == 0          ? ", which has "
                 : i + 1 < count ? ", "
                                 : " and ",
                 config_profile_name(config, i));
    if (!nearest.name)
        line_add(&line, " (no option takes a password)");
    return mistakes_add(mistakes, "%s", line.text);
}

/* --- settings --- */

/* Reads GROUP, NULL for none, into settings that nobody wants. */
static bool check_group(const struct config *config, const config_setting_t *group, struct mistakes *mistakes)
{
    struct settings settings;
    bool good = settings_init(&settings) || mistakes_add(mistakes, "out of memory");
    good = good && (!group || config_group_read(&config->source, group, &settings, mistakes));
    settings_free(&settings);
    return good;
}

static bool check_top(const struct config *config, const config_setting_t *setting, struct mistakes *mistakes)
{
    if (!is_named(setting, names[0]) && !is_named(setting, names[1]))
        return config_refuse_key(&config->source, setting, text_nearest(config_setting_name(setting), names, 2),
                                 mistakes);
    return config_setting_is_group(setting) || config_refuse_type(&config->source, setting, "a group", mistakes);
}

bool config_check_defaults(const struct config *config, struct mistakes *mistakes)
{
    bool good = true;
    const config_setting_t *root = config_root_setting(&config->tree);
    for (int i = 0; i < config_setting_length(root); i++)
        good = check_top(config, config_setting_get_elem(root, (unsigned)i), mistakes) && good;
    return check_group(config, config->defaults, mistakes) && good;
}

bool config_check_profile(const struct config *config, const char *name, struct mistakes *mistakes)
{
    const config_setting_t *profile = name ? find_profile(config, name) : NULL;
    if (name && !profile)
        return refuse_profile(config, name, mistakes);
    if (profile && !config_setting_is_group(profile))
        return config_refuse_type(&config->source, profile, "a group", mistakes);
    return check_group(config, profile, mistakes);
}

bool config_apply(const struct config *config, struct settings *settings, struct mistakes *mistakes)
{
    const config_setting_t *profile = settings->profile ? find_profile(config, settings->profile) : NULL;
    if (settings->profile && !profile)
        return refuse_profile(config, settings->profile, mistakes);
    return (!profile || config_group_read(&config->source, profile, settings, mistakes)) &&
           (!config->defaults || config_group_read(&config->source, config->defaults, settings, mistakes));
}

static void load(const struct config *config, struct settings *settings, struct mistakes *mistakes)
{
    bool good = config_check_defaults(config, mistakes);
    for (size_t i = 0; i < config_profile_count(config); i++)
        good = config_check_profile(config, config_profile_name(config, i), mistakes) && good;
    if (good)
        config_apply(config, settings, mistakes);
}

const char *config_file_name(const struct settings *settings)
{
    return settings->config_file ? settings->config_file : CONFIG_FILE;
}

bool config_load(struct settings *settings, struct line *why)
{
    struct config config;
    struct mistakes mistakes = MISTAKES_NONE;
    if (!settings->config_file && !settings->profile)
        return true;
    bool is_missing = !settings->config_file && access(CONFIG_FILE, F_OK) != 0;
    bool good = config_open(&config, config_file_name(settings), why);
    if (good) {
        load(&config, settings, &mistakes);
        good = mistakes_end(&mistakes, why);
    } else if (is_missing) {
        line_add(why, " (which has the profiles for -P; no option takes a password)");
    }
    config_close(&config);
    return good;
}

bool config_tell_origin(const struct settings *settings, struct line *why)
{
    if (!settings->config_file && !settings->profile && !settings->config_test)
        return false;
    const char *profile = settings->profile;
    line_add(why, " (%s%s%s)", config_file_name(settings), profile ? ", profile " : "", profile ? profile : "");
    return true;
}
