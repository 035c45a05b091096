/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program prints, made in memory and printed as a whole, so that a reader never gets half of it. */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>

#include "state.h"

/* From here on stderr says nothing, and a library that ends the program, as libconfig's scanner does without memory,
 * ends it with a line and UNKNOWN. Needs guard_begin(). */
void page_begin(void);

/* The page, to be written to. Without memory the program ends here, with a line and UNKNOWN. */
FILE *page_open(void);

/* Prints it. Returns STATE; UNKNOWN when nobody can read it. The program ends here, too, when there was no memory. */
enum state page_print(enum state state);

/* The program ends by itself now. */
void page_end(void);

#endif
