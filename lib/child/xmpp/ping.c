/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ping_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "stanza.h"
#include "xmlns.h"

/* libstrophe's own timer is coarse and on the wall clock: it only calls ping_tick(), which looks at the monotonic one.
 * Milliseconds. */
#define TICK_PERIOD 100

/* --- the end of a ping --- */

static void ping_free(struct ping *ping)
{
    jid_free(&ping->to);
    free(ping);
}

/* Takes PING out of the open ones, remembers its id, and tells its end. */
static void ping_close(struct pinger *pinger, struct ping *ping, struct ping_answer *answer, int64_t now)
{
    *(ping->previous ? &ping->previous->next : &pinger->open) = ping->next;
    *(ping->next ? &ping->next->previous : &pinger->last) = ping->previous;
    memcpy(pinger->closed[pinger->closed_count++ % CLOSED_MAX], ping->id, ID_SIZE);

    answer->rtt = now > ping->sent_at ? now - ping->sent_at : 0;
    const char **strings[] = {&answer->condition, &answer->type, &answer->text, &answer->by};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (!*strings[i])
            *strings[i] = "";
    ping->callback(pinger, answer, ping->userdata);
    ping_free(ping);
}

static void ping_close_as(struct pinger *pinger, struct ping *ping, enum ping_end end, int64_t now)
{
    ping_close(pinger, ping, &(struct ping_answer){.end = end}, now);
}

/* --- answers --- */

static bool was_closed(const struct pinger *pinger, const char *id)
{
    unsigned count = pinger->closed_count < CLOSED_MAX ? pinger->closed_count : CLOSED_MAX;
    for (unsigned i = 0; i < count; i++)
        if (strcmp(pinger->closed[i], id) == 0)
            return true;
    return false;
}

struct ping *pinger_find_open(const struct pinger *pinger, const char *id)
{
    struct ping *ping = pinger->open;
    while (ping && strcmp(ping->id, id) != 0)
        ping = ping->next;
    return ping;
}

/* Whether JID is the own server, or the account, for which it speaks (RFC 6120 section 8.1.2.1). */
static bool is_own_server(const struct pinger *pinger, const struct jid *jid)
{
    struct jid domain = {.domain = pinger->self.domain};
    struct jid account = {.node = pinger->self.node, .domain = pinger->self.domain};
    struct jid named = *jid;
    if (jid_same_server(jid, &pinger->self))
        named.domain = pinger->self.domain;
    return jid_equal(&named, &domain) || jid_equal(&named, &account);
}

/* Whether FROM may answer PING: the JID that was asked; for the own server also the account, or no sender at all. */
static bool may_answer(const struct pinger *pinger, const struct ping *ping, const char *from)
{
    if (!from)
        return ping->to_own_server;
    struct jid sender;
    const char *why;
    if (!jid_parse_told(from, &sender, &why))
        return false;
    bool may = jid_equal(&sender, &ping->to) || (ping->to_own_server && is_own_server(pinger, &sender));
    jid_free(&sender);
    return may;
}

void pinger_ignore(struct pinger *pinger, enum ping_ignored why, const char *from)
{
    const struct ping_context *context = pinger->context;
    if (context->ignored)
        context->ignored(pinger, why, from ? from : "", context->ignored_userdata);
}

static void take_answer(struct pinger *pinger, xmpp_stanza_t *stanza, bool error, int64_t now)
{
    const char *id = xmpp_stanza_get_id(stanza);
    const char *from = xmpp_stanza_get_from(stanza);
    struct ping *ping = id ? pinger_find_open(pinger, id) : NULL;
    if (!ping) {
        pinger_ignore(pinger, id && was_closed(pinger, id) ? PING_IGNORED_DUPLICATE : PING_IGNORED_UNASKED, from);
        return;
    }
    if (!may_answer(pinger, ping, from)) {
        pinger_ignore(pinger, PING_IGNORED_STRANGER, from);
        return;
    }
    if (!error) {
        ping_close_as(pinger, ping, PING_ANSWERED, now);
        return;
    }
    struct ping_answer answer = {.end = PING_REFUSED};
    char *text;
    answer.condition = wire_condition_name(stanza_read_error(stanza, &answer.type, &answer.by, &text));
    answer.text = text;
    ping_close(pinger, ping, &answer, now);
    free(text);
}

/* --- libstrophe's handlers --- */

static int on_iq(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *userdata);
static int on_timer(xmpp_conn_t *conn, void *userdata);
static int64_t tick(struct pinger *pinger);

/* The end of a function that may have called back. A pinger that was detached meanwhile ends with the last of them; a
 * handler that is still running is removed by libstrophe itself, by what it returns. */
static void leave(struct pinger *pinger)
{
    if (--pinger->busy > 0 || !pinger->detached)
        return;
    if (!pinger->in_iq)
        xmpp_handler_delete(pinger->conn, on_iq);
    if (!pinger->in_timer)
        xmpp_timed_handler_delete(pinger->conn, on_timer);
    jid_free(&pinger->self);
    free(pinger);
}

static bool is_request(const char *type)
{
    return type && (strcmp(type, "get") == 0 || strcmp(type, "set") == 0);
}

static int on_iq(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *userdata)
{
    (void)conn;
    struct pinger *pinger = userdata;
    const struct ping_context *context = pinger->context;
    int64_t now = context->arrived ? context->arrived(context->arrived_userdata) : clock_now();
    pinger->busy++;
    pinger->in_iq = true;
    const char *type = xmpp_stanza_get_type(stanza);
    bool error = type && strcmp(type, "error") == 0;
    if (error || (type && strcmp(type, "result") == 0))
        take_answer(pinger, stanza, error, now);
    else if (is_request(type))
        pinger_take_request(pinger, stanza);
    bool again = !pinger->detached;
    if (again)
        pinger->in_iq = false;
    leave(pinger);
    return again;
}

static int on_timer(xmpp_conn_t *conn, void *userdata)
{
    (void)conn;
    struct pinger *pinger = userdata;
    pinger->busy++;
    pinger->in_timer = true;
    tick(pinger);
    bool again = !pinger->detached;
    if (again)
        pinger->in_timer = false;
    leave(pinger);
    return again;
}

/* --- time --- */

/* The open ping that is due first at or before NOW, else NULL. */
static struct ping *find_due(const struct pinger *pinger, int64_t now)
{
    struct ping *due = NULL;
    for (struct ping *ping = pinger->open; ping; ping = ping->next)
        if (ping->due_at <= now && (!due || ping->due_at < due->due_at))
            due = ping;
    return due;
}

static int64_t tick(struct pinger *pinger)
{
    int64_t now = clock_now();
    struct ping *due;
    while (!pinger->detached && (due = find_due(pinger, now)))
        ping_close_as(pinger, due, PING_NO_ANSWER, now);
    if (!pinger->detached && pinger->keepalive.dead && pinger->keepalive_at <= now)
        pinger_keep_alive(pinger);
    if (pinger->detached)
        return INT64_MAX;
    int64_t next = pinger->keepalive.dead ? pinger->keepalive_at : INT64_MAX;
    for (const struct ping *ping = pinger->open; ping; ping = ping->next)
        if (ping->due_at < next)
            next = ping->due_at;
    return next;
}

int64_t ping_tick(struct pinger *pinger)
{
    pinger->busy++;
    int64_t next = tick(pinger);
    leave(pinger);
    return next;
}

/* --- the rest of the interface --- */

struct ping_context *ping_context_new(xmpp_ctx_t *ctx)
{
    struct ping_context *context = calloc(1, sizeof *context);
    if (!context)
        return NULL;
    context->ctx = ctx;
    context->timeout = PING_TIMEOUT_DEFAULT;
    context->respond = true;
    return context;
}

void ping_context_free(struct ping_context *context)
{
    free(context);
}

void ping_set_timeout(struct ping_context *context, int64_t timeout)
{
    context->timeout = timeout;
}

void ping_respond(struct ping_context *context, bool respond)
{
    context->respond = respond;
}

void ping_on_ignored(struct ping_context *context, ping_ignored_callback ignored, void *userdata)
{
    context->ignored = ignored;
    context->ignored_userdata = userdata;
}

void ping_set_arrival_clock(struct ping_context *context, ping_arrival_clock arrived, void *userdata)
{
    context->arrived = arrived;
    context->arrived_userdata = userdata;
}

struct pinger *ping_attach(struct ping_context *context, xmpp_conn_t *conn, const char *self)
{
    if (!self)
        self = xmpp_conn_get_bound_jid(conn);
    if (!self)
        self = xmpp_conn_get_jid(conn);
    struct pinger *pinger = self ? calloc(1, sizeof *pinger) : NULL;
    const char *why;
    if (!pinger || !jid_parse(self, &pinger->self, &why)) {
        free(pinger);
        return NULL;
    }
    pinger->context = context;
    pinger->conn = conn;
    const struct keepalive *all = &context->keepalive;
    ping_keepalive(pinger, all->interval, all->timeout, all->dead, all->userdata);
    xmpp_handler_add(conn, on_iq, NULL, "iq", NULL, pinger);
    xmpp_timed_handler_add(conn, on_timer, TICK_PERIOD, pinger);
    return pinger;
}

void ping_detach(struct pinger *pinger)
{
    if (pinger->detached)
        return;
    pinger->busy++;
    pinger->detached = true;
    int64_t now = clock_now();
    while (pinger->open)
        ping_close_as(pinger, pinger->open, PING_DISCONNECTED, now);
    leave(pinger);
}

xmpp_conn_t *ping_connection(const struct pinger *pinger)
{
    return pinger->conn;
}

uint64_t ping_send(struct pinger *pinger, const char *to, const char *from, int64_t timeout, ping_callback callback,
                   void *userdata)
{
    if (pinger->detached || !xmpp_conn_is_connected(pinger->conn))
        return 0;
    struct ping *ping = calloc(1, sizeof *ping);
    if (!ping)
        return 0;
    const char *why;
    if (!jid_parse(to ? to : pinger->self.domain, &ping->to, &why)) {
        free(ping);
        return 0;
    }
    ping->to_own_server = is_own_server(pinger, &ping->to);

    xmpp_ctx_t *ctx = pinger->context->ctx;
    bool has_id = id_make(ping->id);
    xmpp_stanza_t *stanza = has_id ? ping_stanza_new(ctx, ping->id, to ? to : pinger->self.domain, from) : NULL;
    if (!stanza) {
        ping_free(ping);
        return 0;
    }
    if (timeout <= 0)
        timeout = pinger->context->timeout;
    ping->number = ++pinger->last_number;
    ping->callback = callback;
    ping->userdata = userdata;
    ping->previous = pinger->last;
    *(pinger->last ? &pinger->last->next : &pinger->open) = ping;
    pinger->last = ping;
    xmpp_send(pinger->conn, stanza);
    xmpp_stanza_release(stanza);
    ping->sent_at = clock_now();
    ping->due_at = timeout < INT64_MAX - ping->sent_at ? ping->sent_at + timeout : INT64_MAX;
    return ping->number;
}

void ping_left(struct pinger *pinger, int64_t at)
{
    for (struct ping *ping = pinger->last; ping && ping->number > pinger->left; ping = ping->previous)
        if (ping->sent_at < at)
            ping->sent_at = at;
    pinger->left = pinger->last_number;
}

bool ping_cancel(struct pinger *pinger, uint64_t number)
{
    for (struct ping *ping = pinger->open; ping; ping = ping->next)
        if (ping->number == number) {
            ping_close_as(pinger, ping, PING_CANCELLED, clock_now());
            return true;
        }
    return false;
}
