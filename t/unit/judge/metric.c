/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metric.h"

#include <string.h>

#include "scene.h"

static const struct {
    const char *name;
    struct scene scene;
    const char *labels;
} shapes[] = {
    {"an own server alone",
     {.pings = {"1"}},
     "rtt rtt_min rtt_max rtt_first loss time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt "
     "cert_days"},
    {"no TLS: no certificate",
     {.pings = {"1"}, .no_tls = true},
     "rtt rtt_min rtt_max rtt_first loss time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt"},
    {"remotes in their order",
     {.pings = {"1", "1", "1"}},
     "rtt rtt_min rtt_max rtt_first loss b_rtt b_first b_loss b_beyond c_rtt c_first c_loss c_beyond remotes_up time "
     "time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt cert_days"},
};

static const struct {
    const char *label;
    enum metric_unit unit;
    int target;
    bool has_minimum;
    double maximum; /* -1: none */
} bounds[] = {
    {"rtt", METRIC_SECONDS, 0, true, 10},      {"rtt_min", METRIC_SECONDS, 0, true, 10},
    {"loss", METRIC_PERCENT, 0, true, 100},    {"b_rtt", METRIC_SECONDS, 1, true, 10},
    {"b_first", METRIC_SECONDS, 1, true, 10},  {"b_beyond", METRIC_SECONDS, 1, false, 10},
    {"c_loss", METRIC_PERCENT, 2, true, 100},  {"remotes_up", METRIC_COUNT, -1, true, 2},
    {"time", METRIC_SECONDS, -1, true, 10},    {"time_tls", METRIC_SECONDS, -1, true, 10},
    {"tcp_rtt", METRIC_SECONDS, -1, true, 10}, {"cert_days", METRIC_DAYS, -1, false, -1},
};

static void check_shapes(void)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct staged staged = {0};
        struct metrics metrics;
        scene_settings(&staged, &shapes[i].scene);
        metrics_init(&metrics, &staged.settings);
        char labels[1000] = "";
        bool known = false;
        for (size_t m = 0; m < metrics.count; m++) {
            strcat(strcat(labels, m ? " " : ""), metrics.list[m].label);
            known = known || metrics.list[m].known;
        }
        is_str(labels, shapes[i].labels, "%s", shapes[i].name);
        ok(!known, "nothing is known yet");
        metrics_free(&metrics);
    }
}

static void check_bounds(void)
{
    static const struct scene scene = {.pings = {"1", "1", "1"}};
    struct staged staged = {0};
    struct metrics metrics;
    scene_settings(&staged, &scene);
    metrics_init(&metrics, &staged.settings);
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        const struct metric *metric = metrics_find(&metrics, bounds[i].label);
        ok(metric->unit == bounds[i].unit && metric->target == bounds[i].target, "%s has its unit and target",
           bounds[i].label);
        ok(metric->has_minimum == bounds[i].has_minimum && metric->minimum == 0, "%s has %s minimum", bounds[i].label,
           bounds[i].has_minimum ? "a" : "no");
        ok(metric->has_maximum == (bounds[i].maximum >= 0) &&
               (!metric->has_maximum || metric->maximum == bounds[i].maximum),
           "%s has the maximum %g", bounds[i].label, bounds[i].maximum);
        ok(!metric->limits, "%s has no thresholds unless they are given", bounds[i].label);
    }
    ok(!metrics_find(&metrics, "nothing"), "there is no figure of another name");
    metrics_set(&metrics, "time_tls", 0.5);
    metrics_set(&metrics, "nothing", 0.5);
    const struct metric *set = metrics_find(&metrics, "time_tls");
    ok(set->known && set->value == 0.5, "a figure is set by its label");
    metrics_free(&metrics);
}

static const char *warning_of(const struct metrics *metrics, const char *label)
{
    const struct metric *metric = metrics_find(metrics, label);
    return metric->limits ? metric->limits->warning.text : "none";
}

static void check_limits(void)
{
    static const struct scene scene = {.pings = {"1", "1"},
                                       .warning = "1",
                                       .loss_warning = "20",
                                       .cert_warning = "30:",
                                       .label = "b_rtt",
                                       .label_warning = "2"};
    struct staged staged = {0};
    struct metrics metrics;
    scene_settings(&staged, &scene);
    metrics_init(&metrics, &staged.settings);
    is_str(warning_of(&metrics, "rtt"), "1", "-w is for the mean RTT");
    is_str(warning_of(&metrics, "loss"), "20", "and for the loss");
    is_str(warning_of(&metrics, "b_loss"), "20", "of every target");
    is_str(warning_of(&metrics, "rtt_min"), "none", "not for the minimum");
    is_str(warning_of(&metrics, "b_first"), "none", "not for the first ping");
    is_str(warning_of(&metrics, "cert_days"), "30:", "-C is for the certificate");
    is_str(warning_of(&metrics, "b_rtt"), "2", "-L wins over -w");
    metrics_free(&metrics);

    staged.label.label = (char *)"cert_days";
    metrics_init(&metrics, &staged.settings);
    is_str(warning_of(&metrics, "cert_days"), "2", "-L wins over -C");
    is_str(warning_of(&metrics, "b_rtt"), "1", "each -L is for one figure");
    metrics_free(&metrics);
}

int main(void)
{
    check_shapes();
    check_bounds();
    check_limits();
    done_testing();
    return exit_status();
}
