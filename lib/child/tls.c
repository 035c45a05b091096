/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    X509_STORE *trust;
    char *bundle;     /* the system's, while it has not been read */
    char domain[256]; /* as A-labels */
    bool insecure;
    EVP_PKEY *client_key;
    X509 *client_cert;
    STACK_OF(X509) * client_chain;
    bool alpn;
    SSL *ssl; /* the live one; OpenSSL's free callback clears it */
    struct tls_facts facts;
} tls;

/* "xmpp-client", with its length in front (RFC 7301 section 3.1). */
static const unsigned char alpn_protocol[] = "\x0bxmpp-client";

/* --- why a certificate is refused --- */

static int64_t days_until(const ASN1_TIME *time)
{
    int days = 0;
    int seconds = 0;
    if (!time || !ASN1_TIME_diff(&days, &seconds, NULL, time))
        return 0;
    return seconds < 0 ? days - 1 : days;
}

static void add_name(char *out, size_t size, const unsigned char *name, int length)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%.*s", used ? ", " : "", length, (const char *)name);
}

/* The DNS names of the subject alternative name, or the common name where there are none. */
static void describe_names(X509 *leaf, char *out, size_t size)
{
    out[0] = '\0';
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS)
            add_name(out, size, ASN1_STRING_get0_data(name->d.dNSName), ASN1_STRING_length(name->d.dNSName));
    }
    GENERAL_NAMES_free(names);
    if (out[0] == '\0')
        X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, out, (int)size);
}

static void refuse(const char *condition, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void refuse(const char *condition, const char *format, ...)
{
    snprintf(tls.facts.condition, sizeof tls.facts.condition, "%s", condition);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(tls.facts.cause, sizeof tls.facts.cause, format, arguments);
    va_end(arguments);
}

static void describe_refusal(X509_STORE_CTX *verification)
{
    int error = X509_STORE_CTX_get_error(verification);
    const X509 *culprit = X509_STORE_CTX_get_current_cert(verification);
    const char *whose = X509_STORE_CTX_get_error_depth(verification) > 0 ? "an issuer's certificate" : "certificate";
    int64_t days;
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        days = culprit ? -days_until(X509_get0_notAfter(culprit)) : 0;
        refuse("cert-expired", "%s expired %lld day%s ago", whose, (long long)days, days == 1 ? "" : "s");
        return;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        days = culprit ? days_until(X509_get0_notBefore(culprit)) + 1 : 0;
        refuse("cert-not-yet-valid", "%s becomes valid in %lld day%s", whose, (long long)days, days == 1 ? "" : "s");
        return;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        refuse("cert-hostname", "is for %s", tls.facts.names[0] ? tls.facts.names : "no name");
        return;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        refuse("cert-untrusted", "is self-signed");
        return;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        refuse("cert-untrusted", "signed by an unknown authority");
        return;
    default:
        refuse("cert-untrusted", "%s", X509_verify_cert_error_string(error));
    }
}

/* --- OpenSSL's callbacks --- */

/* Stands in for the verification as a whole, around OpenSSL's own: here the chain as sent, the result and the failing
 * certificate are all at hand, and still are when the handshake fails. */
static int verify(X509_STORE_CTX *verification, void *unused)
{
    (void)unused;
    X509 *leaf = X509_STORE_CTX_get0_cert(verification);
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(verification);
    tls.facts.certificate = leaf != NULL;
    if (leaf) {
        tls.facts.days_left = days_until(X509_get0_notAfter(leaf));
        describe_names(leaf, tls.facts.names, sizeof tls.facts.names);
    }
    for (int i = 0; i < sk_X509_num(sent); i++) {
        int64_t days = days_until(X509_get0_notAfter(sk_X509_value(sent, i)));
        if (days < tls.facts.days_left)
            tls.facts.days_left = days;
    }

    /* A domain that is an address is matched with addresses, which the name check that libstrophe asks for never does.
     */
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, tls.domain, address) == 1 || inet_pton(AF_INET6, tls.domain, address) == 1) {
        X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(verification);
        X509_VERIFY_PARAM_set1_host(parameters, NULL, 0);
        X509_VERIFY_PARAM_set1_ip_asc(parameters, tls.domain);
    }
    int good = X509_verify_cert(verification);
    tls.facts.verified = good > 0 && !tls.insecure;
    if (good <= 0)
        describe_refusal(verification);
    return good;
}

static void note_progress(const SSL *ssl, int where, int value)
{
    if (where & SSL_CB_HANDSHAKE_DONE) {
        tls.facts.handshake = true;
        snprintf(tls.facts.version, sizeof tls.facts.version, "%s", SSL_get_version(ssl));
        snprintf(tls.facts.cipher, sizeof tls.facts.cipher, "%s", SSL_get_cipher_name(ssl));
    } else if ((where & SSL_CB_ALERT) && (where & SSL_CB_READ)) {
        snprintf(tls.facts.error, sizeof tls.facts.error, "the server sends alert %s",
                 SSL_alert_desc_string_long(value));
    } else if ((where & SSL_CB_EXIT) && value <= 0 && tls.facts.error[0] == '\0') {
        /* libstrophe empties the error queue into its log after this */
        const char *reason = ERR_reason_error_string(ERR_peek_error());
        snprintf(tls.facts.error, sizeof tls.facts.error, "%s", reason ? reason : "");
    }
}

static void ssl_made(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument)
{
    (void)pointer, (void)data, (void)index, (void)number, (void)argument;
    SSL *ssl = parent;
    tls.ssl = ssl;
    SSL_CTX *context = SSL_get_SSL_CTX(ssl);
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
    SSL_set1_verify_cert_store(ssl, tls.trust);
    SSL_set_min_proto_version(ssl, TLS1_2_VERSION);
    SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_set_info_callback(ssl, note_progress);
    if (tls.client_cert)
        SSL_use_cert_and_key(ssl, tls.client_cert, tls.client_key, tls.client_chain, 1);
    if (tls.alpn)
        SSL_set_alpn_protos(ssl, alpn_protocol, sizeof alpn_protocol - 1);
}

static void ssl_freed(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument)
{
    (void)pointer, (void)data, (void)index, (void)number, (void)argument;
    if (parent == tls.ssl)
        tls.ssl = NULL;
}

/* --- trust --- */

/* Asked for an issuer that the hashed directory does not have: now, and not before, the bundle is worth the 35 ms that
 * parsing it takes. */
static int find_in_bundle(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *found)
{
    X509_STORE *store = X509_LOOKUP_get_store(lookup);
    if (type != X509_LU_X509 || !tls.bundle)
        return 0;
    X509_STORE_load_file(store, tls.bundle);
    ERR_clear_error();
    tls.bundle = NULL;
    X509_OBJECT *object = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name);
    return object && X509_OBJECT_set1_X509(found, X509_OBJECT_get0_X509(object));
}

static const char *environment_or(const char *name, const char *standard)
{
    const char *value = getenv(name);
    return value && *value ? value : standard;
}

/* The system's CAs, where OpenSSL would look for them: the hashed directory, which is read lazily, and the bundle,
 * which by this is read lazily too. A user's own SSL_CERT_FILE and SSL_CERT_DIR mean what they mean. */
static bool trust_system(void)
{
    const char *directory = environment_or(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    const char *file = environment_or(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    X509_STORE_load_path(tls.trust, directory);
    X509_LOOKUP_METHOD *method = X509_LOOKUP_meth_new("bundle when needed");
    tls.bundle = strdup(file); /* the environment is changed below */
    if (!method || !tls.bundle || !X509_LOOKUP_meth_set_get_by_subject(method, find_in_bundle) ||
        !X509_STORE_add_lookup(tls.trust, method))
        return false;
    ERR_clear_error();
    return true;
}

static bool trust_given(const struct settings *settings, char *why, size_t why_size)
{
    if (settings->ca_file && !X509_STORE_load_file(tls.trust, settings->ca_file)) {
        snprintf(why, why_size, "--ca-file: %s holds no certificate that can be read", settings->ca_file);
        return false;
    }
    if (settings->ca_path && !X509_STORE_load_path(tls.trust, settings->ca_path)) {
        snprintf(why, why_size, "--ca-path: %s cannot be used", settings->ca_path);
        return false;
    }
    return true;
}

/* --- the client certificate --- */

/* Nobody is there to type a passphrase: notes that one was wanted. */
static int refuse_passphrase(char *buffer, int size, int writing, void *wanted)
{
    (void)buffer, (void)size, (void)writing;
    *(bool *)wanted = true;
    return -1;
}

static bool load_client_pem(BIO *cert, BIO *key, bool *passphrase)
{
    tls.client_cert = PEM_read_bio_X509(cert, NULL, refuse_passphrase, passphrase);
    tls.client_chain = sk_X509_new_null();
    X509 *issuer;
    while (tls.client_cert && tls.client_chain &&
           (issuer = PEM_read_bio_X509(cert, NULL, refuse_passphrase, passphrase)))
        sk_X509_push(tls.client_chain, issuer);
    BIO_seek(cert, 0);
    tls.client_key = PEM_read_bio_PrivateKey(key ? key : cert, NULL, refuse_passphrase, passphrase);
    return tls.client_cert && tls.client_key;
}

static bool load_client_pkcs12(BIO *file, bool *passphrase)
{
    PKCS12 *container = d2i_PKCS12_bio(file, NULL);
    if (!container)
        return false;
    *passphrase = !PKCS12_verify_mac(container, NULL, 0) && !PKCS12_verify_mac(container, "", 0);
    bool loaded =
        !*passphrase && (PKCS12_parse(container, NULL, &tls.client_key, &tls.client_cert, &tls.client_chain) ||
                         PKCS12_parse(container, "", &tls.client_key, &tls.client_cert, &tls.client_chain));
    PKCS12_free(container);
    return loaded && tls.client_cert && tls.client_key;
}

static bool load_client(const struct settings *settings, char *why, size_t why_size)
{
    if (!settings->client_cert)
        return true;
    const char *key_file = settings->client_key ? settings->client_key : settings->client_cert;
    const char *key_option = settings->client_key ? "--client-key" : "--client-cert";
    bool passphrase = false;
    BIO *cert = BIO_new_file(settings->client_cert, "rb");
    BIO *key = settings->client_key ? BIO_new_file(settings->client_key, "rb") : NULL;
    bool loaded = cert && (key || !settings->client_key) && load_client_pem(cert, key, &passphrase);
    if (!loaded && cert && !settings->client_key && !tls.client_cert) {
        BIO_seek(cert, 0);
        loaded = load_client_pkcs12(cert, &passphrase);
    }
    if (passphrase)
        snprintf(why, why_size, "%s: %s is protected by a passphrase, which nobody is there to type", key_option,
                 key_file);
    else if (!loaded && (!cert || !tls.client_cert))
        snprintf(why, why_size, "--client-cert: %s holds no certificate that can be read", settings->client_cert);
    else if (!loaded)
        snprintf(why, why_size, "%s: %s holds no private key that can be read", key_option, key_file);
    else if (!X509_check_private_key(tls.client_cert, tls.client_key)) {
        snprintf(why, why_size, "%s: %s is not the key of the certificate", key_option, key_file);
        loaded = false;
    }
    BIO_free(cert);
    BIO_free(key);
    ERR_clear_error();
    return loaded;
}

/* --- the interface --- */

bool tls_prepare(const struct settings *settings, char *why, size_t why_size)
{
    /* An IPv6 address stands in brackets in a JID only. */
    const char *domain = settings->jid.ascii + (settings->jid.ascii[0] == '[');
    snprintf(tls.domain, sizeof tls.domain, "%.*s", (int)strcspn(domain, "]"), domain);
    tls.insecure = settings->insecure;
    tls.trust = X509_STORE_new();
    if (!tls.trust || SSL_get_ex_new_index(0, NULL, ssl_made, NULL, ssl_freed) < 0) {
        snprintf(why, why_size, "out of memory");
        return false;
    }
    if (settings->ca_file || settings->ca_path) {
        if (!trust_given(settings, why, why_size))
            return false;
    } else if (!trust_system()) {
        snprintf(why, why_size, "out of memory");
        return false;
    }
    if (!load_client(settings, why, why_size))
        return false;
    /* libstrophe loads the default locations into a store that nothing asks any more: they shall cost nothing. */
    setenv(X509_get_default_cert_file_env(), "/dev/null", 1);
    setenv(X509_get_default_cert_dir_env(), "/dev/null", 1);
    return true;
}

void tls_expect(bool alpn)
{
    tls.alpn = alpn;
    memset(&tls.facts, 0, sizeof tls.facts);
}

const struct tls_facts *tls_facts(void)
{
    return &tls.facts;
}

bool tls_channel_binding(struct tls_binding *binding)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    if (!tls.ssl || !tls.facts.handshake)
        return false;
    if (SSL_version(tls.ssl) >= TLS1_3_VERSION) {
        binding->type = "tls-exporter";
        binding->length = 32;
        return SSL_export_keying_material(tls.ssl, binding->data, 32, label, sizeof label - 1, NULL, 0, 0) == 1;
    }
    if (SSL_get_extms_support(tls.ssl) != 1)
        return false;
    binding->type = "tls-unique"; /* the first Finished message: the client's, as no session is resumed */
    binding->length = SSL_get_finished(tls.ssl, binding->data, sizeof binding->data);
    return binding->length > 0 && binding->length <= sizeof binding->data;
}

size_t tls_pending(void)
{
    int pending = tls.ssl ? SSL_pending(tls.ssl) : 0;
    return pending > 0 ? (size_t)pending : 0;
}
