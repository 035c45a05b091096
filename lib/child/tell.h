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
    bool heard;                    /* a byte has come from who is listened to now, and was told */
    const struct secrets *secrets; /* what no event may hold; NULL for none */
};

/* Why a run, or one endpoint's turn in it, came to an end. */
struct failure {
    enum phase phase;
    struct any_condition condition;
    char cause[216];       /* in words; the network's own are not cleaned */
    bool own_fault;        /* the probe's side is to blame: UNKNOWN, whatever the condition */
    unsigned long openssl; /* OpenSSL's error, whose reason belongs behind the cause; 0 for none */
    char detail[112];      /* what OpenSSL adds to it */
};

/* Fills a failure by what the probe has found; FORMAT as for printf(3). */
void failure_set(struct failure *failure, enum phase phase, enum condition condition, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Fills a failure by what the server has said. WORDS may be NULL. */
void failure_set_wire(struct failure *failure, enum phase phase, enum wire_condition condition, const char *words);

/* Fills a failure that is the probe's own fault: it has no condition. */
void failure_set_own_fault(struct failure *failure, enum phase phase, const char *words);

/* TEXT, a stranger's, or "[masked]" when it holds a secret: a server that was told one may say it again. To be asked
 * for each piece of a sentence that strangers have said, as our own words say nothing of a password that is one of
 * them; and before a text is cut to the size of a record, as half a secret is not found in it. NULL stays NULL. */
const char *tell_masked(const struct teller *teller, const char *text);

/* Writes an event; a text that holds a secret which is no word is masked here at the latest. When the parent is gone
 * the process ends: there is no one to work for. */
void tell(const struct teller *teller, const struct event *event);

/* Ends the open phase and begins PHASE at the same time stamp; nothing when it is open already. */
void tell_phase(struct teller *teller, enum phase phase);

/* Ends the open phase. */
void tell_phase_end(struct teller *teller);

/* A byte from outside has come, and is about to be looked at. */
void tell_heard(struct teller *teller);

/* The run goes on, but worse than asked: CONDITION is one that is a WARNING. WORDS may be NULL. */
void tell_flaw(const struct teller *teller, enum condition condition, const char *words);

/* One thing that the stream's features offer, BEHIND TLS or before; NAME is NULL where KIND has none. */
void tell_offer(const struct teller *teller, enum offer_kind kind, const char *name, bool behind);

/* The features came, BEHIND TLS or before, and each offer has been told, but for what was CUT off. */
void tell_features(const struct teller *teller, bool behind, bool cut);

/* The server took the login, and has proved itself as far as the mechanism can. Without this no run is ever OK. */
void tell_login(const struct teller *teller);

/* PHASE took no time: what it would have done came together with another. */
void tell_phase_passed(struct teller *teller, enum phase phase);

/* The run ends here. */
void tell_failure(const struct teller *teller, const struct failure *failure);

#endif
