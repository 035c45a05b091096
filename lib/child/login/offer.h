/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server offers in its stream features (RFC 6120 section 4.3.2). */
#ifndef OFFER_H
#define OFFER_H

#include <stdbool.h>
#include <strophe.h>

#include "sasl.h"
#include "settings.h"
#include "tell.h"

/* Reads the mechanisms of RFC 6120, the channel bindings (XEP-0440), and what else may be a login there. */
void offer_read(xmpp_stanza_t *features, struct sasl_offer *offer);

/* Reads the mechanisms of SASL2 (XEP-0388) and the channel bindings. False when there is no SASL2. */
bool offer_read_sasl2(xmpp_stanza_t *features, struct sasl_offer *offer);

/* Whether SASL2 can bind a resource, too (XEP-0386). */
bool offer_has_bind2(xmpp_stanza_t *features);

/* Tells what FEATURES offer, BEHIND TLS or before, where SETTINGS make somebody ask for it, and that they came. */
void offer_tell(xmpp_stanza_t *features, const struct settings *settings, const struct teller *teller, bool behind);

#endif
