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

#include "tap.h"
#include "config.h"
#include "config_report.h"
#include "lists.h"
#include "options.h"

/* libconfig (1.5) loses the string in front of a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so";
}

#define EXAMPLE "conf/check_xmpp_ping.conf"
#define PASSWORD "horse" /* a word of the example's */
#define FILES 10000
#define SEED UINT64_C(0x9e3779b97f4a7c15)
#define TEXT_MOST 16384
#define ARGUMENTS_MOST 128

static char directory[] = "/tmp/config_fuzz.XXXXXX";
static char example[TEXT_MOST];
static uint64_t chance = SEED;

/* 0 to BELOW - 1, by xorshift64*. */
static size_t pick(size_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return below == 0 ? 0 : (size_t)((chance * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % below;
}

/* --- mutations --- */

struct text {
    char bytes[TEXT_MOST];
    size_t length;
};

/* Puts LENGTH bytes at WITH in the place of the GONE bytes at AT. */
static void replace(struct text *text, size_t at, size_t gone, const char *with, size_t length)
{
    if (text->length - gone + length >= TEXT_MOST)
        return;
    memmove(text->bytes + at + length, text->bytes + at + gone, text->length - at - gone);
    memmove(text->bytes + at, with, length);
    text->length = text->length - gone + length;
}

static const char *const fragments[] = {
    "0x10",
    "1e3",
    "1.",
    ".5",
    "0.25",
    "-1",
    "+1",
    "0",
    "7",
    "010",
    "2147483648",
    "99999999999",
    "5L",
    "true",
    "FALSE",
    "\"",
    "\"\"",
    "\"8s\"",
    "\"5\"",
    "\"a\" \"b\"",
    "\"a.example\"",
    "\"1,2\"",
    "\"\\x41\"",
    "\"\\x00\"",
    "\\",
    "/*",
    "*/",
    "//",
    "#",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "()",
    "{}",
    ";",
    ",",
    "=",
    ":",
    "\n",
    "\r\n",
    "\t",
    "@include \"none\"\n",
    "\n@include \"/dev/null\"\n",
    "\n@include \"/tmp\"\n",
    "count = 2;",
    "jid = \"x.example\";",
    "quiet = true;",
    "\xff",
    "\xc3\xa9",
    "\x01",
    "a = b",
    "use_ipv4 = false;",
    "use_ipv6 = true;",
    "verbose = 2;",
    "warning = 0.125;",
};
#define FRAGMENTS (sizeof fragments / sizeof fragments[0])

static size_t line_begin(const struct text *text, size_t at)
{
    while (at > 0 && text->bytes[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_length(const struct text *text, size_t begin)
{
    size_t end = begin;
    while (end < text->length && text->bytes[end] != '\n')
        end++;
    return end - begin + (end < text->length);
}

/* A line, or its copy, goes somewhere else. */
static void move_line(struct text *text, bool copy)
{
    char line[512];
    size_t begin = line_begin(text, pick(text->length)), length = line_length(text, begin);
    if (length >= sizeof line)
        return;
    memcpy(line, text->bytes + begin, length);
    if (!copy)
        replace(text, begin, length, "", 0);
    replace(text, line_begin(text, pick(text->length)), 0, line, length);
}

/* What stands behind an equals sign, up to the semicolon, gives way to a fragment, or to another such. */
static void change_value(struct text *text)
{
    char value[256];
    size_t from = pick(text->length);
    const char *equals = memchr(text->bytes + from, '=', text->length - from);
    size_t at = equals ? (size_t)(equals - text->bytes) + 1 : text->length;
    if (at >= text->length)
        return;
    size_t gone = strcspn(text->bytes + at, ";\n");
    const char *with = fragments[pick(FRAGMENTS)];
    if (pick(3) == 0) {
        const char *other = strchr(example + pick(strlen(example)), '=');
        snprintf(value, sizeof value, "%.*s", other ? (int)strcspn(other, ";\n") - 1 : 0, other ? other + 1 : "");
        if (!strstr(value, PASSWORD))
            with = value;
    }
    if (at + gone <= text->length)
        replace(text, at, gone, with, strlen(with));
}

/* A digit becomes another one: most such files are good. */
static void change_digit(struct text *text)
{
    size_t at = pick(text->length);
    while (at < text->length && (text->bytes[at] < '0' || text->bytes[at] > '9'))
        at++;
    if (at < text->length)
        text->bytes[at] = (char)('0' + pick(10));
}

static void mutate(struct text *text)
{
    if (text->length == 0)
        return;
    size_t at = pick(text->length), left = text->length - at;
    char byte = (char)pick(256);
    const char *fragment = fragments[pick(FRAGMENTS)];
    switch (pick(10)) {
    case 0:
        text->bytes[at] = (char)(text->bytes[at] ^ (1 << pick(8)));
        break;
    case 1:
        replace(text, at, 0, &byte, 1);
        break;
    case 2:
        replace(text, at, 1 + pick(left < 8 ? left : 8), "", 0);
        break;
    case 3:
        replace(text, at, 0, fragment, strlen(fragment));
        break;
    case 4:
    case 5:
        move_line(text, pick(2) == 0);
        break;
    case 6:
        replace(text, line_begin(text, at), line_length(text, line_begin(text, at)), "", 0);
        break;
    case 7:
        if (pick(20) == 0)
            text->length = at;
        else
            change_digit(text);
        break;
    default:
        change_value(text);
    }
    text->bytes[text->length] = '\0';
}

/* --- what a file means, by another way: as a command line --- */

struct command {
    char *argv[ARGUMENTS_MOST + 1];
    int argc;
};

static void add_argument(struct command *command, const char *option, const char *value)
{
    if (command->argc == ARGUMENTS_MOST)
        return;
    char *argument = malloc(strlen(option) + strlen(value) + 4);
    sprintf(argument, "--%s%s%s", option, *value == '\0' ? "" : "=", value);
    for (char *c = argument; c < argument + 2 + strlen(option); c++)
        *c = *c == '_' ? '-' : *c;
    command->argv[command->argc++] = argument;
}

static void free_command(struct command *command)
{
    for (int i = 1; i < command->argc; i++)
        free(command->argv[i]);
    *command = (struct command){.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
}

/* A string, a number that has nine digits at most, or true, which has no text. */
static const char *scalar(const config_setting_t *setting, char *buffer, size_t size)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING:
        return config_setting_get_string(setting);
    case CONFIG_TYPE_FLOAT:
        snprintf(buffer, size, "%.9f", config_setting_get_float(setting));
        return buffer;
    case CONFIG_TYPE_INT:
        snprintf(buffer, size, "%d", config_setting_get_int(setting));
        return buffer;
    default:
        return "";
    }
}

static void add_key(struct command *command, const char *option, const config_setting_t *setting)
{
    char buffer[64];
    int type = config_setting_type(setting);
    if (type == CONFIG_TYPE_BOOL && !config_setting_get_bool(setting))
        return;
    if (strcmp(option, "verbose") == 0) {
        for (int i = 0; i < config_setting_get_int(setting); i++)
            add_argument(command, option, "");
    } else if (type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY) {
        for (int i = 0; i < config_setting_length(setting); i++)
            add_argument(command, option, scalar(config_setting_get_elem(setting, (unsigned)i), buffer, sizeof buffer));
    } else {
        add_argument(command, option, scalar(setting, buffer, sizeof buffer));
    }
}

static const config_setting_t *member(const config_setting_t *group, const char *name)
{
    for (int i = 0; group && i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        if (strcmp(config_setting_name(setting), name) == 0)
            return setting;
    }
    return NULL;
}

/* The entries of a limits or a map. */
static void add_entries(struct command *command, const char *option, const config_setting_t *group, char separator)
{
    for (int i = 0; group && i < config_setting_length(group); i++) {
        char value[400];
        const config_setting_t *entry = config_setting_get_elem(group, (unsigned)i);
        snprintf(value, sizeof value, "%s%c%s", config_setting_name(entry), separator,
                 config_setting_get_string(entry));
        for (char *c = value; separator == '=' && *c != '='; c++)
            *c = *c == '_' ? '-' : *c;
        add_argument(command, option, value);
    }
}

/* Remotes that are groups come to a row without an option: they are added to SETTINGS. */
static void add_remotes(struct settings *settings, const config_setting_t *remotes)
{
    struct line why = LINE_EMPTY;
    for (int i = 0; remotes && i < config_setting_length(remotes); i++) {
        const config_setting_t *remote = config_setting_get_elem(remotes, (unsigned)i);
        if (!config_setting_is_group(remote)) {
            list_add_remote(settings, config_setting_get_string(remote), &why);
            continue;
        }
        const config_setting_t *alias = member(remote, "alias"), *jid = member(remote, "jid");
        list_add_target(settings, alias ? config_setting_get_string(alias) : NULL, config_setting_get_string(jid),
                        &why);
        struct target *target = &settings->targets[settings->target_count - 1];
        static const struct {
            const char *key;
            unsigned given;
        } keys[] = {{"count", TARGET_GIVEN_COUNT},
                    {"interval", TARGET_GIVEN_INTERVAL},
                    {"ping_timeout", TARGET_GIVEN_PING_TIMEOUT},
                    {"warning", TARGET_GIVEN_WARNING},
                    {"critical", TARGET_GIVEN_CRITICAL}};
        struct command command = {.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++) {
            const config_setting_t *setting = member(remote, keys[j].key);
            if (!setting)
                continue;
            target->given |= keys[j].given;
            add_key(&command, keys[j].key, setting);
        }
        struct settings values;
        settings_init(&values);
        options_parse(command.argc, command.argv, &values, &why);
        settings_copy_to_target(target, &values, target->given);
        settings_free(&values);
        free_command(&command);
    }
}

static bool is_on(const config_setting_t *profile, const char *name)
{
    const config_setting_t *setting = member(profile, name);
    return setting && config_setting_get_bool(setting);
}

/* Whether the defaults' NAME is left out as it means nothing with what PROFILE says. */
static bool is_useless(const config_setting_t *profile, const char *name)
{
    static const char pings[] = " remotes count interval ping_timeout warning critical min_alive require_mechanism ";
    static const char account[] = " client_cert client_key ";
    static const char others[] = " no_login s2s login each_endpoint offers offers_not require_mechanism ";
    char word[80];
    snprintf(word, sizeof word, " %s ", name);
    if (member(profile, "component"))
        return strstr(others, word) || strstr(account, word);
    if (is_on(profile, "s2s"))
        return strstr(pings, word) != NULL;
    return is_on(profile, "no_login") && (strstr(pings, word) || strstr(account, word));
}

/* The last three have a password each. */
static void init(struct settings *settings)
{
    static struct secret passwords[3];
    static int next;
    settings_init(settings);
    settings->password = &passwords[next++ % 3];
    secret_wipe(settings->password);
}

/* The keys of PROFILE and then those of DEFAULTS that it has not. */
static bool read_as_options(const config_setting_t *profile, const config_setting_t *defaults,
                            struct settings *settings, struct line *why)
{
    const config_setting_t *levels[] = {profile, defaults};
    struct command command = {.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
    /* Of entries with one name the last one counts. */
    add_entries(&command, "limit", member(defaults, "limits"), ',');
    add_entries(&command, "limit", member(profile, "limits"), ',');
    add_entries(&command, "map", member(defaults, "map"), '=');
    add_entries(&command, "map", member(profile, "map"), '=');
    bool family = member(profile, "use_ipv4") || member(profile, "use_ipv6");
    for (size_t level = 0; level < 2; level++) {
        for (int i = 0; levels[level] && i < config_setting_length(levels[level]); i++) {
            const config_setting_t *setting = config_setting_get_elem(levels[level], (unsigned)i);
            const char *name = config_setting_name(setting);
            bool known = level == 1 && (member(profile, name) || (family && strncmp(name, "use_ipv", 7) == 0) ||
                                        is_useless(profile, name));
            bool special = strcmp(name, "limits") == 0 || strcmp(name, "map") == 0 || strcmp(name, "remotes") == 0 ||
                           strcmp(name, "password") == 0;
            if (!known && !special)
                add_key(&command, name, setting);
        }
    }
    init(settings);
    bool good = options_parse(command.argc, command.argv, settings, why) == OPTIONS_RUN;
    free_command(&command);
    const config_setting_t *remotes = member(profile, "remotes");
    if (!remotes && !is_useless(profile, "remotes"))
        remotes = member(defaults, "remotes");
    add_remotes(settings, remotes);
    const config_setting_t *password = member(profile, "password");
    password = password ? password : member(defaults, "password");
    settings->password->set = password != NULL;
    if (password)
        snprintf(settings->password->value, sizeof settings->password->value, "%s",
                 config_setting_get_string(password));
    return good;
}

/* --- the comparison --- */

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
