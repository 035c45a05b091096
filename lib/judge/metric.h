/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a check: which there are, in which order, with which unit and bounds, follows from the settings alone.
 */
#ifndef METRIC_H
#define METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "phase.h"
#include "settings.h"

enum metric_unit { METRIC_SECONDS, METRIC_PERCENT, METRIC_COUNT, METRIC_DAYS };

/* Where a figure is, and what else is to be said of it. */
enum {
    OF_LOGIN = 1,    /* a check with a login has it */
    OF_NO_LOGIN = 2, /* one without */
    OF_SURVEY = 4,   /* the whole of --each-endpoint */
    OF_ALL = OF_LOGIN | OF_NO_LOGIN | OF_SURVEY,
    EACH_LOGIN = 8, /* each endpoint of the latter, with a login */
    EACH_NO_LOGIN = 16,
    OF_TARGETS = 32,    /* there is one for each target */
    OF_PHASES = 64,     /* there is one for each phase */
    WITH_REMOTES = 128, /* only where there are remotes */
    OVER_TLS = 256,
    SIGNED = 512 /* it can be negative */
};

/* FIGURE_RTT, ...: which figure it is. */
enum figure {
#define FIGURE(constant, ...) FIGURE_##constant,
#include "figure_rows.h"
    FIGURE_COUNT
};

struct figure_family {
    const char *name; /* behind "xmpp_ping_" */
    const char *help;
};

/* See figure_rows.h. */
struct figure_row {
    const char *label, *of_remote, *words;
    enum metric_unit unit;
    unsigned where;
    struct figure_family family;
};

extern const struct figure_row figure_table[FIGURE_COUNT];

struct metric {
    char *label;
    enum figure figure;
    enum metric_unit unit;
    int target;       /* index into settings.targets, -1 for none */
    enum phase phase; /* of FIGURE_PHASE */
    bool of_endpoint; /* of one endpoint of --each-endpoint: the check of that one has it, too */
    bool known;       /* false: U */
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

/* Adds what --each-endpoint has of one endpoint, NAME: "NAME_rtt", ..., with the limits of "rtt", .... The values are
 * those of MEASURED, its own check's. False when out of memory. */
bool metrics_add_endpoint(struct metrics *metrics, const struct settings *settings, const char *name,
                          const struct metrics *measured);

/* The figure with that label, which a user has given; NULL when there is none. */
struct metric *metrics_find(const struct metrics *metrics, const char *label);

/* The first FIGURE of the check itself: of the own server, or of the first phase, if there are several. NULL when this
 * check has none. */
struct metric *metrics_get(const struct metrics *metrics, enum figure figure);

/* What METRIC's limits say of VALUE: OK, or the worse of the states that they raise, with *RANGE the one that does. */
enum state metric_judge(const struct metric *metric, double value, const struct range **range);

/* What METRIC is called in a sentence. */
const char *metric_words(const struct metric *metric);

/* "s", "%", "" for numbers. A static string. */
const char *metric_unit_name(enum metric_unit unit);

void metrics_free(struct metrics *metrics);

#endif
