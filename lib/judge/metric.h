/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a check: which there are, in which order, with which unit and bounds, follows from the settings alone.
 */
#ifndef METRIC_H
#define METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

enum metric_unit { METRIC_SECONDS, METRIC_PERCENT, METRIC_COUNT, METRIC_DAYS };

/* Which figure of its target it is. */
enum metric_figure {
    FIGURE_NONE, /* of no target */
    FIGURE_RTT,
    FIGURE_MINIMUM,
    FIGURE_MAXIMUM,
    FIGURE_FIRST,
    FIGURE_LOSS,
    FIGURE_BEYOND
};

struct metric {
    char *label;
    enum metric_unit unit;
    int target; /* index into settings.targets, -1 for none */
    enum metric_figure figure;
    bool known; /* false: U */
    double value;
    bool has_minimum, has_maximum;
    double minimum, maximum;
    const struct limits *limits; /* NULL for none; owned by the settings */
};

struct metrics {
    struct metric *list;
    size_t count;
};

/* All figures for these settings, in the order of the contract, none known yet, each with its limits (-L wins over -w,
 * -c and -C, a target's own over the run's); with --each-endpoint those that are there whatever DNS says. False when
 * out of memory. The caller frees with metrics_free(). */
bool metrics_init(struct metrics *metrics, const struct settings *settings);

/* Adds what --each-endpoint measures of one endpoint: "NAME_rtt", without a login "NAME_time", and, but with
 * --tls=none, "NAME_cert_days", with the limits of "rtt", "time" and "cert_days". Returns the first of them, NULL when
 * out of memory; good until the next is added. */
struct metric *metrics_add_endpoint(struct metrics *metrics, const struct settings *settings, const char *name);

/* The figure with that label, NULL when there is none. */
struct metric *metrics_find(const struct metrics *metrics, const char *label);

/* Sets a figure by its label; an unknown label is ignored. */
void metrics_set(struct metrics *metrics, const char *label, double value);

/* What METRIC's limits say of VALUE: OK, or the worse of the states that they raise, with *RANGE the one that does. */
enum state metric_judge(const struct metric *metric, double value, const struct range **range);

void metrics_free(struct metrics *metrics);

#endif
