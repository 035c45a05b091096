/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SASL exchange with a server that does not know the password: whatever it says, it is not authenticated. First
 * line: the mechanisms that it offers, '+' in front for a channel that can be bound; then a message on each line, taken
 * for base64 behind '=' and else as it is; %n stands for the client's nonce. With '!' in front it comes by success. */
#include "sasl.h"

#include <openssl/evp.h>

#include "base64.h"
#include "fuzz.h"
#include "mechanism.h"
#include "pbkdf2.h"
#include "scram.h"

#define MESSAGES_MAX 8

/* The real one takes seconds for what the limits allow: in its place, what scram.c asks it for is watched. */
bool pbkdf2(const EVP_MD *md, const void *password, size_t password_length, const unsigned char *salt,
            size_t salt_length, unsigned long iterations, unsigned char out[EVP_MAX_MD_SIZE])
{
    (void)password, (void)password_length, (void)salt;
    EXPECT(iterations > 0 && iterations <= SCRAM_ITERATIONS_MAX, "%lu iterations", iterations);
    EXPECT(salt_length > 0 && salt_length <= PBKDF2_SALT_MAX, "a salt of %zu bytes", salt_length);
    memset(out, 7, (size_t)EVP_MD_get_size(md));
    return true;
}

/* The nonce in the client's first message; empty when it has none. */
static void read_nonce(const struct sasl_message *message, char *nonce, size_t size)
{
    char *text = strndup((const char *)message->data, message->length);
    const char *start = strstr(text, ",r=");
    snprintf(nonce, size, "%s", start ? start + 3 : "");
    free(text);
}

/* The message on LINE. False when it is none that would reach the exchange. */
static bool write_message(const char *line, const char *nonce, struct sasl_message *message)
{
    char *text = NULL;
    size_t size = 0;
    if (*line == '=')
        return base64_decode(line + 1, strlen(line + 1), message->data, sizeof message->data, &message->length);
    FILE *out = open_memstream(&text, &size);
    for (; *line != '\0'; line++) {
        if (strncmp(line, "%n", 2) == 0) {
            fputs(nonce, out);
            line++;
        } else {
            fputc(*line, out);
        }
    }
    fclose(out);
    message->length = size < sizeof message->data ? size : sizeof message->data;
    memcpy(message->data, text, message->length);
    free(text);
    return true;
}

static void converse(struct sasl *sasl, char *rest)
{
    const struct mechanism *mechanism = mechanism_find(sasl_mechanism(sasl));
    struct sasl_message in, out;
    char why[160], nonce[256] = "";
    enum sasl_result result = sasl_begin(sasl, &out, why, sizeof why);
    EXPECT(result == SASL_GOOD, "no first message: %s", why);
    read_nonce(&out, nonce, sizeof nonce);
    EXPECT(!mechanism->digest == !*nonce, "nonce %s", nonce);
    for (int taken = 0; taken < MESSAGES_MAX && result == SASL_GOOD;) {
        const char *line = fuzz_line(&rest);
        if (!line)
            break;
        bool success = *line == '!';
        if (!write_message(line + success, nonce, &in))
            continue;
        taken++;
        result = success ? sasl_success(sasl, &in, why, sizeof why) : sasl_challenge(sasl, &in, &out, why, sizeof why);
        EXPECT((result == SASL_GOOD) == (*why == '\0'), "result %d: %s", result, why);
        EXPECT(result != SASL_OWN_FAULT, "a stranger's message is no fault of ours: %s", why);
        EXPECT(!mechanism->digest || !success || result != SASL_GOOD, "authenticated without proof");
        EXPECT(!mechanism->digest || taken == 1 || result != SASL_GOOD, "authenticated without proof");
        EXPECT(success || out.length <= sizeof out.data, "%zu bytes", out.length);
    }
    in.length = 0;
    result = sasl_success(sasl, &in, why, sizeof why);
    EXPECT(!mechanism->digest || result == SASL_REFUSED, "authenticated without proof");
}

static void run(const struct settings *settings, char *names, char *rest)
{
    static const struct sasl_binding binding = {.type = "tls-exporter", .data = {1, 2, 3}, .length = 32};
    static struct sasl_offer offer;
    bool bound = *names == '+';
    char *place;
    memset(&offer, 0, sizeof offer);
    offer.tells_bindings = bound;
    if (bound)
        snprintf(offer.bindings[offer.binding_count++], SASL_NAME_SIZE, "tls-exporter");
    for (char *name = strtok_r(names + bound, " ", &place); name && offer.mechanism_count < SASL_MECHANISMS_MAX;
         name = strtok_r(NULL, " ", &place))
        snprintf(offer.mechanisms[offer.mechanism_count++], SASL_NAME_SIZE, "%s", name);
    char why[200];
    struct sasl *sasl = sasl_start(settings, &offer, &binding, bound, why, sizeof why);
    EXPECT((sasl == NULL) == (*why != '\0'), "%s", why);
    if (!sasl)
        return;
    bool offered = false;
    for (size_t i = 0; i < offer.mechanism_count; i++)
        offered |= strcmp(offer.mechanisms[i], sasl_mechanism(sasl)) == 0;
    EXPECT(offered, "%s was not offered", sasl_mechanism(sasl));
    EXPECT(bound || !mechanism_find(sasl_mechanism(sasl))->bound, "%s without a binding", sasl_mechanism(sasl));
    converse(sasl, rest);
    sasl_free(sasl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct secret password = {.set = true, .length = 6, .value = "pencil"};
    static struct settings settings = {.password = &password};
    const char *why;
    if (!settings.jid.domain && !jid_parse("user@example.org", &settings.jid, &why))
        abort();
    char *text = fuzz_string(data, size);
    char *rest = text;
    char *names = fuzz_line(&rest);
    run(&settings, names, rest);
    free(text);
    return 0;
}
