/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of ping.h do for each other: ping.c sends pings and takes the answers, ping_request.c answers others,
 * ping_keepalive.c asks again and again, ping_stanza.c knows what a ping looks like. */
#ifndef PING_PARTS_H
#define PING_PARTS_H

#include "id.h"
#include "jid.h"
#include "ping.h"

/* How many closed pings are remembered, to tell a second answer from one that was never asked for. */
#define CLOSED_MAX 256

struct keepalive {
    int64_t interval;
    int64_t timeout;
    ping_dead_callback dead;
    void *userdata;
};

struct ping_context {
    xmpp_ctx_t *ctx;
    int64_t timeout;
    bool respond;
    struct keepalive keepalive;
    ping_ignored_callback ignored;
    void *ignored_userdata;
    ping_arrival_clock arrived;
    void *arrived_userdata;
};

/* One open ping. */
struct ping {
    struct ping *next, *previous;
    uint64_t number;
    char id[ID_SIZE];
    struct jid to;
    bool to_own_server;
    int64_t sent_at;
    int64_t due_at;
    ping_callback callback;
    void *userdata;
};

struct pinger {
    struct ping_context *context;
    xmpp_conn_t *conn;
    struct jid self;
    struct ping *open; /* oldest first */
    struct ping *last; /* of them */
    uint64_t left;     /* the number of the last ping that is known to have left */
    uint64_t last_number;
    struct keepalive keepalive;
    int64_t keepalive_at; /* when the next one is due; INT64_MAX while one is open or keepalive is off */
    char closed[CLOSED_MAX][ID_SIZE];
    unsigned closed_count; /* ever; the ring's next place is this modulo its size */
    int busy;              /* functions of ours on the stack that may call back: freeing waits for the last of them */
    bool in_iq, in_timer;  /* of these, libstrophe's handlers */
    bool detached;
};

/* The open ping with this id, else NULL. */
struct ping *pinger_find_open(const struct pinger *pinger, const char *id);

/* Tells, where somebody asked for that, of a stanza by FROM (may be NULL) that is taken for no answer. */
void pinger_ignore(struct pinger *pinger, enum ping_ignored why, const char *from);

/* Answers an IQ of type get or set. */
void pinger_take_request(struct pinger *pinger, xmpp_stanza_t *stanza);

/* The next ping of a keepalive is due: sends it. */
void pinger_keep_alive(struct pinger *pinger);

#endif
