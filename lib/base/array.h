/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists that grow one by one. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>

/* LIST, which has COUNT elements of SIZE bytes and is NULL with none, with room for one more; it may have moved. Its
 * room doubles each time, so that thousands are not copied for each one more: LIST must have come from here. NULL when
 * out of memory; LIST is then as it was. */
void *array_grow(void *list, size_t count, size_t size);

#endif
