/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "tls: cert-expired: certificate of example.org expired 3 days ago": all sentences about a condition are put together
 * here, so that none has an empty piece, whatever settings and network gave. */
#ifndef SENTENCE_H
#define SENTENCE_H

#include "condition.h"
#include "line.h"
#include "phase.h"

/* "tls: cert-expired"; without a condition "tls". */
struct line sentence_begin(enum phase phase, struct any_condition condition);

/* Appends a piece, clean, behind ": "; nothing at all when the piece is empty. */
void sentence_add(struct line *sentence, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends CAUSE, or where it is empty what CONDITION means. */
void sentence_add_cause(struct line *sentence, struct any_condition condition, const char *cause);

#endif
