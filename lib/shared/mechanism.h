/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SASL mechanisms that the probe can use, and what each needs. */
#ifndef MECHANISM_H
#define MECHANISM_H

#include <stdbool.h>
#include <stddef.h>

/* What a mechanism needs of our side. */
enum credential { CREDENTIAL_CERTIFICATE, CREDENTIAL_PASSWORD, CREDENTIAL_NONE };

struct mechanism {
    const char *name;
    enum credential credential;
    const char *digest; /* of SCRAM, as OpenSSL calls it; NULL for others */
    bool bound;         /* to the TLS channel (RFC 5802 section 6) */
};

/* The strongest first. */
extern const struct mechanism mechanism_table[];
extern const size_t mechanism_count;

/* Whether TEXT can be a mechanism's name at all: 1 to 20 capitals, digits, '-' and '_' (RFC 4422 section 3.1). */
bool mechanism_name_valid(const char *text);

/* The mechanism of that name; NULL for one that cannot be used. */
const struct mechanism *mechanism_find(const char *name);

#endif
