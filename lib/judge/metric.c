/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"

const struct figure_row figure_table[FIGURE_COUNT] = {
#define FIGURE(constant, label, of_remote, words, unit, where, family, help, more)                                     \
    [FIGURE_##constant] = {label, of_remote, words, unit, where, {family, help}},
#include "figure_rows.h"
};

static const struct limits *find_limits(const struct settings *settings, const char *label,
                                        const struct limits *otherwise)
{
    for (size_t i = 0; i < settings->label_count; i++) {
        if (strcmp(settings->labels[i].label, label) == 0)
            return &settings->labels[i].limits;
    }
    return otherwise && (otherwise->warning.set || otherwise->critical.set) ? otherwise : NULL;
}

/* What other options than -L give a figure of TARGET; NULL for none. */
static const struct limits *other_limits(enum figure figure, const struct settings *settings,
                                         const struct target *target)
{
    return figure == FIGURE_RTT         ? &target->rtt
           : figure == FIGURE_LOSS      ? &target->loss
           : figure == FIGURE_CERT_DAYS ? &settings->certificate
                                        : NULL;
}

/* Appends FIGURE with the label "[ALIAS_]NAME[REST]" and returns it; NULL when out of memory. It is good until the next
 * is appended. */
static struct metric *add(struct metrics *metrics, const struct settings *settings, enum figure figure,
                          const char *alias, const char *name, const char *rest)
{
    enum metric_unit unit = figure_table[figure].unit;
    struct metric *list = array_grow(metrics->list, metrics->count, sizeof *list);
    if (!list)
        return NULL;
    metrics->list = list;
    struct metric *metric = &list[metrics->count];
    *metric = (struct metric){.figure = figure, .unit = unit, .target = -1};
    if (asprintf(&metric->label, "%s%s%s%s", alias, *alias ? "_" : "", name, rest) < 0)
        return NULL;
    metrics->count++;
    metric->has_minimum = unit != METRIC_DAYS && !(figure_table[figure].where & SIGNED);
    metric->has_maximum = unit == METRIC_SECONDS || unit == METRIC_PERCENT;
    metric->maximum = unit == METRIC_SECONDS ? clock_seconds(settings->timeout) : unit == METRIC_PERCENT ? 100 : 0;
    return metric;
}

/* FIGURE of a target; nothing where that has none. */
static bool add_of_target(struct metrics *metrics, const struct settings *settings, enum figure figure, size_t index)
{
    const struct target *target = &settings->targets[index];
    const char *name = index == 0 ? figure_table[figure].label : figure_table[figure].of_remote;
    struct metric *metric = name ? add(metrics, settings, figure, target->alias, name, "") : NULL;
    if (!metric)
        return !name;
    metric->target = (int)index;
    metric->limits = find_limits(settings, metric->label, other_limits(figure, settings, target));
    return true;
}

/* What compares a remote with the own server, which does not have it, comes last. */
static bool add_target(struct metrics *metrics, const struct settings *settings, size_t index)
{
    bool good = true;
    for (int i = 0; i < 2 * FIGURE_COUNT && good; i++) {
        enum figure figure = (enum figure)(i % FIGURE_COUNT);
        bool compares = figure_table[figure].label == NULL, last = i >= FIGURE_COUNT;
        if ((figure_table[figure].where & OF_TARGETS) && compares == last)
            good = add_of_target(metrics, settings, figure, index);
    }
    return good;
}

/* FIGURE of the check, once or for each of its phases. How many endpoints there are at most is known only when DNS has
 * been asked. */
static bool add_of_check(struct metrics *metrics, const struct settings *settings, enum figure figure)
{
    const struct figure_row *row = &figure_table[figure];
    int phases = !(row->where & OF_PHASES) ? 1
                 : settings->each_endpoint ? PHASE_CONNECT
                 : settings->no_login      ? PHASE_AUTH
                                           : PHASE_PING;
    for (int i = 0; i < phases; i++) {
        const char *rest = row->where & OF_PHASES ? phase_name((enum phase)i) : "";
        struct metric *metric = add(metrics, settings, figure, "", row->label, rest);
        if (!metric)
            return false;
        metric->phase = (enum phase)i;
        metric->limits = find_limits(settings, metric->label, other_limits(figure, settings, settings->targets));
        if (row->where & WITH_REMOTES) {
            metric->has_maximum = true;
            metric->maximum = (double)(settings->target_count - 1);
        }
    }
    return true;
}

/* Whether a check that is AT, one of OF_... or EACH_..., has FIGURE. */
static bool has(const struct settings *settings, unsigned at, int figure)
{
    unsigned where = figure_table[figure].where;
    return (where & at) && (!(where & WITH_REMOTES) || settings->target_count > 1) &&
           (!(where & OVER_TLS) || settings->tls != TLS_NONE);
}

bool metrics_init(struct metrics *metrics, const struct settings *settings)
{
    unsigned at = settings->each_endpoint ? OF_SURVEY : settings->no_login ? OF_NO_LOGIN : OF_LOGIN;
    bool good = true;
    *metrics = (struct metrics){0};
    for (size_t i = 0; i < settings->target_count && at == OF_LOGIN && good; i++)
        good = add_target(metrics, settings, i);
    for (int i = 0; i < FIGURE_COUNT && good; i++) {
        if (!(figure_table[i].where & OF_TARGETS) && has(settings, at, i))
            good = add_of_check(metrics, settings, (enum figure)i);
    }
    if (!good)
        metrics_free(metrics);
    return good;
}

bool metrics_add_endpoint(struct metrics *metrics, const struct settings *settings, const char *name,
                          const struct metrics *measured)
{
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (!has(settings, settings->no_login ? EACH_NO_LOGIN : EACH_LOGIN, i))
            continue;
        const char *label = figure_table[i].label;
        const struct metric *from = metrics_get(measured, (enum figure)i);
        struct metric *metric = add(metrics, settings, (enum figure)i, name, label, "");
        if (!metric)
            return false;
        metric->of_endpoint = true;
        metric->known = from && from->known;
        metric->value = metric->known ? from->value : 0;
        metric->limits = find_limits(settings, label, other_limits(metric->figure, settings, settings->targets));
    }
    return true;
}

struct metric *metrics_find(const struct metrics *metrics, const char *label)
{
    for (size_t i = 0; i < metrics->count; i++) {
        if (strcmp(metrics->list[i].label, label) == 0)
            return &metrics->list[i];
    }
    return NULL;
}

struct metric *metrics_get(const struct metrics *metrics, enum figure figure)
{
    for (size_t i = 0; i < metrics->count; i++) {
        if (metrics->list[i].figure == figure && !metrics->list[i].of_endpoint)
            return &metrics->list[i];
    }
    return NULL;
}

enum state metric_judge(const struct metric *metric, double value, const struct range **range)
{
    *range = NULL;
    if (!metric->limits)
        return STATE_OK;
    *range = &metric->limits->critical;
    if (range_alerts(*range, value))
        return STATE_CRITICAL;
    *range = &metric->limits->warning;
    return range_alerts(*range, value) ? STATE_WARNING : STATE_OK;
}

const char *metric_words(const struct metric *metric)
{
    const struct figure_row *row = &figure_table[metric->figure];
    return row->words ? row->words : row->where & OF_PHASES ? metric->label : row->label;
}

const char *metric_unit_name(enum metric_unit unit)
{
    return unit == METRIC_SECONDS ? "s" : unit == METRIC_PERCENT ? "%" : "";
}

void metrics_free(struct metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        free(metrics->list[i].label);
    free(metrics->list);
    *metrics = (struct metrics){0};
}
