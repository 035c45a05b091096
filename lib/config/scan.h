/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a configuration file, looked through as libconfig's scanner does, to refuse what it would take for
 * something else, and to know which setting stands on which line. */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "line.h"

/* All zero in front of a file's first line. */
struct scan {
    bool in_comment; /* behind the line */
    char key[40];    /* the name last seen, cut: a number's key */
    /* of the line */
    size_t settings;  /* how many are set there */
    const char *name; /* of the last one; NULL for none */
    size_t length;    /* of the name; 0 when there are several */
};

/* Looks through LINE, which ends in a newline. On failure returns false and writes to WHY what is wrong. */
bool scan_line(struct scan *scan, const char *line, struct line *why);

#endif
