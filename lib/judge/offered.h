/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server offers, as --offers and --s2s ask for it. */
#ifndef OFFERED_H
#define OFFERED_H

#include "result.h"
#include "settings.h"

enum offered {
    OFFERED_NOT,
    OFFERED_INDEED,
    OFFERED_UNTOLD /* the features that decide have not come, or were more than could be kept */
};

/* What the server offers where it counts: behind TLS, with --tls=none in clear text. */
const struct offers *offered_where_it_counts(const struct settings *settings, const struct result *result);

/* Whether the server offers NAME: one of server_feature_names, else a SASL mechanism. starttls-required and
 * plain-before-tls are looked for before TLS; direct TLS has nothing there. */
enum offered offered_is(const struct settings *settings, const struct result *result, const char *name);

/* Whether it is known of each name of --offers and --offers-not, and of what --s2s asks for. */
bool offered_all_told(const struct settings *settings, const struct result *result);

/* Whether other servers are let in at all: by SASL EXTERNAL or by dialback. */
enum offered offered_to_servers(const struct settings *settings, const struct result *result);

#endif
