/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <iconv.h>
#include <stdarg.h>

void fuzz_abort(const char *condition, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "expected: %s\n", condition);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

char *fuzz_string(const uint8_t *data, size_t size)
{
    char *copy = strndup((const char *)data, size);
    if (!copy)
        abort();
    return copy;
}

char *fuzz_line(char **text)
{
    char *line = *text;
    if (!line)
        return NULL;
    char *end = strchr(line, '\n');
    if (end)
        *end = '\0';
    *text = end ? end + 1 : NULL;
    return line;
}

bool fuzz_is_utf8(const char *text, size_t length)
{
    static iconv_t conversion = (iconv_t)-1;
    if (conversion == (iconv_t)-1)
        conversion = iconv_open("UTF-32LE", "UTF-8") /* which refuses surrogates, and what is beyond U+10FFFF */;
    iconv(conversion, NULL, NULL, NULL, NULL);
    char *in = (char *)text;
    while (length > 0) {
        char room[1024];
        char *out = room;
        size_t left = sizeof room;
        size_t before = length;
        if (iconv(conversion, &in, &length, &out, &left) == (size_t)-1 && length == before)
            return false;
    }
    return true;
}

bool fuzz_is_clean(const char *text)
{
    size_t length = strlen(text);
    if (!fuzz_is_utf8(text, length))
        return false;
    if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
        return false;
    if (strstr(text, "  ") || strpbrk(text, "|<>&'\"`$\\"))
        return false;
    for (const char *byte = text; *byte != '\0'; byte++)
        if ((unsigned char)*byte < ' ' || *byte == 0x7f)
            return false;
    /* C1 controls and no-break space, zero-width and bidirectional ones, line and paragraph separators, the byte order
     * mark, tags */
    static const char *const forbidden[] = {
        "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029",
        "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2066",
        "\u2067", "\u2068", "\u2069", "\ufeff", "\u061c", "\u00ad", "\U000e0041",
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        if (strstr(text, forbidden[i]))
            return false;
    for (const char *lead = strchr(text, '\xc2'); lead; lead = strchr(lead + 1, '\xc2'))
        if ((unsigned char)lead[1] <= 0xa0)
            return false;
    return true;
}
