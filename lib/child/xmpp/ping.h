/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XMPP Ping (XEP-0199), both ways, on any libstrophe connection: ask, answer, keep alive. A library of its own: it
 * needs nothing of the probe but prepared JIDs.
 *
 * Not thread-safe; each function is called from the thread that runs the connection's event loop, also from handlers.
 * No function blocks. All times are nanoseconds; those of a clock are CLOCK_BOOTTIME's, where a system lacks it
 * CLOCK_MONOTONIC's. */
#ifndef PING_H
#define PING_H

#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PING_XMLNS "urn:xmpp:ping"

#define PING_TIMEOUT_DEFAULT INT64_C(30000000000)             /* 30 s */
#define PING_KEEPALIVE_INTERVAL_DEFAULT INT64_C(300000000000) /* 300 s */
#define PING_KEEPALIVE_TIMEOUT_DEFAULT INT64_C(30000000000)   /* 30 s */

/* No time limit for a ping. */
#define PING_NO_TIMEOUT INT64_MAX

/* Settings for all connections of one libstrophe context. */
struct ping_context;

/* Pings on one connection. */
struct pinger;

enum ping_end {
    PING_ANSWERED,     /* a result */
    PING_REFUSED,      /* a stanza error */
    PING_NO_ANSWER,    /* its timeout passed */
    PING_DISCONNECTED, /* the connection ended, or the pinger was detached */
    PING_CANCELLED     /* ping_cancel() */
};

/* How one ping ended. Valid only during the callback; the strings are the network's, not cleaned, "" for none. */
struct ping_answer {
    enum ping_end end;
    int64_t rtt;           /* ns from sending to the answer, for ANSWERED and REFUSED; else the time waited */
    const char *condition; /* of REFUSED: the stanza error's condition, a name of RFC 6120 8.3.3 or
                              "undefined-condition"; a static string */
    const char *type;      /* its type: "cancel", "wait", ... */
    const char *text;      /* its <text/> */
    const char *by;        /* who made the error: its "by" attribute, else the sender of the answer */
};

/* Called exactly once for each ping that ping_send() accepted. May call any function of this header but
 * ping_context_free(). */
typedef void (*ping_callback)(struct pinger *pinger, const struct ping_answer *answer, void *userdata);

/* Called when a keepalive ping was not answered in time. The connection is for the callback to end; keepalive on it has
 * stopped. */
typedef void (*ping_dead_callback)(struct pinger *pinger, void *userdata);

/* What an iq that looked like an answer was, and why it counted for nothing. */
enum ping_ignored {
    PING_IGNORED_REFLECTED, /* a get with our id */
    PING_IGNORED_STRANGER,  /* our id, another sender */
    PING_IGNORED_DUPLICATE, /* a second answer, or one that came after the timeout */
    PING_IGNORED_UNASKED    /* a result or error with an id that is not ours */
};
typedef void (*ping_ignored_callback)(struct pinger *pinger, enum ping_ignored why, const char *from, void *userdata);

/* A context, without keepalive, answering pings, with PING_TIMEOUT_DEFAULT. NULL when out of memory. Ended with
 * ping_context_free(), after all its pingers are detached. */
struct ping_context *ping_context_new(xmpp_ctx_t *ctx);
void ping_context_free(struct ping_context *context);

/* The timeout of pings that are sent with timeout 0; PING_NO_TIMEOUT for none. */
void ping_set_timeout(struct ping_context *context, int64_t timeout);

/* Whether requests that arrive are answered: pings with an empty result (XEP-0199 section 4.2), all other iq of type
 * get and set with service-unavailable (RFC 6120 section 8.2.3). False is silence: for tests, or where others answer.
 */
void ping_respond(struct ping_context *context, bool respond);

/* Pings the own server of PINGER every INTERVAL ns and calls DEAD when one ping is not answered within TIMEOUT ns; 0
 * for either means its default. DEAD NULL switches keepalive off. */
void ping_keepalive(struct pinger *pinger, int64_t interval, int64_t timeout, ping_dead_callback dead, void *userdata);

/* The same for each pinger that is attached from now on. */
void ping_keepalive_all(struct ping_context *context, int64_t interval, int64_t timeout, ping_dead_callback dead,
                        void *userdata);

/* Tells of each answer that counted for nothing; NULL for no one. */
void ping_on_ignored(struct ping_context *context, ping_ignored_callback ignored, void *userdata);

/* A clock (ns) that knows when the stanza that is being handled arrived. Without one, or with NULL,
 * that is when its handler runs. */
typedef int64_t (*ping_arrival_clock)(void *userdata);
void ping_set_arrival_clock(struct ping_context *context, ping_arrival_clock arrived, void *userdata);

/* Starts pings on CONN, to be called when its stream is ready (XMPP_CONN_CONNECT, or after the bind of a raw
 * connection); SELF is the own full or bare JID, NULL to take libstrophe's. Installs an iq handler and a timed handler
 * on CONN. NULL when out of memory or SELF is not a JID. Ended with ping_detach(). */
struct pinger *ping_attach(struct ping_context *context, xmpp_conn_t *conn, const char *self);

/* Ends all open pings with PING_DISCONNECTED, removes the handlers and frees. To be called when the connection ends
 * (XMPP_CONN_DISCONNECT) and before it is released. */
void ping_detach(struct pinger *pinger);

/* The connection of a pinger. */
xmpp_conn_t *ping_connection(const struct pinger *pinger);

/* Sends a ping and returns its number (> 0), or 0 when out of memory or TO is not a JID; no callback then. TO: the JID
 * to ping, NULL for the own server. FROM: the "from" of component connections, NULL otherwise. TIMEOUT: ns, 0 for the
 * context's. The ping leaves with the next turn of the event loop; the clock starts here, and anew at ping_left(). */
uint64_t ping_send(struct pinger *pinger, const char *to, const char *from, int64_t timeout, ping_callback callback,
                   void *userdata);

/* All pings that were sent so far have left at AT (ns), for who sees the bytes go: their RTT counts
 * from there. */
void ping_left(struct pinger *pinger, int64_t at);

/* Ends an open ping with PING_CANCELLED. False when NUMBER is not open. */
bool ping_cancel(struct pinger *pinger, uint64_t number);

/* Ends pings whose time is up and sends keepalive pings that are due. The timed handler does this too, every 100 ms; a
 * loop that waits by itself calls it for exact times. Returns the time (ns) of the next thing to be
 * due, INT64_MAX for none. */
int64_t ping_tick(struct pinger *pinger);

/* The stanza of a ping: <iq type='get' id=ID to=TO from=FROM><ping xmlns='urn:xmpp:ping'/></iq>; TO and FROM may be
 * NULL. NULL when out of memory. The caller releases it. */
xmpp_stanza_t *ping_stanza_new(xmpp_ctx_t *ctx, const char *id, const char *to, const char *from);

/* Whether STANZA asks for a pong: an iq of type get with exactly one child, <ping/> in its namespace. */
bool ping_is_ping(xmpp_stanza_t *stanza);

#ifdef __cplusplus
}
#endif

#endif
