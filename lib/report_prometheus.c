/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_prometheus.h"

#include <string.h>

#include "clock.h"
#include "line.h"
#include "report.h"
#include "summary.h"
#include "text.h"

/* Names in labels, in characters. */
#define NAME_WIDTH 500

#define SECONDS_PER_DAY 86400

struct family {
    const char *name; /* behind xmpp_ping_ */
    const char *help;
};

/* The families that are figures of the performance data, by their place in the latter: the figure of a target, or the
 * label. SCALE makes base units of its units; 0 stands for 1. */
struct figure_family {
    struct family family;
    enum metric_figure figure;
    const char *label;
    double scale;
};

static const struct figure_family figure_families[] = {
    {{"rtt_seconds", "Mean round trip time of the pings after the first."}, .figure = FIGURE_RTT},
    {{"rtt_min_seconds", "Minimum round trip time of the pings after the first."}, .figure = FIGURE_MINIMUM},
    {{"rtt_max_seconds", "Maximum round trip time of the pings after the first."}, .figure = FIGURE_MAXIMUM},
    {{"rtt_first_seconds", "Round trip time of the first ping."}, .figure = FIGURE_FIRST},
    {{"rtt_beyond_seconds", "Mean round trip time minus that of the own server."}, .figure = FIGURE_BEYOND},
    {{"loss_ratio", "Share of the pings sent that were not answered."}, .figure = FIGURE_LOSS, .scale = 0.01},
    {{"remotes_up", "Remotes that were reached."}, .label = "remotes_up"},
    {{"duration_seconds", "Time of the whole check."}, .label = "time"},
    {{"tcp_rtt_seconds", "The kernel's round trip time of the TCP connection."}, .label = "tcp_rtt"},
    {{"certificate_remaining_seconds", "Time until the first certificate of the chain expires, in whole days."},
     .label = "cert_days",
     .scale = SECONDS_PER_DAY},
};

static const struct family state_family = {"state", "State of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."};
static const struct family target_family = {"target_state", "State of one target, by the same numbers."};
static const struct family remotes_family = {"remotes", "Remotes that were to be pinged."};
static const struct family phase_family = {"phase_seconds", "Time of one phase of the check."};

static void print_head(FILE *out, const struct family *family)
{
    fprintf(out, "# HELP xmpp_ping_%s %s\n# TYPE xmpp_ping_%s gauge\n", family->name, family->help, family->name);
}

/* Labels need no escapes: what stands in them is clean, so that it has neither quotes, backslashes nor line feeds.
 * Prints up to the labels that all series have, which tell one check from another. */
static void begin_series(FILE *out, const struct family *family, const struct settings *settings)
{
    char clean[LINE_SIZE];
    fprintf(out, "xmpp_ping_%s{server=\"%s\"", family->name,
            text_clean_string(clean, sizeof clean, settings->jid.domain));
    if (settings->hostname)
        fprintf(out, ",host=\"%s\"", text_clean_string(clean, sizeof clean, settings->hostname));
    if (settings->port != 0)
        fprintf(out, ",port=\"%u\"", settings->port);
}

/* The labels of a target; the own server has an empty alias, which is no alias to Prometheus. */
static void print_target(FILE *out, const struct settings *settings, size_t index)
{
    char name[SUMMARY_NAME_SIZE];
    fprintf(out, ",target=\"%s\",alias=\"%s\"", summary_name(settings, index, NAME_WIDTH, name),
            settings->targets[index].alias);
}

static void print_value(FILE *out, double value)
{
    struct line line = LINE_EMPTY;
    line_add_seconds(&line, value);
    fprintf(out, "} %s\n", line.text);
}

static void print_state(FILE *out, const struct settings *settings, enum state state, const char *sentence)
{
    fprintf(out, "# " REPORT_SERVICE " %s - %s\n", state_name(state), sentence);
    print_head(out, &state_family);
    begin_series(out, &state_family, settings);
    fprintf(out, "} %d\n", (int)state);
}

static void print_target_states(FILE *out, const struct settings *settings, const struct verdict *verdict)
{
    print_head(out, &target_family);
    for (size_t i = 0; i < settings->target_count; i++) {
        begin_series(out, &target_family, settings);
        print_target(out, settings, i);
        fprintf(out, "} %d\n", (int)verdict->targets[i].state);
    }
}

static void print_remotes(FILE *out, const struct settings *settings)
{
    if (settings->target_count < 2)
        return;
    print_head(out, &remotes_family);
    begin_series(out, &remotes_family, settings);
    fprintf(out, "} %zu\n", settings->target_count - 1);
}

static void print_phases(FILE *out, const struct settings *settings, const struct result *result)
{
    bool begun = false;
    for (int i = 0; i < PHASE_COUNT; i++) {
        if (!result->entered[i])
            continue;
        if (!begun)
            print_head(out, &phase_family);
        begun = true;
        begin_series(out, &phase_family, settings);
        fprintf(out, ",phase=\"%s\"", phase_name((enum phase)i));
        print_value(out, (double)result->spent[i] / (double)NS_PER_S);
    }
}

static bool belongs(const struct metric *metric, const struct figure_family *family)
{
    return family->label ? strcmp(metric->label, family->label) == 0 : metric->figure == family->figure;
}

/* A family's series stand together. */
static void print_figures(FILE *out, const struct settings *settings, const struct metrics *metrics,
                          const struct figure_family *family)
{
    bool begun = false;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric *metric = &metrics->list[i];
        if (!metric->known || !belongs(metric, family))
            continue;
        if (!begun)
            print_head(out, &family->family);
        begun = true;
        begin_series(out, &family->family, settings);
        if (metric->target >= 0)
            print_target(out, settings, (size_t)metric->target);
        print_value(out, metric->value * (family->scale != 0 ? family->scale : 1));
    }
}

void report_prometheus(FILE *out, const struct settings *settings, const struct result *result,
                       const struct verdict *verdict)
{
    print_state(out, settings, verdict->state, verdict->summary);
    print_target_states(out, settings, verdict);
    print_remotes(out, settings);
    print_phases(out, settings, result);
    for (size_t i = 0; i < sizeof figure_families / sizeof figure_families[0]; i++)
        print_figures(out, settings, &verdict->metrics, &figure_families[i]);
}

void report_prometheus_unknown(FILE *out, const struct settings *settings, const char *why)
{
    char clean[LINE_SIZE];
    print_state(out, settings, STATE_UNKNOWN, text_clean_string(clean, sizeof clean, why));
}
