/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "starttls.h"

#include <string.h>

/* The position behind the first '>' from AT on, LENGTH + 1 when there is none. */
static size_t behind_tag(const char *chunk, size_t length, size_t at)
{
    const char *end = at < length ? memchr(chunk + at, '>', length - at) : NULL;
    return end ? (size_t)(end - chunk) + 1 : length + 1;
}

bool starttls_is_clean(const char *chunk, size_t length)
{
    static const char name[] = "proceed";
    /* A piece in which the element only goes on holds its end alone: another one behind that is not it. */
    bool goes_on = length > 0 && chunk[0] != '<';
    const char *start = goes_on ? NULL : memmem(chunk, length, name, sizeof name - 1);
    if (!start && !goes_on)
        return false;
    size_t end = behind_tag(chunk, length, start ? (size_t)(start - chunk) : 0);
    bool empty = end >= 2 && end <= length && chunk[end - 2] == '/';
    if (start && !empty && !(start > chunk && start[-1] == '/')) /* <proceed ...> and then </proceed> */
        end = behind_tag(chunk, length, end);
    return end == length;
}
