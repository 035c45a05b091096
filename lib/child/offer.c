/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offer.h"

#include <stdio.h>
#include <string.h>

#include "stanza.h"
#include "xmlns.h"

static bool has(xmpp_stanza_t *features, const char *name, const char *xmlns)
{
    return xmpp_stanza_get_child_by_name_and_ns(features, name, xmlns) != NULL;
}

/* Adds NAME to the list of COUNT (at most MAX) at NAMES. */
static void add_name(struct sasl_offer *offer, char (*names)[SASL_NAME_SIZE], size_t *count, size_t max,
                     const char *name)
{
    if (*count == max || strlen(name) >= SASL_NAME_SIZE)
        offer->cut = true;
    if (*count < max)
        snprintf(names[(*count)++], SASL_NAME_SIZE, "%s", name);
}

static void read_mechanisms(xmpp_stanza_t *list, struct sasl_offer *offer)
{
    xmpp_ctx_t *ctx = xmpp_stanza_get_context(list);
    const char *xmlns = xmpp_stanza_get_ns(list);
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(list); child; child = xmpp_stanza_get_next(child)) {
        char *name = stanza_is(child, "mechanism", xmlns) ? xmpp_stanza_get_text(child) : NULL;
        if (!name)
            continue;
        add_name(offer, offer->mechanisms, &offer->mechanism_count, SASL_MECHANISMS_MAX, name);
        xmpp_free(ctx, name);
    }
}

static void read_bindings(xmpp_stanza_t *features, struct sasl_offer *offer)
{
    xmpp_stanza_t *list = xmpp_stanza_get_child_by_name_and_ns(features, "sasl-channel-binding", BINDING_XMLNS);
    offer->tells_bindings = list != NULL;
    for (xmpp_stanza_t *child = list ? xmpp_stanza_get_children(list) : NULL; child;
         child = xmpp_stanza_get_next(child)) {
        const char *type = xmpp_stanza_is_tag(child) ? xmpp_stanza_get_attribute(child, "type") : NULL;
        if (type)
            add_name(offer, offer->bindings, &offer->binding_count, SASL_BINDINGS_MAX, type);
    }
}

void offer_read(xmpp_stanza_t *features, struct sasl_offer *offer)
{
    memset(offer, 0, sizeof *offer);
    offer->starttls = has(features, "starttls", TLS_XMLNS);
    offer->sasl2 = has(features, "authentication", SASL2_XMLNS);
    offer->iq_auth = has(features, "auth", IQ_AUTH_XMLNS);
    offer->dialback = has(features, "dialback", DIALBACK_XMLNS);
    xmpp_stanza_t *list = xmpp_stanza_get_child_by_name_and_ns(features, "mechanisms", SASL_XMLNS);
    if (list)
        read_mechanisms(list, offer);
    read_bindings(features, offer);
}

bool offer_read_sasl2(xmpp_stanza_t *features, struct sasl_offer *offer)
{
    memset(offer, 0, sizeof *offer);
    xmpp_stanza_t *list = xmpp_stanza_get_child_by_name_and_ns(features, "authentication", SASL2_XMLNS);
    if (!list)
        return false;
    read_mechanisms(list, offer);
    read_bindings(features, offer);
    return true;
}

bool offer_has_bind2(xmpp_stanza_t *features)
{
    xmpp_stanza_t *list = xmpp_stanza_get_child_by_name_and_ns(features, "authentication", SASL2_XMLNS);
    xmpp_stanza_t *with = list ? xmpp_stanza_get_child_by_name_and_ns(list, "inline", SASL2_XMLNS) : NULL;
    return with && has(with, "bind", BIND2_XMLNS);
}
