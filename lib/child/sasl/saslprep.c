/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "saslprep.h"

#include <stdint.h>
#include <string.h>
#include <stringprep.h>

#include "utf8.h"

/* Printable ASCII is its own prepared form. */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return true;
}

/* libidn expects valid UTF-8; old ones read beyond the end of anything else (CVE-2015-2059). */
static bool is_utf8(const char *text, size_t length)
{
    while (length > 0) {
        uint32_t code;
        size_t bytes = utf8_decode(text, length, &code);
        if (bytes == 0)
            return false;
        text += bytes;
        length -= bytes;
    }
    return true;
}

bool saslprep(const char *text, enum saslprep_use use, char *out, size_t size)
{
    size_t length = strlen(text);
    if (length >= size || !is_utf8(text, length)) {
        *out = '\0';
        return false;
    }
    memcpy(out, text, length + 1);
    if (is_plain(text, length))
        return true;
    Stringprep_profile_flags flags = use == SASLPREP_STORED ? STRINGPREP_NO_UNASSIGNED : 0;
    if (stringprep(out, size, flags, stringprep_saslprep) == STRINGPREP_OK)
        return true;
    explicit_bzero(out, size);
    return false;
}
