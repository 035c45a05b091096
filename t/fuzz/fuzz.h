/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What fuzz targets have in common. A target is one file: fuzz(), which libFuzzer (make fuzz) or replay.c (make check,
 * with the seeds) calls for one input. It holds what must be true of any input; EXPECT() says so and aborts. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's name for it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(condition, ...) ((condition) ? (void)0 : fuzz_abort(#condition, __VA_ARGS__))

/* Says what was expected, and the printf(3) FORMAT's words. */
__attribute__((format(printf, 2, 3))) _Noreturn void fuzz_abort(const char *condition, const char *format, ...);

/* The input as a string in memory of its exact size, cut at the first NUL; the caller frees it. */
char *fuzz_string(const uint8_t *data, size_t size);

/* Cuts the next line, or all that is left, off *TEXT, which becomes NULL behind the last one; NULL when there is none.
 * Lines that are too many for a table can be left. */
char *fuzz_line(char **text);

/* Whether TEXT is clean by the contract of text_clean(), written down here once more. */
bool fuzz_is_clean(const char *text);

/* Whether TEXT, all of it, is UTF-8, by iconv(3), which is no code of ours. */
bool fuzz_is_utf8(const char *text, size_t length);

#endif
