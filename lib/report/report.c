/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include "first_line.h"
#include "format.h"

void report_print(FILE *out, const struct check *check)
{
#define FORMAT_PRINT(constant, name, print, traits) [constant] = (print),
    static void (*const formats[])(FILE *, const struct check *) = {OUTPUT_ROWS(FORMAT_PRINT)};
    if (check->verdict.state != STATE_OK || !check->settings->quiet)
        formats[check->settings->output](out, check);
}

void report_usage_error(FILE *out, const char *why)
{
    first_line_unknown(out, why, "Try check_xmpp_ping --help for more.\n");
}
