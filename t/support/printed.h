/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report prints. */
#ifndef PRINTED_H
#define PRINTED_H

#include <stdio.h>

#include "check.h"

/* What PRINT prints of CHECK. The caller frees it. */
static inline char *printed(void (*print)(FILE *, const struct check *), const struct check *check)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    print(out, check);
    fclose(out);
    return text;
}

/* The same of a check that was not run, for the reason WHY. */
static inline char *printed_refusal(void (*print)(FILE *, const struct check *), const struct settings *settings,
                                    const char *why)
{
    struct check check;
    check_refuse(&check, settings, why);
    return printed(print, &check);
}

#endif
