/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "why.h"

#include <stdarg.h>
#include <stdio.h>

bool why_set(char *why, size_t why_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, why_size, format, arguments);
    va_end(arguments);
    return false;
}
