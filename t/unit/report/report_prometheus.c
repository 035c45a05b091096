/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format.h"

#include "printed.h"
#include "scene.h"

#define HEAD(name, help) "# HELP xmpp_ping_" name " " help "\n# TYPE xmpp_ping_" name " gauge\n"
#define STATE HEAD("state", "State of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.")
#define CONDITION(name)                                                                                                \
    HEAD("condition", "What has made the state, by name; the value is that state.")                                    \
    "xmpp_ping_condition{server=\"example.org\",condition=\"" name "\"} "
#define TARGET_STATE HEAD("target_state", "State of one target, by the same numbers.")
#define REMOTES HEAD("remotes", "Remotes that were to be pinged.")
#define PHASE HEAD("phase_seconds", "Time of one phase of the check.")
#define DURATION HEAD("duration_seconds", "Time of the whole check.")
#define OWN "{server=\"example.org\",target=\"example.org\",alias=\"\"}"
#define B "{server=\"example.org\",target=\"b.example\",alias=\"b\"}"
#define IN_PHASE_WITHOUT(name)                                                                                         \
    "xmpp_ping_phase_seconds{server=\"example.org\",check=\"no-login\",phase=\"" name "\"} 0.010000\n"
#define IN_PHASE(name) "xmpp_ping_phase_seconds{server=\"example.org\",phase=\"" name "\"} 0.010000\n"

static const struct {
    struct scene scene;
    const char *text;
} reports[] = {
    {{"an OK has all series, each family together", .pings = {"9 1 2", "30 6 x"}, .loss_warning = "40",
      .certificate = true, .days = 30},
     "# XMPP PING OK - example.org answers in 1.5 ms, 1 of 1 remotes up\n" //
     STATE "xmpp_ping_state{server=\"example.org\"} 0\n"                   //
     TARGET_STATE "xmpp_ping_target_state" OWN " 0\nxmpp_ping_target_state" B " 0\n" REMOTES
     "xmpp_ping_remotes{server=\"example.org\"} 1\n" //
     PHASE IN_PHASE("dns") IN_PHASE("connect") IN_PHASE("stream") IN_PHASE("tls") IN_PHASE("auth") IN_PHASE("bind")
         IN_PHASE("ping") //
     HEAD("rtt_seconds", "Mean round trip time of the pings after the first.") "xmpp_ping_rtt_seconds" OWN
                                                                               " 0.001500\nxmpp_ping_rtt_seconds" B
                                                                               " 0.006000\n" //
     HEAD("rtt_min_seconds", "Minimum round trip time of the pings after the first.") "xmpp_ping_rtt_min_seconds" OWN
                                                                                      " 0.001000\n" //
     HEAD("rtt_max_seconds", "Maximum round trip time of the pings after the first.") "xmpp_ping_rtt_max_seconds" OWN
                                                                                      " 0.002000\n" //
     HEAD("rtt_first_seconds", "Round trip time of the first ping.") "xmpp_ping_rtt_first_seconds" OWN
                                                                     " 0.009000\nxmpp_ping_rtt_first_seconds" B
                                                                     " 0.030000\n" //
     HEAD("rtt_beyond_seconds", "Mean round trip time minus that of the own server.") "xmpp_ping_rtt_beyond_seconds" B
                                                                                      " 0.004500\n" //
     HEAD("loss_ratio", "Share of the pings sent that were not answered.") "xmpp_ping_loss_ratio" OWN
                                                                           " 0.000000\nxmpp_ping_loss_ratio" B
                                                                           " 0.333333\n" //
     HEAD("remotes_up", "Remotes that were reached.") "xmpp_ping_remotes_up{server=\"example.org\"} 1.000000\n" DURATION
                                                      "xmpp_ping_duration_seconds{server=\"example.org\"} 0.070000\n" //
     HEAD("certificate_remaining_seconds",
          "Time until the first certificate of the chain expires, in whole days.") "xmpp_ping_certificate_remaining_"
                                                                                   "seconds{server=\"example.org\"} "
                                                                                   "2592000.000000\n"},
    {{"what is not known has no series", .pings = {"-"}, .last = PHASE_CONNECT, .failed = true,
      .condition = "connect-refused", .cause = "one"},
     "# XMPP PING CRITICAL - connect: connect-refused: one\n" //
     STATE "xmpp_ping_state{server=\"example.org\"} 2\n"      //
     CONDITION("connect-refused") "2\n"                       //
     TARGET_STATE "xmpp_ping_target_state" OWN " 2\n"         //
     PHASE IN_PHASE("dns") IN_PHASE("connect")                //
     DURATION "xmpp_ping_duration_seconds{server=\"example.org\"} 0.020000\n"},
    {{"without a login there is no target", .pings = {"-"}, .no_login = true, .before = "starttls", .behind = "PLAIN"},
     "# XMPP PING OK - example.org takes logins over TLSv1.3\n"                                                   //
     STATE "xmpp_ping_state{server=\"example.org\",check=\"no-login\"} 0\n"                                       //
     PHASE IN_PHASE_WITHOUT("dns") IN_PHASE_WITHOUT("connect") IN_PHASE_WITHOUT("stream") IN_PHASE_WITHOUT("tls") //
     DURATION "xmpp_ping_duration_seconds{server=\"example.org\",check=\"no-login\"} 0.040000\n"},
};

/* The states of the own server and of a remote in each kind of bad run. */
static const struct {
    struct scene scene;
    const char *series[3];
} states[] = {
    {{"a remote alone is down", .pings = {"9 1 2", "x x x"}},
     {"xmpp_ping_target_state" OWN " 0\n", "xmpp_ping_target_state" B " 2\n", CONDITION("ping-timeout") "2\n"}},
    {{"what is in the way makes the own server CRITICAL, and tells nothing of a remote", .pings = {"-", "-"},
      .last = PHASE_CONNECT, .failed = true, .condition = "connect-refused", .cause = "one"},
     {"xmpp_ping_target_state" OWN " 2\n", "xmpp_ping_target_state" B " 3\n"}},
    {{"what the user has made a WARNING is one", .pings = {"-"}, .map = "connect-refused=warning",
      .last = PHASE_CONNECT, .failed = true, .condition = "connect-refused", .cause = "one"},
     {"xmpp_ping_target_state" OWN " 1\n", CONDITION("connect-refused") "1\n"}},
    {{"a fault of the probe's own is no fault of the server", .pings = {"-"}, .last = PHASE_CONNECT, .failed = true,
      .own_fault = true, .condition = "", .cause = "no memory"},
     {"xmpp_ping_target_state" OWN " 3\n"}},
    {{"a run without a ping is never OK", .pings = {"-"}, .map = "connect-refused=ok", .last = PHASE_CONNECT,
      .failed = true, .condition = "connect-refused", .cause = "one"},
     {"xmpp_ping_target_state" OWN " 3\n"}},
};

static void check_labels(void)
{
    static const struct scene scene = {.pings = {"1", "1"}, .jid = "a\"b\\c\nd", .jids = {NULL, "x\"} 1\ny"}};
    struct staged staged;
    scene_play(&staged, &scene);
    staged.settings.hostname = (char *)"2001:db8::1";
    staged.settings.port = 5223;
    char *text = printed(report_prometheus, &staged.check);
    ok(strstr(text, "\nxmpp_ping_state{server=\"a_b?c d\",host=\"2001:db8::1\",port=\"5223\"} 0\n"),
       "-H and -p are labels; nothing can break out of a label");
    ok(strstr(text, ",target=\"x_} 1 y\",alias=\"b\"} 0\n"), "nor out of a remote's");
    free(text);
    scene_leave(&staged);
}

static void check_unknown(void)
{
    struct settings settings = {0};
    char *text = printed_refusal(report_prometheus, &settings, "out of\nmemory");
    is_str(text, "# XMPP PING UNKNOWN - out of memory\n" STATE "xmpp_ping_state{server=\"\"} 3\n",
           "before the run there is the state, and why as a comment");
    free(text);
}

int main(void)
{
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        struct staged staged;
        scene_play(&staged, &reports[i].scene);
        char *text = printed(report_prometheus, &staged.check);
        is_str(text, reports[i].text, "%s", reports[i].scene.name);
        free(text);
        scene_leave(&staged);
    }
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        struct staged staged;
        scene_play(&staged, &states[i].scene);
        char *text = printed(report_prometheus, &staged.check);
        for (size_t j = 0; j < 3 && states[i].series[j]; j++)
            ok(strstr(text, states[i].series[j]), "%s (%zu)", states[i].scene.name, j + 1);
        free(text);
        scene_leave(&staged);
    }
    check_labels();
    check_unknown();
    done_testing();
    return exit_status();
}
