/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "expect.h"
#include "offer.h"
#include "stanza.h"
#include "starttls.h"
#include "tls.h"
#include "xmlns.h"

static const char bind_id[] = "bind";
static const char session_id[] = "session";

static void fail(struct login *login, enum phase phase, const char *condition, const char *cause)
{
    failure_set(&login->failure, phase, tell_masked(login->teller, condition), "%s",
                cause ? tell_masked(login->teller, cause) : "");
    login->step = LOGIN_FAILED;
}

static void fail_own(struct login *login, enum phase phase, const char *cause)
{
    fail(login, phase, "", cause);
    login->failure.own_fault = true;
}

static void send_and_release(struct login *login, xmpp_stanza_t *stanza)
{
    if (!stanza) {
        fail_own(login, login->teller->phase, "out of memory");
        return;
    }
    xmpp_send(login->connection->conn, stanza);
    xmpp_stanza_release(stanza);
}

static void open_stream(struct login *login, enum login_step next)
{
    tell_phase(login->teller, PHASE_STREAM);
    connection_open_stream(login->connection, login->settings->jid.domain);
    login->step = next;
}

/* --- errors that may come at any time --- */

static void take_stream_error(struct login *login, xmpp_stanza_t *stanza)
{
    char *text;
    const char *condition = stanza_condition(stanza, STANZA_STREAM_XMLNS, &text);
    xmpp_stanza_t *element = xmpp_stanza_get_child_by_name(stanza, condition);
    char *elsewhere = element ? xmpp_stanza_get_text(element) : NULL; /* <see-other-host/> holds the host */
    fail(login, login->teller->phase, condition,
         text                      ? text
         : elsewhere && *elsewhere ? elsewhere
                                   : "the server ends the stream");
    if (text)
        xmpp_free(login->connection->ctx, text);
    if (elsewhere)
        xmpp_free(login->connection->ctx, elsewhere);
}

/* --- TLS --- */

static void take_first_features(struct login *login, xmpp_stanza_t *features)
{
    if (!xmpp_stanza_get_child_by_name_and_ns(features, "starttls", TLS_XMLNS)) {
        fail(login, PHASE_TLS, "starttls-missing", "the server does not offer STARTTLS, nothing secret was sent");
        return;
    }
    tell_phase(login->teller, PHASE_TLS);
    /* Past libstrophe's queue: what comes back shall be seen before libstrophe reads it, see handshake(). */
    login->step = LOGIN_PROCEED;
    if (!connection_send_clear(login->connection, "<starttls xmlns='" TLS_XMLNS "'/>"))
        fail(login, PHASE_TLS, "connection-lost", "the server took no <starttls/>");
}

static void take_proceed(struct login *login, xmpp_stanza_t *stanza)
{
    if (stanza_is(stanza, "proceed", TLS_XMLNS))
        login->step = LOGIN_HANDSHAKE; /* outside this handler, when all of the chunk has been read */
    else
        fail(login, PHASE_TLS, "tls-failed", "the server answers STARTTLS with a failure");
}

static void fail_injected(struct login *login)
{
    fail(login, PHASE_TLS, "tls-failed", "something came in clear text behind <proceed/>");
}

static void tell_tls(const struct login *login)
{
    const struct tls_facts *facts = tls_facts();
    if (facts->handshake) {
        struct event event = event_new(EVENT_TLS);
        event.code = facts->verified;
        event_set(event.name, facts->version);
        event_set(event.text, facts->cipher);
        tell(login->teller, &event);
    }
    if (facts->certificate) {
        struct event event = event_new(EVENT_CERTIFICATE);
        event.value = facts->days_left;
        event_set(event.text, facts->names);
        tell(login->teller, &event);
    }
}

static void start_tls(struct login *login)
{
    tls_expect(login->tls == TLS_DIRECT);
    bool started = connection_start_tls(login->connection);
    tell_tls(login);
    const struct tls_facts *facts = tls_facts();
    if (started)
        open_stream(login, LOGIN_AUTH_FEATURES);
    else if (login->connection->limit_passed)
        fail(login, PHASE_TLS, "tls-failed", "no end of the handshake in time");
    else if (facts->condition[0] && !facts->handshake)
        fail(login, PHASE_TLS, facts->condition, facts->cause);
    else
        fail(login, PHASE_TLS, "tls-failed", facts->error[0] ? facts->error : "the server ended the connection");
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
    xmpp_stanza_t *stanza = stanza_new(login->connection->ctx, name, SASL_XMLNS, encoded);
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
        fail(login, PHASE_AUTH, "server-not-authenticated", why);
    else if (result == SASL_REJECTED)
        fail(login, PHASE_AUTH, "not-authorized", why);
    else if (result == SASL_OWN_FAULT)
        fail_own(login, PHASE_AUTH, why);
    return result == SASL_GOOD;
}

static void take_auth_features(struct login *login, xmpp_stanza_t *features)
{
    struct sasl_offer offer;
    struct tls_binding tls;
    struct sasl_binding binding;
    struct sasl_message message;
    char why[200];
    offer_read(features, &offer);
    bool can_bind = tls_channel_binding(&tls);
    if (can_bind) {
        binding.type = tls.type;
        binding.length = tls.length;
        memcpy(binding.data, tls.data, sizeof binding.data);
    }
    login->sasl = sasl_start(login->settings, &offer, &binding, can_bind, why, sizeof why);
    explicit_bzero(&tls, sizeof tls);
    explicit_bzero(&binding, sizeof binding);
    if (!login->sasl && why[0])
        fail(login, PHASE_AUTH, login->settings->required_count ? "mechanism-downgraded" : "no-mechanism", why);
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
    fail(login, PHASE_AUTH, "server-not-authenticated", "the server's message is no base64, or too long");
    return false;
}

static void take_challenge(struct login *login, const char *text)
{
    struct sasl_message in, out;
    char why[160];
    if (read_sasl(login, text, &in) && is_good(login, sasl_challenge(login->sasl, &in, &out, why, sizeof why), why))
        send_sasl(login, "response", &out);
}

static void take_success(struct login *login, const char *text)
{
    struct sasl_message in;
    char why[160];
    if (!read_sasl(login, text, &in) || !is_good(login, sasl_success(login->sasl, &in, why, sizeof why), why))
        return;
    sasl_free(login->sasl);
    login->sasl = NULL;
    secret_wipe(&login->settings->password);
    open_stream(login, LOGIN_BIND_FEATURES);
}

static void take_failure(struct login *login, xmpp_stanza_t *stanza)
{
    char *words;
    const char *condition = stanza_condition(stanza, SASL_XMLNS, &words);
    const char *suspicion = sasl_suspicion(login->sasl, strcmp(condition, "malformed-request") == 0);
    char both[sizeof login->failure.cause];
    if (suspicion)
        snprintf(both, sizeof both, "%.100s%s%s", words ? tell_masked(login->teller, words) : "", words ? ": " : "",
                 suspicion);
    fail(login, PHASE_AUTH, condition, suspicion ? both : words);
    if (words)
        xmpp_free(login->connection->ctx, words);
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
        xmpp_free(login->connection->ctx, text);
}

/* --- bind and session --- */

static void take_bind_features(struct login *login, xmpp_stanza_t *features)
{
    if (!xmpp_stanza_get_child_by_name_and_ns(features, "bind", BIND_XMLNS)) {
        fail(login, PHASE_BIND, "bind-failed", "the server does not offer resource binding");
        return;
    }
    xmpp_stanza_t *session = xmpp_stanza_get_child_by_name_and_ns(features, "session", SESSION_XMLNS);
    login->session_wanted = session && !xmpp_stanza_get_child_by_name(session, "optional");

    tell_phase(login->teller, PHASE_BIND);
    xmpp_ctx_t *ctx = login->connection->ctx;
    xmpp_stanza_t *iq = stanza_iq_new(ctx, "set", bind_id, NULL, NULL);
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

/* Whether STANZA answers the iq with that id; an error answer fails the login. */
static bool is_result(struct login *login, xmpp_stanza_t *stanza, const char *id)
{
    const char *name = xmpp_stanza_get_name(stanza);
    const char *type = xmpp_stanza_get_type(stanza);
    const char *its_id = xmpp_stanza_get_id(stanza);
    if (!name || strcmp(name, "iq") != 0 || !type || !its_id || strcmp(its_id, id) != 0)
        return false;
    if (strcmp(type, "result") == 0)
        return true;
    if (strcmp(type, "error") != 0)
        return false;
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(stanza, "error");
    char *text = NULL;
    const char *condition = error ? stanza_condition(error, STANZA_ERROR_XMLNS, &text) : "undefined-condition";
    char cause[200];
    snprintf(cause, sizeof cause, "%s%s%s%s", login->step == LOGIN_SESSION ? "session: " : "", condition,
             text ? ": " : "", text ? text : "");
    fail(login, PHASE_BIND, "bind-failed", cause);
    if (text)
        xmpp_free(login->connection->ctx, text);
    return false;
}

static void take_bind(struct login *login, xmpp_stanza_t *stanza)
{
    if (!is_result(login, stanza, bind_id))
        return;
    xmpp_ctx_t *ctx = login->connection->ctx;
    xmpp_stanza_t *bind = xmpp_stanza_get_child_by_name_and_ns(stanza, "bind", BIND_XMLNS);
    xmpp_stanza_t *element = bind ? xmpp_stanza_get_child_by_name(bind, "jid") : NULL;
    char *jid = element ? xmpp_stanza_get_text(element) : NULL;
    if (jid) /* here, as a ping may stand right behind the answer */
        login->pinger = ping_attach(login->pings, login->connection->conn, jid);
    if (!login->pinger)
        fail(login, PHASE_BIND, "bind-failed",
             jid ? "the server binds what is no JID" : "the server answers without a JID");
    if (jid)
        xmpp_free(ctx, jid);
    if (!login->pinger)
        return;
    if (!login->session_wanted) {
        login->step = LOGIN_DONE;
        return;
    }
    xmpp_stanza_t *iq = stanza_iq_new(ctx, "set", session_id, NULL, NULL);
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
        fail(login, PHASE_AUTH, "server-not-authenticated", "success without an exchange");
        return;
    }
    const char *xmlns = xmpp_stanza_get_ns(stanza);
    char words[216];
    snprintf(words, sizeof words, "the server sends %.60s of %.100s", xmpp_stanza_get_name(stanza),
             xmlns ? xmlns : "no namespace");
    fail(login, login->teller->phase, "not-xmpp", words);
}

/* Hears each element of the stream, also after the login, for stream errors. */
static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *userdata)
{
    (void)conn;
    struct login *login = userdata;
    if (login->step == LOGIN_FAILED)
        return 1;
    if (login->step == LOGIN_HANDSHAKE) {
        fail_injected(login);
        return 1;
    }
    if (stanza_is(stanza, "error", STREAM_XMLNS)) {
        take_stream_error(login, stanza);
        return 1;
    }
    if (!expect_allows(login->step, stanza)) {
        fail_unexpected(login, stanza);
        return 1;
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
        if (is_result(login, stanza, session_id))
            login->step = LOGIN_DONE;
        break;
    case LOGIN_HANDSHAKE:
    case LOGIN_DONE:
    case LOGIN_FAILED:
        break;
    }
    return 1;
}

static void handshake(struct login *login)
{
    const struct connection *connection = login->connection;
    if (starttls_is_clean(connection->chunk, connection->chunk_length))
        start_tls(login);
    else
        fail_injected(login);
}

bool login_run(struct login *login, int64_t limit)
{
    struct connection *connection = login->connection;
    connection_limit(connection, limit);
    xmpp_handler_add(connection->conn, on_stanza, NULL, NULL, NULL, login);
    if (login->tls == TLS_DIRECT) {
        tell_phase(login->teller, PHASE_TLS);
        start_tls(login);
    } else {
        open_stream(login, login->tls == TLS_NONE ? LOGIN_AUTH_FEATURES : LOGIN_FEATURES);
    }
    while (login->step < LOGIN_DONE) {
        bool alive = connection_turn(connection, INT64_MAX);
        if (login->step == LOGIN_HANDSHAKE) {
            handshake(login);
            if (login->step == LOGIN_AUTH_FEATURES) /* no other endpoint is better than one that has got this far */
                connection_limit(connection, INT64_MAX);
        } else if (!alive && login->step < LOGIN_DONE) {
            connection_failure(connection, login->teller->phase, &login->failure);
            login->step = LOGIN_FAILED;
        }
    }
    if (!connection->limit_passed) /* which login_may_try_next() asks for; the timer has run down then */
        connection_limit(connection, INT64_MAX);
    return login->step == LOGIN_DONE;
}

bool login_may_try_next(const struct login *login)
{
    return login->step == LOGIN_FAILED && !login->failure.own_fault &&
           (login->failure.phase == PHASE_TLS || login->connection->limit_passed);
}
