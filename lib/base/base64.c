/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base64.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

void base64_encode(const void *in, size_t length, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, in, (int)length);
}

bool base64_decode(const char *in, size_t in_length, void *out, size_t size, size_t *length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char *bytes = out;
    size_t count = in_length;
    while (count > 0 && in_length - count < 2 && in[count - 1] == '=')
        count--;
    *length = count * 3 / 4;
    if (in_length % 4 != 0 || *length > size)
        return false;
    uint32_t group = 0;
    for (size_t i = 0; i < count; i++) {
        const char *place = in[i] == '\0' ? NULL : strchr(alphabet, in[i]);
        if (!place)
            return false;
        group = group << 6 | (uint32_t)(place - alphabet);
        if (i % 4 > 0) /* six bits more than a byte needs, or four, or two */
            bytes[i / 4 * 3 + i % 4 - 1] = (unsigned char)(group >> (6 - 2 * (i % 4)));
    }
    return true;
}
