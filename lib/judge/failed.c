/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "failed.h"

#include <string.h>

#include "mechanism.h"
#include "sentence.h"
#include "text.h"
#include "way.h"

/* Names in the first line, in characters. */
#define NAME_WIDTH 48

bool failed_by_certificate(struct any_condition condition)
{
    return condition.own == CONDITION_CERT_EXPIRED || condition.own == CONDITION_CERT_NOT_YET_VALID ||
           condition.own == CONDITION_CERT_HOSTNAME || condition.own == CONDITION_CERT_UNTRUSTED;
}

void failed_add_certificate(struct line *sentence, struct any_condition condition, const char *cause,
                            const struct endpoint_result *endpoint)
{
    struct line where = LINE_EMPTY;
    if (endpoint) {
        line_add(&where, " (");
        way_add_address(&where, endpoint);
        line_add(&where, ")");
    }
    sentence_add(sentence, "%s%s", cause[0] != '\0' ? cause : any_condition_meaning(condition), where.text);
}

/* --- logins --- */

/* A component is told by a stream error. */
static bool is_refused_login(const struct settings *settings, const struct result *result)
{
    enum wire_condition said = result->condition.wire;
    if (result->failure_phase != PHASE_AUTH || said == WIRE_NONE)
        return false;
    return settings->component_text ? said == WIRE_STREAM_NOT_AUTHORIZED : wire_condition_space(said) == SPACE_SASL;
}

static bool is_not_authorized(const struct result *result)
{
    return result->condition.wire == WIRE_SASL_NOT_AUTHORIZED || result->condition.wire == WIRE_STREAM_NOT_AUTHORIZED;
}

/* A password that is wrong is the usual reason, whatever the server says of it; but not where it speaks of the channel,
 * to which SCRAM is bound ("Invalid channel binding"). */
static bool may_be_password(const struct settings *settings, const struct result *result)
{
    const struct mechanism *mechanism = mechanism_find(result->mechanism);
    if (mechanism ? mechanism->credential != CREDENTIAL_PASSWORD : settings_anonymous(settings))
        return false;
    return !strcasestr(result->cause, "channel");
}

static void add_login(struct line *sentence, const struct settings *settings)
{
    struct line who = LINE_EMPTY;
    char name[LINE_SIZE];
    if (settings->component_text)
        line_add(&who, "%s", settings->component_text);
    else
        line_add(&who, "%s@%s", settings->jid.node, settings->jid.domain);
    text_shorten(text_clean_string(name, sizeof name, who.text), NAME_WIDTH);
    sentence_add(sentence, "login of %s refused", name);
}

static void add_refused_login(struct line *sentence, const struct settings *settings, const struct result *result)
{
    if (settings_anonymous(settings) && !settings->component_text)
        sentence_add(sentence, "anonymous login refused");
    else
        add_login(sentence, settings);
    if (!is_not_authorized(result)) {
        sentence_add_cause(sentence, result->condition, result->cause);
        return;
    }
    if (may_be_password(settings, result))
        sentence_add(sentence, "the password may be wrong%s",
                     settings->component_text ? "" : ", or there is no such account");
    sentence_add(sentence, "%s", result->cause);
}

/* --- doors that are not ours --- */

/* Whether the server has told us to go, or has just gone, and it can be because it waits for servers here. */
static bool is_servers_door(const struct settings *settings, const struct result *result,
                            const struct endpoint_result *endpoint)
{
    unsigned port = way_port(endpoint);
    bool early = result->failure_phase == PHASE_STREAM || result->failure_phase == PHASE_AUTH;
    bool said_so = result->condition.wire != WIRE_NONE || result->condition.own == CONDITION_NO_MECHANISM ||
                   result->condition.own == CONDITION_NOT_XMPP || result->condition.own == CONDITION_CONNECTION_LOST;
    return early && said_so && !settings->s2s && !settings->component_text &&
           (port == PORT_SERVER || port == PORT_SERVER_TLS);
}

/* Who waits for TLS does not take XML, and goes: without a word, or with an alert of TLS. */
static bool wants_direct_tls(const struct result *result, const struct endpoint_result *endpoint)
{
    bool gone = result->condition.own == CONDITION_CONNECTION_LOST && !endpoint->heard;
    return gone && result->failure_phase == PHASE_STREAM && endpoint->tls == TLS_STARTTLS &&
           way_port(endpoint) != PORT_CLIENT;
}

/* Who waits for XML answers to TLS in XML, which OpenSSL takes for another version of its own. */
static bool wants_starttls(const struct result *result, const struct endpoint_result *endpoint)
{
    return result->condition.own == CONDITION_TLS_FAILED && endpoint->tls == TLS_DIRECT &&
           strcmp(result->cause, "wrong version number") == 0;
}

/* Appends the question whether it is the wrong door. False when there is none to ask. */
static bool add_wrong_door(struct line *sentence, const struct settings *settings, const struct result *result,
                           const struct endpoint_result *endpoint)
{
    if (!endpoint)
        return false;
    if (is_servers_door(settings, result, endpoint)) {
        /* what is offered instead of a login says the same once more */
        bool told = result->cause[0] != '\0' && result->condition.own != CONDITION_NO_MECHANISM;
        sentence_add(sentence, "no client login here: is this the server-to-server port?%s%s%s", told ? " (" : "",
                     told ? result->cause : "", told ? ")" : "");
        return true;
    }
    bool direct = wants_direct_tls(result, endpoint);
    if (!direct && !wants_starttls(result, endpoint))
        return false;
    sentence_add(sentence, "%s, port %u", result->cause[0] != '\0' ? result->cause : "ended", way_port(endpoint));
    sentence_add(sentence, "does it want --tls=%s?", direct ? "direct" : "starttls");
    return true;
}

/* --- all --- */

static void add_words(struct line *sentence, const struct settings *settings, const struct result *result)
{
    const struct endpoint_result *endpoint = way_endpoint(result);
    if (result->own_fault)
        sentence_add_cause(sentence, result->condition, result->cause);
    else if (failed_by_certificate(result->condition))
        failed_add_certificate(sentence, result->condition, result->cause, endpoint);
    else if (add_wrong_door(sentence, settings, result, endpoint))
        return;
    else if (is_refused_login(settings, result))
        add_refused_login(sentence, settings, result);
    else
        sentence_add_cause(sentence, result->condition, result->cause);
}

/* It names what is at fault itself, which no phase is. */
static bool names_culprit(const struct result *result)
{
    bool names_option = strncmp(result->cause, "--", 2) == 0, begun = result->entered[result->failure_phase];
    return result->own_fault && result->cause[0] != '\0' && (names_option || !begun);
}

struct line failed_sentence(const struct settings *settings, const struct result *result)
{
    struct line whole = LINE_EMPTY;
    if (names_culprit(result)) {
        sentence_add(&whole, "%s", result->cause);
        return whole;
    }
    const struct endpoint_result *lookup = way_failed_lookup(settings, result);
    if (lookup && !result->own_fault) { /* the root of what happened where it led */
        whole = sentence_begin(PHASE_DNS, (struct any_condition){.own = CONDITION_DNS_FAILED});
        struct line asked = LINE_EMPTY;
        way_add_lookup(&asked, lookup);
        sentence_add(&whole, "%s", asked.text);
        line_add(&whole, "; ");
    }
    struct line sentence = sentence_begin(result->failure_phase, result->condition);
    add_words(&sentence, settings, result);
    line_add(&whole, "%s", sentence.text);
    return whole;
}
