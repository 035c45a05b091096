/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual page: text as roff wants it, and the options. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "generate.h"
#include "options.h"

/* One character as roff wants it, so that none is taken for a request. Returns the bytes printed. */
static int print_roff_character(char c)
{
    const char *name = c == '\\' ? "\\e" : c == '-' ? "\\-" : c == '\'' ? "\\(aq" : NULL;
    return name ? printf("%s", name) : printf("%c", c);
}

void print_roff(const char *text)
{
    for (; *text != '\0'; text++)
        print_roff_character(*text);
}

void print_roff_sentence(const char *begin, const char *text)
{
    int column = printf("%s%c", begin, *begin == '\0' ? toupper((unsigned char)*text) : *text);
    for (text++; *text != '\0'; text++) {
        if (*text == ' ' && column + (int)strcspn(text + 1, " ") > 70) {
            putchar('\n');
            column = 0;
        } else {
            column += print_roff_character(*text);
        }
    }
    fputs(text[-1] == '.' ? "\n" : ".\n", stdout);
}

static void print_option(const struct option_row *row)
{
    fputs(".TP\n", stdout);
    if (row->letter)
        printf("\\fB\\-%c\\fR, ", row->letter);
    fputs("\\fB\\-\\-", stdout);
    print_roff(row->name);
    fputs("\\fR", stdout);
    if (row->argument) {
        fputs(row->optional ? "[=\\fI" : "=\\fI", stdout);
        print_roff(row->argument);
        fputs(row->optional ? "\\fR]" : "\\fR", stdout);
    }
    putchar('\n');
    print_roff_sentence("", option_help(row).text);
    if (row->repeatable)
        fputs("May be given more than once.\n", stdout);
    if (row->standard)
        print_roff_sentence("Default: ", row->standard);
}

void print_manual_options(int unused)
{
    (void)unused;
    const char *group = "";
    for (size_t i = 0; i < option_count; i++) {
        if (strcmp(option_table[i].group, group) != 0)
            printf(".SS %s\n", option_table[i].group);
        group = option_table[i].group;
        print_option(&option_table[i]);
    }
}
