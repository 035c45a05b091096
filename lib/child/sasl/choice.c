/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "choice.h"

#include <stdio.h>
#include <string.h>

/* Room for the names of an offer in a sentence, in bytes. */
#define NAMES_WIDTH 56

static bool is_offered(const struct sasl_offer *offer, const char *name)
{
    for (size_t i = 0; i < offer->mechanism_count; i++)
        if (strcmp(name, offer->mechanisms[i]) == 0)
            return true;
    return false;
}

static bool is_listed(const struct sasl_offer *offer, const char *type)
{
    for (size_t i = 0; i < offer->binding_count; i++)
        if (strcmp(type, offer->bindings[i]) == 0)
            return true;
    return false;
}

static bool is_allowed(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->required_count; i++)
        if (strcmp(name, settings->required_mechanisms[i]) == 0)
            return true;
    return settings->required_count == 0;
}

static bool has_credential(const struct settings *settings, enum credential credential)
{
    switch (credential) {
    case CREDENTIAL_CERTIFICATE:
        return settings->client_cert != NULL;
    case CREDENTIAL_PASSWORD:
        return settings->password->set && settings->jid.node;
    case CREDENTIAL_NONE:
        return settings_anonymous(settings);
    }
    return false;
}

static const struct sasl_binding *choose_binding(const struct settings *settings, const struct sasl_offer *offer,
                                                 const struct sasl_binding *bindings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool meant = strcmp(bindings[i].type, "tls-unique") == 0 || settings->required_count > 0;
        if (offer->tells_bindings ? is_listed(offer, bindings[i].type) : meant)
            return &bindings[i];
    }
    return NULL;
}

static const struct mechanism *choose_mechanism(const struct choice *choice)
{
    for (size_t i = 0; i < mechanism_count; i++) {
        const struct mechanism *mechanism = &mechanism_table[i];
        if (is_offered(choice->offer, mechanism->name) && is_allowed(choice->settings, mechanism->name) &&
            has_credential(choice->settings, mechanism->credential) && (choice->binding || !mechanism->bound))
            return mechanism;
    }
    return NULL;
}

static bool is_bound(const char *name)
{
    static const char suffix[] = "-PLUS";
    size_t length = strlen(name), end = strlen(suffix);
    return length > end && strcmp(name + length - end, suffix) == 0;
}

/* "y" makes a server refuse that did offer -PLUS: somebody between has taken it out then. --require-mechanism can have
 * ruled out -PLUS, too: then we do not want to bind. Where -PLUS is offered with no binding that we have, "y" would be
 * refused by every honest server. "n" is what clients send; that the list of bindings is the server's is proved where
 * it signs its offer (XEP-0474 section 6), and who wants to be sure elsewhere has --require-mechanism. */
static char choose_flag(const struct choice *choice, bool could)
{
    if (choice->mechanism->bound)
        return 'p';
    for (size_t i = 0; i < choice->offer->mechanism_count; i++)
        if (is_bound(choice->offer->mechanisms[i]))
            return 'n';
    for (size_t i = 0; could && i < mechanism_count; i++)
        if (mechanism_table[i].bound && is_allowed(choice->settings, mechanism_table[i].name))
            return 'y';
    return 'n';
}

struct choice choice_make(const struct settings *settings, const struct sasl_offer *offer,
                          const struct sasl_binding *bindings, size_t count)
{
    struct choice choice = {.settings = settings, .offer = offer, .flag = 'n'};
    choice.binding = choose_binding(settings, offer, bindings, count);
    choice.mechanism = choose_mechanism(&choice);
    if (choice.mechanism)
        choice.flag = choose_flag(&choice, count > 0);
    return choice;
}

/* --- why there is none --- */

/* What keeps the offered mechanisms from being used: the best of them speaks for all. */
static const char *name_obstacle(const struct choice *choice)
{
    const struct settings *settings = choice->settings;
    const char *obstacle = settings->required_count > 0 ? "" : ", none known here";
    for (size_t i = mechanism_count; i-- > 0;) { /* the best comes last */
        const struct mechanism *mechanism = &mechanism_table[i];
        if (!is_offered(choice->offer, mechanism->name) || !is_allowed(settings, mechanism->name))
            continue;
        if (has_credential(settings, mechanism->credential))
            obstacle = ", whose channel binding we lack";
        else if (settings_anonymous(settings))
            obstacle = ", not ANONYMOUS";
        else if (mechanism->credential == CREDENTIAL_CERTIFICATE)
            obstacle = ", no client certificate given";
        else if (mechanism->credential == CREDENTIAL_PASSWORD)
            obstacle = ", no password given";
        else
            obstacle = ", not for accounts";
    }
    return obstacle;
}

static const char *name_nothing(const struct sasl_offer *offer)
{
    if (offer->starttls)
        return "the server offers none before STARTTLS";
    if (offer->sasl2)
        return "the server offers SASL2 only";
    if (offer->iq_auth)
        return "the server offers only the login of before SASL (XEP-0078)";
    if (offer->dialback)
        return "the server offers none but dialback: this is a port for servers";
    return "the server offers none";
}

void choice_explain(const struct choice *choice, char *why, size_t why_size)
{
    const struct sasl_offer *offer = choice->offer;
    if (offer->mechanism_count == 0) {
        snprintf(why, why_size, "%s", name_nothing(offer));
        return;
    }
    char names[NAMES_WIDTH + SASL_NAME_SIZE + 2] = "";
    size_t used = 0, told = 0;
    for (; told < offer->mechanism_count && used + strlen(offer->mechanisms[told]) <= NAMES_WIDTH; told++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", told ? ", " : "", offer->mechanisms[told]);
    if (told == 0)
        snprintf(names, sizeof names, "%.*s", NAMES_WIDTH, offer->mechanisms[told++]);
    char more[32] = "";
    if (offer->mechanism_count == SASL_MECHANISMS_MAX)
        snprintf(more, sizeof more, " and many more");
    else if (told < offer->mechanism_count)
        snprintf(more, sizeof more, " and %zu more", offer->mechanism_count - told);
    snprintf(why, why_size, "the server offers only %s%s%s", names, more,
             offer->dialback ? ": this is a port for servers" : name_obstacle(choice));
}
