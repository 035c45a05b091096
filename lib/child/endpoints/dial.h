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

enum dial_step { DIAL_BEGUN, DIAL_CONNECTED, DIAL_FAILED };

/* Told of each attempt that begins, and of each that ended. When it failed, CONDITION is CONNECT_REFUSED,
 * CONNECT_TIMEOUT, CONNECT_UNREACHABLE, CONNECTION_LOST (reset at once), or the endpoint's own, and CAUSE the
 * errno in words; else NONE and NULL. TIME in ns. An endpoint without addresses is told of once, with ADDRESS NULL. An
 * endpoint that had its patience and still has not answered when a later one connects has timed out. */
typedef void (*dial_observer)(const struct endpoint *endpoint, const union address *address, enum dial_step step,
                              enum condition condition, const char *cause, int64_t time, void *userdata);

/* How far dialing has got through the endpoints and their addresses: what stands before it has had its turn. {0} is the
 * beginning. */
struct dial_position {
    size_t endpoint;
    uint32_t spent; /* its addresses that have had their turn, a bit each */
};

struct dialed {
    int fd;          /* connected, non-blocking, close-on-exec, TCP_NODELAY; -1 when none */
    size_t endpoint; /* its index */
    union address address;
    enum condition condition; /* when none: of the attempt that got furthest (refused before unreachable before timeout)
                               */
    char cause[160];          /* in words, with endpoint */
};

/* Connects to the first endpoint from *POSITION on that takes the connection, and puts *POSITION behind the address
 * that did: when it turns out to be of no use, the next call goes on with the other addresses of that endpoint, but for
 * those that failed or were begun earlier and still had not answered, and then with the next endpoint. Blocks until one
 * has taken it, all have failed, or DEADLINE (clock_now(), ns); when it goes on, there is something to tell
 * already, and the last endpoint is waited for no longer than the others. Losing attempts are closed. The caller closes
 * FD. True when connected. */
bool dial(const struct resolution *resolution, struct dial_position *position, int64_t deadline, dial_observer observer,
          void *userdata, struct dialed *dialed);

/* How many addresses are left from POSITION on. */
size_t dial_left(const struct resolution *resolution, const struct dial_position *position);

/* "name 192.0.2.1:5222", "[2001:db8::1]:5222" when the name is the address, "name:5222" when ADDRESS is NULL. Always
 * terminates OUT. Returns OUT. */
char *dial_endpoint_format(const struct endpoint *endpoint, const union address *address, char *out, size_t size);

#endif
