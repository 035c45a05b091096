/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world of a target that waits for others: time passes only where there is nothing to do, so that no input takes
 * longer than its computing. Stands in for clock_gettime(), ppoll() and select() of the whole program, also for
 * its libraries. */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>

/* Lets the other side act. False when it has nothing more to say. */
typedef bool (*world_turn)(void *userdata);

/* From here on whoever waits for longer than no time gives TURN the word until there is something to read, or time
 * jumps to the end of the wait. */
void world_begin(world_turn turn, void *userdata);
void world_end(void);

#endif
