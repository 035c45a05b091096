/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jid.h"
#include "login_parts.h"
#include "stanza.h"
#include "xmlns.h"

void bind_take_features(struct login *login, xmpp_stanza_t *features)
{
    if (!xmpp_stanza_get_child_by_name_and_ns(features, "bind", BIND_XMLNS)) {
        login_fail(login, PHASE_BIND, CONDITION_BIND_FAILED, "the server does not offer resource binding");
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
    login->step = LOGIN_BIND;
    login_send(login, iq);
}

void bind_take_refusal(struct login *login, xmpp_stanza_t *refusal)
{
    const char *type, *by;
    char *text;
    enum wire_condition condition = stanza_read_error(refusal, &type, &by, &text);
    char cause[200];
    snprintf(cause, sizeof cause, "%s%s%s%s", login->step == LOGIN_SESSION ? "session: " : "",
             wire_condition_name(condition), text ? ": " : "", text ? tell_masked(login->teller, text) : "");
    login_fail(login, PHASE_BIND, CONDITION_BIND_FAILED, cause);
    free(text);
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
    if (strcmp(type, "error") == 0)
        bind_take_refusal(login, stanza);
    return false;
}

/* A server that names another's JID would have us take that one for our own. */
const char *bind_find_fault(const struct login *login, const char *text, bool full)
{
    const struct jid *account = &login->settings->jid;
    struct jid jid;
    const char *why;
    if (!text)
        return "the server answers without a JID";
    if (!jid_parse_told(text, &jid, &why))
        return "the server binds what is no JID";
    bool same =
        jid_same_server(account, &jid) && (!account->node || (jid.node && strcmp(jid.node, account->node) == 0));
    bool has_resource = jid.resource != NULL;
    jid_free(&jid);
    if (!same)
        return "the server binds the JID of another account";
    return has_resource || !full ? NULL : "the server binds no resource";
}

/* The own JID is known. Here, as a ping may stand right behind it. */
static bool attach(struct login *login, const char *jid)
{
    const char *fault = bind_find_fault(login, jid, true);
    if (!fault)
        login->pinger = ping_attach(login->pings, login->stream->conn, jid);
    if (fault)
        login_fail(login, PHASE_BIND, CONDITION_BIND_FAILED, fault);
    else if (!login->pinger)
        login_fail_own(login, PHASE_BIND, "out of memory");
    return login->pinger != NULL;
}

void bind_take_inline(struct login *login, const char *jid)
{
    tell_phase_passed(login->teller, PHASE_BIND);
    if (attach(login, jid))
        login->step = LOGIN_DONE;
}

static void open_session(struct login *login)
{
    xmpp_ctx_t *ctx = login->stream->ctx;
    xmpp_stanza_t *iq = id_make(login->id) ? stanza_iq_new(ctx, "set", login->id, NULL, NULL) : NULL;
    if (iq && !stanza_add(ctx, iq, "session", SESSION_XMLNS, NULL)) {
        xmpp_stanza_release(iq);
        iq = NULL;
    }
    login->step = LOGIN_SESSION;
    login_send(login, iq);
}

void bind_take(struct login *login, xmpp_stanza_t *stanza)
{
    if (!is_result(login, stanza))
        return;
    if (login->step == LOGIN_SESSION) {
        login->step = LOGIN_DONE;
        return;
    }
    xmpp_stanza_t *bind = xmpp_stanza_get_child_by_name_and_ns(stanza, "bind", BIND_XMLNS);
    xmpp_stanza_t *element = bind ? xmpp_stanza_get_child_by_name(bind, "jid") : NULL;
    char *jid = element ? xmpp_stanza_get_text(element) : NULL;
    bool attached = attach(login, jid);
    if (jid)
        xmpp_free(login->stream->ctx, jid);
    if (attached && login->session_wanted)
        open_session(login);
    else if (attached)
        login->step = LOGIN_DONE;
}
