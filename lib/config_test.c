/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_test.h"

#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "report.h"
#include "report_nagios.h"
#include "sources.h"
#include "text.h"
#include "why.h"

struct test {
    int argc;
    char *const *argv;
    const char **given;
    struct config config;
    FILE *listing; /* what comes below the first line */
    int good, bad;
    char first[512]; /* the first error */
};

/* --- printing --- */

/* As a string of libconfig. What could be taken for more than text is escaped. */
static void print_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f || strchr("|<>&'\"`$\\", c))
            fprintf(out, "\\x%02x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void print_pair(FILE *out, const char *indent, const char *key, const char *text)
{
    fprintf(out, "%s%s = ", indent, key);
    print_string(out, text);
    fputs(";\n", out);
}

/* "RTT,LOSS%" as -w takes it. */
static void print_thresholds(FILE *out, const char *key, const struct range *rtt, const struct range *loss)
{
    char text[200];
    snprintf(text, sizeof text, "%s%s%s%s", rtt->text, loss->set ? "," : "", loss->text, loss->set ? "%" : "");
    fprintf(out, " %s = ", key);
    print_string(out, text);
    fputc(';', out);
}

static void print_seconds(FILE *out, const char *key, int64_t duration)
{
    char text[32];
    fprintf(out, " %s = ", key);
    print_string(out, duration_seconds(duration, text, sizeof text));
    fputc(';', out);
}

static void print_remotes(FILE *out, const struct settings *settings)
{
    if (settings->target_count == 1)
        return;
    fputs("        remotes = (\n", out);
    for (size_t i = 1; i < settings->target_count; i++) {
        const struct target *target = &settings->targets[i];
        fputs("            { alias = ", out);
        print_string(out, target->alias);
        fputs("; jid = ", out);
        print_string(out, target->jid_text);
        fputs(";", out);
        if (target->own_warning)
            print_thresholds(out, "warning", &target->rtt.warning, &target->loss.warning);
        if (target->own_critical)
            print_thresholds(out, "critical", &target->rtt.critical, &target->loss.critical);
        if (target->own_count)
            fprintf(out, " count = %d;", target->count);
        if (target->own_interval)
            print_seconds(out, "interval", target->interval);
        if (target->own_ping_timeout)
            print_seconds(out, "ping_timeout", target->ping_timeout);
        fprintf(out, " }%s\n", i + 1 < settings->target_count ? "," : "");
    }
    fputs("        );\n", out);
}

static void print_limits(FILE *out, const struct settings *settings)
{
    if (settings->label_count == 0)
        return;
    fputs("        limits = {\n", out);
    for (size_t i = 0; i < settings->label_count; i++) {
        const struct label_limits *label = &settings->labels[i];
        char text[400];
        snprintf(text, sizeof text, "%s,%s", label->warning, label->critical);
        print_pair(out, "            ", label->label, text);
    }
    fputs("        };\n", out);
}

static void print_map(FILE *out, const struct settings *settings)
{
    if (settings->map_count == 0)
        return;
    fputs("        map = {\n", out);
    for (size_t i = 0; i < settings->map_count; i++) {
        char name[CONDITION_SIZE];
        snprintf(name, sizeof name, "%s", settings->map[i].name);
        for (char *c = name; *c != '\0'; c++)
            if (*c == '-')
                *c = '_';
        print_pair(out, "            ", name, state_name(settings->map[i].state));
    }
    fputs("        };\n", out);
}

static void print_mechanisms(FILE *out, const struct settings *settings)
{
    if (settings->required_count == 0)
        return;
    fputs("        require_mechanism = [", out);
    for (size_t i = 0; i < settings->required_count; i++) {
        fputs(i > 0 ? ", " : " ", out);
        print_string(out, settings->required_mechanisms[i]);
    }
    fputs(" ];\n", out);
}

static void print_family(FILE *out, const struct settings *settings, int letter)
{
    if (settings->family == (letter == '4' ? AF_INET : AF_INET6))
        fprintf(out, "        use_ipv%c = true;\n", letter);
}

/* What is in force for a row that is no list; what is built in, as a comment. */
static void print_row(FILE *out, const struct test *test, const char *profile, size_t index)
{
    const struct option_row *row = &option_table[index];
    char key[40], text[4096];
    const config_setting_t *setting = config_find(&test->config, profile, config_key(row->name, key));
    if (test->given[index] && row->argument)
        print_pair(out, "        ", key, test->given[index]);
    else if (test->given[index] ||
             (setting && config_setting_type(setting) == CONFIG_TYPE_BOOL && config_setting_get_bool(setting)))
        fprintf(out, "        %s = true;\n", key);
    else if (setting && config_scalar(setting, text, sizeof text))
        print_pair(out, "        ", key, text);
    else if (row->standard)
        fprintf(out, "        # %s: %s\n", key, row->standard);
}

static void print_settings(FILE *out, const struct test *test, const char *profile, const struct settings *settings)
{
    for (size_t i = 0; i < option_count; i++) {
        const char *name = option_table[i].name;
        if (option_table[i].command_line_only)
            continue;
        if (option_table[i].letter == '4' || option_table[i].letter == '6')
            print_family(out, settings, option_table[i].letter);
        else if (strcmp(name, "remote") == 0)
            print_remotes(out, settings);
        else if (strcmp(name, "limit") == 0)
            print_limits(out, settings);
        else if (strcmp(name, "map") == 0)
            print_map(out, settings);
        else if (strcmp(name, "require-mechanism") == 0)
            print_mechanisms(out, settings);
        else if (strcmp(name, "verbose") == 0)
            fprintf(out, "        verbose = %d;\n", settings->verbose < 3 ? settings->verbose : 3);
        else
            print_row(out, test, profile, i);
    }
    if (settings->configured_password.set)
        print_pair(out, "        ", "password", "***");
}

/* --- testing --- */

static void note_error(struct test *test, const char *why)
{
    if (test->bad++ == 0)
        snprintf(test->first, sizeof test->first, "%s", why);
    char clean[600];
    fprintf(test->listing, "        # %s\n", text_clean_string(clean, sizeof clean, why));
}

/* What the probe would read besides: a password that is given by the environment is not missing in the file. */
static bool check_password_file(const struct settings *settings, char *why, size_t why_size)
{
    struct secret secret = {0};
    char reason[400];
    bool good = !settings->password_file || settings_anonymous(settings) ||
                secret_read_file(settings->password_file, &secret, reason, sizeof reason) ||
                why_set(why, why_size, "--password-file: %s", reason);
    secret_wipe(&secret);
    return good;
}

/* PROFILE is NULL for the defaults alone. */
static void test_profile(struct test *test, const char *profile)
{
    struct settings settings;
    char why[512];
    bool good = sources_combine(&test->config, profile, test->argc, test->argv, test->given, &settings, why,
                                sizeof why) == SOURCES_RUN &&
                check_password_file(&settings, why, sizeof why);
    fprintf(test->listing, "    %s = {\n", profile ? profile : "defaults");
    if (!good)
        sources_blame(&test->config, profile, test->given, why, sizeof why);
    if (good) {
        test->good++;
        print_settings(test->listing, test, profile, &settings);
    } else {
        char named[600];
        snprintf(named, sizeof named, "%s: %s", profile ? profile : "defaults", why);
        note_error(test, strncmp(why, "--", 2) == 0 ? named : why);
    }
    fputs("    };\n", test->listing);
    settings_free(&settings);
}

static void test_profiles(struct test *test, const char *profile)
{
    size_t count = config_profile_count(&test->config);
    if (profile || count == 0) {
        test_profile(test, profile);
        return;
    }
    for (size_t i = 0; i < count; i++)
        test_profile(test, config_profile_name(&test->config, i));
}

static void print_result(FILE *out, const struct test *test, const char *file)
{
    char text[1024];
    if (test->bad > 0) {
        snprintf(text, sizeof text, "%s%s", test->first, test->bad > 1 ? ", and more" : "");
        report_nagios_unknown(out, text, "");
        return;
    }
    snprintf(text, sizeof text, "%s: %d %s good", file, test->good, test->good == 1 ? "profile is" : "profiles are");
    char clean[1024];
    text_clean_string(clean, sizeof clean, text);
    text_shorten(clean, SUMMARY_WIDTH);
    fprintf(out, REPORT_SERVICE " OK - %s\n", clean);
}

static enum state run(struct test *test, FILE *out, const struct settings *settings)
{
    struct settings scratch;
    char why[512];
    const char *file = sources_config_file(settings);
    bool opened = config_open(&test->config, file, why, sizeof why) &&
                  config_profile_known(&test->config, settings->profile, why, sizeof why);
    if (opened && settings_init(&scratch)) {
        options_parse(test->argc, test->argv, &scratch, test->given, why, sizeof why); /* it has been, and is good */
        test_profiles(test, settings->profile);
        settings_free(&scratch);
    } else {
        note_error(test, opened ? "out of memory" : why);
    }
    config_close(&test->config);
    print_result(out, test, file);
    return test->bad == 0 ? STATE_OK : STATE_UNKNOWN;
}

enum state config_test(FILE *out, int argc, char *const argv[], const struct settings *settings)
{
    char *listing = NULL;
    size_t length;
    struct test test = {.argc = argc, .argv = argv, .given = calloc(option_count, sizeof *test.given)};
    test.listing = test.given ? open_memstream(&listing, &length) : NULL;
    enum state state = STATE_UNKNOWN;
    if (test.listing) {
        state = run(&test, out, settings);
        if (fclose(test.listing) == 0)
            fputs(listing, out);
    } else {
        fputs(REPORT_SERVICE " UNKNOWN - out of memory\n", out);
    }
    free(listing);
    free(test.given);
    return state;
}
