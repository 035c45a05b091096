/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child may not do: bars put up between fork and the first foreign byte. */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdint.h>
#include <sys/types.h>

/* The child's address space at most; more is a server that feeds it without end. Bytes. */
#define CONFINE_MEMORY (512ul << 20)

/* To be called in the child first thing. It dies with PARENT, dumps no core and cannot be traced, gains no privileges,
 * writes no file, has CONFINE_MEMORY and no more CPU time than DEADLINE (CLOCK_MONOTONIC, ns) leaves, and its standard
 * streams lead nowhere, so that no library can print. What the system refuses is left out: the parent's deadline holds
 * all the same. Ends the process when PARENT is gone already. */
void confine(pid_t parent, int64_t deadline);

#endif
