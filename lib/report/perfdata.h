/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures to Nagios performance data. */
#ifndef PERFDATA_H
#define PERFDATA_H

#include <stdio.h>

#include "metric.h"

/* Prints all figures as 'label'=value[unit];[warn];[crit];[min];[max], single spaces between, trailing semicolons left
 * out. A figure that is not known is U, or is left out with OMIT_UNDETERMINED. */
void perfdata_print(FILE *out, const struct metrics *metrics, bool omit_undetermined);

#endif
