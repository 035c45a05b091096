/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certificate with which we log in by SASL EXTERNAL: --client-cert and --client-key. */
#ifndef CLIENT_CERTIFICATE_H
#define CLIENT_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "settings.h"
#include "tls_fault.h"

/* Loads certificate, chain and key, PEM or PKCS#12, into CONTEXT; nothing when the settings name none. On failure
 * returns false, and FAULT names the option and the file. A key with a passphrase is refused: nobody is there to type
 * it. Reads files. */
bool client_certificate_load(const struct settings *settings, SSL_CTX *context, struct tls_fault *fault);

#endif
