/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stanza.h"

#include <string.h>

static bool equal(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

bool stanza_is(xmpp_stanza_t *stanza, const char *name, const char *xmlns)
{
    return equal(xmpp_stanza_get_name(stanza), name) && equal(xmpp_stanza_get_ns(stanza), xmlns);
}

xmpp_stanza_t *stanza_iq_new(xmpp_ctx_t *ctx, const char *type, const char *id, const char *to, const char *from)
{
    xmpp_stanza_t *iq = xmpp_iq_new(ctx, type, id);
    if (!iq)
        return NULL;
    if ((to && xmpp_stanza_set_to(iq, to) != XMPP_EOK) || (from && xmpp_stanza_set_from(iq, from) != XMPP_EOK)) {
        xmpp_stanza_release(iq);
        return NULL;
    }
    return iq;
}

xmpp_stanza_t *stanza_new(xmpp_ctx_t *ctx, const char *name, const char *xmlns, const char *text)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new(ctx);
    xmpp_stanza_t *content = text ? xmpp_stanza_new(ctx) : NULL;
    bool made =
        stanza && xmpp_stanza_set_name(stanza, name) == XMPP_EOK && xmpp_stanza_set_ns(stanza, xmlns) == XMPP_EOK;
    if (made && text)
        made = content && xmpp_stanza_set_text(content, text) == XMPP_EOK &&
               xmpp_stanza_add_child(stanza, content) == XMPP_EOK;
    if (content)
        xmpp_stanza_release(content);
    if (made)
        return stanza;
    if (stanza)
        xmpp_stanza_release(stanza);
    return NULL;
}

xmpp_stanza_t *stanza_add(xmpp_ctx_t *ctx, xmpp_stanza_t *parent, const char *name, const char *xmlns, const char *text)
{
    xmpp_stanza_t *child = stanza_new(ctx, name, xmlns, text);
    bool made = child && xmpp_stanza_add_child(parent, child) == XMPP_EOK;
    if (child)
        xmpp_stanza_release(child);
    return made ? child : NULL;
}

const char *stanza_condition(xmpp_stanza_t *parent, const char *xmlns, char **text)
{
    const char *condition = NULL;
    *text = NULL;
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(parent); child; child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        if (!name || !equal(xmpp_stanza_get_ns(child), xmlns))
            continue;
        if (strcmp(name, "text") != 0)
            condition = condition ? condition : name;
        else if (!*text)
            *text = xmpp_stanza_get_text(child);
    }
    return condition ? condition : "undefined-condition";
}

char *stanza_read_error(xmpp_stanza_t *stanza, const char **condition, const char **type, const char **by)
{
    char *text = NULL;
    *condition = "undefined-condition";
    *type = NULL;
    *by = xmpp_stanza_get_from(stanza);
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(stanza, "error");
    if (!error)
        return NULL;
    *type = xmpp_stanza_get_attribute(error, "type");
    const char *said_by = xmpp_stanza_get_attribute(error, "by");
    if (said_by)
        *by = said_by;
    *condition = stanza_condition(error, STANZA_ERROR_XMLNS, &text);
    return text;
}
