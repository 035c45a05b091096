/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and conditions to states: the tables of conditions, thresholds, --map, and the one sentence. */
#ifndef VERDICT_H
#define VERDICT_H

#include "first_line.h"
#include "line.h"
#include "metric.h"
#include "result.h"
#include "tally.h"

/* Room for the sentence of the first line, in bytes with the NUL. */
#define SUMMARY_SIZE (FIRST_LINE_WIDTH * 4 + 1)

struct target_verdict {
    enum state state;
    bool alive;                     /* counts for --min-alive and remotes_up */
    struct any_condition condition; /* of its worst ping */
    char text[512];                 /* this target's line of the long output, without state; clean */
};

/* One thing found wrong with the run, or with no target in particular; OK when --map says so. */
struct finding {
    enum state state;
    struct any_condition condition; /* none for a threshold */
    char text[768];                 /* clean */
};
#define FINDINGS_MAX 16

struct verdict {
    enum state state;
    bool up;          /* it came to its end, and is proven: a login in which the server proved itself, and the own
                       * server's answer; with --no-login what is behind TLS; and whether the server offers what was
                       * asked for */
    enum phase phase; /* where it ended */
    struct any_condition condition; /* that made the state; none for a threshold */
    char summary[SUMMARY_SIZE];     /* the sentence of the first line */
    char whole[LINE_SIZE];          /* the same where no room is short */
    struct finding findings[FINDINGS_MAX];
    size_t finding_count;
    struct target_verdict *targets; /* settings.target_count of them; NULL with --no-login */
    struct tally *tallies;          /* the pings of each target; settings.target_count of them */
    struct metrics metrics;
};

/* Judges. OK and WARNING are given only to a run that is proven, or where --map or -t ask for them. False when out of
 * memory. The caller ends it with verdict_free(). */
bool verdict_make(struct verdict *verdict, const struct settings *settings, const struct result *result);

void verdict_free(struct verdict *verdict);

#endif
