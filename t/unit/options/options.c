/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "habits.h"
#include "tap.h"

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
    command_split(&command, arguments);
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
    check_table();
    done_testing();
    return exit_status();
}
