/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "memory.h"
#include "tls.h"

/* libstrophe's callback for sockets and the signal handler have no argument of ours. */
static struct {
    int offered; /* the connected socket that waits to be handed over, -1 for none */
    int taken;   /* the descriptor where libstrophe has it now */
    volatile sig_atomic_t limit_passed;
} handover = {.offered = -1, .taken = -1};

/* --- the stream log --- */

/* A SASL element is a secret as the password is: nothing of it is shown but its name. */
static bool is_secret(const char *stanza)
{
    static const char *const names[] = {"<auth", "<response", "<challenge", "<success", "<authenticate"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(stanza, names[i], length) == 0 && strchr(" />", stanza[length]))
            return true;
    }
    return false;
}

static void log_line(const struct teller *teller, const char *direction, const char *stanza)
{
    char masked[64];
    if (is_secret(stanza)) {
        snprintf(masked, sizeof masked, "%.*s> [masked]", (int)strcspn(stanza, " />"), stanza);
        stanza = masked;
    } else {
        stanza = tell_masked(teller, stanza);
    }
    struct event event = event_new(EVENT_LOG);
    size_t used = (size_t)snprintf(event.text, sizeof event.text, "%s", direction);
    size_t length = strlen(stanza);
    do {
        size_t part = sizeof event.text - 1 - used < length ? sizeof event.text - 1 - used : length;
        memcpy(event.text + used, stanza, part);
        event.text[used + part] = '\0';
        stanza += part;
        length -= part;
        event.code = length > 0;
        tell(teller, &event);
        used = 0;
    } while (length > 0);
}

static void on_log(void *userdata, xmpp_log_level_t level, const char *area, const char *message)
{
    (void)level, (void)area;
    struct connection *connection = userdata;
    if (strncmp(message, "parse error", 11) == 0 || strncmp(message, "Server did not open valid stream", 32) == 0)
        connection->malformed = true; /* libstrophe says so nowhere else */
    if (!connection->teller)
        return;
    if (strncmp(message, "SENT: ", 6) == 0)
        log_line(connection->teller, "sent: ", message + 6);
    else if (strncmp(message, "RECV: ", 6) == 0)
        log_line(connection->teller, "received: ", message + 6);
}

/* --- libstrophe's callbacks --- */

static int on_socket(xmpp_conn_t *conn, void *socket)
{
    (void)conn;
    int fd = *(int *)socket;
    if (handover.offered >= 0 && dup2(handover.offered, fd) < 0)
        return -1;
    handover.taken = fd;
    return 0;
}

static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *stream_error,
                     void *userdata)
{
    (void)conn, (void)stream_error;
    struct connection *connection = userdata;
    switch (event) {
    case XMPP_CONN_RAW_CONNECT:
        connection->connected = true;
        break;
    case XMPP_CONN_CONNECT:
        connection->opened = connection->greeted = true;
        break;
    case XMPP_CONN_DISCONNECT:
    case XMPP_CONN_FAIL:
        connection->ended = true;
        if (connection->error == 0 && error == ETIMEDOUT)
            connection->error = error;
        break;
    }
}

/* --- life --- */

bool connection_begin(struct connection *connection, const char *domain, int fd, const union address *address, bool tls,
                      bool insecure, const struct teller *log)
{
    *connection = (struct connection){.teller = log};
    char host[NI_MAXHOST];
    socklen_t length = address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
    bool begun = getnameinfo(&address->any, length, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0;

    static xmpp_log_t logger; /* libstrophe keeps the pointer */
    logger = (xmpp_log_t){.handler = on_log, .userdata = connection};
    memory_init(&connection->memory);
    connection->ctx = begun ? xmpp_ctx_new(&connection->memory.suite, &logger) : NULL;
    connection->conn = connection->ctx ? xmpp_conn_new(connection->ctx) : NULL;
    if (connection->conn) {
        unsigned long flags = XMPP_CONN_FLAG_DISABLE_SM;
        if (!tls)
            flags |= XMPP_CONN_FLAG_DISABLE_TLS;
        else
            flags |= XMPP_CONN_FLAG_MANDATORY_TLS | (insecure ? XMPP_CONN_FLAG_TRUST_TLS : 0);
        xmpp_conn_set_flags(connection->conn, (long)flags);
        xmpp_conn_set_jid(connection->conn, domain);
        xmpp_conn_set_sockopt_callback(connection->conn, on_socket);
        handover.offered = fd;
        handover.taken = -1;
        uint16_t port = ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
        begun = xmpp_connect_raw(connection->conn, host, port, on_event, connection) == XMPP_EOK && handover.taken >= 0;
        handover.offered = -1;
    }
    connection->fd = handover.taken;
    connection->unusable = connection->fd < 0;
    close(fd);
    while (begun && !connection->connected && !connection->ended)
        xmpp_run_once(connection->ctx, 10);
    return begun && connection->connected;
}

void connection_open_stream(struct connection *connection, const char *domain)
{
    char *attributes[] = {"to",    (char *)domain,  "version",      "1.0",
                          "xmlns", "jabber:client", "xmlns:stream", "http://etherx.jabber.org/streams"};
    connection->opened = false;
    connection->header_queued = true;
    xmpp_conn_open_stream(connection->conn, attributes, sizeof attributes / sizeof *attributes);
}

bool connection_start_tls(struct connection *connection)
{
    bool started = xmpp_conn_tls_start(connection->conn) == XMPP_EOK;
    connection->limit_passed = handover.limit_passed;
    return started && !connection->ended;
}

/* Looks at what waits on the socket, without taking it: for what came in clear behind <proceed/>, for the words when it
 * is no XMPP, and for the socket's error, which libstrophe drops. */
static void peek(struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->chunk, sizeof connection->chunk, MSG_PEEK | MSG_DONTWAIT);
    connection->chunk_length = got > 0 ? (size_t)got : 0;
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        connection->error = errno;
}

/* Waits until there is something to read; when something is QUEUED, also until it can be sent: a server that takes
 * nothing must not keep us busy. */
static void wait_socket(struct connection *connection, bool queued, int64_t until)
{
    if (tls_pending() > 0)
        return;
#ifdef TCP_QUICKACK
    /* Linux forgets this at each chance; without it a delayed ACK meets Nagle on the server's side and costs 40 ms. */
    int on = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
    struct pollfd waiting = {.fd = connection->fd, .events = queued ? POLLIN | POLLOUT : POLLIN};
    int64_t left = until - clock_now();
    if (left < 0)
        left = 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / NS_PER_S), .tv_nsec = (long)(left % NS_PER_S)};
    ppoll(&waiting, 1, &timeout, NULL);
}

static void run_once(void *ctx)
{
    xmpp_run_once(ctx, 0);
}

/* One round of libstrophe's own loop, which is told not to wait. */
static bool run(struct connection *connection)
{
    peek(connection);
    connection->memory_end = memory_guard(&connection->memory, run_once, connection->ctx);
    connection->limit_passed = handover.limit_passed;
    if (connection->malformed || connection->memory_end != MEMORY_GOOD)
        connection->ended = true;
    return !connection->ended;
}

bool connection_turn(struct connection *connection, int64_t until)
{
    if (connection->ended)
        return false;
    /* libstrophe counts only what was queued by xmpp_send(). It may read, too, what has come meanwhile: the caller
     * looks before it waits. */
    bool queued = connection->header_queued || xmpp_conn_send_queue_len(connection->conn) > 0;
    connection->header_queued = false;
    wait_socket(connection, queued, until);
    return run(connection);
}

bool connection_send_clear(struct connection *connection, const char *text)
{
    size_t length = strlen(text);
    if (connection->teller)
        log_line(connection->teller, "sent: ", text);
    return send(connection->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* --- the limit --- */

static void on_limit(int number)
{
    (void)number;
    handover.limit_passed = 1;
    shutdown(handover.taken, SHUT_RDWR); /* what waits on it wakes up and finds it ended */
}

void connection_limit(struct connection *connection, int64_t limit)
{
    connection->limit_passed = false;
    handover.limit_passed = 0;
    struct itimerval timer = {0};
    if (limit != INT64_MAX) {
        struct sigaction action = {.sa_handler = on_limit};
        sigaction(SIGALRM, &action, NULL);
        int64_t left = limit - clock_now();
        if (left < NS_PER_MS)
            left = NS_PER_MS;
        timer.it_value.tv_sec = (time_t)(left / NS_PER_S);
        timer.it_value.tv_usec = (suseconds_t)(left % NS_PER_S / NS_PER_US);
    }
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* --- the end --- */

void connection_failure(const struct connection *connection, enum phase phase, struct failure *failure)
{
    if (connection->limit_passed) {
        failure_set(failure, phase, phase == PHASE_TLS ? "tls-failed" : "connection-lost", "no answer in time");
    } else if (connection->memory_end == MEMORY_NONE) {
        failure_set(failure, phase, "", "out of memory");
        failure->own_fault = true;
    } else if (connection->memory_end == MEMORY_EXCEEDED) {
        failure_set(failure, phase, "not-xmpp", "the server sends more in one stanza than any may hold");
    } else if (connection->unusable) {
        failure_set(failure, phase, "", "no memory or descriptor is left to use the connection with");
        failure->own_fault = true;
    } else if (connection->malformed && !connection->greeted && connection->chunk_length > 0) {
        /* Something else than XMPP introduces itself. Later the server may know secrets, which a cut would hide. */
        size_t line = 0;
        while (line < connection->chunk_length && line < 40 && connection->chunk[line] >= ' ')
            line++;
        failure_set(failure, phase, "not-xmpp", "the server sends %.*s", (int)line, connection->chunk);
    } else if (connection->malformed) {
        failure_set(failure, phase, "not-xmpp", "the server sends XML that is not well-formed");
    } else if (connection->error) {
        failure_set(failure, phase, "connection-lost", "%s", strerror(connection->error));
    } else {
        failure_set(failure, phase, "connection-lost", "closed by the server");
    }
}

void connection_close_stream(struct connection *connection)
{
    static const char end[] = "</stream:stream>";
    xmpp_send_raw(connection->conn, end, sizeof end - 1);
    xmpp_run_once(connection->ctx, 0);
}

int64_t connection_tcp_rtt(int fd)
{
#ifdef __linux__
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 && info.tcpi_rtt > 0)
        return (int64_t)info.tcpi_rtt * NS_PER_US;
#else
    (void)fd;
#endif
    return -1;
}
