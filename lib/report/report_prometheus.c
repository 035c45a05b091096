/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report in Prometheus' text exposition format, for the textfile collector of its node exporter: doc/prometheus.md. A
 * value that could not be had has no series. */
#include "format.h"

#include "clock.h"
#include "first_line.h"
#include "line.h"
#include "summary.h"
#include "survey.h"
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
static const struct figure_family endpoints_family = {"endpoints", "Endpoints that there are."};

/* A family's series stand together, so that each family goes through all parts. */
struct printer {
    FILE *out;
    const struct check *whole; /* with the settings from which the labels come that tell one run from another */
    const struct figure_family *family; /* the last one printed */
};

/* Part INDEX of what is printed: 0 is the whole, then comes each endpoint. NULL behind the last. */
static const struct check *part_of(const struct printer *printer, size_t index)
{
    const struct check *whole = printer->whole;
    if (index == 0)
        return whole;
    return index <= whole->part_count ? &whole->parts[index - 1].check : NULL;
}

/* Labels need no escapes: what stands in them is clean, so that it has neither quotes, backslashes nor line feeds.
 * Prints up to the labels that all series have. */
static void begin_series(struct printer *printer, const struct figure_family *family, size_t part)
{
    FILE *out = printer->out;
    const struct settings *settings = printer->whole->settings;
    char clean[LINE_SIZE];
    if (printer->family != family)
        fprintf(out, "# HELP xmpp_ping_%s %s\n# TYPE xmpp_ping_%s gauge\n", family->name, family->help, family->name);
    printer->family = family;
    fprintf(out, "xmpp_ping_%s{server=\"%s\"", family->name,
            text_clean_string(clean, sizeof clean, settings->jid.domain));
    if (settings->hostname)
        fprintf(out, ",host=\"%s\"", text_clean_string(clean, sizeof clean, settings->hostname));
    if (settings->port != 0)
        fprintf(out, ",port=\"%d\"", settings->port);
    if (settings->no_login)
        fprintf(out, ",check=\"%s\"", settings->s2s ? "s2s" : "no-login");
    if (part > 0)
        fprintf(out, ",endpoint=\"%s\"", printer->whole->parts[part - 1].label);
}

/* The labels of a target; the own server has an empty alias, which is no alias to Prometheus. */
static void print_target(struct printer *printer, const struct settings *settings, size_t index)
{
    char name[SUMMARY_NAME_SIZE];
    fprintf(printer->out, ",target=\"%s\",alias=\"%s\"", summary_name(settings, index, NAME_WIDTH, name),
            settings->targets[index].alias);
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

static void print_state(struct printer *printer)
{
    const struct verdict *verdict = &printer->whole->verdict;
    const char *sentence = check_was_run(printer->whole) ? verdict->summary : verdict->whole;
    fprintf(printer->out, "# " FIRST_LINE_SERVICE " %s - %s\n", state_name(verdict->state), sentence);
    begin_series(printer, &state_family, 0);
    end_count(printer, verdict->state);
}

/* The own server, when the run did not come as far as a ping: as users find it, by what was in the way. */
static enum state target_state(const struct verdict *verdict, size_t target)
{
    enum state state = verdict->targets[target].state;
    return target == 0 && state == STATE_UNKNOWN && verdict->state != STATE_OK ? verdict->state : state;
}

static void print_states(struct printer *printer)
{
    const struct check *check;
    for (size_t i = 0; (check = part_of(printer, i)); i++) {
        const char *condition = any_condition_name(check->verdict.condition);
        if (*condition == '\0')
            continue;
        begin_series(printer, &condition_family, i);
        fprintf(printer->out, ",condition=\"%s\"", condition);
        end_count(printer, check->verdict.state);
    }
    for (size_t i = 1; (check = part_of(printer, i)); i++) {
        begin_series(printer, &endpoint_family, i);
        end_count(printer, check->verdict.state);
    }
    for (size_t i = 0; (check = part_of(printer, i)); i++) {
        for (size_t target = 0; check->verdict.targets && target < check->settings->target_count; target++) {
            begin_series(printer, &target_family, i);
            print_target(printer, check->settings, target);
            end_count(printer, target_state(&check->verdict, target));
        }
    }
}

/* How many there are of what is counted. */
static void print_counts(struct printer *printer)
{
    const struct check *whole = printer->whole;
    if (whole->settings->target_count > 1) {
        begin_series(printer, &remotes_family, 0);
        end_count(printer, whole->settings->target_count - 1);
    }
    if (whole->part_count > 0) {
        begin_series(printer, &endpoints_family, 0);
        end_count(printer, survey_count(whole));
    }
}

/* From the ledger, as it has the pings, too. */
static void print_phases(struct printer *printer, const struct result *result, size_t part)
{
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        if (!result->entered[phase])
            continue;
        begin_series(printer, &figure_table[FIGURE_PHASE].family, part);
        fprintf(printer->out, ",phase=\"%s\"", phase_name((enum phase)phase));
        end_seconds(printer, clock_seconds(result->spent[phase]));
    }
}

/* What makes base units of those of the performance data. */
static double scale_of(enum metric_unit unit)
{
    return unit == METRIC_PERCENT ? 0.01 : unit == METRIC_DAYS ? SECONDS_PER_DAY : 1;
}

static void print_figure(struct printer *printer, enum figure figure, const struct check *check, size_t part)
{
    const struct metrics *metrics = &check->verdict.metrics;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric *metric = &metrics->list[i];
        if (!metric->known || metric->figure != figure || metric->of_endpoint)
            continue;
        begin_series(printer, &figure_table[figure].family, part);
        if (metric->target >= 0)
            print_target(printer, check->settings, (size_t)metric->target);
        end_seconds(printer, metric->value * scale_of(metric->unit));
    }
}

void report_prometheus(FILE *out, const struct check *whole)
{
    struct printer printer = {.out = out, .whole = whole};
    const struct check *check;
    print_state(&printer);
    if (!check_was_run(whole))
        return;
    print_states(&printer);
    print_counts(&printer);
    for (size_t part = 0; (check = part_of(&printer, part)); part++)
        print_phases(&printer, &check->result, part);
    for (int figure = 0; figure < FIGURE_COUNT; figure++) {
        for (size_t part = 0; figure != FIGURE_PHASE && (check = part_of(&printer, part)); part++)
            print_figure(&printer, (enum figure)figure, check, part);
    }
}
