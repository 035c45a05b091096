/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "jid.h"
#include "login_parts.h"
#include "mechanism.h"
#include "offer.h"
#include "sasl2.h"
#include "stanza.h"
#include "xmlns.h"

#define SCRAM_ITERATIONS_LEAST 4096

static xmpp_stanza_t *make_authenticate(struct login *login, const char *encoded)
{
    char jid[3 * 1024], host[256] = "", id[SASL2_ID_SIZE];
    struct jid bare = {.node = login->settings->jid.node, .domain = login->settings->jid.domain};
    gethostname(host, sizeof host - 1);
    if (!sasl2_agent_id(jid_format(&bare, jid, sizeof jid), host, id))
        return NULL;
    return sasl2_authenticate_new(login->stream->ctx, &(struct sasl2_request){.mechanism = sasl_mechanism(login->sasl),
                                                                              .response = encoded,
                                                                              .agent_id = id,
                                                                              .software = "check_xmpp_ping",
                                                                              .bind = login->bind2});
}

static xmpp_stanza_t *make_auth(struct login *login, const char *encoded)
{
    xmpp_stanza_t *stanza = stanza_new(login->stream->ctx, "auth", SASL_XMLNS, encoded);
    if (stanza)
        xmpp_stanza_set_attribute(stanza, "mechanism", sasl_mechanism(login->sasl));
    return stanza;
}

/* Sends MESSAGE, the FIRST or a later one, which is wiped, in base64; with RFC 6120 an empty one as "="
 * (section 6.4.2), but for SCRAM's last, with which nothing is said. */
static void send_message(struct login *login, struct sasl_message *message, bool first)
{
    char encoded[BASE64_SIZE(SASL_MESSAGE_MAX)];
    base64_encode(message->data, message->length, encoded);
    if (message->length == 0 && sasl_iterations(login->sasl) == 0 && !login->sasl2)
        memcpy(encoded, "=", sizeof "=");
    explicit_bzero(message, sizeof *message);
    secrets_add(login->secrets, encoded);
    const char *xmlns = login->sasl2 ? SASL2_XMLNS : SASL_XMLNS;
    login_send(login, !first         ? stanza_new(login->stream->ctx, "response", xmlns, encoded)
                      : login->sasl2 ? make_authenticate(login, encoded)
                                     : make_auth(login, encoded));
    explicit_bzero(encoded, sizeof encoded);
}

/* Whether the server's message was good; else the login has failed. */
static bool is_good(struct login *login, enum sasl_result result, const char *why)
{
    if (result == SASL_REFUSED)
        login_fail(login, PHASE_AUTH, CONDITION_SERVER_NOT_AUTHENTICATED, why);
    else if (result == SASL_REJECTED)
        login_fail_said(login, PHASE_AUTH, WIRE_SASL_NOT_AUTHORIZED, tell_masked(login->teller, why));
    else if (result == SASL_OWN_FAULT)
        login_fail_own(login, PHASE_AUTH, why);
    return result == SASL_GOOD;
}

/* What is no mechanism may be anything that the server has said. */
static void mask_names(const struct login *login, struct sasl_offer *offer)
{
    for (size_t i = 0; i < offer->mechanism_count; i++) {
        char *name = offer->mechanisms[i];
        const char *masked = mechanism_find(name) ? name : tell_masked(login->teller, name);
        if (masked != name)
            snprintf(name, sizeof offer->mechanisms[i], "%s", masked);
    }
}

/* Chooses a mechanism of SASL2 or of RFC 6120, as the settings want it; without one the login has failed. */
static bool choose(struct login *login, xmpp_stanza_t *features)
{
    const struct settings *settings = login->settings;
    struct sasl_offer offer;
    struct sasl_binding bindings[TLS_BINDINGS_MAX];
    char why[200] = "";
    size_t count = tls_channel_bindings(login->stream->wire.tls, bindings);
    bool has_sasl2 = settings->login_way != LOGIN_WAY_RFC6120 && offer_read_sasl2(features, &offer);
    if (has_sasl2) {
        mask_names(login, &offer);
        login->sasl = sasl_start(settings, &offer, bindings, count, why, sizeof why);
    }
    login->sasl2 = login->sasl != NULL;
    login->bind2 = login->sasl2 && offer_has_bind2(features) && !settings->jid.resource;
    if (!login->sasl && settings->login_way != LOGIN_WAY_SASL2) {
        offer_read(features, &offer);
        mask_names(login, &offer);
        if (offer.mechanism_count > 0 || !has_sasl2) /* else it is SASL2's that will not do */
            login->sasl = sasl_start(settings, &offer, bindings, count, why, sizeof why);
    }
    explicit_bzero(bindings, sizeof bindings);
    if (login->sasl)
        return true;
    if (settings->login_way == LOGIN_WAY_SASL2 && !has_sasl2)
        login_fail(login, PHASE_AUTH, CONDITION_SASL2_MISSING, "the server does not offer SASL2");
    else if (why[0])
        login_fail(login, PHASE_AUTH,
                   settings->required_count ? CONDITION_MECHANISM_DOWNGRADED : CONDITION_NO_MECHANISM, why);
    else
        login_fail_own(login, PHASE_AUTH, "out of memory");
    return false;
}

void auth_take_features(struct login *login, xmpp_stanza_t *features)
{
    struct sasl_message message;
    char why[160];
    if (!choose(login, features))
        return;
    tell_phase(login->teller, PHASE_AUTH);
    struct event event = event_new(EVENT_MECHANISM);
    event_set(event.name, sasl_mechanism(login->sasl));
    tell(login->teller, &event);
    login->step = login->sasl2 ? LOGIN_AUTH2 : LOGIN_AUTH;
    if (is_good(login, sasl_begin(login->sasl, &message, why, sizeof why), why))
        send_message(login, &message, true);
}

/* The server's message; "=" and nothing are both an empty one. False when it is no base64: the login has failed. */
static bool read_sasl(struct login *login, const char *text, struct sasl_message *message)
{
    if (!text || strcmp(text, "=") == 0)
        text = "";
    if (base64_decode(text, strlen(text), message->data, sizeof message->data, &message->length))
        return true;
    login_fail(login, PHASE_AUTH, CONDITION_SERVER_NOT_AUTHENTICATED,
               "the message of the server is no base64, or too long");
    return false;
}

static void take_challenge(struct login *login, const char *text)
{
    struct sasl_message in, out;
    char why[160];
    if (read_sasl(login, text, &in) && is_good(login, sasl_challenge(login->sasl, &in, &out, why, sizeof why), why))
        send_message(login, &out, false);
}

/* Fewer iterations make it cheap to find the password from what the server keeps (RFC 5802 section 5.1). */
static void tell_iterations(const struct login *login)
{
    unsigned long iterations = sasl_iterations(login->sasl);
    char words[80];
    if (iterations == 0 || iterations >= SCRAM_ITERATIONS_LEAST)
        return;
    snprintf(words, sizeof words, "an iteration count of %lu, %d is the least that is sound", iterations,
             SCRAM_ITERATIONS_LEAST);
    tell_flaw(login->teller, CONDITION_SCRAM_WEAK, words);
}

/* The server says that the login is good. True when it has proved itself, too. */
static bool finish(struct login *login, const char *text)
{
    struct sasl_message in;
    char why[160];
    if (!read_sasl(login, text, &in) || !is_good(login, sasl_success(login->sasl, &in, why, sizeof why), why))
        return false;
    tell_login(login->teller);
    tell_iterations(login);
    sasl_free(login->sasl);
    login->sasl = NULL;
    secret_wipe(login->settings->password);
    return true;
}

/* Behind SASL2's success no stream is opened again: what is not bound yet, is with the features that follow. */
static void go_on(struct login *login, xmpp_stanza_t *success, const char *identifier)
{
    bool bound = sasl2_is_bound(success);
    const char *fault = bind_find_fault(login, identifier, bound);
    xmpp_stanza_t *failed = sasl2_bind_failure(success);
    if (fault) {
        login_fail(login, PHASE_BIND, CONDITION_BIND_FAILED, fault);
    } else if (failed) {
        bind_take_refusal(login, failed);
    } else if (bound) {
        bind_take_inline(login, identifier);
    } else {
        tell_phase(login->teller, PHASE_STREAM);
        login->step = LOGIN_BIND_FEATURES;
    }
}

static void take_success2(struct login *login, xmpp_stanza_t *success)
{
    char *data = sasl2_additional_data(success);
    if (finish(login, data)) {
        char *identifier = sasl2_identifier(success);
        go_on(login, success, identifier);
        if (identifier)
            xmpp_free(login->stream->ctx, identifier);
    }
    if (data)
        xmpp_free(login->stream->ctx, data);
}

/* The server wants more than one exchange: a second factor, or a task of its own. We have nothing to give. */
static void take_continue(struct login *login, xmpp_stanza_t *stanza)
{
    char *tasks = sasl2_describe_tasks(stanza);
    char words[sizeof login->failure.cause];
    snprintf(words, sizeof words, "the server wants %s", tasks ? tell_masked(login->teller, tasks) : "a further step");
    login_fail(login, PHASE_AUTH, CONDITION_LOGIN_CONTINUES, words);
    free(tasks);
}

static void take_failure(struct login *login, xmpp_stanza_t *stanza)
{
    char *words;
    enum wire_condition condition = stanza_condition(stanza, SPACE_SASL, &words);
    const char *suspicion = sasl_suspicion(login->sasl, condition == WIRE_SASL_MALFORMED_REQUEST);
    char both[sizeof login->failure.cause];
    if (suspicion)
        snprintf(both, sizeof both, "%.100s%s%s", words ? tell_masked(login->teller, words) : "", words ? ": " : "",
                 suspicion);
    login_fail_said(login, PHASE_AUTH, condition, suspicion ? both : tell_masked(login->teller, words));
    free(words);
}

void auth_take(struct login *login, xmpp_stanza_t *stanza)
{
    const char *name = xmpp_stanza_get_name(stanza);
    char *text = xmpp_stanza_get_text(stanza);
    if (strcmp(name, "challenge") == 0)
        take_challenge(login, text);
    else if (strcmp(name, "continue") == 0)
        take_continue(login, stanza);
    else if (strcmp(name, "success") != 0)
        take_failure(login, stanza);
    else if (login->sasl2)
        take_success2(login, stanza);
    else if (finish(login, text))
        login_open_stream(login, LOGIN_BIND_FEATURES);
    if (text)
        xmpp_free(login->stream->ctx, text);
}
