/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durations: a decimal number with one of the units us, ms, s, m, h; a bare number is seconds. */
#ifndef DURATION_H
#define DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1,000,000 hours in ns. */
#define DURATION_MAX INT64_C(3600000000000000000)

/* Reads the whole of TEXT into *NS nanoseconds (0 up to DURATION_MAX). Digits beyond a nanosecond are cut.
 * On failure returns false, *NS is untouched and *WHY points to a static sentence fragment ("is empty",
 * "has no number", "has an unknown unit: use us, ms, s, m or h", "is too large", "is negative", ...). */
bool duration_parse(const char *text, int64_t *ns, const char **why);

/* Writes NS for a reader: "850 us", "1.23 ms", "2 s", "1.5 s", three significant digits, unit us, ms or s.
 * Always terminates OUT; 24 bytes are enough. Returns OUT. */
char *duration_format(int64_t ns, char *out, size_t size);

/* Writes NS in seconds, as the shortest exact decimal ("0.2", "10", "0.000001"). Always terminates OUT; 32 bytes are
 * enough. Returns OUT. */
char *duration_seconds(int64_t ns, char *out, size_t size);

#endif
