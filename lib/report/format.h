/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats of the report, each in its own file: report_nagios() for Nagios and its relatives, one line with
 * performance data and the long output behind it; report_json() one JSON object on one line, as
 * doc/check_xmpp_ping.schema.json describes it; report_prometheus() its text exposition format, for the textfile
 * collector of its node exporter (doc/prometheus.md). Each prints any check, also one that was not run. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdio.h>

#include "check.h"
#include "output.h"

#define FORMAT_FUNCTION(constant, name, print, traits) void print(FILE *out, const struct check *check);
OUTPUT_ROWS(FORMAT_FUNCTION)
#undef FORMAT_FUNCTION

#endif
