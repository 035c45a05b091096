/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extra_opts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/extra_opts.XXXXXX";
static char path[64];

static void write_bytes(const char *file, const char *bytes, size_t length)
{
    FILE *out = fopen(file, "w");
    if (!out || fwrite(bytes, 1, length, out) != length || fclose(out) != 0)
        diag("cannot write %s", file);
}

/* A command line of words with spaces between; "F" at a word's end stands for the path of the file, and '' for an empty
 * word. The caller frees the words. */
struct command {
    int argc;
    char *argv[16];
};

static void make_command(struct command *command, const char *line)
{
    char *copy = strdup(line), *rest = copy, *word;
    *command = (struct command){.argc = 1, .argv = {strdup("/usr/lib/nagios/plugins/check_xmpp_ping")}};
    while ((word = strsep(&rest, " ")) != NULL) {
        size_t length = strlen(word);
        bool file = length > 0 && word[length - 1] == 'F';
        char *made = NULL;
        if (strcmp(word, "''") == 0)
            made = strdup("");
        else if (asprintf(&made, "%.*s%s", (int)(file ? length - 1 : length), word, file ? path : "") < 0)
            made = NULL;
        command->argv[command->argc++] = made;
    }
    free(copy);
}

static void free_command(struct command *command)
{
    for (int i = 0; i < command->argc; i++)
        free(command->argv[i]);
}

/* Expands LINE; the words with spaces between, or "! " and the reason, with F for the path of the file. */
static void expand(const char *line, char out[1024])
{
    struct command command;
    struct extra_opts extra;
    struct line why = LINE_EMPTY;
    make_command(&command, line);
    size_t used = 0;
    *out = '\0';
    if (extra_opts_expand(command.argc, command.argv, &extra, &why)) {
        for (int i = 1; i < extra.argc && used < 1024; i++)
            used += (size_t)snprintf(out + used, 1024 - used, "%s%s", i > 1 ? " " : "", extra.argv[i]);
        if (extra.argv[0] != command.argv[0] || extra.argv[extra.argc] != NULL)
            snprintf(out, 1024, "the command line has lost an end");
    } else {
        const char *file = strstr(why.text, path);
        if (file)
            text_format(out, 1024, "! %.*sF%s", (int)(file - why.text), why.text, file + strlen(path));
        else
            text_format(out, 1024, "! %s", why.text);
    }
    extra_opts_free(&extra);
    free_command(&command);
}

/* --- the file's grammar: content of the section s, what becomes of it --- */

static const struct {
    const char *content;
    const char *expected;
} files[] = {
    {"[s]\nport=5222\n", "--port=5222"},
    {"[s]\nport=5222", "--port=5222"},
    {"[s]\r\nport=5222\r\n\r\n", "--port=5222"},
    {"  [ s ]  \n\t port \t=\t 5222 \n", "--port=5222"},
    {"[s] # ours\nport=5222\n", "--port=5222"},
    {"[s] ; ours\nport=5222\n", "--port=5222"},
    {"# a\n; b\n\n[s]\n  # c\n ; d\nport=5222\n#port=1\n", "--port=5222"},

    /* keys */
    {"[s]\np=5222\n", "--port=5222"},
    {"[s]\n4=\n", "--use-ipv4"},
    {"[s]\nv=\nverbose=\nquiet =\n", "--verbose --verbose --quiet"},
    {"[s]\nR=a.example\nremote=b.example\n", "--remote=a.example --remote=b.example"},
    {"[s]\ntime=5\n", "--time=5"},
    {"[s]\nhelp=\nV=\n", "--help --version"},

    /* values are taken as they stand */
    {"[s]\nca-file=/a b/c.pem\n", "--ca-file=/a b/c.pem"},
    {"[s]\nca-file=\"/a\"\n", "--ca-file=\"/a\""},
    {"[s]\nca-file=/a # b ; c\n", "--ca-file=/a # b ; c"},
    {"[s]\nca-file=/a\\\nport=1\n", "--ca-file=/a\\ --port=1"},
    {"[s]\nremote=a=b.example\n", "--remote=a=b.example"},
    {"[s]\nmap = deadline=ok\n", "--map=deadline=ok"},
    {"[s]\nca-file=[x]\n", "--ca-file=[x]"},
    {"[s]\nw=-1:\n", "--warning=-1:"},
    {"[s]\nca-file=--insecure\n", "--ca-file=--insecure"},
    {"[s]\nca-file=\xc3\xa4\xff\n", "--ca-file=\xc3\xa4\xff"},

    /* sections */
    {"[t]\nport=1\n[s]\nport=2\n[u]\nport=3\n", "--port=2"},
    {"[s]\nport=1\n[t]\nport=2\n[s]\ncount=3\n", "--port=1 --count=3"},
    {"[S]\nport=1\n[ss]\nport=2\n[s]\nport=3\n", "--port=3"},
    {"[t]\nnothing of ours\n=\n[t\n[t] x\n--\n[s]\nport=1\n", "--port=1"},

    /* mistakes */
    {"", "! --extra-opts: F has no section [s]"},
    {"\n\n", "! --extra-opts: F has no section [s]"},
    {"[t]\nport=1\n", "! --extra-opts: F has no section [s]"},
    {"[s]\n# port=1\n[t]\nport=1\n", "! --extra-opts: F has an empty section [s]"},
    {"port=1\n[s]\nport=1\n", "! --extra-opts: F:1: stands before the first section"},
    {"\xef\xbb\xbf[s]\nport=1\n", "! --extra-opts: F:1: stands before the first section"},
    {"\n[s\nport=1\n", "! --extra-opts: F:2: has no ] behind the name of the section"},
    {"[s] port=1\n", "! --extra-opts: F:1: has something behind ]"},
    {"[s]\n\nquiet\n", "! --extra-opts: F:3: has no =, which a switch needs too"},
    {"[s]\n=1\n", "! --extra-opts: F:2: has no key before ="},
    {"[s]\n--port=1\n", "! --extra-opts: F:2: has a key that begins with -: leave the dashes out"},
    {"[s]\nport 1=2\n", "! --extra-opts: F:2: has white space inside its key"},
    {"[s]\nport=1\nports=2\n", "! --extra-opts: F:3: --ports: unknown option: did you mean --port?"},
    {"[s]\nx=1\n", "! --extra-opts: F:2: -x: unknown option"},
    {"[s]\nport=0\n", "! --extra-opts: F:2: --port: 0 is not a whole number from 1 to 65535"},
    {"[s]\nport=\nquiet=\n", "! --extra-opts: F:2: --port: is empty"},
    {"[s]\nremote=\n", "! --extra-opts: F:2: --remote: is empty"},
    {"[s]\nverb=\n", "! --extra-opts: F:2: --verbose: takes no argument"},
    {"[s]\nquiet=yes\n", "! --extra-opts: F:2: --quiet: takes no argument"},
    {"[s]\n4=\n6=\n", "! --extra-opts: F:3: --use-ipv6: -4 and -6 exclude each other"},
    {"[s]\nextra-opts=t\n",
     "! --extra-opts: F:2: --extra-opts: is taken only from the command line, with its whole name"},
    {"[s]\nextra-opts=\n",
     "! --extra-opts: F:2: --extra-opts: is taken only from the command line, with its whole name"},
};

static void check_files(void)
{
    char got[1024];
    for (size_t i = 0; i < COUNT(files); i++) {
        write_bytes(path, files[i].content, strlen(files[i].content));
        expand("--extra-opts=s@F", got);
        is_str(got, files[i].expected, "file %zu: %s", i, files[i].expected);
    }
}

/* --- the command line --- */

static const struct {
    const char *line;
    const char *expected;
} lines[] = {
    {"-j a@b.example -q", "-j a@b.example -q"},
    {"--extra-opts=@F", "--port=1 --quiet"},
    {"--extra-opts=s@F", "--port=2"},
    {"--extra-opts s@F", "--port=2"},
    {"--extra-opts @F", "--port=1 --quiet"},

    /* those of the file come first, wherever they were asked for */
    {"-p 3 --extra-opts=s@F -v", "--port=2 -p 3 -v"},
    {"-p 3 --extra-opts s@F -v", "--port=2 -p 3 -v"},
    {"--extra-opts=s@F -p 3 --extra-opts=@F --extra-opts t@F", "--port=2 --port=1 --quiet --count=3 -p 3"},
    {"--extra-opts=s@F --extra-opts=s@F", "--port=2 --port=2"},

    /* what is none */
    {"--extra-opts=s@F stray", "--port=2 stray"},
    {"-- --extra-opts=s", "-- --extra-opts=s"},
    {"--extra-opts=s@F -- --extra-opts", "--port=2 -- --extra-opts"},
    {"--extra", "--extra"},
    {"--extra-optsx=s", "--extra-optsx=s"},
    {"", ""},

    {"--extra-opts=nosuch@F", "! --extra-opts: F has no section [nosuch]"},
    {"--extra-opts=s@", "! --extra-opts: there is no file named behind @"},
    {"--extra-opts=@", "! --extra-opts: there is no file named behind @"},
    {"--extra-opts=s@F.not", "! --extra-opts: F cannot be opened: No such file or directory"},
    {"--extra-opts=s@-", "! --extra-opts: - cannot be opened: No such file or directory"},
    {"--extra-opts=s@/dev/zero", "! --extra-opts: /dev/zero is not a regular file"},
    {"--extra-opts=s@/", "! --extra-opts: / is not a regular file"},
};

static const char several[] = "[check_xmpp_ping]\nport=1\nquiet=\n[s]\nport=2\n[t]\ncount=3\n";

static void check_lines(void)
{
    char got[1024];
    write_bytes(path, several, strlen(several));
    for (size_t i = 0; i < COUNT(lines); i++) {
        if (strstr(lines[i].line, "F.not"))
            unlink(path);
        expand(strstr(lines[i].line, "F.not") ? "--extra-opts=s@F" : lines[i].line, got);
        is_str(got, lines[i].expected, "%s: %s", lines[i].line, lines[i].expected);
        if (strstr(lines[i].line, "F.not"))
            write_bytes(path, several, strlen(several));
    }
}

/* --- where the file is --- */

/* Makes the file NAME of the directory, with a section that tells it. */
static void make_file(const char *name, const char *port)
{
    char file[128], text[128];
    snprintf(file, sizeof file, "%s/%s", directory, name);
    snprintf(text, sizeof text, "[check_xmpp_ping]\nport=%s\n", port);
    write_bytes(file, text, strlen(text));
}

static void remove_file(const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "%s/%s", directory, name);
    remove(file);
}

static void check_expansion(const char *line, const char *expected, const char *what)
{
    char got[1024];
    expand(line, got);
    is_str(got, expected, "%s", what);
}

static void check_places(void)
{
    char search[256], folder[128];
    make_file("nagios-plugins.ini", "11");
    snprintf(search, sizeof search, ":/nonexistent::%s:/etc", directory);
    setenv("NAGIOS_CONFIG_PATH", search, 1);
    check_expansion("--extra-opts -v", "--port=11 -v", "nagios-plugins.ini is found along NAGIOS_CONFIG_PATH");
    make_file("plugins.ini", "12");
    check_expansion("--extra-opts -v", "--port=12 -v", "plugins.ini comes before it");
    make_file("monitoring-plugins.ini", "13");
    check_expansion("--extra-opts -v", "--port=13 -v", "monitoring-plugins.ini comes before both");
    check_expansion("--extra-opts= -v", "--port=13 -v", "an empty argument means the same");
    check_expansion("--extra-opts '' -v", "--port=13 -v", "an empty word, too");
    check_expansion("--extra-opts=check_xmpp_ping", "--port=13", "a section may be named");

    snprintf(folder, sizeof folder, "%s/first", directory);
    mkdir(folder, 0700);
    make_file("first/nagios-plugins.ini", "14");
    snprintf(search, sizeof search, "%s:%s", folder, directory);
    setenv("NAGIOS_CONFIG_PATH", search, 1);
    check_expansion("--extra-opts", "--port=14", "the first directory counts, whatever the file's name");

    write_bytes(path, several, strlen(several));
    setenv("MP_CONFIG_FILE", path, 1);
    check_expansion("--extra-opts=s", "--port=2", "MP_CONFIG_FILE comes before all");
    unlink(path);
    check_expansion("--extra-opts=s", "! --extra-opts: F cannot be opened: No such file or directory",
                    "what it names has to be there");
    setenv("MP_CONFIG_FILE", "", 1);
    check_expansion("--extra-opts", "--port=14", "an empty MP_CONFIG_FILE counts for nothing");
    unsetenv("MP_CONFIG_FILE");
    unsetenv("NAGIOS_CONFIG_PATH");
    remove_file("first/nagios-plugins.ini");
    remove_file("first");
    remove_file("nagios-plugins.ini");
    remove_file("plugins.ini");
    remove_file("monitoring-plugins.ini");
}

static void check_program_names(void)
{
    static const struct {
        const char *name;
        const char *section;
    } names[] = {
        {"check_xmpp_ping", "check_xmpp_ping"},
        {"/a/b/check_other", "check_other"},
        {"./check_xmpp_ping", "check_xmpp_ping"},
        {"", "check_xmpp_ping"},
        {"/a/b/", "check_xmpp_ping"},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        char text[128], option[128];
        struct line why = LINE_EMPTY;
        snprintf(text, sizeof text, "[%s]\nport=7\n", names[i].section);
        write_bytes(path, text, strlen(text));
        snprintf(option, sizeof option, "--extra-opts=@%s", path);
        char *argv[] = {(char *)names[i].name, option, NULL};
        struct extra_opts extra;
        ok(extra_opts_expand(2, argv, &extra, &why) && extra.argc == 2, "called '%s' it reads section %s",
           names[i].name, names[i].section);
        extra_opts_free(&extra);
    }
}

/* --- what nobody has in earnest --- */

static void check_limits(void)
{
    char got[1024];
    write_bytes(path, "[s]\nport=1\n\0x\n", 14);
    expand("--extra-opts=s@F", got);
    is_str(got, "! --extra-opts: F is no text: it holds a NUL byte", "a NUL is refused");

    size_t size = (1 << 20) + 1;
    char *large = malloc(size);
    memset(large, '\n', size);
    memcpy(large, "[s]\nport=1", 10);
    write_bytes(path, large, size - 1);
    expand("--extra-opts=s@F", got);
    is_str(got, "--port=1", "1 MiB is taken");
    write_bytes(path, large, size);
    expand("--extra-opts=s@F", got);
    is_str(got, "! --extra-opts: F is larger than 1 MiB", "one byte more is not");

    size_t used = (size_t)sprintf(large, "[s]\n");
    for (int i = 0; i < 1000; i++)
        used += (size_t)sprintf(large + used, "v=\n");
    write_bytes(path, large, used);
    struct extra_opts extra;
    char option[128];
    struct line why = LINE_EMPTY;
    snprintf(option, sizeof option, "--extra-opts=s@%s", path);
    char *argv[] = {(char *)"check_xmpp_ping", option, NULL};
    ok(extra_opts_expand(2, argv, &extra, &why) && extra.argc == 1001, "a thousand options are taken");
    extra_opts_free(&extra);
    used += (size_t)sprintf(large + used, "v=\n");
    write_bytes(path, large, used);
    expand("--extra-opts=s@F", got);
    is_str(got, "! --extra-opts: F:1002: is one option too many", "one more is not");
    free(large);

    char name[6000] = "--extra-opts=";
    memset(name + 13, 'x', 300);
    expand(name, got);
    is_str(got, "! --extra-opts: the name of the section is too long", "a long section");
    memset(name + 13, 'x', sizeof name - 14);
    name[13] = '@';
    expand(name, got);
    is_str(got, "! --extra-opts: the name of the file is too long", "a long file name");

    unlink(path);
    if (mkfifo(path, 0600) != 0)
        diag("no FIFO");
    expand("--extra-opts=s@F", got);
    is_str(got, "! --extra-opts: F is not a regular file", "a FIFO is refused, and not waited for");
    unlink(path);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    snprintf(path, sizeof path, "%s/file.ini", directory);
    unsetenv("MP_CONFIG_FILE");
    unsetenv("NAGIOS_CONFIG_PATH");
    check_files();
    check_lines();
    check_places();
    check_program_names();
    check_limits();
    ok(rmdir(directory) == 0, "nothing is left");
    done_testing();
    return exit_status();
}
