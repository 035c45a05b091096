/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SCRAM by vectors: the RFCs' own, and for SHA-512, names to escape and bound channels such as Python's hashlib and
 * hmac make. */
#include "scram.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct sasl_message message(const char *text)
{
    struct sasl_message message = {.length = strlen(text)};
    memcpy(message.data, text, message.length);
    return message;
}

static const char *text(struct sasl_message *message)
{
    message->data[message->length] = '\0';
    return (const char *)message->data;
}

static const struct vector {
    const char *name, *digest, *user, *password, *nonce;
    char flag;
    const char *client_first, *server_first, *client_final, *server_final;
} vectors[] = {
    {"RFC 5802", "SHA1", "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL", 'n', "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
     "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
     "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
    {"RFC 7677", "SHA256", "user", "pencil", "rOprNGfwEbeRWgbNEkqO", 'n', "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
     "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
     "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
    {"SHA-512", "SHA512", "user", "pencil", "rOprNGfwEbeRWgbNEkqO", 'n', "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
     "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=gMGXRcevScNtxZ6/"
     "8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJd"
     "MNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
     "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw=="},
    {"a name to escape, a password to prepare, a bound channel, an extension", "SHA512", "a,b=c", "I\xc2\xadX",
     "rOprNGfwEbeRWgbNEkqO", 'p', "p=tls-exporter,,n=a=2Cb=3Dc,r=rOprNGfwEbeRWgbNEkqO",
     "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
     "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,r=rOprNGfwEbeRWgbNEkqOx,p=O5xzBLObfh7wOnW2V3ap"
     "xXA8uD0nHXdbIkSWXgcEbDHudjVIPysXklW485h8aAqgb26pKFOSc8iGUlIJUtKhKA==",
     "v=arAsvUH1oaIT3F0m9oWHWwz1AMraCFcdEToVxJEk/UtUT2RhaZmrj6ZOOQmQ/+YAb+29wOFahUno+LU3fv1zXg==,x=y=z"},
};

static struct scram make_scram(const struct vector *vector)
{
    struct scram scram = {
        .digest = vector->digest, .user = vector->user, .password = vector->password, .flag = vector->flag};
    scram.binding = (struct sasl_binding){.type = "tls-exporter", .length = 32};
    for (unsigned char i = 0; i < 32; i++)
        scram.binding.data[i] = i;
    return scram;
}

static void test_vectors(void)
{
    char why[160];
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *vector = &vectors[i];
        struct scram scram = make_scram(vector);
        struct sasl_message in, out;
        is_int(scram_begin(&scram, vector->nonce, &out, why, sizeof why), SASL_GOOD, "%s", vector->name);
        is_str(text(&out), vector->client_first, "its first message");
        is_int((long long)scram.iterations, 0, "nobody has said how many iterations");
        in = message(vector->server_first);
        is_int(scram_answer(&scram, &in, &out, why, sizeof why), SASL_GOOD, "the server's first is taken");
        is_str(text(&out), vector->client_final, "and answered");
        is_int((long long)scram.iterations, strstr(vector->server_first, "i=1") ? 1 : 4096, "after so many iterations");
        in = message(vector->server_final);
        is_int(scram_verify(&scram, &in, why, sizeof why), SASL_GOOD, "the server's proof is right");
        in.data[10] ^= 1;
        is_int(scram_verify(&scram, &in, why, sizeof why), SASL_REFUSED, "another is not");
        scram_end(&scram);
    }
}

/* --- what a server may not say --- */

#define NONCE "fyko+d2lbbFgONRv9qkxdawL"
#define GOOD "r=" NONCE "3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"

/* Salts in base64: of 3, 42 and 258 bytes, which is the limit. */
#define SALT_3 "QUJD"
#define SALT_42 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3 SALT_3
#define SALT_258 SALT_42 SALT_42 SALT_42 SALT_42 SALT_42 SALT_42 SALT_3 SALT_3

static const struct {
    const char *name, *said;
    enum sasl_result expected;
} firsts[] = {
    {"the RFC's", GOOD, SASL_GOOD},
    {"with an extension", GOOD ",x=1,Y=a=b", SASL_GOOD},
    {"with the longest salt", "r=" NONCE "x,s=" SALT_258 ",i=1", SASL_GOOD},
    {"with an extension that must be understood", "m=x," GOOD, SASL_REFUSED},
    {"with one behind the rest", GOOD ",m=x", SASL_REFUSED},
    {"with something else behind the rest", GOOD ",1=x", SASL_REFUSED},
    {"with an extension without a value", GOOD ",x", SASL_REFUSED},
    {"with two commas", GOOD ",,x=1", SASL_REFUSED},
    {"with our nonce alone", "r=" NONCE ",s=QSXCR+Q6sek8bf92,i=4096", SASL_REFUSED},
    {"with our nonce cut short", "r=fyko+d2lbbFgONRv9qkxdaw,s=QSXCR+Q6sek8bf92,i=4096", SASL_REFUSED},
    {"with our nonce behind another", "r=x" NONCE ",s=QSXCR+Q6sek8bf92,i=4096", SASL_REFUSED},
    {"with a nonce that holds a blank", "r=" NONCE "x y,s=QSXCR+Q6sek8bf92,i=4096", SASL_REFUSED},
    {"without a nonce", "s=QSXCR+Q6sek8bf92,i=4096", SASL_REFUSED},
    {"without a salt", "r=" NONCE "x,i=4096", SASL_REFUSED},
    {"with an empty salt", "r=" NONCE "x,s=,i=4096", SASL_REFUSED},
    {"with a salt that is no base64", "r=" NONCE "x,s=!!!!,i=4096", SASL_REFUSED},
    {"with a salt beyond the limit", "r=" NONCE "x,s=" SALT_258 SALT_3 ",i=1", SASL_REFUSED},
    {"without iterations", "r=" NONCE "x,s=QSXCR+Q6sek8bf92", SASL_REFUSED},
    {"with none", "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=0", SASL_REFUSED},
    {"with less than none", "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=-1", SASL_REFUSED},
    {"with a number that begins with 0", "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=04096", SASL_REFUSED},
    {"with more than the limit", "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=5000001", SASL_REFUSED},
    {"with more than a number holds", "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=18446744073709551617", SASL_REFUSED},
    {"that is empty", "", SASL_REFUSED},
    {"that is the last one", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", SASL_REFUSED},
    {"with an error", "e=other-error", SASL_REJECTED},
    {"with an empty error", "e=", SASL_REFUSED},
};

static void test_firsts(void)
{
    char why[160];
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        struct scram scram = make_scram(&vectors[0]);
        struct sasl_message out, in = message(firsts[i].said);
        scram_begin(&scram, NONCE, &out, why, sizeof why);
        why[0] = '\0';
        is_int(scram_answer(&scram, &in, &out, why, sizeof why), firsts[i].expected, "a first message %s",
               firsts[i].name);
        ok((why[0] == '\0') == (firsts[i].expected == SASL_GOOD), "there are words when it is not good: %s", why);
        scram_end(&scram);
    }
    struct scram scram = make_scram(&vectors[0]);
    struct sasl_message out, in = message(GOOD);
    scram_begin(&scram, NONCE, &out, why, sizeof why);
    in.data[in.length++] = '\0';
    is_int(scram_answer(&scram, &in, &out, why, sizeof why), SASL_REFUSED, "a first message with a NUL");
    memset(in.data, 'x', sizeof in.data);
    memcpy(in.data, "r=" NONCE, strlen("r=" NONCE));
    memcpy(in.data + sizeof in.data - 11, ",s=QQ==,i=1", 11);
    in.length = sizeof in.data;
    is_int(scram_answer(&scram, &in, &out, why, sizeof why), SASL_REFUSED, "one that is full to the last byte");
    is_str(why, "the nonce of the server is too long", "as there is no room for the answer");
    scram_end(&scram);
}

static const struct {
    const char *name, *said;
    enum sasl_result expected;
} finals[] = {
    {"the RFC's", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", SASL_GOOD},
    {"with an extension", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=,x=1", SASL_GOOD},
    {"with one that must be understood", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=,m=1", SASL_REFUSED},
    {"cut short", "v=rmF9pqV8S7suAoZWja4dJRkF", SASL_REFUSED},
    {"with a longer signature", "v=rmF9pqV8S7suAoZWja4dJRkFsKQA", SASL_REFUSED},
    {"with an empty one", "v=", SASL_REFUSED},
    {"that is empty", "", SASL_REFUSED},
    {"with an error", "e=invalid-proof", SASL_REJECTED},
};

static void test_finals(void)
{
    char why[160];
    struct scram scram = make_scram(&vectors[0]);
    struct sasl_message out, in = message(GOOD);
    scram_begin(&scram, NONCE, &out, why, sizeof why);
    scram_answer(&scram, &in, &out, why, sizeof why);
    for (size_t i = 0; i < sizeof finals / sizeof *finals; i++) {
        in = message(finals[i].said);
        is_int(scram_verify(&scram, &in, why, sizeof why), finals[i].expected, "a last message %s", finals[i].name);
    }
    is_str(why, "invalid-proof", "an error is told in the server's words");
    scram_end(&scram);
}

/* XEP-0474's own example. */
static void test_offer(void)
{
    char why[160];
    struct scram scram = make_scram(&vectors[0]);
    struct sasl_message out, in = message(GOOD ",h=G6k/rBLDqgOhRRaCuuatSDFkJ08=");
    snprintf(scram.offer, sizeof scram.offer, "%s",
             "SCRAM-SHA-1\x1eSCRAM-SHA-1-PLUS\x1ftls-exporter\x1etls-server-end-point");
    scram_begin(&scram, NONCE, &out, why, sizeof why);
    is_int(scram_answer(&scram, &in, &out, why, sizeof why), SASL_GOOD, "an offer that arrived as it was sent");
    snprintf(scram.offer, sizeof scram.offer, "%s", "SCRAM-SHA-1");
    is_int(scram_answer(&scram, &in, &out, why, sizeof why), SASL_REFUSED, "one from which something was taken");
    is_str(why, "the server offered other mechanisms than arrived here", "which is said");
    scram.offer[0] = '\0';
    is_int(scram_answer(&scram, &in, &out, why, sizeof why), SASL_REFUSED, "one that is not known whole");
    scram_end(&scram);
}

/* --- our own side --- */

static enum sasl_result run(const char *user, const char *password)
{
    char why[160];
    struct vector vector = vectors[0];
    vector.user = user;
    vector.password = password;
    struct scram scram = make_scram(&vector);
    struct sasl_message out, in = message(GOOD);
    enum sasl_result result = scram_begin(&scram, NONCE, &out, why, sizeof why);
    if (result == SASL_GOOD)
        result = scram_answer(&scram, &in, &out, why, sizeof why);
    scram_end(&scram);
    return result;
}

static void test_own_side(void)
{
    char longest[1024];
    memset(longest, '=', sizeof longest);
    longest[1023] = '\0';
    is_int(run(longest, longest), SASL_GOOD, "the longest name and password, each byte to be escaped");
    is_int(run("user", "bell\x07"), SASL_OWN_FAULT, "a password that SASLprep forbids");
    is_int(run("user", "\xf0\x9f\x94\x91"), SASL_OWN_FAULT,
           "a password with a character that is younger than SASLprep");
    is_int(run("\xf0\x9f\x94\x91", "pencil"), SASL_GOOD, "which a name may hold");
    is_int(run("us\xff"
               "er",
               "pencil"),
           SASL_OWN_FAULT, "a name that is no UTF-8");
    struct scram scram = make_scram(&vectors[0]);
    struct sasl_message out;
    char why[160];
    scram_begin(&scram, NONCE, &out, why, sizeof why);
    scram_end(&scram);
    static const struct scram nothing;
    ok(memcmp(&scram, &nothing, sizeof scram) == 0, "nothing is left of it at the end");
}

int main(void)
{
    test_vectors();
    test_firsts();
    test_finals();
    test_offer();
    test_own_side();
    done_testing();
    return exit_status();
}
