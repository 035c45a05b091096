/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges: one line, or two for whether the second shadows the first. */
#include "range.h"

#include <math.h>

#include "fuzz.h"

/* What the guidelines say, without our short cuts. */
static bool alerts(const struct range *range, double value)
{
    bool within = !(value < range->start) && !(value > range->end);
    return range->inside ? within : !within;
}

static void check_ends(const struct range *range)
{
    const double ends[] = {range->start, range->end};
    for (size_t i = 0; i < 2; i++) {
        if (!isfinite(ends[i]))
            continue;
        const double values[] = {ends[i], nextafter(ends[i], -INFINITY), nextafter(ends[i], INFINITY)};
        for (size_t j = 0; j < 3; j++)
            EXPECT(range_alerts(range, values[j]) == alerts(range, values[j]), "%s for %.17g", range->text, values[j]);
        EXPECT(range_alerts(range, ends[i]) == range->inside, "%s: ends are inclusive", range->text);
        EXPECT(range_reaches(range, ends[i]), "%s reaches its own end", range->text);
    }
}

static bool read_range(const char *text, enum range_unit unit, struct range *range)
{
    static const struct range untouched = {.text = "untouched"};
    const char *why = NULL;
    *range = untouched;
    if (!range_parse(text, unit, range, &why)) {
        EXPECT(why && *why, "%s has no reason", text);
        EXPECT(memcmp(range, &untouched, sizeof untouched) == 0, "%s touched the range", text);
        return false;
    }
    EXPECT(range->set && range->start <= range->end, "%s", text);
    EXPECT(!isnan(range->start) && !isnan(range->end), "%s", text);
    EXPECT(memchr(range->text, '\0', sizeof range->text), "%s", text);
    EXPECT(range->text[strspn(range->text, "@~:-.0123456789")] == '\0', "%s as %s", text, range->text);

    struct range again;
    EXPECT(range_parse(range->text, RANGE_NUMBER, &again, &why), "%s as %s %s", text, range->text, why);
    EXPECT(again.start == range->start && again.end == range->end && again.inside == range->inside, "%s as %s", text,
           range->text);
    EXPECT(strcmp(again.text, range->text) == 0, "%s as %s as %s", text, range->text, again.text);
    check_ends(range);
    return true;
}

/* Values between the ends, and the ends themselves, of both. */
static void check_shadow(const struct range *warning, const struct range *critical)
{
    static const double minimum = 0, maximum = 100;
    if (!range_shadowed(warning, critical, minimum, maximum))
        return;
    const double marks[] = {minimum, warning->start, warning->end, critical->start, critical->end, maximum};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++) {
            double value = marks[i] / 2 + marks[j] / 2;
            if (value >= minimum && value <= maximum && range_alerts(warning, value))
                EXPECT(range_alerts(critical, value), "%s shows under %s at %.17g", warning->text, critical->text,
                       value);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    char *rest = text;
    char *first = fuzz_line(&rest), *second = fuzz_line(&rest);
    struct range one, other;
    read_range(first, RANGE_TIME, &one);
    if (read_range(first, RANGE_NUMBER, &one) && second && read_range(second, RANGE_NUMBER, &other)) {
        check_shadow(&one, &other);
        EXPECT(range_shadowed(&one, &one, 0, 100), "%s does not shadow itself", one.text);
    }
    free(text);
    return 0;
}
