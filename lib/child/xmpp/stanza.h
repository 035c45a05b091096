/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and making stanzas: what libstrophe has no function for. */
#ifndef STANZA_H
#define STANZA_H

#include <stdbool.h>
#include <strophe.h>

#include "condition.h"

/* Whether the element is called NAME in the namespace XMLNS. False for a text node. */
bool stanza_is(xmpp_stanza_t *stanza, const char *name, const char *xmlns);

/* An iq of TYPE; ID, TO and FROM may be NULL. NULL when out of memory. The caller releases it. */
xmpp_stanza_t *stanza_iq_new(xmpp_ctx_t *ctx, const char *type, const char *id, const char *to, const char *from);

/* An element NAME in XMLNS (NULL: that of what it stands in), with the text TEXT if that is not NULL. NULL when out of
 * memory. The caller releases it. */
xmpp_stanza_t *stanza_new(xmpp_ctx_t *ctx, const char *name, const char *xmlns, const char *text);

/* Adds a child NAME in XMLNS, with the text TEXT if that is not NULL. Returns the child, owned by PARENT, or NULL when
 * out of memory. */
xmpp_stanza_t *stanza_add(xmpp_ctx_t *ctx, xmpp_stanza_t *parent, const char *name, const char *xmlns,
                          const char *text);

/* The condition among the children of PARENT, which is a stream error, a SASL failure or a stanza's <error/>: what its
 * first child in the namespace of SPACE means there, <text/> apart. *TEXT becomes the content of <text/>; of a
 * condition that the RFC does not know, its name stands in front. NULL for none, or no memory; the caller frees it with
 * free(). */
enum wire_condition stanza_condition(xmpp_stanza_t *parent, enum wire_space space, char **text);

/* Reads the error that STANZA, of type error, holds (RFC 6120 section 8.3): its type; and by whom, else the sender;
 * both owned by the stanza, NULL for none. Condition and *TEXT as with stanza_condition(). */
enum wire_condition stanza_read_error(xmpp_stanza_t *stanza, const char **type, const char **by, char **text);

#endif
