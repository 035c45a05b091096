/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings as a whole: what settings_check() and limits_check() say of them, the first of it. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "limits_check.h"
#include "options.h"
#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/settings_check.XXXXXX";

/* Command lines, words apart by spaces, and what is said to them; NULL: nothing. Files are below DIRECTORY, the working
 * directory. */
static const struct {
    const char *arguments;
    const char *why;
} checks[] = {
    {"", "-j user@domain is required"},
    {"-m 5", "-j user@domain is required"},
    {"-j alice@example.org", NULL},
    {"-j example.org", NULL},
    /* remotes */
    {"-j example.org -m 0", NULL},
    {"-j example.org -m 1", "--min-alive: 1 is above the number of remotes, 0"},
    {"-j example.org -R a.example -R b.example -m 2", NULL},
    {"-j example.org -R a.example -R b.example -m 3", "--min-alive: 3 is above the number of remotes, 2"},
    {"-j example.org -R example.org", NULL},
    {"-j example.org -R a.example -R A.example",
     "--remote: a.example and A.example have one alias, a_example: choose another with ALIAS=JID"},
    {"-j example.org -R x=a.example -R x=b.example",
     "--remote: a.example and b.example have one alias, x: choose another with ALIAS=JID"},
    {"-j example.org -R x=a.example -R y=a.example", NULL},
    {"-j example.org -R tcp=a.example",
     "--remote: alias tcp makes the label tcp_rtt, which exists already: choose another with ALIAS=JID"},
    {"-j example.org -R rtt=a.example",
     "--remote: alias rtt makes the label rtt_first, which exists already: choose another with ALIAS=JID"},
    {"-j example.org -R time=a.example", NULL},
    {"-j example.org -R x=a.example -R x_rtt=b.example", NULL},
    {"-j example.org -q -o prometheus", "--quiet: excludes --output=prometheus, which must print when OK too"},
    {"-j example.org -q -o json", NULL},
    /* RTT against the timeout */
    {"-j example.org -w 9.999", NULL},
    {"-j example.org -w 10", "--warning: RTT 10 s is not below the timeout of 10 s (10ms?)"},
    {"-j example.org -w 100", "--warning: RTT 100 s is not below the timeout of 10 s (100ms?)"},
    {"-j example.org -w 20.5,5% -t 20", "--warning: RTT 20.5 s is not below the timeout of 20 s (20.5ms?)"},
    {"-j example.org -c ~:11", "--critical: RTT ~:11 is not below the timeout of 10 s"},
    {"-j example.org -c 10s", "--critical: RTT 10 s is not below the timeout of 10 s"},
    {"-j example.org -c 12:", "--critical: RTT 12: is not below the timeout of 10 s"},
    {"-j example.org -w 500ms -t 500ms", "--warning: RTT 0.5 s is not below the timeout of 0.5 s"},
    {"-j example.org -w 20 -t 30", NULL},
    {"-t 30 -w 20 -j example.org", NULL},
    {"-j example.org -L time_auth,1,10", "--limit: time_auth: critical 10 s is not below the timeout of 10 s (10ms?)"},
    {"-j example.org -L time,@10:,", "--limit: time: warning @10: is not below the timeout of 10 s"},
    {"-j example.org -R a=a.example -L a_beyond,~:11,",
     "--limit: a_beyond: warning ~:11 is not below the timeout of 10 s"},
    {"-j example.org -L cert_days,30:,20:", NULL},
    /* pauses against the timeout */
    {"-j example.org -n 5 -i 1 -t 3", "--interval: 5 pings with 1 s between them do not fit into the timeout of 3 s"},
    {"-j example.org -i 100 -t 3", "--interval: 3 pings with 100 s between them do not fit into the timeout of 3 s"},
    {"-j example.org -n 4 -i 1 -t 3", "--interval: 4 pings with 1 s between them do not fit into the timeout of 3 s"},
    {"-j example.org -n 4 -i 999999us -t 3", NULL},
    {"-j example.org -n 1 -i 100 -t 3", NULL},
    {"-j example.org -n 1000 -i 999999h",
     "--interval: 1000 pings with 3599996400 s between them do not fit into the timeout of 10 s"},
    /* losses */
    {"-j example.org -w ,100%", NULL},
    {"-j example.org -w ,101%", "--warning: loss 101 is not within 0 to 100 percent"},
    {"-j example.org -c ,-1:5%", "--critical: loss -1:5 is not within 0 to 100 percent"},
    {"-j example.org -c ,~:5%", NULL},
    {"-j example.org -c ,101:%", "--critical: loss 101: is not within 0 to 100 percent"},
    {"-j example.org -L loss,1,200", "--limit: loss: critical 200 is not within 0 to 100 percent"},
    {"-j example.org -L loss,10%,", "--limit: loss: warning 10% has something behind the number"},
    /* warnings that nobody would see */
    {"-j example.org -w 1 -c 2", NULL},
    {"-j example.org -w 2 -c 2", "--warning: RTT 2 can never be seen: critical 2 covers it"},
    {"-j example.org -w 3 -c 2", "--warning: RTT 3 can never be seen: critical 2 covers it"},
    {"-j example.org -w 1: -c 2:", "--warning: RTT 1: can never be seen: critical 2: covers it"},
    {"-j example.org -w 2: -c 1:", NULL},
    {"-j example.org -w ,20% -c ,10%", "--warning: loss 20 can never be seen: critical 10 covers it"},
    {"-j example.org -w 1,10% -c 2,20%", NULL},
    {"-j example.org -L rtt,2,1", "--limit: rtt: warning 2 can never be seen: critical 1 covers it"},
    {"-j example.org -R a=a.example -L a_beyond,-1:2,2",
     "--limit: a_beyond: warning -1:2 can never be seen: critical 2 covers it"},
    {"-j example.org -R a=a.example -L a_beyond,2,-1:2", NULL},
    {"-j example.org -R a=a.example -L a_first,2,-1:2",
     "--limit: a_first: warning 2 can never be seen: critical -1:2 covers it"},
    {"-j example.org -R a=a.example -L remotes_up,2:,1:", NULL},
    {"-j example.org -R a=a.example -L remotes_up,1:,1:",
     "--limit: remotes_up: warning 1: can never be seen: critical 1: covers it"},
    {"-j example.org -L cert_days,20:,30:",
     "--limit: cert_days: warning 20: can never be seen: critical 30: covers it"},
    {"-j example.org -L cert_days,10:,0:100", NULL},
    /* labels */
    {"-j example.org -L time_tls,20ms,200ms", NULL},
    {"-j example.org -L time_tsl,1,2", "--limit: time_tsl is no metric of this check: did you mean time_tls?"},
    {"-j example.org -L zzzzzzzz,1,2", "--limit: zzzzzzzz is no metric of this check"},
    {"-j example.org -L remotes_up,1:,", "--limit: remotes_up is no metric of this check"},
    {"-j example.org --tls=none -L cert_days,1:,", "--limit: cert_days is no metric of this check"},
    {"-L b_rtt,1,2 -j example.org -R b=b.example", NULL},
    {"-j example.org -L rtt,10x,", "--limit: rtt: warning 10x has an unknown unit: use us, ms, s, m or h"},
    {"-j example.org -L rtt,,5:4", "--limit: rtt: critical 5:4 has a start above its end"},
    {"-j example.org -L cert_days,,5s", "--limit: cert_days: critical 5s has something behind the number"},
    {"-j example.org -L rtt,10x, -L rtt,1,2", NULL},
    /* clear text */
    {"-j a@example.org --tls=none -H 127.0.0.2", NULL},
    {"-j a@example.org --tls=none -H [::1]", NULL},
    {"-j a@example.org --tls=none -H localhost", NULL},
    {"-j a@127.0.0.1 --tls=none", NULL},
    {"-j a@example.org --tls=none -H xmpp.example.org", NULL},
    {"-j example.org --tls=none -H 192.0.2.1", NULL},
    {"-j a@example.org --tls=none -H 192.0.2.1",
     "--tls: none would send the password in clear text to 192.0.2.1, not loopback"},
    {"-j a@example.org --tls=none -H [2001:db8::1]",
     "--tls: none would send the password in clear text to [2001:db8::1], not loopback"},
    {"-j a@192.0.2.1 --tls=none", "--tls: none would send the password in clear text to 192.0.2.1, not loopback"},
    {"-j a@example.org -H 192.0.2.1", NULL},
    {"-j a@example.org --tls=none -C 21,7 --insecure -H 127.0.0.1", NULL},
    /* mechanisms */
    {"-j a@example.org --require-mechanism=SCRAM-SHA-1 --require-mechanism=PLAIN", NULL},
    {"-j example.org --require-mechanism=ANONYMOUS", NULL},
    {"-j a@example.org --require-mechanism=EXTERNAL", "--require-mechanism: EXTERNAL needs --client-cert"},
    {"-j a@example.org --require-mechanism=EXTERNAL --client-cert=ca.pem", NULL},
    {"-j example.org --require-mechanism=PLAIN", "--require-mechanism: PLAIN needs a --jid with a local part"},
    {"-j a@example.org --require-mechanism=ANONYMOUS", "--require-mechanism: ANONYMOUS needs a bare domain as --jid"},
    {"-j a@example.org --tls=none -H ::1 --require-mechanism=SCRAM-SHA-1-PLUS",
     "--require-mechanism: SCRAM-SHA-1-PLUS needs TLS"},
    {"-j a@example.org --tls=none -H ::1 --client-cert=ca.pem", "--client-cert: means nothing with --tls=none"},
    /* without an account */
    {"-j example.org --no-login", NULL},
    {"-j example.org --s2s", NULL},
    {"-j example.org --s2s --no-login --from=b.example", NULL},
    {"--no-login", "-j domain is required"},
    {"-j a@example.org --no-login", "--jid: must be a domain with --no-login"},
    {"-j a@example.org --s2s", "--jid: must be a domain with --s2s"},
    {"-j example.org/r --no-login --s2s", "--jid: must be a domain with --s2s"},
    {"-j example.org --no-login -R a.example", "--remote: means nothing with --no-login"},
    {"-j example.org --no-login -n 3", "--count: means nothing with --no-login"},
    {"-j example.org --no-login -i 0", "--interval: means nothing with --no-login"},
    {"-j example.org --s2s -m 0", "--min-alive: means nothing with --s2s"},
    {"-j example.org --s2s -w 1", "--warning: means nothing with --s2s"},
    {"-j example.org --s2s -c ,5%", "--critical: means nothing with --s2s"},
    {"-j example.org --s2s --ping-timeout=1", "--ping-timeout: means nothing with --s2s"},
    {"-j example.org --no-login --require-mechanism=PLAIN", "--require-mechanism: means nothing with --no-login"},
    {"-j example.org --no-login --client-cert=ca.pem", "--client-cert: means nothing with --no-login"},
    {"-j example.org --s2s --client-cert=ca.pem --client-key=key.pem", NULL},
    {"-j example.org --s2s --client-key=ca.pem", "--client-key: needs --client-cert"},
    {"-j example.org --no-login --from=b.example", "--from: needs --s2s"},
    {"-j example.org --from=b.example", "--from: needs --s2s"},
    {"-j example.org --no-login --each-endpoint -C 21,7 --map=gone=OK -o json -L time_tls,1,", NULL},
    {"-j example.org --no-login -L rtt,1,", "--limit: rtt is no metric of this check"},
    {"-j example.org --no-login -L time_auth,1,", "--limit: time_auth is no metric of this check"},
    {"-j example.org --no-login --tls=none -H 192.0.2.1", NULL},
    {"-j example.org --no-login --password-file=secret", NULL},
    /* offers */
    {"-j a@example.org --offers=SCRAM-SHA-1 --offers=sasl2 --offers-not=PLAIN", NULL},
    {"-j example.org --s2s --offers=dialback", NULL},
    {"-j example.org --offers=sasl2 --offers-not=PLAIN --offers-not=sasl2",
     "--offers-not: sasl2 is what --offers asks for"},
    {"-j example.org --offers=starttls-required --tls=direct",
     "--offers: starttls-required cannot be with --tls=direct"},
    {"-j example.org --offers-not=plain-before-tls --tls=direct", NULL},
    /* components */
    {"--component=probe.example.org -H ::1 -p 5347", NULL},
    {"--component=probe.example.org -H ::1 -p 5347 -j example.org -R b.example -n 2 -w 1", NULL},
    {"--component=probe.example.org -H 192.0.2.1 -p 5347 --tls=none", NULL},
    {"--component=probe.example.org -H ::1",
     "--component: needs -H and -p, as no SRV record tells of a port for components"},
    {"--component=probe.example.org -p 5347",
     "--component: needs -H and -p, as no SRV record tells of a port for components"},
    {"--component=probe.example.org -H ::1 -p 5347 -j a@example.org", "--jid: must be a domain with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 --tls=starttls", "--tls: components have none"},
    {"--component=probe.example.org -H ::1 -p 5347 --no-login", "--no-login: means nothing with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 --s2s", "--s2s: means nothing with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 --offers=PLAIN", "--offers: means nothing with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 --login=sasl2", "--login: means nothing with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 --each-endpoint", "--each-endpoint: means nothing with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 --client-cert=ca.pem",
     "--client-cert: means nothing with --component"},
    {"--component=probe.example.org -H ::1 -p 5347 -L cert_days,1:,", "--limit: cert_days is no metric of this check"},
    /* files */
    {"-j example.org --ca-file=ca.pem --ca-path=certs", NULL},
    {"-j example.org --ca-file=none.pem", "--ca-file: none.pem cannot be read: No such file or directory"},
    {"-j example.org --ca-file=certs", "--ca-file: certs is not a regular file"},
    {"-j example.org --ca-path=ca.pem", "--ca-path: ca.pem is not a directory"},
    {"-j example.org --ca-path=ca.pem/x", "--ca-path: ca.pem/x cannot be read: Not a directory"},
    {"-j a@example.org --client-cert=ca.pem --client-key=key.pem", NULL},
    {"-j a@example.org --client-cert=shared.pem --client-key=key.pem", NULL},
    {"-j a@example.org --client-cert=ca.pem --client-key=shared.pem",
     "--client-key: shared.pem can be read by group or others"},
    {"-j a@example.org --client-cert=shared.pem", "--client-cert: shared.pem can be read by group or others"},
    {"-j a@example.org --client-cert=shared.p12", "--client-cert: shared.p12 can be read by group or others"},
    {"-j a@example.org --client-cert=key.pem", NULL},
};

static bool check(struct settings *settings, struct line *why)
{
    struct mistakes mistakes = MISTAKES_NONE;
    settings_check(settings, &mistakes);
    limits_check(settings, &mistakes);
    return mistakes_end(&mistakes, why);
}

static void check_checks(void)
{
    for (size_t i = 0; i < COUNT(checks); i++) {
        struct settings settings;
        struct line why = LINE_EMPTY;
        read_arguments(&settings, checks[i].arguments);
        bool good = check(&settings, &why);
        ok(good == !checks[i].why, "'%s' is %s", checks[i].arguments, checks[i].why ? "refused" : "accepted");
        is_str(why.text, checks[i].why ? checks[i].why : "", "it says '%s'", checks[i].why ? checks[i].why : "");
        settings_free(&settings);
    }
}

static void check_most_pings(void)
{
    static const struct {
        int remotes;
        const char *why;
    } rows[] = {{99, ""}, {100, "--count: 101000 pings in one run, of all targets together, are more than 100000"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct settings settings;
        struct line why = LINE_EMPTY;
        char arguments[4096] = "-j example.org -n 1000";
        for (int j = 0; j < rows[i].remotes; j++) {
            size_t used = strlen(arguments);
            snprintf(arguments + used, sizeof arguments - used, " -R r%d.example", j);
        }
        read_arguments(&settings, arguments);
        check(&settings, &why);
        is_str(why.text, rows[i].why, "%d remotes and 1,000 pings each: '%s'", rows[i].remotes, rows[i].why);
        settings_free(&settings);
    }
}

static void check_unreadable_file(void)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    if (geteuid() == 0) {
        ok(true, "an unreadable CA file is refused # SKIP root reads all");
        return;
    }
    chmod("ca.pem", 0);
    read_arguments(&settings, "-j example.org --ca-file=ca.pem");
    check(&settings, &why);
    is_str(why.text, "--ca-file: ca.pem cannot be read: Permission denied", "an unreadable CA file is refused");
    settings_free(&settings);
}

/* Configuration files that are good by themselves, and what is said of them as a whole. */
static const struct {
    const char *text;
    const char *why;
} unfit[] = {
    {"defaults = { };", "-j user@domain is required (f)"},
    {"defaults = { jid = \"b\"; warning = 10; };", "--warning: RTT 10 s is not below the timeout of 10 s (10ms?) (f)"},
    {"defaults = { jid = \"b\"; remotes = ({ alias = \"c\"; jid = \"c\"; warning = 12; }); };",
     "--remote: c: warning: RTT 12 s is not below the timeout of 10 s (12ms?) (f)"},
    {"defaults = { jid = \"b\"; warning = 2; remotes = ({ alias = \"c\"; jid = \"c\"; critical = 1; }); };",
     "--remote: c: warning: RTT 2 can never be seen: critical 1 covers it (f)"},
    {"defaults = { jid = \"b\"; remotes = (\"d\", { jid = \"c\"; critical = \",120%\"; }); };",
     "--remote: c: critical: loss 120 is not within 0 to 100 percent (f)"},
    {"defaults = { jid = \"b\"; remotes = ({ alias = \"c\"; jid = \"c\"; interval = 5; }); };",
     "--remote: c: 3 pings with 5 s between them do not fit into the timeout of 10 s (f)"},
    {"defaults = { jid = \"b\"; interval = 3; remotes = ({ alias = \"c\"; jid = \"c\"; count = 5; }); };",
     "--remote: c: 5 pings with 3 s between them do not fit into the timeout of 10 s (f)"},
    {"defaults = { jid = \"b\"; no_login = true; count = 5; };", "--count: means nothing with --no-login (f)"},
    {"defaults = { jid = \"b\"; limits = { rrt = \"1,2\" }; };",
     "--limit: rrt is no metric of this check: did you mean rtt? (f)"},
};

static void check_unfit(void)
{
    for (size_t i = 0; i < COUNT(unfit); i++) {
        struct settings settings;
        struct line why = LINE_EMPTY;
        write_file("f", unfit[i].text, 0600);
        read_arguments(&settings, "-f f");
        bool good = config_load(&settings, &why) && check(&settings, &why);
        config_tell_origin(&settings, &why);
        ok(!good, "'%s' does not fit", unfit[i].text);
        is_str(why.text, unfit[i].why, "it says '%s'", unfit[i].why);
        settings_free(&settings);
    }
}

int main(void)
{
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    write_file("ca.pem", "-----BEGIN CERTIFICATE-----\n", 0644);
    write_file("key.pem", "-----BEGIN PRIVATE KEY-----\n", 0600);
    write_file("shared.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n", 0640);
    write_file("shared.p12", "0\202", 0604);
    mkdir("certs", 0755);
    check_checks();
    check_unfit();
    check_most_pings();
    check_unreadable_file();
    unlink("ca.pem");
    unlink("key.pem");
    unlink("shared.pem");
    unlink("shared.p12");
    unlink("f");
    rmdir("certs");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        diag("%s is left", directory);
    done_testing();
    return exit_status();
}
