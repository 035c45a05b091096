/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one JSON object on one line, as doc/check_xmpp_ping.schema.json describes it. Each key is always there;
 * what is not known is null. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdio.h>

#include "survey.h"
#include "verdict.h"

void report_json(FILE *out, const struct settings *settings, const struct result *result,
                 const struct verdict *verdict);

/* The same for --each-endpoint, where there are checks: each is an object of the same kind in this one. */
void report_json_survey(FILE *out, const struct survey *survey, const struct settings *settings,
                        const struct verdict *verdict);

/* An UNKNOWN before the run, for the reason WHY, which is cleaned. */
void report_json_unknown(FILE *out, const struct settings *settings, const char *why);

#endif
