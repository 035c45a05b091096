/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extra_opts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "ini.h"
#include "options.h"
#include "text.h"

#define OPTION "--extra-opts"
#define PROGRAM "check_xmpp_ping"

/* Far more than anybody has, and nothing that could fill the memory. */
#define FILE_LONGEST (1 << 20)
#define ADDED_MOST 1000

/* Where the monitoring plugins look, in their order: along NAGIOS_CONFIG_PATH for these names ... */
static const char *const file_names[] = {"monitoring-plugins.ini", "plugins.ini", "nagios-plugins.ini"};

/* ... then for these files. */
static const char *const standard_files[] = {
    "/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
    "/usr/local/etc/monitoring-plugins.ini",
    "/etc/monitoring-plugins/monitoring-plugins.ini",
    "/etc/monitoring-plugins.ini",
    "/etc/nagios/plugins.ini",
    "/usr/local/nagios/etc/plugins.ini",
    "/usr/local/etc/nagios/plugins.ini",
    "/etc/opt/nagios/plugins.ini",
    "/etc/nagios-plugins.ini",
    "/usr/local/etc/nagios-plugins.ini",
    "/etc/opt/nagios-plugins.ini",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What one --extra-opts asks for. */
struct origin {
    char section[256];
    char file[PATH_MAX];
    char shown[TEXT_PATH_SIZE]; /* the file's name, for sentences */
};

/* --- which section of which file --- */

/* PATH has directories with colons between. */
static bool find_along(const char *path, char file[PATH_MAX])
{
    while (*path != '\0') {
        size_t length = strcspn(path, ":");
        for (size_t i = 0; length > 0 && i < COUNT(file_names); i++) {
            int wanted = snprintf(file, PATH_MAX, "%.*s/%s", (int)length, path, file_names[i]);
            if (wanted > 0 && wanted < PATH_MAX && access(file, F_OK) == 0)
                return true;
        }
        path += length;
        path += *path == ':';
    }
    return false;
}

static bool find_file(char file[PATH_MAX])
{
    const char *named = getenv("MP_CONFIG_FILE");
    if (named && *named != '\0')
        return snprintf(file, PATH_MAX, "%s", named) < PATH_MAX;
    const char *path = getenv("NAGIOS_CONFIG_PATH");
    if (path && strlen(path) < INT_MAX && find_along(path, file))
        return true;
    for (size_t i = 0; i < COUNT(standard_files); i++) {
        if (access(standard_files[i], F_OK) != 0)
            continue;
        snprintf(file, PATH_MAX, "%s", standard_files[i]);
        return true;
    }
    return false;
}

/* The name that the program was called by. */
static const char *program_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;
    return name && *name != '\0' ? name : PROGRAM;
}

/* LOCATOR is [SECTION][@FILE]. */
static bool read_locator(const char *locator, const char *program, struct origin *origin, struct line *why)
{
    size_t length = strcspn(locator, "@");
    const char *section = length > 0 ? locator : program;
    if (length == 0)
        length = strlen(program);
    if (length >= sizeof origin->section)
        return line_set(why, "the name of the section is too long");
    snprintf(origin->section, sizeof origin->section, "%.*s", (int)length, section);

    const char *at = strchr(locator, '@');
    if (!at)
        return find_file(origin->file) || line_set(why, "there is no %s, nor is one named behind @", file_names[0]);
    if (at[1] == '\0')
        return line_set(why, "there is no file named behind @");
    return snprintf(origin->file, sizeof origin->file, "%s", at + 1) < (int)sizeof origin->file ||
           line_set(why, "the name of the file is too long");
}

/* --- the file --- */

/* BUFFER, of FILE_LONGEST + 1 bytes, becomes all of the open file as text. */
static bool fill(const struct origin *origin, int fd, char *buffer, struct line *why)
{
    ssize_t used = file_read(fd, buffer, FILE_LONGEST + 1);
    if (used < 0)
        return line_set(why, "%s cannot be read: %s", origin->shown, strerror(errno));
    if (used > FILE_LONGEST)
        return line_set(why, "%s is larger than 1 MiB", origin->shown);
    if (memchr(buffer, '\0', (size_t)used))
        return line_set(why, "%s is no text: it holds a NUL byte", origin->shown);
    buffer[used] = '\0';
    return true;
}

/* The whole file as text, which the caller frees. NULL on failure. */
static char *read_text(const struct origin *origin, struct line *why)
{
    struct stat status;
    int fd = file_open(origin->file, &status);
    if (fd < 0 && errno != 0)
        line_set(why, "%s cannot be opened: %s", origin->shown, strerror(errno));
    else if (fd < 0)
        line_set(why, "%s is not a regular file", origin->shown);
    if (fd < 0)
        return NULL;
    char others[FILE_OTHERS_SIZE];
    if (file_others(fd, &status, FILE_WRITE, others)) {
        line_set(why, "%s can be written to by %s", origin->shown, others);
        close(fd);
        return NULL;
    }
    char *text = malloc(FILE_LONGEST + 1);
    bool good = text ? fill(origin, fd, text, why) : line_set(why, "out of memory");
    close(fd);
    if (good)
        return text;
    free(text);
    return NULL;
}

/* --- its options --- */

static const struct option_row *find_row(const char *key)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (key[1] == '\0' ? row->letter == key[0] : strcmp(row->name, key) == 0)
            return row;
    }
    return NULL;
}

/* The one word that says the same on a command line; NULL when out of memory. With the long name, a value cannot be
 * taken for another option, nor the next word for a value that is missing. */
static char *make_word(const struct ini *ini)
{
    const struct option_row *row = find_row(ini->key);
    bool is_switch = row && !row->argument;
    const char *equals = *ini->value == '\0' && is_switch ? "" : "=";
    char *word;
    int length = row || ini->key[1] != '\0'
                     ? asprintf(&word, "--%s%s%s", row ? row->name : ini->key, equals, ini->value)
                     : asprintf(&word, "-%s", ini->key);
    return length < 0 ? NULL : word;
}

/* Tries WORD alone, on settings that nobody else sees: whatever is wrong with it is wrong with this line. */
static bool try_word(char *word, struct settings *scratch, struct line *why)
{
    char *argv[] = {(char *)PROGRAM, word, NULL};
    return options_parse(2, argv, scratch, why) != OPTIONS_ERROR;
}

static bool add_entry(struct extra_opts *extra, const struct ini *ini, struct settings *scratch, struct line *why)
{
    if (extra->added == ADDED_MOST)
        return line_set(why, "is one option too many");
    char *word = make_word(ini);
    if (!word)
        return line_set(why, "out of memory");
    extra->argv[++extra->added] = word;
    return try_word(word, scratch, why);
}

static bool add_section(struct extra_opts *extra, const struct origin *origin, char *text, struct settings *scratch,
                        struct line *why)
{
    int before = extra->added;
    struct ini ini = ini_open(text, origin->section);
    while (ini_next(&ini)) {
        if (!add_entry(extra, &ini, scratch, why))
            return line_before(why, "%s:%d: ", origin->shown, ini.line);
    }
    if (ini.why)
        return line_set(why, "%s:%d: %s", origin->shown, ini.line, ini.why);
    if (extra->added > before)
        return true;
    return line_set(why, "%s has %s section [%s]", origin->shown, ini.found ? "an empty" : "no", origin->section);
}

static bool add_origin(struct extra_opts *extra, const struct origin *origin, struct line *why)
{
    char *text = read_text(origin, why);
    if (!text)
        return false;
    struct settings scratch;
    bool done =
        settings_init(&scratch) ? add_section(extra, origin, text, &scratch, why) : line_set(why, "out of memory");
    settings_free(&scratch);
    free(text);
    return done;
}

/* --- the command line --- */

/* How many words from INDEX on are an --extra-opts; *LOCATOR is its argument, empty for none. */
static int words_of_option(int argc, char *const argv[], int index, const char **locator)
{
    const char *word = argv[index];
    *locator = "";
    if (strncmp(word, OPTION, strlen(OPTION)) != 0)
        return 0;
    word += strlen(OPTION);
    if (*word == '=')
        *locator = word + 1;
    if (*word != '\0')
        return *word == '=';
    if (index + 1 >= argc || argv[index + 1][0] == '-')
        return 1;
    *locator = argv[index + 1];
    return 2;
}

static bool expand_one(struct extra_opts *extra, const char *locator, const char *program, struct line *why)
{
    struct origin origin;
    bool good = read_locator(locator, program, &origin, why);
    if (good)
        text_show_path(origin.file, origin.shown);
    good = good && add_origin(extra, &origin, why);
    return good || line_before(why, OPTION ": ");
}

bool extra_opts_expand(int argc, char *const argv[], struct extra_opts *extra, struct line *why)
{
    *extra = (struct extra_opts){.argv = calloc((size_t)argc + ADDED_MOST + 2, sizeof *extra->argv)};
    if (!extra->argv)
        return line_set(why, "out of memory");
    extra->argv[0] = argv[0];
    int end = 1; /* behind "--" there are no options */
    while (end < argc && strcmp(argv[end], "--") != 0)
        end++;

    const char *locator;
    for (int i = 1; i < end;) {
        int words = words_of_option(end, argv, i, &locator);
        if (words > 0 && !expand_one(extra, locator, program_name(argv[0]), why))
            return false;
        i += words > 0 ? words : 1;
    }
    extra->argc = 1 + extra->added;
    for (int i = 1; i < argc;) {
        int words = i < end ? words_of_option(end, argv, i, &locator) : 0;
        if (words == 0)
            extra->argv[extra->argc++] = argv[i];
        i += words > 0 ? words : 1;
    }
    return true;
}

void extra_opts_free(struct extra_opts *extra)
{
    for (int i = 1; extra->argv && i <= extra->added; i++)
        free(extra->argv[i]);
    free(extra->argv);
}
