/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "utf8.h"

size_t utf8_decode(const char *in, size_t length, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0)
        return 0;
    unsigned char first = (unsigned char)in[0];
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes > length)
        return 0;
    uint32_t value = first & (0xffU >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        unsigned char next = (unsigned char)in[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3fU);
    }
    if (value < smallest[bytes] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return bytes;
}

bool utf8_valid(const char *text, size_t length)
{
    uint32_t code;
    for (size_t bytes; length > 0; text += bytes, length -= bytes) {
        bytes = utf8_decode(text, length, &code);
        if (bytes == 0)
            return false;
    }
    return true;
}
