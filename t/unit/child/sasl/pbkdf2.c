/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PBKDF2 by RFC 6070's vectors, and by OpenSSL's own for each hash and around the lengths where HMAC does something
 * else. */
#include "pbkdf2.h"

#include <string.h>

#include "tap.h"

static const char *const hashes[] = {"SHA1", "SHA256", "SHA512"};
/* A password of a block of the hash is the key as it is, a longer one is hashed before. */
static const size_t password_lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, 1000};
static const size_t salt_lengths[] = {1, 16, 64, PBKDF2_SALT_MAX};
static const unsigned long iterations[] = {1, 2, 100};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void is_vector(const char *password, const char *salt, unsigned long count, const char *expected)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    ok(pbkdf2(EVP_sha1(), password, strlen(password), (const unsigned char *)salt, strlen(salt), count, out) &&
           memcmp(out, expected, 20) == 0,
       "RFC 6070: %s, %s, %lu", password, salt, count);
}

/* All passwords, salts and counts with one hash. */
static void is_as_openssl_says(const char *name)
{
    char password[1001];
    unsigned char salt[PBKDF2_SALT_MAX];
    unsigned char out[EVP_MAX_MD_SIZE], expected[EVP_MAX_MD_SIZE];
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    int length = EVP_MD_get_size(md), wrong = 0, tried = 0;
    memset(salt, 0xa5, sizeof salt);
    for (size_t i = 0; i < COUNT(password_lengths) * COUNT(salt_lengths) * COUNT(iterations); i++, tried++) {
        size_t password_length = password_lengths[i % COUNT(password_lengths)];
        size_t salt_length = salt_lengths[i / COUNT(password_lengths) % COUNT(salt_lengths)];
        unsigned long count = iterations[i / COUNT(password_lengths) / COUNT(salt_lengths)];
        memset(password, 'p', password_length);
        password[password_length] = '\0';
        PKCS5_PBKDF2_HMAC(password, -1, salt, (int)salt_length, (int)count, md, length, expected);
        wrong += !pbkdf2(md, password, password_length, salt, salt_length, count, out) ||
                 memcmp(out, expected, (size_t)length) != 0;
    }
    is_int(wrong, 0, "%s: as OpenSSL's own, %d times", name, tried);
    EVP_MD_free(md);
}

int main(void)
{
    is_vector("password", "salt", 1,
              "\x0c\x60\xc8\x0f\x96\x1f\x0e\x71\xf3\xa9\xb5\x24\xaf\x60\x12\x06\x2f\xe0\x37\xa6");
    is_vector("password", "salt", 2,
              "\xea\x6c\x01\x4d\xc7\x2d\x6f\x8c\xcd\x1e\xd9\x2a\xce\x1d\x41\xf0\xd8\xde\x89\x57");
    is_vector("password", "salt", 4096,
              "\x4b\x00\x79\x01\xb7\x65\x48\x9a\xbe\xad\x49\xd9\x26\xf7\x21\xd0\x65\xa4\x29\xc1");
    for (size_t i = 0; i < COUNT(hashes); i++)
        is_as_openssl_says(hashes[i]);
    unsigned char salt[PBKDF2_SALT_MAX + 1] = {0}, out[EVP_MAX_MD_SIZE];
    ok(!pbkdf2(EVP_sha1(), "password", 8, salt, sizeof salt, 1, out), "a salt that is too long is refused");
    done_testing();
    return exit_status();
}
