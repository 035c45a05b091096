/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --each-endpoint: one full check of every endpoint and address family that the service has, each in a child of its
 * own, side by side under the one deadline; and what they come to together. */
#ifndef SURVEY_H
#define SURVEY_H

#include "result.h"
#include "settings.h"
#include "verdict.h"

#define SURVEY_NAME_SIZE 300

/* One endpoint by one family: a check like one with -H, -p, --tls and -4 or -6. */
struct endpoint_check {
    char name[SURVEY_NAME_SIZE];  /* "xmpp.example.org:5222 IPv4"; clean */
    char label[SURVEY_NAME_SIZE]; /* "xmpp_example_org_5222_ipv4": what its metrics' labels begin with */
    char hostname[256];
    struct settings settings; /* the run's, for this way, but its password; owns nothing */
    struct result result;
    struct verdict verdict;
    bool up; /* it came to its end, and what an OK rests on is proven */
};

struct survey {
    struct result discovery; /* of the child that asks DNS */
    struct endpoint_check *checks;
    size_t count; /* 0: the discovery has failed */
};

/* What the children do, each with a struct probe_input, and who hears of it. */
struct survey_work {
    supervise_work discover; /* tells each endpoint, by each family */
    supervise_work check;
    supervise_sink sink; /* of the checks, with the struct endpoint_check * as userdata; calls result_take() */
};

/* Asks DNS in a child, then checks what it found, each in a child. Blocks until SETTINGS' deadline at the latest. False
 * when out of memory. The caller ends it with survey_free() in both cases. */
bool survey_run(struct survey *survey, struct settings *settings, int64_t started_at, const struct survey_work *work);

/* Whether these settings can have led to CANDIDATE: by its TLS mode and family, and where no SRV is asked by its port
 * and host. */
bool survey_believes(const struct settings *settings, const struct candidate *candidate);

/* Judges: some endpoints down is endpoint-down, WARNING unless --map says otherwise; all down is what the worst of them
 * is. False when out of memory. The caller ends VERDICT with verdict_free(). */
bool survey_judge(struct survey *survey, const struct settings *settings, struct verdict *verdict);

void survey_free(struct survey *survey);

#endif
