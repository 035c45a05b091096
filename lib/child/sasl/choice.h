/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the offered mechanisms is used, how it is bound to the TLS channel, or why there is none. */
#ifndef CHOICE_H
#define CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "mechanism.h"
#include "sasl.h"
#include "settings.h"

struct choice {
    const struct settings *settings;
    const struct sasl_offer *offer;
    const struct mechanism *mechanism;  /* NULL: none can be used */
    const struct sasl_binding *binding; /* of the given ones that which both sides know; NULL for none */
    char flag; /* what we think of channel binding (RFC 5802 section 6): used, 'p'; not offered though we could, 'y';
                  else 'n' */
};

/* Chooses as sasl_start() says. The result points into all that is given. */
struct choice choice_make(const struct settings *settings, const struct sasl_offer *offer,
                          const struct sasl_binding *bindings, size_t count);

/* Says in a short sentence what was offered and why none of it can be used. */
void choice_explain(const struct choice *choice, char *why, size_t why_size);

#endif
