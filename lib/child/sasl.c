/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sasl.h"

#include <gsasl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mechanism.h"

#define DIGEST_MAX 32 /* SHA-256 */

struct sasl {
    Gsasl *library;
    Gsasl_session *session;
    const struct settings *settings;
    const struct mechanism *mechanism;
    struct tls_binding binding;
    char nonce[128]; /* SCRAM: the client's part, as it was sent */
    bool started;
    bool complete;
    bool beyond_reason; /* the callback found the iteration count or the salt past the limits */
    int fault;          /* why the callback could not salt the password: GNU SASL does not pass that on */
};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool has_credential(const struct settings *settings, enum credential credential)
{
    switch (credential) {
    case CREDENTIAL_CERTIFICATE:
        return settings->client_cert != NULL;
    case CREDENTIAL_PASSWORD:
        return settings->password.set;
    case CREDENTIAL_NONE:
        return settings_anonymous(settings);
    }
    return false;
}

static const struct mechanism *choose(const struct settings *settings, const char *const *mechanisms, size_t count,
                                      bool can_bind)
{
    const char *const *required = (const char *const *)settings->required_mechanisms;
    for (size_t i = 0; i < mechanism_count; i++) {
        const struct mechanism *mechanism = &mechanism_table[i];
        if (has_credential(settings, mechanism->credential) && (can_bind || !mechanism->bound) &&
            is_among(mechanism->name, mechanisms, count) &&
            (settings->required_count == 0 || is_among(mechanism->name, required, settings->required_count)))
            return mechanism;
    }
    return NULL;
}

/* RFC 5802's SaltedPassword, by OpenSSL, which is five times as fast as the library's own, and within limits. */
static int give_salted_password(struct sasl *sasl, Gsasl_session *session)
{
    const char *salt64 = gsasl_property_fast(session, GSASL_SCRAM_SALT);
    const char *count = gsasl_property_fast(session, GSASL_SCRAM_ITER);
    if (!salt64 || !count)
        return GSASL_NO_CALLBACK;
    unsigned long iterations = strtoul(count, NULL, 10);
    if (iterations == 0 || iterations > SASL_ITERATIONS_MAX || strlen(salt64) > SASL_SALT_MAX) {
        sasl->beyond_reason = true;
        return GSASL_AUTHENTICATION_ERROR;
    }

    char *password = NULL;
    char *salt = NULL;
    size_t salt_length = 0;
    int code = gsasl_saslprep(sasl->settings->password.value, 0, &password, NULL);
    if (code == GSASL_OK)
        code = gsasl_base64_from(salt64, strlen(salt64), &salt, &salt_length);
    if (code == GSASL_OK) {
        unsigned char key[DIGEST_MAX];
        char hex[2 * DIGEST_MAX + 1];
        const EVP_MD *digest = EVP_get_digestbyname(sasl->mechanism->digest);
        int length = EVP_MD_get_size(digest);
        if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)salt, (int)salt_length,
                              (int)iterations, digest, length, key)) {
            for (int i = 0; i < length; i++)
                snprintf(hex + 2 * i, 3, "%02x", key[i]);
            code = gsasl_property_set(session, GSASL_SCRAM_SALTED_PASSWORD, hex);
        } else {
            code = GSASL_CRYPTO_ERROR;
        }
        explicit_bzero(key, sizeof key);
        explicit_bzero(hex, sizeof hex);
    }
    if (password) {
        explicit_bzero(password, strlen(password));
        gsasl_free(password);
    }
    gsasl_free(salt);
    sasl->fault = code;
    return code;
}

/* Only a mechanism that ends in -PLUS may have it: with the others it would tell the server that we could, and some
 * then refuse. */
static int give_binding(const struct sasl *sasl, Gsasl_session *session, Gsasl_property property, const char *type)
{
    if (!sasl->mechanism->bound || strcmp(sasl->binding.type, type) != 0)
        return GSASL_NO_CALLBACK;
    char *encoded = NULL;
    int code = gsasl_base64_to((const char *)sasl->binding.data, sasl->binding.length, &encoded, NULL);
    if (code == GSASL_OK)
        code = gsasl_property_set(session, property, encoded);
    gsasl_free(encoded);
    return code;
}

static int give_property(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
    struct sasl *sasl = gsasl_callback_hook_get(library);
    switch (property) {
    case GSASL_AUTHID:
        return gsasl_property_set(session, property, sasl->settings->jid.node);
    case GSASL_PASSWORD:
        if (sasl->mechanism->digest) /* SCRAM asks for the salted password first */
            return GSASL_NO_CALLBACK;
        return gsasl_property_set(session, property, sasl->settings->password.value);
    case GSASL_CB_TLS_EXPORTER:
        return give_binding(sasl, session, property, "tls-exporter");
    case GSASL_CB_TLS_UNIQUE:
        return give_binding(sasl, session, property, "tls-unique");
    case GSASL_AUTHZID:
        return GSASL_NO_CALLBACK; /* the account that the credentials are for */
    case GSASL_ANONYMOUS_TOKEN:
        return gsasl_property_set(session, property, "");
    case GSASL_SCRAM_SALTED_PASSWORD:
        return give_salted_password(sasl, session);
    default:
        return GSASL_NO_CALLBACK;
    }
}

struct sasl *sasl_start(const struct settings *settings, const char *const *mechanisms, size_t count,
                        const struct tls_binding *binding, char condition[CONDITION_SIZE])
{
    condition[0] = '\0';
    const struct mechanism *mechanism = choose(settings, mechanisms, count, binding != NULL);
    if (!mechanism) {
        snprintf(condition, CONDITION_SIZE, "%s", settings->required_count ? "mechanism-downgraded" : "no-mechanism");
        return NULL;
    }
    struct sasl *sasl = calloc(1, sizeof *sasl);
    if (!sasl)
        return NULL;
    sasl->settings = settings;
    sasl->mechanism = mechanism;
    if (binding)
        sasl->binding = *binding;
    if (gsasl_init(&sasl->library) != GSASL_OK) {
        free(sasl);
        return NULL;
    }
    gsasl_callback_set(sasl->library, give_property);
    gsasl_callback_hook_set(sasl->library, sasl);
    if (gsasl_client_start(sasl->library, mechanism->name, &sasl->session) != GSASL_OK) {
        sasl_free(sasl);
        return NULL;
    }
    return sasl;
}

const char *sasl_mechanism(const struct sasl *sasl)
{
    return sasl->mechanism->name;
}

/* SCRAM's server-final-message may be an error instead of a signature (RFC 5802 section 7). */
static bool is_scram_error(const struct sasl *sasl, const char *in, char *why, size_t why_size)
{
    char *message = NULL;
    size_t length = 0;
    if (!sasl->mechanism->digest || gsasl_base64_from(in, strlen(in), &message, &length) != GSASL_OK)
        return false;
    bool error = length > 2 && memcmp(message, "e=", 2) == 0;
    if (error)
        snprintf(why, why_size, "%.*s", (int)(length - 2), message + 2);
    gsasl_free(message);
    return error;
}

/* Copies the value of the nonce attribute of a SCRAM message in base64 (RFC 5802 section 5.1); empty when there is
 * none. */
static void read_nonce(const char *message64, char *nonce, size_t size)
{
    char *message = NULL;
    size_t length = 0;
    nonce[0] = '\0';
    if (gsasl_base64_from(message64, strlen(message64), &message, &length) != GSASL_OK)
        return;
    const char *start = memmem(message, length, ",r=", 3);
    start = start ? start + 3 : length > 2 && memcmp(message, "r=", 2) == 0 ? message + 2 : NULL;
    if (start) {
        const char *end = memchr(start, ',', (size_t)(message + length - start));
        snprintf(nonce, size, "%.*s", (int)((end ? end : message + length) - start), start);
    }
    gsasl_free(message);
}

/* GNU SASL checks that the server's nonce begins with ours, but takes ours alone: a server that adds nothing of its own
 * is none. */
static bool is_own_nonce(const struct sasl *sasl, const char *in)
{
    char nonce[sizeof sasl->nonce];
    read_nonce(in, nonce, sizeof nonce);
    return sasl->nonce[0] && strcmp(nonce, sasl->nonce) == 0;
}

static enum sasl_step failure(const struct sasl *sasl, int code, const char *in, char *why, size_t why_size)
{
    if (sasl->beyond_reason) {
        snprintf(why, why_size, "SCRAM iteration count or salt beyond reason");
        return SASL_REFUSED;
    }
    if (sasl->fault != GSASL_OK)
        code = sasl->fault;
    if (code == GSASL_MALLOC_ERROR || code == GSASL_CRYPTO_ERROR || code == GSASL_SASLPREP_ERROR || !sasl->started) {
        snprintf(why, why_size, "%s",
                 code == GSASL_SASLPREP_ERROR ? "the password has characters that SASLprep forbids"
                                              : gsasl_strerror(code));
        return SASL_OWN_FAULT;
    }
    if (is_scram_error(sasl, in, why, why_size))
        return SASL_REJECTED;
    snprintf(why, why_size, "%s: %s", sasl->mechanism->name, "the server's nonce, signature or message is wrong");
    return SASL_REFUSED;
}

enum sasl_step sasl_step(struct sasl *sasl, const char *in, char **out, char *why, size_t why_size)
{
    *out = NULL;
    why[0] = '\0';
    if (!in || strcmp(in, "=") == 0)
        in = "";
    if (is_own_nonce(sasl, in))
        return failure(sasl, GSASL_AUTHENTICATION_ERROR, in, why, why_size);
    char *message = NULL;
    int code = gsasl_step64(sasl->session, in, &message);
    if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
        return failure(sasl, code, in, why, why_size);

    sasl->complete = code == GSASL_OK;
    bool empty = !message || *message == '\0';
    if (sasl->complete && empty && sasl->started) {
        gsasl_free(message);
        return SASL_COMPLETE;
    }
    if (empty) {
        gsasl_free(message);
        message = strdup("=");
        if (!message) {
            snprintf(why, why_size, "out of memory");
            return SASL_OWN_FAULT;
        }
    }
    if (!sasl->started && sasl->mechanism->digest)
        read_nonce(message, sasl->nonce, sizeof sasl->nonce);
    sasl->started = true;
    *out = message;
    return SASL_SEND;
}

bool sasl_is_complete(const struct sasl *sasl)
{
    return sasl->complete;
}

void sasl_free_message(char *message)
{
    if (!message)
        return;
    explicit_bzero(message, strlen(message));
    gsasl_free(message);
}

/* GNU SASL frees its properties as they are. */
static void wipe_property(Gsasl_session *session, Gsasl_property property)
{
    char *value = (char *)gsasl_property_fast(session, property);
    if (value)
        explicit_bzero(value, strlen(value));
}

void sasl_free(struct sasl *sasl)
{
    if (!sasl)
        return;
    if (sasl->session) {
        wipe_property(sasl->session, GSASL_PASSWORD);
        wipe_property(sasl->session, GSASL_SCRAM_SALTED_PASSWORD);
        gsasl_finish(sasl->session);
    }
    gsasl_done(sasl->library);
    free(sasl);
}
