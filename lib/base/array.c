/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "array.h"

#include <stdbool.h>
#include <stdlib.h>

void *array_grow(void *list, size_t count, size_t size)
{
    bool is_full = (count & (count - 1)) == 0;
    return is_full ? reallocarray(list, count ? count : 1, 2 * size) : list;
}
