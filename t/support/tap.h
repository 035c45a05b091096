/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Test Anything Protocol for unit tests in C, with libtap's names. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

/* Announces COUNT tests; exit_status() fails when another number ran. */
void plan_tests(int count);

/* Announces the plan at the end, for tables. */
void done_testing(void);

/* Each prints one test line and returns whether it passed; a failure also says what was got and expected. */
bool ok(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool is_str(const char *got, const char *expected, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool is_int(long long got, long long expected, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool is_double(double got, double expected, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A comment line, shown by prove. */
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What main() returns: 0 when all that was planned passed. */
int exit_status(void);

#endif
