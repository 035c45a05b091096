/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offer.h"

#include <stdio.h>
#include <string.h>

#include "stanza.h"
#include "xmlns.h"

size_t offer_mechanisms(xmpp_stanza_t *features, char *names[OFFER_MECHANISMS_MAX])
{
    size_t count = 0;
    xmpp_stanza_t *list = xmpp_stanza_get_child_by_name_and_ns(features, "mechanisms", SASL_XMLNS);
    for (xmpp_stanza_t *child = list ? xmpp_stanza_get_children(list) : NULL; child && count < OFFER_MECHANISMS_MAX;
         child = xmpp_stanza_get_next(child)) {
        if (!stanza_is(child, "mechanism", SASL_XMLNS))
            continue;
        char *name = xmpp_stanza_get_text(child);
        if (name)
            names[count++] = name;
    }
    return count;
}

bool offer_can_bind(xmpp_stanza_t *features, const char *type, bool silent)
{
    xmpp_stanza_t *list = xmpp_stanza_get_child_by_name_and_ns(features, "sasl-channel-binding", BINDING_XMLNS);
    if (!list)
        return silent;
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(list); child; child = xmpp_stanza_get_next(child)) {
        const char *its_type = xmpp_stanza_is_tag(child) ? xmpp_stanza_get_attribute(child, "type") : NULL;
        if (its_type && strcmp(its_type, type) == 0)
            return true;
    }
    return false;
}

void offer_describe(char *const *names, size_t count, char *out, size_t size)
{
    snprintf(out, size, "%s", count ? "" : "the server offers none");
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%s%s", i ? ", " : "the server offers only ", names[i]);
    }
}
