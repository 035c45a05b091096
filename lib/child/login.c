/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "expect.h"
#include "clock.h"
#include "jid.h"
#include "offer.h"
#include "stanza.h"
#include "tls.h"
#include "xmlns.h"

#define SCRAM_ITERATIONS_LEAST 4096

static void fail(struct login *login, enum phase phase, enum condition condition, const char *cause)
{
    failure_set(&login->failure, phase, condition, "%s", cause ? tell_masked(login->teller, cause) : "");
    login->step = LOGIN_FAILED;
}

static void fail_said(struct login *login, enum phase phase, enum wire_condition condition, const char *words)
{
    failure_set_wire(&login->failure, phase, condition, tell_masked(login->teller, words));
    login->step = LOGIN_FAILED;
}

static void fail_own(struct login *login, enum phase phase, const char *cause)
{
    failure_set_own_fault(&login->failure, phase, tell_masked(login->teller, cause));
    login->step = LOGIN_FAILED;
}

static void send_and_release(struct login *login, xmpp_stanza_t *stanza)
{
    if (!stream_send(login->stream, stanza))
        fail_own(login, login->teller->phase, "out of memory");
}

static void open_stream(struct login *login, enum login_step next)
{
    tell_phase(login->teller, PHASE_STREAM);
    stream_open(login->stream, login->settings->jid.domain);
    login->step = next;
}

/* --- errors that may come at any time --- */

static void take_stream_error(struct login *login, xmpp_stanza_t *stanza)
{
    char *text;
    enum wire_condition condition = stanza_condition(stanza, SPACE_STREAM, &text);
    xmpp_stanza_t *element = xmpp_stanza_get_child_by_name(stanza, wire_condition_name(condition));
    char *elsewhere = element ? xmpp_stanza_get_text(element) : NULL; /* <see-other-host/> holds the host */
    fail_said(login, login->teller->phase, condition,
              text                      ? text
              : elsewhere && *elsewhere ? elsewhere
                                        : "the server ends the stream");
    free(text);
    if (elsewhere)
        xmpp_free(login->stream->ctx, elsewhere);
}

/* --- TLS --- */

static void take_first_features(struct login *login, xmpp_stanza_t *features)
{
    if (!xmpp_stanza_get_child_by_name_and_ns(features, "starttls", TLS_XMLNS)) {
        fail(login, PHASE_TLS, CONDITION_STARTTLS_MISSING,
             "the server does not offer STARTTLS, nothing secret was sent");
        return;
    }
    tell_phase(login->teller, PHASE_TLS);
    login->step = LOGIN_PROCEED;
    login->stream->by_tags = true; /* what stands behind <proceed/> shall be seen, see start_tls() */
    send_and_release(login, stanza_new(login->stream->ctx, "starttls", TLS_XMLNS, NULL));
}

static void take_proceed(struct login *login, xmpp_stanza_t *stanza)
{
    if (stanza_is(stanza, "proceed", TLS_XMLNS))
        login->step = LOGIN_PROCEEDED; /* TLS begins outside this handler */
    else
        fail(login, PHASE_TLS, CONDITION_TLS_FAILED, "the server answers STARTTLS with a failure");
}

static void tell_chain(const struct login *login, const struct certificate_facts *facts)
{
    for (size_t i = 0; i < facts->chain_length; i++) {
        const struct certificate_link *link = &facts->chain[i];
        struct event event = event_new(EVENT_CHAIN);
        event.value = link->days_left;
        event.code = (uint32_t)link->bits;
        event_set(event.text, link->names);
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
        event_set(event.text, facts->certificate.names);
        tell(login->teller, &event);
        tell_chain(login, &facts->certificate);
    }
}

static void start_tls(struct login *login)
{
    login->stream->by_tags = false;
    if (stream_has_rest(login->stream)) {
        fail(login, PHASE_TLS, CONDITION_TLS_FAILED, "something came in clear text behind <proceed/>");
        return;
    }
    login->step = LOGIN_HANDSHAKE;
    wire_start_tls(&login->stream->wire, tls_new(login->tls_context, login->tls == TLS_DIRECT));
}

/* --- SASL --- */

/* Sends MESSAGE, which is wiped, in base64; an empty one as "=" (RFC 6120 section 6.4.2), but for SCRAM's last, with
 * which nothing is said. */
static void send_sasl(struct login *login, const char *name, struct sasl_message *message)
{
    char encoded[BASE64_SIZE(SASL_MESSAGE_MAX)];
    base64_encode(message->data, message->length, encoded);
    if (message->length == 0 && sasl_iterations(login->sasl) == 0)
        strcpy(encoded, "=");
    explicit_bzero(message, sizeof *message);
    xmpp_stanza_t *stanza = stanza_new(login->stream->ctx, name, SASL_XMLNS, encoded);
    if (stanza && strcmp(name, "auth") == 0)
        xmpp_stanza_set_attribute(stanza, "mechanism", sasl_mechanism(login->sasl));
    secrets_add(login->secrets, encoded);
    explicit_bzero(encoded, sizeof encoded);
    send_and_release(login, stanza);
}

/* Whether the server's message was good; else the login has failed. */
static bool is_good(struct login *login, enum sasl_result result, const char *why)
{
    if (result == SASL_REFUSED)
        fail(login, PHASE_AUTH, CONDITION_SERVER_NOT_AUTHENTICATED, why);
    else if (result == SASL_REJECTED)
        fail_said(login, PHASE_AUTH, WIRE_SASL_NOT_AUTHORIZED, why);
    else if (result == SASL_OWN_FAULT)
        fail_own(login, PHASE_AUTH, why);
    return result == SASL_GOOD;
}

static void take_auth_features(struct login *login, xmpp_stanza_t *features)
{
    struct sasl_offer offer;
    struct sasl_binding bindings[TLS_BINDINGS_MAX];
    struct sasl_message message;
    char why[200];
    offer_read(features, &offer);
    size_t count = tls_channel_bindings(login->stream->wire.tls, bindings);
    login->sasl = sasl_start(login->settings, &offer, bindings, count, why, sizeof why);
    explicit_bzero(bindings, sizeof bindings);
    enum condition refused = login->settings->required_count ? CONDITION_MECHANISM_DOWNGRADED : CONDITION_NO_MECHANISM;
    if (!login->sasl && why[0])
        fail(login, PHASE_AUTH, refused, why);
    else if (!login->sasl)
        fail_own(login, PHASE_AUTH, "out of memory");
    if (!login->sasl)
        return;

    tell_phase(login->teller, PHASE_AUTH);
    struct event event = event_new(EVENT_MECHANISM);
    event_set(event.name, sasl_mechanism(login->sasl));
    tell(login->teller, &event);
    login->step = LOGIN_AUTH;
    if (is_good(login, sasl_begin(login->sasl, &message, why, sizeof why), why))
        send_sasl(login, "auth", &message);
}

/* The server's message; "=" and nothing are both an empty one. False when it is no base64: the login has failed. */
static bool read_sasl(struct login *login, const char *text, struct sasl_message *message)
{
    if (!text || strcmp(text, "=") == 0)
        text = "";
    if (base64_decode(text, strlen(text), message->data, sizeof message->data, &message->length))
        return true;
    fail(login, PHASE_AUTH, CONDITION_SERVER_NOT_AUTHENTICATED, "the server's message is no base64, or too long");
    return false;
}

static void take_challenge(struct login *login, const char *text)
{
    struct sasl_message in, out;
    char why[160];
    if (read_sasl(login, text, &in) && is_good(login, sasl_challenge(login->sasl, &in, &out, why, sizeof why), why))
        send_sasl(login, "response", &out);
}

/* Fewer iterations make it cheap to find the password from what the server keeps (RFC 5802 section 5.1). */
static void tell_iterations(const struct login *login)
{
    unsigned long iterations = sasl_iterations(login->sasl);
    char words[80];
    if (iterations == 0 || iterations >= SCRAM_ITERATIONS_LEAST)
        return;
    snprintf(words, sizeof words, "%lu iterations, %d are the least that is sound", iterations, SCRAM_ITERATIONS_LEAST);
    tell_flaw(login->teller, CONDITION_SCRAM_WEAK, words);
}

static void take_success(struct login *login, const char *text)
{
    struct sasl_message in;
    char why[160];
    if (!read_sasl(login, text, &in) || !is_good(login, sasl_success(login->sasl, &in, why, sizeof why), why))
        return;
    tell_login(login->teller);
    tell_iterations(login);
    sasl_free(login->sasl);
    login->sasl = NULL;
    secret_wipe(&login->settings->password);
    open_stream(login, LOGIN_BIND_FEATURES);
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
    fail_said(login, PHASE_AUTH, condition, suspicion ? both : words);
    free(words);
}

static void take_sasl(struct login *login, xmpp_stanza_t *stanza)
{
    char *text = xmpp_stanza_get_text(stanza);
    if (stanza_is(stanza, "challenge", SASL_XMLNS))
        take_challenge(login, text);
    else if (stanza_is(stanza, "success", SASL_XMLNS))
        take_success(login, text);
    else
        take_failure(login, stanza);
    if (text)
        xmpp_free(login->stream->ctx, text);
}

/* --- bind and session --- */

static void take_bind_features(struct login *login, xmpp_stanza_t *features)
{
    if (!xmpp_stanza_get_child_by_name_and_ns(features, "bind", BIND_XMLNS)) {
        fail(login, PHASE_BIND, CONDITION_BIND_FAILED, "the server does not offer resource binding");
        return;
    }
    xmpp_stanza_t *session = xmpp_stanza_get_child_by_name_and_ns(features, "session", SESSION_XMLNS);
    login->session_wanted = session && !xmpp_stanza_get_child_by_name(session, "optional");

    tell_phase(login->teller, PHASE_BIND);
    xmpp_ctx_t *ctx = login->stream->ctx;
    xmpp_stanza_t *iq = id_make(login->id) ? stanza_iq_new(ctx, "set", login->id, NULL, NULL) : NULL;
    xmpp_stanza_t *bind = iq ? stanza_add(ctx, iq, "bind", BIND_XMLNS, NULL) : NULL;
    const char *resource = login->settings->jid.resource;
    if (bind && resource && !stanza_add(ctx, bind, "resource", BIND_XMLNS, resource))
        bind = NULL;
    if (iq && !bind) {
        xmpp_stanza_release(iq);
        iq = NULL;
    }
    send_and_release(login, iq);
    if (login->step != LOGIN_FAILED)
        login->step = LOGIN_BIND;
}

/* Whether STANZA answers our last iq; an error answer fails the login. */
static bool is_result(struct login *login, xmpp_stanza_t *stanza)
{
    const char *name = xmpp_stanza_get_name(stanza);
    const char *type = xmpp_stanza_get_type(stanza);
    const char *its_id = xmpp_stanza_get_id(stanza);
    if (!name || strcmp(name, "iq") != 0 || !type || !its_id || strcmp(its_id, login->id) != 0)
        return false;
    if (strcmp(type, "result") == 0)
        return true;
    if (strcmp(type, "error") != 0)
        return false;
    const char *its_type, *by;
    char *text;
    enum wire_condition condition = stanza_read_error(stanza, &its_type, &by, &text);
    char cause[200];
    snprintf(cause, sizeof cause, "%s%s%s%s", login->step == LOGIN_SESSION ? "session: " : "",
             wire_condition_name(condition), text ? ": " : "", text ? text : "");
    fail(login, PHASE_BIND, CONDITION_BIND_FAILED, cause);
    free(text);
    return false;
}

/* Why JID, which the server says is ours, is not; NULL when it is. A server that names another's would have us take
 * that one for our own. */
static const char *find_fault(const struct login *login, const char *text)
{
    const struct jid *account = &login->settings->jid;
    struct jid jid;
    const char *why;
    if (!text)
        return "the server answers without a JID";
    if (!jid_parse(text, &jid, &why))
        return "the server binds what is no JID";
    bool same =
        jid_same_server(account, &jid) && (!account->node || (jid.node && strcmp(jid.node, account->node) == 0));
    bool full = jid.resource != NULL;
    jid_free(&jid);
    if (!same)
        return "the server binds the JID of another account";
    return full ? NULL : "the server binds no resource";
}

static void take_bind(struct login *login, xmpp_stanza_t *stanza)
{
    if (!is_result(login, stanza))
        return;
    xmpp_ctx_t *ctx = login->stream->ctx;
    xmpp_stanza_t *bind = xmpp_stanza_get_child_by_name_and_ns(stanza, "bind", BIND_XMLNS);
    xmpp_stanza_t *element = bind ? xmpp_stanza_get_child_by_name(bind, "jid") : NULL;
    char *jid = element ? xmpp_stanza_get_text(element) : NULL;
    const char *fault = find_fault(login, jid);
    if (!fault) /* here, as a ping may stand right behind the answer */
        login->pinger = ping_attach(login->pings, login->stream->conn, jid);
    if (fault)
        fail(login, PHASE_BIND, CONDITION_BIND_FAILED, fault);
    else if (!login->pinger)
        fail_own(login, PHASE_BIND, "out of memory");
    if (jid)
        xmpp_free(ctx, jid);
    if (!login->pinger)
        return;
    if (!login->session_wanted) {
        login->step = LOGIN_DONE;
        return;
    }
    xmpp_stanza_t *iq = id_make(login->id) ? stanza_iq_new(ctx, "set", login->id, NULL, NULL) : NULL;
    if (iq && !stanza_add(ctx, iq, "session", SESSION_XMLNS, NULL)) {
        xmpp_stanza_release(iq);
        iq = NULL;
    }
    send_and_release(login, iq);
    if (login->step != LOGIN_FAILED)
        login->step = LOGIN_SESSION;
}

/* --- the machine --- */

/* A success that nothing has led to is a lie about the password, not a mistake. */
static void fail_unexpected(struct login *login, xmpp_stanza_t *stanza)
{
    if (expect_is_success(stanza)) {
        fail(login, PHASE_AUTH, CONDITION_SERVER_NOT_AUTHENTICATED, "success without an exchange");
        return;
    }
    const char *xmlns = xmpp_stanza_get_ns(stanza);
    char words[216];
    snprintf(words, sizeof words, "the server sends %.60s of %.100s%s", xmpp_stanza_get_name(stanza),
             xmlns ? xmlns : "no namespace", login->stream->unsent ? " before it is asked" : "");
    fail(login, login->teller->phase, CONDITION_NOT_XMPP, words);
}

static void take(struct login *login, xmpp_stanza_t *stanza)
{
    if (stanza_is(stanza, "error", STREAM_XMLNS)) {
        take_stream_error(login, stanza);
        return;
    }
    bool early = login->stream->unsent && login->step < LOGIN_BIND; /* our question has not even been sent */
    if (early || !expect_allows(login->step, stanza)) {
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
        take_auth_features(login, stanza);
        break;
    case LOGIN_AUTH:
        take_sasl(login, stanza);
        break;
    case LOGIN_BIND_FEATURES:
        take_bind_features(login, stanza);
        break;
    case LOGIN_BIND:
        take_bind(login, stanza);
        break;
    case LOGIN_SESSION:
        if (is_result(login, stanza))
            login->step = LOGIN_DONE;
        break;
    case LOGIN_PROCEEDED:
    case LOGIN_HANDSHAKE:
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
    return login->tls == TLS_NONE ? login->step > LOGIN_AUTH_FEATURES : login->stream->wire.secured;
}

/* What a turn of the stream has led to, apart from stanzas. */
static void look(struct login *login, bool alive, int64_t limit)
{
    struct stream *stream = login->stream;
    if (login->step == LOGIN_HANDSHAKE && stream->wire.secured) {
        tell_tls(login);
        open_stream(login, LOGIN_AUTH_FEATURES);
        return;
    }
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
        open_stream(login, login->tls == TLS_NONE ? LOGIN_AUTH_FEATURES : LOGIN_FEATURES);
    }
    while (login->step < LOGIN_DONE) {
        bool alive = stream_turn(stream, has_arrived(login) ? INT64_MAX : limit);
        if (login->step == LOGIN_PROCEEDED)
            start_tls(login);
        else if (login->step < LOGIN_DONE)
            look(login, alive, limit);
    }
    login->arrived = has_arrived(login);
    memory_widen(&stream->memory);
    return login->step == LOGIN_DONE;
}

bool login_may_try_next(const struct login *login)
{
    /* A stream error that says something holds for the domain; an address that is worth no trust does not. */
    return login->step == LOGIN_FAILED && !login->failure.own_fault && !login->arrived &&
           login->failure.condition.wire == WIRE_NONE;
}
