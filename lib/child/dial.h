/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From endpoints to one connected socket: RFC 8305 over the addresses of an endpoint, then the next endpoint. */
#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve.h"

#define DIAL_STAGGER (250 * NS_PER_MS)        /* RFC 8305 section 5: the next address starts after this */
#define DIAL_ENDPOINT_PATIENCE (2 * NS_PER_S) /* an endpoint that has not answered no longer holds up the next */

/* Told of each attempt that begins, with CONDITION "", and of each that ended: CONDITION is NULL for the one that
 * connected, else "connect-refused", "connect-timeout", "connect-unreachable", "connection-lost" (reset at once),
 * "dns-not-found" or "dns-failed"; CAUSE is the errno in words; TIME in ns. An endpoint without addresses is told of
 * once, with ADDRESS NULL. An endpoint that had its patience and still has not answered when a later one connects has
 * timed out. */
typedef void (*dial_observer)(const struct endpoint *endpoint, const union address *address, const char *condition,
                              const char *cause, int64_t time, void *userdata);

struct dialed {
    int fd;          /* connected, non-blocking, close-on-exec, TCP_NODELAY; -1 when none */
    size_t endpoint; /* its index */
    union address address;
    char condition[CONDITION_SIZE]; /* when none: of the attempt that got furthest (refused before unreachable before
                                       timeout) */
    char cause[160];                /* in words, with endpoint */
};

/* Connects to the first endpoint from FIRST on that takes the connection. Blocks until one has, all have failed, or
 * DEADLINE (CLOCK_MONOTONIC, ns). Losing attempts are closed. The caller closes FD. True when connected. */
bool dial(const struct resolution *resolution, size_t first, int64_t deadline, dial_observer observer, void *userdata,
          struct dialed *dialed);

/* "name 192.0.2.1:5222", "[2001:db8::1]:5222" when the name is the address, "name:5222" when ADDRESS is NULL. Always
 * terminates OUT. Returns OUT. */
char *dial_endpoint_format(const struct endpoint *endpoint, const union address *address, char *out, size_t size);

#endif
