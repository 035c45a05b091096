/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "condition.h"

#include <string.h>

#include "text.h"

static const struct {
    const char *name;
    enum state state;
    const char *meaning;
} own[CONDITION_COUNT] = {
    [CONDITION_NONE] = {"", STATE_CRITICAL, ""},
#define OWN(constant, name, group, state, meaning, advice) [CONDITION_##constant] = {name, state, meaning},
#define WIRE(...)
#include "condition_rows.h"
};

static const struct {
    const char *name;
    enum wire_space space;
    enum state answer[3]; /* by enum target_kind */
    const char *meaning;
} wire[WIRE_COUNT] = {
    [WIRE_NONE] = {"", SPACE_ANY, {STATE_CRITICAL, STATE_CRITICAL, STATE_CRITICAL}, ""},
#define OWN(...)
#define WIRE(constant, name, space, server, bare, full, meaning)                                                       \
    [WIRE_##constant] = {name, space, {server, bare, full}, meaning},
#include "condition_rows.h"
};

/* What --map may name. */
static const char *const names[] = {
#define OWN(constant, name, ...) name,
#define WIRE(constant, name, ...) name,
#include "condition_rows.h"
};

#define NAME_COUNT (sizeof names / sizeof names[0])

const char *condition_name(enum condition condition)
{
    return own[condition].name;
}

const char *wire_condition_name(enum wire_condition condition)
{
    return wire[condition].name;
}

const char *any_condition_name(struct any_condition condition)
{
    return condition.own != CONDITION_NONE ? condition_name(condition.own) : wire_condition_name(condition.wire);
}

const char *any_condition_meaning(struct any_condition condition)
{
    if (condition.wire == WIRE_UNDEFINED_CONDITION) /* only its text tells what it means */
        return "";
    return condition.own != CONDITION_NONE ? own[condition.own].meaning : wire[condition.wire].meaning;
}

enum wire_space wire_condition_space(enum wire_condition condition)
{
    return wire[condition].space;
}

enum wire_condition wire_condition_find(enum wire_space space, const char *name)
{
    for (int i = WIRE_NONE + 1; i < WIRE_COUNT; i++) {
        if (wire[i].space == space && strcmp(wire[i].name, name) == 0)
            return (enum wire_condition)i;
    }
    return WIRE_UNDEFINED_CONDITION;
}

bool any_condition_is_none(struct any_condition condition)
{
    return condition.own == CONDITION_NONE && condition.wire == WIRE_NONE;
}

enum state condition_state(enum condition condition)
{
    return own[condition].state;
}

enum state any_condition_state(struct any_condition condition)
{
    return condition.own != CONDITION_NONE ? condition_state(condition.own) : STATE_CRITICAL;
}

enum state answer_state(enum target_kind kind, enum wire_condition condition, const char *type)
{
    enum state state = wire[condition].answer[kind];
    bool for_now = strcmp(type, "wait") == 0;
    return state == STATE_OK && for_now ? STATE_CRITICAL : state;
}

bool answer_is_alive(enum target_kind kind, enum wire_condition condition, const char *type)
{
    enum state state = answer_state(kind, condition, type);
    return state == STATE_OK || state == STATE_WARNING;
}

bool condition_known(const char *name)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

const char *condition_nearest(const char *name)
{
    return text_nearest(name, names, NAME_COUNT);
}
