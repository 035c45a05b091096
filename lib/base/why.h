/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences that tell users what is wrong with what they gave. */
#ifndef WHY_H
#define WHY_H

#include <stdbool.h>
#include <stddef.h>

/* Writes a sentence to WHY. Always returns false, so that a failing function can end with it. */
bool why_set(char *why, size_t why_size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
