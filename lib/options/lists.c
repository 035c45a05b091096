/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lists.h"

#include <stdlib.h>
#include <string.h>

static const char out_of_memory[] = "out of memory";

/* --- -R --- */

/* Splits "[ALIAS=]JID"; a JID may hold '=' too. *ALIAS is NULL when there is none, else the caller's. False when out of
 * memory. */
static bool split_alias(const char *text, char **alias, const char **jid)
{
    const char *equals = strchr(text, '=');
    *alias = NULL;
    *jid = text;
    if (!equals)
        return true;
    *alias = strndup(text, (size_t)(equals - text));
    if (!*alias)
        return false;
    if (jid_alias_valid(*alias)) {
        *jid = equals + 1;
        return true;
    }
    free(*alias);
    *alias = NULL;
    return true;
}

static bool refuse_remote(const char *text, const char *reason, bool has_alias, struct line *why)
{
    if (!has_alias && strchr(text, '='))
        reason = "is no JID and begins with no alias of a-z, 0-9 and _";
    return line_value(why, text, reason);
}

/* Takes ALIAS, which may be NULL, over, also on failure. *REASON is then a static sentence fragment. */
static bool add_jid(struct settings *settings, char *alias, const char *jid, const char **reason)
{
    struct target target = {.alias = alias};
    if (!jid_parse(jid, &target.jid, reason)) {
        target_free(&target);
        return false;
    }
    *reason = out_of_memory;
    target.kind = target.jid.resource ? TARGET_FULL : TARGET_BARE;
    target.jid_text = strdup(jid);
    if (!target.alias) {
        size_t size = strlen(jid) + 1;
        target.alias = malloc(size);
        if (target.alias)
            jid_alias(jid, target.alias, size);
    }
    return settings_add_target(settings, &target);
}

bool list_add_remote(struct settings *settings, const char *text, struct line *why)
{
    char *alias;
    const char *jid, *reason;
    if (!split_alias(text, &alias, &jid))
        return line_set(why, out_of_memory);
    bool has_alias = alias != NULL;
    return add_jid(settings, alias, jid, &reason) || refuse_remote(jid, reason, has_alias, why);
}

bool list_add_target(struct settings *settings, const char *alias, const char *jid, struct line *why)
{
    const char *reason;
    char *copy = alias ? strdup(alias) : NULL;
    if (alias && !copy)
        return line_set(why, out_of_memory);
    return add_jid(settings, copy, jid, &reason) || line_value(why, jid, reason);
}

/* --- -L --- */

bool list_add_limit(struct settings *settings, const char *text, struct line *why)
{
    const char *first = strchr(text, ',');
    const char *second = first ? strchr(first + 1, ',') : NULL;
    if (!second || strchr(second + 1, ','))
        return line_value(why, text, "is not METRIC,WARNING,CRITICAL");
    if (first == text)
        return line_value(why, text, "names no metric");
    if (second == first + 1 && second[1] == '\0')
        return line_value(why, text, "has neither a warning nor a critical range");
    struct label_limits label = {
        .label = strndup(text, (size_t)(first - text)),
        .warning = strndup(first + 1, (size_t)(second - first - 1)),
        .critical = strdup(second + 1),
    };
    return settings_add_limits(settings, &label) || line_set(why, out_of_memory);
}

/* --- --map --- */

static bool refuse_condition(const char *condition, struct line *why)
{
    const char *nearest = condition_nearest(condition);
    line_value(why, condition, "is no condition");
    if (!nearest)
        line_add(why, ": the man page lists them");
    return line_add_guess(why, "", nearest);
}

bool list_add_map(struct settings *settings, const char *text, struct line *why)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return line_value(why, text, "is not CONDITION=STATE");
    /* A name that is cut is none of the known ones, as these are shorter than that. */
    struct condition_map row = {.state = STATE_UNKNOWN};
    size_t length = (size_t)(equals - text);
    memcpy(row.name, text, length < sizeof row.name ? length : sizeof row.name - 1);
    if (length >= sizeof row.name || !condition_known(row.name))
        return refuse_condition(row.name, why);
    if (!state_parse(equals + 1, &row.state))
        return line_value(why, text, "has an unknown state: use ok, warning, critical, unknown or 0-3");
    return settings_add_map(settings, &row) || line_set(why, out_of_memory);
}
