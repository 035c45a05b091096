/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_test.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "first_line.h"
#include "line.h"
#include "options.h"
#include "text.h"
#include "why.h"

#define WHY_SIZE 512

/* What is told of the profiles, side by side until all have been looked at. */
struct findings {
    size_t bad;
    char first[WHY_SIZE]; /* what is wrong with the first bad one */
    FILE *errors;         /* the same of the others */
    FILE *settings;
};

static bool check_password_file(const struct settings *settings, char *why, size_t why_size)
{
    struct secret secret = {0};
    char reason[400];
    if (!settings->password_file || !settings_use_password(settings))
        return true;
    bool good = secret_read_file(settings->password_file, &secret, reason, sizeof reason) ||
                why_set(why, why_size, "--password-file: %s", reason);
    secret_wipe(&secret);
    return good;
}

/* What the settings come to, beyond their forms. */
static bool check_settings(struct settings *settings, char *why, size_t why_size)
{
    if (settings_check(settings, why, why_size) && check_password_file(settings, why, why_size))
        return true;
    config_tell_origin(settings, why, why_size);
    return false;
}

/* Makes the settings that a run with PROFILE, NULL for none, would have. SETTINGS are to be freed in any case. */
static bool make_settings(const struct config *config, const char *profile, int argc, char *const argv[],
                          struct settings *settings, char *why, size_t why_size)
{
    if (!settings_init(settings))
        return why_set(why, why_size, "out of memory");
    if (options_parse(argc, argv, settings, why, why_size) != OPTIONS_RUN)
        return false;
    free(settings->profile);
    settings->profile = profile ? strdup(profile) : NULL;
    return config_check(config, profile, why, why_size) && config_apply(config, settings, why, why_size) &&
           check_settings(settings, why, why_size);
}

static void test_profile(const struct config *config, const char *profile, int argc, char *const argv[],
                         struct findings *findings)
{
    struct settings settings;
    char why[WHY_SIZE], clean[WHY_SIZE];
    if (make_settings(config, profile, argc, argv, &settings, why, sizeof why)) {
        config_print(findings->settings, profile ? profile : "defaults", &settings, profile ? 4 : 0);
    } else if (findings->bad++ == 0) {
        memcpy(findings->first, why, sizeof why);
    } else {
        fprintf(findings->errors, "%s\n", text_clean_string(clean, sizeof clean, why));
    }
    settings_free(&settings);
}

static void test_profiles(const struct config *config, int argc, char *const argv[], const struct settings *settings,
                          struct findings *findings)
{
    size_t count = config_profile_count(config);
    bool one = settings->profile || count == 0;
    if (one)
        test_profile(config, settings->profile, argc, argv, findings);
    for (size_t i = 0; !one && i < count; i++)
        test_profile(config, config_profile_name(config, i), argc, argv, findings);
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

static enum state test(FILE *out, const struct config *config, int argc, char *const argv[],
                       const struct settings *settings)
{
    char *errors = NULL, *groups = NULL;
    size_t errors_size, groups_size;
    struct findings findings = {.errors = open_memstream(&errors, &errors_size),
                                .settings = open_memstream(&groups, &groups_size)};
    bool memory = findings.errors && findings.settings;
    if (memory)
        test_profiles(config, argc, argv, settings, &findings);
    memory = findings.errors && fclose(findings.errors) == 0 && memory;
    memory = findings.settings && fclose(findings.settings) == 0 && memory;
    size_t count = settings->profile ? 1 : config_profile_count(config);
    bool has_profiles = count > 0;
    if (!memory) {
        first_line_unknown(out, "out of memory", "");
    } else {
        if (findings.bad > 0) {
            first_line_unknown(out, findings.first, "");
            fputs(errors, out);
        } else {
            print_good(out, config_file_name(settings), count);
        }
        if (*groups != '\0')
            fprintf(out, "%s%s%s", has_profiles ? "profiles = {\n" : "", groups, has_profiles ? "};\n" : "");
        if (findings.bad > 0 && has_profiles)
            fprintf(out, "# %zu of %zu profiles cannot be used\n", findings.bad, count);
    }
    free(errors);
    free(groups);
    return memory && findings.bad == 0 ? STATE_OK : STATE_UNKNOWN;
}

enum state config_test(FILE *out, int argc, char *const argv[], const struct settings *settings)
{
    struct config config;
    char why[WHY_SIZE];
    enum state state = STATE_UNKNOWN;
    if (config_open(&config, config_file_name(settings), why, sizeof why) &&
        config_check(&config, NULL, why, sizeof why))
        state = test(out, &config, argc, argv, settings);
    else
        first_line_unknown(out, why, "");
    config_close(&config);
    return state;
}
