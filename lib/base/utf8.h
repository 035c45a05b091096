/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one character of the LENGTH bytes at IN into *CODE. Returns its bytes, 1 to 4; 0 when LENGTH is 0 or IN does
 * not begin with a whole, valid character. NUL is a character. */
size_t utf8_decode(const char *in, size_t length, uint32_t *code);

/* Whether the LENGTH bytes at TEXT are whole, valid characters. */
bool utf8_valid(const char *text, size_t length);

#endif
