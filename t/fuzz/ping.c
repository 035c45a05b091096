/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ping library and what a server sends. The first line is the own JID; then stanzas, one on each line. Three pings
 * are open before: p1 to the own server, p2 to b.example, p3 to c@example.net/r. */
#include "ping.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fuzz.h"
#include "jid.h"
#include "stanza.h"

#define PINGS 3

static const char *const targets[PINGS] = {NULL, "b.example", "c@example.net/r"};

static struct {
    unsigned ids;
    int server;
    bool opened, ended;
    int ends[PINGS];
    int answers;
} scene;

char *xmpp_uuid_gen(xmpp_ctx_t *ctx)
{
    char id[16];
    snprintf(id, sizeof id, "p%u", ++scene.ids);
    return xmpp_jid_new(ctx, NULL, id, NULL); /* a copy in the context's own memory */
}

int socket(int domain, int type, int protocol)
{
    int ends[2];
    (void)domain, (void)protocol;
    if (socketpair(AF_UNIX, SOCK_STREAM | (type & (SOCK_NONBLOCK | SOCK_CLOEXEC)), 0, ends) != 0)
        abort();
    scene.server = ends[1];
    return ends[0];
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    (void)fd, (void)address, (void)length;
    return 0;
}

static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *stream_error,
                     void *userdata)
{
    (void)error, (void)stream_error, (void)userdata;
    if (event == XMPP_CONN_RAW_CONNECT)
        xmpp_conn_open_stream_default(conn);
    scene.opened |= event == XMPP_CONN_CONNECT;
    scene.ended |= event == XMPP_CONN_DISCONNECT || event == XMPP_CONN_FAIL;
}

static void on_answer(struct pinger *pinger, const struct ping_answer *answer, void *userdata)
{
    int *ends = userdata;
    (void)pinger;
    EXPECT(++*ends == 1, "a ping ends twice");
    EXPECT(answer->condition && answer->type && answer->text && answer->by, "a string is not there");
    EXPECT(answer->rtt >= 0, "%lld ns", (long long)answer->rtt);
    EXPECT((answer->end == PING_REFUSED) == (answer->condition[0] != '\0'), "end %d: %s", answer->end,
           answer->condition);
    EXPECT(answer->end != PING_CANCELLED && answer->end != PING_NO_ANSWER, "end %d", answer->end);
    scene.answers += answer->end != PING_DISCONNECTED;
}

static void on_ignored(struct pinger *pinger, enum ping_ignored why, const char *from, void *userdata)
{
    (void)pinger, (void)userdata;
    EXPECT((unsigned)why <= PING_IGNORED_UNASKED && from, "%d", why);
}

static void hear(void)
{
    char heard[4096];
    while (recv(scene.server, heard, sizeof heard, MSG_DONTWAIT) > 0)
        ;
}

static void say(xmpp_ctx_t *ctx, const char *text, size_t length)
{
    ssize_t written = send(scene.server, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)written;
    for (size_t read = 0; read <= length && !scene.ended; read += 4096)
        xmpp_run_once(ctx, 0);
    hear();
}

/* The pure functions, on one stanza. */
static void check_stanza(xmpp_ctx_t *ctx, const char *text)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
    if (!stanza)
        return;
    for (enum wire_space space = SPACE_STREAM; space < SPACE_ANY; space++) {
        char *words;
        enum wire_condition condition = stanza_condition(stanza, space, &words);
        enum wire_space its_space = wire_condition_space(condition);
        EXPECT(condition != WIRE_NONE && (its_space == space || its_space == SPACE_ANY), "%s", text);
        free(words);
    }
    const char *type = xmpp_stanza_get_type(stanza);
    EXPECT(!ping_is_ping(stanza) || (type && strcmp(type, "get") == 0 && strstr(text, PING_XMLNS)), "%s", text);
    xmpp_stanza_release(stanza);
}

static void run(const char *self, char *rest)
{
    static const char header[] = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
                                 "version='1.0' id='1' from='example.org'>";
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);
    xmpp_conn_set_flags(conn, XMPP_CONN_FLAG_DISABLE_SM | XMPP_CONN_FLAG_DISABLE_TLS);
    xmpp_conn_set_jid(conn, "example.org");
    xmpp_connect_raw(conn, "127.0.0.1", 5222, on_event, NULL);
    for (int i = 0; i < 3; i++)
        xmpp_run_once(ctx, 0);
    say(ctx, header, strlen(header));
    EXPECT(scene.opened, "no stream");
    struct ping_context *context = ping_context_new(ctx);
    ping_on_ignored(context, on_ignored, NULL);
    struct pinger *pinger = ping_attach(context, conn, self);
    for (int i = 0; pinger && i < PINGS; i++)
        EXPECT(ping_send(pinger, targets[i], NULL, PING_NO_TIMEOUT, on_answer, &scene.ends[i]) > 0, "ping %d", i);
    bool any = strstr(rest, "p1") || strstr(rest, "p2") || strstr(rest, "p3") || strchr(rest, '&');
    char *line;
    while (pinger && !scene.ended && (line = fuzz_line(&rest))) {
        check_stanza(ctx, line);
        say(ctx, line, strlen(line));
    }
    EXPECT(any || scene.answers == 0, "%d answers without an id", scene.answers);
    if (pinger)
        ping_detach(pinger);
    for (int i = 0; pinger && i < PINGS; i++)
        EXPECT(scene.ends[i] == 1, "ping %d has no end", i + 1);
    ping_context_free(context);
    close(scene.server);
    while (!scene.ended)
        xmpp_run_once(ctx, 1);
    xmpp_conn_release(conn);
    xmpp_ctx_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool initialised;
    if (!initialised) {
        xmpp_initialize();
        signal(SIGPIPE, SIG_IGN);
    }
    initialised = true;
    memset(&scene, 0, sizeof scene);
    char *text = fuzz_string(data, size);
    char *rest = text;
    char *self = fuzz_line(&rest);
    struct jid jid;
    const char *why;
    if (rest && jid_parse(self, &jid, &why)) {
        jid_free(&jid);
        run(self, rest);
    }
    free(text);
    return 0;
}
