/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stays logged in, answers pings, and pings the server to notice when the connection is dead: the ping library on a
 * connection that libstrophe logs in by itself.
 *
 *   KEEPALIVE_PASSWORD=... keepalive JID HOST PORT CA-FILE INTERVAL TIMEOUT
 *
 * INTERVAL and TIMEOUT are milliseconds. Prints a line for each thing that happens; ends with 0 when the server has
 * closed the stream, with 2 when it was found dead. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <strophe.h>

#include "ping.h"

struct client {
    xmpp_ctx_t *ctx;
    struct ping_context *pings;
    struct pinger *pinger; /* while connected */
    bool dead;
};

static void say(const char *what)
{
    puts(what);
    fflush(stdout);
}

static void on_dead(struct pinger *pinger, void *userdata)
{
    (void)pinger;
    struct client *client = userdata;
    say("dead: a ping was not answered in time");
    client->dead = true;
    xmpp_stop(client->ctx);
}

static void on_first_pong(struct pinger *pinger, const struct ping_answer *answer, void *userdata)
{
    (void)pinger, (void)userdata;
    if (answer->end == PING_ANSWERED)
        printf("pong: %.3f ms\n", (double)answer->rtt / 1e6);
    else
        printf("no pong: %s\n", answer->condition);
    fflush(stdout);
}

static void detach(struct client *client)
{
    if (client->pinger)
        ping_detach(client->pinger);
    client->pinger = NULL; /* libstrophe may tell of the disconnection once more */
}

static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *stream_error,
                     void *userdata)
{
    (void)error, (void)stream_error;
    struct client *client = userdata;
    if (event == XMPP_CONN_CONNECT) {
        say("connected");
        client->pinger = ping_attach(client->pings, conn, NULL);
        if (client->pinger)
            ping_send(client->pinger, NULL, NULL, 0, on_first_pong, NULL);
        return;
    }
    detach(client);
    say("disconnected");
    xmpp_stop(client->ctx);
}

int main(int argc, char *argv[])
{
    const char *password = getenv("KEEPALIVE_PASSWORD");
    if (argc != 7 || !password) {
        fputs("usage: KEEPALIVE_PASSWORD=... keepalive JID HOST PORT CA-FILE INTERVAL TIMEOUT\n", stderr);
        return 3;
    }
    xmpp_initialize();
    struct client client = {.ctx = xmpp_ctx_new(NULL, NULL)};
    client.pings = ping_context_new(client.ctx);
    ping_keepalive_all(client.pings, atoll(argv[5]) * 1000000, atoll(argv[6]) * 1000000, on_dead, &client);

    xmpp_conn_t *conn = xmpp_conn_new(client.ctx);
    xmpp_conn_set_flags(conn, XMPP_CONN_FLAG_MANDATORY_TLS | XMPP_CONN_FLAG_DISABLE_SM);
    xmpp_conn_set_jid(conn, argv[1]);
    xmpp_conn_set_pass(conn, password);
    xmpp_conn_set_cafile(conn, argv[4]);
    if (xmpp_connect_client(conn, argv[2], (unsigned short)atoi(argv[3]), on_event, &client) != XMPP_EOK)
        return 3;
    xmpp_run(client.ctx);

    detach(&client);
    xmpp_conn_release(conn);
    ping_context_free(client.pings);
    xmpp_ctx_free(client.ctx);
    xmpp_shutdown();
    return client.dead ? 2 : 0;
}
