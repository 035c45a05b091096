/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run while it is judged; for those that make its verdict. */
#ifndef JUDGE_H
#define JUDGE_H

#include "verdict.h"

/* In the place of a target's index: the run itself. */
#define NO_TARGET SIZE_MAX

/* A finding, and whom it is about. */
struct blame {
    bool set;
    size_t target;
    struct finding finding;
};

struct judge {
    const struct settings *settings;
    const struct result *result;
    struct verdict *verdict;
    int up;               /* remotes */
    bool enough;          /* as many as --min-alive asks for are up, or may be */
    struct blame worst;   /* the first of the worst state */
    struct blame unknown; /* the first that is UNKNOWN */
    int bad;              /* how many findings are not OK */
    /* whether the user has given a state, by --map or -t, to how the run ended, to what the own server answered */
    bool end_is_asked, answers_are_asked;
};

/* Adds what is wrong with TARGET, or with the run. A finding that --map has made OK is still told of. */
void judge_add(struct judge *judge, size_t target, enum state state, struct any_condition condition,
               const struct line *words);

/* The state of CONDITION: what --map says, else PLAIN. */
enum state judge_map(const struct judge *judge, struct any_condition condition, enum state plain);

/* Whether --map says anything of CONDITION. */
bool judge_is_mapped(const struct judge *judge, struct any_condition condition);

/* STATE of the target INDEX, or the most that it counts for: a dead remote that --min-alive does not need is WARNING.
 */
enum state judge_cap(const struct judge *judge, size_t index, enum state state);

/* Each of these adds what it finds wrong: with how the run ended, what was worse than asked and what the server offers;
 * with the answers of each target; with figures, which it fills in first; with endpoints that failed before one worked.
 * A run without a login has no targets. */
void judge_run(struct judge *judge);
void judge_targets(struct judge *judge);
void judge_metrics(struct judge *judge);
void judge_endpoints(struct judge *judge);

#endif
