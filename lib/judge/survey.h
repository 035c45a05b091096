/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --each-endpoint: one full check of every endpoint and address family that the service has, each in a child of its
 * own, side by side under the one deadline; and what they come to together. */
#ifndef SURVEY_H
#define SURVEY_H

#include "check.h"

/* What the children do, each with a struct probe_input, and who hears of it. */
struct survey_work {
    supervise_work discover; /* tells each endpoint, by each family */
    supervise_work check;
    supervise_sink sink; /* of the checks, with the struct endpoint_check * as userdata; calls result_take() */
};

/* Asks DNS in a child, then checks what it found, each in a child: fills in WHOLE, which has its settings already, up
 * to the verdicts. Blocks until their deadline at the latest. False when out of memory. The caller ends WHOLE with
 * check_free() in both cases. */
bool survey_run(struct check *whole, int64_t started_at, const struct survey_work *work);

/* Whether these settings can have led to CANDIDATE: by its TLS mode and family, and where no SRV is asked by its port
 * and host. */
bool survey_believes(const struct settings *settings, const struct candidate *candidate);

/* How many endpoints WHOLE has: those that were checked, and those of SRV records with port 0, which are down. */
size_t survey_count(const struct check *whole);

/* check_judge() of a WHOLE with endpoints. */
bool survey_judge(struct check *whole);

#endif
