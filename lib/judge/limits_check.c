/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limits_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "duration.h"
#include "metric.h"
#include "text.h"

static int compare_labels(const void *a, const void *b)
{
    const struct metric *one = a, *other = b;
    int order = strcmp(one->label, other->label);
    return order != 0 ? order : one->target - other->target;
}

/* A and B have the same label; B is the remote that comes later. */
static void refuse_alias(const struct settings *settings, const struct metric *a, const struct metric *b,
                         struct mistakes *mistakes)
{
    const struct target *later = &settings->targets[b->target];
    char alias[TEXT_SHOWN_SIZE], one[TEXT_SHOWN_SIZE], other[TEXT_SHOWN_SIZE];
    text_show(later->alias, alias);
    if (a->target < 1)
        mistakes_add(mistakes,
                     "--remote: alias %s makes the label %s, which exists already: choose another with ALIAS=JID",
                     alias, text_show(b->label, one));
    else
        mistakes_add(mistakes, "--remote: %s and %s have one alias, %s: choose another with ALIAS=JID",
                     text_show(settings->targets[a->target].jid_text, one), text_show(later->jid_text, other), alias);
}

/* Two remotes with one alias have several labels in common; one is enough to tell. */
static void check_labels(const struct settings *settings, const struct metrics *metrics, struct mistakes *mistakes)
{
    struct metric *sorted = calloc(metrics->count, sizeof *sorted);
    int told = 0; /* the remote that was told of last */
    if (!sorted) {
        mistakes_add(mistakes, "out of memory");
        return;
    }
    memcpy(sorted, metrics->list, metrics->count * sizeof *sorted);
    qsort(sorted, metrics->count, sizeof *sorted, compare_labels);
    for (size_t i = 1; i < metrics->count; i++) {
        if (strcmp(sorted[i - 1].label, sorted[i].label) != 0 || sorted[i].target == told)
            continue;
        told = sorted[i].target;
        refuse_alias(settings, &sorted[i - 1], &sorted[i], mistakes);
    }
    free(sorted);
}

/* A time that is not reached before the end. Who forgets the unit of 100ms is told. */
static void refuse_time(const struct settings *settings, const struct range *range, const char *name,
                        struct mistakes *mistakes)
{
    char timeout[32], hint[sizeof range->text + 8] = "";
    bool plain = range->start == 0 && isfinite(range->end) && !range->inside; /* its text is a number */
    if (plain && range->bare)
        text_format(hint, sizeof hint, " (%sms?)", range->text);
    mistakes_add(mistakes, "%s %s%s is not below the timeout of %s s%s", name, range->text, plain ? " s" : "",
                 duration_seconds(settings->timeout, timeout, sizeof timeout), hint);
}

/* One range of a figure like METRIC; NAME is what it is called. */
static void check_range(const struct settings *settings, const struct metric *metric, const struct range *range,
                        const char *name, struct mistakes *mistakes)
{
    bool outside = (isfinite(range->start) && range->start < 0) || range->start > 100 ||
                   (isfinite(range->end) && range->end > 100) || range->end < 0;
    if (metric->unit == METRIC_SECONDS && range_reaches(range, clock_seconds(settings->timeout)))
        refuse_time(settings, range, name, mistakes);
    else if (metric->unit == METRIC_PERCENT && range->set && outside)
        mistakes_add(mistakes, "%s %s is not within 0 to 100 percent", name, range->text);
}

/* Both ranges of a figure like METRIC; WARNING and CRITICAL are what they are called. */
static void check_limits(const struct settings *settings, const struct metric *metric, const struct limits *limits,
                         const char *warning, const char *critical, struct mistakes *mistakes)
{
    double minimum = metric->has_minimum ? metric->minimum : -INFINITY;
    double maximum = metric->has_maximum ? metric->maximum : INFINITY;
    size_t before = mistakes->count;
    check_range(settings, metric, &limits->warning, warning, mistakes);
    check_range(settings, metric, &limits->critical, critical, mistakes);
    if (mistakes->count == before && range_shadowed(&limits->warning, &limits->critical, minimum, maximum))
        mistakes_add(mistakes, "%s %s can never be seen: critical %s covers it", warning, limits->warning.text,
                     limits->critical.text);
}

static void refuse_label(const struct metrics *metrics, const char *label, struct mistakes *mistakes)
{
    char shown[TEXT_SHOWN_SIZE];
    struct line line = LINE_EMPTY;
    struct nearest nearest = nearest_to(label);
    for (size_t i = 0; i < metrics->count; i++)
        nearest_try(&nearest, metrics->list[i].label);
    line_add(&line, "--limit: %s is no metric of this check", text_show(label, shown));
    line_add_guess(&line, "", nearest.name);
    mistakes_add(mistakes, "%s", line.text);
}

static bool read_range(const struct metric *metric, const char *name, const char *text, struct range *range,
                       struct mistakes *mistakes)
{
    const char *reason;
    char shown[TEXT_SHOWN_SIZE];
    *range = (struct range){0};
    if (*text == '\0')
        return true;
    if (range_parse(text, metric->unit == METRIC_SECONDS ? RANGE_TIME : RANGE_NUMBER, range, &reason))
        return true;
    return mistakes_add(mistakes, "%s %s %s", name, text_show(text, shown), reason);
}

/* METRICS are those of one login; WHOLE, with --each-endpoint, those beside them. */
static void check_label_limits(const struct settings *settings, const struct metrics *metrics,
                               const struct metrics *whole, struct label_limits *label, struct mistakes *mistakes)
{
    const struct metric *metric = metrics_find(metrics, label->label);
    if (!metric)
        metric = metrics_find(whole, label->label);
    if (!metric) {
        refuse_label(metrics, label->label, mistakes);
        return;
    }
    char shown[TEXT_SHOWN_SIZE], warning[80], critical[80];
    text_show(label->label, shown);
    text_format(warning, sizeof warning, "--limit: %s: warning", shown);
    text_format(critical, sizeof critical, "--limit: %s: critical", shown);
    bool good = read_range(metric, warning, label->warning, &label->limits.warning, mistakes);
    good = read_range(metric, critical, label->critical, &label->limits.critical, mistakes) && good;
    if (good)
        check_limits(settings, metric, &label->limits, warning, critical, mistakes);
}

/* The ranges of a remote that has some of its own: they may contradict the run's, too. */
static void check_target(const struct settings *settings, const struct metrics *metrics, const struct target *target,
                         struct mistakes *mistakes)
{
    if ((target->given & (TARGET_GIVEN_WARNING | TARGET_GIVEN_CRITICAL)) == 0)
        return;
    char names[4][80], alias[TEXT_SHOWN_SIZE];
    static const char *const kinds[4] = {"warning: RTT", "critical: RTT", "warning: loss", "critical: loss"};
    text_show(target->alias, alias);
    for (size_t i = 0; i < 4; i++)
        text_format(names[i], sizeof names[i], "--remote: %s: %s", alias, kinds[i]);
    check_limits(settings, metrics_get(metrics, FIGURE_RTT), &target->rtt, names[0], names[1], mistakes);
    check_limits(settings, metrics_get(metrics, FIGURE_LOSS), &target->loss, names[2], names[3], mistakes);
}

/* -w and -c, of the run and of remotes, and -L. */
static void check_thresholds(struct settings *settings, const struct metrics *metrics, const struct metrics *whole,
                             struct mistakes *mistakes)
{
    if (!settings->no_login) {
        check_limits(settings, metrics_get(metrics, FIGURE_RTT), &settings->rtt, "--warning: RTT", "--critical: RTT",
                     mistakes);
        check_limits(settings, metrics_get(metrics, FIGURE_LOSS), &settings->loss, "--warning: loss",
                     "--critical: loss", mistakes);
        for (size_t i = 1; i < settings->target_count; i++)
            check_target(settings, metrics, &settings->targets[i], mistakes);
    }
    for (size_t i = 0; i < settings->label_count; i++)
        check_label_limits(settings, metrics, whole, &settings->labels[i], mistakes);
}

bool limits_check(struct settings *settings, struct mistakes *mistakes)
{
    struct metrics metrics, whole = {0};
    struct settings one = *settings;
    one.each_endpoint = false;
    if (metrics_init(&metrics, &one) && (!settings->each_endpoint || metrics_init(&whole, settings))) {
        check_labels(settings, &metrics, mistakes);
        check_thresholds(settings, &metrics, &whole, mistakes);
    } else {
        mistakes_add(mistakes, "out of memory");
    }
    metrics_free(&metrics);
    metrics_free(&whole);
    return mistakes_none(mistakes);
}
