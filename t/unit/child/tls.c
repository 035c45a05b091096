/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of handshakes, with certificates made here, over a pair of buffers; each in a process of its own, as
 * tls_prepare() is for once. */
#include "tls.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char directory[] = "/tmp/check_xmpp_ping-tls-XXXXXX";
static char ca_file[64], other_file[64], empty_file[64];

static EVP_PKEY *key; /* of all certificates */
static X509 *authority;

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/* Signed by ISSUER, by itself when that is NULL; valid from FROM to TO, in days from now. */
static X509 *make_certificate(X509 *issuer, const char *common_name, const char *names, int from, int to, bool ca)
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
    if (names)
        add_extension(certificate, NID_subject_alt_name, names);
    add_extension(certificate, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    X509_sign(certificate, key, EVP_sha256());
    return certificate;
}

static void write_certificate(char *path, size_t size, const char *name, X509 *certificate)
{
    snprintf(path, size, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (certificate)
        PEM_write_X509(file, certificate);
    fclose(file);
}

/* Hands the bytes of both sides over until neither has any more. */
static void shake_hands(SSL *client, SSL *server)
{
    BIO *ends[2];
    BIO_new_bio_pair(&ends[0], 0, &ends[1], 0);
    SSL_set_bio(client, ends[0], ends[0]);
    SSL_set_bio(server, ends[1], ends[1]);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (int i = 0; i < 20; i++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
}

struct outcome {
    bool prepared;
    char why[200];
    struct tls_facts facts;
    bool bound;
    char binding[16];
    size_t pending;
};

struct shake {
    const char *domain;
    const char *ca_file;
    bool insecure;
    int version; /* the most that the server has; 0: any */
    X509 *leaf, *issuer;
};

static void run(const struct shake *shake, struct outcome *outcome)
{
    SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(server_context, shake->leaf);
    SSL_CTX_use_PrivateKey(server_context, key);
    if (shake->issuer)
        SSL_CTX_add1_chain_cert(server_context, shake->issuer);
    if (shake->version)
        SSL_CTX_set_max_proto_version(server_context, shake->version);
    SSL_CTX_set_security_level(server_context, 0);
    SSL *server = SSL_new(server_context); /* before the hooks are there */

    struct settings settings = {.insecure = shake->insecure, .ca_file = (char *)shake->ca_file};
    settings.jid.ascii = (char *)shake->domain;
    outcome->prepared = tls_prepare(&settings, outcome->why, sizeof outcome->why);
    if (!outcome->prepared)
        return;
    SSL_CTX *client_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(client_context, shake->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    tls_expect(true);
    SSL *client = SSL_new(client_context);
    SSL_set1_host(client, shake->domain); /* as libstrophe does */
    shake_hands(client, server);
    struct tls_binding binding = {0};
    outcome->bound = tls_channel_binding(&binding);
    snprintf(outcome->binding, sizeof outcome->binding, "%s", binding.type ? binding.type : "");
    SSL_write(server, "hello", 5);
    char letter;
    if (SSL_read(client, &letter, 1) == 1)
        outcome->pending = tls_pending();
    outcome->facts = *tls_facts();
    SSL_free(client);
    if (tls_channel_binding(&binding) || tls_pending() > 0)
        outcome->bound = false; /* of an object that is gone */
    SSL_free(server);
    SSL_CTX_free(client_context);
    SSL_CTX_free(server_context);
}

static struct outcome shake(struct shake shake)
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

/* --- what is found --- */

static void check_good(void)
{
    X509 *leaf = make_certificate(authority, "ignored", "DNS:example.org,DNS:*.example.org,email:a@b", -1, 90, false);
    struct outcome got = shake((struct shake){"example.org", ca_file, .leaf = leaf});
    ok(got.facts.handshake && got.facts.certificate && got.facts.verified, "a good certificate is verified");
    is_str(got.facts.condition, "", "and there is nothing against it");
    is_str(got.facts.names, "example.org, *.example.org", "its DNS names are told");
    is_int(got.facts.days_left, 90, "and its days");
    is_str(got.facts.version, "TLSv1.3", "the version is known");
    ok(strncmp(got.facts.cipher, "TLS_", 4) == 0, "and the cipher: %s", got.facts.cipher);
    is_str(got.binding, "tls-exporter", "the channel can be bound by the exporter");
    ok(got.bound, "as long as it is there");
    is_int((long long)got.pending, 4, "what is decrypted and not read is known");

    got = shake((struct shake){"example.org", ca_file, .leaf = leaf, .version = TLS1_2_VERSION});
    is_str(got.facts.version, "TLSv1.2", "a server without TLS 1.3 is as good");
    is_str(got.binding, "tls-unique", "and its channel is bound by tls-unique");
    got = shake((struct shake){"example.org", ca_file, .leaf = leaf, .version = TLS1_1_VERSION});
    ok(!got.facts.handshake, "one that has no more than TLS 1.1 is not");
    ok(got.facts.error[0] != '\0', "which has words: %s", got.facts.error);
    ok(!got.bound, "and nothing to bind to");

    got = shake((struct shake){"example.net", ca_file, .insecure = true, .leaf = leaf});
    ok(got.facts.handshake && !got.facts.verified, "with --insecure any certificate will do, and none is verified");
    X509_free(leaf);
}

static const struct {
    const char *name;
    const char *domain, *common_name, *names;
    int from, to;
    const char *condition, *cause, *told;
} leaves[] = {
    {"another name", "example.org", "x", "DNS:example.net", -1, 9, "cert-hostname", "is for example.net",
     "example.net"},
    {"an expired one", "example.org", NULL, "DNS:example.org", -9, -3, "cert-expired", "certificate expired 3 days ago",
     "example.org"},
    {"one that expired yesterday", "example.org", NULL, "DNS:example.org", -9, -1, "cert-expired",
     "certificate expired 1 day ago", "example.org"},
    {"one of the future", "example.org", NULL, "DNS:example.org", 2, 9, "cert-not-yet-valid",
     "certificate becomes valid in 2 days", "example.org"},
    {"only a common name", "example.org", "example.org", NULL, -1, 9, "", "", "example.org"},
    {"another common name", "example.org", "example.net", NULL, -1, 9, "cert-hostname", "is for example.net",
     "example.net"},
    {"no name at all", "example.org", NULL, NULL, -1, 9, "cert-hostname", "is for no name", ""},
    {"an address for an address", "192.0.2.1", "x", "IP:192.0.2.1", -1, 9, "", "", "x"},
    {"another address", "192.0.2.1", "x", "IP:192.0.2.2", -1, 9, "cert-hostname", "is for x", "x"},
    {"an IPv6 address, which a JID has in brackets", "[2001:db8::1]", "x", "IP:2001:db8::1", -1, 9, "", "", "x"},
};

static void check_leaves(void)
{
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        X509 *leaf =
            make_certificate(authority, leaves[i].common_name, leaves[i].names, leaves[i].from, leaves[i].to, false);
        struct outcome got = shake((struct shake){leaves[i].domain, ca_file, .leaf = leaf});
        is_str(got.facts.condition, leaves[i].condition, "%s: the condition", leaves[i].name);
        is_str(got.facts.cause, leaves[i].cause, "the cause");
        is_str(got.facts.names, leaves[i].told, "whom it is for");
        ok(got.facts.certificate && got.facts.verified == (leaves[i].condition[0] == '\0'),
           "and whether it is verified");
        X509_free(leaf);
    }
}

static void check_chains(void)
{
    X509 *leaf = make_certificate(NULL, "example.org", "DNS:example.org", -1, 9, false);
    struct outcome got = shake((struct shake){"example.org", ca_file, .leaf = leaf});
    is_str(got.facts.condition, "cert-untrusted", "a self-signed certificate is not trusted");
    is_str(got.facts.cause, "is self-signed", "and told from others");
    X509_free(leaf);

    leaf = make_certificate(authority, "example.org", "DNS:example.org", -1, 9, false);
    got = shake((struct shake){"example.org", other_file, .leaf = leaf});
    is_str(got.facts.cause, "signed by an unknown authority", "an authority that is not trusted is unknown");
    got = shake((struct shake){"example.org", NULL, .leaf = leaf});
    is_str(got.facts.cause, "signed by an unknown authority", "the system does not know it either");
    X509_free(leaf);

    X509 *middle = make_certificate(authority, "Middle", NULL, -9, 5, true);
    leaf = make_certificate(middle, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", ca_file, .leaf = leaf, .issuer = middle});
    ok(got.facts.verified, "a chain with an intermediate authority is verified");
    is_int(got.facts.days_left, 5, "the days are those of the first to expire");
    X509_free(leaf);
    X509_free(middle);

    middle = make_certificate(authority, "Middle", NULL, -9, -2, true);
    leaf = make_certificate(middle, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", ca_file, .leaf = leaf, .issuer = middle});
    is_str(got.facts.cause, "an issuer's certificate expired 2 days ago", "an intermediate one that expired is named");
    X509_free(leaf);
    X509_free(middle);

    middle = make_certificate(authority, "Middle", NULL, -9, 9, false);
    leaf = make_certificate(middle, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", ca_file, .leaf = leaf, .issuer = middle});
    is_str(got.facts.condition, "cert-untrusted", "who is no authority can sign nothing");
    ok(got.facts.cause[0] != '\0', "which has OpenSSL's words: %s", got.facts.cause);
    X509_free(leaf);
    X509_free(middle);
}

static void check_files(void)
{
    X509 *leaf = make_certificate(authority, "example.org", NULL, -1, 9, false);
    struct outcome got = shake((struct shake){"example.org", empty_file, .leaf = leaf});
    char expected[160];
    snprintf(expected, sizeof expected, "--ca-file: %s holds no certificate that can be read", empty_file);
    ok(!got.prepared, "a CA file without certificates is refused");
    is_str(got.why, expected, "and named");
    X509_free(leaf);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    key = EVP_EC_gen("P-256");
    authority = make_certificate(NULL, "Authority", NULL, -10, 900, true);
    X509 *other = make_certificate(NULL, "Other", NULL, -10, 900, true);
    write_certificate(ca_file, sizeof ca_file, "ca.pem", authority);
    write_certificate(other_file, sizeof other_file, "other.pem", other);
    write_certificate(empty_file, sizeof empty_file, "empty.pem", NULL);
    X509_free(other);
    check_good();
    check_leaves();
    check_chains();
    check_files();
    X509_free(authority);
    EVP_PKEY_free(key);
    unlink(ca_file);
    unlink(other_file);
    unlink(empty_file);
    rmdir(directory);
    done_testing();
    return exit_status();
}
