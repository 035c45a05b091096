/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64 as SASL has it on the wire (RFC 4648 section 4): padded, nothing but the alphabet. */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Room for LENGTH bytes in base64, with the NUL. */
#define BASE64_SIZE(length) (4 * (((length) + 2) / 3) + 1)

/* Writes the LENGTH bytes at IN, and a NUL, to OUT, which has BASE64_SIZE(LENGTH) bytes. */
void base64_encode(const void *in, size_t length, char *out);

/* Reads the IN_LENGTH characters at IN into at most SIZE bytes at OUT, *LENGTH of which are used then. False when it is
 * no base64, or too long. */
bool base64_decode(const char *in, size_t in_length, void *out, size_t size, size_t *length);

#endif
