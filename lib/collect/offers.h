/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the features of a stream offer, by the names that users know: a SASL mechanism by its own, the rest by the words
 * of --offers. */
#ifndef OFFERS_H
#define OFFERS_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

/* Offers that are kept: several times what servers have. */
#define OFFERS_MAX 64

struct offers {
    bool came;                  /* all that is in the features has been told */
    bool cut;                   /* but for what had no room */
    char names[OFFERS_MAX][80]; /* clean: "SCRAM-SHA-256", "starttls", "channel-binding:tls-exporter" */
    size_t count;
};

/* Takes in a valid EVENT_OFFER. What a server calls a mechanism, and is no name of one, is kept with "mechanism:" in
 * front: no word of a server can be one of ours. */
void offers_take(struct offers *offers, const struct event *event);

/* Takes in a valid EVENT_FEATURES. */
void offers_end(struct offers *offers, const struct event *event);

/* Whether NAME is among them. */
bool offers_have(const struct offers *offers, const char *name);

/* Whether one of them is a SASL mechanism. */
bool offers_have_mechanism(const struct offers *offers);

#endif
