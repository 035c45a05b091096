/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SRV records: what an answer says, and the order to try its targets in (RFC 2782, XEP-0368). Pure functions. */
#ifndef SRV_H
#define SRV_H

#include <stddef.h>
#include <stdint.h>

#include "settings.h"

struct srv_record {
    char target[256]; /* without the dot at the end; empty for the root, which says "not offered" */
    uint16_t priority;
    uint16_t weight;
    uint16_t port;
    enum tls_mode tls; /* of the set that it comes from */
};

/* What is known of one set of records. */
enum srv_answer {
    SRV_OPEN,        /* no answer yet */
    SRV_FAILED,      /* an error, or no answer in time */
    SRV_NONE,        /* no such name, or no such record */
    SRV_NOT_OFFERED, /* its only target is the root */
    SRV_RECORDS
};

/* What follows from all sets that were asked. */
enum srv_plan {
    SRV_PLAN_RECORDS,     /* use the records that there are */
    SRV_PLAN_FALLBACK,    /* the domain's own addresses (RFC 6120 section 3.2.2) */
    SRV_PLAN_NOT_OFFERED, /* the domain says that it has no such service: no fallback */
    SRV_PLAN_FAILED       /* one set is not offered, the other failed: nothing to try */
};

/* A number from 0 to LIMIT, both inclusive, all equally likely. */
typedef uint32_t (*srv_random)(uint32_t limit, void *userdata);

/* Removes records whose target is the root from an answer. *COUNT becomes the number of records left. */
enum srv_answer srv_sift(struct srv_record *records, size_t *count);

/* What to do; an open set counts as a failed one. */
enum srv_plan srv_plan(const enum srv_answer *answers, size_t count);

/* Puts the records (of both sets, mixed as if they were one) into the order to try them: by priority, within one at
 * random by weight. */
void srv_order(struct srv_record *records, size_t count, srv_random random, void *userdata);

#endif
