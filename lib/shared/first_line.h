/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first line of what the program prints, "XMPP PING STATE - sentence", where no check was run. */
#ifndef FIRST_LINE_H
#define FIRST_LINE_H

#include <stdio.h>

/* What every first line begins with. */
#define FIRST_LINE_SERVICE "XMPP PING"

/* Longest sentence of the first line, in characters. */
#define FIRST_LINE_WIDTH 160

/* Prints the one line that there may be, WHY cleaned and cut; then POINTER; then all of WHY if the line had no room for
 * it. */
void first_line_unknown(FILE *out, const char *why, const char *pointer);

#endif
