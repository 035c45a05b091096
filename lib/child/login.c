/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "login.h"

#include <stdio.h>
#include <string.h>

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

static void send_sasl(struct login *login, const char *name, char *message)
{
    xmpp_stanza_t *stanza = stanza_new(login->connection->ctx, name, SASL_XMLNS, message);
    if (stanza && strcmp(name, "auth") == 0)
        xmpp_stanza_set_attribute(stanza, "mechanism", sasl_mechanism(login->sasl));
    if (message)
        secrets_add(login->secrets, message);
    send_and_release(login, stanza);
    sasl_free_message(message);
}

/* Takes the server's message one step on. True when it was good: MESSAGE is then the answer, NULL for none. */
static bool advance(struct login *login, const char *in, char **message)
{
    char why[160];
    switch (sasl_step(login->sasl, in, message, why, sizeof why)) {
    case SASL_SEND:
    case SASL_COMPLETE:
        return true;
    case SASL_REFUSED:
        fail(login, PHASE_AUTH, "server-not-authenticated", why);
        break;
    case SASL_REJECTED:
        fail(login, PHASE_AUTH, "not-authorized", why);
        break;
    case SASL_OWN_FAULT:
        fail_own(login, PHASE_AUTH, why);
        break;
    }
    return false;
}

/* Where the server does not say how it binds to a channel, tls-unique is what it means; on TLS 1.3, where that is not
 * safe, some mean it all the same, and only one attempt is to be had: there it takes --require-mechanism to try. */
static bool server_can_bind(const struct login *login, xmpp_stanza_t *features, const char *type)
{
    bool meant = strcmp(type, "tls-unique") == 0 || login->settings->required_count > 0;
    return offer_can_bind(features, type, meant);
}

static void fail_no_mechanism(struct login *login, const char *condition, char *const *names, size_t count)
{
    char offer[160];
    offer_describe(names, count, offer, sizeof offer);
    fail(login, PHASE_AUTH, condition, offer);
}

static void take_auth_features(struct login *login, xmpp_stanza_t *features)
{
    char *names[OFFER_MECHANISMS_MAX];
    size_t count = offer_mechanisms(features, names);
    char condition[CONDITION_SIZE];
    struct tls_binding binding;
    bool bound = tls_channel_binding(&binding) && server_can_bind(login, features, binding.type);
    login->sasl = sasl_start(login->settings, (const char *const *)names, count, bound ? &binding : NULL, condition);
    if (!login->sasl && condition[0])
        fail_no_mechanism(login, condition, names, count);
    else if (!login->sasl)
        fail_own(login, PHASE_AUTH, "out of memory");
    for (size_t i = 0; i < count; i++)
        xmpp_free(login->connection->ctx, names[i]);
    if (!login->sasl)
        return;

    tell_phase(login->teller, PHASE_AUTH);
    struct event event = event_new(EVENT_MECHANISM);
    event_set(event.name, sasl_mechanism(login->sasl));
    tell(login->teller, &event);
    char *message;
    login->step = LOGIN_AUTH;
    if (advance(login, NULL, &message))
        send_sasl(login, "auth", message);
}

static void take_challenge(struct login *login, const char *in)
{
    if (sasl_is_complete(login->sasl)) { /* nothing is left to be asked */
        fail(login, PHASE_AUTH, "server-not-authenticated", "a challenge after the end of the exchange");
        return;
    }
    char *message;
    if (advance(login, in, &message))
        send_sasl(login, "response", message);
}

/* <success/> ends the exchange only when the mechanism says so too: a server that skips its own proof does not know the
 * password. */
static void take_success(struct login *login, const char *in)
{
    if (!sasl_is_complete(login->sasl)) {
        char *message = NULL;
        if (!in || !*in) {
            fail(login, PHASE_AUTH, "server-not-authenticated", "success without the server's proof");
            return;
        }
        if (!advance(login, in, &message))
            return;
        sasl_free_message(message);
        if (!sasl_is_complete(login->sasl)) {
            fail(login, PHASE_AUTH, "server-not-authenticated", "success before the end of the exchange");
            return;
        }
    }
    sasl_free(login->sasl);
    login->sasl = NULL;
    secret_wipe(&login->settings->password);
    open_stream(login, LOGIN_BIND_FEATURES);
}

static void take_sasl(struct login *login, xmpp_stanza_t *stanza)
{
    char *text = xmpp_stanza_get_text(stanza);
    if (stanza_is(stanza, "challenge", SASL_XMLNS)) {
        take_challenge(login, text);
    } else if (stanza_is(stanza, "success", SASL_XMLNS)) {
        take_success(login, text);
    } else { /* failure */
        char *words;
        const char *condition = stanza_condition(stanza, SASL_XMLNS, &words);
        fail(login, PHASE_AUTH, condition, words);
        if (words)
            xmpp_free(login->connection->ctx, words);
    }
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
