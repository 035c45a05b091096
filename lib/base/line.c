/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <stdarg.h>

#include "duration.h"
#include "number.h"
#include "text.h"

static void add(struct line *line, const char *format, va_list arguments)
{
    size_t room = sizeof line->text - line->used;
    int length = vsnprintf(line->text + line->used, room, format, arguments);
    if (length > 0)
        line->used += (size_t)length < room ? (size_t)length : room - 1;
}

void line_add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(line, format, arguments);
    va_end(arguments);
}

bool line_set(struct line *line, const char *format, ...)
{
    va_list arguments;
    *line = LINE_EMPTY;
    va_start(arguments, format);
    add(line, format, arguments);
    va_end(arguments);
    return false;
}

bool line_before(struct line *line, const char *format, ...)
{
    struct line behind = *line;
    va_list arguments;
    *line = LINE_EMPTY;
    va_start(arguments, format);
    add(line, format, arguments);
    va_end(arguments);
    line_add(line, "%s", behind.text);
    return false;
}

bool line_value(struct line *line, const char *value, const char *reason)
{
    char shown[TEXT_SHOWN_SIZE];
    return *value == '\0' ? line_set(line, "is empty") : line_set(line, "%s %s", text_show(value, shown), reason);
}

bool line_add_guess(struct line *line, const char *dashes, const char *name)
{
    if (name)
        line_add(line, ": did you mean %s%s?", dashes, name);
    return false;
}

void line_add_count(struct line *line, long long number, const char *noun)
{
    line_add(line, "%lld %s%s", number, noun, number == 1 ? "" : "s");
}

void line_add_time(struct line *line, long long time)
{
    char text[32];
    line_add(line, "%s", duration_format(time, text, sizeof text));
}

void line_print(const struct line *line, FILE *out)
{
    char clean[LINE_SIZE];
    fprintf(out, "%s\n", text_clean_string(clean, sizeof clean, line->text));
}

/* These two go by integers: the C library's decimal point follows the locale. */

void line_add_seconds(struct line *line, double seconds)
{
    long long microseconds = number_round(seconds * 1e6);
    long long magnitude = microseconds < 0 ? -microseconds : microseconds;
    line_add(line, "%s%lld.%06lld", microseconds < 0 ? "-" : "", magnitude / 1000000, magnitude % 1000000);
}

void line_add_decimal(struct line *line, double value)
{
    long long hundredths = number_round(value * 100);
    long long magnitude = hundredths < 0 ? -hundredths : hundredths;
    line_add(line, "%s%lld", hundredths < 0 ? "-" : "", magnitude / 100);
    if (magnitude % 10 != 0)
        line_add(line, ".%02lld", magnitude % 100);
    else if (magnitude % 100 != 0)
        line_add(line, ".%lld", magnitude % 100 / 10);
}
