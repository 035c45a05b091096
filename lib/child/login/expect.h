/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server may send, step by step of the login. Anything else is not XMPP: fail now instead of waiting for the
 * deadline. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdbool.h>
#include <strophe.h>

#include "login.h"

/* Whether ELEMENT, of the first level of a stream with stanzas in the namespace CONTENT, may come at STEP. Before the
 * bind these are the few that the step waits for; from there on all but what belongs to a login, and those that claim a
 * name or a namespace of XMPP's that are not theirs. Stream errors may always come. */
bool expect_allows(enum login_step step, const char *content, xmpp_stanza_t *element);

/* Whether ELEMENT says that the login was good. */
bool expect_is_success(xmpp_stanza_t *element);

#endif
