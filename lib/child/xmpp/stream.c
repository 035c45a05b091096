/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "stream_log.h"
#include "xmlns.h"

/* libstrophe's callback for sockets has no argument of ours. */
static struct {
    int offered; /* the connected socket that is handed over, -1 for none */
    int taken;   /* the descriptor where libstrophe has it now */
} handover = {.offered = -1, .taken = -1};

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
    (void)conn, (void)error, (void)stream_error;
    struct stream *stream = userdata;
    switch (event) {
    case XMPP_CONN_RAW_CONNECT:
        stream->connected = true;
        break;
    case XMPP_CONN_CONNECT:
        stream->opened = stream->greeted = true;
        break;
    case XMPP_CONN_DISCONNECT:
    case XMPP_CONN_FAIL:
        /* Before the stream was opened it ends because what came is no stream, behind that because it was closed. */
        stream->malformed = stream->malformed || (stream->connected && !stream->opened);
        stream->ended = true;
        break;
    }
}

/* --- life --- */

static bool connect_raw(struct stream *stream, const char *domain, int fd, const union address *address)
{
    char host[NI_MAXHOST];
    bool is_v6 = address->any.sa_family == AF_INET6;
    if (getnameinfo(&address->any, is_v6 ? sizeof address->v6 : sizeof address->v4, host, sizeof host, NULL, 0,
                    NI_NUMERICHOST) != 0)
        return false;
    xmpp_conn_set_flags(stream->conn, XMPP_CONN_FLAG_DISABLE_SM | XMPP_CONN_FLAG_DISABLE_TLS);
    xmpp_conn_set_jid(stream->conn, domain);
    xmpp_conn_set_sockopt_callback(stream->conn, on_socket);
    handover.offered = fd;
    handover.taken = -1;
    uint16_t port = ntohs(is_v6 ? address->v6.sin6_port : address->v4.sin_port);
    bool begun = xmpp_connect_raw(stream->conn, host, port, on_event, stream) == XMPP_EOK && handover.taken >= 0;
    handover.offered = -1;
    while (begun && !stream->connected && !stream->ended)
        xmpp_run_once(stream->ctx, 10);
    return begun && stream->connected;
}

/* Puts the other end of our pair in the place of the socket, which stays the wire's. */
static bool swap_socket(struct stream *stream)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    bool swapped = dup2(ends[1], handover.taken) >= 0;
    close(ends[1]);
    stream->pair = ends[0];
    return swapped;
}

/* As the wire has them: what TLS keeps to itself is a flood, too. */
static uint64_t idle_bytes(const struct stream *stream)
{
    return stream->wire.received - stream->progress_at;
}

static void take(struct stream *stream)
{
    size_t got = wire_read(&stream->wire, stream->piece, sizeof stream->piece);
    if (got > 0) { /* else the last piece stays, to be quoted */
        stream->piece_start = 0;
        stream->piece_end = got;
    }
    stream->flooded = idle_bytes(stream) > STREAM_BYTES_MAX || stream->idle_elements > STREAM_ELEMENTS_MAX;
    stream->ended = stream->ended || stream->flooded;
}

bool stream_begin(struct stream *stream, const char *domain, int fd, const union address *address,
                  struct teller *teller, bool logs)
{
    memset(stream, 0, sizeof *stream);
    wire_open(&stream->wire, fd, teller);
    memory_init(&stream->memory);
    stream->ctx = xmpp_ctx_new(&stream->memory.suite, logs ? stream_log(teller) : NULL);
    stream->conn = stream->ctx ? xmpp_conn_new(stream->ctx) : NULL;
    if (stream->conn && connect_raw(stream, domain, fd, address) && swap_socket(stream))
        return true;
    take(stream); /* libstrophe refuses a socket, too, that the server has reset meanwhile */
    stream->unusable = stream->wire.end == WIRE_OPEN;
    return false;
}

void stream_open(struct stream *stream, const char *xmlns, const char *to, const char *from)
{
    char *attributes[12] = {"to", (char *)to, "xmlns", (char *)xmlns, "xmlns:stream", STREAM_XMLNS};
    size_t count = 6;
    if (strcmp(xmlns, COMPONENT_XMLNS) != 0) { /* XEP-0114 is older than versions */
        attributes[count++] = "version";
        attributes[count++] = "1.0";
    }
    if (strcmp(xmlns, SERVER_XMLNS) == 0) { /* else no server offers it (XEP-0220 section 2.1.1) */
        attributes[count++] = "xmlns:db";
        attributes[count++] = DB_XMLNS;
    }
    if (from) {
        attributes[count++] = "from";
        attributes[count++] = (char *)from;
    }
    stream->opened = false;
    stream->unsent = true;
    stream->header[0] = '\0';
    xmpp_conn_open_stream(stream->conn, attributes, count);
}

/* The start tag of the stream is the last of the header; nothing that needs XML's escapes is an id for us. */
bool stream_id(const struct stream *stream, char *id, size_t size)
{
    const char *tag = strrchr(stream->header, '<');
    const char *at = tag ? tag : "";
    while ((at = strstr(at, "id="))) {
        at += strlen("id=");
        bool whole = strchr(" \t\r\n", at[-4]) && (*at == '\'' || *at == '"');
        const char *end = whole ? strchr(at + 1, *at) : NULL;
        if (!end)
            continue;
        int length = (int)(end - at - 1);
        return snprintf(id, size, "%.*s", length, at + 1) < (int)size && length > 0 && !strchr(id, '&');
    }
    return false;
}

bool stream_send(struct stream *stream, xmpp_stanza_t *stanza)
{
    if (!stanza)
        return false;
    stream->unsent = true;
    xmpp_send(stream->conn, stanza);
    xmpp_stanza_release(stanza);
    return true;
}

/* --- one round --- */

static void run_once(void *ctx)
{
    xmpp_run_once(ctx, 0);
}

/* One round of libstrophe's own loop, which is told not to wait. */
static void run(struct stream *stream)
{
    stream->memory_end = memory_guard(&stream->memory, run_once, stream->ctx);
    stream->ended = stream->ended || stream->memory_end != MEMORY_GOOD;
}

/* Hands the next bytes over, all that there are or up to the end of a tag. A server that shuts down may begin the
 * stream behind the login in one breath with the success: this beginning is for libstrophe's next parser. */
static void hand_over(struct stream *stream)
{
    static const char beginning[] = "<?xml";
    const char *start = stream->piece + stream->piece_start;
    size_t length = stream->piece_end - stream->piece_start;
    const char *next = memmem(start + 1, length - 1, beginning, sizeof beginning - 1);
    if (next)
        length = (size_t)(next - start);
    const char *tag_end = stream->by_tags ? memchr(start, '>', length) : NULL;
    if (tag_end)
        length = (size_t)(tag_end - start) + 1;
    if (stream->by_tags && !stream->opened) {
        size_t used = strlen(stream->header);
        snprintf(stream->header + used, sizeof stream->header - used, "%.*s", (int)length, start);
    }
    stream->piece_start += length;
    stream->handed = true;
    /* It always has room: libstrophe reads all that it was given before. */
    ssize_t written = send(stream->pair, start, length, MSG_NOSIGNAL);
    if (written == (ssize_t)length)
        run(stream);
    else
        stream->ended = stream->unusable = true;
}

/* What libstrophe has written goes to the wire. A stream error is nothing that we send: it is libstrophe's answer to
 * what it could not parse. */
static void collect(struct stream *stream)
{
    static const char complaint[] = "<stream:error";
    char text[WIRE_PIECE];
    ssize_t got;
    while (wire_has_room(&stream->wire) && (got = recv(stream->pair, text, sizeof text, 0)) > 0) {
        if (memmem(text, (size_t)got, complaint, sizeof complaint - 1))
            stream->malformed = stream->ended = true;
        else
            wire_write(&stream->wire, text, (size_t)got);
        explicit_bzero(text, (size_t)got);
    }
}

void stream_flush(struct stream *stream)
{
    /* What it was handed may have made libstrophe write, too. */
    bool has_more = stream->unsent || stream->handed || xmpp_conn_send_queue_len(stream->conn) > 0;
    if (stream->ended || !has_more || !wire_has_room(&stream->wire))
        return;
    run(stream);
    collect(stream);
    stream->unsent = stream->handed = false;
}

bool stream_turn(struct stream *stream, int64_t until)
{
    bool was_secured = stream->wire.secured;
    /* What has come is read before anything is sent: an answer must not stand before its question. */
    if (!stream_has_rest(stream))
        take(stream);
    if (!stream_has_rest(stream) && !stream->ended) {
        stream_flush(stream);
        if (!stream->ended && stream->wire.end == WIRE_OPEN && stream->wire.secured == was_secured) {
            wire_wait(&stream->wire, until);
            take(stream);
        }
    }
    if (stream_has_rest(stream) && !stream->ended)
        hand_over(stream);
    if (stream->wire.end != WIRE_OPEN && !stream_has_rest(stream))
        stream->ended = true;
    return !stream->ended;
}

bool stream_has_rest(const struct stream *stream)
{
    return stream->piece_start < stream->piece_end;
}

bool stream_is_full(const struct stream *stream)
{
    return !wire_has_room(&stream->wire);
}

int64_t stream_arrived_at(void *userdata)
{
    const struct stream *stream = userdata;
    return stream->wire.arrived_at;
}

void stream_count(struct stream *stream)
{
    stream->idle_elements++;
}

void stream_progress(struct stream *stream)
{
    stream->progress_at = stream->wire.received;
    stream->idle_elements = 0;
}

void stream_close(struct stream *stream)
{
    static const char end[] = "</stream:stream>";
    xmpp_send_raw(stream->conn, end, sizeof end - 1);
    stream->unsent = true;
    stream_flush(stream);
}

/* --- why it ended --- */

/* What a server that waits for TLS answers to XML: the type of the record (RFC 8446 section 5.1). */
#define TLS_ALERT 21

/* Where the first line that is not empty begins. */
static size_t skip_blanks(const struct stream *stream)
{
    static const char blanks[] = {' ', '\t', '\r', '\n'};
    size_t start = 0;
    while (start < stream->piece_end && memchr(blanks, stream->piece[start], sizeof blanks))
        start++;
    return start;
}

/* Something else than XMPP introduces itself. Later the server may know secrets, which a cut would hide. */
static void quote(const struct stream *stream, enum phase phase, struct failure *failure)
{
    char said[41];
    size_t length = 0;
    for (size_t i = skip_blanks(stream); i < stream->piece_end && length < sizeof said - 1 && stream->piece[i] >= ' ';
         i++)
        said[length++] = stream->piece[i];
    said[length] = '\0';
    if (stream->piece[0] == TLS_ALERT)
        failure_set(failure, phase, CONDITION_NOT_XMPP, "the server answers in TLS: does it want --tls=direct?");
    else if (length == 0)
        failure_set(failure, phase, CONDITION_NOT_XMPP, "the server sends no text");
    else
        failure_set(failure, phase, CONDITION_NOT_XMPP, "the server sends %s", tell_masked(stream->wire.teller, said));
}

/* The names in it are the server's. */
static const char *certificate_cause(const struct stream *stream, const struct tls_facts *facts)
{
    const char *names = facts->certificate.names, *masked = tell_masked(stream->wire.teller, names);
    return masked == names ? facts->certificate.cause : masked;
}

static void explain_tls(const struct stream *stream, struct failure *failure)
{
    const struct tls_facts *facts = tls_facts(stream->wire.tls);
    bool refused = facts->certificate.condition != CONDITION_NONE && !stream->wire.secured && !facts->alert[0];
    if (!facts->own_fault && refused) {
        failure_set(failure, PHASE_TLS, facts->certificate.condition, "%s", certificate_cause(stream, facts));
        return;
    }
    if (!facts->own_fault && facts->alert[0]) {
        failure_set(failure, PHASE_TLS, CONDITION_TLS_FAILED, "the server sends alert %s", facts->alert);
        return;
    }
    const char *cause = facts->unproven ? "the certificate was not verified" : facts->openssl ? "" : "out of memory";
    if (facts->own_fault)
        failure_set_own_fault(failure, PHASE_TLS, cause);
    else
        failure_set(failure, PHASE_TLS, CONDITION_TLS_FAILED, "%s", cause);
    failure->openssl = facts->openssl;
}

static void explain_end(const struct stream *stream, enum phase phase, struct failure *failure)
{
    const struct wire *wire = &stream->wire;
    bool shaking_hands = wire->tls && !wire->secured;
    if (shaking_hands)
        failure_set(failure, PHASE_TLS, CONDITION_TLS_FAILED, "%s",
                    wire->error ? strerror(wire->error) : "the server ended the connection");
    else
        failure_set(failure, phase, CONDITION_CONNECTION_LOST, "%s",
                    wire->error == ECONNRESET ? "reset by peer"
                    : wire->error             ? strerror(wire->error)
                                              : "closed by the server");
}

void stream_failure(const struct stream *stream, enum phase phase, struct failure *failure)
{
    if (stream->memory_end == MEMORY_NONE || stream->wire.end == WIRE_NO_MEMORY) {
        failure_set_own_fault(failure, phase, "out of memory");
    } else if (stream->unusable) {
        failure_set_own_fault(failure, phase, "no memory or descriptor is left to use the connection with");
    } else if (stream->flooded) {
        failure_set(failure, phase, CONDITION_FLOODED, "the server sent %u elements, %u KiB, and no answer",
                    stream->idle_elements, (unsigned)(idle_bytes(stream) >> 10));
    } else if (stream->memory_end == MEMORY_EXCEEDED) {
        failure_set(failure, phase, CONDITION_NOT_XMPP, "the server sends more in one stanza than any may hold");
    } else if (stream->malformed && !stream->greeted && stream->piece_end > 0) {
        quote(stream, phase, failure);
    } else if (stream->malformed) {
        failure_set(failure, phase, CONDITION_NOT_XMPP, "the server sends XML that is not well-formed");
    } else if (stream->limit_passed) {
        failure_set(failure, phase, phase == PHASE_TLS ? CONDITION_TLS_FAILED : CONDITION_CONNECTION_LOST,
                    "no answer in time");
    } else if (stream->wire.end == WIRE_TLS_FAILED) {
        explain_tls(stream, failure);
    } else {
        explain_end(stream, phase, failure);
    }
}
