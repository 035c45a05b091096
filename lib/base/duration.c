/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "number.h"

/* Whole nanoseconds of a number of seconds; false beyond DURATION_MAX. */
static bool to_nanoseconds(const struct number *seconds, int64_t *ns)
{
    int length = seconds->point + 9;
    uint64_t sum = 0;
    if (length > 19) /* digits of DURATION_MAX; nothing shorter overflows */
        return false;
    for (int i = 0; i < length; i++)
        sum = sum * 10 + (i < seconds->count ? seconds->digits[i] : 0);
    if (sum > DURATION_MAX)
        return false;
    *ns = (int64_t)sum;
    return true;
}

bool duration_parse(const char *text, int64_t *ns, const char **why)
{
    struct number number;
    if (*text == '\0')
        return number_refuse(why, "is empty");
    const char *end = number_read(text, &number, why);
    if (!end)
        return false;
    if (*text == '-')
        return number_refuse(why, "is negative");
    end = number_read_unit(end, &number);
    if (!end || *end != '\0')
        return number_refuse(why, "has an unknown unit: use us, ms, s, m or h");
    return to_nanoseconds(&number, ns) || number_refuse(why, "is too large");
}

static uint64_t magnitude(int64_t ns)
{
    return ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
}

/* Removes the zeros, and the point, that a decimal with a point ends in. */
static void strip_zeros(char *text)
{
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text[length] = '\0';
}

char *duration_format(int64_t ns, char *out, size_t size)
{
    /* A value that three digits would show as 1000 goes to the next unit. */
    static const struct {
        uint64_t below;
        uint64_t unit; /* ns */
        const char *name;
    } units[] = {
        {1, NS_PER_S, "s"},
        {999500, 1000, "us"},
        {999500000, 1000000, "ms"},
        {UINT64_MAX, NS_PER_S, "s"},
    };
    uint64_t value = magnitude(ns);
    size_t i = 0;
    while (value >= units[i].below)
        i++;
    uint64_t whole = value / units[i].unit;
    unsigned decimals = whole >= 100 ? 0 : whole >= 10 ? 1 : whole >= 1 ? 2 : 3;
    uint64_t power = 1;
    for (unsigned n = 0; n < decimals; n++)
        power *= 10;
    uint64_t quantum = units[i].unit / power;
    uint64_t rounded = (value + quantum / 2) / quantum;
    char digits[48];
    if (decimals > 0) {
        snprintf(digits, sizeof digits, "%" PRIu64 ".%0*" PRIu64, rounded / power, (int)decimals, rounded % power);
        strip_zeros(digits);
    } else {
        snprintf(digits, sizeof digits, "%" PRIu64, rounded);
    }
    snprintf(out, size, "%s%s %s", ns < 0 ? "-" : "", digits, units[i].name);
    return out;
}

char *duration_seconds(int64_t ns, char *out, size_t size)
{
    char digits[48];
    uint64_t value = magnitude(ns);
    snprintf(digits, sizeof digits, "%" PRIu64 ".%09" PRIu64, value / NS_PER_S, value % NS_PER_S);
    strip_zeros(digits);
    snprintf(out, size, "%s%s", ns < 0 ? "-" : "", digits);
    return out;
}
