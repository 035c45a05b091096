/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_prometheus.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "first_line.h"
#include "line.h"
#include "summary.h"
#include "text.h"

/* Names in labels, in characters. */
#define NAME_WIDTH 500

#define SECONDS_PER_DAY 86400

static const struct figure_family state_family = {"state",
                                                  "State of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."};
static const struct figure_family endpoint_family = {"endpoint_state", "State of one endpoint, by the same numbers."};
static const struct figure_family target_family = {"target_state", "State of one target, by the same numbers."};
static const struct figure_family condition_family = {"condition",
                                                      "What has made the state, by name; the value is that state."};
static const struct figure_family remotes_family = {"remotes", "Remotes that were to be pinged."};
static const struct figure_family endpoints_family = {"endpoints", "Endpoints that were to be checked."};

/* What is printed: the whole, then each check of --each-endpoint. A family's series stand together, so that each family
 * goes through all of them. */
struct part {
    const struct settings *settings;
    const struct result *result;
    const struct verdict *verdict;
    const char *endpoint; /* NULL for the whole */
};

struct printer {
    FILE *out;
    const struct settings *settings; /* the run's, from which the labels come that tell one run from another */
    const struct part *parts;
    size_t count;
    const struct figure_family *family; /* the last one printed */
};

/* Labels need no escapes: what stands in them is clean, so that it has neither quotes, backslashes nor line feeds.
 * Prints up to the labels that all series have. */
static void begin_series(struct printer *printer, const struct figure_family *family, const struct part *part)
{
    FILE *out = printer->out;
    char clean[LINE_SIZE];
    if (printer->family != family)
        fprintf(out, "# HELP xmpp_ping_%s %s\n# TYPE xmpp_ping_%s gauge\n", family->name, family->help, family->name);
    printer->family = family;
    fprintf(out, "xmpp_ping_%s{server=\"%s\"", family->name,
            text_clean_string(clean, sizeof clean, printer->settings->jid.domain));
    if (printer->settings->hostname)
        fprintf(out, ",host=\"%s\"", text_clean_string(clean, sizeof clean, printer->settings->hostname));
    if (printer->settings->port != 0)
        fprintf(out, ",port=\"%d\"", printer->settings->port);
    if (printer->settings->no_login)
        fprintf(out, ",check=\"%s\"", printer->settings->s2s ? "s2s" : "no-login");
    if (part && part->endpoint)
        fprintf(out, ",endpoint=\"%s\"", part->endpoint);
}

/* The labels of a target; the own server has an empty alias, which is no alias to Prometheus. */
static void print_target(struct printer *printer, const struct part *part, size_t index)
{
    char name[SUMMARY_NAME_SIZE];
    fprintf(printer->out, ",target=\"%s\",alias=\"%s\"", summary_name(part->settings, index, NAME_WIDTH, name),
            part->settings->targets[index].alias);
}

static void end_seconds(struct printer *printer, double value)
{
    struct line line = LINE_EMPTY;
    line_add_seconds(&line, value);
    fprintf(printer->out, "} %s\n", line.text);
}

static void end_count(struct printer *printer, size_t count)
{
    fprintf(printer->out, "} %zu\n", count);
}

static void print_state(struct printer *printer, enum state state, const char *sentence)
{
    fprintf(printer->out, "# " FIRST_LINE_SERVICE " %s - %s\n", state_name(state), sentence);
    begin_series(printer, &state_family, NULL);
    end_count(printer, state);
}

/* The own server, when the run did not come as far as a ping: as users find it, by what was in the way. */
static enum state target_state(const struct verdict *verdict, size_t target)
{
    enum state state = verdict->targets[target].state;
    return target == 0 && state == STATE_UNKNOWN && verdict->state != STATE_OK ? verdict->state : state;
}

static void print_states(struct printer *printer)
{
    for (size_t i = 0; i < printer->count; i++) {
        const struct part *part = &printer->parts[i];
        const char *condition = any_condition_name(part->verdict->condition);
        if (*condition == '\0')
            continue;
        begin_series(printer, &condition_family, part);
        fprintf(printer->out, ",condition=\"%s\"", condition);
        end_count(printer, part->verdict->state);
    }
    for (size_t i = 1; i < printer->count; i++) {
        begin_series(printer, &endpoint_family, &printer->parts[i]);
        end_count(printer, printer->parts[i].verdict->state);
    }
    for (size_t i = 0; i < printer->count; i++) {
        const struct part *part = &printer->parts[i];
        for (size_t target = 0; part->verdict->targets && target < part->settings->target_count; target++) {
            begin_series(printer, &target_family, part);
            print_target(printer, part, target);
            end_count(printer, target_state(part->verdict, target));
        }
    }
}

/* How many there are of what is counted. */
static void print_counts(struct printer *printer)
{
    if (printer->settings->target_count > 1) {
        begin_series(printer, &remotes_family, NULL);
        end_count(printer, printer->settings->target_count - 1);
    }
    if (printer->count > 1) {
        begin_series(printer, &endpoints_family, NULL);
        end_count(printer, printer->count - 1);
    }
}

static void print_phases(struct printer *printer)
{
    for (size_t i = 0; i < printer->count; i++) {
        const struct result *result = printer->parts[i].result;
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            if (!result->entered[phase])
                continue;
            begin_series(printer, &figure_table[FIGURE_PHASE].family, &printer->parts[i]);
            fprintf(printer->out, ",phase=\"%s\"", phase_name((enum phase)phase));
            end_seconds(printer, clock_seconds(result->spent[phase]));
        }
    }
}

/* What makes base units of those of the performance data. */
static double scale_of(enum metric_unit unit)
{
    return unit == METRIC_PERCENT ? 0.01 : unit == METRIC_DAYS ? SECONDS_PER_DAY : 1;
}

static void print_figures(struct printer *printer, const struct part *part, enum figure figure)
{
    const struct metrics *metrics = &part->verdict->metrics;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric *metric = &metrics->list[i];
        if (!metric->known || metric->figure != figure || metric->of_endpoint)
            continue;
        begin_series(printer, &figure_table[figure].family, part);
        if (metric->target >= 0)
            print_target(printer, part, (size_t)metric->target);
        end_seconds(printer, metric->value * scale_of(metric->unit));
    }
}

static void print_all(struct printer *printer)
{
    const struct verdict *verdict = printer->parts[0].verdict;
    print_state(printer, verdict->state, verdict->summary);
    print_states(printer);
    print_counts(printer);
    print_phases(printer);
    for (int figure = 0; figure < FIGURE_COUNT; figure++) {
        for (size_t part = 0; part < printer->count && figure != FIGURE_PHASE; part++)
            print_figures(printer, &printer->parts[part], (enum figure)figure);
    }
}

void report_prometheus(FILE *out, const struct settings *settings, const struct result *result,
                       const struct verdict *verdict)
{
    struct part whole = {.settings = settings, .result = result, .verdict = verdict};
    print_all(&(struct printer){.out = out, .settings = settings, .parts = &whole, .count = 1});
}

void report_prometheus_survey(FILE *out, const struct survey *survey, const struct settings *settings,
                              const struct verdict *verdict)
{
    struct part *parts = calloc(survey->count + 1, sizeof *parts);
    if (!parts) {
        report_prometheus(out, settings, &survey->discovery, verdict); /* the whole, at least */
        return;
    }
    parts[0] = (struct part){.settings = settings, .result = &survey->discovery, .verdict = verdict};
    for (size_t i = 0; i < survey->count; i++) {
        const struct endpoint_check *check = &survey->checks[i];
        parts[i + 1] = (struct part){&check->settings, &check->result, &check->verdict, check->label};
    }
    print_all(&(struct printer){.out = out, .settings = settings, .parts = parts, .count = survey->count + 1});
    free(parts);
}

void report_prometheus_unknown(FILE *out, const struct settings *settings, const char *why)
{
    char clean[LINE_SIZE];
    struct printer printer = {.out = out, .settings = settings};
    print_state(&printer, STATE_UNKNOWN, text_clean_string(clean, sizeof clean, why));
}
