/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base64.h"

#include <string.h>

#include "tap.h"

/* RFC 4648 section 10, and the last two characters of the alphabet. */
static const struct {
    const char *bytes, *text;
} pairs[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"},
};

static const char *const bad[] = {
    "Z", "Zg", "Zg=", "=", "====", "Z===", "Zg==Zg==", "Z=g=", " Zg==", "Zg==\n", "Zm 9", "Zm9-", "Zm9_", "Zm\xc3\xa4"};

int main(void)
{
    unsigned char out[8];
    char text[BASE64_SIZE(6)];
    size_t length;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        base64_encode(pairs[i].bytes, strlen(pairs[i].bytes), text);
        is_str(text, pairs[i].text, "%s is written", pairs[i].text);
        memset(out, 0, sizeof out);
        ok(base64_decode(text, strlen(text), out, 6, &length) && length == strlen(pairs[i].bytes) &&
               strcmp((char *)out, pairs[i].bytes) == 0,
           "and read");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(!base64_decode(bad[i], strlen(bad[i]), out, sizeof out, &length), "what is no base64, %zu", i);
    ok(!base64_decode("Z\0==", 4, out, sizeof out, &length), "nor is a NUL");
    ok(!base64_decode("Zm9vYmFy", 8, out, 5, &length), "six bytes do not fit in five");
    done_testing();
    return exit_status();
}
