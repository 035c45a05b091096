/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metric.h"

#include <malloc.h>
#include <string.h>

#include "scene.h"

/* Remotes and endpoints. */
#define MANY 500

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
    is_str(metrics_get(&metrics, FIGURE_RTT)->label, "rtt",
           "of a figure that all targets have the own server's is got");
    is_str(metrics_get(&metrics, FIGURE_CERT_DAYS)->label, "cert_days", "any other is the check's");
    ok(!metrics_get(&metrics, FIGURE_ENDPOINTS_UP), "there is no figure of another check");
    metrics_free(&metrics);
}

/* Whether each figure is found where it is, and the list has room for all. */
static bool is_whole(const struct metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        if (metrics_find(metrics, metrics->list[i].label) != &metrics->list[i])
            return false;
    }
    return malloc_usable_size(metrics->list) >= metrics->count * sizeof *metrics->list;
}

/* However many there are, none is written behind the list. */
static void check_room(void)
{
    struct settings settings;
    struct metrics metrics, survey;
    char name[40];
    settings_init(&settings);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "r%d", i);
        settings_add_target(&settings, &(struct target){.alias = strdup(name), .jid_text = strdup("a@b.example")});
    }
    ok(metrics_init(&metrics, &settings) && is_whole(&metrics), "%d remotes have room", MANY);
    is_int((long long)metrics.count, 5 + 4 * MANY + 1 + 1 + (PHASE_COUNT - 1) + 1 + 1, "with all that each has");
    settings.each_endpoint = true;
    metrics_init(&survey, &settings);
    size_t before = survey.count;
    bool good = true;
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "e%d", i);
        good = good && metrics_add_endpoint(&survey, &settings, name, &metrics);
    }
    ok(good && is_whole(&survey), "%d endpoints have room", MANY);
    is_int((long long)survey.count, (long long)before + 2 * MANY, "with all that each has");
    metrics_free(&survey);
    metrics_free(&metrics);
    settings_free(&settings);
}

/* What an endpoint has is what its own check has measured. */
static void check_endpoint(void)
{
    struct settings settings;
    struct metrics measured, survey;
    settings_init(&settings);
    metrics_init(&measured, &settings);
    struct metric *rtt = metrics_get(&measured, FIGURE_RTT);
    rtt->known = true;
    rtt->value = 0.5;
    settings.each_endpoint = true;
    metrics_init(&survey, &settings);
    metrics_add_endpoint(&survey, &settings, "e", &measured);
    ok(metrics_find(&survey, "e_rtt")->known && metrics_find(&survey, "e_rtt")->value == 0.5, "its value is known");
    ok(!metrics_find(&survey, "e_cert_days")->known, "unless that was not");
    ok(!metrics_get(&survey, FIGURE_RTT), "and it is not the whole's");
    metrics_free(&survey);
    metrics_free(&measured);
    settings_free(&settings);
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
    check_room();
    check_endpoint();
    check_limits();
    done_testing();
    return exit_status();
}
