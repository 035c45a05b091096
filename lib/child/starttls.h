/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STARTTLS: what an attacker in the middle may slip in (CVE-2011-0411 and its kin). */
#ifndef STARTTLS_H
#define STARTTLS_H

#include <stdbool.h>
#include <stddef.h>

/* CHUNK is the last piece that was read in clear text, in which <proceed/> ended. Whether it ends with that element and
 * holds nothing behind it. */
bool starttls_is_clean(const char *chunk, size_t length);

#endif
