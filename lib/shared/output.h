/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats of the report. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

/* What a format is like, for those that know nothing else of it. */
enum {
    OUTPUT_LIVE = 1,       /* pings may be shown on a terminal in front of it */
    OUTPUT_EACH_PING = 2,  /* it has each ping, also without -v */
    OUTPUT_NEVER_EMPTY = 4 /* it is printed also when all is well */
};

/* A row for each: its constant, its name for --output, the function of report/ that prints it, what it is like. A new
 * format is a row here and a file there. */
#define OUTPUT_ROWS(ROW)                                                                                               \
    ROW(OUTPUT_NAGIOS, "nagios", report_nagios, OUTPUT_LIVE)                                                           \
    ROW(OUTPUT_JSON, "json", report_json, OUTPUT_EACH_PING)                                                            \
    ROW(OUTPUT_PROMETHEUS, "prometheus", report_prometheus, OUTPUT_NEVER_EMPTY)

enum output_format {
#define OUTPUT_CONSTANT(constant, name, print, traits) constant,
    OUTPUT_ROWS(OUTPUT_CONSTANT)
#undef OUTPUT_CONSTANT
};

/* The names in the order of the enum, with NULL at the end. */
extern const char *const output_format_names[];

/* Whether FORMAT has TRAIT, one of those above. */
bool output_is(enum output_format format, unsigned trait);

#endif
