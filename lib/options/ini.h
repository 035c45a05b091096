/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The INI files of the monitoring plugins, as those read them: sections in brackets, lines of KEY=VALUE, and lines that
 * begin with # or ; as comments. White space around names, keys and values does not count. Quotes, backslashes and
 * what looks like a comment behind a value are part of it. The rest of the file belongs to other plugins and may be
 * anything. */
#ifndef INI_H
#define INI_H

#include <stdbool.h>

struct ini {
    const char *section; /* the wanted one, which may stand in several places */
    char *rest;          /* what has not been read yet; is cut up */
    int line;            /* that was read last */
    bool found;          /* the section was there */
    const char *key;     /* not empty */
    const char *value;   /* may be empty */
    const char *why;     /* a static sentence fragment on this line, NULL when nothing is wrong with it */
    enum { INI_NOWHERE, INI_ELSEWHERE, INI_INSIDE } place;
};

/* TEXT and SECTION are borrowed; TEXT is written to. */
struct ini ini_open(char *text, const char *section);

/* Goes to the next entry of the section. False when there is none; then WHY is NULL at the end of the file. */
bool ini_next(struct ini *ini);

#endif
