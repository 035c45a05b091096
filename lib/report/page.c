/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <stdbool.h>
#include <stdlib.h>

#include "guard.h"

static struct {
    FILE *out;
    char *text;
    size_t length;
    bool ended;
} page;

static void end_early(void)
{
    if (!page.ended)
        guard_leave("XMPP PING UNKNOWN - a library gave up: out of memory?\n");
}

void page_begin(void)
{
    static char unseen[BUFSIZ];
    setvbuf(stderr, unseen, _IOFBF, sizeof unseen);
    atexit(end_early);
}

FILE *page_open(void)
{
    page.out = open_memstream(&page.text, &page.length);
    if (!page.out)
        guard_leave("XMPP PING UNKNOWN - out of memory\n");
    return page.out;
}

enum state page_print(enum state state)
{
    bool whole = !ferror(page.out);
    whole = fclose(page.out) == 0 && whole && page.text;
    if (!whole)
        guard_leave("XMPP PING UNKNOWN - out of memory\n");
    bool printed = guard_print(page.text, page.length);
    free(page.text);
    return printed ? state : STATE_UNKNOWN;
}

void page_end(void)
{
    page.ended = true;
}
