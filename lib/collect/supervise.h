/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the work that may block, crash or be attacked in children, under a hard deadline. */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

enum supervise_end {
    SUPERVISE_DONE,        /* the child said EVENT_DONE or EVENT_FAILURE */
    SUPERVISE_CRASHED,     /* it died by a signal, or ended without either */
    SUPERVISE_DEADLINE,    /* the deadline struck */
    SUPERVISE_INTERRUPTED, /* the parent was asked to stop: SIGTERM, SIGINT, SIGHUP, SIGQUIT or SIGUSR */
    SUPERVISE_FAILED       /* no pipe, no process, or a record that is not valid */
};

struct supervision {
    enum supervise_end end;
    int signal;       /* of the child (CRASHED; 0: it ended by itself) or the parent (INTERRUPTED) */
    int error;        /* errno of FAILED */
    int64_t ended_at; /* clock_now(), ns */
};

/* The work of a child; writes events to FD and returns. */
typedef void (*supervise_work)(const void *input, int fd);

/* Called for each valid record, in order. */
typedef void (*supervise_sink)(const struct event *event, void *userdata);

/* One child: what it does, who hears of it, and then how that ended. */
struct supervised {
    supervise_work work;
    const void *input;
    uint32_t targets, pings; /* bounds of its records: see event_valid() */
    supervise_sink sink;
    void *userdata;
    struct supervision outcome;
};

/* Forks COUNT children side by side, lets each do its work under limits, feeds its sink until it is done, dies,
 * DEADLINE (clock_now(), ns) passes or a signal asks to stop; then kills and reaps it. Fills in each outcome. Returns
 * at the latest shortly after DEADLINE, whatever the children do, and at once when it wakes up behind DEADLINE: it was
 * stopped, or the machine slept. No process is left. Needs guard_begin(). */
void supervise(struct supervised *children, size_t count, int64_t deadline);

#endif
