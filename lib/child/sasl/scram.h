/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCRAM, the client's side (RFC 5802, RFC 7677), over OpenSSL's hashes. */
#ifndef SCRAM_H
#define SCRAM_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "sasl.h"

/* More iterations than this are no password storage but an attack on the client's time (RFC 7677 section 4 asks for
 * 4096 at least; this many take seconds). */
#define SCRAM_ITERATIONS_MAX 5000000ul

#define SCRAM_FIRST_SIZE 3400
#define SCRAM_OFFER_SIZE (SASL_NAME_SIZE * (SASL_MECHANISMS_MAX + SASL_BINDINGS_MAX))

struct scram {
    /* to be filled by the caller */
    const char *digest;           /* as OpenSSL calls it: "SHA1", "SHA256", "SHA512" */
    const char *user;             /* UTF-8, like the password */
    const char *password;         /* secret */
    char flag;                    /* 'p' with BINDING, 'y' when we could and the server does not offer it, else 'n' */
    struct sasl_binding binding;  /* for 'p' */
    char offer[SCRAM_OFFER_SIZE]; /* what XEP-0474 takes the hash of; empty, which is no offer's, when not all of it is
                                     known */
    /* private */
    EVP_MD *md;
    char first[SCRAM_FIRST_SIZE]; /* client-first-message-bare */
    size_t nonce_at;              /* where its nonce begins */
    unsigned long iterations;     /* 0 until the server has said how many */
    unsigned char server_signature[EVP_MAX_MD_SIZE];
};

/* Each makes or takes one message of the exchange, in its order, and returns as sasl_begin() and so on do. */

/* The client's first message, with NONCE (printable, no comma). */
enum sasl_result scram_begin(struct scram *scram, const char *nonce, struct sasl_message *out, char *why,
                             size_t why_size);

/* Takes the server's first message and makes the client's final one. Blocks for the time of the iterations. */
enum sasl_result scram_answer(struct scram *scram, const struct sasl_message *in, struct sasl_message *out, char *why,
                              size_t why_size);

/* Takes the server's final message: SASL_GOOD when its signature is right. */
enum sasl_result scram_verify(const struct scram *scram, const struct sasl_message *in, char *why, size_t why_size);

/* Wipes all of it and frees what it holds. */
void scram_end(struct scram *scram);

#endif
