/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the tests of lib/collect/: a result of a run with two targets, and how it is told something. */
#ifndef TAKEN_H
#define TAKEN_H

#include "result.h"

static struct target targets[] = {{.count = 3}, {.count = 1}};
static const struct settings settings = {.targets = targets, .target_count = 2};

/* A record of this version. */
static inline void take(struct result *result, struct event event)
{
    event.version = EVENT_VERSION;
    result_take(&event, result);
}

#endif
