/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "why.h"

bool value_string(char **string, const char *value, char *why, size_t why_size)
{
    if (*value == '\0')
        return why_value(why, why_size, value, "");
    char *copy = strdup(value);
    if (!copy)
        return why_set(why, why_size, "out of memory");
    free(*string);
    *string = copy;
    return true;
}

bool value_read_whole(const char *text, int minimum, int maximum, int *number)
{
    int value = 0;
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        value = value * 10 + (*digit - '0');
        if (value > maximum)
            return false;
    }
    if (digit == text || *digit != '\0' || value < minimum)
        return false;
    *number = value;
    return true;
}

bool value_whole(int *number, const char *value, int minimum, int maximum, char *why, size_t why_size)
{
    char reason[80];
    why_set(reason, sizeof reason, "is not a whole number from %d to %d", minimum, maximum);
    return value_read_whole(value, minimum, maximum, number) || why_value(why, why_size, value, reason);
}

bool value_duration(int64_t *duration, const char *value, char *why, size_t why_size)
{
    const char *reason;
    return duration_parse(value, duration, &reason) || why_value(why, why_size, value, reason);
}
