/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SASL exchange (RFC 6120 section 6) by GNU SASL: which mechanism, one attempt, limits, the server's proof. */
#ifndef SASL_H
#define SASL_H

#include <stdbool.h>
#include <stddef.h>

#include "condition.h"
#include "settings.h"
#include "tls.h"

/* More iterations than this are no password storage but an attack on the client's time (RFC 7677 section 4 asks for
 * 4096 at least; this many take seconds). */
#define SASL_ITERATIONS_MAX 5000000ul
/* Longest salt in base64. */
#define SASL_SALT_MAX 344

struct sasl;

/* Chooses the strongest mechanism that the settings' credentials, MECHANISMS (the server's offer, COUNT names) and the
 * channel allow: EXTERNAL with a client certificate; SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS (with BINDING, which may be
 * NULL, and is kept), SCRAM-SHA-256, SCRAM-SHA-1, PLAIN with a password; ANONYMOUS for a bare domain. Of these only
 * those that --require-mechanism names, if it names any. Clear-text PLAIN is the caller's care. On failure returns NULL
 * with *CONDITION "no-mechanism" or "mechanism-downgraded", or NULL with an empty CONDITION when out of memory. The
 * caller frees with sasl_free(). */
struct sasl *sasl_start(const struct settings *settings, const char *const *mechanisms, size_t count,
                        const struct tls_binding *binding, char condition[CONDITION_SIZE]);

/* The mechanism's name. Owned by SASL. */
const char *sasl_mechanism(const struct sasl *sasl);

enum sasl_step {
    SASL_SEND,     /* OUT is the next message, in base64, "=" when it is empty */
    SASL_COMPLETE, /* nothing more to send; the server has proved what the mechanism lets it prove */
    SASL_REFUSED,  /* the server's message fails the mechanism's checks: it is not authenticated */
    SASL_REJECTED, /* the message itself says that the login failed (SCRAM's e=) */
    SASL_OWN_FAULT /* the password cannot be used, or no memory */
};

/* Takes the server's next message IN (base64, "" or NULL for none, as before the first one; "=" for an empty one). OUT
 * is to be freed with sasl_free_message(), NULL unless SASL_SEND. WHY gets words for all but SEND and COMPLETE. Blocks
 * for the time that the iterations take. */
enum sasl_step sasl_step(struct sasl *sasl, const char *in, char **out, char *why, size_t why_size);

/* Whether the server's part is proved complete: what <success/> may follow. */
bool sasl_is_complete(const struct sasl *sasl);

void sasl_free_message(char *message);
void sasl_free(struct sasl *sasl);

#endif
