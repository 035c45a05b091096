/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sasl.h"

#include <gsasl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST_MAX 32 /* SHA-256 */

struct mechanism {
    const char *name;
    const char *digest; /* of SCRAM, NULL for others */
};

/* The strongest first. */
static const struct mechanism with_password[] = {
    {"SCRAM-SHA-256", "SHA256"},
    {"SCRAM-SHA-1", "SHA1"},
    {"PLAIN", NULL},
};
static const struct mechanism without_password[] = {{"ANONYMOUS", NULL}};

struct sasl {
    Gsasl *library;
    Gsasl_session *session;
    const struct settings *settings;
    const struct mechanism *mechanism;
    bool started;
    bool complete;
    bool beyond_reason; /* the callback found the iteration count or the salt past the limits */
    int fault;          /* why the callback could not salt the password: GNU SASL does not pass that on */
};

static bool offered(const char *name, const char *const *mechanisms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, mechanisms[i]) == 0)
            return true;
    return false;
}

static const struct mechanism *choose(const struct settings *settings, const char *const *mechanisms, size_t count)
{
    bool anonymous = settings_anonymous(settings);
    const struct mechanism *own = anonymous ? without_password : with_password;
    size_t own_count = anonymous ? sizeof without_password / sizeof *own : sizeof with_password / sizeof *own;
    for (size_t i = 0; i < own_count; i++)
        if (offered(own[i].name, mechanisms, count))
            return &own[i];
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
    case GSASL_ANONYMOUS_TOKEN:
        return gsasl_property_set(session, property, "");
    case GSASL_SCRAM_SALTED_PASSWORD:
        return give_salted_password(sasl, session);
    default:
        return GSASL_NO_CALLBACK;
    }
}

struct sasl *sasl_start(const struct settings *settings, const char *const *mechanisms, size_t count,
                        char condition[CONDITION_SIZE])
{
    condition[0] = '\0';
    const struct mechanism *mechanism = choose(settings, mechanisms, count);
    if (!mechanism) {
        snprintf(condition, CONDITION_SIZE, "no-mechanism");
        return NULL;
    }
    struct sasl *sasl = calloc(1, sizeof *sasl);
    if (!sasl)
        return NULL;
    sasl->settings = settings;
    sasl->mechanism = mechanism;
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

void sasl_free(struct sasl *sasl)
{
    if (!sasl)
        return;
    if (sasl->session)
        gsasl_finish(sasl->session);
    gsasl_done(sasl->library);
    free(sasl);
}
