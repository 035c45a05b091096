/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that add to lists: remotes, limits, mapped conditions. */
#ifndef LISTS_H
#define LISTS_H

#include <stdbool.h>

#include "settings.h"

/* Each of these adds what one value of an option says: -R's "[ALIAS=]JID", -L's "METRIC,WARNING,CRITICAL", --map's
 * "CONDITION=STATE". A metric or condition that is there already is replaced. On failure returns false and writes to
 * WHY a sentence fragment, to be read behind the option's name. */
bool list_add_remote(struct settings *settings, const char *text, struct line *why);
bool list_add_limit(struct settings *settings, const char *text, struct line *why);
bool list_add_map(struct settings *settings, const char *text, struct line *why);

/* -R's for a JID that may hold anything, and an alias; NULL: the JID makes it. The target is the last of
 * settings.targets then. */
bool list_add_target(struct settings *settings, const char *alias, const char *jid, struct line *why);

#endif
