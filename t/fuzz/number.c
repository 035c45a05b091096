/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and their units, against strtod(3). */
#include "number.h"

#include <math.h>

#include "fuzz.h"

static void check_format(const struct number *number, double value)
{
    char text[400];
    const char *why;
    if (number->count > NUMBER_DIGITS || !number_format(number, text, sizeof text))
        return;
    EXPECT(strlen(text) < sizeof text, "%s", text);
    struct number again;
    const char *end = number_read(text, &again, &why);
    EXPECT(end && *end == '\0', "printed as %s", text);
    EXPECT(number_value(&again) == value, "printed as %s", text);
    EXPECT(number->cut || again.count == number->count, "printed as %s", text);
    char second[400];
    EXPECT(number_format(&again, second, sizeof second) && strcmp(text, second) == 0, "%s and %s", text, second);
    EXPECT(!number_format(number, second, strlen(text)), "%s in too little room", text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    const char *why = NULL;
    struct number number;
    const char *end = number_read(text, &number, &why);
    if (!end) {
        EXPECT(why && *why, "%s", text);
        free(text);
        return 0;
    }
    EXPECT(strspn(text, "-.0123456789") >= (size_t)(end - text), "%s", text);
    EXPECT(number.count <= NUMBER_DIGITS, "%d digits", number.count);
    char *prefix = strndup(text, (size_t)(end - text));
    double expected = strtod(prefix, NULL);
    double value = number_value(&number);
    EXPECT(value == expected || (number.cut && fabs(value - expected) <= fabs(expected) * 1e-15),
           "%s is %.17g, not %.17g", prefix, value, expected);
    EXPECT(number.count > 0 || (value == 0 && !signbit(value)), "%s is minus zero", prefix);
    free(prefix);
    check_format(&number, value);

    struct number seconds = number;
    const char *rest = number_read_unit(end, &seconds);
    if (rest && rest > end) {
        size_t length = (size_t)(rest - end);
        double factor = *end == 'u' ? 1e-6 : length == 2 ? 1e-3 : *end == 's' ? 1 : *end == 'm' ? 60 : 3600;
        double product = value * factor;
        EXPECT(length <= 2 && strchr("umsh", *end), "%s", end);
        EXPECT(isinf(product) || fabs(product) < 1e-300 ||
                   fabs(number_value(&seconds) - product) <= fabs(product) * 1e-14,
               "%s is %.17g s", text, number_value(&seconds));
        check_format(&seconds, number_value(&seconds));
    }
    free(text);
    return 0;
}
