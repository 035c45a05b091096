/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of the monitoring plugin guidelines: [@][start:][end], both ends inclusive, ~ is minus infinity. */
#ifndef RANGE_H
#define RANGE_H

#include <stdbool.h>
#include <stddef.h>

/* What the numbers of a range are: plain ones, or times in seconds whose ends may carry a duration unit. */
enum range_unit { RANGE_NUMBER, RANGE_TIME };

struct range {
    bool set;      /* false: no range was given, nothing alerts */
    bool inside;   /* '@': alert inside instead of outside */
    bool bare;     /* a RANGE_TIME whose end was given without a unit, so that it is seconds */
    double start;  /* -INFINITY for ~ */
    double end;    /* INFINITY when open; seconds for RANGE_TIME */
    char text[64]; /* canonical form for perfdata, in seconds: "0.2", "~:1", "10:", "@5:10", never "0:..." */
};

/* Reads the whole of TEXT. On failure returns false, *RANGE is untouched, *WHY points to a static sentence fragment
 * that is different for each kind of mistake ("is empty", "has no end behind @", "has a start above its end", "has
 * something behind the number", "has ~ where only a start may be", ...).
 * ":10" is taken as "0:10", as the other plugins do. */
bool range_parse(const char *text, enum range_unit unit, struct range *range, const char **why);

/* Whether VALUE raises the alert. False for a range that is not set. */
bool range_alerts(const struct range *range, double value);

/* Whether each VALUE in [MINIMUM, MAXIMUM] that alerts WARNING alerts CRITICAL too, so that a warning can never be
 * seen. False when either is not set. */
bool range_shadowed(const struct range *warning, const struct range *critical, double minimum, double maximum);

/* Whether some finite end of the range is at or above LIMIT. */
bool range_reaches(const struct range *range, double limit);

#endif
