/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates made here, and a TLS server that speaks with lib/child/wire/tls.h over a pair of buffers. */
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "idna.h"
#include "tap.h"
#include "tls.h"

/* Before the one name of a certificate: an XmppAddr. */
#define XMPP_ADDR "xmpp:"

static char directory[] = "/tmp/check_xmpp_ping-tls-XXXXXX";
static char ca_file[64];

static EVP_PKEY *key; /* of all certificates */
static X509 *authority;

static inline void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/* OpenSSL's notation for extensions has no way to say UTF-8 in a list of names. */
static inline void add_xmpp_addr(X509 *certificate, const char *address)
{
    ASN1_TYPE *value = ASN1_TYPE_new();
    ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
    ASN1_STRING_set(text, address, -1);
    ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
    GENERAL_NAME *name = GENERAL_NAME_new();
    GENERAL_NAME_set0_othername(name, OBJ_txt2obj("1.3.6.1.5.5.7.8.5", 1), value);
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    sk_GENERAL_NAME_push(names, name);
    X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0);
    GENERAL_NAMES_free(names);
}

/* Signed by ISSUER, by itself when that is NULL; valid from FROM to TO, in days from now. */
static inline X509 *make_certificate(X509 *issuer, const char *common_name, const char *names, int from, int to,
                                     bool ca)
{
    static long serial;
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_time_adj_ex(X509_getm_notBefore(certificate), from, -60, NULL);
    X509_time_adj_ex(X509_getm_notAfter(certificate), to, 60, NULL);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    if (common_name)
        X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer ? issuer : certificate));
    if (names && strncmp(names, XMPP_ADDR, strlen(XMPP_ADDR)) == 0)
        add_xmpp_addr(certificate, names + strlen(XMPP_ADDR));
    else if (names)
        add_extension(certificate, NID_subject_alt_name, names);
    add_extension(certificate, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    X509_sign(certificate, key, EVP_sha256());
    return certificate;
}

static inline void write_certificate(char *path, size_t size, const char *name, X509 *certificate)
{
    snprintf(path, size, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (certificate)
        PEM_write_X509(file, certificate);
    fclose(file);
}

struct shake {
    const char *domain;
    const char *jid_domain; /* with U-labels; NULL: the same */
    const char *ca_file;
    bool insecure;
    int version; /* the most that the server has; 0: any */
    bool asks;   /* the server requires a client certificate, which we do not have */
    X509 *leaf, *issuer, *extra;
    const char *end_point; /* the hash of tls-server-end-point (RFC 5929 section 4.1); NULL: SHA-256 */
};

static inline SSL *make_server(const struct shake *shake, SSL_CTX *context)
{
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_use_certificate(context, shake->leaf);
    SSL_CTX_use_PrivateKey(context, key);
    if (shake->issuer)
        SSL_CTX_add1_chain_cert(context, shake->issuer);
    if (shake->extra)
        SSL_CTX_add1_chain_cert(context, shake->extra);
    if (shake->version)
        SSL_CTX_set_max_proto_version(context, shake->version);
    if (shake->asks)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *server = SSL_new(context);
    SSL_set_bio(server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(server);
    return server;
}

/* Hands over what each side has for the other. */
static inline void carry(struct tls *client, SSL *server)
{
    char bytes[20000];
    size_t length;
    while ((length = tls_take(client, bytes, sizeof bytes)) > 0)
        BIO_write(SSL_get_rbio(server), bytes, (int)length);
    int got;
    while ((got = BIO_read(SSL_get_wbio(server), bytes, sizeof bytes)) > 0)
        tls_put(client, bytes, (size_t)got);
}

/* What came of a handshake. */
struct outcome {
    bool prepared;
    char why[300];
    bool established;
    enum tls_result ended; /* of the client's handshake, else of its last reading */
    struct tls_facts facts;
    char bindings[100];
    char text[8]; /* what the server said */
};

/* Whether the server has the same bytes: RFC 9266 with its empty context, which on TLS 1.2 is another than none. */
static inline bool is_shared(SSL *server, const struct sasl_binding *binding, const char *end_point)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    unsigned char bytes[64];
    unsigned length = 32;
    if (strcmp(binding->type, "tls-exporter") == 0)
        SSL_export_keying_material(server, bytes, length, label, sizeof label - 1, (const unsigned char *)"", 0, 1);
    else if (strcmp(binding->type, "tls-unique") == 0)
        length = (unsigned)SSL_get_peer_finished(server, bytes, sizeof bytes);
    else
        X509_digest(SSL_get_certificate(server), EVP_get_digestbyname(end_point ? end_point : "SHA256"), bytes,
                    &length);
    return length == binding->length && memcmp(bytes, binding->data, length) == 0;
}

static inline void talk(struct tls *client, SSL *server, const char *end_point, struct outcome *outcome)
{
    outcome->ended = TLS_WAITS;
    for (int i = 0; i < 10 && outcome->ended == TLS_WAITS; i++) {
        outcome->ended = tls_handshake(client);
        carry(client, server);
        SSL_do_handshake(server);
        carry(client, server);
    }
    outcome->established = outcome->ended == TLS_DONE;
    struct sasl_binding bindings[TLS_BINDINGS_MAX];
    size_t count = tls_channel_bindings(client, bindings);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(outcome->bindings);
        snprintf(outcome->bindings + used, sizeof outcome->bindings - used, "%s %s, ", bindings[i].type,
                 is_shared(server, &bindings[i], end_point) ? "shared" : "of its own");
    }
    if (!outcome->established)
        return;
    SSL_write(server, "hello", 5);
    carry(client, server);
    size_t length = 0;
    outcome->ended = tls_read(client, outcome->text, 1, &length);
    if (outcome->ended == TLS_DONE)
        tls_read(client, outcome->text + length, sizeof outcome->text - 2, &length);
}

/* Prepares TLS as SHAKE says, and lets both sides speak. */
static inline void run(const struct shake *shake, struct outcome *outcome)
{
    struct settings settings = {.insecure = shake->insecure, .ca_file = (char *)shake->ca_file};
    settings.jid.ascii = (char *)shake->domain;
    settings.jid.domain = (char *)(shake->jid_domain ? shake->jid_domain : shake->domain);
    idna_load(settings.jid.domain); /* as jid_parse() does */
    struct tls_fault fault;
    struct tls_context *context = tls_prepare(&settings, &fault);
    snprintf(outcome->why, sizeof outcome->why, "%s", fault.why);
    outcome->prepared = context != NULL;
    if (!context)
        return;
    SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
    SSL *server = make_server(shake, server_context);
    struct tls *client = tls_new(context, true);
    talk(client, server, shake->end_point, outcome);
    outcome->facts = *tls_facts(client);
    tls_free(client);
    SSL_free(server);
    SSL_CTX_free(server_context);
}

/* The same in a process of its own, as OpenSSL starts but once. */
static inline struct outcome shake(struct shake shake)
{
    struct outcome outcome = {0};
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0)
        return outcome;
    pid_t child = fork();
    if (child == 0) {
        run(&shake, &outcome);
        ssize_t written = write(ends[1], &outcome, sizeof outcome);
        _exit(written == (ssize_t)sizeof outcome ? 0 : 1);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], &outcome, sizeof outcome);
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (got != (ssize_t)sizeof outcome)
        diag("no outcome");
    return outcome;
}

/* A directory, a key, and an authority in CA_FILE. False when there is no directory. */
static inline bool handshake_begin(void)
{
    if (!mkdtemp(directory))
        return false;
    key = EVP_EC_gen("P-256");
    authority = make_certificate(NULL, "Authority", NULL, -10, 900, true);
    write_certificate(ca_file, sizeof ca_file, "ca.pem", authority);
    return true;
}

static inline void handshake_end(void)
{
    X509_free(authority);
    EVP_PKEY_free(key);
    unlink(ca_file);
    rmdir(directory);
}

#endif
