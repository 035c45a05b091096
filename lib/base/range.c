/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "range.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

/* One end of a range. Two texts, '@', ':' and NUL fit in range.text. */
struct end {
    double value;
    char text[31];
};

/* Reads the number, with its unit if one is allowed, that fills FROM up to TO. */
static bool read_end(const char *from, const char *to, enum range_unit unit, struct end *end, const char **why)
{
    struct number number;
    if (*from == '~')
        return number_refuse(why, "has ~ where only a start may be");
    if (*from == ':')
        return number_refuse(why, "has more than one :");
    const char *next = number_read(from, &number, why);
    if (!next)
        return false;
    if (unit == RANGE_TIME) {
        next = number_read_unit(next, &number);
        if (!next)
            return number_refuse(why, "has an unknown unit: use us, ms, s, m or h");
    }
    if (next != to)
        return number_refuse(why, *next == ':' ? "has more than one :" : "has something behind the number");
    if (number.cut || !number_format(&number, end->text, sizeof end->text))
        return number_refuse(why, "has a number with too many digits");
    end->value = number_value(&number);
    return true;
}

static bool read_start(const char *from, const char *colon, enum range_unit unit, struct end *start, const char **why)
{
    if (from == colon) /* ":10" */
        return true;
    if (*from != '~')
        return read_end(from, colon, unit, start, why);
    if (from + 1 != colon)
        return number_refuse(why, "has something behind ~");
    *start = (struct end){-INFINITY, "~"};
    return true;
}

bool range_parse(const char *text, enum range_unit unit, struct range *range, const char **why)
{
    struct end start = {0, "0"}, end = {INFINITY, ""};
    if (*text == '\0')
        return number_refuse(why, "is empty");
    bool inside = *text == '@';
    if (inside)
        text++;
    if (*text == '\0')
        return number_refuse(why, "has no end behind @");
    if (*text == '@')
        return number_refuse(why, "has more than one @");
    const char *colon = strchr(text, ':');
    const char *second = colon ? colon + 1 : text;
    if (colon == text && *second == '\0')
        return number_refuse(why, "has neither a start nor an end");
    if (colon && !read_start(text, colon, unit, &start, why))
        return false;
    if (*second != '\0' && !read_end(second, second + strlen(second), unit, &end, why))
        return false;
    if (start.value > end.value)
        return number_refuse(why, "has a start above its end");

    bool from_zero = start.value == 0 && end.text[0] != '\0';
    bool bare = unit == RANGE_TIME && *second >= '0' && *second <= '9' && strpbrk(second, "umsh") == NULL;
    *range = (struct range){.set = true, .inside = inside, .bare = bare, .start = start.value, .end = end.value};
    snprintf(range->text, sizeof range->text, "%s%s%s%s", inside ? "@" : "", from_zero ? "" : start.text,
             from_zero ? "" : ":", end.text);
    return true;
}

bool range_alerts(const struct range *range, double value)
{
    if (!range->set)
        return false;
    if (range->inside)
        return value >= range->start && value <= range->end;
    return value < range->start || value > range->end;
}

/* Whether the values between A and B, without these two, alert; no end of the range may lie among them. */
static bool alerts_between(const struct range *range, double a, double b)
{
    return range->inside == (range->start <= a && b <= range->end);
}

/* Ascending; six at most. */
static void sort(double *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t j = i;
        for (; j > 0 && values[j - 1] > value; j--)
            values[j] = values[j - 1];
        values[j] = value;
    }
}

bool range_shadowed(const struct range *warning, const struct range *critical, double minimum, double maximum)
{
    if (!warning->set || !critical->set)
        return false;
    /* Alerts can change at the ends of the two ranges only, so these points and the gaps between them stand for all
     * values. */
    const double ends[] = {warning->start, warning->end, critical->start, critical->end};
    double points[6] = {minimum};
    size_t count = 1;
    for (size_t i = 0; i < 4; i++) {
        if (ends[i] > minimum && ends[i] < maximum)
            points[count++] = ends[i];
    }
    points[count++] = maximum;
    sort(points, count);
    for (size_t i = 0; i < count; i++) {
        if (range_alerts(warning, points[i]) && !range_alerts(critical, points[i]))
            return false;
        if (i + 1 < count && points[i] < points[i + 1] && alerts_between(warning, points[i], points[i + 1]) &&
            !alerts_between(critical, points[i], points[i + 1]))
            return false;
    }
    return true;
}

bool range_reaches(const struct range *range, double limit)
{
    if (!range->set)
        return false;
    return (isfinite(range->start) && range->start >= limit) || (isfinite(range->end) && range->end >= limit);
}
