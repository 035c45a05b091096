/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IDNA 2008 (RFC 5890) by libidn2. Few domains need it, and to load it, with the tables of all characters that come
 * along, is 2 % of what a check costs. So it is loaded when the user names such a domain, before the child is caged,
 * and never for what a stranger says. */
#ifndef IDNA_H
#define IDNA_H

#include <stdbool.h>

/* Whether DOMAIN is for IDNA: it has a character beyond ASCII, or an A-label. */
bool idna_is_for(const char *domain);

/* Loads libidn2, unless it is loaded or DOMAIN is not for IDNA. May read files. False: it is not to be had. */
bool idna_load(const char *domain);

/* Whether libidn2 is loaded. */
bool idna_is_loaded(void);

/* The functions of libidn2 with the same names, by the mappings of UTS 46 (non-transitional): they return its codes,
 * IDN2_OK for success, and the caller frees *OUT with free(). Without libidn2 they return IDN2_DISALLOWED. */
int idna_to_ascii(const char *domain, char **out);
int idna_to_unicode(const char *domain, char **out);

/* libidn2's version; NULL when it is not to be had. */
const char *idna_version(void);

#endif
