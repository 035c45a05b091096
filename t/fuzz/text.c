/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cleaning of strangers' text: the first byte is the room for it, the second the width to shorten it to. */
#include "text.h"

#include "fuzz.h"
#include "utf8.h"

static void check_decoding(const char *in, size_t length)
{
    uint32_t code = 0;
    size_t bytes = utf8_decode(in, length, &code);
    EXPECT(bytes <= 4 && bytes <= length, "%zu bytes of %zu", bytes, length);
    if (bytes > 0) {
        EXPECT(fuzz_is_utf8(in, bytes) && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff), "U+%04x", code);
        return;
    }
    for (size_t first = 1; first <= 4 && first <= length; first++)
        EXPECT(!fuzz_is_utf8(in, first), "%zu bytes are a character", first);
}

static void check_cleaning(const char *in, size_t length, size_t room, size_t width)
{
    char *out = malloc(room ? room : 1);
    char *again = malloc(room ? room : 1);
    EXPECT(text_clean(out, room, in, length) == out, "OUT is returned");
    if (room > 0) {
        EXPECT(memchr(out, '\0', room), "not terminated");
        EXPECT(fuzz_is_clean(out), "'%s' is not clean", out);
        text_clean_string(again, room, out);
        EXPECT(strcmp(out, again) == 0, "'%s' is cleaned to '%s'", out, again);
        EXPECT(text_width(out) <= strlen(out), "'%s'", out);
        strcpy(again, out);
        text_shorten(again, width);
        EXPECT(text_width(again) <= width, "'%s' is wider than %zu", again, width);
        EXPECT(fuzz_is_clean(again), "'%s' is not clean", again);
        EXPECT(text_width(out) > width || strcmp(out, again) == 0, "'%s' was shortened to '%s'", out, again);
        text_nearest(out, (const char *const[]){"warning", out, ""}, 3);
    }
    free(out);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t room = data[0], width = data[1], length = size - 2;
    char *in = malloc(length ? length : 1); /* of its exact size */
    memcpy(in, data + 2, length);
    for (size_t i = 0; i < length; i++)
        check_decoding(in + i, length - i);
    check_cleaning(in, length, room, width);
    check_cleaning(in, length, 3 * length + 4, width); /* nothing is cut */
    free(in);
    return 0;
}
