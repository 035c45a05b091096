/* SPDX-License-Identifier: GPL-3.0-or-later */
/* States to text. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "survey.h"
#include "verdict.h"

/* Prints the whole report in the format that the settings ask for; nothing when OK and --quiet. */
void report_print(FILE *out, const struct settings *settings, const struct result *result,
                  const struct verdict *verdict);

/* The same for --each-endpoint: a line for each endpoint instead of each target. */
void report_survey(FILE *out, const struct survey *survey, const struct settings *settings,
                   const struct verdict *verdict);

/* Prints an UNKNOWN before the run in the format that the settings ask for; WHY is cleaned. */
void report_unknown(FILE *out, const struct settings *settings, const char *why);

/* Prints the two lines of a usage error: always as plain text, as the options were not understood. WHY is cleaned; one
 * that is too long for the first line stands whole in a further one. */
void report_usage_error(FILE *out, const char *why);

#endif
