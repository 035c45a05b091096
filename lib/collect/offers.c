/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offers.h"

#include <stdio.h>
#include <string.h>

#include "mechanism.h"
#include "settings.h"
#include "text.h"

/* What is put in front of a server's word, or the whole name. */
static const char *word_of(enum offer_kind kind)
{
    const char *const words[OFFER_KIND_END] = {
        [OFFER_MECHANISM] = "mechanism:",
        [OFFER_BINDING] = "channel-binding:",
        [OFFER_STARTTLS] = "starttls",
        [OFFER_STARTTLS_REQUIRED] = server_feature_names[FEATURE_STARTTLS_REQUIRED],
        [OFFER_CHANNEL_BINDING] = server_feature_names[FEATURE_CHANNEL_BINDING],
        [OFFER_SASL2] = server_feature_names[FEATURE_SASL2],
        [OFFER_BIND2] = "bind2",
        [OFFER_DIALBACK] = server_feature_names[FEATURE_DIALBACK],
    };
    return words[kind];
}

void offers_take(struct offers *offers, const struct event *event)
{
    enum offer_kind kind = (enum offer_kind)event->value;
    bool has_name = kind == OFFER_MECHANISM || kind == OFFER_BINDING;
    bool is_mechanism = kind == OFFER_MECHANISM && mechanism_name_valid(event->name);
    char name[sizeof offers->names[0]] = "", word[60];
    text_clean_string(word, sizeof word, has_name ? event->name : "");
    snprintf(name, sizeof name, "%s%s", is_mechanism ? "" : word_of(kind), word);
    if (offers_have(offers, name))
        return;
    if (offers->count < OFFERS_MAX)
        memcpy(offers->names[offers->count++], name, sizeof name);
    else
        offers->cut = true;
}

void offers_end(struct offers *offers, const struct event *event)
{
    offers->came = true;
    offers->cut |= event->value != 0;
}

bool offers_have(const struct offers *offers, const char *name)
{
    for (size_t i = 0; i < offers->count; i++) {
        if (strcmp(offers->names[i], name) == 0)
            return true;
    }
    return false;
}

bool offers_have_mechanism(const struct offers *offers)
{
    for (size_t i = 0; i < offers->count; i++) {
        if (mechanism_name_valid(offers->names[i]))
            return true;
    }
    return false;
}
