/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 10,000 files made of the example by chance, the same ones each time. None may crash the program or be refused without
 * a word; what is taken must mean what the same options mean, and be the same when it is printed and read again. */
#include <libconfig.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "config_fuzz_mutate.h"
#include "config_fuzz_options.h"
#include "config_report.h"
#include "options.h"
#include "tap.h"

/* libconfig (1.5) loses the string in front of a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so";
}

#define EXAMPLE "conf/check_xmpp_ping.conf"
#define FILES 10000

static char directory[] = "/tmp/config_fuzz.XXXXXX";

static size_t sort_lines(char *text, char *lines[], size_t most)
{
    size_t count = 0;
    for (char *line; count < most && (line = strsep(&text, "\n")) != NULL;) {
        size_t at = count++;
        for (; at > 0 && strcmp(lines[at - 1], line) > 0; at--)
            lines[at] = lines[at - 1];
        lines[at] = line;
    }
    return count;
}

/* Whether both are the same but for the order of lines, which limits and map may have. Spoils both. */
static bool same_lines(char *one, char *other)
{
    char *first[200], *second[200];
    size_t count = sort_lines(one, first, 200);
    if (count != sort_lines(other, second, 200))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(first[i], second[i]) != 0)
            return false;
    }
    return true;
}

/* The caller frees it. */
static char *print(const struct settings *settings)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    config_print(out, "defaults", settings, 0);
    fclose(out);
    return text;
}

static void write_text(const char *name, const char *text, size_t length)
{
    unlink(name); /* ext4 writes a file that is truncated to the disk at once */
    FILE *file = fopen(name, "w");
    if (!file || fwrite(text, 1, length, file) != length || fclose(file) != 0 || chmod(name, 0600) != 0)
        diag("cannot write %s", name);
}

/* --profile=PROFILE, NULL for none, of the file NAME. */
static bool load(struct settings *settings, const char *name, const char *profile, struct line *why)
{
    init(settings);
    settings->config_file = settings_keep(settings, name);
    settings->profile = profile ? settings_keep(settings, profile) : NULL;
    return config_load(settings, why);
}

struct counts {
    int taken, refused, silent, told, other_meaning, other_when_read_again;
};

static void check_profile(const config_t *tree, const char *profile, struct counts *counts)
{
    struct line why = LINE_EMPTY;
    struct settings settings, options, again;
    const config_setting_t *root = config_root_setting(tree);
    const config_setting_t *defaults = member(root, "defaults");
    const config_setting_t *group = profile ? member(member(root, "profiles"), profile) : NULL;
    bool good = load(&settings, "m", profile, &why);
    good = read_as_options(group, defaults, &options, &why) && good;
    char *got = print(&settings), *expected = print(&options);
    write_text("again", got, strlen(got));
    good = good && strcmp(settings.password->value, options.password->value) == 0;
    if (!good || !same_lines(got, expected)) {
        diag("profile %s: %s", profile ? profile : "(none)", why.text);
        counts->other_meaning++;
    }
    free(got);
    got = print(&settings);
    bool reread = load(&again, "again", NULL, &why);
    free(expected);
    expected = print(&again);
    if (!reread || strcmp(got, expected) != 0) {
        diag("printed and read again: %s", why.text);
        counts->other_when_read_again++;
    }
    free(got);
    free(expected);
    struct mistakes mistakes = MISTAKES_NONE;
    settings_check(&settings, &mistakes);
    mistakes_free(&mistakes);
    settings_free(&settings);
    settings_free(&options);
    settings_free(&again);
}

/* Looks at the run without a profile and at one profile. */
static void check_taken(const struct text *text, struct counts *counts)
{
    config_t tree;
    config_init(&tree);
    char closed[TEXT_MOST + 1]; /* libconfig wants a newline behind a comment */
    size_t length = (size_t)snprintf(closed, sizeof closed, "%s\n", text->bytes);
    write_text("closed", closed, length);
    if (config_read_file(&tree, "closed")) {
        check_profile(&tree, NULL, counts);
        const config_setting_t *profiles = member(config_root_setting(&tree), "profiles");
        int count = profiles ? config_setting_length(profiles) : 0;
        if (count > 0)
            check_profile(&tree, config_setting_name(config_setting_get_elem(profiles, (unsigned)pick((size_t)count))),
                          counts);
    } else {
        diag("line %d: %s", config_error_line(&tree), config_error_text(&tree));
        counts->other_meaning++;
    }
    config_destroy(&tree);
}

static void check_text(const struct text *text, struct counts *counts)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    struct counts before = *counts;
    alarm(60); /* none is read for ever */
    write_text("m", text->bytes, text->length);
    bool taken = load(&settings, "m", NULL, &why);
    settings_free(&settings);
    if (taken) {
        counts->taken++;
        check_taken(text, counts);
    } else {
        counts->refused++;
        counts->silent += strncmp(why.text, "m:", 2) != 0 || strlen(why.text) < 8;
        counts->told += strstr(why.text, PASSWORD) != NULL;
    }
    if (counts->silent > before.silent || counts->told > before.told)
        diag("'%s'", why.text);
    if (counts->other_meaning > before.other_meaning || counts->other_when_read_again > before.other_when_read_again) {
        diag("the file was:");
        diag("%s", text->bytes);
    }
}

/* The example with the settings that are comments there. */
static bool read_example(void)
{
    char line[512];
    size_t used = 0;
    FILE *file = fopen(EXAMPLE, "r");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file) && used + strlen(line) < sizeof example) {
        char *hash = line + strspn(line, " ");
        if (hash[0] == '#' && hash[1] >= 'a' && hash[1] <= 'z')
            *hash = ' ';
        used += (size_t)snprintf(example + used, sizeof example - used, "%s", line);
    }
    fclose(file);
    return used > 0;
}

int main(void)
{
    struct counts counts = {0};
    struct text text;
    if (!read_example() || !mkdtemp(directory) || chdir(directory) != 0) {
        ok(false, "%s can be read", EXAMPLE);
        done_testing();
        return 1;
    }
    text.length = strlen(example);
    memcpy(text.bytes, example, text.length + 1);
    check_text(&text, &counts);
    is_int(counts.taken, 1, "the example is taken, with all that is a comment there");
    for (int i = 0; i < FILES; i++) {
        text.length = strlen(example);
        memcpy(text.bytes, example, text.length + 1);
        for (size_t times = 1 + pick(3); times > 0; times--)
            mutate(&text);
        check_text(&text, &counts);
    }
    ok(true, "none of %d files has crashed the program", FILES);
    diag("%d were taken, %d refused", counts.taken, counts.refused);
    ok(counts.taken > FILES / 10, "some are taken");
    ok(counts.refused > FILES / 10, "some are refused");
    is_int(counts.silent, 0, "each refusal names the file and the reason");
    is_int(counts.told, 0, "no refusal tells the password");
    is_int(counts.other_meaning, 0, "each file that is taken means what the same options mean");
    is_int(counts.other_when_read_again, 0, "the settings in force are a file that means the same");
    unlink("m");
    unlink("again");
    unlink("closed");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        diag("%s is left", directory);
    done_testing();
    return exit_status();
}
