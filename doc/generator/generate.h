/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what is made from the tables of options, conditions, phases and figures. Everything goes to stdout. */
#ifndef GENERATE_H
#define GENERATE_H

#include <stdbool.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Copies a page from stdin, and puts its tables where the page has their marks. False when one of these has no end. */
bool fill(void);

/* bash's completion; Icinga 2's CheckCommand; Icinga Director's basket, which has the same. */
bool print_bash(void);
bool print_icinga2(void);
bool print_director(void);

/* Whether a scheduler may set the option. --help, --version and --config-test check nothing, and of the formats that
 * --output has Icinga reads only the default. */
bool is_for_schedulers(const char *option);

/* TEXT for roff, where no character of it is taken for a request. */
void print_roff(const char *text);

/* A sentence for roff, in lines of about 70 bytes: BEGIN, then TEXT, with a capital where BEGIN is empty. */
void print_roff_sentence(const char *begin, const char *text);

/* What a page can have: the names that conditions have, of which some are there in more than one namespace, each once;
 * the other functions are for fill(), with an ARGUMENT that only some need. */
extern const char *const condition_names[];
extern const int condition_name_count;
bool is_first_of_name(int index);

/* What the probe's own conditions are about. */
enum group { GROUP_WAY, GROUP_LOGIN, GROUP_OFFER, GROUP_PING };

void print_manual_options(int unused);
void print_manual_conditions(int unused);
void print_manual_figures(int unused);
void print_own_conditions(int group);
void print_wire_conditions(int space);
void print_answers(int unused);
void print_advice(int unused);
void print_schema_definitions(int unused);
void print_phases(int unused);
void print_figures(int unused);
void print_prometheus_figures(int unused);
void print_figures_without_login(int unused);
void print_figures_of_endpoints(int in_readme);

#endif
