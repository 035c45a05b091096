/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bare libstrophe connection, of which the test itself is the server, and what the ping library tells of it. */
#ifndef TWO_ENDS_H
#define TWO_ENDS_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ping.h"

static struct {
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;
    int listener;
    int server; /* the server's end of the connection */
    bool open;
    bool ended;
    char received[65536]; /* what the client sent since the last take() */
} link_;

static inline void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *stream_error,
                            void *userdata)
{
    (void)error, (void)stream_error, (void)userdata;
    if (event == XMPP_CONN_RAW_CONNECT)
        xmpp_conn_open_stream_default(conn);
    else if (event == XMPP_CONN_CONNECT)
        link_.open = true;
    else
        link_.ended = true;
}

static inline void say(const char *text)
{
    ssize_t written = write(link_.server, text, strlen(text));
    (void)written;
}

/* Lets both ends do what they have to do. */
static inline void pump(void)
{
    xmpp_run_once(link_.ctx, 1);
    size_t used = strlen(link_.received);
    ssize_t got = recv(link_.server, link_.received + used, sizeof link_.received - 1 - used, MSG_DONTWAIT);
    link_.received[used + (got > 0 ? (size_t)got : 0)] = '\0';
}

/* Pumps until the client has sent WANTED, and returns where; NULL after a generous time. */
static inline char *expect(const char *wanted)
{
    int64_t until = clock_now() + 20 * NS_PER_S;
    char *found;
    while (!(found = strstr(link_.received, wanted)) && clock_now() < until)
        pump();
    return found;
}

/* Pumps a while, for what shall not happen. */
static inline void settle(void)
{
    for (int i = 0; i < 20; i++)
        pump();
}

static inline void connect_both(const char *jid)
{
    memset(&link_, 0, sizeof link_);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    link_.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bind(link_.listener, (struct sockaddr *)&address, length);
    listen(link_.listener, 1);
    getsockname(link_.listener, (struct sockaddr *)&address, &length);
    link_.ctx = xmpp_ctx_new(NULL, NULL);
    link_.conn = xmpp_conn_new(link_.ctx);
    xmpp_conn_set_flags(link_.conn, XMPP_CONN_FLAG_DISABLE_SM);
    xmpp_conn_set_jid(link_.conn, jid);
    xmpp_connect_raw(link_.conn, "127.0.0.1", ntohs(address.sin_port), on_event, NULL);
    link_.server = accept(link_.listener, NULL, NULL);
    expect("<stream:stream");
    say("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='1' "
        "from='example.org'>");
    while (!link_.open)
        pump();
    link_.received[0] = '\0';
}

static inline void disconnect_both(void)
{
    close(link_.server);
    close(link_.listener);
    while (!link_.ended)
        xmpp_run_once(link_.ctx, 1);
    xmpp_conn_release(link_.conn);
    xmpp_ctx_free(link_.ctx);
}

/* --- what is told --- */

struct told {
    int count;
    enum ping_end end;
    int64_t rtt;
    char condition[40], type[16], text[80], by[80];
    bool detach; /* the callback detaches the pinger */
};

static inline void on_answer(struct pinger *pinger, const struct ping_answer *answer, void *userdata)
{
    struct told *told = userdata;
    told->count++;
    told->end = answer->end;
    told->rtt = answer->rtt;
    snprintf(told->condition, sizeof told->condition, "%s", answer->condition);
    snprintf(told->type, sizeof told->type, "%s", answer->type);
    snprintf(told->text, sizeof told->text, "%s", answer->text);
    snprintf(told->by, sizeof told->by, "%s", answer->by);
    if (told->detach)
        ping_detach(pinger);
}

static int ignored[4];

static inline void on_ignored(struct pinger *pinger, enum ping_ignored why, const char *from, void *userdata)
{
    (void)pinger, (void)from, (void)userdata;
    ignored[why]++;
}

static inline void wait_for(const struct told *told, int count)
{
    int64_t until = clock_now() + 20 * NS_PER_S;
    while (told->count < count && clock_now() < until)
        pump();
}

/* The id of the ping that the client has just sent. */
static inline const char *take_id(void)
{
    static char id[80];
    char *at = expect("urn:xmpp:ping");
    at = at ? strstr(link_.received, "id=\"") : NULL;
    snprintf(id, sizeof id, "%.*s", at ? (int)strcspn(at + 4, "\"") : 0, at ? at + 4 : "");
    link_.received[0] = '\0';
    return id;
}

/* Says an iq with the client's last id: TYPE, FROM ("" for none), BODY. */
static inline void answer(const char *id, const char *type, const char *from, const char *body)
{
    char text[1024];
    snprintf(text, sizeof text, "<iq type='%s' id='%s'%s%s%s>%s</iq>", type, id, *from ? " from='" : "", from,
             *from ? "'" : "", body);
    say(text);
}

#endif
