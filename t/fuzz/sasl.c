/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SASL exchange with a server that does not know the password: whatever it says, it is not authenticated. First
 * line: the mechanisms that it offers, '+' in front for a channel that can be bound; then a message on each line, taken
 * for base64 behind '=' and else to be put into it; %n stands for the client's nonce. */
#include "sasl.h"

#include <gsasl.h>
#include <openssl/evp.h>

#include "fuzz.h"
#include "mechanism.h"

#define NAMES_MAX 16
#define MESSAGES_MAX 8

/* OpenSSL's own, which takes seconds for what the limits allow: in its place, what sasl.c asks it for is watched. */
int PKCS5_PBKDF2_HMAC(const char *password, int password_length, const unsigned char *salt, int salt_length,
                      int iterations, const EVP_MD *digest, int length, unsigned char *key)
{
    (void)salt;
    EXPECT(password_length == (int)strlen(password), "%d bytes", password_length);
    EXPECT(iterations > 0 && (unsigned long)iterations <= SASL_ITERATIONS_MAX, "%d iterations", iterations);
    EXPECT(salt_length >= 0 && salt_length <= SASL_SALT_MAX, "a salt of %d bytes", salt_length);
    EXPECT(length == EVP_MD_get_size(digest), "%d bytes", length);
    memset(key, 7, (size_t)length);
    return 1;
}

/* The nonce in the client's first message; empty when it has none. */
static void read_nonce(const char *message64, char *nonce, size_t size)
{
    char *message = NULL;
    size_t length = 0;
    nonce[0] = '\0';
    if (gsasl_base64_from(message64, strlen(message64), &message, &length) != GSASL_OK)
        return;
    char *text = strndup(message, length);
    char *start = strstr(text, ",r=");
    if (start)
        snprintf(nonce, size, "%s", start + 3);
    free(text);
    gsasl_free(message);
}

/* The message on LINE as it goes over the wire. To be freed by gsasl_free(). */
static char *write_message(const char *line, const char *nonce)
{
    char *message = NULL, *encoded = NULL;
    size_t size = 0;
    if (*line == '=')
        return strdup(line + 1);
    FILE *out = open_memstream(&message, &size);
    for (; *line != '\0'; line++) {
        if (strncmp(line, "%n", 2) == 0) {
            fputs(nonce, out);
            line++;
        } else {
            fputc(*line, out);
        }
    }
    fclose(out);
    if (gsasl_base64_to(message, size, &encoded, NULL) != GSASL_OK)
        abort();
    free(message);
    return encoded;
}

static void converse(struct sasl *sasl, char *rest)
{
    const struct mechanism *mechanism = mechanism_find(sasl_mechanism(sasl));
    char why[160], nonce[256] = "";
    char *out = NULL;
    enum sasl_step step = sasl_step(sasl, NULL, &out, why, sizeof why);
    EXPECT(step == SASL_SEND && out, "no first message: %s", why);
    if (mechanism->digest)
        read_nonce(out, nonce, sizeof nonce);
    sasl_free_message(out);
    for (int i = 0; i < MESSAGES_MAX; i++) {
        EXPECT(!mechanism->digest || !sasl_is_complete(sasl), "authenticated without proof");
        char *line = fuzz_line(&rest);
        if (!line || sasl_is_complete(sasl))
            break;
        char *message = write_message(line, nonce);
        step = sasl_step(sasl, message, &out, why, sizeof why);
        gsasl_free(message);
        EXPECT((step == SASL_SEND) == (out != NULL), "step %d", step);
        EXPECT((step == SASL_SEND || step == SASL_COMPLETE) == (*why == '\0'), "step %d: %s", step, why);
        EXPECT(step != SASL_OWN_FAULT, "a stranger's message is no fault of ours: %s", why);
        EXPECT(!mechanism->digest || step != SASL_COMPLETE, "authenticated without proof");
        sasl_free_message(out);
        if (step != SASL_SEND)
            break;
    }
}

static void run(const struct settings *settings, char *offer, char *rest)
{
    static const struct tls_binding binding = {.type = "tls-exporter", .data = {1, 2, 3}, .length = 32};
    bool bound = *offer == '+';
    const char *names[NAMES_MAX];
    size_t count = 0;
    char *place;
    for (char *name = strtok_r(offer + bound, " ", &place); name && count < NAMES_MAX;
         name = strtok_r(NULL, " ", &place))
        names[count++] = name;
    enum condition condition;
    struct sasl *sasl = sasl_start(settings, names, count, bound ? &binding : NULL, &condition);
    EXPECT((sasl == NULL) == (condition != CONDITION_NONE), "%s", condition_name(condition));
    if (!sasl)
        return;
    bool offered = false;
    for (size_t i = 0; i < count; i++)
        offered |= strcmp(names[i], sasl_mechanism(sasl)) == 0;
    EXPECT(offered, "%s was not offered", sasl_mechanism(sasl));
    EXPECT(bound || !mechanism_find(sasl_mechanism(sasl))->bound, "%s without a binding", sasl_mechanism(sasl));
    converse(sasl, rest);
    sasl_free(sasl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings settings;
    const char *why;
    if (!settings.jid.domain && !jid_parse("user@example.org", &settings.jid, &why))
        abort();
    settings.password = (struct secret){.set = true, .length = 6, .value = "pencil"};
    char *text = fuzz_string(data, size);
    char *rest = text;
    char *offer = fuzz_line(&rest);
    run(&settings, offer, rest);
    free(text);
    return 0;
}
