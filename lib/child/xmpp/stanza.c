/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stanza.h"

#include <stdio.h>
#include <string.h>

#include "xmlns.h"

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
    bool made = stanza && xmpp_stanza_set_name(stanza, name) == XMPP_EOK &&
                (!xmlns || xmpp_stanza_set_ns(stanza, xmlns) == XMPP_EOK);
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

/* "NAME: TEXT", or the one that is there. Takes over neither. */
static char *join(const char *name, const char *text)
{
    char *joined = NULL;
    if (!name && !text)
        return NULL;
    bool both = name && text;
    return asprintf(&joined, "%s%s%s", name ? name : "", both ? ": " : "", text ? text : "") < 0 ? NULL : joined;
}

enum wire_condition stanza_condition(xmpp_stanza_t *parent, enum wire_space space, char **text)
{
    static const char *const namespaces[] = {
        [SPACE_STREAM] = "urn:ietf:params:xml:ns:xmpp-streams",
        [SPACE_SASL] = SASL_XMLNS,
        [SPACE_STANZA] = STANZAS_XMLNS,
    };
    const char *name = NULL;  /* in the namespace */
    const char *other = NULL; /* in any other */
    char *words = NULL;
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(parent); child; child = xmpp_stanza_get_next(child)) {
        const char *its_name = xmpp_stanza_get_name(child);
        const char *xmlns = xmpp_stanza_get_ns(child);
        bool known = equal(xmlns, namespaces[space]);
        if (!its_name)
            continue;
        /* SASL2 has the text in its own namespace (XEP-0388 section 2.6.3). */
        if (strcmp(its_name, "text") == 0 && (known || equal(xmlns, xmpp_stanza_get_ns(parent))))
            words = words ? words : xmpp_stanza_get_text(child);
        else if (known)
            name = name ? name : its_name;
        else
            other = other ? other : its_name;
    }
    enum wire_condition condition = name ? wire_condition_find(space, name) : WIRE_UNDEFINED_CONDITION;
    const char *unknown = name ? name : other;
    bool told = condition != WIRE_UNDEFINED_CONDITION || equal(unknown, wire_condition_name(condition));
    *text = join(told ? NULL : unknown, words);
    if (words)
        xmpp_free(xmpp_stanza_get_context(parent), words);
    return condition;
}

enum wire_condition stanza_read_error(xmpp_stanza_t *stanza, const char **type, const char **by, char **text)
{
    *text = NULL;
    *type = NULL;
    *by = xmpp_stanza_get_from(stanza);
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(stanza, "error");
    if (!error)
        return WIRE_UNDEFINED_CONDITION;
    *type = xmpp_stanza_get_attribute(error, "type");
    const char *said_by = xmpp_stanza_get_attribute(error, "by");
    if (said_by)
        *by = said_by;
    return stanza_condition(error, SPACE_STANZA, text);
}
