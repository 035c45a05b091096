/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bars of the sandbox around the child. What each keeps from it is in SECURITY. */
#ifndef BAR_H
#define BAR_H

enum bar {
    BAR_CALLS, /* a list of system calls, by seccomp(2) */
    BAR_FILES, /* a list of files that can be opened, by Landlock */
    BAR_PORTS, /* TCP to the server's ports only, by Landlock from Linux 6.7 on */
    BAR_COUNT
};

/* A set of bars has the bit BAR_BIT(bar) of each. --require-sandbox requires BARS_REQUIRED. */
#define BAR_BIT(bar) (1u << (bar))
#define BARS_REQUIRED (BAR_BIT(BAR_CALLS) | BAR_BIT(BAR_FILES))

/* "calls", "files" or "ports". A static string. */
const char *bar_name(enum bar bar);

#endif
