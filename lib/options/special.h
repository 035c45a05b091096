/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of single options, where the type of the argument is not enough. */
#ifndef SPECIAL_H
#define SPECIAL_H

#include "options.h"

/* Each is a `check`, an `apply`, a `show` of struct option_row. */
#define CHECK(name) bool check_##name(struct settings *settings, const char *value, struct line *why)
#define APPLY(name)                                                                                                    \
    bool apply_##name(const struct option_row *row, struct settings *settings, const char *value, struct line *why)
#define SHOW(name)                                                                                                     \
    const char *show_##name(const struct option_row *row, const struct settings *settings,                             \
                            char buffer[OPTION_SHOWN_SIZE])

CHECK(jid);
CHECK(mechanism);
CHECK(from);
CHECK(component);
CHECK(offer);
CHECK(hostname);
CHECK(dns_server);
APPLY(family);
SHOW(family);
APPLY(thresholds);
SHOW(thresholds);
APPLY(certificate);
SHOW(certificate);
APPLY(timeout);
SHOW(timeout);
APPLY(extra_opts);

/* --- what they share with the types --- */

/* Reads all of TEXT as decimal digits; false when that is no number from LEAST to MOST. *NUMBER is then untouched. */
bool read_whole(const char *text, int least, int most, int *number);

/* Reads VALUE as a duration in ns, of LEAST or more. On failure *DURATION is untouched, and WHY has a sentence
 * fragment. */
bool read_duration(const char *value, int64_t least, int64_t *duration, struct line *why);

/* Writes DURATION (ns) to BUFFER, and returns it. */
const char *show_duration(int64_t duration, char buffer[OPTION_SHOWN_SIZE]);

#endif
