/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines that are refused, and what is said to them. */
#include "options.h"

#include <string.h>

#include "command.h"
#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct {
    const char *arguments;
    const char *why;
} invalid[] = {
    {"--timeuot=10", "--timeuot: unknown option: did you mean --timeout?"},
    {"-D 14,7", "-D: unknown option: the days that a certificate has left are -C WARN,CRIT"},
    {"-j a@b.example -qS", "-S: unknown option: TLS is used without it; --tls=direct is for ports without STARTTLS"},
    {"--ssl", "--ssl: unknown option: TLS is used without it; --tls=direct is for ports without STARTTLS"},
    {"--starttls", "--starttls: unknown option: STARTTLS is used without it, or by --tls=starttls"},
    {"--sni=b.example", "--sni: unknown option: the domain of the JID is always sent as the name of the server"},
    {"-E", "-E: unknown option: nothing is to be sent or expected: the program itself speaks XMPP"},
    {"-e x", "-e: unknown option: nothing is to be sent or expected: the program itself speaks XMPP"},
    {"-k", "-k: unknown option: --insecure leaves the certificate unverified"},
    {"-u alice", "-u: unknown option: the account is the JID of -j"},
    {"-U alice", "-U: unknown option: the account is the JID of -j"},
    {"-l alice", "-l: unknown option: the account is the JID of -j"},
    {"--user=alice", "--user: unknown option: the account is the JID of -j"},
    {"--json", "--json: unknown option: -o json prints JSON"},
    {"--ipv4", "--ipv4: unknown option: IPv4 only is -4"},
    {"-\xe2", "-?: unknown option"},
    {"--zzzzzzzzzz", "--zzzzzzzzzz: unknown option"},
    {"--=x", "--: unknown option"},
    {"--quiet=yes", "--quiet: takes no argument"},
    {"--qu=yes", "--quiet: takes no argument"},
    {"--help=me", "--help: takes no argument"},
    {"--extra", "--extra-opts: is taken only from the command line, with its whole name"},
    {"--extra=s", "--extra-opts: is taken only from the command line, with its whole name"},
    {"--use-ip", "--use-ip: ambiguous: --use-ipv4, --use-ipv6"},
    {"--ca=x", "--ca: ambiguous: --ca-file, --ca-path"},
    {"-x", "-x: unknown option"},
    {"-qx", "-x: unknown option"},
    {"-f", "--config: needs an argument: FILE"},
    {"-f ''", "--config: is empty"},
    {"-P ''", "--profile: is empty"},
    {"--config-test=yes", "--config-test: takes no argument"},
    {"-t", "--timeout: needs an argument: DURATION[:STATE]"},
    {"--timeout", "--timeout: needs an argument: DURATION[:STATE]"},
    {"-qw", "--warning: needs an argument: RTT[,LOSS%]"},
    {"stray", "stray: an argument that belongs to no option"},
    {"-t 10 s", "s: an argument that belongs to no option"},
    {"-q -- -q", "-q: an argument that belongs to no option"},
    {"-", "-: an argument that belongs to no option"},
    {"-q ''", "(empty): an argument that belongs to no option"},
    {"stray --zzz", "stray: an argument that belongs to no option"},
    {"--jid ''", "--jid: is empty"},
    {"-j @example.org", "--jid: @example.org has an empty local part before @"},
    {"--password-file=", "--password-file: is empty"},
    {"-H ''", "--hostname: is empty"},
    {"--login=sasl", "--login: sasl is none of auto, sasl2 and rfc6120"},
    {"--from=a@b.example", "--from: a@b.example is not a domain"},
    {"--from=b.example/c", "--from: b.example/c is not a domain"},
    {"--from=@b.example", "--from: @b.example has an empty local part before @"},
    {"--component=@b.example", "--component: @b.example has an empty local part before @"},
    {"--component=", "--component: is empty"},
    {"--offers=", "--offers: is empty"},
    {"--offers=starttls", "--offers: starttls is nothing that a server offers: did you mean starttls-required?"},
    {"--offers-not=sasl", "--offers-not: sasl is nothing that a server offers: did you mean sasl2?"},
    {"--offers-not=SASL2", "--offers-not: SASL2 is nothing that a server offers: did you mean sasl2?"},
    {"--offers=plain", "--offers: plain is nothing that a server offers: did you mean PLAIN?"},
    {"--offers=scram-sha-256-plus",
     "--offers: scram-sha-256-plus is nothing that a server offers: did you mean SCRAM-SHA-256-PLUS?"},
    {"--offers=ABCDEFGHIJKLMNOPQRSTU",
     "--offers: ABCDEFGHIJKLMNOPQRSTU is no SASL mechanism, which has capitals, and none of starttls-required, "
     "plain-before-tls, channel-binding, sasl2 and dialback"},
    {"--no-login=yes", "--no-login: takes no argument"},
    {"-H host:5222", "--hostname: host:5222 is neither a host name nor an address"},
    {"-H [192.0.2.1", "--hostname: [192.0.2.1 is neither a host name nor an address"},
    {"-H 0127.0.0.1", "--hostname: 0127.0.0.1 is no IPv4 address: four numbers up to 255, without zeros in front"},
    {"-H 127.0.0.256", "--hostname: 127.0.0.256 is no IPv4 address: four numbers up to 255, without zeros in front"},
    {"-j alice@0127.0.0.1", "--jid: alice@0127.0.0.1 has a domain that ends in a number but is no IPv4 address"},
    {"-p 0", "--port: 0 is not a whole number from 1 to 65535"},
    {"-p 65536", "--port: 65536 is not a whole number from 1 to 65535"},
    {"-p 99999999999999999999", "--port: 99999999999999999999 is not a whole number from 1 to 65535"},
    {"-p 0x10", "--port: 0x10 is not a whole number from 1 to 65535"},
    {"-p -5", "--port: -5 is not a whole number from 1 to 65535"},
    {"-p +5", "--port: +5 is not a whole number from 1 to 65535"},
    {"-p ''", "--port: is empty"},
    {"-4 -6", "--use-ipv6: -4 and -6 exclude each other"},
    {"-6 --use-ipv4", "--use-ipv4: -4 and -6 exclude each other"},
    {"--tls=ssl", "--tls: ssl is none of auto, starttls, direct and none"},
    {"--tls=", "--tls: is empty"},
    {"--tls=star", "--tls: star is none of auto, starttls, direct and none"},
    {"-o xml", "--output: xml is none of nagios, json and prometheus"},
    {"-o JSON", "--output: JSON is none of nagios, json and prometheus"},
    {"-o ''", "--output: is empty"},
    {"--ca-file=", "--ca-file: is empty"},
    {"--ca-path=", "--ca-path: is empty"},
    {"--dns-server=example.org", "--dns-server: example.org is not ADDR[:PORT], with IPv6 in brackets"},
    {"--dns-server=", "--dns-server: is empty"},
    {"-R ''", "--remote: is empty"},
    {"-R a=", "--remote: is empty"},
    {"-R Tcp=example.net", "--remote: Tcp=example.net is no JID and begins with no alias of a-z, 0-9 and _"},
    {"-R a=@example.net", "--remote: @example.net has an empty local part before @"},
    {"-n 0", "--count: 0 is not a whole number from 1 to 1000"},
    {"-n 1001", "--count: 1001 is not a whole number from 1 to 1000"},
    {"-n 1.5", "--count: 1.5 is not a whole number from 1 to 1000"},
    {"-i -1", "--interval: -1 is negative"},
    {"-i 10x", "--interval: 10x has an unknown unit: use us, ms, s, m or h"},
    {"--ping-timeout=0", "--ping-timeout: 0 leaves no time"},
    {"--ping-timeout=soon", "--ping-timeout: soon has no number"},
    {"-m -1", "--min-alive: -1 is not a whole number from 0 to 100000"},
    {"-w ''", "--warning: is empty"},
    {"-w ,", "--warning: , has neither an RTT nor a loss"},
    {"-w 1,", "--warning: 1, has no loss behind the comma"},
    {"-w 1,20", "--warning: 20 has a loss without % at its end"},
    {"-w 1,%", "--warning: % has no range in front of %"},
    {"-w 1,20%%", "--warning: 20%% has something behind the number"},
    {"-w 1,20%:30%", "--warning: 20%:30% has something behind the number"},
    {"-w 1,20ms%", "--warning: 20ms% has something behind the number"},
    {"-w 20%", "--warning: 20% has something behind the number"},
    {"-w 2:1", "--warning: 2:1 has a start above its end"},
    {"-c 10x", "--critical: 10x has an unknown unit: use us, ms, s, m or h"},
    {"-w -c", "--warning: -c has no number"},
    {"-L rtt", "--limit: rtt is not METRIC,WARNING,CRITICAL"},
    {"-L rtt,1", "--limit: rtt,1 is not METRIC,WARNING,CRITICAL"},
    {"-L rtt,1,2,3", "--limit: rtt,1,2,3 is not METRIC,WARNING,CRITICAL"},
    {"-L rtt,,", "--limit: rtt,, has neither a warning nor a critical range"},
    {"-L ,1,2", "--limit: ,1,2 names no metric"},
    {"-C x", "--certificate: x is not WARN[,CRIT] in whole days up to 100000"},
    {"-C 21,", "--certificate: 21, is not WARN[,CRIT] in whole days up to 100000"},
    {"-C ,7", "--certificate: ,7 is not WARN[,CRIT] in whole days up to 100000"},
    {"-C -1", "--certificate: -1 is not WARN[,CRIT] in whole days up to 100000"},
    {"-C 21,7,1", "--certificate: 21,7,1 is not WARN[,CRIT] in whole days up to 100000"},
    {"-C 7,21", "--certificate: 7,21 has a critical that is not below its warning"},
    {"-C 7,7", "--certificate: 7,7 has a critical that is not below its warning"},
    {"-t 10x", "--timeout: 10x has an unknown unit: use us, ms, s, m or h"},
    {"-t 0", "--timeout: 0 leaves no time"},
    {"-t :OK", "--timeout: is empty"},
    {"-t 10:", "--timeout: 10: has an unknown state: use ok, warning, critical, unknown or 0-3"},
    {"-t 10:4", "--timeout: 10:4 has an unknown state: use ok, warning, critical, unknown or 0-3"},
    {"-t 10:OK:OK", "--timeout: 10:OK:OK has an unknown state: use ok, warning, critical, unknown or 0-3"},
    {"--map=gone", "--map: gone is not CONDITION=STATE"},
    {"--map==OK", "--map: =OK is not CONDITION=STATE"},
    {"--map=gone=", "--map: gone= has an unknown state: use ok, warning, critical, unknown or 0-3"},
    {"--map=gone=fine", "--map: gone=fine has an unknown state: use ok, warning, critical, unknown or 0-3"},
    {"--map=endpoint-dwon=OK", "--map: endpoint-dwon is no condition: did you mean endpoint-down?"},
    {"--map=zzzzzzzz=OK", "--map: zzzzzzzz is no condition: the man page lists them"},
    {"--map=gone-gone-gone-gone-gone-gone-gone-gone-gone=OK",
     "--map: gone-gone-gone-gone-gone-gone-gone-gone is no condition: the man page lists them"},
    {"--tls=0123456789012345678901234567890123456789x",
     "--tls: 0123456789012345678901234567890123456... is none of auto, starttls, direct and none"},
    {"--tls=a|\x01\xff", "--tls: a? ? is none of auto, starttls, direct and none"},
};

static enum options_result parse(const char *arguments, struct line *why)
{
    struct command command;
    struct settings settings;
    command_split(&command, arguments);
    settings_init(&settings);
    enum options_result result = options_parse(command.argc, command.argv, &settings, why);
    settings_free(&settings);
    return result;
}

/* Values with blanks at their ends, which nobody would see. */
static const struct {
    const char *argument;
    const char *why;
} blanks[] = {
    {"-H127.0.0.1 ", "--hostname: 127.0.0.1\xe2\x90\xa3 is neither a host name nor an address"},
    {"-H xmpp.example", "--hostname: \xe2\x90\xa3xmpp.example is neither a host name nor an address"},
    {"-Hxmpp.example\xc2\xa0", "--hostname: xmpp.example\xe2\x90\xa3 is neither a host name nor an address"},
    {"-H ", "--hostname: \xe2\x90\xa3 is neither a host name nor an address"},
    {"-jalice@example.org ", "--jid: alice@example.org\xe2\x90\xa3 ends with a blank"},
    {"-j alice@example.org", "--jid: \xe2\x90\xa3"
                             "alice@example.org begins with a blank"},
    {"-jalice@example.org\t", "--jid: alice@example.org\xe2\x90\xa3 holds a control character"},
    {"-Rb=bob@example.org ", "--remote: bob@example.org\xe2\x90\xa3 ends with a blank"},
    {"-n3 ", "--count: 3\xe2\x90\xa3 is not a whole number from 1 to 1000"},
};

static void check_blanks(void)
{
    for (size_t i = 0; i < COUNT(blanks); i++) {
        char program[] = "check_xmpp_ping", argument[64];
        struct line why = LINE_EMPTY;
        snprintf(argument, sizeof argument, "%s", blanks[i].argument);
        struct settings settings;
        settings_init(&settings);
        is_int(options_parse(2, (char *[]){program, argument, NULL}, &settings, &why), OPTIONS_ERROR, "'%s' is refused",
               argument);
        is_str(why.text, blanks[i].why, "it shows the blank");
        settings_free(&settings);
    }
}

static void check_invalid(const char *arguments, const char *expected)
{
    struct line why = LINE_EMPTY;
    is_int(parse(arguments, &why), OPTIONS_ERROR, "'%s' is refused", arguments);
    is_str(why.text, expected, "it says '%s'", expected);
}

static void check_long_values(void)
{
    char argument[300] = "-H";
    struct line why = LINE_EMPTY;
    memset(argument + 2, 'a', 256);
    parse(argument, &why);
    is_str(why.text, "--hostname: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa... is too long",
           "a host of 256 bytes is too long");
    memcpy(argument, "-t", 2);
    parse(argument, &why);
    is_str(why.text, "--timeout: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa... is too long",
           "a timeout of 256 digits is too long");
    memcpy(argument, "-w,", 3);
    argument[257] = '%';
    parse(argument, &why);
    is_str(why.text, "--warning: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa... has a loss that is too long",
           "a loss of 254 digits is too long");
}

static void check_ends(void)
{
    struct line why = LINE_EMPTY;
    is_int(parse("-h", &why), OPTIONS_HELP, "-h asks for help");
    is_int(parse("-q --help", &why), OPTIONS_HELP, "--help asks for help");
    is_int(parse("-V", &why), OPTIONS_VERSION, "-V asks for the version");
    is_int(parse("--version --zzz", &why), OPTIONS_VERSION, "what stands behind --version is not read");
    is_int(parse("--zzz --help", &why), OPTIONS_ERROR, "an error in front of --help is one");
}

int main(void)
{
    for (size_t i = 0; i < COUNT(invalid); i++)
        check_invalid(invalid[i].arguments, invalid[i].why);
    check_blanks();
    check_long_values();
    check_ends();
    done_testing();
    return exit_status();
}
