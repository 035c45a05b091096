/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child does, from the name to the last pong: resolve, dial, login, ping; told as events. */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>

#include "settings.h"

struct probe_input {
    struct settings *settings; /* the child's own copy; its password is wiped after use */
    int64_t deadline;          /* CLOCK_MONOTONIC, ns */
};

/* A supervise_work: INPUT is a struct probe_input. Blocks; ends with EVENT_DONE or EVENT_FAILURE. */
void probe_run(const void *input, int fd);

/* The same, for --each-endpoint: resolves only, and tells each endpoint, by each family, as EVENT_CANDIDATE. */
void probe_discover(const void *input, int fd);

#endif
