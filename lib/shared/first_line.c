/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "first_line.h"

#include <string.h>

#include "line.h"
#include "text.h"

void first_line_unknown(FILE *out, const char *why, const char *pointer)
{
    char clean[LINE_SIZE] = "", first[LINE_SIZE];
    text_clean_string(clean, sizeof clean, why);
    memcpy(first, clean, sizeof first);
    text_shorten(first, FIRST_LINE_WIDTH);
    fprintf(out, FIRST_LINE_SERVICE " UNKNOWN - %s\n%s", first, pointer);
    if (strcmp(first, clean) != 0)
        fprintf(out, "%s\n", clean);
}
