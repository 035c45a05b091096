/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check to text. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "check.h"

/* Prints the whole report in the format that the settings ask for; nothing when OK and --quiet. */
void report_print(FILE *out, const struct check *check);

/* Prints the two lines of a usage error: always as plain text, as the options were not understood. WHY is cleaned; one
 * that is too long for the first line stands whole in a further one. */
void report_usage_error(FILE *out, const char *why);

#endif
