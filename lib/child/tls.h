/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What OpenSSL knows and libstrophe does not tell: trust, version, cipher, the chain, why a handshake or a verification
 * failed. libstrophe makes and frees the OpenSSL objects itself; this module meets them through OpenSSL's own callbacks
 * for new objects, which is why its state is static. One process, one TLS connection at a time. */
#ifndef TLS_H
#define TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "condition.h"
#include "settings.h"

struct tls_facts {
    bool handshake;                 /* it was completed */
    char version[16];               /* "TLSv1.3" */
    char cipher[64];                /* "TLS_AES_256_GCM_SHA384" */
    bool certificate;               /* the server sent one */
    bool verified;                  /* and it was found good */
    int64_t days_left;              /* whole days until the first of the chain that was sent expires, rounded down */
    char names[216];                /* whom the leaf is for, as the network gave it */
    char condition[CONDITION_SIZE]; /* why it was not found good: "cert-expired", "cert-not-yet-valid", "cert-hostname",
                                       "cert-untrusted"; else empty */
    char cause[216];                /* that in words */
    char error[128];                /* why the handshake failed otherwise: the alert, or OpenSSL's reason */
};

/* Loads the trusted CAs (the settings' or the system's) and the client certificate, and hooks into OpenSSL; once per
 * process, before libstrophe makes its first TLS object. Touches no network, reads files. On failure returns false and
 * writes to WHY a sentence that names the option and the file. */
bool tls_prepare(const struct settings *settings, char *why, size_t why_size);

/* Forgets the last handshake, and says for the next one whether to ask for XMPP by ALPN (direct TLS, XEP-0368). */
void tls_expect(bool alpn);

/* The facts of the last handshake, whether it succeeded or not. Owned by the module; the next tls_expect() changes
 * them. */
const struct tls_facts *tls_facts(void);

/* What binds a SASL exchange to this TLS channel. */
struct tls_binding {
    const char *type;       /* "tls-exporter" (RFC 9266) or "tls-unique" (RFC 5929) */
    unsigned char data[64]; /* secret */
    size_t length;
};

/* The binding of the live connection. False when it has none that is safe: no TLS, or TLS 1.2 without the extended
 * master secret (RFC 7627). */
bool tls_channel_binding(struct tls_binding *binding);

/* Bytes that are decrypted and wait to be read: a poll on the socket would not see them. 0 without TLS. */
size_t tls_pending(void);

#endif
