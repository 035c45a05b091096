/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "tap.h"
#include "config_report.h"
#include "options.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/config.XXXXXX";

/* Files, which are called f, and what is said of them. */
static const struct {
    const char *text;
    const char *why;
} invalid[] = {
    /* keys */
    {"defaults = {\n  cuont = 5;\n};", "f:2: cuont: unknown key: did you mean count?"},
    {"defaults = { password-file = \"x\" };", "f:1: password-file: unknown key: did you mean password_file?"},
    {"defaults = { limit = { } };", "f:1: limit: unknown key: did you mean limits?"},
    {"defaults = { z = 1 };", "f:1: z: unknown key"},
    {"defaults = { zzzzzzzzzz = 1 };", "f:1: zzzzzzzzzz: unknown key"},
    {"defaults = { config = \"x\" };", "f:1: config: unknown key"},
    {"defaults = { profile = \"x\" };", "f:1: profile: unknown key"},
    {"defaults = { config_test = true };", "f:1: config_test: unknown key"},
    {"defaults = { help = true };", "f:1: help: unknown key"},
    {"default = { };", "f:1: default: unknown key: did you mean defaults?"},
    {"\njid = \"a@b.example\";", "f:2: jid: unknown key"},
    {"profiles = { a = { }; b = { \ntls_mode = 1; }; };", "f:2: tls_mode: unknown key"},
    {"profiles = { a = 5; };", "f:1: a: found an integer, expected a group"},
    {"defaults = ( );", "f:1: defaults: found a list, expected a group"},
    {"profiles = \"a\";", "f:1: profiles: found a string, expected a group"},
    {"defaults = { count = 3; count = 4; };", "f:1: duplicate setting name"},
    {"defaults = {\n count = 3; \n count = 4; };", "f:3: count: duplicate setting name"},
    {"profiles = {\n a = {};\n a = {}; };", "f:3: a: duplicate setting name"},
    /* types */
    {"defaults = { count = true };", "f:1: count: found a boolean, expected a number or a string"},
    {"defaults = { count = (1) };", "f:1: count: found a list, expected a number or a string"},
    {"defaults = { count = [1] };", "f:1: count: found an array, expected a number or a string"},
    {"defaults = { timeout = { } };", "f:1: timeout: found a group, expected a number or a string"},
    {"defaults = { jid = 5 };", "f:1: jid: found an integer, expected a string"},
    {"defaults = { jid = 5.5 };", "f:1: jid: found a float, expected a string"},
    {"defaults = { tls = false };", "f:1: tls: found a boolean, expected a string"},
    {"defaults = { quiet = \"yes\" };", "f:1: quiet: found a string, expected true or false"},
    {"defaults = { quiet = 1 };", "f:1: quiet: found an integer, expected true or false"},
    {"defaults = { verbose = true };", "f:1: verbose: found a boolean, expected an integer from 0 to 3"},
    {"defaults = { verbose = \"1\" };", "f:1: verbose: found a string, expected an integer from 0 to 3"},
    {"defaults = { verbose = 4 };", "f:1: verbose: 4 is not an integer from 0 to 3"},
    {"defaults = { verbose = -1 };", "f:1: verbose: -1 is not an integer from 0 to 3"},
    {"defaults = { require_mechanism = 1 };",
     "f:1: require_mechanism: found an integer, expected a string or a list of strings"},
    {"defaults = { require_mechanism = (\n\"PLAIN\",\n5) };",
     "f:1: require_mechanism[2]: found an integer, expected a string"},
    {"defaults = { password = 5 };", "f:1: password: found an integer, expected a string"},
    /* values, which the options refuse with the same words */
    {"defaults = { count = 0 };", "f:1: count: 0 is not a whole number from 1 to 1000"},
    {"defaults = { count = 3.0 };", "f:1: count: 3.0 is not a whole number from 1 to 1000"},
    {"defaults = { count = \"3 \" };", "f:1: count: 3\xe2\x90\xa3 is not a whole number from 1 to 1000"},
    {"defaults = { port = -1 };", "f:1: port: -1 is not a whole number from 1 to 65535"},
    {"defaults = { jid = \"\" };", "f:1: jid: is empty"},
    {"defaults = { jid = \"@b\" };", "f:1: jid: @b has an empty local part before @"},
    {"defaults = { timeout = 0 };", "f:1: timeout: 0 leaves no time"},
    {"defaults = { timeout = \"8x\" };", "f:1: timeout: 8x has an unknown unit: use us, ms, s, m or h"},
    {"defaults = { interval = -0.5 };", "f:1: interval: -0.5 is negative"},
    {"defaults = { warning = \"1,20\" };", "f:1: warning: 20 has a loss without % at its end"},
    {"defaults = { certificate = \"7,21\" };", "f:1: certificate: 7,21 has a critical that is not below its warning"},
    {"defaults = { tls = \"ssl\" };", "f:1: tls: ssl is none of auto, starttls, direct and none"},
    {"defaults = { use_ipv4 = true; use_ipv6 = true };", "f:1: use_ipv6: -4 and -6 exclude each other"},
    {"defaults = { require_mechanism = (\"PLAIN\", \"MAGIC\") };",
     "f:1: require_mechanism[2]: MAGIC is no mechanism that this program knows: the manual lists them"},
    {"defaults = { password = \"\" };", "f:1: password: is empty"},
    /* remotes */
    {"defaults = { remotes = \"b.example\" };", "f:1: remotes: found a string, expected a list of strings and groups"},
    {"defaults = { remotes = (\"b.example\", 5) };", "f:1: remotes[2]: found an integer, expected a string or a group"},
    {"defaults = { remotes = (\"@b\") };", "f:1: remotes[1]: @b has an empty local part before @"},
    {"defaults = { remotes = (\n{ alias = \"b\"; }) };", "f:2: remotes[1]: has no jid"},
    {"defaults = { remotes = (\n{ jid = \"@b\"; }) };", "f:2: remotes[1].jid: @b has an empty local part before @"},
    {"defaults = { remotes = ({ jid = 5; }) };", "f:1: remotes[1].jid: found an integer, expected a string"},
    {"defaults = { remotes = ({ jid = \"b\"; alias = \"B b\"; }) };",
     "f:1: remotes[1].alias: B b is not of a-z, 0-9 and _ only"},
    {"defaults = { remotes = (\"b\", {\n jid = \"b\";\n  cuont = 2; }) };",
     "f:3: remotes[2].cuont: unknown key: did you mean count?"},
    {"defaults = { remotes = ({ jid = \"b\"; timeout = 2; }) };", "f:1: remotes[1].timeout: unknown key"},
    {"defaults = { remotes = ({ jid = \"b\"; count = 0; }) };",
     "f:1: remotes[1].count: 0 is not a whole number from 1 to 1000"},
    /* limits and map */
    {"defaults = { limits = ( ) };", "f:1: limits: found a list, expected a group"},
    {"defaults = { limits = {\n rtt = 5; } };",
     "f:2: limits.rtt: found an integer, expected a string: WARNING,CRITICAL"},
    {"defaults = { limits = { rtt = \"5\"; } };", "f:1: limits.rtt: 5 is not WARNING,CRITICAL"},
    {"defaults = { limits = { rtt = \"5,6,7\"; } };", "f:1: limits.rtt: 5,6,7 is not WARNING,CRITICAL"},
    {"defaults = { limits = { rtt = \"\"; } };", "f:1: limits.rtt: is empty"},
    {"defaults = { limits = { rtt = \",\"; } };", "f:1: limits.rtt: rtt,, has neither a warning nor a critical range"},
    {"defaults = { limits = { password = \"sesame\"; } };", "f:1: limits.password: is no metric"},
    {"defaults = { map = \"gone=OK\" };", "f:1: map: found a string, expected a group"},
    {"defaults = { map = { gnoe = \"OK\"; } };", "f:1: map.gnoe: unknown condition: did you mean gone?"},
    {"defaults = { map = { endpoint-down = \"OK\"; } };",
     "f:1: map.endpoint-down: unknown condition: did you mean endpoint_down?"},
    {"defaults = { map = { zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz = \"OK\"; } };",
     "f:1: map.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz...: unknown condition"},
    {"defaults = { map = { gone = 1; } };",
     "f:1: map.gone: found an integer, expected a string: ok, warning, critical, unknown or 0 to 3"},
    {"defaults = { map = { gone = \"fine\"; } };",
     "f:1: map.gone: gone=fine has an unknown state: use ok, warning, critical, unknown or 0-3"},
    /* what libconfig would take for something else */
    {"defaults = { count = 0x10; };", "f:1: count: 0x10 is not a decimal number of at most 9 digits"},
    {"defaults = { count = 5L; };", "f:1: count: 5L is not a decimal number of at most 9 digits"},
    {"defaults = { count = +5; };", "f:1: count: +5 is not a decimal number of at most 9 digits"},
    {"defaults = { count = 4294967297; };", "f:1: count: 4294967297 is not a decimal number of at most 9 digits"},
    {"defaults = { timeout = 1e1; };", "f:1: timeout: 1e1 is not a decimal number of at most 9 digits"},
    {"defaults = { timeout = 1.; };", "f:1: timeout: 1. is not a decimal number of at most 9 digits"},
    {"defaults = { timeout = 1.2.3; };", "f:1: timeout: 1.2.3 is not a decimal number of at most 9 digits"},
    {"defaults = { count = 5interval = 3; };", "f:1: count: 5interval is not a decimal number of at most 9 digits"},
    {"defaults = { password = 1x2; };", "f:1: password: what stands here is not a decimal number of at most 9 digits"},
    {"defaults = { jid = \"a\\x00b\"; };", "f:1: a string has an unknown escape: a backslash itself is written twice"},
    {"defaults = { password = \"a\\qb\"; };",
     "f:1: a string has an unknown escape: a backslash itself is written twice"},
    {"defaults = { jid = \"a@b.example;\n count = 5; };", "f:1: a string does not end on its line"},
    {"defaults = { };\n/* and so on", "f:2: a comment does not end"},
    {"defaults = { };\n\"", "f:2: a string does not end on its line"},
    /* syntax */
    {"defaults = { count 5; };", "f:1: defaults: syntax error"},
    {"defaults = {\n count = ; };", "f:2: count: syntax error"},
    {"defaults = {\n jid = none;\n };", "f:2: jid: syntax error"},
    {"defaults = {\n count = 5;\n", "f:2: count: syntax error"},
    {"defaults = { };\n}\n", "f:2: syntax error"},
    {"defaults = { remotes = [\"b\", 5] };", "f:1: mismatched element type in array"},
    /* inclusion */
    {"\n@include \"none\"\n", "f:2: @include: none: No such file or directory"},
    {"@include \"directory\"\n", "f:1: @include: directory: is not a regular file"},
    {"@include \"fifo\"\n", "f:1: @include: fifo: is not a regular file"},
    {"@include \"f\"\n", "f:1: @include: f: includes itself"},
    {"# one\n@include \"cycle\"\n", "cycle:1: @include: f: includes itself"},
    {"@include \"bad\"\n", "bad:3: cuont: unknown key: did you mean count?"},
    {"@include \"directory/bad\"\n", "directory/deeper:2: zz: unknown key"},
    {"@include \"\"\n", "f:1: @include: expected the name of one file in quotes, without a backslash"},
    {"@include \"a\\\\b\"\n", "f:1: @include: expected the name of one file in quotes, without a backslash"},
    {"@include \"bad\" \"bad\"\n", "f:1: @include: found something behind the name"},
    {"@include bad\n", "f:1: syntax error"},
    {"defaults = { @include \"bad\"\n };", "f:1: defaults: syntax error"},
    {"@include \"open\"\n", "open:1: a comment does not end"},
};

/* A command line with the file f, the file, and the command line that says the same without it. */
static const struct {
    const char *arguments;
    const char *text;
    const char *same;
} valid[] = {
    {"-f f", "", ""},
    {"-f f", "# nothing", ""},
    {"-f f", "defaults = { }; profiles = { };", ""},
    {"-f f", "defaults : { count : 5, interval = 1 } // no more", "-n 5 -i 1"},
    {"-f f", "defaults = { count = 5 interval = 1 };", "-n 5 -i 1"},
    {"-f f", "defaults = { jid = \"a@b.example\"; hostname = \"::1\"; port = 5223; tls = \"direct\" };",
     "-j a@b.example -H ::1 -p 5223 --tls=direct"},
    {"-f f", "defaults = { jid = \"a@\" /* then */ \"b.example\"; };", "-j a@b.example"},
    {"-f f", "defaults = { jid = \"\\x61@b.example\"; };", "-j a@b.example"},
    {"-f f", "defaults = { port = \"0005223\"; count = 0007 };", "-p 5223 -n 7"},
    {"-f f", "defaults = { timeout = 8; };", "-t 8"},
    {"-f f", "defaults = { timeout = 8.5; };", "-t 8.5"},
    {"-f f", "defaults = { timeout = .5; interval = 0.000001 };", "-t 500ms -i 1us"},
    {"-f f", "defaults = { timeout = 12345.6789 };", "-t 12345.6789"},
    {"-f f", "defaults = { timeout = 0.00000001 };", "-t 0.00000001"},
    {"-f f", "defaults = { timeout = \"8s:UNKNOWN\" };", "-t 8s:UNKNOWN"},
    {"-f f", "defaults = { warning = 0.2; critical = \"1,60%\" };", "-w 0.2 -c 1,60%"},
    {"-f f", "defaults = { warning = 0.1; };", "-w 100ms"},
    {"-f f", "defaults = { warning = 1; critical = 2; certificate = 21; min_alive = 0 };", "-w 1 -c 2 -C 21 -m 0"},
    {"-f f", "defaults = { verbose = 2; quiet = true; omit_undetermined = TRUE };", "-vv -q --omit-undetermined"},
    {"-f f", "defaults = { verbose = 0; quiet = false };", ""},
    {"-f f", "defaults = { insecure = true; each_endpoint = true; use_ipv6 = true };", "--insecure --each-endpoint -6"},
    {"-f f", "defaults = { require_mechanism = \"PLAIN\" };", "--require-mechanism=PLAIN"},
    {"-f f", "defaults = { require_mechanism = [\"PLAIN\", \"SCRAM-SHA-1\"] };",
     "--require-mechanism=PLAIN --require-mechanism=SCRAM-SHA-1"},
    {"-f f", "defaults = { require_mechanism = (\"PLAIN\") };", "--require-mechanism=PLAIN"},
    {"-f f", "defaults = { remotes = (\"b.example\", \"c=d.example/e\", { jid = \"g.example\"; }) };",
     "-R b.example -R c=d.example/e -R g.example"},
    {"-f f", "defaults = { remotes = ({ alias = \"c\"; jid = \"d.example\"; }) };", "-R c=d.example"},
    {"-f f", "defaults = { remotes = [\"b.example\"] };", "-R b.example"},
    {"-f f", "defaults = { limits = { rtt = \"1,2\"; time_auth = \",2s\"; loss = \"5,\" } };",
     "-L rtt,1,2 -L time_auth,,2s -L loss,5,"},
    {"-f f", "defaults = { map = { endpoint_down = \"warning\"; gone = \"0\" } };",
     "--map=endpoint-down=1 --map=gone=OK"},
    {"-f f", "@include \"good\"\ndefaults = {\n@include \"directory/inner\" # the count\n}", "-n 9"},
    {"-f f", "/*\n@include \"none\"\n*/ # @include \"none\"\ndefaults = { };", ""},
    /* the command line wins, as a whole */
    {"-f f -n 7", "defaults = { count = 5; interval = 1 };", "-n 7 -i 1"},
    {"-n 7 -f f", "defaults = { count = 5; interval = 1 };", "-n 7 -i 1"},
    {"-f f -w 1", "defaults = { warning = \"2,20%\" };", "-w 1"},
    {"-f f -R z.example", "defaults = { remotes = (\"b.example\", \"c.example\") };", "-R z.example"},
    {"-f f --require-mechanism=PLAIN", "defaults = { require_mechanism = \"SCRAM-SHA-1\" };",
     "--require-mechanism=PLAIN"},
    {"-f f -v", "defaults = { verbose = 3 };", "-v"},
    {"-f f -q", "defaults = { quiet = false };", "-q"},
    {"-f f -4", "defaults = { use_ipv6 = true };", "-4"},
    {"-f f -4", "defaults = { use_ipv4 = false };", "-4"},
    {"-f f -L rtt,1,2", "defaults = { limits = { rtt = \"3,4\"; loss = \"5,6\" } };", "-L rtt,1,2 -L loss,5,6"},
    {"-f f --map=gone=OK", "defaults = { map = { gone = \"WARNING\"; reset = \"WARNING\" } };",
     "--map=gone=OK --map=reset=WARNING"},
    /* what means nothing without pings is not taken over from a lower level */
    {"-f f", "defaults = { no_login = true; s2s = true; from = \"b.example\"; login = \"sasl2\" };",
     "--no-login --s2s --from=b.example --login=sasl2"},
    {"-f f", "defaults = { offers = (\"PLAIN\", \"sasl2\"); offers_not = \"dialback\"; component = \"c.example\" };",
     "--offers=PLAIN --offers=sasl2 --offers-not=dialback --component=c.example"},
    {"-f f -P a",
     "defaults = { count = 5; warning = 1; remotes = (\"b.example\"); timeout = 8 }; profiles = { a = { no_login = "
     "true } };",
     "--no-login -t 8"},
    {"-f f --s2s", "defaults = { count = 5; client_cert = \"c\" };", "--s2s --client-cert=c"},
    {"-f f -P a", "defaults = { no_login = true }; profiles = { a = { no_login = false; count = 5 } };", "-n 5"},
    {"-f f", "defaults = { no_login = true; count = 5 };", "--no-login -n 5"},
    /* then the profile */
    {"-f f -P a", "defaults = { count = 5; interval = 1 }; profiles = { a = { count = 6 }; b = { count = 7 } };",
     "-n 6 -i 1"},
    {"-f f -P b", "profiles = { a = { count = 6 }; b = { count = 7 } }; defaults = { count = 5; interval = 1 };",
     "-n 7 -i 1"},
    {"-f f", "defaults = { count = 5 }; profiles = { a = { count = 6 } };", "-n 5"},
    {"-f f -P a -n 8", "defaults = { count = 5 }; profiles = { a = { count = 6 } };", "-n 8"},
    {"-f f -P a", "defaults = { insecure = true; verbose = 2 }; profiles = { a = { insecure = false; verbose = 0 } };",
     ""},
    {"-f f -P a", "defaults = { use_ipv4 = true }; profiles = { a = { use_ipv6 = true } };", "-6"},
    {"-f f -P a", "defaults = { use_ipv4 = true }; profiles = { a = { use_ipv6 = false } };", ""},
    {"-f f -P a", "defaults = { remotes = (\"b.example\") }; profiles = { a = { remotes = () } };", ""},
    {"-f f -P a", "defaults = { remotes = (\"b.example\") }; profiles = { a = { remotes = (\"c.example\") } };",
     "-R c.example"},
    {"-f f -P a", "defaults = { require_mechanism = \"PLAIN\" }; profiles = { a = { require_mechanism = () } };", ""},
    {"-f f -P a -L loss,1,2",
     "defaults = { limits = { loss = \"3,4\"; rtt = \"3,4\"; time = \"3,4\" } }; profiles = { a = { limits = { rtt = "
     "\"5,6\" } } };",
     "-L loss,1,2 -L rtt,5,6 -L time,3,4"},
    {"-f f -P a",
     "defaults = { map = { gone = \"OK\"; reset = \"OK\" } }; profiles = { a = { map = { gone = \"1\" } } };",
     "--map=gone=1 --map=reset=OK"},
};

static const struct {
    const char *arguments;
    const char *text;
    const char *why;
} refused[] = {
    {"-f none", "", "none: No such file or directory"},
    {"-f directory", "", "directory: is not a regular file"},
    {"-f fifo", "", "fifo: is not a regular file"},
    {"-f f -P a", "", "--profile: this name is not in f, which has no profiles (no option takes a password)"},
    {"-f f -P exmaple", "profiles = { other = {}; example = {} };",
     "--profile: exmaple is not in f: did you mean example?"},
    {"-f f -P zzzz", "profiles = { one = {}; two = {}; three = {} };",
     "--profile: this name is not in f, which has one, two and three (no option takes a password)"},
    {"-f f -P a.b", "profiles = { a = {} };",
     "--profile: this name is not in f, which has a (no option takes a password)"},
    /* what another level says, and what no run wants now, is checked all the same */
    {"-f f -n 7", "defaults = { count = 0 };", "f:1: count: 0 is not a whole number from 1 to 1000"},
    {"-f f -P a", "defaults = { count = 0 }; profiles = { a = { count = 1 } };",
     "f:1: count: 0 is not a whole number from 1 to 1000"},
    {"-f f -P a", "profiles = { a = { count = 1 }; b = { count = 0 } };",
     "f:1: count: 0 is not a whole number from 1 to 1000"},
    {"-f f -R z", "defaults = { remotes = (5) };", "f:1: remotes[1]: found an integer, expected a string or a group"},
};

/* The caller frees it. */
static char *print(const struct settings *settings)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    config_print(out, "settings", settings, 0);
    fclose(out);
    return text;
}

static void check_valid(const char *arguments, const char *text, const char *same)
{
    struct settings settings, other;
    struct line why = LINE_EMPTY;
    write_file("f", text, 0644);
    read_arguments(&settings, arguments);
    read_arguments(&other, same);
    ok(config_load(&settings, &why), "%s with '%s' is taken", arguments, text);
    char *got = print(&settings), *expected = print(&other);
    is_str(*why.text ? why.text : got, expected, "it is '%s'", same);
    free(got);
    free(expected);
    settings_free(&settings);
    settings_free(&other);
}

static void check_refused(const char *arguments, const char *text, const char *expected)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    write_file("f", text, 0600);
    read_arguments(&settings, arguments);
    ok(!config_load(&settings, &why), "%s with '%s' is refused", arguments, text);
    is_str(why.text, expected, "it says '%s'", expected);
    settings_free(&settings);
}

static void check_targets(void)
{
    struct settings settings;
    struct mistakes mistakes = MISTAKES_NONE;
    struct line why = LINE_EMPTY;
    write_file("f",
               "defaults = { jid = \"a@b.example\"; warning = \"1,10%\"; critical = 2; count = 4;\n"
               "remotes = (\"c.example\", { jid = \"d=e@f.example\"; count = 2; interval = 1; ping_timeout = 3;\n"
               "warning = 3; critical = \"4,50%\"; }, { alias = \"g\"; jid = \"g.example\"; warning = \",5%\"; }); };",
               0600);
    read_arguments(&settings, "-f f -n 5");
    ok(config_load(&settings, &why) && settings_check(&settings, &mistakes),
       "remotes with settings of their own are good");
    is_str(why.text, "", "nothing is said");
    const struct target *plain = &settings.targets[1], *own = &settings.targets[2], *half = &settings.targets[3];
    is_int(plain->count, 5, "a remote has the run's count");
    is_str(plain->loss.warning.text, "10", "it has the run's warning");
    is_str(own->alias, "d_e_f_example", "a JID in a group is no ALIAS=JID");
    is_int(own->count, 2, "a remote's own count wins over the command line's");
    is_int(own->interval, 1000000000, "so does its interval");
    is_int(own->ping_timeout, 3000000000, "so does its ping timeout");
    is_str(own->rtt.warning.text, "3", "so does its warning");
    ok(!own->loss.warning.set, "a warning of its own replaces the loss of the run's, too");
    is_str(own->loss.critical.text, "50", "it has its own critical");
    ok(!half->rtt.warning.set && half->loss.warning.set, "a warning of the loss alone leaves no range for the RTT");
    is_str(half->rtt.critical.text, "2", "what it does not say is the run's");
    is_int((long long)settings_most_pings(&settings), 5, "the most pings are the run's");
    settings_free(&settings);
}

int main(void)
{
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    mkdir("directory", 0700);
    mkfifo("fifo", 0600);
    write_file("bad", "defaults = {\n\n  cuont = 5; };\n", 0644);
    write_file("good", "# nothing\n", 0644);
    write_file("cycle", "@include \"f\"\n", 0644);
    write_file("open", "/*", 0644);
    write_file("directory/bad", "@include \"deeper\"", 0644);
    write_file("directory/deeper", "profiles = { a = {\nzz = 5; } };\n", 0644);
    write_file("directory/inner", "count = 9", 0644);
    for (size_t i = 0; i < COUNT(invalid); i++)
        check_refused("-f f", invalid[i].text, invalid[i].why);
    for (size_t i = 0; i < COUNT(valid); i++)
        check_valid(valid[i].arguments, valid[i].text, valid[i].same);
    for (size_t i = 0; i < COUNT(refused); i++)
        check_refused(refused[i].arguments, refused[i].text, refused[i].why);
    check_targets();
    static const char *const files[] = {
        "f", "fifo", "bad", "good", "cycle", "open", "directory/bad", "directory/deeper", "directory/inner"};
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(files[i]);
    rmdir("directory");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        diag("%s is left", directory);
    done_testing();
    return exit_status();
}
