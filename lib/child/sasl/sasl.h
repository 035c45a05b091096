/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SASL exchange (RFC 4422): which mechanism, one attempt, limits, the server's proof. It takes and gives messages as
 * they are, without XML and base64, so that it serves RFC 6120 and SASL2 (XEP-0388) alike. */
#ifndef SASL_H
#define SASL_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

/* The longest message, in bytes, in either direction. */
#define SASL_MESSAGE_MAX 4096

/* Our own may be secret: the caller wipes them. */
struct sasl_message {
    size_t length;
    unsigned char data[SASL_MESSAGE_MAX];
};

/* One way of binding the exchange to the TLS channel, for the mechanisms that end in -PLUS. */
struct sasl_binding {
    const char *type;       /* "tls-exporter" (RFC 9266), "tls-unique", "tls-server-end-point" (RFC 5929) */
    unsigned char data[64]; /* secret */
    size_t length;
};

#define SASL_MECHANISMS_MAX 32
#define SASL_BINDINGS_MAX 16
#define SASL_NAME_SIZE 64

/* What the server offers, in its own order. */
struct sasl_offer {
    char mechanisms[SASL_MECHANISMS_MAX][SASL_NAME_SIZE];
    size_t mechanism_count;
    char bindings[SASL_BINDINGS_MAX][SASL_NAME_SIZE]; /* the types of XEP-0440 */
    size_t binding_count;
    bool tells_bindings; /* it says something about them, if only that there are none */
    bool cut;            /* it offers more, or longer names, than fit here */
    /* why there may be no mechanisms */
    bool starttls; /* it wants TLS first */
    bool sasl2;    /* it has them in SASL2 only (XEP-0388) */
    bool iq_auth;  /* it has a login of before SASL only (XEP-0078) */
    bool dialback; /* it is a server-to-server port (XEP-0220) */
};

struct sasl;

/* Chooses the strongest mechanism that the settings' credentials, the OFFER and the channel allow: EXTERNAL with a
 * client certificate; SCRAM with SHA-512, SHA-256 or SHA-1, first as -PLUS, and PLAIN with a password; ANONYMOUS for a
 * bare domain. Of these only those that --require-mechanism names, if it names any. Clear-text PLAIN is the caller's
 * care.
 *
 * BINDINGS (COUNT, the best first; copied) are those that the channel has and that are safe on it. -PLUS takes the
 * first that the server lists (XEP-0440); where it lists none, tls-unique is what servers mean, and any other is tried
 * only for --require-mechanism, as one attempt is all that there is. Where we could bind and the server offers no -PLUS
 * at all, SCRAM says so: a server that did offer it then refuses (RFC 5802 section 6).
 *
 * On failure returns NULL: with an empty WHY when out of memory, else with what was offered and why it will not do. The
 * caller frees with sasl_free(), and SETTINGS must live until then. */
struct sasl *sasl_start(const struct settings *settings, const struct sasl_offer *offer,
                        const struct sasl_binding *bindings, size_t count, char *why, size_t why_size);

/* The mechanism's name. Static. */
const char *sasl_mechanism(const struct sasl *sasl);

enum sasl_result {
    SASL_GOOD,
    SASL_REFUSED,  /* the server's message fails the mechanism's checks: it is not authenticated */
    SASL_REJECTED, /* the message itself says that the login failed (SCRAM's e=) */
    SASL_OWN_FAULT /* the account or the password cannot be used, or no memory */
};

/* Each of these takes the exchange one step on. WHY gets words for all results but SASL_GOOD. */

/* EXTERNAL will name the account: it must where the certificate is for several (XEP-0178 section 2), and must not
 * elsewhere. */
void sasl_name_account(struct sasl *sasl);

/* The initial response, which may be empty but is never absent. */
enum sasl_result sasl_begin(struct sasl *sasl, struct sasl_message *out, char *why, size_t why_size);

/* The response OUT, which may be empty, to the challenge IN. Blocks for the time that SCRAM's iterations take. */
enum sasl_result sasl_challenge(struct sasl *sasl, const struct sasl_message *in, struct sasl_message *out, char *why,
                                size_t why_size);

/* The server says that the login is good, with the additional data IN, empty for none. SASL_GOOD when it has proved
 * what the mechanism lets it prove: a server that skips its own proof does not know the password. */
enum sasl_result sasl_success(struct sasl *sasl, const struct sasl_message *in, char *why, size_t why_size);

/* What may be behind the server's refusal of the login, in words: "y" was said, and the server, as it seems, did offer
 * -PLUS. MALFORMED: it refuses by malformed-request (RFC 6120 section 6.5.7). NULL when nothing speaks for that. */
const char *sasl_suspicion(const struct sasl *sasl, bool malformed);

/* SCRAM: how many iterations the server asked for; 0 before that and for other mechanisms. */
unsigned long sasl_iterations(const struct sasl *sasl);

/* Wipes all that is secret. */
void sasl_free(struct sasl *sasl);

#endif
