/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prepared JIDs: nodeprep and resourceprep (RFC 6122) as servers apply them; the domain by IDNA 2008 (RFC 7622 section
 * 3.2), by which the world's DNS knows it. */
#ifndef JID_H
#define JID_H

#include <stdbool.h>
#include <stddef.h>

struct jid {
    char *node;     /* prepared; NULL for none */
    char *domain;   /* prepared, as U-labels, no dot at the end: so it is said on the wire (RFC 7622 section 3.2.1) */
    char *ascii;    /* the domain as A-labels: for DNS, SNI and certificates */
    char *resource; /* prepared; NULL for none */
};

/* Reads and prepares TEXT. On success the caller frees *JID with jid_free(). On failure returns false, *JID is all NULL
 * and *WHY points to a static sentence fragment ("is empty", "has an empty local part before @", "has a domain that
 * IDNA refuses", "is not valid UTF-8", "is out of memory", ...). Loads libidn2 where the domain needs it (idna.h). */
bool jid_parse(const char *text, struct jid *jid, const char **why);

/* The same for what a stranger says, to compare it with JIDs that jid_parse() has read. Loads nothing: unless one of
 * those has needed libidn2, a domain that is for IDNA is none of theirs, and stays as it came. */
bool jid_parse_told(const char *text, struct jid *jid, const char **why);

/* Frees the parts and sets them to NULL. */
void jid_free(struct jid *jid);

/* Whether both are the same entity: all three parts. */
bool jid_equal(const struct jid *a, const struct jid *b);

/* Whether both have the same node and domain, whatever their resources. */
bool jid_equal_bare(const struct jid *a, const struct jid *b);

/* Whether the server of ACCOUNT may mean it by the domain of GIVEN, a JID that it gave: servers prepare domains by the
 * nameprep of IDNA 2003 (RFC 3491), so that one that serves straße.example calls itself strasse.example. To the world's
 * DNS these are two domains: what JIDs other servers answer from is for jid_equal(). False without memory. */
bool jid_same_server(const struct jid *account, const struct jid *given);

/* node@domain/resource as prepared, U-labels. Always terminates OUT (cut if SIZE is too small). Returns OUT. */
char *jid_format(const struct jid *jid, char *out, size_t size);

/* The default alias of a JID's text: ASCII letters in lower case, each other character (not byte) outside [a-z0-9] as
 * '_'. Always terminates OUT. Returns OUT. */
char *jid_alias(const char *text, char *out, size_t size);

/* Whether TEXT is an alias: [a-z0-9_]+ */
bool jid_alias_valid(const char *text);

#endif
