/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "perfdata.h"

#include "clock.h"
#include "duration.h"
#include "line.h"
#include "number.h"

static void add_value(struct line *line, const struct metric *metric)
{
    switch (metric->unit) {
    case METRIC_SECONDS:
        line_add_seconds(line, metric->value);
        break;
    case METRIC_PERCENT:
        line_add_decimal(line, metric->value);
        break;
    case METRIC_COUNT:
    case METRIC_DAYS:
        line_add(line, "%lld", (long long)number_round(metric->value));
        break;
    }
    line_add(line, "%s", metric_unit_name(metric->unit));
}

static const char *bound(bool given, double value, char *out, size_t size)
{
    return given ? duration_seconds(number_round(value * (double)NS_PER_S), out, size) : "";
}

/* All behind the label's '='. */
static void add_fields(struct line *line, const struct metric *metric)
{
    if (metric->known)
        add_value(line, metric);
    else
        line_add(line, "U");
    char minimum[32], maximum[32];
    line_add(line, ";%s;%s;%s;%s", metric->limits ? metric->limits->warning.text : "",
             metric->limits ? metric->limits->critical.text : "",
             bound(metric->has_minimum, metric->minimum, minimum, sizeof minimum),
             bound(metric->has_maximum, metric->maximum, maximum, sizeof maximum));
    while (line->text[line->used - 1] == ';')
        line->text[--line->used] = '\0';
}

void perfdata_print(FILE *out, const struct metrics *metrics, bool omit_undetermined)
{
    const char *separator = "";
    for (size_t i = 0; i < metrics->count; i++) {
        if (omit_undetermined && !metrics->list[i].known)
            continue;
        struct line line = LINE_EMPTY;
        add_fields(&line, &metrics->list[i]);
        fprintf(out, "%s%s=%s", separator, metrics->list[i].label, line.text);
        separator = " ";
    }
}
