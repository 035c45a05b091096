/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_settings.h"

#include <string.h>

#include "options.h"

static void print(FILE *out, const struct option_row *row, const char *value)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "setting %s: %s", row->name, value);
    line_print(&line, out);
}

void report_settings(FILE *out, const struct settings *settings)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        char buffer[OPTION_SHOWN_SIZE];
        const char *value = option_show(row, settings, buffer);
        bool is_off = value && !row->argument && strcmp(value, "false") == 0;
        if (value && !is_off)
            print(out, row, value);
        struct line element = LINE_EMPTY;
        for (size_t i = 0; option_show_element(row, settings, i, &element); i++) {
            print(out, row, element.text);
            element = LINE_EMPTY;
        }
    }
}
