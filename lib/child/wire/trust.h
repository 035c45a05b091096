/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose signatures count: the CAs of --ca-file and --ca-path, else the system's. */
#ifndef TRUST_H
#define TRUST_H

#include <openssl/x509_vfy.h>
#include <stdbool.h>
#include <stddef.h>

#include "sandbox.h"
#include "settings.h"

/* A store with the trust anchors that the settings name. With --ca-file and --ca-path each certificate there is one,
 * self-signed or not. The system's are read when a certificate asks for them: parsing the whole bundle takes 35 ms.
 * NULL when a file cannot be used, when the system has no CA at all (not with --insecure), or without memory: WHY then
 * gets a sentence that names the option and the file. The caller owns the store. Reads files. */
X509_STORE *trust_new(const struct settings *settings, char *why, size_t why_size);

/* Adds what is still read behind trust_new(): CAs, which are looked for when they are needed. */
void trust_reads(const struct settings *settings, struct sandbox_reads *reads);

#endif
