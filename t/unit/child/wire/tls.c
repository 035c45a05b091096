/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of handshakes, and of what is wrong on our own side. */
#include "tls.h"

#include <openssl/rsa.h>

#include "handshake.h"
#include "tap.h"

static char empty_file[64];

static void check_good(void)
{
    X509 *leaf = make_certificate(authority, "ignored", "DNS:example.org,DNS:*.example.org,email:a@b", -1, 90, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf});
    ok(got.established && got.facts.certificate.seen && got.facts.certificate.verified,
       "a good certificate is verified");
    is_str(condition_name(got.facts.certificate.condition), "", "and there is nothing against it");
    is_str(got.facts.certificate.names, "example.org, *.example.org", "its DNS names are told");
    is_int(got.facts.certificate.days_left, 90, "and its days");
    is_str(got.facts.version, "TLSv1.3", "the version is known");
    ok(strncmp(got.facts.cipher, "TLS_", 4) == 0, "and the cipher: %s", got.facts.cipher);
    is_str(got.bindings, "tls-exporter shared, tls-server-end-point shared, ", "the channel can be bound");
    is_str(got.text, "hello", "what the server says is read, in pieces of any size");

    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .version = TLS1_2_VERSION});
    is_str(got.facts.version, "TLSv1.2", "a server without TLS 1.3 is as good");
    is_str(got.bindings, "tls-exporter shared, tls-unique shared, tls-server-end-point shared, ",
           "and its channel can be bound by tls-unique, too");
    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .version = TLS1_1_VERSION});
    ok(!got.established, "one that has no more than TLS 1.1 is not");
    ok(got.facts.openssl != 0, "which has OpenSSL's error: %lx", got.facts.openssl);
    ok(!got.facts.own_fault, "and is not our fault");
    is_str(got.bindings, "", "and nothing to bind to");

    got = shake((struct shake){"example.net", .ca_file = ca_file, .insecure = true, .leaf = leaf});
    ok(got.established && !got.facts.certificate.verified,
       "with --insecure any certificate will do, and none is verified");
    X509_free(leaf);
}

/* What the server thinks of the client's certificate comes behind the handshake with TLS 1.3. */
static void check_alert(void)
{
    X509 *leaf = make_certificate(authority, NULL, "DNS:example.org", -1, 90, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .asks = true});
    is_int(got.ended, TLS_FAILED, "a server that requires a client certificate ends the connection");
    is_str(got.facts.alert, "certificate required", "and its alert is known");
    got =
        shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .asks = true, .version = TLS1_2_VERSION});
    is_int(got.ended, TLS_FAILED, "with TLS 1.2, too");
    is_str(got.facts.alert, "handshake failure", "with the alert of that version");
    X509_free(leaf);
}

/* By what a certificate is signed, and the hash that tls-server-end-point has of it: NULL for none. */
static const struct {
    const char *name, *key, *hash, *expected;
} signatures[] = {
    {"SHA-1", "EC", "SHA1", "SHA256"},
    {"SHA-256", "EC", "SHA256", "SHA256"},
    {"SHA-384", "EC", "SHA384", "SHA384"},
    {"SHA-512", "EC", "SHA512", "SHA512"},
    {"RSA and SHA-512", "RSA", "SHA512", "SHA512"},
    {"RSA-PSS and SHA-384", "PSS", "SHA384", "SHA384"},
    {"Ed25519, which has no hash", "ED25519", NULL, NULL},
};

static void sign_by(X509 *leaf, const char *kind, const char *hash)
{
    bool rsa = strcmp(kind, "RSA") == 0 || strcmp(kind, "PSS") == 0;
    EVP_PKEY *signer = rsa                       ? EVP_RSA_gen(2048)
                       : strcmp(kind, "EC") == 0 ? EVP_EC_gen("P-256")
                                                 : EVP_PKEY_Q_keygen(NULL, NULL, kind);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters;
    EVP_DigestSignInit(context, &parameters, hash ? EVP_get_digestbyname(hash) : NULL, NULL, signer);
    if (strcmp(kind, "PSS") == 0)
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    X509_sign_ctx(leaf, context);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(signer);
}

static void check_end_points(void)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        X509 *leaf = make_certificate(authority, "example.org", NULL, -1, 90, false);
        sign_by(leaf, signatures[i].key, signatures[i].hash);
        struct outcome got = shake((struct shake){"example.org", .ca_file = ca_file, .insecure = true, .leaf = leaf,
                                                  .end_point = signatures[i].expected});
        is_str(got.bindings,
               signatures[i].expected ? "tls-exporter shared, tls-server-end-point shared, " : "tls-exporter shared, ",
               "what a certificate signed by %s can be bound to", signatures[i].name);
        X509_free(leaf);
    }
}

static void check_own_side(void)
{
    X509 *leaf = make_certificate(authority, "example.org", NULL, -1, 9, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = empty_file, .leaf = leaf});
    char expected[160];
    snprintf(expected, sizeof expected, "--ca-file: %s holds no certificate that can be read", empty_file);
    ok(!got.prepared, "a CA file without certificates is refused");
    is_str(got.why, expected, "and named");

    setenv("SSL_CERT_FILE", "/nonexistent/bundle", 1);
    setenv("SSL_CERT_DIR", directory, 1);
    got = shake((struct shake){"example.org", .leaf = leaf});
    ok(!got.prepared, "a machine without any authority is refused");
    ok(strncmp(got.why, "no CA to trust: ", 16) == 0, "and told: %s", got.why);
    got = shake((struct shake){"example.org", .insecure = true, .leaf = leaf});
    ok(got.prepared, "with --insecure it needs none");
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    X509_free(leaf);
}

/* Configurations of OpenSSL, and whether they do harm. */
static const struct {
    const char *name, *text;
    bool harm;
} configurations[] = {
    {"a stricter policy", "[tls]\nMinProtocol = TLSv1.3\nCipherString = DEFAULT@SECLEVEL=3\n", false},
    {"a policy that allows no version that we do", "[tls]\nMaxProtocol = TLSv1.1\n", true},
    {"a policy without ciphers", "[tls]\nCipherString = RC4\nCiphersuites =\n", true},
    {"a provider that is not there",
     "[tls]\nMinProtocol = TLSv1.2\n[providers]\nnone = none_section\n[none_section]\nactivate = 1\n", true},
    {"FIPS without its module", "[tls]\nMinProtocol = TLSv1.2\n[algorithms]\ndefault_properties = fips=yes\n", true},
};

/* OpenSSL reads its configuration once in a process' life: this is a new one. */
static int prepare_only(const char *file)
{
    struct settings settings = {.ca_file = (char *)file, .jid = {.ascii = "example.org", .domain = "example.org"}};
    struct tls_fault fault;
    struct tls_context *context = tls_prepare(&settings, &fault);
    printf("%s", context ? "usable" : fault.openssl ? fault.why : "no error");
    fflush(stdout);
    _exit(0); /* what the context holds is no leak */
}

static char *prepare_with(const char *configuration, const char *program)
{
    static char answer[400];
    char command[500];
    snprintf(command, sizeof command, "OPENSSL_CONF=%s %s %s", configuration, program, ca_file);
    FILE *out = popen(command, "r");
    size_t length = fread(answer, 1, sizeof answer - 1, out);
    answer[length] = '\0';
    pclose(out);
    return answer;
}

static void check_configurations(const char *program)
{
    char file[64];
    snprintf(file, sizeof file, "%s/openssl.cnf", directory);
    for (size_t i = 0; i < sizeof configurations / sizeof configurations[0]; i++) {
        const char *text = configurations[i].text;
        FILE *out = fopen(file, "w");
        fprintf(out, "openssl_conf = init\n[init]\nssl_conf = ssl\n%s%s[ssl]\nsystem_default = tls\n%s",
                strstr(text, "[providers]") ? "providers = providers\n" : "",
                strstr(text, "[algorithms]") ? "alg_section = algorithms\n" : "", text);
        fclose(out);
        const char *got = prepare_with(file, program);
        is_str(got, configurations[i].harm ? "OpenSSL cannot be used here" : "usable", "%s is %s",
               configurations[i].name, configurations[i].harm ? "told" : "no harm");
    }
    unlink(file);
}

int main(int argc, char *argv[])
{
    if (argc > 1)
        return prepare_only(argv[1]);
    if (!handshake_begin())
        return 1;
    write_certificate(empty_file, sizeof empty_file, "empty.pem", NULL);
    check_good();
    check_alert();
    check_end_points();
    check_own_side();
    check_configurations(argv[0]);
    unlink(empty_file);
    handshake_end();
    done_testing();
    return exit_status();
}
