/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report in Prometheus' text exposition format, for the textfile collector of its node exporter: doc/prometheus.md.
 */
#ifndef REPORT_PROMETHEUS_H
#define REPORT_PROMETHEUS_H

#include <stdio.h>

#include "survey.h"
#include "verdict.h"

/* A value that could not be had has no series. */
void report_prometheus(FILE *out, const struct settings *settings, const struct result *result,
                       const struct verdict *verdict);

/* The same for --each-endpoint, where there are checks: their series have one more label. */
void report_prometheus_survey(FILE *out, const struct survey *survey, const struct settings *settings,
                              const struct verdict *verdict);

/* An UNKNOWN before the run: the state, and WHY, which is cleaned, as a comment. */
void report_prometheus_unknown(FILE *out, const struct settings *settings, const char *why);

#endif
