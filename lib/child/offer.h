/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server offers in its stream features (RFC 6120 section 4.3.2). */
#ifndef OFFER_H
#define OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <strophe.h>

#define OFFER_MECHANISMS_MAX 32

/* The SASL mechanisms in the server's order. Returns how many; the caller frees each with xmpp_free(). */
size_t offer_mechanisms(xmpp_stanza_t *features, char *names[OFFER_MECHANISMS_MAX]);

/* Whether the server says that it can bind to a channel by TYPE (XEP-0440); SILENT when it says nothing about it. */
bool offer_can_bind(xmpp_stanza_t *features, const char *type, bool silent);

/* "the server offers only A, B", cut to SIZE. */
void offer_describe(char *const *names, size_t count, char *out, size_t size);

#endif
