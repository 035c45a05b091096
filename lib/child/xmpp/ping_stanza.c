/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stanza of a ping, made and known again. */
#include <string.h>

#include "ping.h"
#include "stanza.h"

xmpp_stanza_t *ping_stanza_new(xmpp_ctx_t *ctx, const char *id, const char *to, const char *from)
{
    xmpp_stanza_t *iq = stanza_iq_new(ctx, "get", id, to, from);
    if (iq && !stanza_add(ctx, iq, "ping", PING_XMLNS, NULL)) {
        xmpp_stanza_release(iq);
        return NULL;
    }
    return iq;
}

static bool has(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

bool ping_is_ping(xmpp_stanza_t *stanza)
{
    if (!has(xmpp_stanza_get_name(stanza), "iq") || !has(xmpp_stanza_get_type(stanza), "get"))
        return false;
    xmpp_stanza_t *only = NULL;
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(stanza); child; child = xmpp_stanza_get_next(child)) {
        if (!xmpp_stanza_is_tag(child))
            continue;
        if (only)
            return false;
        only = child;
    }
    return only && stanza_is(only, "ping", PING_XMLNS);
}
