/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>

struct client {
    X509 *certificate;
    EVP_PKEY *key;
    STACK_OF(X509) * chain;
};

/* OpenSSL would ask on the terminal: notes that a passphrase was wanted. */
static int refuse_passphrase(char *buffer, int size, int writing, void *wanted)
{
    (void)buffer, (void)size, (void)writing;
    *(bool *)wanted = true;
    return -1;
}

static bool read_pem(struct client *client, BIO *cert, BIO *key, bool *passphrase)
{
    client->certificate = PEM_read_bio_X509(cert, NULL, refuse_passphrase, passphrase);
    client->chain = sk_X509_new_null();
    X509 *issuer;
    while (client->certificate && client->chain &&
           (issuer = PEM_read_bio_X509(cert, NULL, refuse_passphrase, passphrase)))
        sk_X509_push(client->chain, issuer);
    BIO_seek(cert, 0);
    client->key = PEM_read_bio_PrivateKey(key ? key : cert, NULL, refuse_passphrase, passphrase);
    return client->certificate && client->key;
}

static bool read_pkcs12(struct client *client, BIO *file, bool *passphrase)
{
    PKCS12 *container = d2i_PKCS12_bio(file, NULL);
    if (!container)
        return false;
    *passphrase = !PKCS12_verify_mac(container, NULL, 0) && !PKCS12_verify_mac(container, "", 0);
    bool loaded = !*passphrase && (PKCS12_parse(container, NULL, &client->key, &client->certificate, &client->chain) ||
                                   PKCS12_parse(container, "", &client->key, &client->certificate, &client->chain));
    PKCS12_free(container);
    return loaded && client->certificate && client->key;
}

static bool read_client(const struct settings *settings, struct client *client, char *why, size_t why_size)
{
    const char *key_file = settings->client_key ? settings->client_key : settings->client_cert;
    const char *key_option = settings->client_key ? "--client-key" : "--client-cert";
    bool passphrase = false;
    BIO *cert = BIO_new_file(settings->client_cert, "rb");
    BIO *key = settings->client_key ? BIO_new_file(settings->client_key, "rb") : NULL;
    bool loaded = cert && (key || !settings->client_key) && read_pem(client, cert, key, &passphrase);
    if (!loaded && cert && !settings->client_key && !client->certificate) {
        BIO_seek(cert, 0);
        loaded = read_pkcs12(client, cert, &passphrase);
    }
    if (passphrase)
        snprintf(why, why_size, "%s: %s is protected by a passphrase, which nobody is there to type", key_option,
                 key_file);
    else if (!loaded && (!cert || !client->certificate))
        snprintf(why, why_size, "--client-cert: %s holds no certificate that can be read", settings->client_cert);
    else if (!loaded)
        snprintf(why, why_size, "%s: %s holds no private key that can be read", key_option, key_file);
    else if (!X509_check_private_key(client->certificate, client->key)) {
        snprintf(why, why_size, "%s: %s is not the key of the certificate", key_option, key_file);
        loaded = false;
    }
    BIO_free(cert);
    BIO_free(key);
    return loaded && !passphrase;
}

bool client_certificate_load(const struct settings *settings, SSL_CTX *context, struct tls_fault *fault)
{
    if (!settings->client_cert)
        return true;
    struct client client = {0};
    bool good = read_client(settings, &client, fault->why, sizeof fault->why);
    if (good && SSL_CTX_use_cert_and_key(context, client.certificate, client.key, client.chain, 1) != 1) {
        fault->openssl = ERR_peek_last_error();
        snprintf(fault->why, sizeof fault->why, "--client-cert: %s cannot be used%s", settings->client_cert,
                 fault->openssl ? "" : ": out of memory");
        good = false;
    }
    X509_free(client.certificate);
    EVP_PKEY_free(client.key);
    sk_X509_pop_free(client.chain, X509_free);
    ERR_clear_error();
    return good;
}
