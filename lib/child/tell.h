/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child's end of the pipe: tells the parent what happens, as it happens. */
#ifndef TELL_H
#define TELL_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "phase.h"
#include "secret.h"

struct teller {
    int fd;
    enum phase phase; /* the open one */
    bool in_phase;
    const struct secrets *secrets; /* what no event may hold; NULL for none */
};

/* Why a run, or one endpoint's turn in it, came to an end. */
struct failure {
    enum phase phase;
    char condition[CONDITION_SIZE];
    char cause[216]; /* in words; the network's own are not cleaned */
    bool own_fault;  /* the probe's side is to blame: UNKNOWN, whatever the condition */
};

/* Fills a failure; FORMAT as for printf(3). */
void failure_set(struct failure *failure, enum phase phase, const char *condition, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* TEXT, the network's, or "[masked]" when it holds a secret: a server that was told one may say it again. To be asked
 * before a text is cut to the size of a record, as half a secret is not found in it. NULL stays NULL. */
const char *tell_masked(const struct teller *teller, const char *text);

/* Writes an event, its texts masked where they hold a secret. When the parent is gone the process ends: there is no one
 * to work for. */
void tell(const struct teller *teller, const struct event *event);

/* Ends the open phase and begins PHASE at the same time stamp; nothing when it is open already. */
void tell_phase(struct teller *teller, enum phase phase);

/* Ends the open phase. */
void tell_phase_end(struct teller *teller);

/* The run ends here. */
void tell_failure(const struct teller *teller, const struct failure *failure);

#endif
