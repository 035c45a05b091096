/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of characters; combining marks, which are drawn onto the one before them. */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct interval {
    uint32_t first, last;
};

/* Whether CODE is in one of the intervals, which are in order. */
bool interval_has(uint32_t code, const struct interval *intervals, size_t count);

/* Whether CODE is a nonspacing or an enclosing mark (Unicode 14, categories Mn and Me). */
bool mark_is(uint32_t code);

#endif
