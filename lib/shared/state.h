/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four states of the monitoring plugin guidelines; their values are the exit codes. */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>

enum state { STATE_OK = 0, STATE_WARNING = 1, STATE_CRITICAL = 2, STATE_UNKNOWN = 3 };

/* "OK", "WARNING", "CRITICAL" or "UNKNOWN". A static string. */
const char *state_name(enum state state);

/* The worse of the two: CRITICAL > WARNING > UNKNOWN > OK. */
enum state state_worst(enum state a, enum state b);

/* Whether A is worse than B. */
bool state_is_worse(enum state a, enum state b);

/* Reads a state's name in any case, or its number "0" to "3". False when TEXT is neither; *STATE is then untouched. */
bool state_parse(const char *text, enum state *state);

#endif
