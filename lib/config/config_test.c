/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_test.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "first_line.h"
#include "line.h"
#include "options.h"
#include "text.h"

/* What is told of the profiles, side by side until all have been looked at. */
struct findings {
    struct mistakes mistakes;
    size_t bad; /* profiles */
    FILE *settings;
};

static void check_password_file(const struct settings *settings, struct mistakes *mistakes)
{
    struct secret secret = {0};
    char reason[400];
    if (!settings->password_file || !settings_use_password(settings))
        return;
    if (!secret_read_file(settings->password_file, &secret, reason, sizeof reason))
        mistakes_add(mistakes, "--password-file: %s", reason);
    secret_wipe(&secret);
}

/* What the settings come to, beyond their forms. */
static bool check_settings(struct settings *settings, struct mistakes *mistakes)
{
    struct mistakes found = MISTAKES_NONE;
    struct line origin = LINE_EMPTY;
    settings_check_all(settings, &found);
    check_password_file(settings, &found);
    bool good = found.count == 0 && !found.lost;
    config_tell_origin(settings, &origin);
    mistakes_move(mistakes, &found, origin.text);
    return good;
}

/* Makes the settings that a run with PROFILE, NULL for none, would have. SETTINGS are to be freed in any case. */
static bool make_settings(const struct config *config, const char *profile, int argc, char *const argv[],
                          struct settings *settings, struct mistakes *mistakes)
{
    struct line why;
    if (!settings_init(settings))
        return mistakes_add(mistakes, "out of memory");
    if (options_parse(argc, argv, settings, &why) != OPTIONS_RUN)
        return mistakes_add(mistakes, "%s", why.text);
    free(settings->profile);
    settings->profile = profile ? strdup(profile) : NULL;
    return config_apply(config, settings, mistakes) && check_settings(settings, mistakes);
}

/* Together with defaults that are bad no profile can be used; what is wrong with itself is told nevertheless. */
static void test_profile(const struct config *config, const char *profile, bool good_defaults, int argc,
                         char *const argv[], struct findings *findings)
{
    struct settings settings = {0};
    bool good = config_check_profile(config, profile, &findings->mistakes) && good_defaults &&
                make_settings(config, profile, argc, argv, &settings, &findings->mistakes);
    if (good)
        config_print(findings->settings, profile ? profile : "defaults", &settings, profile ? 4 : 0);
    findings->bad += !good;
    settings_free(&settings);
}

static void test_profiles(const struct config *config, int argc, char *const argv[], const struct settings *settings,
                          struct findings *findings)
{
    size_t count = config_profile_count(config);
    bool one = settings->profile || count == 0;
    bool good_defaults = config_check_defaults(config, &findings->mistakes);
    if (one)
        test_profile(config, settings->profile, good_defaults, argc, argv, findings);
    for (size_t i = 0; !one && i < count; i++)
        test_profile(config, config_profile_name(config, i), good_defaults, argc, argv, findings);
}

/* The first line when all is good, as any check's. */
static void print_good(FILE *out, const char *file, size_t count)
{
    struct line line = LINE_EMPTY;
    char clean[LINE_SIZE];
    line_add(&line, "%s: ", file);
    if (count == 0)
        line_add(&line, "the defaults are good");
    else
        line_add_count(&line, (long long)count, "profile");
    line_add(&line, "%s", count == 0 ? "" : ", no errors");
    text_clean_string(clean, sizeof clean, line.text);
    text_shorten(clean, FIRST_LINE_WIDTH);
    fprintf(out, FIRST_LINE_SERVICE " OK - %s\n", clean);
}

static void print_bad(FILE *out, const struct mistakes *mistakes)
{
    char clean[LINE_SIZE];
    first_line_unknown(out, mistakes_first(mistakes), "");
    for (size_t i = 1; i < mistakes->count; i++)
        fprintf(out, "%s\n", text_clean_string(clean, sizeof clean, mistakes->sentences[i]));
}

static enum state test(FILE *out, const struct config *config, int argc, char *const argv[],
                       const struct settings *settings)
{
    char *groups = NULL;
    size_t groups_size, count = settings->profile ? 1 : config_profile_count(config);
    struct findings findings = {.settings = open_memstream(&groups, &groups_size)};
    if (findings.settings)
        test_profiles(config, argc, argv, settings, &findings);
    bool memory = findings.settings && fclose(findings.settings) == 0;
    bool good = memory && findings.mistakes.count == 0 && !findings.mistakes.lost;
    if (good)
        print_good(out, config_file_name(settings), count);
    else
        print_bad(out, &findings.mistakes);
    if (memory && *groups != '\0')
        fprintf(out, "%s%s%s", count > 0 ? "profiles = {\n" : "", groups, count > 0 ? "};\n" : "");
    if (findings.bad > 0 && count > 0)
        fprintf(out, "# %zu of %zu profiles cannot be used\n", findings.bad, count);
    free(groups);
    mistakes_free(&findings.mistakes);
    return good ? STATE_OK : STATE_UNKNOWN;
}

enum state config_test(FILE *out, int argc, char *const argv[], const struct settings *settings)
{
    struct config config;
    struct line why;
    enum state state = STATE_UNKNOWN;
    if (config_open(&config, config_file_name(settings), &why))
        state = test(out, &config, argc, argv, settings);
    else
        first_line_unknown(out, why.text, "");
    config_close(&config);
    return state;
}
