/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report for Nagios and its relatives: one line with performance data, and the long output behind it. */
#ifndef REPORT_NAGIOS_H
#define REPORT_NAGIOS_H

#include <stdio.h>

#include "survey.h"
#include "verdict.h"

void report_nagios(FILE *out, const struct settings *settings, const struct result *result,
                   const struct verdict *verdict);

/* The same for --each-endpoint, where there are checks. */
void report_nagios_survey(FILE *out, const struct survey *survey, const struct settings *settings,
                          const struct verdict *verdict);

#endif
