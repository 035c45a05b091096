/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void append_digit(struct number *number, char c)
{
    if (number->count < NUMBER_DIGITS)
        number->digits[number->count++] = (uint8_t)(c - '0');
    else if (c != '0')
        number->cut = true;
}

static void normalise(struct number *number)
{
    while (number->count > 0 && number->digits[number->count - 1] == 0)
        number->count--;
    if (number->count == 0) {
        number->point = 0;
        number->negative = false;
    }
}

bool number_refuse(const char **why, const char *reason)
{
    *why = reason;
    return false;
}

const char *number_read(const char *text, struct number *number, const char **why)
{
    *number = (struct number){.negative = *text == '-'};
    if (*text == '-')
        text++;
    if (!is_digit(*text) && *text != '.') {
        *why = *text == '+'                    ? "has a + before its number"
               : *text == ' ' || *text == '\t' ? "has white space before its number"
                                               : "has no number";
        return NULL;
    }
    for (; is_digit(*text); text++) {
        if (number->count == 0 && *text == '0')
            continue;
        append_digit(number, *text);
        number->point++;
    }
    if (*text == '.') {
        text++;
        if (!is_digit(*text)) {
            *why = "has a . with no digit behind it";
            return NULL;
        }
        for (; is_digit(*text); text++) {
            if (number->count == 0 && *text == '0')
                number->point--;
            else
                append_digit(number, *text);
        }
    }
    normalise(number);
    return text;
}

/* Multiplies by FACTOR (at most two digits long) and by 10^POWER. */
static void scale(struct number *number, unsigned factor, int power)
{
    unsigned carry = 0;
    for (int i = number->count - 1; i >= 0; i--) {
        carry += number->digits[i] * factor;
        number->digits[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    for (; carry > 0; carry /= 10) {
        memmove(number->digits + 1, number->digits, (size_t)number->count);
        number->digits[0] = (uint8_t)(carry % 10);
        number->count++;
        number->point++;
    }
    number->point += power;
    normalise(number);
}

const char *number_read_unit(const char *text, struct number *number)
{
    static const struct {
        const char *name;
        unsigned factor;
        int power;
    } units[] = {
        {"us", 1, -6}, {"ms", 1, -3}, {"s", 1, 0}, {"m", 6, 1}, {"h", 36, 2},
    };
    size_t length = 0;
    while (is_letter(text[length]))
        length++;
    if (length == 0)
        return text;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, text, length) == 0) {
            scale(number, units[i].factor, units[i].power);
            return text + length;
        }
    }
    return NULL;
}

bool number_format(const struct number *number, char *out, size_t size)
{
    int whole = number->point > 0 ? number->point : 0;
    int fraction = number->count > number->point ? number->count - number->point : 0;
    size_t length =
        (size_t)number->negative + (size_t)(whole > 0 ? whole : 1) + (size_t)(fraction > 0 ? fraction + 1 : 0);
    if (length >= size)
        return false;
    if (number->negative)
        *out++ = '-';
    if (whole == 0)
        *out++ = '0';
    for (int i = 0; i < whole; i++)
        *out++ = (char)('0' + (i < number->count ? number->digits[i] : 0));
    if (fraction > 0)
        *out++ = '.';
    for (int i = number->point; i < number->point + fraction; i++)
        *out++ = (char)('0' + (i >= 0 ? number->digits[i] : 0));
    *out = '\0';
    return true;
}

double number_value(const struct number *number)
{
    /* "-123e-5": without a decimal point strtod() means the same in each locale. */
    char text[NUMBER_DIGITS + 32];
    char *out = text;
    if (number->negative)
        *out++ = '-';
    *out++ = '0';
    for (int i = 0; i < number->count; i++)
        *out++ = (char)('0' + number->digits[i]);
    snprintf(out, sizeof text - (size_t)(out - text), "e%d", number->point - number->count);
    return strtod(text, NULL);
}

int64_t number_round(double value)
{
    return (int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}
