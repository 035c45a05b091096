/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions: what can be found wrong, by name. The probe's own ("dns-not-found", "deadline", ...) and all that RFC
 * 6120 defines for streams (4.9.3), SASL (6.5) and stanzas (8.3.3). A name is the condition everywhere: on the pipe,
 * with
 * --map, in the output. */
#ifndef CONDITION_H
#define CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "state.h"

/* The longest condition name, with its NUL. */
#define CONDITION_SIZE 40

/* Whether NAME is one of the conditions above, so that --map may name it. */
bool condition_known(const char *name);

/* The state of a condition that ends or spoils the whole run (the table "Getting there"); CRITICAL for any name that is
 * not in the table, as strangers' conditions are. The state of an answer to a ping depends on the target's kind too:
 * see answer_state(). */
enum state condition_state(const char *name);

/* Who was pinged: the columns of the table of answers. */
enum target_kind { TARGET_SERVER, TARGET_BARE /* a domain or a bare JID */, TARGET_FULL };

/* The state of one error answer to a ping: CONDITION and TYPE are those of the stanza error (RFC 6120 8.3);
 * "ping-timeout" is an answer that never came. */
enum state answer_state(enum target_kind kind, const char *condition, const char *type);

/* Whether an error answer proves that the target itself is there, so that its time is an RTT and it counts as up:
 * an error that only the target (or its own server, for a bare JID) can have sent and that leaves it OK or WARNING. */
bool answer_is_alive(enum target_kind kind, const char *condition, const char *type);

/* The known name that is nearest to NAME, for an error message; NULL when none is near. */
const char *condition_nearest(const char *name);

#endif
