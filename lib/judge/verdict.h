/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and conditions to states: the tables of conditions, thresholds, --map, and the one sentence. */
#ifndef VERDICT_H
#define VERDICT_H

#include "first_line.h"
#include "metric.h"
#include "result.h"

/* Room for the sentence of the first line, in bytes with the NUL. */
#define SUMMARY_SIZE (FIRST_LINE_WIDTH * 4 + 1)

struct target_verdict {
    enum state state;
    bool alive;                     /* counts for --min-alive and remotes_up */
    char condition[CONDITION_SIZE]; /* of its worst ping, empty for none */
    char text[512];                 /* this target's line of the long output, without state; clean */
};

/* One thing found wrong with the run, or with no target in particular; OK when --map says so. */
struct finding {
    enum state state;
    char condition[CONDITION_SIZE]; /* empty for a threshold */
    char text[400];                 /* clean */
};
#define FINDINGS_MAX 16

struct verdict {
    enum state state;
    enum phase phase;               /* where it ended */
    char condition[CONDITION_SIZE]; /* that made the state, empty for none or a threshold */
    char summary[SUMMARY_SIZE];
    struct finding findings[FINDINGS_MAX];
    size_t finding_count;
    struct target_verdict *targets; /* settings.target_count of them */
    struct metrics metrics;
};

/* Judges. False when out of memory. The caller ends it with verdict_free(). */
bool verdict_make(struct verdict *verdict, const struct settings *settings, const struct result *result);

void verdict_free(struct verdict *verdict);

#endif
