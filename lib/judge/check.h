/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check: what was asked for, what was measured, and what that comes to. With --each-endpoint it is the whole,
 * measured by asking DNS, and has a check of each endpoint below it. Reports walk this tree, and judge nothing. */
#ifndef CHECK_H
#define CHECK_H

#include "result.h"
#include "settings.h"
#include "verdict.h"

struct check {
    const struct settings *settings;
    struct result result;
    struct verdict verdict;
    struct endpoint_check *parts; /* by their labels */
    size_t part_count;
};

#define CHECK_NAME_SIZE 300

/* One endpoint by one family: a check like one with -H, -p, --tls and -4 or -6. */
struct endpoint_check {
    char name[CHECK_NAME_SIZE];  /* "xmpp.example.org:5222 IPv4"; clean */
    char label[CHECK_NAME_SIZE]; /* "xmpp_example_org_5222_ipv4": what its metrics' labels begin with */
    char hostname[256];
    struct settings settings; /* the run's, for this way; owns nothing */
    struct check check;
};

/* Makes the verdict, of the endpoints too. OK and WARNING are given only to a run that is proven, or where --map or -t
 * ask for them. Of endpoints some down is endpoint-down, WARNING unless --map says otherwise; all down is what the
 * worst of them is. False when out of memory. The caller ends CHECK with check_free() in both cases. */
bool check_judge(struct check *check);

/* A check that was not run, for the reason WHY, which is cleaned. Needs no memory, and no check_free(). */
void check_refuse(struct check *check, const struct settings *settings, const char *why);

/* Whether there was a run. */
bool check_was_run(const struct check *check);

void check_free(struct check *check);

#endif
