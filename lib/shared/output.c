/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <stddef.h>

#define OUTPUT_NAME(constant, name, print, traits) (name),
#define OUTPUT_TRAITS(constant, name, print, traits) (traits),

const char *const output_format_names[] = {OUTPUT_ROWS(OUTPUT_NAME) NULL};

bool output_is(enum output_format format, unsigned trait)
{
    static const unsigned traits_of[] = {OUTPUT_ROWS(OUTPUT_TRAITS)};
    return traits_of[format] & trait;
}
