/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One raw libstrophe connection over a socket that is connected already: hand-over, waiting, the stream log, and why it
 * ended. What libstrophe forces on us in static state stays in connection.c. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

#include "memory.h"
#include "resolve.h"
#include "tell.h"

/* libstrophe reads at most this much at a time. */
#define CONNECTION_CHUNK 4096

struct connection {
    struct memory memory; /* of all that CTX makes */
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;
    int fd;
    const struct teller *teller; /* for the stream log; NULL for none */
    bool connected;              /* libstrophe has taken the socket over */
    bool header_queued;          /* a stream header waits to be sent */
    bool opened;                 /* the server opened a stream, since connection_open_stream() */
    bool greeted;                /* it did so at least once */
    bool ended;
    bool malformed;               /* because what came is not XML, or no stream */
    enum memory_end memory_end;   /* because the server made libstrophe ask for too much, or there is none */
    bool unusable;                /* libstrophe could not take the socket: the fault is ours */
    int error;                    /* errno of the socket at the end; 0: closed in order */
    bool limit_passed;            /* because connection_limit() struck */
    char chunk[CONNECTION_CHUNK]; /* what was waiting on the socket before the last turn's reading */
    size_t chunk_length;
};

/* Hands FD, connected to ADDRESS, over to libstrophe, for the domain of JID (A-labels). TLS by libstrophe if TLS is
 * true, unverified with INSECURE. Closes FD in each case. False when libstrophe refuses (no memory). The object is
 * never freed: freeing can take 2 s, and the process ends soon. */
bool connection_begin(struct connection *connection, const char *domain, int fd, const union address *address, bool tls,
                      bool insecure, const struct teller *log);

/* Sends a stream header to DOMAIN; the answer will set OPENED. DOMAIN has U-labels, as JIDs have on the wire: what
 * libstrophe would send, the domain that it was given for TLS, has A-labels, and servers do not know it. */
void connection_open_stream(struct connection *connection, const char *domain);

/* Does the TLS handshake. Blocks until it is done or has failed; a silent peer blocks it for ever but for
 * connection_limit(). */
bool connection_start_tls(struct connection *connection);

/* Sends what is queued; when nothing is, waits for something to read or UNTIL (CLOCK_MONOTONIC, ns). Then lets
 * libstrophe read once and call its handlers. False when the connection has ended. */
bool connection_turn(struct connection *connection, int64_t until);

/* Writes TEXT at once and in clear, past libstrophe's queue, so that nothing is read on the way. False when the socket
 * did not take it. */
bool connection_send_clear(struct connection *connection, const char *text);

/* From LIMIT (CLOCK_MONOTONIC, ns) on the connection counts as lost, also inside a handshake; INT64_MAX takes the limit
 * away. */
void connection_limit(struct connection *connection, int64_t limit);

/* Why it ended: "not-xmpp" or "connection-lost", with words; without memory it is the probe's own fault. */
void connection_failure(const struct connection *connection, enum phase phase, struct failure *failure);

/* Sends the end of the stream and does not wait for an answer. */
void connection_close_stream(struct connection *connection);

/* The kernel's smoothed round trip time of the TCP connection in ns, -1 where it has none. */
int64_t connection_tcp_rtt(int fd);

#endif
