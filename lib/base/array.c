/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "array.h"

#include <stdint.h>
#include <stdlib.h>

void *array_grow(void *list, size_t count, size_t size)
{
    size_t room = count > 0 ? 2 * count : 1;
    if ((count & (count - 1)) != 0) /* there is room up to the next power of two */
        return list;
    return room > count && room <= SIZE_MAX / size ? realloc(list, room * size) : NULL;
}
