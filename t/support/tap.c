/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tap.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int planned = -1;
static int run;
static int failed;

void plan_tests(int count)
{
    planned = count;
    printf("1..%d\n", count);
}

void done_testing(void)
{
    plan_tests(run);
}

static bool report(bool passed, const char *format, va_list arguments)
{
    run++;
    failed += !passed;
    printf("%sok %d - ", passed ? "" : "not ", run);
    vprintf(format, arguments);
    putchar('\n');
    fflush(stdout);
    return passed;
}

void diag(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fputs("# ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

bool ok(bool passed, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(passed, format, arguments);
    va_end(arguments);
    return passed;
}

bool is_str(const char *got, const char *expected, const char *format, ...)
{
    bool same = got && expected ? strcmp(got, expected) == 0 : got == expected;
    va_list arguments;
    va_start(arguments, format);
    report(same, format, arguments);
    va_end(arguments);
    if (!same)
        diag("     got: %s\n# expected: %s", got ? got : "(null)", expected ? expected : "(null)");
    return same;
}

bool is_int(long long got, long long expected, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(got == expected, format, arguments);
    va_end(arguments);
    if (got != expected)
        diag("     got: %lld\n# expected: %lld", got, expected);
    return got == expected;
}

bool is_double(double got, double expected, const char *format, ...)
{
    bool same = got == expected || fabs(got - expected) <= 1e-9 * fmax(fabs(got), fabs(expected));
    va_list arguments;
    va_start(arguments, format);
    report(same, format, arguments);
    va_end(arguments);
    if (!same)
        diag("     got: %.17g\n# expected: %.17g", got, expected);
    return same;
}

int exit_status(void)
{
    return failed == 0 && run == planned ? 0 : 1;
}
