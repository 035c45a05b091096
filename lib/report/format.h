/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions that print a check, each in its own format and file, by the rows of output.h. Each takes any check,
 * also one that was not run. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdio.h>

#include "check.h"
#include "output.h"

#define FORMAT_FUNCTION(constant, name, print, traits) void print(FILE *out, const struct check *check);
OUTPUT_ROWS(FORMAT_FUNCTION)
#undef FORMAT_FUNCTION

#endif
