/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_report.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "first_line.h"
#include "line.h"
#include "options.h"
#include "text.h"

/* One test, and what it has to tell. */
struct test {
    const struct config *config;
    int argc;
    char *const *argv;
    config_report_check *check;
    struct mistakes mistakes;
    size_t bad; /* profiles */
    FILE *settings;
};

static void check_password_file(const struct settings *settings, struct mistakes *mistakes)
{
    struct secret secret = {0};
    struct line why;
    if (!settings->password_file || !settings_use_password(settings))
        return;
    if (!secret_read_file(settings->password_file, &secret, &why))
        mistakes_add(mistakes, "--password-file: %s", why.text);
    secret_wipe(&secret);
}

/* What the settings come to, beyond their forms. */
static bool check_settings(struct test *test, struct settings *settings)
{
    struct mistakes found = MISTAKES_NONE;
    struct line origin = LINE_EMPTY;
    test->check(settings, &found);
    check_password_file(settings, &found);
    bool good = mistakes_none(&found);
    config_tell_origin(settings, &origin);
    mistakes_move(&test->mistakes, &found, origin.text);
    return good;
}

/* Makes the settings that a run with PROFILE, NULL for none, would have. SETTINGS are to be freed in any case. */
static bool make_settings(struct test *test, const char *profile, struct settings *settings, struct secret *password)
{
    struct line why;
    if (!settings_init(settings))
        return mistakes_add(&test->mistakes, "out of memory");
    settings->password = password;
    if (options_parse(test->argc, test->argv, settings, &why) != OPTIONS_RUN)
        return mistakes_add(&test->mistakes, "%s", why.text);
    settings->profile = profile ? settings_keep(settings, profile) : NULL;
    return config_apply(test->config, settings, &test->mistakes) && check_settings(test, settings);
}

/* With defaults that are bad no profile can be used; what is wrong with itself is told nevertheless. */
static void test_profile(struct test *test, const char *profile, bool good_defaults)
{
    struct settings settings = {0};
    struct secret password = {0};
    bool good = config_check_profile(test->config, profile, &test->mistakes) && good_defaults &&
                make_settings(test, profile, &settings, &password);
    if (good)
        config_print(test->settings, profile ? profile : "defaults", &settings, profile ? 4 : 0);
    test->bad += !good;
    secret_wipe(&password);
    settings_free(&settings);
}

static void test_profiles(struct test *test, const struct settings *settings)
{
    size_t count = config_profile_count(test->config);
    bool one = settings->profile || count == 0;
    bool good_defaults = config_check_defaults(test->config, &test->mistakes);
    if (one)
        test_profile(test, settings->profile, good_defaults);
    for (size_t i = 0; !one && i < count; i++)
        test_profile(test, config_profile_name(test->config, i), good_defaults);
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

static enum state print_test(FILE *out, struct test *test, const struct settings *settings)
{
    char *groups = NULL;
    size_t groups_size, count = settings->profile ? 1 : config_profile_count(test->config);
    test->settings = open_memstream(&groups, &groups_size);
    if (test->settings)
        test_profiles(test, settings);
    bool memory = test->settings && fclose(test->settings) == 0;
    bool good = memory && mistakes_none(&test->mistakes);
    if (good)
        print_good(out, config_file_name(settings), count);
    else
        print_bad(out, &test->mistakes);
    if (memory && *groups != '\0')
        fprintf(out, "%s%s%s", count > 0 ? "profiles = {\n" : "", groups, count > 0 ? "};\n" : "");
    if (test->bad > 0 && count > 0)
        fprintf(out, "# %zu of %zu profiles cannot be used\n", test->bad, count);
    free(groups);
    mistakes_free(&test->mistakes);
    return good ? STATE_OK : STATE_UNKNOWN;
}

enum state config_report(FILE *out, int argc, char *const argv[], const struct settings *settings,
                         config_report_check *check)
{
    struct config config;
    struct test test = {.config = &config, .argc = argc, .argv = argv, .check = check};
    struct line why;
    enum state state = STATE_UNKNOWN;
    if (config_open(&config, config_file_name(settings), &why))
        state = print_test(out, &test, settings);
    else
        first_line_unknown(out, why.text, "");
    config_close(&config);
    return state;
}
