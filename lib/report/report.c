/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include "first_line.h"
#include "report_json.h"
#include "report_nagios.h"
#include "report_prometheus.h"

void report_print(FILE *out, const struct settings *settings, const struct result *result,
                  const struct verdict *verdict)
{
    if (verdict->state == STATE_OK && settings->quiet)
        return;
    switch (settings->output) {
    case OUTPUT_NAGIOS:
        report_nagios(out, settings, result, verdict);
        break;
    case OUTPUT_JSON:
        report_json(out, settings, result, verdict);
        break;
    case OUTPUT_PROMETHEUS:
        report_prometheus(out, settings, result, verdict);
        break;
    }
}

void report_survey(FILE *out, const struct survey *survey, const struct settings *settings,
                   const struct verdict *verdict)
{
    if (survey->count == 0) {
        report_print(out, settings, &survey->discovery, verdict);
        return;
    }
    if (verdict->state == STATE_OK && settings->quiet)
        return;
    switch (settings->output) {
    case OUTPUT_NAGIOS:
        report_nagios_survey(out, survey, settings, verdict);
        break;
    case OUTPUT_JSON:
        report_json_survey(out, survey, settings, verdict);
        break;
    case OUTPUT_PROMETHEUS:
        report_prometheus_survey(out, survey, settings, verdict);
        break;
    }
}

void report_unknown(FILE *out, const struct settings *settings, const char *why)
{
    switch (settings->output) {
    case OUTPUT_NAGIOS:
        first_line_unknown(out, why, "");
        break;
    case OUTPUT_JSON:
        report_json_unknown(out, settings, why);
        break;
    case OUTPUT_PROMETHEUS:
        report_prometheus_unknown(out, settings, why);
        break;
    }
}

void report_usage_error(FILE *out, const char *why)
{
    first_line_unknown(out, why, "Try check_xmpp_ping --help for more.\n");
}
