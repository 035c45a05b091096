/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server offers in its stream features (RFC 6120 section 4.3.2). */
#ifndef OFFER_H
#define OFFER_H

#include <strophe.h>

#include "sasl.h"

/* Reads the mechanisms of RFC 6120, the channel bindings (XEP-0440), and what else may be a login there. */
void offer_read(xmpp_stanza_t *features, struct sasl_offer *offer);

#endif
