/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions: what can be found wrong, by name. Two types, so that no word of a server can ever become one of ours:
 * enum condition is what the probe itself has found, enum wire_condition what a server has said. Both are rows of
 * condition_rows.h. */
#ifndef CONDITION_H
#define CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "state.h"

/* The longest condition name, with its NUL. */
#define CONDITION_SIZE 40

/* The probe's own: CONDITION_DNS_NOT_FOUND, ... */
enum condition {
    CONDITION_NONE,
#define OWN(constant, ...) CONDITION_##constant,
#define WIRE(...)
#include "condition_rows.h"
    CONDITION_COUNT
};

/* Those of the wire: WIRE_STREAM_CONFLICT, WIRE_SASL_ABORTED, WIRE_STANZA_CONFLICT, ..., WIRE_UNDEFINED_CONDITION. */
enum wire_condition {
    WIRE_NONE,
#define OWN(...)
#define WIRE(constant, ...) WIRE_##constant,
#include "condition_rows.h"
    WIRE_COUNT
};

/* Where a server says a condition: each has its own names, in its own XML namespace (RFC 6120). */
enum wire_space {
    SPACE_STREAM, /* a stream error, 4.9.3 */
    SPACE_SASL,   /* a SASL failure, 6.5 */
    SPACE_STANZA, /* a stanza error, 8.3.3 */
    SPACE_ANY     /* in all of them */
};

/* One of ours, or one of the wire, or neither; never both. */
struct any_condition {
    enum condition own;
    enum wire_condition wire;
};

/* The name as --map and the output have it, "" for NONE. A static string. */
const char *condition_name(enum condition condition);
const char *wire_condition_name(enum wire_condition condition);
const char *any_condition_name(struct any_condition condition);

/* What it means, in words without capital and full stop, "" for NONE and for names that nobody knows. A static string.
 */
const char *any_condition_meaning(struct any_condition condition);

enum wire_space wire_condition_space(enum wire_condition condition);

/* The condition that a server means by NAME in SPACE, which is not SPACE_ANY: WIRE_UNDEFINED_CONDITION for all that are
 * not the RFC's own. */
enum wire_condition wire_condition_find(enum wire_space space, const char *name);

bool any_condition_is_none(struct any_condition condition);

/* The state of a condition without --map when it ends or spoils the run; CRITICAL for NONE. One of the wire is
 * CRITICAL; as an answer to a ping see answer_state(). */
enum state condition_state(enum condition condition);
enum state any_condition_state(struct any_condition condition);

/* Who was pinged: the columns of the table of answers. */
enum target_kind { TARGET_SERVER, TARGET_BARE /* a domain or a bare JID */, TARGET_FULL };

/* The state of one error answer to a ping: CONDITION and TYPE are those of the stanza error (RFC 6120 8.3). */
enum state answer_state(enum target_kind kind, enum wire_condition condition, const char *type);

/* Whether an error answer proves that the target itself is there, so that its time is an RTT and it counts as up:
 * an error that only the target (or its own server, for a bare JID) can have sent and that leaves it OK or WARNING. */
bool answer_is_alive(enum target_kind kind, enum wire_condition condition, const char *type);

/* --- the user's words --- */

/* Whether NAME is one of all these names, so that --map may have it. */
bool condition_known(const char *name);

/* The known name that is nearest to NAME, for an error message; NULL when none is near. A static string. */
const char *condition_nearest(const char *name);

#endif
