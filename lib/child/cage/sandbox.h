/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandbox around the child: no privilege, few system calls, few files, few ports. It closes in three steps, each as
 * soon as what it takes away is needed no more. SECURITY says what it is worth. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bar.h"

/* What the child still has to read behind the first step; see landlock_bar_files(). A path need not exist. */
struct sandbox_reads {
    const char *paths[15];   /* files, and directories with all below them */
    const char *directories; /* with what the links in them lead to; or NULL */
};

/* Adds PATH, which is not copied; NULL adds nothing. A list that is full is a fault of ours: the file cannot be read
 * then. */
void sandbox_read(struct sandbox_reads *reads, const char *path);

/* To be called before the first byte from outside comes, and behind all that needs a privilege to be read. From here on
 * the process has no capability, makes the system calls of filter.h only, and opens READS only, as landlock.h says;
 * what the system refuses is left out. Blocks no longer than files do. Returns the set of bars that hold, where
 * BAR_PORTS means that the next step can put it up. */
unsigned sandbox_enter(const struct sandbox_reads *reads);

/* To be called when DNS has told the endpoints: with BAR_PORTS TCP connects to PORTS only, and with BAR_CALLS UDP
 * sockets are no more. BARS is what sandbox_enter() has returned. False: no memory. */
bool sandbox_end_dns(unsigned bars, const uint16_t *ports, size_t count);

/* To be called behind the login: with BAR_CALLS no file can be opened, no socket made or connected. False: no memory.
 */
bool sandbox_end_login(unsigned bars);

#endif
