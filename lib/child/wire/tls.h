/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS by OpenSSL, without a socket: bytes from the wire go in, bytes for the wire come out, and no call blocks. */
#ifndef TLS_H
#define TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "certificate.h"
#include "sasl.h"
#include "settings.h"
#include "tls_fault.h"

/* What all connections of a run have in common: trust, policy, the client certificate. */
struct tls_context;

/* TLS on one connection. */
struct tls;

struct tls_facts {
    char version[16]; /* "TLSv1.3"; empty before the end of the handshake */
    char cipher[64];  /* "TLS_AES_256_GCM_SHA384" */
    struct certificate_facts certificate;
    char alert[128]; /* the alert that the server has sent, in OpenSSL's words; empty for none */
    unsigned long
        openssl;    /* why the handshake or a record failed, when not by an alert: OpenSSL's error; 0: no memory */
    bool unproven;  /* the handshake ended well, but not with a certificate that was verified */
    bool own_fault; /* OpenSSL could not even begin the handshake */
};

/* Prepares TLS for the settings' domain: starts OpenSSL, whose configuration must be sound; makes the policy (TLS 1.2
 * and up, whatever more openssl.cnf asks for; no renegotiation, no resumption); loads the trusted CAs and the client
 * certificate. Touches no network, reads files. NULL on failure: FAULT then says why. SETTINGS must outlive it. It ends
 * with the process. */
struct tls_context *tls_prepare(const struct settings *settings, struct tls_fault *fault);

/* A connection that is about to begin its handshake, with XMPP asked for by ALPN for DIRECT TLS (XEP-0368). NULL
 * without memory: with a name or a policy that could not be set there is no connection. The caller ends it with
 * tls_free(). */
struct tls *tls_new(const struct tls_context *context, bool direct);
void tls_free(struct tls *tls);

enum tls_result {
    TLS_DONE,   /* it did what it was asked to do */
    TLS_WAITS,  /* for more bytes from the wire */
    TLS_CLOSED, /* the server has closed TLS in order (close_notify) */
    TLS_FAILED  /* see tls_facts() */
};

/* Hands over LENGTH bytes that the wire has received. False without memory. */
bool tls_put(struct tls *tls, const void *bytes, size_t length);

/* Takes up to SIZE bytes that are to be sent. Returns how many, 0 for none. To be asked after each of the calls below,
 * also when they failed: an alert may wait. */
size_t tls_take(struct tls *tls, void *bytes, size_t size);

/* Goes on with the handshake. DONE: it has ended well, and the certificate was found good where it has to be. */
enum tls_result tls_handshake(struct tls *tls);

/* Decrypts up to SIZE bytes into TEXT. DONE: *LENGTH is how many, 1 at least. */
enum tls_result tls_read(struct tls *tls, char *text, size_t size, size_t *length);

/* Encrypts TEXT. DONE or FAILED. */
enum tls_result tls_write(struct tls *tls, const char *text, size_t length);

/* What is known so far, whether it went well or not. Owned by TLS. */
const struct tls_facts *tls_facts(const struct tls *tls);

#define TLS_BINDINGS_MAX 3

/* What can bind a SASL exchange to this TLS channel, the best first: tls-exporter (RFC 9266); on TLS 1.2 tls-unique,
 * and both of them only with the extended master secret (RFC 7627); tls-server-end-point (RFC 5929). They are secret.
 * Returns how many there are: none for NULL, and before the end of the handshake. */
size_t tls_channel_bindings(const struct tls *tls, struct sasl_binding bindings[TLS_BINDINGS_MAX]);

#endif
