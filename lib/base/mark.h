/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Combining marks: the characters that are drawn onto the one before them. */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stdint.h>

/* Whether CODE is a nonspacing or an enclosing mark (Unicode 14, categories Mn and Me). */
bool mark_is(uint32_t code);

#endif
