/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "phase.h"

static const struct limits *find_limits(const struct settings *settings, const char *label,
                                        const struct limits *otherwise)
{
    for (size_t i = 0; i < settings->label_count; i++) {
        if (strcmp(settings->labels[i].label, label) == 0)
            return &settings->labels[i].limits;
    }
    return otherwise && (otherwise->warning.set || otherwise->critical.set) ? otherwise : NULL;
}

/* Appends a figure called "[ALIAS_]NAME" and returns it, NULL when out of memory. There is room for it. */
static struct metric *add(struct metrics *metrics, const struct settings *settings, const char *alias, const char *name,
                          enum metric_unit unit, const struct limits *limits)
{
    size_t size = strlen(alias) + strlen(name) + 2;
    char *label = malloc(size);
    if (!label)
        return NULL;
    snprintf(label, size, "%s%s%s", alias, *alias ? "_" : "", name);

    struct metric *metric = &metrics->list[metrics->count++];
    *metric = (struct metric){.label = label, .unit = unit, .target = -1};
    metric->limits = find_limits(settings, label, limits);
    metric->has_minimum = unit != METRIC_DAYS;
    if (unit == METRIC_SECONDS) {
        metric->has_maximum = true;
        metric->maximum = clock_seconds(settings->timeout);
    } else if (unit == METRIC_PERCENT) {
        metric->has_maximum = true;
        metric->maximum = 100;
    }
    return metric;
}

static bool add_seconds(struct metrics *metrics, const struct settings *settings, const char *name)
{
    return add(metrics, settings, "", name, METRIC_SECONDS, NULL) != NULL;
}

struct target_row {
    enum metric_figure figure;
    const char *name;
};

static bool add_target(struct metrics *metrics, const struct settings *settings, size_t index)
{
    static const struct target_row own[] = {
        {FIGURE_RTT, "rtt"},         {FIGURE_MINIMUM, "rtt_min"}, {FIGURE_MAXIMUM, "rtt_max"},
        {FIGURE_FIRST, "rtt_first"}, {FIGURE_LOSS, "loss"},
    };
    static const struct target_row remote[] = {
        {FIGURE_RTT, "rtt"},
        {FIGURE_FIRST, "first"},
        {FIGURE_LOSS, "loss"},
        {FIGURE_BEYOND, "beyond"},
    };
    const struct target_row *rows = index == 0 ? own : remote;
    size_t count = index == 0 ? sizeof own / sizeof own[0] : sizeof remote / sizeof remote[0];
    const struct target *target = &settings->targets[index];
    const char *alias = index == 0 ? "" : target->alias;

    for (size_t i = 0; i < count; i++) {
        enum metric_figure figure = rows[i].figure;
        enum metric_unit unit = figure == FIGURE_LOSS ? METRIC_PERCENT : METRIC_SECONDS;
        const struct limits *limits = figure == FIGURE_RTT    ? &target->rtt
                                      : figure == FIGURE_LOSS ? &target->loss
                                                              : NULL;
        struct metric *metric = add(metrics, settings, alias, rows[i].name, unit, limits);
        if (!metric)
            return false;
        metric->target = (int)index;
        metric->figure = figure;
        if (figure == FIGURE_BEYOND)
            metric->has_minimum = false;
    }
    return true;
}

static bool add_phases(struct metrics *metrics, const struct settings *settings)
{
    int end = settings->no_login ? PHASE_AUTH : PHASE_PING;
    for (int phase = PHASE_DNS; phase < end; phase++) {
        char name[24];
        snprintf(name, sizeof name, "time_%s", phase_name((enum phase)phase));
        if (!add_seconds(metrics, settings, name))
            return false;
    }
    return true;
}

static bool add_remotes_up(struct metrics *metrics, const struct settings *settings)
{
    struct metric *up = add(metrics, settings, "", "remotes_up", METRIC_COUNT, NULL);
    if (!up)
        return false;
    up->has_maximum = true;
    up->maximum = (double)(settings->target_count - 1);
    return true;
}

/* How many endpoints there are at most is known only when DNS has been asked. */
static bool add_whole(struct metrics *metrics, const struct settings *settings)
{
    return add(metrics, settings, "", "endpoints_up", METRIC_COUNT, NULL) && add_seconds(metrics, settings, "time") &&
           add_seconds(metrics, settings, "time_dns");
}

static bool add_all(struct metrics *metrics, const struct settings *settings)
{
    if (settings->each_endpoint)
        return add_whole(metrics, settings);
    for (size_t i = 0; i < settings->target_count && !settings->no_login; i++) {
        if (!add_target(metrics, settings, i))
            return false;
    }
    if (settings->target_count > 1 && !add_remotes_up(metrics, settings))
        return false;
    if (!add_seconds(metrics, settings, "time") || !add_phases(metrics, settings) ||
        !add_seconds(metrics, settings, "tcp_rtt"))
        return false;
    return settings->tls == TLS_NONE ||
           add(metrics, settings, "", "cert_days", METRIC_DAYS, &settings->certificate) != NULL;
}

bool metrics_init(struct metrics *metrics, const struct settings *settings)
{
    size_t room = 5 * settings->target_count + PHASE_COUNT + 4;
    *metrics = (struct metrics){.list = calloc(room, sizeof *metrics->list)};
    if (metrics->list && add_all(metrics, settings))
        return true;
    metrics_free(metrics);
    return false;
}

struct metric *metrics_add_endpoint(struct metrics *metrics, const struct settings *settings, const char *name)
{
    struct metric *grown = realloc(metrics->list, (metrics->count + 2) * sizeof *grown);
    if (!grown)
        return NULL;
    metrics->list = grown;
    size_t first = metrics->count;
    const char *time = settings->no_login ? "time" : "rtt";
    const struct limits *times = find_limits(settings, time, settings->no_login ? NULL : &settings->rtt);
    const struct limits *days = find_limits(settings, "cert_days", &settings->certificate);
    if (!add(metrics, settings, name, time, METRIC_SECONDS, times) ||
        (settings->tls != TLS_NONE && !add(metrics, settings, name, "cert_days", METRIC_DAYS, days)))
        return NULL;
    return &metrics->list[first];
}

struct metric *metrics_find(const struct metrics *metrics, const char *label)
{
    for (size_t i = 0; i < metrics->count; i++) {
        if (strcmp(metrics->list[i].label, label) == 0)
            return &metrics->list[i];
    }
    return NULL;
}

void metrics_set(struct metrics *metrics, const char *label, double value)
{
    struct metric *metric = metrics_find(metrics, label);
    if (!metric)
        return;
    metric->known = true;
    metric->value = value;
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

void metrics_free(struct metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        free(metrics->list[i].label);
    free(metrics->list);
    *metrics = (struct metrics){0};
}
