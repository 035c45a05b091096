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

/* Writes "is none of a, b and c". */
static void refuse_choice(const char *choices, char *reason, size_t size)
{
    why_set(reason, size, "is none of ");
    for (const char *word = choices; *word != '\0';) {
        size_t length = strcspn(word, " "), used = strlen(reason);
        const char *next = word + length + strspn(word + length, " ");
        bool is_last = *next == '\0';
        const char *separator = word == choices ? "" : is_last ? " and " : ", ";
        why_set(reason + used, size - used, "%s%.*s", separator, (int)length, word);
        word = next;
    }
}

bool value_choice(int *choice, const char *value, const char *choices, char *why, size_t why_size)
{
    size_t length = strlen(value);
    int place = 0;
    for (const char *word = choices; *word != '\0'; place++) {
        size_t word_length = strcspn(word, " ");
        if (word_length == length && memcmp(word, value, length) == 0) {
            *choice = place;
            return true;
        }
        word += word_length + strspn(word + word_length, " ");
    }
    char reason[120];
    refuse_choice(choices, reason, sizeof reason);
    return why_value(why, why_size, value, reason);
}

bool value_duration(int64_t *duration, const char *value, char *why, size_t why_size)
{
    const char *reason;
    return duration_parse(value, duration, &reason) || why_value(why, why_size, value, reason);
}
