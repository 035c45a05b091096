/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include "printed.h"
#include "scene.h"

#define PHASES_DONE                                                                                                    \
    "phases: dns 10 ms, connect 10 ms, stream 10 ms, tls 10 ms, auth 10 ms, bind 10 ms, ping 10 ms (unfinished)\n"
#define TIMES                                                                                                          \
    "time=0.070000s;;;0;10 time_dns=0.010000s;;;0;10 time_connect=0.010000s;;;0;10 time_stream=0.010000s;;;0;10 "      \
    "time_tls=0.010000s;;;0;10 time_auth=0.010000s;;;0;10 time_bind=0.010000s;;;0;10 tcp_rtt=U;;;0;10"

static const struct {
    struct scene scene;
    const char *text;
} reports[] = {
    {{"an OK has a line for each target", .pings = {"9 1 2", "30 6"}, .no_tls = true},
     "XMPP PING OK - example.org answers in 1.5 ms, 1 of 1 remotes up | "
     "rtt=0.001500s;;;0;10 rtt_min=0.001000s;;;0;10 rtt_max=0.002000s;;;0;10 rtt_first=0.009000s;;;0;10 "
     "loss=0%;;;0;100 "
     "b_rtt=0.006000s;;;0;10 b_first=0.030000s;;;0;10 b_loss=0%;;;0;100 b_beyond=0.004500s;;;;10 "
     "remotes_up=1;;;0;1 " TIMES "\nexample.org: OK, 3 of 3 answered, rtt 1.5 ms (min 1 ms, max 2 ms, first 9 ms)\n"
     "b.example: OK, 2 of 2 answered, rtt 6 ms (min 6 ms, max 6 ms, first 30 ms)\n"},
    {{"with --omit-undetermined there is no U", .pings = {"-"}, .no_tls = true, .omit = true, .last = PHASE_CONNECT,
      .failed = true, .condition = "connect-refused", .cause = "one"},
     "XMPP PING CRITICAL - connect: connect-refused: one | time=0.020000s;;;0;10 time_dns=0.010000s;;;0;10 "
     "time_connect=0.010000s;;;0;10\n"
     "example.org: UNKNOWN, not pinged\n"
     "phases: dns 10 ms, connect 10 ms (unfinished)\n"},
    {{"an endpoint that was down is named on an OK too", .pings = {"1"}, .no_tls = true, .omit = true,
      .endpoint_down = "connect-refused"},
     "XMPP PING OK - example.org answers in 1 ms | rtt=0.001000s;;;0;10 rtt_min=0.001000s;;;0;10 "
     "rtt_max=0.001000s;;;0;10 rtt_first=0.001000s;;;0;10 loss=0%;;;0;100 time=0.070000s;;;0;10 "
     "time_dns=0.010000s;;;0;10 time_connect=0.010000s;;;0;10 time_stream=0.010000s;;;0;10 time_tls=0.010000s;;;0;10 "
     "time_auth=0.010000s;;;0;10 time_bind=0.010000s;;;0;10\n"
     "example.org: OK, 1 of 1 answered, rtt 1 ms\n"
     "endpoint one.example.org 192.0.2.1:5222 (starttls): connect-refused after 2 ms: Connection refused\n"},
    {{"a problem has the ledger, the endpoints and all that was found", .pings = {"-"}, .omit = true, .last = PHASE_TLS,
      .end = SUPERVISE_DEADLINE, .timeout_state = STATE_WARNING, .timeout = 2 * NS_PER_S, .label = "time",
      .label_critical = "1"},
     "XMPP PING CRITICAL - time 2 s is above 1 s (+1 more) | time=2.000000s;;1;0;2 time_dns=0.010000s;;;0;2 "
     "time_connect=0.010000s;;;0;2 time_stream=0.010000s;;;0;2 time_tls=1.970000s;;;0;2\n"
     "example.org: UNKNOWN, not pinged\n"
     "phases: dns 10 ms, connect 10 ms, stream 10 ms, tls 1.97 s (unfinished)\n"
     "endpoint two.example.org 192.0.2.2:5222 (starttls): connected in 2 ms\n"
     "WARNING: tls: deadline: no end after 2 s\n"},
    {{"a target's line tells all that is wrong with it", .pings = {"1500", "1 1 x"}, .no_tls = true, .omit = true,
      .warning = "1", .label = "b_loss", .label_critical = "20"},
     "XMPP PING CRITICAL - b.example: loss 33.33% is above 20% (+2 more) | rtt=1.500000s;1;;0;10 "
     "rtt_min=1.500000s;;;0;10 rtt_max=1.500000s;;;0;10 rtt_first=1.500000s;;;0;10 loss=0%;;;0;100 "
     "b_rtt=0.001000s;1;;0;10 b_first=0.001000s;;;0;10 b_loss=33.33%;;20;0;100 b_beyond=-1.499000s;;;;10 "
     "remotes_up=1;;;0;1 time=0.070000s;;;0;10 time_dns=0.010000s;;;0;10 time_connect=0.010000s;;;0;10 "
     "time_stream=0.010000s;;;0;10 time_tls=0.010000s;;;0;10 time_auth=0.010000s;;;0;10 time_bind=0.010000s;;;0;10\n"
     "example.org: WARNING, 1 of 1 answered, rtt 1.5 s, rtt 1.5 s is above 1 s\n"
     "b.example: CRITICAL, 2 of 3 answered, rtt 1 ms (min 1 ms, max 1 ms, first 1 ms), loss 33.33%, 1 of 3 pings "
     "unanswered (ping-timeout), loss 33.33% is above 20%\n" PHASES_DONE
     "endpoint two.example.org 192.0.2.2:5222 (starttls): connected in 2 ms\n"},
    {{"-q keeps silent on OK", .pings = {"1"}, .quiet = true}, ""},
    {{"but not on a problem", .pings = {"x"}, .quiet = true, .omit = true, .no_tls = true},
     "XMPP PING CRITICAL - example.org: ping-timeout: no answer in 5 s | loss=100%;;;0;100 time=0.070000s;;;0;10 "
     "time_dns=0.010000s;;;0;10 time_connect=0.010000s;;;0;10 time_stream=0.010000s;;;0;10 time_tls=0.010000s;;;0;10 "
     "time_auth=0.010000s;;;0;10 time_bind=0.010000s;;;0;10\n"
     "example.org: CRITICAL, 0 of 1 answered, ping-timeout: no answer in 5 s\n" PHASES_DONE
     "endpoint two.example.org 192.0.2.2:5222 (starttls): connected in 2 ms\n"},
};

/* The report of a scene whose log holds LOG; the caller frees. */
static char *report_of(const struct scene *scene, const char *log)
{
    struct staged staged;
    scene_play(&staged, scene);
    struct event event = event_new(EVENT_LOG);
    event_set(event.text, log);
    if (*log)
        result_take(&event, &staged.check.result);
    char *text = printed(report_print, &staged.check);
    scene_leave(&staged);
    return text;
}

static int count_of(const char *text, char wanted)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += *text == wanted;
    return count;
}

static void check_verbose(void)
{
    struct scene scene = {.pings = {"9 1", "forbidden/auth@b.example x ? -"},
                          .end = SUPERVISE_DEADLINE,
                          .certificate = true,
                          .days = 30,
                          .mechanism = "SCRAM-SHA-1"};
    char *text = report_of(&scene, "");
    ok(!strstr(text, " ping 1: ") && !strstr(text, "TLSv1.3"), "without -v there are no details");
    free(text);

    scene.verbose = 1;
    text = report_of(&scene, "<body>");
    static const char *const details[] = {
        "\nexample.org ping 1: 9 ms\n",
        "\nexample.org ping 2: 1 ms\n",
        "\nb.example ping 1: 3 ms, forbidden: by b.example: so it is\n",
        "\nb.example ping 2: no answer in 5 s\n",
        "\nb.example ping 3: pending\n",
        "\ntls: TLSv1.3, TLS_AES_256_GCM_SHA384, certificate verified\n",
        "\ncertificate: example.org, 30 days left\n",
        "\nlogin: rfc6120\nmechanism: SCRAM-SHA-1\n",
        "\nphases: ",
    };
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
        ok(strstr(text, details[i]), "with -v there is %s", details[i] + 1);
    ok(!strstr(text, "ping 4") && !strstr(text, "ignored") && !strstr(text, "body"), "and nothing that was not");
    free(text);

    scene.verbose = 2;
    text = report_of(&scene, "<body>");
    ok(strstr(text, "\nsetting jid: alice@example.org\n") && strstr(text, "\nsetting tls: auto\n") &&
           strstr(text, "\ncheck_xmpp_ping " VERSION " "),
       "with -vv there are the settings and the versions");
    ok(!strstr(text, "body"), "but not the log");
    free(text);

    scene.verbose = 3;
    text = report_of(&scene, "<a>|\xff\x1b[31m");
    ok(strstr(text, "\n(a)?? [31m\n"), "with -vvv there is the log, cleaned");
    is_int(count_of(text, '|'), 1, "there is one '|' in all of it");
    free(text);

    scene = (struct scene){.pings = {"1"}, .verbose = 1, .sandboxed = true, .bars = BAR_BIT(BAR_COUNT) - 1};
    text = report_of(&scene, "");
    ok(!strstr(text, "sandbox"), "-v says nothing of a sandbox that is whole");
    free(text);
    scene.bars = BAR_BIT(BAR_FILES);
    text = report_of(&scene, "");
    ok(strstr(text, "\nsandbox: calls no, files yes, ports no\n"), "it does when something is missing");
    free(text);
    scene = (struct scene){.pings = {"1"}, .verbose = 2, .sandboxed = true, .bars = BAR_BIT(BAR_COUNT) - 1};
    text = report_of(&scene, "");
    ok(strstr(text, "\nsandbox: calls yes, files yes, ports yes\n"), "-vv always says what holds");
    free(text);

    scene = (struct scene){.pings = {"1"}, .verbose = 1, .insecure = true, .certificate = true};
    text = report_of(&scene, "");
    ok(strstr(text, "certificate not verified\nexample.org") || strstr(text, "certificate not verified |"),
       "--insecure is told of in the first line");
    ok(strstr(text, "TLS_AES_256_GCM_SHA384, certificate not verified\n"), "and among the details");
    free(text);
}

/* What was offered, and the chain. */
static void check_offers(void)
{
    struct scene scene = {.pings = {"-"},
                          .no_login = true,
                          .before = "starttls",
                          .behind = "PLAIN sasl2 =tls-exporter",
                          .certificate = true,
                          .chain = true,
                          .days = -1};
    char *text = report_of(&scene, "");
    ok(!strstr(text, "not pinged") && !strstr(text, "\nexample.org:"), "without a login there is no target");
    ok(strstr(text, "OK - example.org takes logins over TLSv1.3") && !strchr(strchr(text, '\n') + 1, '\n'),
       "an OK has one line");
    free(text);
    scene.verbose = 1;
    text = report_of(&scene, "");
    ok(strstr(text, "\nchain: example.org, EC 256 bits, until 2027-02-25T12:00:00Z, expired 1 day ago\n"
                    "chain: Root?CA, RSA 4096 bits, until 2027-02-25T12:00:00Z, 999 days left\n"),
       "with -v the chain is there");
    ok(strstr(text, "\noffers before TLS: starttls\n"
                    "offers behind TLS: PLAIN, sasl2, channel-binding:tls-exporter\n"),
       "and what was offered");
    free(text);
    scene.before = NULL;
    scene.behind = "";
    scene.more_offers = true;
    text = report_of(&scene, "");
    ok(strstr(text, "\noffers behind TLS: nothing and more\n") && !strstr(text, "before TLS"),
       "of what did not come nothing is said");
    free(text);
}

static void check_ignored(void)
{
    static const struct scene scene = {.pings = {"1"}, .verbose = 1};
    struct staged staged;
    scene_play(&staged, &scene);
    staged.check.result.ignored[IGNORED_REFLECTED] = 1;
    staged.check.result.ignored[IGNORED_STRANGER] = 2;
    staged.check.result.ignored[IGNORED_UNASKED] = 3;
    char *text = printed(report_print, &staged.check);
    ok(strstr(text, "\nignored: 1 reflected, 2 from strangers, 3 not asked for\n"), "ignored answers are counted");
    free(text);
    scene_leave(&staged);
}

/* Whatever a stranger says where. */
static void check_hostile(void)
{
    static const char evil[] = "a|b\nXMPP\x1b[2J$(x) `y` <z>\xff\xc2\x9b";
    static const struct scene scenes[] = {
        {.pings = {"-"}, .failed = true, .last = PHASE_AUTH, .condition = evil, .cause = evil, .verbose = 3},
        {.pings = {"1", "x"}, .jids = {NULL, "a|b\n`c`"}, .verbose = 3},
        {.pings = {"1", "?"}, .jids = {NULL, "a|b\n`c`"}, .verbose = 3, .end = SUPERVISE_DEADLINE},
        {.pings = {"1", "a|b$/can<cel@b|c`\\"}, .verbose = 3},
        {.pings = {"1"}, .mechanism = evil, .endpoint_down = evil, .map = "endpoint-down=WARNING", .verbose = 3},
        {.pings = {"-"}, .no_login = true, .before = evil, .behind = evil, .offers = "PLAIN", .verbose = 3},
    };
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
        char *text = report_of(&scenes[i], evil);
        is_int(count_of(text, '|'), 1, "there is one '|' in scene %zu", i);
        ok(!strpbrk(text, "<>&'\"`$\\\x1b\xff"), "and nothing that a terminal, a shell or a browser would take");
        free(text);
    }
}

static void check_errors(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_usage_error(out, "--warning: has\nno | number");
    fclose(out);
    is_str(text, "XMPP PING UNKNOWN - --warning: has no ? number\nTry check_xmpp_ping --help for more.\n",
           "a usage error points to --help");
    free(text);
    text = printed_refusal(report_print, &(struct settings){0}, "out of memory");
    is_str(text, "XMPP PING UNKNOWN - out of memory\n", "any other has one line");
    free(text);
    out = open_memstream(&text, &size);
    report_usage_error(out, "--a-very-long-option-and-what-is-wrong-with-it: "
                            "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                            "012345678901234567890123456789");
    fclose(out);
    is_str(text,
           "XMPP PING UNKNOWN - --a-very-long-option-and-what-is-wrong-with-it: "
           "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"
           "78...\n"
           "Try check_xmpp_ping --help for more.\n"
           "--a-very-long-option-and-what-is-wrong-with-it: "
           "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"
           "7890123456789\n",
           "one that is too long is told whole behind that");
    free(text);
}

int main(void)
{
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        char *text = report_of(&reports[i].scene, "");
        is_str(text, reports[i].text, "%s", reports[i].scene.name);
        free(text);
    }
    check_verbose();
    check_offers();
    check_ignored();
    check_hostile();
    check_errors();
    done_testing();
    return exit_status();
}
