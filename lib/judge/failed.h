/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The failure that ended a run, in the user's words. */
#ifndef FAILED_H
#define FAILED_H

#include "line.h"
#include "result.h"

/* "auth: not-authorized: login of alice@example.org refused: the password may be wrong, or there is no such account":
 * phase, condition, and what the user has to know: who was refused, which endpoint it is about, what may be wrong. */
struct line failed_sentence(const struct settings *settings, const struct result *result);

/* What is wrong with the certificate of ENDPOINT, whose CAUSE the probe has told: "CAUSE (xmpp.example.org:5222)". */
void failed_add_certificate(struct line *sentence, struct any_condition condition, const char *cause,
                            const struct endpoint_result *endpoint);

/* Whether the condition is one of a certificate that was refused. */
bool failed_by_certificate(struct any_condition condition);

#endif
