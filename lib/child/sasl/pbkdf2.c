/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pbkdf2.h"

#include <string.h>

#define BLOCK_MAX 144 /* of the hashes that OpenSSL has, SHA3-224's */

/* A hash of the key is where each HMAC (RFC 2104) starts; it is made once. */
struct hmac {
    EVP_MD_CTX *inner, *outer;
    EVP_MD_CTX *work; /* starts as one of them, again and again */
    size_t length;    /* of the hash */
};

static bool start(EVP_MD_CTX *context, const EVP_MD *md, const unsigned char *key, size_t size, unsigned char pad)
{
    unsigned char block[BLOCK_MAX];
    for (size_t i = 0; i < size; i++)
        block[i] = key[i] ^ pad;
    bool good = context && EVP_DigestInit_ex(context, md, NULL) == 1 && EVP_DigestUpdate(context, block, size) == 1;
    explicit_bzero(block, sizeof block);
    return good;
}

static bool hmac_begin(struct hmac *hmac, const EVP_MD *md, const void *password, size_t length)
{
    unsigned char key[BLOCK_MAX] = {0};
    size_t size = (size_t)EVP_MD_get_block_size(md);
    bool good = size <= sizeof key;
    if (good && length <= size)
        memcpy(key, password, length);
    else
        good = good && EVP_Digest(password, length, key, NULL, md, NULL) == 1;
    hmac->length = (size_t)EVP_MD_get_size(md);
    hmac->inner = EVP_MD_CTX_new();
    hmac->outer = EVP_MD_CTX_new();
    hmac->work = EVP_MD_CTX_new();
    good = good && hmac->work && start(hmac->inner, md, key, size, 0x36) && start(hmac->outer, md, key, size, 0x5c);
    explicit_bzero(key, sizeof key);
    return good;
}

/* OpenSSL wipes what a context holds. */
static void hmac_end(struct hmac *hmac)
{
    EVP_MD_CTX_free(hmac->inner);
    EVP_MD_CTX_free(hmac->outer);
    EVP_MD_CTX_free(hmac->work);
}

static bool finish(EVP_MD_CTX *work, const EVP_MD_CTX *started, const unsigned char *data, size_t length,
                   unsigned char *out)
{
    return EVP_MD_CTX_copy_ex(work, started) == 1 && EVP_DigestUpdate(work, data, length) == 1 &&
           EVP_DigestFinal_ex(work, out, NULL) == 1;
}

static bool hmac_make(const struct hmac *hmac, const unsigned char *data, size_t length, unsigned char *out)
{
    return finish(hmac->work, hmac->inner, data, length, out) &&
           finish(hmac->work, hmac->outer, out, hmac->length, out);
}

bool pbkdf2(const EVP_MD *md, const void *password, size_t password_length, const unsigned char *salt,
            size_t salt_length, unsigned long iterations, unsigned char out[EVP_MAX_MD_SIZE])
{
    static const unsigned char first_block[] = {0, 0, 0, 1};
    unsigned char salted[PBKDF2_SALT_MAX + sizeof first_block], round[EVP_MAX_MD_SIZE];
    struct hmac hmac;
    if (salt_length > PBKDF2_SALT_MAX)
        return false;
    memcpy(salted, salt, salt_length);
    memcpy(salted + salt_length, first_block, sizeof first_block);
    bool good = hmac_begin(&hmac, md, password, password_length) &&
                hmac_make(&hmac, salted, salt_length + sizeof first_block, round);
    if (good)
        memcpy(out, round, hmac.length);
    for (unsigned long i = 1; good && i < iterations; i++) {
        good = hmac_make(&hmac, round, hmac.length, round);
        for (size_t j = 0; j < hmac.length; j++)
            out[j] ^= round[j];
    }
    hmac_end(&hmac);
    explicit_bzero(round, sizeof round);
    return good;
}
