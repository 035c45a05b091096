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

/* --- what is told of it --- */

static bool is_asked(const struct settings *settings)
{
    return settings->no_login || settings->offers_count > 0 || settings->offers_not_count > 0 ||
           settings->verbose > 0 || settings->output == OUTPUT_JSON;
}

static bool is_listed(const struct sasl_offer *offer, const char *name)
{
    for (size_t i = 0; i < offer->mechanism_count; i++)
        if (strcmp(offer->mechanisms[i], name) == 0)
            return true;
    return false;
}

static void tell_names(const struct sasl_offer *offer, const struct sasl_offer *sasl2, const struct teller *teller,
                       bool behind)
{
    for (size_t i = 0; i < offer->mechanism_count; i++)
        tell_offer(teller, OFFER_MECHANISM, offer->mechanisms[i], behind);
    for (size_t i = 0; i < sasl2->mechanism_count; i++)
        if (!is_listed(offer, sasl2->mechanisms[i]))
            tell_offer(teller, OFFER_MECHANISM, sasl2->mechanisms[i], behind);
    for (size_t i = 0; i < offer->binding_count; i++)
        tell_offer(teller, OFFER_BINDING, offer->bindings[i], behind);
}

static void tell_kinds(xmpp_stanza_t *features, const struct sasl_offer *offer, const struct teller *teller,
                       bool behind)
{
    xmpp_stanza_t *starttls = xmpp_stanza_get_child_by_name_and_ns(features, "starttls", TLS_XMLNS);
    const struct {
        bool offered;
        enum offer_kind kind;
    } kinds[] = {
        {offer->starttls, OFFER_STARTTLS},
        {starttls && has(starttls, "required", TLS_XMLNS), OFFER_STARTTLS_REQUIRED},
        {offer->binding_count > 0, OFFER_CHANNEL_BINDING},
        {offer->sasl2, OFFER_SASL2},
        {offer_has_bind2(features), OFFER_BIND2},
        {offer->dialback, OFFER_DIALBACK},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].offered)
            tell_offer(teller, kinds[i].kind, NULL, behind);
}

void offer_tell(xmpp_stanza_t *features, const struct settings *settings, const struct teller *teller, bool behind)
{
    struct sasl_offer offer = {0}, sasl2 = {0};
    if (is_asked(settings)) {
        offer_read(features, &offer);
        offer_read_sasl2(features, &sasl2);
        tell_names(&offer, &sasl2, teller, behind);
        tell_kinds(features, &offer, teller, behind);
    }
    tell_features(teller, behind, offer.cut || sasl2.cut);
}
