/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of conditions. */
#include <stdio.h>
#include <string.h>

#include "condition.h"
#include "generate.h"

static const struct {
    const char *name;
    enum group group;
    enum state state;
    const char *meaning, *advice;
} own_rows[] = {
#define OWN(constant, ...) {__VA_ARGS__},
#define WIRE(...)
#include "condition_rows.h"
};

static const struct {
    const char *name;
    enum wire_space space;
    enum state server, bare, full;
    const char *meaning;
} wire_rows[] = {
#define OWN(...)
#define WIRE(constant, ...) {__VA_ARGS__},
#include "condition_rows.h"
};

const char *const condition_names[] = {
#define OWN(constant, name, ...) name,
#define WIRE(constant, name, ...) name,
#include "condition_rows.h"
};

const int condition_name_count = (int)COUNT(condition_names);

static bool is_in(size_t row, enum wire_space space)
{
    return wire_rows[row].space == space || (wire_rows[row].space == SPACE_ANY && space != SPACE_SASL);
}

bool is_first_of_name(int index)
{
    for (int i = 0; i < index; i++) {
        if (strcmp(condition_names[i], condition_names[index]) == 0)
            return false;
    }
    return true;
}

static void print_man_condition(const char *name, const char *states, const char *meaning, const char *advice)
{
    fputs(".TP\n\\fB", stdout);
    print_roff(name);
    printf("\\fR (%s)\n", states);
    print_roff_sentence("", meaning);
    if (advice)
        print_roff_sentence("", advice);
}

static void print_man_own(enum group group, const char *title)
{
    printf(".SS %s\n", title);
    for (size_t i = 0; i < COUNT(own_rows); i++) {
        if (own_rows[i].group == group)
            print_man_condition(own_rows[i].name, state_name(own_rows[i].state), own_rows[i].meaning,
                                own_rows[i].advice);
    }
}

/* The state, or all three where they differ by who was pinged. */
static void print_man_wire(enum wire_space space, const char *title)
{
    if (title)
        printf(".SS %s\n", title);
    for (size_t i = 0; i < COUNT(wire_rows); i++) {
        char states[64];
        const char *server = state_name(wire_rows[i].server), *bare = state_name(wire_rows[i].bare);
        const char *full = state_name(wire_rows[i].full);
        bool same = server == bare && bare == full;
        snprintf(states, sizeof states, same ? "%s" : "%s, %s, %s", server, bare, full);
        if (is_in(i, space))
            print_man_condition(wire_rows[i].name, states, wire_rows[i].meaning, NULL);
    }
}

void print_manual_conditions(int unused)
{
    (void)unused;
    print_man_own(GROUP_WAY, "The way to the server");
    print_man_own(GROUP_LOGIN, "Login");
    print_man_wire(SPACE_SASL, "SASL failures, by which the server refuses the login");
    print_man_own(GROUP_OFFER, "What the server offers");
    print_man_wire(SPACE_STREAM, "Stream errors, by which the server ends the run");
    print_man_own(GROUP_PING, "Answers to a ping");
    puts("Where there are three states they are those of the own server, of a domain or a\n"
         "bare JID, and of a full JID. An error of the type \\fBwait\\fR is CRITICAL where\n"
         "another is OK.");
    print_man_wire(SPACE_STANZA, NULL);
}

void print_own_conditions(int group)
{
    puts("| condition | meaning | state |\n|---|---|---|");
    for (size_t i = 0; i < COUNT(own_rows); i++) {
        if (own_rows[i].group == (enum group)group)
            printf("| `%s` | %s | %s |\n", own_rows[i].name, own_rows[i].meaning, state_name(own_rows[i].state));
    }
}

void print_wire_conditions(int space)
{
    puts("| condition | meaning | state |\n|---|---|---|");
    for (size_t i = 0; i < COUNT(wire_rows); i++) {
        if (is_in(i, (enum wire_space)space))
            printf("| `%s` | %s | CRITICAL |\n", wire_rows[i].name, wire_rows[i].meaning);
    }
}

void print_answers(int unused)
{
    (void)unused;
    puts("| answer | meaning | own server | domain, bare JID | full JID |\n|---|---|---|---|---|");
    for (size_t i = 0; i < COUNT(wire_rows); i++) {
        if (is_in(i, SPACE_STANZA))
            printf("| `%s` | %s | %s | %s | %s |\n", wire_rows[i].name, wire_rows[i].meaning,
                   state_name(wire_rows[i].server), state_name(wire_rows[i].bare), state_name(wire_rows[i].full));
    }
}

void print_advice(int unused)
{
    (void)unused;
    puts("| condition | what to do first |\n|---|---|");
    for (size_t i = 0; i < COUNT(own_rows); i++)
        printf("| `%s` | %s |\n", own_rows[i].name, own_rows[i].advice);
}
