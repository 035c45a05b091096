/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "expect.h"
#include "jid.h"
#include "offer.h"
#include "stanza.h"
#include "tls.h"
#include "xmlns.h"

void login_fail(struct login *login, enum phase phase, enum condition condition, const char *words)
{
    failure_set(&login->failure, phase, condition, "%s", words ? words : "");
    login->step = LOGIN_FAILED;
}

void login_fail_said(struct login *login, enum phase phase, enum wire_condition condition, const char *words)
{
    failure_set_wire(&login->failure, phase, condition, words);
    login->step = LOGIN_FAILED;
}

void login_fail_own(struct login *login, enum phase phase, const char *words)
{
    failure_set_own_fault(&login->failure, phase, words);
    login->step = LOGIN_FAILED;
}

void login_send(struct login *login, xmpp_stanza_t *stanza)
{
    if (!stream_send(login->stream, stanza))
        login_fail_own(login, login->teller->phase, "out of memory");
}

/* The namespace of the stream's stanzas. */
static const char *content_xmlns(const struct settings *settings)
{
    return settings->component_text ? COMPONENT_XMLNS : settings->s2s ? SERVER_XMLNS : CLIENT_XMLNS;
}

void login_open_stream(struct login *login, enum login_step next)
{
    const struct settings *settings = login->settings;
    const struct jid *to = settings->component_text ? &settings->component : &settings->jid;
    char from[2 * 1024] = "";
    /* Who asks is nobody's business in clear text; SASL2 wants to know (XEP-0388 section 2.3). */
    if (settings->from.domain)
        jid_format(&settings->from, from, sizeof from);
    else if (settings->jid.node && login->stream->wire.secured)
        jid_format(&(struct jid){.node = settings->jid.node, .domain = settings->jid.domain}, from, sizeof from);
    tell_phase(login->teller, PHASE_STREAM);
    stream_open(login->stream, content_xmlns(settings), to->domain, from[0] ? from : NULL);
    login->step = next;
}

/* --- errors that may come at any time --- */

static void take_stream_error(struct login *login, xmpp_stanza_t *stanza)
{
    char *text;
    enum wire_condition condition = stanza_condition(stanza, SPACE_STREAM, &text);
    xmpp_stanza_t *element = xmpp_stanza_get_child_by_name(stanza, wire_condition_name(condition));
    char *elsewhere = element ? xmpp_stanza_get_text(element) : NULL; /* <see-other-host/> holds the host */
    login_fail_said(login, login->teller->phase, condition,
                    text                      ? tell_masked(login->teller, text)
                    : elsewhere && *elsewhere ? tell_masked(login->teller, elsewhere)
                                              : "");
    free(text);
    if (elsewhere)
        xmpp_free(login->stream->ctx, elsewhere);
}

/* --- TLS --- */

static void take_first_features(struct login *login, xmpp_stanza_t *features)
{
    offer_tell(features, login->settings, login->teller, false);
    if (!xmpp_stanza_get_child_by_name_and_ns(features, "starttls", TLS_XMLNS)) {
        login_fail(login, PHASE_TLS, CONDITION_STARTTLS_MISSING,
                   "the server does not offer STARTTLS, nothing secret was sent");
        return;
    }
    tell_phase(login->teller, PHASE_TLS);
    login->step = LOGIN_PROCEED;
    login->stream->by_tags = true; /* what stands behind <proceed/> shall be seen, see start_tls() */
    login_send(login, stanza_new(login->stream->ctx, "starttls", TLS_XMLNS, NULL));
}

static void take_proceed(struct login *login, xmpp_stanza_t *stanza)
{
    if (stanza_is(stanza, "proceed", TLS_XMLNS))
        login->step = LOGIN_PROCEEDED; /* TLS begins outside this handler */
    else
        login_fail(login, PHASE_TLS, CONDITION_TLS_FAILED, "the server answers STARTTLS with a failure");
}

static void tell_chain(const struct login *login, const struct certificate_facts *facts)
{
    for (size_t i = 0; i < facts->chain_length; i++) {
        const struct certificate_link *link = &facts->chain[i];
        struct event event = event_new(EVENT_CHAIN);
        event.value = link->days_left;
        event.code = (uint32_t)link->bits;
        event_set(event.text, tell_masked(login->teller, link->names));
        event_set(event.name, link->key);
        event_set(event.by, link->until);
        tell(login->teller, &event);
    }
}

static void tell_tls(const struct login *login)
{
    if (!login->stream->wire.tls)
        return;
    const struct tls_facts *facts = tls_facts(login->stream->wire.tls);
    if (facts->version[0]) {
        struct event event = event_new(EVENT_TLS);
        event.code = facts->certificate.verified;
        event_set(event.name, facts->version);
        event_set(event.text, facts->cipher);
        tell(login->teller, &event);
    }
    if (facts->certificate.seen) {
        struct event event = event_new(EVENT_CERTIFICATE);
        event.value = facts->certificate.days_left;
        event_set(event.text, tell_masked(login->teller, facts->certificate.names));
        tell(login->teller, &event);
        tell_chain(login, &facts->certificate);
    }
}

static void start_tls(struct login *login)
{
    login->stream->by_tags = false;
    if (stream_has_rest(login->stream)) {
        login_fail(login, PHASE_TLS, CONDITION_TLS_FAILED, "something came in clear text behind <proceed/>");
        return;
    }
    login->step = LOGIN_HANDSHAKE;
    wire_start_tls(&login->stream->wire, tls_new(login->tls_context, login->tls == TLS_DIRECT));
}

/* --- the machine --- */

/* The features behind TLS, or those of a stream that has none. */
static void take_features(struct login *login, xmpp_stanza_t *features)
{
    login->arrived = true;
    offer_tell(features, login->settings, login->teller, login->stream->wire.secured);
    if (login->settings->no_login)
        login->step = LOGIN_DONE;
    else
        auth_take_features(login, features);
}

/* A success that nothing has led to is a lie about the password, not a mistake. */
static void fail_unexpected(struct login *login, xmpp_stanza_t *stanza)
{
    if (expect_is_success(stanza)) {
        login_fail(login, PHASE_AUTH, CONDITION_SERVER_NOT_AUTHENTICATED, "success without an exchange");
        return;
    }
    const char *xmlns = xmpp_stanza_get_ns(stanza);
    char words[216];
    snprintf(words, sizeof words, "the server sends %.60s of %.100s%s",
             tell_masked(login->teller, xmpp_stanza_get_name(stanza)),
             xmlns ? tell_masked(login->teller, xmlns) : "no namespace",
             login->stream->unsent ? " before it is asked" : "");
    login_fail(login, login->teller->phase, CONDITION_NOT_XMPP, words);
}

static void take(struct login *login, xmpp_stanza_t *stanza)
{
    if (stanza_is(stanza, "error", STREAM_XMLNS)) {
        take_stream_error(login, stanza);
        return;
    }
    bool early = login->stream->unsent && login->step < LOGIN_BIND; /* our question has not even been sent */
    if (early || !expect_allows(login->step, content_xmlns(login->settings), stanza)) {
        fail_unexpected(login, stanza);
        return;
    }
    switch (login->step) {
    case LOGIN_FEATURES:
        take_first_features(login, stanza);
        break;
    case LOGIN_PROCEED:
        take_proceed(login, stanza);
        break;
    case LOGIN_AUTH_FEATURES:
        take_features(login, stanza);
        break;
    case LOGIN_AUTH:
    case LOGIN_AUTH2:
        auth_take(login, stanza);
        break;
    case LOGIN_BIND_FEATURES:
        bind_take_features(login, stanza);
        break;
    case LOGIN_BIND:
    case LOGIN_SESSION:
        bind_take(login, stanza);
        break;
    case LOGIN_COMPONENT:
        component_done(login);
        break;
    case LOGIN_PROCEEDED:
    case LOGIN_HANDSHAKE:
    case LOGIN_COMPONENT_HEADER:
    case LOGIN_DONE:
    case LOGIN_FAILED:
        break;
    }
}

/* Hears each element of the stream, also after the login, for stream errors. */
static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *userdata)
{
    (void)conn;
    struct login *login = userdata;
    enum login_step before = login->step;
    stream_count(login->stream);
    if (before != LOGIN_FAILED)
        take(login, stanza);
    if (login->step != before)
        stream_progress(login->stream);
    return 1;
}

/* Whether no other endpoint is better than one that has got so far. */
static bool has_arrived(const struct login *login)
{
    return login->arrived || login->stream->wire.secured;
}

/* Behind direct TLS a web server may answer that has the port, too: nothing has shown yet that it is XMPP. */
static bool is_no_xmpp(const struct login *login)
{
    return login->tls == TLS_DIRECT && !login->arrived && login->failure.condition.own == CONDITION_NOT_XMPP;
}

/* What a turn of the stream has led to, apart from stanzas. */
static void look(struct login *login, bool alive, int64_t limit)
{
    struct stream *stream = login->stream;
    if (login->step == LOGIN_HANDSHAKE && stream->wire.secured) {
        tell_tls(login);
        login_open_stream(login, LOGIN_AUTH_FEATURES);
        return;
    }
    if (login->step == LOGIN_COMPONENT_HEADER && stream->opened)
        component_begin(login);
    stream->limit_passed = alive && !has_arrived(login) && clock_now() >= limit;
    if (alive && !stream->limit_passed)
        return;
    if (login->step == LOGIN_HANDSHAKE)
        tell_tls(login); /* a certificate that was refused has its days, too */
    stream_failure(stream, login->teller->phase, &login->failure);
    login->step = LOGIN_FAILED;
}

bool login_run(struct login *login, int64_t limit)
{
    struct stream *stream = login->stream;
    xmpp_handler_add(stream->conn, on_stanza, NULL, NULL, NULL, login);
    if (login->tls == TLS_DIRECT) {
        tell_phase(login->teller, PHASE_TLS);
        start_tls(login);
    } else {
        stream->by_tags = login->settings->component_text != NULL; /* its header is read apart: the id counts there */
        login_open_stream(login, login->settings->component_text ? LOGIN_COMPONENT_HEADER
                                 : login->tls == TLS_NONE        ? LOGIN_AUTH_FEATURES
                                                                 : LOGIN_FEATURES);
    }
    while (login->step < LOGIN_DONE) {
        bool alive = stream_turn(stream, has_arrived(login) ? INT64_MAX : limit);
        if (login->step == LOGIN_PROCEEDED)
            start_tls(login);
        else if (login->step < LOGIN_DONE)
            look(login, alive, limit);
    }
    login->arrived = has_arrived(login) && !is_no_xmpp(login);
    memory_widen(&stream->memory);
    return login->step == LOGIN_DONE;
}

bool login_may_try_next(const struct login *login)
{
    /* A stream error that says something holds for the domain; an address that is worth no trust does not. */
    return login->step == LOGIN_FAILED && !login->failure.own_fault && !login->arrived &&
           login->failure.condition.wire == WIRE_NONE;
}
