/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of doc/thresholds.md against the code that they are about. A table counts by its heading. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "clock.h"
#include "duration.h"
#include "range.h"

#define CELLS 4

/* A row: the text between bars, without the spaces around it. */
struct row {
    char *cells[CELLS];
    int count;
};

static char *trim(char *text)
{
    text += strspn(text, " ");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \n", text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

static bool read_row(char *line, struct row *row)
{
    *row = (struct row){0};
    if (*line++ != '|')
        return false;
    for (char *cell; (cell = strsep(&line, "|")) != NULL && line && row->count < CELLS;)
        row->cells[row->count++] = trim(cell);
    return row->count > 0;
}

/* The next word of the cell that stands between backticks; NULL when there is none. Moves *CELL behind it. */
static char *next_code(char **cell)
{
    char *begin = strchr(*cell, '`');
    char *end = begin ? strchr(begin + 1, '`') : NULL;
    if (!end)
        return NULL;
    *end = '\0';
    *cell = end + 1;
    return begin + 1;
}

/* --- doc/thresholds.md --- */

static void check_values(const struct range *range, char *values, bool alert)
{
    for (char *value; (value = strsep(&values, ",")) != NULL;)
        is_int(range_alerts(range, strtod(value, NULL)), alert, "range %s %s at %s", range->text,
               alert ? "alerts" : "does not alert", trim(value));
}

static void check_range(struct row *row)
{
    char *text = next_code(&row->cells[0]);
    struct range range;
    const char *why = "";
    if (!ok(text && range_parse(text, RANGE_NUMBER, &range, &why), "%s is a range", text))
        return;
    check_values(&range, row->cells[2], true);
    check_values(&range, row->cells[3], false);
}

static void check_refused(struct row *row)
{
    char *text = next_code(&row->cells[0]);
    struct range range;
    const char *why = "";
    ok(text && !range_parse(text, RANGE_NUMBER, &range, &why), "%s is no range", text);
    is_str(why, row->cells[1], "%s %s", text, row->cells[1]);
}

static void check_duration(struct row *row)
{
    char *text = next_code(&row->cells[0]);
    int64_t duration = 0;
    const char *why = "";
    ok(text && duration_parse(text, &duration, &why), "%s is a duration", text);
    is_double((double)duration / (double)NS_PER_S, strtod(row->cells[1], NULL), "%s is %s s", text, row->cells[1]);
}

/* --- the tables --- */

static struct {
    const char *heading;
    void (*check)(struct row *row);
    int columns;
    int rows; /* that there have to be at least; counted down */
} tables[] = {
    {"| range | alerts | such as | and not |", check_range, 4, 7},
    {"| range | is refused, as it |", check_refused, 2, 10},
    {"| duration | is, in seconds |", check_duration, 2, 5},
};

#define TABLE_COUNT (sizeof tables / sizeof tables[0])

static size_t find_table(const char *line)
{
    size_t i = 0;
    while (i < TABLE_COUNT && strncmp(line, tables[i].heading, strlen(tables[i].heading)) != 0)
        i++;
    return i;
}

static void check_page(const char *file)
{
    FILE *in = fopen(file, "r");
    if (!ok(in != NULL, "%s is there", file))
        return;
    char line[1000];
    size_t table = TABLE_COUNT;
    while (fgets(line, sizeof line, in)) {
        struct row row;
        if (find_table(line) < TABLE_COUNT)
            table = find_table(line);
        else if (!read_row(line, &row))
            table = TABLE_COUNT;
        else if (table < TABLE_COUNT && strncmp(row.cells[0], "---", 3) != 0 &&
                 is_int(row.count, tables[table].columns, "%s: a row has its columns", file)) {
            tables[table].rows--;
            tables[table].check(&row);
        }
    }
    fclose(in);
}

int main(void)
{
    check_page("doc/thresholds.md");
    for (size_t i = 0; i < TABLE_COUNT; i++)
        ok(tables[i].rows <= 0, "the table %s has enough rows", tables[i].heading);
    done_testing();
    return exit_status();
}
