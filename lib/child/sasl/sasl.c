/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sasl.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "choice.h"
#include "mechanism.h"
#include "scram.h"

#define NONCE_BYTES 18

/* Which message comes next. */
enum step {
    STEP_BEGIN,  /* ours; also behind one of the server's that was bad */
    STEP_ANSWER, /* SCRAM: the server's first message */
    STEP_VERIFY, /* SCRAM: its final one */
    STEP_DONE    /* none that would have to */
};

struct sasl {
    const struct settings *settings;
    const struct mechanism *mechanism;
    enum step step;
    bool asked;    /* with an empty challenge, behind our only message */
    bool stripped; /* the server lists a channel binding that we have, and offers no -PLUS */
    struct scram scram;
};

/* --- SCRAM's part --- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Appends BEFORE and NAMES, sorted, with 1E between them (XEP-0474 section 5.1). */
static void join_names(const char *before, char (*names)[SASL_NAME_SIZE], size_t count, char *out, size_t size)
{
    qsort(names, count, SASL_NAME_SIZE, compare_names);
    size_t used = strlen(out);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "\x1e" : before, names[i]);
}

/* Of an offer that was cut nothing: who was on the way may have filled it up. */
static void write_offer(const struct sasl_offer *offer, char out[SCRAM_OFFER_SIZE])
{
    struct sasl_offer sorted = *offer;
    out[0] = '\0';
    if (offer->cut)
        return;
    join_names("", sorted.mechanisms, sorted.mechanism_count, out, SCRAM_OFFER_SIZE);
    join_names("\x1f", sorted.bindings, sorted.binding_count, out, SCRAM_OFFER_SIZE);
}

struct sasl *sasl_start(const struct settings *settings, const struct sasl_offer *offer,
                        const struct sasl_binding *bindings, size_t count, char *why, size_t why_size)
{
    struct choice choice = choice_make(settings, offer, bindings, count);
    const struct mechanism *mechanism = choice.mechanism;
    why[0] = '\0';
    if (!mechanism) {
        choice_explain(&choice, why, why_size);
        return NULL;
    }
    struct sasl *sasl = calloc(1, sizeof *sasl);
    if (!sasl)
        return NULL;
    sasl->settings = settings;
    sasl->mechanism = mechanism;
    sasl->stripped = choice.flag == 'y' && choice.binding && offer->tells_bindings;
    if (mechanism->digest) {
        sasl->scram.digest = mechanism->digest;
        sasl->scram.user = settings->jid.node;
        sasl->scram.password = settings->password->value;
        sasl->scram.flag = choice.flag;
        if (choice.binding)
            sasl->scram.binding = *choice.binding;
        write_offer(offer, sasl->scram.offer);
    }
    return sasl;
}

const char *sasl_mechanism(const struct sasl *sasl)
{
    return sasl->mechanism->name;
}

/* --- the exchange --- */

/* Nothing mends what was bad once. */
static enum sasl_result refuse(struct sasl *sasl, const char *reason, char *why, size_t why_size)
{
    sasl->step = STEP_BEGIN;
    snprintf(why, why_size, "%s", reason);
    return SASL_REFUSED;
}

/* Goes on to NEXT when SCRAM's RESULT is good. What it refuses is told with the mechanism's name. */
static enum sasl_result advance(struct sasl *sasl, enum step next, enum sasl_result result, char *why, size_t why_size)
{
    char reason[128];
    sasl->step = result == SASL_GOOD ? next : STEP_BEGIN;
    if (result == SASL_REFUSED) {
        snprintf(reason, sizeof reason, "%s", why);
        snprintf(why, why_size, "%s: %s", sasl->mechanism->name, reason);
    }
    return result;
}

/* NUL, the account, NUL, the password (RFC 4616); for EXTERNAL and ANONYMOUS nothing: the account that the certificate
 * is for (RFC 4422 appendix A), no trace (RFC 4505). */
static void write_only_message(const struct sasl *sasl, struct sasl_message *out)
{
    out->length = 0;
    if (sasl->mechanism->credential == CREDENTIAL_PASSWORD)
        out->length = (size_t)snprintf((char *)out->data, sizeof out->data, "%c%s%c%s", '\0', sasl->settings->jid.node,
                                       '\0', sasl->settings->password->value);
}

enum sasl_result sasl_begin(struct sasl *sasl, struct sasl_message *out, char *why, size_t why_size)
{
    why[0] = '\0';
    if (!sasl->mechanism->digest) {
        write_only_message(sasl, out);
        sasl->step = STEP_DONE;
        return SASL_GOOD;
    }
    unsigned char bytes[NONCE_BYTES];
    char nonce[BASE64_SIZE(sizeof bytes)];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        snprintf(why, why_size, "OpenSSL has no random bytes");
        return SASL_OWN_FAULT;
    }
    base64_encode(bytes, sizeof bytes, nonce);
    return advance(sasl, STEP_ANSWER, scram_begin(&sasl->scram, nonce, out, why, why_size), why, why_size);
}

/* Some servers ask once more for what was nothing to begin with. */
static enum sasl_result answer_again(struct sasl *sasl, const struct sasl_message *in, char *why, size_t why_size)
{
    if (sasl->asked || in->length > 0 || sasl->mechanism->credential == CREDENTIAL_PASSWORD)
        return refuse(sasl, "a challenge after the end of the exchange", why, why_size);
    sasl->asked = true;
    return SASL_GOOD;
}

enum sasl_result sasl_challenge(struct sasl *sasl, const struct sasl_message *in, struct sasl_message *out, char *why,
                                size_t why_size)
{
    why[0] = '\0';
    out->length = 0;
    if (sasl->step == STEP_ANSWER)
        return advance(sasl, STEP_VERIFY, scram_answer(&sasl->scram, in, out, why, why_size), why, why_size);
    if (sasl->step == STEP_VERIFY)
        return advance(sasl, STEP_DONE, scram_verify(&sasl->scram, in, why, why_size), why, why_size);
    return answer_again(sasl, in, why, why_size);
}

enum sasl_result sasl_success(struct sasl *sasl, const struct sasl_message *in, char *why, size_t why_size)
{
    why[0] = '\0';
    if (sasl->step == STEP_DONE)
        return SASL_GOOD;
    if (in->length == 0)
        return refuse(sasl, "success without a proof of the server", why, why_size);
    if (sasl->step != STEP_VERIFY)
        return refuse(sasl, "success before the end of the exchange", why, why_size);
    return advance(sasl, STEP_DONE, scram_verify(&sasl->scram, in, why, why_size), why, why_size);
}

/* Servers that list no bindings (XEP-0440) are told by their answer to the first message, which holds nothing else that
 * could be wrong in its form. */
const char *sasl_suspicion(const struct sasl *sasl, bool malformed)
{
    bool first = malformed && sasl->scram.flag == 'y' && sasl->step == STEP_ANSWER;
    return sasl->stripped || first ? "the server can bind the channel, but its -PLUS was taken out, there or on the way"
                                   : NULL;
}

unsigned long sasl_iterations(const struct sasl *sasl)
{
    return sasl->scram.iterations;
}

void sasl_free(struct sasl *sasl)
{
    if (!sasl)
        return;
    scram_end(&sasl->scram);
    free(sasl);
}
