/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what is made from the tables of options, conditions, phases and figures: `bash` a completion, `icinga2` the
 * CheckCommand, `director` a basket of it; `fill` copies a page, and puts its tables where the page has their marks. */
#include "generate.h"

#include <stdio.h>
#include <string.h>

#include "condition.h"

/* README has no comments: its lines are the marks. */
#define README_FIGURES                                                                                                 \
    "A value that could not be had is U. Times are in seconds, losses in percent. ALIAS is a remote's."
#define README_ENDPOINTS "With --each-endpoint, which checks every server of a cluster, they are:"
#define README_BEHIND                                                                                                  \
    "-o json prints one object with all that is known (doc/check_xmpp_ping.schema.json describes it), -o"

/* What a page has from the tables: behind the line BEGIN up to the line END, which both stay; without END in place of
 * the line BEGIN. */
static const struct block {
    const char *begin, *end;
    void (*print)(int argument);
    int argument;
} blocks[] = {
    {"@OPTIONS@", NULL, print_manual_options, 0},
    {"@CONDITIONS@", NULL, print_manual_conditions, 0},
    {"@PHASES@", NULL, print_phases, 0},
    {"@FIGURES@", NULL, print_manual_figures, 0},
    {"@FIGURES WITHOUT A LOGIN@", NULL, print_figures_without_login, 0},
    {"@FIGURES OF ENDPOINTS@", NULL, print_figures_of_endpoints, 0},
    {README_FIGURES, README_ENDPOINTS, print_figures, 0},
    {README_ENDPOINTS, README_BEHIND, print_figures_of_endpoints, 1},
    {"<!-- figures -->", "<!-- end -->", print_prometheus_figures, 0},
    {"<!-- conditions: the way -->", "<!-- end -->", print_own_conditions, GROUP_WAY},
    {"<!-- conditions: the login -->", "<!-- end -->", print_own_conditions, GROUP_LOGIN},
    {"<!-- conditions: what is offered -->", "<!-- end -->", print_own_conditions, GROUP_OFFER},
    {"<!-- conditions: pings -->", "<!-- end -->", print_own_conditions, GROUP_PING},
    {"<!-- conditions: SASL -->", "<!-- end -->", print_wire_conditions, SPACE_SASL},
    {"<!-- conditions: streams -->", "<!-- end -->", print_wire_conditions, SPACE_STREAM},
    {"<!-- conditions: answers -->", "<!-- end -->", print_answers, 0},
    {"<!-- conditions: advice -->", "<!-- end -->", print_advice, 0},
    {"  \"$defs\": {", "  },", print_schema_definitions, 0},
};

static bool is_line(const char *line, const char *text)
{
    size_t length = strlen(text);
    return strncmp(line, text, length) == 0 && strcmp(line + length, "\n") == 0;
}

/* The block that begins with LINE; NULL for none. */
static const struct block *find_block(const char *line)
{
    for (size_t i = 0; i < COUNT(blocks); i++) {
        if (is_line(line, blocks[i].begin))
            return &blocks[i];
    }
    return NULL;
}

bool fill(void)
{
    char line[1024];
    const struct block *open = NULL; /* whose old content is passed over */
    while (fgets(line, sizeof line, stdin)) {
        if (open && !is_line(line, open->end))
            continue;
        open = NULL;
        const struct block *block = find_block(line);
        if (!block || block->end)
            fputs(line, stdout);
        if (!block)
            continue;
        block->print(block->argument);
        open = block->end ? block : NULL;
    }
    return !open;
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        bool (*print)(void);
    } kinds[] = {{"fill", fill}, {"bash", print_bash}, {"icinga2", print_icinga2}, {"director", print_director}};
    for (size_t i = 0; argc == 2 && i < COUNT(kinds); i++) {
        if (strcmp(argv[1], kinds[i].name) == 0)
            return kinds[i].print() && fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
    }
    return 2;
}
