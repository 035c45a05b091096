/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scram.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "pbkdf2.h"
#include "saslprep.h"

/* SASLprep may make a password longer: NFKC by eighteen times at the very most, some by three. */
#define PREPARED_SIZE 4096

/* "p=tls-server-end-point,,", with the binding's data behind it. */
#define HEADER_SIZE 32
#define BOUND_SIZE (HEADER_SIZE + sizeof(((struct sasl_binding *)NULL)->data))

/* A piece of a message; it ends at a comma or with the message. */
struct piece {
    const char *start;
    size_t length;
};

/* What the server's first message holds. */
struct challenge {
    struct piece nonce, salt, iterations;
    struct piece offer;   /* XEP-0474; no start without it */
    struct piece unknown; /* an extension that must be understood */
};

static enum sasl_result refuse(const char *reason, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s", reason);
    return SASL_REFUSED;
}

static enum sasl_result blame_self(const char *reason, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s", reason);
    return SASL_OWN_FAULT;
}

/* --- reading (RFC 5802 section 7) --- */

/* Takes the attribute NAME off the front of *REST, with the comma behind it. */
static bool take(const char **rest, char name, struct piece *value)
{
    const char *text = *rest;
    if (text[0] == '\0' || text[0] != name || text[1] != '=')
        return false;
    value->start = text + 2;
    value->length = strcspn(value->start, ",");
    *rest = value->start + value->length;
    *rest += **rest == ',';
    return true;
}

/* Looks through the extensions behind what a message must have. Each is a letter with a value. */
static bool read_extensions(const char *rest, struct challenge *challenge)
{
    while (*rest != '\0') {
        char name = *rest;
        struct piece value;
        if (!((name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z')) || !take(&rest, name, &value))
            return false;
        if (name == 'm')
            challenge->unknown = value;
        else if (name == 'h')
            challenge->offer = value;
    }
    return true;
}

static bool read_challenge(const char *rest, struct challenge *challenge)
{
    return take(&rest, 'm', &challenge->unknown) ||
           (take(&rest, 'r', &challenge->nonce) && take(&rest, 's', &challenge->salt) &&
            take(&rest, 'i', &challenge->iterations) && read_extensions(rest, challenge));
}

/* The message as a string; empty when it is none. */
static const char *read_text(const struct sasl_message *in, char text[SASL_MESSAGE_MAX + 1])
{
    bool whole = in->length <= SASL_MESSAGE_MAX && !memchr(in->data, '\0', in->length);
    size_t length = whole ? in->length : 0;
    memcpy(text, in->data, length);
    text[length] = '\0';
    return text;
}

/* A server may say instead of any of its messages that it has failed. */
static bool is_error(const char *text, char *why, size_t why_size)
{
    struct piece value;
    if (!take(&text, 'e', &value) || value.length == 0)
        return false;
    snprintf(why, why_size, "%.*s", (int)value.length, value.start);
    return true;
}

/* Ours, with something of the server's own behind it, and nothing that would be another attribute when we repeat it. */
static bool is_good_nonce(const char *ours, const struct piece *nonce)
{
    size_t length = strlen(ours);
    if (nonce->length <= length || memcmp(nonce->start, ours, length) != 0)
        return false;
    for (size_t i = 0; i < nonce->length; i++)
        if (nonce->start[i] < '!' || nonce->start[i] > '~')
            return false;
    return true;
}

/* The number in TEXT; 0 when it is none, or past the limit. */
static unsigned long read_iterations(const struct piece *text)
{
    unsigned long count = 0;
    for (size_t i = 0; i < text->length; i++) {
        char digit = text->start[i];
        if (digit < '0' || digit > '9' || (count == 0 && digit == '0'))
            return 0;
        count = 10 * count + (unsigned long)(digit - '0');
        if (count > SCRAM_ITERATIONS_MAX)
            return 0;
    }
    return count;
}

/* --- XEP-0474: the server signs what it offered --- */

static bool is_own_offer(const struct scram *scram, const struct piece *offer)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length;
    char encoded[BASE64_SIZE(sizeof hash)];
    if (!EVP_Digest(scram->offer, strlen(scram->offer), hash, &length, scram->md, NULL))
        return false;
    base64_encode(hash, length, encoded);
    return strlen(encoded) == offer->length && memcmp(encoded, offer->start, offer->length) == 0;
}

/* --- the keys (RFC 5802 section 3) --- */

static bool sign(const struct scram *scram, const unsigned char *key, const char *text, unsigned char *out)
{
    return HMAC(scram->md, key, EVP_MD_get_size(scram->md), (const unsigned char *)text, strlen(text), out, NULL) !=
           NULL;
}

/* From the salted password to the proof that we know it, and what the server's proof must be. */
static bool prove(struct scram *scram, const unsigned char *salted, const char *exchange, unsigned char *proof)
{
    int length = EVP_MD_get_size(scram->md);
    unsigned char client_key[EVP_MAX_MD_SIZE], stored_key[EVP_MAX_MD_SIZE], server_key[EVP_MAX_MD_SIZE];
    bool made = sign(scram, salted, "Client Key", client_key) &&
                EVP_Digest(client_key, (size_t)length, stored_key, NULL, scram->md, NULL) &&
                sign(scram, stored_key, exchange, proof) && sign(scram, salted, "Server Key", server_key) &&
                sign(scram, server_key, exchange, scram->server_signature);
    for (int i = 0; made && i < length; i++)
        proof[i] ^= client_key[i];
    explicit_bzero(client_key, sizeof client_key);
    explicit_bzero(stored_key, sizeof stored_key);
    explicit_bzero(server_key, sizeof server_key);
    return made;
}

static enum sasl_result salt_password(const struct scram *scram, const unsigned char *salt, size_t salt_length,
                                      unsigned char *salted, char *why, size_t why_size)
{
    char password[PREPARED_SIZE];
    if (!saslprep(scram->password, SASLPREP_STORED, password, sizeof password))
        return blame_self("the password has characters that SASLprep forbids", why, why_size);
    bool made = pbkdf2(scram->md, password, strlen(password), salt, salt_length, scram->iterations, salted);
    explicit_bzero(password, sizeof password);
    return made ? SASL_GOOD : blame_self("OpenSSL cannot hash the password", why, why_size);
}

/* --- writing --- */

/* "n,,", "y,," or "p=TYPE,,": what we think of channel binding. */
static size_t write_header(const struct scram *scram, char out[HEADER_SIZE])
{
    bool bound = scram->flag == 'p';
    snprintf(out, HEADER_SIZE, "%c%s%s,,", scram->flag, bound ? "=" : "", bound ? scram->binding.type : "");
    return strlen(out);
}

/* Writes the user's name; a comma and an equals sign, which have a meaning in a message, by their codes. False when
 * there is no room. */
static bool write_user(const char *user, char *out, size_t size)
{
    size_t used = 0;
    for (; *user != '\0'; user++) {
        if (used + sizeof "=2C" > size)
            return false;
        bool plain = *user != ',' && *user != '=';
        used += (size_t)snprintf(out + used, size - used, plain ? "%c" : "=%02X", *user);
    }
    return true;
}

enum sasl_result scram_begin(struct scram *scram, const char *nonce, struct sasl_message *out, char *why,
                             size_t why_size)
{
    char prepared[PREPARED_SIZE], user[SCRAM_FIRST_SIZE - 200] = "", header[HEADER_SIZE];
    if (!saslprep(scram->user, SASLPREP_QUERY, prepared, sizeof prepared) || !write_user(prepared, user, sizeof user))
        return blame_self("the name of the account is none that SASLprep takes", why, why_size);
    scram->md = EVP_MD_fetch(NULL, scram->digest, NULL);
    if (!scram->md)
        return blame_self("OpenSSL does not have the hash of the mechanism", why, why_size);
    scram->nonce_at = (size_t)snprintf(scram->first, sizeof scram->first, "n=%s,r=", user);
    snprintf(scram->first + scram->nonce_at, sizeof scram->first - scram->nonce_at, "%s", nonce);
    write_header(scram, header);
    out->length = (size_t)snprintf((char *)out->data, sizeof out->data, "%s%s", header, scram->first);
    return SASL_GOOD;
}

/* The final message but for its proof. False when there is no room. */
static bool write_final(const struct scram *scram, const struct piece *nonce, char *out, size_t size)
{
    unsigned char bound[BOUND_SIZE];
    char encoded[BASE64_SIZE(sizeof bound)];
    size_t length = write_header(scram, (char *)bound);
    if (scram->flag == 'p') {
        memcpy(bound + length, scram->binding.data, scram->binding.length);
        length += scram->binding.length;
    }
    base64_encode(bound, length, encoded);
    int written = snprintf(out, size, "c=%s,r=%.*s", encoded, (int)nonce->length, nonce->start);
    explicit_bzero(bound, sizeof bound);
    explicit_bzero(encoded, sizeof encoded);
    return written >= 0 && (size_t)written < size;
}

static enum sasl_result write_proof(struct scram *scram, const unsigned char *salted, const char *server_first,
                                    struct sasl_message *out, char *why, size_t why_size)
{
    unsigned char proof[EVP_MAX_MD_SIZE];
    char encoded[BASE64_SIZE(sizeof proof)];
    char exchange[SCRAM_FIRST_SIZE + 2 * SASL_MESSAGE_MAX + 4];
    const char *final = (const char *)out->data;
    snprintf(exchange, sizeof exchange, "%s,%s,%s", scram->first, server_first, final);
    bool made = prove(scram, salted, exchange, proof);
    if (made) {
        base64_encode(proof, (size_t)EVP_MD_get_size(scram->md), encoded);
        size_t used = strlen(final);
        out->length = used + (size_t)snprintf((char *)out->data + used, sizeof out->data - used, ",p=%s", encoded);
    }
    explicit_bzero(proof, sizeof proof);
    explicit_bzero(encoded, sizeof encoded);
    explicit_bzero(exchange, sizeof exchange);
    return made ? SASL_GOOD : blame_self("OpenSSL cannot compute SCRAM's proof", why, why_size);
}

enum sasl_result scram_answer(struct scram *scram, const struct sasl_message *in, struct sasl_message *out, char *why,
                              size_t why_size)
{
    char buffer[SASL_MESSAGE_MAX + 1];
    const char *text = read_text(in, buffer);
    struct challenge challenge = {0};
    unsigned char salt[PBKDF2_SALT_MAX], salted[EVP_MAX_MD_SIZE];
    size_t salt_length;
    if (is_error(text, why, why_size))
        return SASL_REJECTED;
    if (!read_challenge(text, &challenge))
        return refuse("the message of the server is no SCRAM", why, why_size);
    if (challenge.unknown.start)
        return refuse("the server demands an extension that is not known here", why, why_size);
    if (!is_good_nonce(scram->first + scram->nonce_at, &challenge.nonce))
        return refuse("the nonce of the server is wrong", why, why_size);
    scram->iterations = read_iterations(&challenge.iterations);
    if (scram->iterations == 0 ||
        !base64_decode(challenge.salt.start, challenge.salt.length, salt, sizeof salt, &salt_length) ||
        salt_length == 0)
        return refuse("iteration count or salt beyond reason", why, why_size);
    if (challenge.offer.start && !is_own_offer(scram, &challenge.offer))
        return refuse("the server offered other mechanisms than arrived here", why, why_size);
    /* Room for the proof stays free. */
    if (!write_final(scram, &challenge.nonce, (char *)out->data, sizeof out->data - BASE64_SIZE(EVP_MAX_MD_SIZE) - 3))
        return refuse("the nonce of the server is too long", why, why_size);
    enum sasl_result result = salt_password(scram, salt, salt_length, salted, why, why_size);
    if (result == SASL_GOOD)
        result = write_proof(scram, salted, text, out, why, why_size);
    explicit_bzero(salted, sizeof salted);
    return result;
}

enum sasl_result scram_verify(const struct scram *scram, const struct sasl_message *in, char *why, size_t why_size)
{
    char buffer[SASL_MESSAGE_MAX + 1];
    const char *text = read_text(in, buffer);
    struct challenge challenge = {0};
    struct piece signature;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    size_t length, expected = (size_t)EVP_MD_get_size(scram->md);
    if (is_error(text, why, why_size))
        return SASL_REJECTED;
    if (!take(&text, 'v', &signature) || !read_extensions(text, &challenge) || challenge.unknown.start)
        return refuse("the last message of the server is no SCRAM", why, why_size);
    if (!base64_decode(signature.start, signature.length, bytes, sizeof bytes, &length) || length != expected ||
        CRYPTO_memcmp(bytes, scram->server_signature, expected) != 0)
        return refuse("the signature of the server is wrong", why, why_size);
    return SASL_GOOD;
}

void scram_end(struct scram *scram)
{
    EVP_MD_free(scram->md);
    explicit_bzero(scram, sizeof *scram);
}
