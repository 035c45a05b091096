/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and making stanzas, where libstrophe stops short. */
#ifndef STANZA_H
#define STANZA_H

#include <stdbool.h>
#include <strophe.h>

#define STANZA_ERROR_XMLNS "urn:ietf:params:xml:ns:xmpp-stanzas"  /* RFC 6120 section 8.3.3 */
#define STANZA_STREAM_XMLNS "urn:ietf:params:xml:ns:xmpp-streams" /* section 4.9.3 */

/* Whether the element is called NAME in the namespace XMLNS. False for a text node. */
bool stanza_is(xmpp_stanza_t *stanza, const char *name, const char *xmlns);

/* An iq of TYPE; ID, TO and FROM may be NULL. NULL when out of memory. The caller releases it. */
xmpp_stanza_t *stanza_iq_new(xmpp_ctx_t *ctx, const char *type, const char *id, const char *to, const char *from);

/* An element NAME in XMLNS, with the text TEXT if that is not NULL. NULL when out of memory. The caller releases it. */
xmpp_stanza_t *stanza_new(xmpp_ctx_t *ctx, const char *name, const char *xmlns, const char *text);

/* Adds a child NAME in XMLNS, with the text TEXT if that is not NULL. Returns the child, owned by PARENT, or NULL when
 * out of memory. */
xmpp_stanza_t *stanza_add(xmpp_ctx_t *ctx, xmpp_stanza_t *parent, const char *name, const char *xmlns,
                          const char *text);

/* The condition among the children of a stream error, a SASL failure or a stanza's <error/>: the name of the first one
 * in XMLNS that is not <text/>, "undefined-condition" when there is none. Owned by the stanza. *TEXT becomes the
 * content of <text/>, NULL for none; the caller frees it with xmpp_free(). */
const char *stanza_condition(xmpp_stanza_t *parent, const char *xmlns, char **text);

/* Reads the error that STANZA, of type error, holds (RFC 6120 section 8.3): its condition, never NULL; its type; and by
 * whom, else the sender; all owned by the stanza. Returns its text, which the caller frees with xmpp_free(). What is
 * missing is NULL. */
char *stanza_read_error(xmpp_stanza_t *stanza, const char **condition, const char **type, const char **by);

#endif
