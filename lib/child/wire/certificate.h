/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the server's certificate proves that it is the server of the JID's domain (RFC 6120 section 13.7.1.2), how
 * long it will, and in words why it does not. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "condition.h"

/* Whom the certificate must be for. */
struct identity {
    const char *ascii;   /* the domain as A-labels, or an address without brackets */
    const char *domain;  /* the same prepared, as it stands in JIDs */
    const char *service; /* the name before the domain in an SRV-ID: "_xmpp-client" */
};

/* One certificate of a chain. */
struct certificate_link {
    char names[216];   /* whose it is, as the network gave it */
    char key[24];      /* the kind of its key: "RSA", "EC", "ED25519" */
    int bits;          /* and that key's size */
    int64_t days_left; /* whole days until its validity ends, rounded down */
    char until[32];    /* when that is: "2027-02-25T12:00:00Z" */
};

/* Certificates of a chain that are told of. */
#define CERTIFICATE_CHAIN_MAX 8

struct certificate_facts {
    bool seen;                /* the server sent one */
    bool verified;            /* and it was found good, for that identity */
    int64_t days_left;        /* whole days until the first of the verified chain expires, its trust anchor
                                 included; of the leaf alone where nothing was verified; rounded down */
    char names[216];          /* whom the leaf is for, as the network gave it */
    enum condition condition; /* why it was not found good: CERT_EXPIRED, CERT_NOT_YET_VALID, CERT_HOSTNAME or
                                 CERT_UNTRUSTED; else NONE */
    char cause[216];          /* that in words */
    struct certificate_link chain[CERTIFICATE_CHAIN_MAX]; /* the leaf first; up to the trust anchor, or as far as the
                                                             chain could be built */
    size_t chain_length;
};

/* Verifies the chain that VERIFICATION holds, and that its leaf is for IDENTITY; fills *FACTS in each case. Fails
 * closed: without memory nothing is verified. Sets the error of VERIFICATION, from which OpenSSL makes its alert.
 * Returns whether all is good. */
bool certificate_verify(X509_STORE_CTX *verification, const struct identity *identity, struct certificate_facts *facts);

/* How many JIDs CERTIFICATE is for (XmppAddr): that of a client may be for several. */
size_t certificate_jids(X509 *certificate);

#endif
