/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls.h"

#include <arpa/inet.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_certificate.h"
#include "trust.h"

struct tls_context {
    SSL_CTX *openssl;
    char domain[256]; /* as A-labels, an address without its brackets */
    bool is_address;
    bool insecure;
    struct identity identity;
    const unsigned char *alpn;
};

struct tls {
    const struct tls_context *context;
    SSL *ssl;
    BIO *received; /* from the wire; SSL owns both */
    BIO *to_send;
    bool established;
    bool alerted; /* the server has sent a fatal alert */
    struct tls_facts facts;
};

/* With their length in front (RFC 7301 section 3.1). They have one. */
static const unsigned char alpn_client[] = "\x0bxmpp-client";
static const unsigned char alpn_server[] = "\x0bxmpp-server";
#define ALPN_LENGTH (sizeof alpn_client - 1)

/* --- what OpenSSL calls --- */

/* Stands in for the verification as a whole: here the chain, the result and the certificate that failed are all at
 * hand, and still are when the handshake fails. */
static int on_certificate(X509_STORE_CTX *verification, void *unused)
{
    (void)unused;
    const SSL *ssl = X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *tls = SSL_get_app_data(ssl);
    return certificate_verify(verification, &tls->context->identity, &tls->facts.certificate);
}

static void on_progress(const SSL *ssl, int where, int value)
{
    struct tls *tls = SSL_get_app_data(ssl);
    bool alert = (where & SSL_CB_ALERT) && (where & SSL_CB_READ);
    tls->alerted = tls->alerted || (alert && value >> 8 == SSL3_AL_FATAL);
}

/* --- preparation --- */

/* OpenSSL's first complaint, with its details: later ones are about its consequences. */
static bool fail(struct tls_fault *fault)
{
    const char *data = NULL;
    int flags = 0;
    fault->openssl = ERR_peek_error_all(NULL, NULL, NULL, &data, &flags);
    bool has_data = data && (flags & ERR_TXT_STRING);
    snprintf(fault->why, sizeof fault->why, "OpenSSL cannot be used here%s", fault->openssl ? "" : ": out of memory");
    snprintf(fault->detail, sizeof fault->detail, "%s", has_data ? data : "");
    ERR_clear_error();
    return false;
}

/* What hardly any run needs is not loaded, which saves 6 % of what a check costs: the words for all errors, which the
 * parent has for the few that come up; and OpenSSL's older list of ciphers, as TLS asks the providers for them. The
 * keys of client certificates may need that list. Without memory for the settings OpenSSL would start with its own,
 * which hide a broken configuration. */
static bool start_openssl(bool with_cipher_names)
{
    OPENSSL_INIT_SETTINGS *settings = OPENSSL_INIT_new();
    if (!settings)
        return false;
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | (with_cipher_names ? 0 : OPENSSL_INIT_NO_ADD_ALL_CIPHERS),
                        NULL);
    OPENSSL_INIT_set_config_file_flags(settings, CONF_MFLAGS_IGNORE_MISSING_FILE);
    bool started = OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, settings) == 1;
    OPENSSL_INIT_free(settings);
    return started;
}

/* What no handshake can do without; a provider that is missing or a policy that allows nothing shows here. */
static bool is_usable(SSL_CTX *openssl)
{
    unsigned char byte;
    EVP_MD *digest = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    SSL *ssl = digest && RAND_bytes(&byte, 1) == 1 ? SSL_new(openssl) : NULL;
    STACK_OF(SSL_CIPHER) *ciphers = ssl ? SSL_get1_supported_ciphers(ssl) : NULL;
    bool usable = sk_SSL_CIPHER_num(ciphers) > 0;
    if (ssl && !usable)
        ERR_raise(ERR_LIB_SSL, SSL_R_NO_CIPHERS_AVAILABLE);
    sk_SSL_CIPHER_free(ciphers);
    SSL_free(ssl);
    EVP_MD_free(digest);
    return usable;
}

/* The configuration of the system is only ever made stricter. */
static bool set_policy(SSL_CTX *openssl, bool insecure)
{
    long least = SSL_CTX_get_min_proto_version(openssl);
    if (least < TLS1_2_VERSION && SSL_CTX_set_min_proto_version(openssl, TLS1_2_VERSION) != 1)
        return false;
    SSL_CTX_set_options(openssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(openssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(openssl, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(openssl, on_certificate, NULL);
    SSL_CTX_set_info_callback(openssl, on_progress);
    return is_usable(openssl);
}

static void set_identity(struct tls_context *context, const struct settings *settings)
{
    /* An IPv6 address stands in brackets in a JID only. */
    const char *domain = settings->jid.ascii + (settings->jid.ascii[0] == '[');
    snprintf(context->domain, sizeof context->domain, "%.*s", (int)strcspn(domain, "]"), domain);
    unsigned char address[sizeof(struct in6_addr)];
    context->is_address =
        inet_pton(AF_INET, context->domain, address) == 1 || inet_pton(AF_INET6, context->domain, address) == 1;
    context->identity = (struct identity){.ascii = context->domain,
                                          .domain = settings->jid.domain,
                                          .service = settings->s2s ? "_xmpp-server" : "_xmpp-client"};
    context->alpn = settings->s2s ? alpn_server : alpn_client;
}

struct tls_context *tls_prepare(const struct settings *settings, struct tls_fault *fault)
{
    *fault = (struct tls_fault){.why = "out of memory"};
    struct tls_context *context = calloc(1, sizeof *context);
    if (!context)
        return NULL;
    context->insecure = settings->insecure;
    set_identity(context, settings);
    context->openssl = start_openssl(settings->client_cert) ? SSL_CTX_new(TLS_client_method()) : NULL;
    bool good = context->openssl && set_policy(context->openssl, settings->insecure);
    good = good || fail(fault);
    X509_STORE *trust = good ? trust_new(settings, fault->why, sizeof fault->why) : NULL;
    if (trust)
        SSL_CTX_set_cert_store(context->openssl, trust);
    if (trust && client_certificate_load(settings, context->openssl, fault))
        return context;
    SSL_CTX_free(context->openssl);
    free(context);
    return NULL;
}

/* --- one connection --- */

static bool begin(struct tls *tls, bool direct)
{
    const struct tls_context *context = tls->context;
    tls->ssl = SSL_new(context->openssl);
    tls->received = BIO_new(BIO_s_mem());
    tls->to_send = BIO_new(BIO_s_mem());
    if (!tls->ssl || !tls->received || !tls->to_send)
        return false;
    SSL_set_bio(tls->ssl, tls->received, tls->to_send);
    BIO_up_ref(tls->received);
    BIO_up_ref(tls->to_send);
    SSL_set_connect_state(tls->ssl);
    return SSL_set_app_data(tls->ssl, tls) == 1 &&
           (context->is_address || SSL_set_tlsext_host_name(tls->ssl, context->domain) == 1) &&
           (!direct || SSL_set_alpn_protos(tls->ssl, context->alpn, ALPN_LENGTH) == 0);
}

struct tls *tls_new(const struct tls_context *context, bool direct)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return NULL;
    tls->context = context;
    if (begin(tls, direct))
        return tls;
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    BIO_free(tls->received);
    BIO_free(tls->to_send);
    free(tls);
}

bool tls_put(struct tls *tls, const void *bytes, size_t length)
{
    size_t written = 0;
    return BIO_write_ex(tls->received, bytes, length, &written) == 1 && written == length;
}

size_t tls_take(struct tls *tls, void *bytes, size_t size)
{
    size_t taken = 0;
    return BIO_read_ex(tls->to_send, bytes, size, &taken) == 1 ? taken : 0;
}

/* "sslv3 alert handshake failure" */
static void note_alert(struct tls *tls)
{
    const char *reason = ERR_reason_error_string(tls->facts.openssl);
    const char *alert = reason ? strstr(reason, "alert ") : NULL;
    snprintf(tls->facts.alert, sizeof tls->facts.alert, "%s",
             alert    ? alert + strlen("alert ")
             : reason ? reason
                      : "out of memory");
}

/* What became of a call of OpenSSL's that returned VALUE. */
static enum tls_result outcome(struct tls *tls, int value)
{
    int error = SSL_get_error(tls->ssl, value);
    if (error == SSL_ERROR_NONE)
        return TLS_DONE;
    if (error == SSL_ERROR_WANT_READ)
        return TLS_WAITS;
    if (error == SSL_ERROR_ZERO_RETURN)
        return TLS_CLOSED;
    tls->facts.openssl = ERR_peek_error();
    if (tls->alerted)
        note_alert(tls);
    ERR_clear_error();
    return TLS_FAILED;
}

/* The last guard before a password: not what the callback said, but what OpenSSL holds to be true, and both. */
static bool is_proven(const struct tls *tls)
{
    return tls->context->insecure || (tls->facts.certificate.verified && SSL_get0_peer_certificate(tls->ssl) &&
                                      SSL_get_verify_result(tls->ssl) == X509_V_OK);
}

enum tls_result tls_handshake(struct tls *tls)
{
    bool first = BIO_pending(tls->received) == 0 && SSL_in_before(tls->ssl);
    ERR_clear_error(); /* outcome() looks at what comes on top */
    enum tls_result result = outcome(tls, SSL_do_handshake(tls->ssl));
    tls->facts.own_fault = first && result == TLS_FAILED;
    if (result != TLS_DONE)
        return result;
    if (!is_proven(tls)) {
        tls->facts.unproven = true;
        return TLS_FAILED;
    }
    tls->established = true;
    tls->facts.certificate.verified = tls->facts.certificate.verified && !tls->context->insecure;
    snprintf(tls->facts.version, sizeof tls->facts.version, "%s", SSL_get_version(tls->ssl));
    snprintf(tls->facts.cipher, sizeof tls->facts.cipher, "%s", SSL_get_cipher_name(tls->ssl));
    return TLS_DONE;
}

enum tls_result tls_read(struct tls *tls, char *text, size_t size, size_t *length)
{
    ERR_clear_error();
    return outcome(tls, SSL_read_ex(tls->ssl, text, size, length));
}

enum tls_result tls_write(struct tls *tls, const char *text, size_t length)
{
    size_t written = 0;
    ERR_clear_error();
    enum tls_result result = outcome(tls, SSL_write_ex(tls->ssl, text, length, &written));
    return result == TLS_DONE && written == length ? TLS_DONE : TLS_FAILED;
}

const struct tls_facts *tls_facts(const struct tls *tls)
{
    return &tls->facts;
}

/* With an empty context, which on TLS 1.2 is another than none (RFC 5705 section 4). */
static bool bind_exporter(const struct tls *tls, struct sasl_binding *binding)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    *binding = (struct sasl_binding){.type = "tls-exporter", .length = 32};
    return SSL_export_keying_material(tls->ssl, binding->data, 32, label, sizeof label - 1, NULL, 0, 1) == 1;
}

/* The first Finished message: the client's, as no session is resumed. */
static bool bind_unique(const struct tls *tls, struct sasl_binding *binding)
{
    *binding = (struct sasl_binding){.type = "tls-unique"};
    binding->length = SSL_get_finished(tls->ssl, binding->data, sizeof binding->data);
    return binding->length > 0 && binding->length <= sizeof binding->data;
}

/* The certificate by the hash of its signature, but never by MD5 or SHA-1 (RFC 5929 section 4.1). */
static bool bind_end_point(const struct tls *tls, struct sasl_binding *binding)
{
    *binding = (struct sasl_binding){.type = "tls-server-end-point"};
    X509 *leaf = SSL_get0_peer_certificate(tls->ssl);
    int hash = NID_undef;
    if (!leaf || X509_get_signature_info(leaf, &hash, NULL, NULL, NULL) != 1 || hash == NID_undef)
        return false;
    const EVP_MD *digest = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
    unsigned length = 0;
    if (!digest || (size_t)EVP_MD_get_size(digest) > sizeof binding->data ||
        X509_digest(leaf, digest, binding->data, &length) != 1)
        return false;
    binding->length = length;
    return true;
}

size_t tls_channel_bindings(const struct tls *tls, struct sasl_binding bindings[TLS_BINDINGS_MAX])
{
    size_t count = 0;
    if (!tls || !tls->established)
        return 0;
    bool newest = SSL_version(tls->ssl) >= TLS1_3_VERSION;
    bool safe = newest || SSL_get_extms_support(tls->ssl) == 1;
    count += safe && bind_exporter(tls, &bindings[count]);
    count += safe && !newest && bind_unique(tls, &bindings[count]);
    count += bind_end_point(tls, &bindings[count]);
    ERR_clear_error();
    return count;
}
