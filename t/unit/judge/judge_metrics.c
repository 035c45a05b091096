/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the figures of a run come to, and what is said of its targets. */
#include "scene.h"
#include "verdict.h"

static void is_metric(const struct metrics *metrics, const char *label, double expected)
{
    const struct metric *metric = metrics_find(metrics, label);
    if (ok(metric && metric->known, "%s is known", label))
        is_double(metric->value, expected, "  %s is %g", label, expected);
}

static void is_unknown(const struct metrics *metrics, const char *label)
{
    const struct metric *metric = metrics_find(metrics, label);
    ok(metric && !metric->known, "%s is not known", label);
}

static void check_figures(void)
{
    static const struct scene scene = {
        .pings = {"9 1 2 x", "30 service-unavailable/cancel@b.example 5 remote-server-not-found/cancel", "x x"},
        .certificate = true,
        .days = 12,
    };
    struct staged staged;
    scene_play(&staged, &scene);
    const struct metrics *metrics = &staged.check.verdict.metrics;
    is_metric(metrics, "rtt", 0.0015);
    is_metric(metrics, "rtt_min", 0.001);
    is_metric(metrics, "rtt_max", 0.002);
    is_metric(metrics, "rtt_first", 0.009);
    is_metric(metrics, "loss", 25);
    is_metric(metrics, "b_rtt", 0.004);
    is_metric(metrics, "b_first", 0.03);
    is_metric(metrics, "b_loss", 0);
    is_metric(metrics, "b_beyond", 0.0025);
    is_unknown(metrics, "c_rtt");
    is_unknown(metrics, "c_first");
    is_metric(metrics, "c_loss", 100);
    is_unknown(metrics, "c_beyond");
    is_metric(metrics, "remotes_up", 1);
    is_metric(metrics, "time", 0.07);
    is_metric(metrics, "time_dns", 0.01);
    is_metric(metrics, "time_bind", 0.01);
    is_metric(metrics, "cert_days", 12);
    is_unknown(metrics, "tcp_rtt");
    is_str(staged.check.verdict.targets[0].text,
           "3 of 4 answered, rtt 1.5 ms (min 1 ms, max 2 ms, first 9 ms), loss 25%, 1 of 4 pings unanswered "
           "(ping-timeout)",
           "a target's line has all its figures");
    is_int(staged.check.verdict.targets[1].state, STATE_CRITICAL, "a target has a state of its own");
    ok(staged.check.verdict.targets[1].alive && !staged.check.verdict.targets[2].alive, "and may be alive or not");
    is_str(any_condition_name(staged.check.verdict.targets[1].condition), "remote-server-not-found", "and a condition");
    scene_leave(&staged);

    static const struct scene first_only = {.pings = {"9 x"}, .loss_warning = "60"};
    scene_play(&staged, &first_only);
    is_unknown(&staged.check.verdict.metrics, "rtt");
    is_metric(&staged.check.verdict.metrics, "rtt_first", 0.009);
    is_str(staged.check.verdict.summary, "example.org answers in 9 ms", "the first answer stands in for the others");
    scene_leave(&staged);

    static const struct scene single = {.pings = {"9", "4"}};
    scene_play(&staged, &single);
    is_metric(&staged.check.verdict.metrics, "rtt", 0.009);
    is_metric(&staged.check.verdict.metrics, "rtt_min", 0.009);
    is_metric(&staged.check.verdict.metrics, "rtt_first", 0.009);
    is_metric(&staged.check.verdict.metrics, "b_beyond", -0.005);
    is_str(staged.check.verdict.targets[1].text, "1 of 1 answered, rtt 4 ms", "one ping needs no minimum");
    scene_leave(&staged);

    static const struct scene cut = {.pings = {"9 1 ? -", "- - -"}, .end = SUPERVISE_DEADLINE};
    scene_play(&staged, &cut);
    is_double(metrics_find(&staged.check.verdict.metrics, "loss")->value, 100.0 / 3, "a pending ping is not answered");
    is_unknown(&staged.check.verdict.metrics, "b_loss");
    is_metric(&staged.check.verdict.metrics, "remotes_up", 0);
    is_metric(&staged.check.verdict.metrics, "time", 10);
    is_str(staged.check.verdict.targets[0].text,
           "2 of 3 answered, 1 pending, 1 not sent, rtt 1 ms (min 1 ms, max 1 ms, first 9 ms)",
           "it is listed as pending");
    is_int(staged.check.verdict.targets[0].state, STATE_OK, "and makes no state of the target");
    is_str(staged.check.verdict.targets[1].text, "not pinged", "one that was not reached is listed too");
    is_int(staged.check.verdict.targets[1].state, STATE_UNKNOWN, "and its own state is not known");
    is_int(staged.check.verdict.phase, PHASE_PING, "the phase is where it ended");
    scene_leave(&staged);

    static const struct scene errors = {
        .pings = {"1 2", "gone/cancel gone/cancel", "1 remote-server-timeout/wait", "gone/cancel x", "forbidden/auth"},
        .jids = {NULL, NULL, "bob@c.example"}};
    scene_play(&staged, &errors);
    is_unknown(&staged.check.verdict.metrics, "b_loss");
    is_str(staged.check.verdict.targets[1].text, "2 errors, gone: so it is", "errors only are no answers");
    is_metric(&staged.check.verdict.metrics, "c_loss", 0);
    is_str(staged.check.verdict.targets[2].text,
           "1 of 2 answered, 1 error, first 1 ms, its server answers for it, whether it exists or not, "
           "remote-server-timeout: so it is",
           "errors are counted beside answers, and of a bare JID it is said whose they are");
    is_unknown(&staged.check.verdict.metrics, "d_loss");
    is_str(staged.check.verdict.targets[3].text, "0 of 2 answered, 1 error, gone: so it is",
           "an error is no sign of life");
    is_metric(&staged.check.verdict.metrics, "e_loss", 0);
    is_str(staged.check.verdict.targets[4].text, "1 of 1 answered, rtt 3 ms, forbidden: so it is",
           "a refusal of its own is");
    scene_leave(&staged);

    static const struct scene slow = {.pings = {"x", "1 1500 gone/cancel"}, .warning = "1"};
    scene_play(&staged, &slow);
    is_unknown(&staged.check.verdict.metrics, "b_beyond");
    is_int(staged.check.verdict.targets[1].state, STATE_CRITICAL, "a target's worst fault makes its state");
    scene_leave(&staged);

    static const struct scene early = {
        .pings = {"-", "-"}, .failed = true, .last = PHASE_TLS, .condition = "tls-failed", .cause = ""};
    scene_play(&staged, &early);
    is_unknown(&staged.check.verdict.metrics, "remotes_up");
    is_unknown(&staged.check.verdict.metrics, "loss");
    is_unknown(&staged.check.verdict.metrics, "time_auth");
    is_metric(&staged.check.verdict.metrics, "time_tls", 0.01);
    is_int(staged.check.verdict.phase, PHASE_TLS, "an early end is in its phase");
    scene_leave(&staged);
}

int main(void)
{
    check_figures();
    done_testing();
    return exit_status();
}
