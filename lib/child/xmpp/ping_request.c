/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others ask of us: a ping, or anything else. */
#include "ping_parts.h"

#include <string.h>

#include "stanza.h"
#include "xmlns.h"

/* A peer that takes none of our answers gets no more of them while so many stanzas wait to be sent. */
#define QUEUE_MAX 100

static bool add_unavailable(xmpp_ctx_t *ctx, xmpp_stanza_t *reply)
{
    xmpp_stanza_t *error = stanza_add(ctx, reply, "error", NULL, NULL);
    return error && xmpp_stanza_set_type(error, "cancel") == XMPP_EOK &&
           stanza_add(ctx, error, "service-unavailable", STANZAS_XMLNS, NULL);
}

/* Answers a request, as RFC 6120 (section 8.2.3) asks of all who get one: a ping with an empty result (XEP-0199 section
 * 4), what is no ping with service-unavailable. Only a component, which has no local part, may and must say from whom.
 */
static void reply(struct pinger *pinger, xmpp_stanza_t *stanza, bool is_ping)
{
    if (xmpp_conn_send_queue_len(pinger->conn) >= QUEUE_MAX || !xmpp_stanza_get_id(stanza))
        return;
    xmpp_ctx_t *ctx = pinger->context->ctx;
    const char *from = pinger->self.node ? NULL : xmpp_stanza_get_to(stanza);
    xmpp_stanza_t *answer = stanza_iq_new(ctx, is_ping ? "result" : "error", xmpp_stanza_get_id(stanza),
                                          xmpp_stanza_get_from(stanza), from);
    if (!answer)
        return;
    if (is_ping || add_unavailable(ctx, answer))
        xmpp_send(pinger->conn, answer);
    xmpp_stanza_release(answer);
}

void pinger_take_request(struct pinger *pinger, xmpp_stanza_t *stanza)
{
    const char *id = xmpp_stanza_get_id(stanza);
    const struct ping *ping = id ? pinger_find_open(pinger, id) : NULL;
    /* A component is what its domain is served by: the server hands it its own ping to any address there. */
    bool to_itself = ping && !pinger->self.node && strcmp(ping->to.domain, pinger->self.domain) == 0;
    if (ping && !to_itself)
        pinger_ignore(pinger, PING_IGNORED_REFLECTED, xmpp_stanza_get_from(stanza));
    else if (to_itself || pinger->context->respond)
        reply(pinger, stanza, to_itself || ping_is_ping(stanza));
}
