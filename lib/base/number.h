/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one grammar of numbers: [-]digits[.digits] or [-].digits, read as decimal digits, whatever the locale is. No sign
 * '+', octal, hex, exponent, nan, inf or white space. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_DIGITS 64

/* An exact decimal: 0.DIGITS * 10^POINT. Neither the first nor the last digit is 0; zero has no digits. */
struct number {
    bool negative; /* never for zero */
    bool cut;      /* digits behind the first NUMBER_DIGITS were dropped; the magnitude is right all the same */
    int count;
    int point;
    uint8_t digits[NUMBER_DIGITS + 2]; /* number_read_unit() may need two more */
};

/* Sets *WHY to REASON, a static sentence fragment. Always returns false, so that a failing function can end with it. */
bool number_refuse(const char **why, const char *reason);

/* Reads the number that TEXT begins with. Returns where it ends; NULL when there is none, then *WHY points to a static
 * sentence fragment. */
const char *number_read(const char *text, struct number *number, const char **why);

/* Reads the time unit that TEXT begins with (us, ms, s, m, h; none means seconds) and turns NUMBER of that unit into
 * seconds. Returns where it ends; NULL when there is a word that is no unit. */
const char *number_read_unit(const char *text, struct number *number);

/* Writes the shortest exact decimal. False when it does not fit. */
bool number_format(const struct number *number, char *out, size_t size);

/* The double nearest to it; +-HUGE_VAL beyond all doubles. */
double number_value(const struct number *number);

/* VALUE, of less than 2^52, as the integer nearest to it; halves go away from zero. llround(3) would do, but to load
 * libm for it is half a percent of what a check costs. */
int64_t number_round(double value);

#endif
