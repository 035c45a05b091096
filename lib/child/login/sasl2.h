/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elements of SASL2 (XEP-0388) with Bind 2 (XEP-0386): what is sent, and how to read what comes. The exchange
 * itself is sasl.h's. Only the last line of a login differs from RFC 6120's: <success/> may have bound a resource, no
 * stream is opened again, and features follow at once. */
#ifndef SASL2_H
#define SASL2_H

#include <stdbool.h>
#include <strophe.h>

/* A UUID as text, with its NUL. */
#define SASL2_ID_SIZE 37

/* Writes the id of this client's installation: always the same for the bare JID and the name of the HOST that it runs
 * on, with nothing kept on disk, and no way back to either. In form a UUID v4 (XEP-0388 section 2.3). False when
 * OpenSSL cannot hash. */
bool sasl2_agent_id(const char *jid, const char *host, char id[SASL2_ID_SIZE]);

/* What <authenticate/> asks for. */
struct sasl2_request {
    const char *mechanism;
    const char *response; /* the initial response in base64, "" for an empty one */
    const char *agent_id;
    const char *software; /* the name that the server may show to the account's owner */
    bool bind; /* a resource, too: only where the server offers that. It is the server's choice: with a tag, servers
                  keep one for the agent_id, and end an older session of that agent */
};

/* NULL when out of memory. The caller releases it. <response/> is stanza_new(ctx, "response", SASL2_XMLNS, base64). */
xmpp_stanza_t *sasl2_authenticate_new(xmpp_ctx_t *ctx, const struct sasl2_request *request);

/* The additional data in base64 that <success/> and <continue/> may have. NULL for none; the caller frees it with
 * xmpp_free(). */
char *sasl2_additional_data(xmpp_stanza_t *stanza);

/* Whom <success/> has logged in: a full JID when a resource was bound. NULL for none; the caller frees it with
 * xmpp_free(). */
char *sasl2_identifier(xmpp_stanza_t *success);

/* Whether <success/> has bound a resource. */
bool sasl2_is_bound(xmpp_stanza_t *success);

/* The element that says why <success/> has bound none, for stanza_read_error(). Owned by SUCCESS. NULL where it does
 * not say so: the server leaves it to RFC 6120's way of binding. */
xmpp_stanza_t *sasl2_bind_failure(xmpp_stanza_t *success);

/* What <continue/> wants done before the login is through: the names of the tasks, of which one is to be chosen, and
 * the server's words, all as they came. NULL when out of memory. The caller frees it with free(). */
char *sasl2_describe_tasks(xmpp_stanza_t *stanza);

#endif
