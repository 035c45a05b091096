/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the server's certificate proves that it is the server of the JID's domain (RFC 6120 section 13.7.1.2), how
 * long it will, and in words why it does not. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "condition.h"

/* Whom the certificate must be for. */
struct identity {
    const char *ascii;   /* the domain as A-labels, or an address without brackets */
    const char *domain;  /* the same prepared, as it stands in JIDs */
    const char *service; /* the name before the domain in an SRV-ID: "_xmpp-client" */
};

struct certificate_facts {
    bool seen;                /* the server sent one */
    bool verified;            /* and it was found good, for that identity */
    int64_t days_left;        /* whole days until the first of the verified chain expires, its trust anchor
                                 included; of the leaf alone where nothing was verified; rounded down */
    char names[216];          /* whom the leaf is for, as the network gave it */
    enum condition condition; /* why it was not found good: CERT_EXPIRED, CERT_NOT_YET_VALID, CERT_HOSTNAME or
                                 CERT_UNTRUSTED; else NONE */
    char cause[216];          /* that in words */
};

/* Verifies the chain that VERIFICATION holds, and that its leaf is for IDENTITY; fills *FACTS in each case. Fails
 * closed: without memory nothing is verified. Sets the error of VERIFICATION, from which OpenSSL makes its alert.
 * Returns whether all is good. */
bool certificate_verify(X509_STORE_CTX *verification, const struct identity *identity, struct certificate_facts *facts);

#endif
