/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against GNU SASL's server side, whose messages a hostile one bends. */
#include "sasl.h"

#include <gsasl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static struct settings make_settings(const char *jid, const char *password)
{
    struct settings settings = {0};
    const char *why;
    jid_parse(jid, &settings.jid, &why);
    if (password) {
        settings.password.set = true;
        settings.password.length = strlen(password);
        snprintf(settings.password.value, sizeof settings.password.value, "%s", password);
    }
    return settings;
}

/* --- the choice --- */

static const struct {
    const char *offer[6];
    const char *chosen;
} choices[] = {
    {{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"}, "SCRAM-SHA-256"},
    {{"SCRAM-SHA-1", "PLAIN"}, "SCRAM-SHA-1"},
    {{"DIGEST-MD5", "PLAIN"}, "PLAIN"},
    {{"SCRAM-SHA-1-PLUS"}, NULL},
    {{"SCRAM-SHA-1", "SCRAM-SHA-256-PLUS"}, "SCRAM-SHA-1"},
    {{"DIGEST-MD5", "X-OAUTH2", "ANONYMOUS", "scram-sha-1"}, NULL},
    {{NULL}, NULL},
};

static void test_choice(void)
{
    struct settings settings = make_settings("alice@example.org", "secret");
    char condition[CONDITION_SIZE];
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        size_t count = 0;
        while (choices[i].offer[count])
            count++;
        struct sasl *sasl = sasl_start(&settings, choices[i].offer, count, NULL, condition);
        const char *first = count ? choices[i].offer[0] : "nothing";
        is_str(sasl ? sasl_mechanism(sasl) : NULL, choices[i].chosen, "of %zu, %s first, %s is chosen", count, first,
               choices[i].chosen ? choices[i].chosen : "none");
        is_str(condition, choices[i].chosen ? "" : "no-mechanism", "and the condition says so");
        sasl_free(sasl);
    }
    const char *bound[] = {"SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "EXTERNAL"};
    struct tls_binding binding = {.type = "tls-exporter", .length = 32};
    struct sasl *sasl = sasl_start(&settings, bound, 3, &binding, condition);
    is_str(sasl_mechanism(sasl), "SCRAM-SHA-1-PLUS", "a channel that can be bound is bound");
    sasl_free(sasl);
    char *required[] = {"SCRAM-SHA-256", "PLAIN"};
    settings.required_mechanisms = required;
    settings.required_count = 2;
    sasl = sasl_start(&settings, bound, 3, &binding, condition);
    is_str(sasl_mechanism(sasl), "SCRAM-SHA-256", "of what is offered only what is required is taken");
    sasl_free(sasl);
    ok(!sasl_start(&settings, bound + 1, 2, &binding, condition), "and nothing else");
    is_str(condition, "mechanism-downgraded", "which is a downgrade");
    settings.required_count = 0;
    settings.client_cert = "client.pem";
    sasl = sasl_start(&settings, bound, 3, &binding, condition);
    is_str(sasl_mechanism(sasl), "EXTERNAL", "a client certificate is better than a password");
    sasl_free(sasl);
    jid_free(&settings.jid);
    settings = make_settings("example.org", NULL);
    const char *offer[] = {"PLAIN", "ANONYMOUS"};
    sasl = sasl_start(&settings, offer, 2, NULL, condition);
    is_str(sasl ? sasl_mechanism(sasl) : NULL, "ANONYMOUS", "a bare domain logs in as ANONYMOUS");
    char *out;
    char why[100];
    is_int(sasl_step(sasl, NULL, &out, why, sizeof why), SASL_SEND, "with one message");
    is_str(out, "=", "that is empty");
    ok(sasl_is_complete(sasl), "and that is all");
    sasl_free_message(out);
    sasl_free(sasl);
    sasl = sasl_start(&settings, offer, 1, NULL, condition);
    ok(!sasl, "a bare domain uses no mechanism with a password");
    jid_free(&settings.jid);
}

/* --- SCRAM --- */

static int server_property(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
    (void)library;
    switch (property) {
    case GSASL_PASSWORD:
        return gsasl_property_set(session, property, "pencil");
    case GSASL_SCRAM_ITER:
        return gsasl_property_set(session, property, "4096");
    case GSASL_SCRAM_SALT:
        return gsasl_property_set(session, property, "QSXCR+Q6sek8bf92");
    default:
        return GSASL_NO_CALLBACK;
    }
}

enum misdeed {
    HONEST,
    OTHER_NONCE,
    OWN_NONCE,
    HUGE_ITERATIONS,
    LONG_SALT,
    ZERO_ITERATIONS,
    GARBAGE,
    WRONG_SIGNATURE,
    SERVER_ERROR
};

/* What the server says, as the misdeed wants it: FIRST is its first message or its last. In base64, to be freed. */
static char *bend(const char *message64, enum misdeed misdeed, bool first, const char *own_nonce)
{
    char *message = NULL, *bent64 = NULL;
    size_t length = 0;
    char bent[4096];
    gsasl_base64_from(message64, strlen(message64), &message, &length);
    snprintf(bent, sizeof bent, "%.*s", (int)length, message);
    char *salt = strstr(bent, ",s=");
    if (first && misdeed == OTHER_NONCE)
        snprintf(bent, sizeof bent, "r=notmine,s=QSXCR+Q6sek8bf92,i=4096");
    else if (first && misdeed == OWN_NONCE)
        snprintf(bent, sizeof bent, "r=%s,s=QSXCR+Q6sek8bf92,i=4096", own_nonce);
    else if (first && misdeed == HUGE_ITERATIONS)
        snprintf(salt, 64, ",s=QSXCR+Q6sek8bf92,i=2000000000");
    else if (first && misdeed == ZERO_ITERATIONS)
        snprintf(salt, 64, ",s=QSXCR+Q6sek8bf92,i=0");
    else if (first && misdeed == LONG_SALT)
        snprintf(salt, sizeof bent - 1000, ",s=%0*d,i=4096", 2000, 0);
    else if (first && misdeed == GARBAGE)
        snprintf(bent, sizeof bent, "what?");
    else if (!first && misdeed == WRONG_SIGNATURE)
        bent[4] = bent[4] == 'A' ? 'B' : 'A';
    else if (!first && misdeed == SERVER_ERROR)
        snprintf(bent, sizeof bent, "e=invalid-proof");
    gsasl_base64_to(bent, strlen(bent), &bent64, NULL);
    gsasl_free(message);
    return bent64;
}

/* Runs the exchange until the client is done or objects. */
static enum sasl_step exchange(const char *mechanism, const char *password, enum misdeed misdeed, char *why,
                               size_t why_size)
{
    struct settings settings = make_settings("user@example.org", password);
    char condition[CONDITION_SIZE];
    struct sasl *client = sasl_start(&settings, &mechanism, 1, NULL, condition);
    Gsasl *library;
    Gsasl_session *server;
    gsasl_init(&library);
    gsasl_callback_set(library, server_property);
    gsasl_server_start(library, mechanism, &server);

    char *from_client = NULL;
    enum sasl_step step = sasl_step(client, NULL, &from_client, why, why_size);
    char *first_message = NULL;
    size_t first_length = 0;
    char own_nonce[200];
    gsasl_base64_from(from_client, strlen(from_client), &first_message, &first_length);
    snprintf(own_nonce, sizeof own_nonce, "%.*s", (int)first_length, first_message);
    gsasl_free(first_message);
    char *nonce = strstr(own_nonce, ",r=") + 3;
    for (bool first = true; step == SASL_SEND; first = false) {
        char *from_server = NULL;
        int code = gsasl_step64(server, from_client, &from_server);
        sasl_free_message(from_client);
        from_client = NULL;
        if (code != GSASL_OK && code != GSASL_NEEDS_MORE) {
            step = SASL_REJECTED; /* as <failure/> would tell */
            snprintf(why, why_size, "the server rejects");
            break;
        }
        char *bent = bend(from_server, misdeed, first, nonce);
        gsasl_free(from_server);
        step = sasl_step(client, bent, &from_client, why, why_size);
        gsasl_free(bent);
    }
    if (step == SASL_COMPLETE && !sasl_is_complete(client))
        step = SASL_OWN_FAULT;
    gsasl_finish(server);
    gsasl_done(library);
    sasl_free(client);
    jid_free(&settings.jid);
    return step;
}

static const struct {
    enum misdeed misdeed;
    enum sasl_step expected;
    const char *name;
} exchanges[] = {
    {HONEST, SASL_COMPLETE, "an honest server is believed"},
    {OTHER_NONCE, SASL_REFUSED, "a nonce that is not ours is refused"},
    {OWN_NONCE, SASL_REFUSED, "our nonce alone is refused"},
    {HUGE_ITERATIONS, SASL_REFUSED, "2,000,000,000 iterations are refused"},
    {ZERO_ITERATIONS, SASL_REFUSED, "no iterations are refused"},
    {LONG_SALT, SASL_REFUSED, "a salt of 2,000 characters is refused"},
    {GARBAGE, SASL_REFUSED, "a message that is no SCRAM is refused"},
    {WRONG_SIGNATURE, SASL_REFUSED, "a wrong server signature is refused"},
    {SERVER_ERROR, SASL_REJECTED, "the server's error is a rejected login"},
};

static void test_scram(const char *mechanism)
{
    char why[160];
    for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
        is_int(exchange(mechanism, "pencil", exchanges[i].misdeed, why, sizeof why), exchanges[i].expected, "%s: %s",
               mechanism, exchanges[i].name);
        ok((why[0] == '\0') == (exchanges[i].expected == SASL_COMPLETE), "and there are words when it is not good: %s",
           why);
    }
    is_int(exchange(mechanism, "pen", HONEST, why, sizeof why), SASL_REJECTED, "%s: a wrong password is rejected",
           mechanism);
}

static void test_password(void)
{
    char why[160];
    is_int(exchange("SCRAM-SHA-1", "bell\x07", HONEST, why, sizeof why), SASL_OWN_FAULT,
           "a password that SASLprep forbids is our fault");
}

int main(void)
{
    test_choice();
    test_scram("SCRAM-SHA-1");
    test_scram("SCRAM-SHA-256");
    test_password();
    done_testing();
    return exit_status();
}
