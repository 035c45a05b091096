/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences that tell users what is wrong with what they gave. */
#ifndef WHY_H
#define WHY_H

#include <stdbool.h>
#include <stddef.h>

/* Room for a value in such a sentence, with its NUL. */
#define WHY_VALUE_SIZE 47

/* Writes a sentence to WHY. Always returns false, so that a failing function can end with it. */
bool why_set(char *why, size_t why_size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Writes "VALUE REASON", VALUE clean and cut; "is empty" for an empty one. Always returns false. */
bool why_value(char *why, size_t why_size, const char *value, const char *reason);

/* VALUE clean and cut, a blank at an end shown as U+2423. No quotes: reports replace them, and Nagios drops them.
 * Returns OUT. */
const char *why_show(const char *value, char out[WHY_VALUE_SIZE]);

#endif
