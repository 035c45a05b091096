/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a login do for each other: login.c is the machine, auth.c proves who we are and who the server is,
 * bind.c gets the own JID, component.c is the login of components. Each takes the machine to another step, or to
 * LOGIN_FAILED. */
#ifndef LOGIN_PARTS_H
#define LOGIN_PARTS_H

#include <strophe.h>

#include "login.h"

/* --- login.c, for all --- */

/* The login has failed by what we have found, by what the server has said, by our own fault. WORDS may be
 * NULL; what the server has said of them is masked already: see tell_masked(). */
void login_fail(struct login *login, enum phase phase, enum condition condition, const char *words);
void login_fail_said(struct login *login, enum phase phase, enum wire_condition condition, const char *words);
void login_fail_own(struct login *login, enum phase phase, const char *words);

/* Sends STANZA and releases it; NULL is no memory, and the login has failed. */
void login_send(struct login *login, xmpp_stanza_t *stanza);

/* Opens a stream and goes on to NEXT. */
void login_open_stream(struct login *login, enum login_step next);

/* --- auth.c --- */

/* FEATURES came where mechanisms are offered: begins the exchange, by SASL2 where that can be. */
void auth_take_features(struct login *login, xmpp_stanza_t *features);

/* An element of the exchange, of RFC 6120 or of SASL2. */
void auth_take(struct login *login, xmpp_stanza_t *stanza);

/* --- bind.c --- */

/* FEATURES came where binding is offered. */
void bind_take_features(struct login *login, xmpp_stanza_t *features);

/* The answer to the bind or to the session may have come. */
void bind_take(struct login *login, xmpp_stanza_t *stanza);

/* The server has bound JID, NULL for none, together with the login (XEP-0386). */
void bind_take_inline(struct login *login, const char *jid);

/* The server has refused to bind, or to open a session, by the stanza error in REFUSAL. */
void bind_take_refusal(struct login *login, xmpp_stanza_t *refusal);

/* Why JID, which the server says is ours, is not that of the account: in words, NULL when it is. NULL is no JID. */
const char *bind_find_fault(const struct login *login, const char *jid, bool full);

/* --- component.c --- */

/* The server has opened the stream: sends the digest of its id and the secret; without an id nothing. */
void component_begin(struct login *login);

/* The server has taken it. */
void component_done(struct login *login);

#endif
