/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which mechanism is chosen, how it is bound, why there is none; and in which order messages may come. What SCRAM's
 * messages may hold is scram.c's. */
#include "sasl.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"
#include "base64.h"
#include "scram.h"

/* One after the other: they share their password. */
static struct settings make_settings(const char *jid, const char *password)
{
    static struct secret secret;
    struct settings settings = {.password = &secret};
    const char *why;
    jid_parse(jid, &settings.jid, &why);
    secret = (struct secret){.set = password != NULL, .length = password ? strlen(password) : 0};
    snprintf(secret.value, sizeof secret.value, "%s", password ? password : "");
    return settings;
}

/* Adds the names in TEXT, with a blank between. */
static size_t add_names(char (*names)[SASL_NAME_SIZE], const char *text)
{
    size_t count = 0;
    for (size_t length; *text != '\0'; text += length + (text[length] == ' ')) {
        length = strcspn(text, " ");
        snprintf(names[count++], SASL_NAME_SIZE, "%.*s", (int)length, text);
    }
    return count;
}

/* TYPES of XEP-0440; NULL: the server says nothing about them. */
static struct sasl_offer make_offer(const char *mechanisms, const char *types)
{
    struct sasl_offer offer = {.tells_bindings = types != NULL};
    offer.mechanism_count = add_names(offer.mechanisms, mechanisms);
    offer.binding_count = types ? add_names(offer.bindings, types) : 0;
    return offer;
}

static size_t make_bindings(struct sasl_binding *bindings, const char *types)
{
    static const char *const known[] = {"tls-exporter", "tls-unique", "tls-server-end-point"};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++)
        if (strstr(types, known[i]))
            bindings[count++] = (struct sasl_binding){.type = known[i], .data = {1, 2, 3}, .length = 3};
    return count;
}

/* --- the choice --- */

#define ALL "PLAIN SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS SCRAM-SHA-512 SCRAM-SHA-512-PLUS"
#define WITHOUT "PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512"
#define TLS13 "tls-exporter tls-server-end-point"
#define TLS12 "tls-unique tls-server-end-point"

static const struct {
    const char *offer, *types; /* the server's */
    const char *ours;          /* types */
    const char *required;
    const char *chosen; /* and how its first message begins */
} choices[] = {
    /* the strongest */
    {WITHOUT, NULL, "", "", "SCRAM-SHA-512 n,,"},
    {"PLAIN SCRAM-SHA-1 SCRAM-SHA-256", NULL, "", "", "SCRAM-SHA-256 n,,"},
    {"SCRAM-SHA-1 PLAIN", NULL, "", "", "SCRAM-SHA-1 n,,"},
    {"DIGEST-MD5 PLAIN", NULL, "", "", "PLAIN"},
    {"SCRAM-SHA-1-PLUS", NULL, "", "", "none"},
    {"SCRAM-SHA-1 SCRAM-SHA-256-PLUS", NULL, "", "", "SCRAM-SHA-1 n,,"},
    {"DIGEST-MD5 X-OAUTH2 ANONYMOUS scram-sha-1 EXTERNAL", NULL, "", "", "none"},
    {"", NULL, "", "", "none"},
    /* the binding: by XEP-0440's list, and without it by what servers mean */
    {ALL, "tls-exporter", TLS13, "", "SCRAM-SHA-512-PLUS p=tls-exporter,,"},
    {ALL, "tls-server-end-point tls-exporter", TLS13, "", "SCRAM-SHA-512-PLUS p=tls-exporter,,"},
    {ALL, "tls-server-end-point", TLS13, "", "SCRAM-SHA-512-PLUS p=tls-server-end-point,,"},
    {ALL, "tls-server-end-point tls-unique", TLS12, "", "SCRAM-SHA-512-PLUS p=tls-unique,,"},
    {ALL, NULL, TLS12, "", "SCRAM-SHA-512-PLUS p=tls-unique,,"},
    {ALL, NULL, "tls-server-end-point", "", "SCRAM-SHA-512 n,,"},
    {ALL, NULL, TLS13, "", "SCRAM-SHA-512 n,,"},
    {ALL, "tls-unique", TLS13, "", "SCRAM-SHA-512 n,,"},
    {ALL, "", TLS12, "", "SCRAM-SHA-512 n,,"},
    {ALL, NULL, "", "", "SCRAM-SHA-512 n,,"},
    /* we could, and the server offers none */
    {WITHOUT, NULL, TLS13, "", "SCRAM-SHA-512 y,,"},
    {WITHOUT, "tls-exporter", TLS13, "", "SCRAM-SHA-512 y,,"},
    {"SCRAM-SHA-1", NULL, TLS12, "", "SCRAM-SHA-1 y,,"},
    {"SCRAM-SHA-1 SCRAM-SHA3-512-PLUS", NULL, TLS12, "", "SCRAM-SHA-1 n,,"},
    {"SCRAM-SHA-1 -PLUS", NULL, TLS12, "", "SCRAM-SHA-1 y,,"},
    /* --require-mechanism */
    {ALL, NULL, TLS13, "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1-PLUS p=tls-exporter,,"},
    {ALL, "tls-unique", TLS13, "SCRAM-SHA-1-PLUS", "none"},
    {WITHOUT, NULL, TLS13, "SCRAM-SHA-1-PLUS", "none"},
    {WITHOUT, NULL, TLS13, "SCRAM-SHA-1-PLUS SCRAM-SHA-1", "SCRAM-SHA-1 y,,"},
    {WITHOUT, NULL, TLS13, "SCRAM-SHA-1 PLAIN", "SCRAM-SHA-1 n,,"},
    {ALL, NULL, TLS12, "SCRAM-SHA-256", "SCRAM-SHA-256 n,,"},
};

static void start(size_t index, struct settings *settings, char *got, size_t size)
{
    struct sasl_binding bindings[3];
    struct sasl_offer offer = make_offer(choices[index].offer, choices[index].types);
    size_t count = make_bindings(bindings, choices[index].ours);
    char required[4][SASL_NAME_SIZE];
    char *pointers[4] = {required[0], required[1], required[2], required[3]};
    char why[200];
    settings->required_mechanisms = pointers;
    settings->required_count = add_names(required, choices[index].required);
    struct sasl *sasl = sasl_start(settings, &offer, bindings, count, why, sizeof why);
    ok((sasl != NULL) == (*why == '\0'), "with words or a mechanism");
    snprintf(got, size, "none");
    if (sasl) {
        struct sasl_message out;
        sasl_begin(sasl, &out, why, sizeof why);
        out.data[out.length] = '\0';
        char *end = strstr((char *)out.data, "n=user");
        if (end)
            *end = '\0';
        snprintf(got, size, "%s%s%.99s", sasl_mechanism(sasl), end ? " " : "", end ? (char *)out.data : "");
    }
    sasl_free(sasl);
    settings->required_count = 0;
}

static void test_choice(void)
{
    struct settings settings = make_settings("user@example.org", "pencil");
    char got[200];
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        start(i, &settings, got, sizeof got);
        is_str(got, choices[i].chosen, "of %s, binding %s, ours %s, required '%s'", choices[i].offer,
               choices[i].types ? choices[i].types : "unsaid", choices[i].ours, choices[i].required);
    }
    struct sasl_offer offer = make_offer("SCRAM-SHA-256 EXTERNAL", NULL);
    char why[200];
    settings.client_cert = "client.pem";
    struct sasl *sasl = sasl_start(&settings, &offer, NULL, 0, why, sizeof why);
    is_str(sasl_mechanism(sasl), "EXTERNAL", "a client certificate is better than a password");
    sasl_free(sasl);
    jid_free(&settings.jid);
}

/* --- why there is none --- */

static const struct {
    const char *jid, *password, *required, *offer;
    struct sasl_offer instead;
    const char *why;
} reasons[] = {
    {"user@example.org", "pencil", "", "", {.mechanism_count = 0}, "the server offers none"},
    {"user@example.org", "pencil", "", "", {.starttls = true}, "the server offers none before STARTTLS"},
    {"user@example.org", "pencil", "", "", {.sasl2 = true}, "the server offers SASL2 only"},
    {"user@example.org",
     "pencil",
     "",
     "",
     {.iq_auth = true},
     "the server offers only the login of before SASL (XEP-0078)"},
    {"user@example.org",
     "pencil",
     "",
     "",
     {.dialback = true},
     "the server offers none but dialback: this is a port for servers"},
    {"user@example.org",
     "pencil",
     "",
     "X-OAUTH2 GSSAPI",
     {.sasl2 = true},
     "the server offers only X-OAUTH2, GSSAPI, none known here"},
    {"user@example.org",
     "pencil",
     "",
     "X-OAUTH2 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS",
     {.sasl2 = false},
     "the server offers only X-OAUTH2, SCRAM-SHA-1-PLUS, SCRAM-SHA-256-PLUS, whose channel binding we lack"},
    {"user@example.org",
     "pencil",
     "",
     "EXTERNAL",
     {.sasl2 = false},
     "the server offers only EXTERNAL, no client certificate given"},
    {"user@example.org",
     NULL,
     "",
     "PLAIN SCRAM-SHA-1",
     {.sasl2 = false},
     "the server offers only PLAIN, SCRAM-SHA-1, no password given"},
    {"user@example.org",
     "pencil",
     "",
     "ANONYMOUS",
     {.sasl2 = false},
     "the server offers only ANONYMOUS, not for accounts"},
    {"example.org",
     NULL,
     "",
     "PLAIN SCRAM-SHA-1",
     {.sasl2 = false},
     "the server offers only PLAIN, SCRAM-SHA-1, not ANONYMOUS"},
    {"user@example.org", "pencil", "SCRAM-SHA-256", "PLAIN", {.sasl2 = false}, "the server offers only PLAIN"},
    {"user@example.org",
     "pencil",
     "SCRAM-SHA-1-PLUS",
     "PLAIN SCRAM-SHA-1-PLUS",
     {.sasl2 = false},
     "the server offers only PLAIN, SCRAM-SHA-1-PLUS, whose channel binding we lack"},
    {"user@example.org",
     "pencil",
     "",
     "A-NAME-OF-THIRTY-CHARACTERS-01 A-NAME-OF-THIRTY-CHARACTERS-02 A-NAME-OF-THIRTY-CHARACTERS-03",
     {.sasl2 = false},
     "the server offers only A-NAME-OF-THIRTY-CHARACTERS-01 and 2 more, none known here"},
    {"user@example.org",
     "pencil",
     "",
     "A-NAME-OF-SIXTY-CHARACTERS-01234567890123456789012345678901 X",
     {.sasl2 = false},
     "the server offers only A-NAME-OF-SIXTY-CHARACTERS-01234567890123456789012345678 and 1 more, none known here"},
    {"user@example.org",
     "pencil",
     "",
     "EXTERNAL",
     {.dialback = true},
     "the server offers only EXTERNAL: this is a port for servers"},
};

static void test_reasons(void)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct settings settings = make_settings(reasons[i].jid, reasons[i].password);
        struct sasl_offer offer = reasons[i].instead;
        char required[1][SASL_NAME_SIZE];
        char *pointer = required[0];
        char why[200];
        offer.mechanism_count = add_names(offer.mechanisms, reasons[i].offer);
        settings.required_mechanisms = &pointer;
        settings.required_count = add_names(required, reasons[i].required);
        ok(!sasl_start(&settings, &offer, NULL, 0, why, sizeof why), "no mechanism");
        is_str(why, reasons[i].why, "why none");
        jid_free(&settings.jid);
    }
}

/* --- the exchange --- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct sasl_message said(const char *text)
{
    struct sasl_message message = {.length = strlen(text)};
    memcpy(message.data, text, message.length);
    return message;
}

static struct sasl *start_by(const struct settings *settings, const char *mechanism, struct sasl_message *out)
{
    char why[200];
    struct sasl_offer offer = make_offer(mechanism, NULL);
    struct sasl *sasl = sasl_start(settings, &offer, NULL, 0, why, sizeof why);
    is_int(sasl_begin(sasl, out, why, sizeof why), SASL_GOOD, "%s begins", mechanism);
    return sasl;
}

/* Those whose one message is empty. */
static void test_empty(const struct settings *settings, const char *mechanism)
{
    struct sasl_message out, nothing = said(""), something = said("x");
    char why[160];
    struct sasl *sasl = start_by(settings, mechanism, &out);
    is_int((long long)out.length, 0, "with nothing");
    is_int(sasl_challenge(sasl, &nothing, &out, why, sizeof why), SASL_GOOD,
           "and says it again when asked with nothing");
    is_int((long long)out.length, 0, "nothing");
    is_int(sasl_challenge(sasl, &nothing, &out, why, sizeof why), SASL_REFUSED, "but once");
    sasl_free(sasl);
    sasl = start_by(settings, mechanism, &out);
    is_int(sasl_challenge(sasl, &something, &out, why, sizeof why), SASL_REFUSED, "and not when asked with something");
    is_str(why, "a challenge after the end of the exchange", "which has words");
    sasl_free(sasl);
    sasl = start_by(settings, mechanism, &out);
    is_int(sasl_success(sasl, &nothing, why, sizeof why), SASL_GOOD, "success may follow at once");
    is_int((long long)sasl_iterations(sasl), 0, "there are no iterations");
    sasl_free(sasl);
}

/* Those with one message and nothing that a server would have to prove. */
static void test_single(void)
{
    struct settings settings = make_settings("example.org", NULL);
    struct sasl_message out, nothing = said("");
    char why[160];
    test_empty(&settings, "ANONYMOUS");
    jid_free(&settings.jid);

    settings = make_settings("user@example.org", NULL);
    settings.client_cert = "client.pem";
    test_empty(&settings, "EXTERNAL");
    struct sasl_offer offer = make_offer("EXTERNAL", NULL);
    struct sasl *sasl = sasl_start(&settings, &offer, NULL, 0, why, sizeof why);
    sasl_name_account(sasl);
    sasl_begin(sasl, &out, why, sizeof why);
    ok(out.length == 16 && memcmp(out.data, "user@example.org", 16) == 0, "a certificate for several: the account");
    is_int(sasl_challenge(sasl, &nothing, &out, why, sizeof why), SASL_GOOD, "asked once more");
    ok(out.length == 16 && memcmp(out.data, "user@example.org", 16) == 0, "it says so again");
    sasl_free(sasl);
    jid_free(&settings.jid);

    settings = make_settings("user@example.org", "pencil");
    sasl = start_by(&settings, "PLAIN", &out);
    ok(out.length == 12 && memcmp(out.data, "\0user\0pencil", 12) == 0, "with account and password");
    is_int(sasl_challenge(sasl, &nothing, &out, why, sizeof why), SASL_REFUSED, "and says nothing more");
    sasl_free(sasl);
    jid_free(&settings.jid);
}

/* What a server that has stored the password's keys says: here one that has the password. */
struct server {
    struct scram scram;
    char first[400], final[200];
};

static void answer(struct server *server, const struct sasl_message *client_first)
{
    const char *nonce = strstr((const char *)client_first->data, ",r=") + 3;
    struct sasl_message in, out;
    char why[160], signature[BASE64_SIZE(EVP_MAX_MD_SIZE)];
    server->scram = (struct scram){.digest = "SHA256", .user = "user", .password = "pencil", .flag = 'n'};
    scram_begin(&server->scram, nonce, &out, why, sizeof why);
    snprintf(server->first, sizeof server->first, "r=%s3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096", nonce);
    in = said(server->first);
    scram_answer(&server->scram, &in, &out, why, sizeof why);
    base64_encode(server->scram.server_signature, 32, signature);
    snprintf(server->final, sizeof server->final, "v=%s", signature);
    scram_end(&server->scram);
}

static const struct {
    const char *name;
    const char *steps; /* f, v, e: the server's first, its final, an empty message; in capitals by success */
    enum sasl_result expected;
} orders[] = {
    {"the proof by success", "fV", SASL_GOOD},
    {"the proof by challenge, then success", "fvE", SASL_GOOD},
    {"the proof by challenge, and by success once more", "fvV", SASL_GOOD},
    {"the proof by challenge, and by success what is none", "fvF", SASL_REFUSED},
    {"success at once", "E", SASL_REFUSED},
    {"success with the first message", "F", SASL_REFUSED},
    {"success with a proof at once", "V", SASL_REFUSED},
    {"success without the proof", "fE", SASL_REFUSED},
    {"the first message twice", "ff", SASL_REFUSED},
    {"the proof twice", "fvv", SASL_REFUSED},
    {"an empty challenge behind the proof", "fve", SASL_REFUSED},
    {"an empty challenge first", "e", SASL_REFUSED},
};

static enum sasl_result follow(const char *steps, char *why, size_t why_size)
{
    struct settings settings = make_settings("user@example.org", "pencil");
    struct sasl_message in, out;
    struct sasl *sasl = start_by(&settings, "SCRAM-SHA-256", &out);
    struct server server;
    enum sasl_result result = SASL_GOOD;
    out.data[out.length] = '\0';
    answer(&server, &out);
    for (; *steps != '\0' && result == SASL_GOOD; steps++) {
        bool success = strchr("FVE", *steps) != NULL;
        in = said(strchr("fF", *steps) ? server.first : strchr("vV", *steps) ? server.final : "");
        result = success ? sasl_success(sasl, &in, why, why_size) : sasl_challenge(sasl, &in, &out, why, why_size);
    }
    if (result != SASL_GOOD) { /* it stays bad */
        char ignored[160];
        in = said(server.final);
        is_int(sasl_success(sasl, &in, ignored, sizeof ignored), SASL_REFUSED, "and nothing mends it");
    } else {
        is_int((long long)sasl_iterations(sasl), 4096, "the iterations are known");
    }
    sasl_free(sasl);
    jid_free(&settings.jid);
    return result;
}

static void test_order(void)
{
    char why[160];
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        is_int(follow(orders[i].steps, why, sizeof why), orders[i].expected, "%s", orders[i].name);
        ok((*why == '\0') == (orders[i].expected == SASL_GOOD), "with words when it is not good: %s", why);
    }
}

static void test_nonce(void)
{
    struct settings settings = make_settings("user@example.org", "pencil");
    struct sasl_message a, b;
    struct sasl *first = start_by(&settings, "SCRAM-SHA-1", &a), *second = start_by(&settings, "SCRAM-SHA-1", &b);
    a.data[a.length] = '\0';
    const char *nonce = strstr((char *)a.data, ",r=") + 3;
    ok(strlen(nonce) == 24 && strspn(nonce, alphabet) == 24, "a nonce of 18 bytes in base64");
    ok(a.length != b.length || memcmp(a.data, b.data, a.length) != 0, "each time another");
    sasl_free(first);
    sasl_free(second);
    jid_free(&settings.jid);
}

/* The lists that were seen are those that the server's hash is compared with (XEP-0474). */
static void test_offer(void)
{
    struct settings settings = make_settings("user@example.org", "pencil");
    char why[200], first[400];
    for (int taken = 0; taken < 3; taken++) {
        struct sasl_offer offer = make_offer("SCRAM-SHA-1-PLUS SCRAM-SHA-1", "tls-server-end-point tls-exporter");
        offer.binding_count -= taken > 0;
        offer.cut = taken == 2;
        struct sasl *sasl = sasl_start(&settings, &offer, NULL, 0, why, sizeof why);
        struct sasl_message in, out;
        sasl_begin(sasl, &out, why, sizeof why);
        out.data[out.length] = '\0';
        snprintf(first, sizeof first,
                 "r=%sx,s=QSXCR+Q6sek8bf92,i=1,h=G6k/rBLDqgOhRRaCuuatSDFkJ08=", strstr((char *)out.data, ",r=") + 3);
        in = said(first);
        is_int(sasl_challenge(sasl, &in, &out, why, sizeof why), taken > 0 ? SASL_REFUSED : SASL_GOOD, "an offer %s",
               taken == 0   ? "as it was sent"
               : taken == 1 ? "with a binding less"
                            : "with more than is known");
        is_str(why, taken > 0 ? "SCRAM-SHA-1: the server offered other mechanisms or bindings than arrived here" : "",
               "words");
        sasl_free(sasl);
    }
    jid_free(&settings.jid);
}

/* RFC 5802 section 6, seen from a server that did offer -PLUS. */
static void test_suspicion(void)
{
    struct settings settings = make_settings("user@example.org", "pencil");
    struct sasl_binding binding = {.type = "tls-exporter", .length = 32};
    char why[200];
    for (int listed = 0; listed < 2; listed++) {
        struct sasl_offer offer = make_offer("SCRAM-SHA-1", listed ? "tls-exporter" : NULL);
        struct sasl *sasl = sasl_start(&settings, &offer, &binding, 1, why, sizeof why);
        struct sasl_message message;
        sasl_begin(sasl, &message, why, sizeof why);
        ok(sasl_suspicion(sasl, true) != NULL, "our first message is none that could be malformed");
        ok((sasl_suspicion(sasl, false) != NULL) == listed, "a server that lists bindings has no excuse");
        sasl_free(sasl);
    }
    struct sasl_offer offer = make_offer("SCRAM-SHA-256", NULL);
    struct sasl *sasl = sasl_start(&settings, &offer, &binding, 1, why, sizeof why);
    struct sasl_message message = {0};
    struct server server;
    sasl_begin(sasl, &message, why, sizeof why);
    answer(&server, &message);
    struct sasl_message in = said(server.first);
    sasl_challenge(sasl, &in, &message, why, sizeof why);
    ok(!sasl_suspicion(sasl, true), "a server that has taken our first message did not mind");
    sasl_free(sasl);
    sasl = sasl_start(&settings, &offer, NULL, 0, why, sizeof why);
    sasl_begin(sasl, &message, why, sizeof why);
    ok(!sasl_suspicion(sasl, true), "where we could not bind, nothing is suspected");
    sasl_free(sasl);
    jid_free(&settings.jid);
}

int main(void)
{
    test_choice();
    test_reasons();
    test_single();
    test_order();
    test_nonce();
    test_offer();
    test_suspicion();
    done_testing();
    return exit_status();
}
