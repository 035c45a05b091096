/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pings of one target: how many there were, and how they ended, those that ended alike together. */
#ifndef PINGS_H
#define PINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "condition.h"

enum ping_outcome { PING_UNSENT, PING_PENDING, PING_RESULT, PING_ERROR, PING_TIMED_OUT };

struct ping_record {
    enum ping_outcome outcome;
    int64_t waited;                /* ns until the result, the error or the timeout */
    enum wire_condition condition; /* of an ERROR */
    char type[16];
    char by[104];
    char text[216]; /* cleaned */
};

/* The pings of one target that ended alike: with the same outcome, condition, type and sender. */
struct ping_group {
    struct ping_record example; /* the first of them */
    int count;
    bool has_first; /* one of them is the target's first ping; its time is apart */
    int64_t first;  /* ns */
    int others;
    int64_t minimum, maximum; /* of the others, ns */
    double sum;
};

/* Nobody has more reasons. What goes beyond is one group of undefined-condition. */
#define PING_GROUPS_MAX 32

struct target_result {
    int count; /* pings that the settings ask for */
    int sent;  /* the next one is sent when the one before has ended */
    int ended;
    struct ping_group *groups; /* in the order in which they came up */
    size_t group_count;
    struct ping_record *pings; /* each of COUNT, where the settings show each; else NULL */
};

/* COUNT pings, none of them sent; EACH: with a record of each. False when out of memory. The caller ends TARGET with
 * pings_free() in both cases. */
bool pings_init(struct target_result *target, int count, bool each);

/* Takes in that the ping SEQ (from 0 on) was sent, and that it ended as PING says. What cannot be now is passed over:
 * pings are sent one after the other. False when out of memory. */
void pings_sent(struct target_result *target, uint32_t seq);
bool pings_ended(struct target_result *target, uint32_t seq, const struct ping_record *ping);

void pings_free(struct target_result *target);

#endif
