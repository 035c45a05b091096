/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids of stanzas that nobody can guess: who answers has seen the question. */
#ifndef ID_H
#define ID_H

#include <stdbool.h>

#define ID_SIZE 33

/* Writes 128 random bits from the kernel as hexadecimal digits. False when it has none. Does not block, but for the
 * first second of a machine's life. */
bool id_make(char id[ID_SIZE]);

#endif
