/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prepared JIDs (RFC 6122): nodeprep, nameprep with IDNA, resourceprep, as servers apply them. */
#ifndef JID_H
#define JID_H

#include <stdbool.h>
#include <stddef.h>

struct jid {
    char *node;     /* prepared; NULL for none */
    char *domain;   /* prepared, as U-labels, no dot at the end */
    char *ascii;    /* the domain as A-labels: for DNS, SNI, certificates and the stream's "to" */
    char *resource; /* prepared; NULL for none */
};

/* Reads and prepares TEXT. On success the caller frees *JID with jid_free(). On failure returns false, *JID is all NULL
 * and *WHY points to a static sentence fragment ("is empty", "has an empty local part before @", "has a domain that
 * IDNA refuses", "is not valid UTF-8", "is out of memory", ...). */
bool jid_parse(const char *text, struct jid *jid, const char **why);

/* Frees the parts and sets them to NULL. */
void jid_free(struct jid *jid);

/* Whether both are the same entity: all three parts. */
bool jid_equal(const struct jid *a, const struct jid *b);

/* Whether both have the same node and domain, whatever their resources. */
bool jid_equal_bare(const struct jid *a, const struct jid *b);

/* node@domain/resource as prepared, U-labels. Always terminates OUT (cut if SIZE is too small). Returns OUT. */
char *jid_format(const struct jid *jid, char *out, size_t size);

/* The default alias of a JID's text: ASCII letters in lower case, each other character (not byte) outside [a-z0-9] as
 * '_'. Always terminates OUT. Returns OUT. */
char *jid_alias(const char *text, char *out, size_t size);

/* Whether TEXT is an alias: [a-z0-9_]+ */
bool jid_alias_valid(const char *text);

#endif
