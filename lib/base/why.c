/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "why.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* U+2423, the sign for a blank that would not be seen. */
static const char open_box[] = "\xe2\x90\xa3";

bool why_set(char *why, size_t why_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, why_size, format, arguments);
    va_end(arguments);
    return false;
}

bool why_value(char *why, size_t why_size, const char *value, const char *reason)
{
    char shown[WHY_VALUE_SIZE];
    if (*value == '\0')
        return why_set(why, why_size, "is empty");
    return why_set(why, why_size, "%s %s", why_show(value, shown), reason);
}

const char *why_show(const char *value, char out[WHY_VALUE_SIZE])
{
    char clean[WHY_VALUE_SIZE - 2 * (sizeof open_box - 1)];
    bool first, last;
    text_blank_ends(value, &first, &last);
    text_clean_string(clean, sizeof clean, value);
    snprintf(out, WHY_VALUE_SIZE, "%s%s%s", first ? open_box : "", clean, last && *clean != '\0' ? open_box : "");
    return out;
}
