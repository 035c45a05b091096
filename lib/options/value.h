/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values that options have in common. Where WHY is an argument, a failure writes a sentence fragment to it, to be
 * read behind the option's name. */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Replaces *STRING, which is allocated or NULL, by a copy of VALUE. Refuses an empty one. */
bool value_string(char **string, const char *value, char *why, size_t why_size);

/* Reads all of TEXT as decimal digits; false when that is no number from MINIMUM to MAXIMUM. *NUMBER is then untouched.
 */
bool value_read_whole(const char *text, int minimum, int maximum, int *number);

/* The same with a reason. */
bool value_whole(int *number, const char *value, int minimum, int maximum, char *why, size_t why_size);

/* Reads VALUE as one of CHOICES, which are words with spaces between; *CHOICE is its place among them, from 0. */
bool value_choice(int *choice, const char *value, const char *choices, char *why, size_t why_size);

/* A duration in ns. */
bool value_duration(int64_t *duration, const char *value, char *why, size_t why_size);

#endif
