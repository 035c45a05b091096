/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of figures. */
#include <stdio.h>
#include <string.h>

#include "generate.h"
#include "line.h"
#include "metric.h"

/* README's columns. */
#define MARGIN "    "
#define FIRST_COLUMN 26
#define LAST_COLUMN 100

/* What pages say of each behind its help. */
static const char *const more[FIGURE_COUNT] = {
#define FIGURE(constant, label, of_remote, words, unit, where, family, help, more) more,
#include "figure_rows.h"
};

/* "rtt, ALIAS_rtt"; all phases of a whole check. */
static struct line labels_of(const struct figure_row *row)
{
    struct line line = LINE_EMPTY;
    for (int i = 0; i < PHASE_PING && (row->where & OF_PHASES); i++)
        line_add(&line, "%s%s%s", i > 0 ? ", " : "", row->label, phase_name((enum phase)i));
    if (row->label && !(row->where & OF_PHASES))
        line_add(&line, "%s", row->label);
    if (row->of_remote)
        line_add(&line, "%sALIAS_%s", row->label ? ", " : "", row->of_remote);
    return line;
}

static void print_phase_names(void)
{
    for (int i = 0; i < PHASE_COUNT; i++)
        printf("%s%s", i > 0 ? ", " : "", phase_name((enum phase)i));
}

void print_phases(int unused)
{
    (void)unused;
    print_phase_names();
    puts(".");
}

void print_manual_figures(int unused)
{
    (void)unused;
    for (int i = 0; i < FIGURE_COUNT; i++) {
        fputs(".TP\n\\fB", stdout);
        print_roff(labels_of(&figure_table[i]).text);
        puts("\\fR");
        print_roff_sentence("", figure_table[i].family.help);
        if (more[i])
            print_roff_sentence("", more[i]);
    }
}

/* The words of TEXT behind COLUMN of a line, with breaks. Returns the new column. */
static int print_words(const char *text, int column)
{
    for (size_t length; *text != '\0'; text += length + strspn(text + length, " ")) {
        length = strcspn(text, " ");
        if (column + 1 + (int)length > LAST_COLUMN)
            column = printf("\n%*s", FIRST_COLUMN, "") - 1;
        else if (column > FIRST_COLUMN)
            column += printf(" ");
        column += printf("%.*s", (int)length, text);
    }
    return column;
}

void print_figures(int unused)
{
    (void)unused;
    putchar('\n');
    for (int i = 0; i < FIGURE_COUNT; i++) {
        int column = printf(MARGIN "%s", labels_of(&figure_table[i]).text);
        if (column + 1 < FIRST_COLUMN)
            column += printf("%*s", FIRST_COLUMN - column, "");
        else
            column = printf("\n%*s", FIRST_COLUMN, "") - 1;
        column = print_words(figure_table[i].family.help, column);
        if (more[i])
            print_words(more[i], column);
        putchar('\n');
    }
    putchar('\n');
}

void print_prometheus_figures(int unused)
{
    (void)unused;
    puts("| metric | more labels | meaning |\n|---|---|---|");
    for (int i = 0; i < FIGURE_COUNT; i++) {
        const struct figure_row *row = &figure_table[i];
        const char *whose = !(row->where & OF_TARGETS) ? ""
                            : !row->label              ? " Remotes only."
                            : !row->of_remote          ? " Own server only."
                                                       : "";
        printf("| `xmpp_ping_%s` |%s", row->family.name, row->where & OF_TARGETS ? " target, alias" : "");
        if (row->where & OF_PHASES) {
            fputs(" phase: ", stdout);
            print_phase_names();
        }
        printf(" | %s%s%s%s |\n", row->family.help, more[i] ? " " : "", more[i] ? more[i] : "", whose);
    }
}

/* The labels of a check with SETTINGS that are known before. */
static void print_labels(const struct settings *settings)
{
    struct metrics metrics;
    if (!metrics_init(&metrics, settings))
        return;
    for (size_t i = 0; i < metrics.count; i++)
        printf("%s%s", i > 0 ? ", " : "", metrics.list[i].label);
    metrics_free(&metrics);
}

void print_figures_without_login(int unused)
{
    (void)unused;
    struct settings settings;
    settings_init(&settings);
    settings.no_login = true;
    print_labels(&settings);
    puts(".");
    settings_free(&settings);
}

/* What each endpoint has where a figure is AT: "NAME_rtt, NAME_cert_days". */
static void print_labels_of_endpoint(unsigned at)
{
    const char *separator = "";
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (!(figure_table[i].where & at))
            continue;
        printf("%sNAME_%s", separator, figure_table[i].label);
        separator = ", ";
    }
}

void print_figures_of_endpoints(int in_readme)
{
    const char *begin = in_readme ? "\n" MARGIN : "", *margin = in_readme ? MARGIN : "";
    struct settings settings;
    settings_init(&settings);
    settings.each_endpoint = true;
    fputs(begin, stdout);
    print_labels(&settings);
    fputs(", and of each endpoint ", stdout);
    print_labels_of_endpoint(EACH_LOGIN);
    printf(";\n%swithout a login ", margin);
    print_labels_of_endpoint(EACH_NO_LOGIN);
    puts(in_readme ? "\n" : ".");
    settings_free(&settings);
}
