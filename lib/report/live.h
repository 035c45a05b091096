/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pongs as they arrive, for somebody who looks on, as ping(8) shows them. */
#ifndef LIVE_H
#define LIVE_H

#include "event.h"
#include "result.h"
#include "settings.h"

struct live {
    const struct settings *settings;
    struct result *result;
    const char *endpoint; /* where, with --each-endpoint; else NULL */
    int fd;               /* a terminal, -1 for none */
};

/* Shows pongs on FD if that is a terminal and the settings ask for it (-v). */
struct live live_on(int fd, const struct settings *settings, struct result *result);

/* Gives the event to result_take(), and shows the end of a ping that it tells of. Never waits for the terminal: what
 * that has no room for is left out. A supervise_sink with a struct live * as userdata. */
void live_take(const struct event *event, void *live);

/* The same on standard output for one of the checks of --each-endpoint: ENDPOINT is a struct endpoint_check *. */
void live_take_endpoint(const struct event *event, void *endpoint);

#endif
