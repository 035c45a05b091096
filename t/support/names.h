/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions by name, as tests write them down. */
#ifndef NAMES_H
#define NAMES_H

#include <string.h>

#include "condition.h"

/* Ours, else the one that a server may say in SPACE; with SPACE_ANY that of the first space that has the name: SASL,
 * stanzas, streams. Neither for "". */
static inline struct any_condition condition_named(const char *name, enum wire_space space)
{
    struct any_condition condition = {.own = CONDITION_NONE};
    if (!name || *name == '\0')
        return condition;
    for (int i = CONDITION_NONE + 1; i < CONDITION_COUNT; i++)
        if (strcmp(condition_name((enum condition)i), name) == 0)
            condition.own = (enum condition)i;
    if (condition.own != CONDITION_NONE)
        return condition;
    static const enum wire_space all[] = {SPACE_SASL, SPACE_STANZA, SPACE_STREAM};
    condition.wire = WIRE_UNDEFINED_CONDITION;
    for (int i = 0; i < 3 && condition.wire == WIRE_UNDEFINED_CONDITION; i++)
        if (space == SPACE_ANY || space == all[i])
            condition.wire = wire_condition_find(all[i], name);
    return condition;
}

#endif
