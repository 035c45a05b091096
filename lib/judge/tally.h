/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pings of one target, counted. */
#ifndef TALLY_H
#define TALLY_H

#include "result.h"

struct tally {
    int answered; /* results and errors */
    int errors;   /* of these: no answer of the target itself, or one that it is not there */
    int timed_out;
    int pending;
    int unsent;
    bool alive;      /* some answer can only have come from the target itself */
    bool no_support; /* it answers that it knows no pings */
    /* of its pings after the first (of the one ping when there is but one) whose answer is an RTT; seconds */
    bool has_rtt;
    double rtt, minimum, maximum; /* mean, ... */
    int rtts;
    double sum; /* of these */
    bool has_first;
    double first;
    bool has_loss; /* some ping was sent, and not only errors came */
    double loss;   /* percent of those sent */
};

/* Counts the pings of the target with that index. */
struct tally tally_make(const struct settings *settings, const struct result *result, size_t index);

/* Whether the time of this ping of the target with that index is an RTT: of a result, or of an error that can only have
 * come from the target itself. */
bool tally_is_rtt(const struct settings *settings, size_t index, const struct ping_record *ping);

/* How many were sent. */
int tally_sent(const struct tally *tally);

/* Percent of unanswered ones among the pings whose end is known: those that the end of the run cut off are no loss. 0
 * for none. */
double tally_decided_loss(const struct tally *tally);

#endif
