/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SASLprep (RFC 4013): one form for names and passwords that can be written in several. */
#ifndef SASLPREP_H
#define SASLPREP_H

#include <stdbool.h>
#include <stddef.h>

enum saslprep_use {
    SASLPREP_QUERY, /* code points that are unassigned in Unicode 3.2 may be there (RFC 3454 section 7) */
    SASLPREP_STORED /* they may not */
};

/* Writes TEXT, which is UTF-8, in its prepared form to OUT (SIZE bytes, NUL-terminated). False when it holds what
 * SASLprep forbids or what is no UTF-8, when it has no room, or without memory; OUT is wiped then. */
bool saslprep(const char *text, enum saslprep_use use, char *out, size_t size);

#endif
