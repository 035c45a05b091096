/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "clock.h"
#include "habits.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Command lines, words apart by spaces ('' is an empty word), and what differs from the defaults after them. */
static const struct {
    const char *arguments;
    const char *settings;
} valid[] = {
    {"", ""},
    {"-j alice@example.org", "jid=alice@example.org"},
    {"--jid=Alice@Example.ORG/probe", "jid=alice@example.org/probe"},
    {"-jalice@example.org", "jid=alice@example.org"},
    {"--jid example.org", "jid=example.org"},
    {"-j a@example.org -j b@example.org", "jid=b@example.org"},
    {"--password-file /x/y", "password_file=/x/y"},
    {"--login=auto", ""},
    {"--login=sasl2", "login_way=1"},
    {"--login=rfc6120", "login_way=2"},
    {"--no-login", "no_login"},
    {"--s2s --from=B.example", "s2s from=b.example"},
    {"--offers=SCRAM-SHA-256 --offers=sasl2 --offers-not=PLAIN", "offers SCRAM-SHA-256 offers sasl2 offers-not PLAIN"},
    {"--offers=starttls-required --offers=plain-before-tls --offers=channel-binding --offers=dialback",
     "offers starttls-required offers plain-before-tls offers channel-binding offers dialback"},
    {"--offers=X-OAUTH2 --offers=A_1", "offers X-OAUTH2 offers A_1"},
    {"--component=a@Probe.example.org", "component=a@probe.example.org"},
    {"-H xmpp.example.org", "hostname=xmpp.example.org"},
    {"-H 192.0.2.1", "hostname=192.0.2.1"},
    {"-H ::1", "hostname=::1"},
    {"--hostname=[2001:db8::1]", "hostname=[2001:db8::1]"},
    {"-H a.example --hostname b.example", "hostname=b.example"},
    {"-p 1", "port=1"},
    {"--port=65535", "port=65535"},
    {"-4", "family=4"},
    {"--use-ipv6", "family=6"},
    {"-4 -4", "family=4"},
    {"--tls=auto", ""},
    {"--tls=starttls", "tls=1"},
    {"--tls direct", "tls=2"},
    {"--tls=none", "tls=3"},
    {"--tls=none --tls=auto", ""},
    {"--ca-file=a.pem --ca-path=/certs --insecure", "ca_file=a.pem ca_path=/certs insecure"},
    {"--dns-server=192.0.2.53", "dns_server=192.0.2.53"},
    {"--dns-server=[::1]:5353", "dns_server=[::1]:5353"},
    {"-R example.net", "remote example_net=example.net bare"},
    {"-R Bob@Example.NET", "remote bob_example_net=bob@example.net bare"},
    {"--remote=b=bob@example.net/phone", "remote b=bob@example.net/phone full"},
    {"-R example.net/x", "remote example_net_x=example.net/x full"},
    {"-R a_1=b=c@example.net", "remote a_1=b=c@example.net bare"},
    {"-R B=c@example.net", "remote b_c_example_net=b=c@example.net bare"},
    {"-R =c@example.net", "remote _c_example_net==c@example.net bare"},
    {"-R a=one.example -R b=two.example", "remote a=one.example bare remote b=two.example bare"},
    {"-n 1", "count=1"},
    {"--count 1000", "count=1000"},
    {"-i 0", ""},
    {"-i 1.5s --interval=20ms", "interval=20000000"},
    {"--ping-timeout=2", "ping_timeout=2000000000"},
    {"-m 0", "min_alive=0"},
    {"--min-alive=12", "min_alive=12"},
    {"-w 200ms", "rtt_warning=0.2"},
    {"-w 200ms,20%", "rtt_warning=0.2 loss_warning=20"},
    {"-w ,20%", "loss_warning=20"},
    {"-c @1:2,5:10%", "rtt_critical=@1:2 loss_critical=5:10"},
    {"-c ~:1s,~:0.5%", "rtt_critical=~:1 loss_critical=~:0.5"},
    {"-w 1,20% -w 2", "rtt_warning=2"},
    {"-w 2 --warning ,1%", "loss_warning=1"},
    {"-L time_auth,500ms,2s", "limit time_auth,500ms,2s"},
    {"-L loss,,50 --limit=rtt,1,", "limit loss,,50 limit rtt,1,"},
    {"-L rtt,1,2 -L loss,1,2 -L rtt,3,4", "limit rtt,3,4 limit loss,1,2"},
    {"-C 21", "certificate_warning=21:"},
    {"-C 021,7", "certificate_warning=21: certificate_critical=7:"},
    {"-C 21,7 --certificate=1,0", "certificate_warning=1: certificate_critical=0:"},
    {"-C 21,7 -C 3", "certificate_warning=3:"},
    {"-t 8", "timeout=8000000000"},
    {"-t 8s:UNKNOWN", "timeout=8000000000 timeout_state=3"},
    {"--timeout=1m:warning", "timeout=60000000000 timeout_state=1"},
    {"-t 500ms:0", "timeout=500000000 timeout_state=0"},
    {"-t 5:ok -t 8", "timeout=8000000000"},
    {"--map=endpoint-down=warning", "map endpoint-down=1"},
    {"--map not-authorized=3 --map gone=OK", "map not-authorized=3 map gone=0"},
    {"--map gone=1 --map gone=2", "map gone=2"},
    {"-o json", "output=1"},
    {"--output=prometheus", "output=2"},
    {"-o json -o nagios", ""},
    {"-f a.conf --profile=b", "config=a.conf profile=b"},
    {"--config=a.conf -P b --config-test", "config=a.conf profile=b config_test"},
    {"--omit-undetermined", "omit_undetermined"},
    {"-q --quiet", "quiet"},
    {"-v", "verbose=1"},
    {"-vqv --verbose", "quiet verbose=3"},
    {"--verb --time=7", "timeout=7000000000 verbose=1"},
    {"-q --", "quiet"},
};

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

struct command {
    char text[512];
    char *argv[16];
    int argc;
};

static void split(struct command *command, const char *arguments)
{
    *command = (struct command){.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
    snprintf(command->text, sizeof command->text, "%s", arguments);
    char *rest = command->text;
    for (char *word; *arguments != '\0' && (word = strsep(&rest, " ")) != NULL;)
        command->argv[command->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
}

static void add_string(FILE *out, const char *name, const char *value)
{
    if (value)
        fprintf(out, " %s=%s", name, value);
}

static void add_number(FILE *out, const char *name, int64_t value, int64_t standard)
{
    if (value != standard)
        fprintf(out, " %s=%lld", name, (long long)value);
}

static void add_switch(FILE *out, const char *name, bool value)
{
    if (value)
        fprintf(out, " %s", name);
}

static void add_range(FILE *out, const char *name, const struct range *range)
{
    add_string(out, name, range->set ? range->text : NULL);
}

static void add_lists(FILE *out, const struct settings *settings)
{
    char jid[200];
    for (size_t i = 1; i < settings->target_count; i++) {
        const struct target *target = &settings->targets[i];
        fprintf(out, " remote %s=%s %s", target->alias, jid_format(&target->jid, jid, sizeof jid),
                target->kind == TARGET_FULL   ? "full"
                : target->kind == TARGET_BARE ? "bare"
                                              : "server");
    }
    for (size_t i = 0; i < settings->offers_count; i++)
        fprintf(out, " offers %s", settings->offers[i]);
    for (size_t i = 0; i < settings->offers_not_count; i++)
        fprintf(out, " offers-not %s", settings->offers_not[i]);
    for (size_t i = 0; i < settings->label_count; i++)
        fprintf(out, " limit %s,%s,%s", settings->labels[i].label, settings->labels[i].warning,
                settings->labels[i].critical);
    for (size_t i = 0; i < settings->map_count; i++)
        fprintf(out, " map %s=%d", settings->map[i].name, (int)settings->map[i].state);
}

/* All that differs from the defaults. The caller frees it. */
static char *describe(const struct settings *settings)
{
    char *text = NULL;
    size_t size;
    char jid[200];
    FILE *out = open_memstream(&text, &size);
    add_string(out, "jid", settings->jid_text ? jid_format(&settings->jid, jid, sizeof jid) : NULL);
    add_string(out, "password_file", settings->password_file);
    add_number(out, "login_way", settings->login_way, LOGIN_WAY_AUTO);
    add_switch(out, "no_login", settings->no_login);
    add_switch(out, "s2s", settings->s2s);
    add_string(out, "from", settings->from_text ? jid_format(&settings->from, jid, sizeof jid) : NULL);
    add_string(out, "component", settings->component_text ? jid_format(&settings->component, jid, sizeof jid) : NULL);
    add_string(out, "hostname", settings->hostname);
    add_number(out, "port", settings->port, 0);
    add_number(out, "family", settings->family == AF_INET ? 4 : settings->family == AF_INET6 ? 6 : 0, 0);
    add_number(out, "tls", settings->tls, TLS_AUTO);
    add_string(out, "ca_file", settings->ca_file);
    add_string(out, "ca_path", settings->ca_path);
    add_switch(out, "insecure", settings->insecure);
    add_string(out, "dns_server", settings->dns_server);
    add_number(out, "count", settings->count, 3);
    add_number(out, "interval", settings->interval, 0);
    add_number(out, "ping_timeout", settings->ping_timeout, 0);
    add_number(out, "min_alive", settings->min_alive, -1);
    add_range(out, "rtt_warning", &settings->rtt.warning);
    add_range(out, "loss_warning", &settings->loss.warning);
    add_range(out, "rtt_critical", &settings->rtt.critical);
    add_range(out, "loss_critical", &settings->loss.critical);
    add_range(out, "certificate_warning", &settings->certificate.warning);
    add_range(out, "certificate_critical", &settings->certificate.critical);
    add_number(out, "timeout", settings->timeout, 10 * NS_PER_S);
    add_number(out, "timeout_state", settings->timeout_state, STATE_CRITICAL);
    add_number(out, "output", settings->output, OUTPUT_NAGIOS);
    add_switch(out, "omit_undetermined", settings->omit_undetermined);
    add_switch(out, "quiet", settings->quiet);
    add_number(out, "verbose", settings->verbose, 0);
    add_string(out, "config", settings->config_file);
    add_string(out, "profile", settings->profile);
    add_switch(out, "config_test", settings->config_test);
    add_lists(out, settings);
    fclose(out);
    return text;
}

/* Whether each value that is shown would set what it shows. */
static bool shows_itself(const struct settings *settings)
{
    bool good = true;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        char first[OPTION_SHOWN_SIZE], second[OPTION_SHOWN_SIZE];
        struct line why = LINE_EMPTY;
        const char *value = option_show(row, settings, first);
        struct settings again;
        settings_init(&again);
        if (value && row->argument && !option_apply(row, &again, value, &why)) {
            diag("--%s=%s: %s", row->name, value, why.text);
            good = false;
        } else if (value && row->argument) {
            const char *shown = option_show(row, &again, second);
            good = shown && strcmp(value, shown) == 0 && good;
        }
        settings_free(&again);
    }
    return good;
}

static void check_valid(const char *arguments, const char *expected)
{
    struct command command;
    struct settings settings;
    struct line why = LINE_EMPTY;
    split(&command, arguments);
    settings_init(&settings);
    bool run = options_parse(command.argc, command.argv, &settings, &why) == OPTIONS_RUN;
    char *description = describe(&settings);
    ok(run, "'%s' is valid", arguments);
    if (!run)
        diag("%s", why.text);
    is_str(*description == ' ' ? description + 1 : description, expected, "it sets '%s'", expected);
    ok(shows_itself(&settings), "what it shows of them sets the same");
    free(description);
    settings_free(&settings);
}

static enum options_result parse(const char *arguments, struct line *why)
{
    struct command command;
    struct settings settings;
    split(&command, arguments);
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

/* Every line of TEXT. */
static void check_width(const char *text, const char *name)
{
    size_t longest = 0;
    bool trailing = false;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        longest = length > longest ? length : longest;
        trailing = trailing || (length > 0 && line[length - 1] == ' ');
        line += length + (line[length] == '\n');
    }
    ok(longest <= 80, "%s has at most 80 columns", name);
    ok(!trailing, "no line of %s ends in a space", name);
}

static void check_help(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    options_print_help(out);
    fclose(out);
    check_width(text, "the help");
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        char head[80];
        const char *equals = row->optional ? "[=" : row->argument ? "=" : "";
        if (row->letter)
            snprintf(head, sizeof head, "\n  -%c, --%s%s%s", row->letter, row->name, equals,
                     row->argument ? row->argument : "");
        else
            snprintf(head, sizeof head, "\n      --%s%s%s", row->name, equals, row->argument ? row->argument : "");
        ok(strstr(text, head) != NULL, "the help shows --%s", row->name);
    }
    ok(strstr(text, "(default: 10s:CRITICAL)") != NULL, "the help shows defaults");
    free(text);

    out = open_memstream(&text, &size);
    options_print_version(out);
    fclose(out);
    check_width(text, "the version");
    ok(strncmp(text, "check_xmpp_ping " VERSION " (libstrophe 0.1", 33) == 0,
       "the version begins with the program and libstrophe");
    free(text);
}

static void check_table(void)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        bool unique = true;
        for (size_t j = 0; j < i; j++)
            unique = unique && strcmp(row->name, option_table[j].name) != 0 &&
                     (!row->letter || row->letter != option_table[j].letter);
        ok(unique, "--%s and its letter stand once in the table", row->name);
        ok(!habit_answer(row->name) && !habit_answer((char[]){(char)row->letter, '\0'}),
           "--%s is no habit from elsewhere", row->name);
        ok(islower((unsigned char)row->help[0]) || isupper((unsigned char)row->help[1]),
           "the help of --%s begins small", row->name);
        ok(row->help[strlen(row->help) - 1] != '.', "the help of --%s ends without a full stop", row->name);
        char key[OPTION_KEY_SIZE];
        struct line why = LINE_EMPTY;
        option_key(row, key);
        ok(row->type != OPTION_SPECIAL || (row->apply && (row->show || *key == '\0')),
           "--%s has what it takes to be set and shown", row->name);
        for (size_t j = 0; row->choices && row->choices[j]; j++) {
            struct settings settings;
            char shown[OPTION_SHOWN_SIZE];
            settings_init(&settings);
            ok(option_apply(row, &settings, row->choices[j], &why), "--%s=%s is a choice that is taken", row->name,
               row->choices[j]);
            is_str(option_show(row, &settings, shown), row->choices[j], "and shown");
            settings_free(&settings);
        }
    }
}

int main(void)
{
    for (size_t i = 0; i < COUNT(valid); i++)
        check_valid(valid[i].arguments, valid[i].settings);
    for (size_t i = 0; i < COUNT(invalid); i++)
        check_invalid(invalid[i].arguments, invalid[i].why);
    check_blanks();
    check_long_values();
    check_ends();
    check_help();
    check_table();
    done_testing();
    return exit_status();
}
