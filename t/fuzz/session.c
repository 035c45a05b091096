/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that the child does on a connection, told to the parent's side, judged and printed: streams, SASL, bind, pings.
 * The first line is the command line, which gets --tls=none and an address; behind it stands what the server says, in
 * pieces with an empty line between, each said when the client waits. Our ids are id1, id2, ... The server knows the
 * password, and may say it: the parent must never hear it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <strophe.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "event.h"
#include "fuzz.h"
#include "host.h"
#include "judged.h"
#include "child/child.h"
#include "child/xmpp/id.h"
#include "secret.h"
#include "world.h"

#define PASSWORD "Pencil<&7"

/* What is left to the process' end there is too much for many runs in one process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

/* --- the connection --- */

static struct {
    int server; /* the server's end of the first socket, -1 before it is made and when it is closed */
    bool made;
    int pair;         /* the child's end of the pair to libstrophe */
    const char *rest; /* what the server will say */
    size_t left;
    unsigned ids;
    int records;
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;
} peer;

static int make_pair(int domain, int type, int protocol, int ends[2])
{
    int (*next)(int, int, int, int *);
    *(void **)&next = dlsym(RTLD_NEXT, "socketpair");
    return next(domain, type, protocol, ends);
}

/* The pair over which libstrophe is spoken to. */
int socketpair(int domain, int type, int protocol, int ends[2])
{
    int code = make_pair(domain, type, protocol, ends);
    peer.pair = code == 0 ? ends[0] : -1;
    return code;
}

int socket(int domain, int type, int protocol)
{
    int ends[2];
    int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC);
    int code = make_pair(AF_UNIX, SOCK_STREAM | flags, 0, ends);
    (void)domain, (void)protocol;
    if (code != 0)
        abort();
    if (peer.made) { /* libstrophe's, which is thrown away */
        close(ends[1]);
    } else {
        peer.made = true;
        peer.server = ends[1];
        fcntl(peer.server, F_SETFL, O_NONBLOCK);
    }
    return ends[0];
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    (void)fd, (void)address, (void)length;
    return 0;
}

/* Both ends of a pair have one name, which dial.c takes for a socket that is connected to itself. */
int getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
    static const struct sockaddr_in name = {.sin_family = AF_INET};
    (void)fd;
    memcpy(address, &name, *length < sizeof name ? *length : sizeof name);
    *length = sizeof name;
    return 0;
}

static bool say(void *userdata)
{
    (void)userdata;
    if (peer.server < 0)
        return false;
    char heard[4096];
    while (read(peer.server, heard, sizeof heard) > 0)
        ;
    if (peer.left == 0) {
        close(peer.server);
        peer.server = -1;
        return true;
    }
    const char *end = memmem(peer.rest, peer.left, "\n\n", 2);
    size_t length = end ? (size_t)(end - peer.rest) : peer.left;
    ssize_t written = write(peer.server, peer.rest, length);
    (void)written; /* what has no room is lost */
    size_t taken = end ? length + 2 : length;
    peer.rest += taken;
    peer.left -= taken;
    return true;
}

/* --- what is random, and what the child leaves behind of libstrophe --- */

bool id_make(char id[ID_SIZE])
{
    snprintf(id, ID_SIZE, "id%u", ++peer.ids);
    return true;
}

xmpp_ctx_t *xmpp_ctx_new(const xmpp_mem_t *memory, const xmpp_log_t *log)
{
    xmpp_ctx_t *(*next)(const xmpp_mem_t *, const xmpp_log_t *);
    *(void **)&next = dlsym(RTLD_NEXT, "xmpp_ctx_new");
    return peer.ctx = next(memory, log);
}

xmpp_conn_t *xmpp_conn_new(xmpp_ctx_t *ctx)
{
    xmpp_conn_t *(*next)(xmpp_ctx_t *);
    *(void **)&next = dlsym(RTLD_NEXT, "xmpp_conn_new");
    return peer.conn = next(ctx);
}

/* Behind the last record the child would end, which is when libstrophe's objects can be freed: their memory is the
 * child's. What ran out of memory cannot be, it is lost. */
ssize_t write(int fd, const void *bytes, size_t size)
{
    const struct event *event = bytes;
    bool last = fd == peer.records && (event->kind == EVENT_DONE || event->kind == EVENT_FAILURE);
    if (last && peer.conn && !strstr(event->text, "than any may hold")) {
        if (peer.server >= 0)
            close(peer.server);
        peer.server = -1;
        close(peer.pair);
        while (xmpp_conn_is_connected(peer.conn))
            xmpp_run_once(peer.ctx, 1);
        xmpp_conn_release(peer.conn);
        xmpp_ctx_free(peer.ctx);
    }
    return syscall(SYS_write, fd, bytes, size);
}

/* --- the records --- */

/* What the server has been told: the password, in base64 up to where what follows it matters, in base64 behind
 * "\0user\0", and as XML has it. */
static bool holds(const char *text)
{
    static const char *const forms[] = {PASSWORD, "UGVuY2lsPCY3", "AHVzZXIAUGVuY2lsPCY3", "Pencil&lt;&amp;7"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strstr(text, forms[i]))
            return true;
    return false;
}

static void take_records(int fd, const struct settings *settings, bool must_prove)
{
    bool told = settings->jid.node && strcmp(settings->jid.node, "user") == 0;
    struct result result;
    struct event event;
    if (!result_init(&result, settings, clock_now()))
        abort();
    bool ended = false;
    lseek(fd, 0, SEEK_SET);
    while (read(fd, &event, sizeof event) == (ssize_t)sizeof event) {
        EXPECT(event_valid(&event, (uint32_t)settings->target_count, 1000), "a record of kind %u", event.kind);
        EXPECT(!ended, "a record behind the last, of kind %u", event.kind);
        ended = event.kind == EVENT_DONE || event.kind == EVENT_FAILURE;
        EXPECT(event.kind != EVENT_FAILURE || event.code == 0 || strstr(event.text, "--tls"), "it is our own fault: %s",
               event.text);
        EXPECT(event.kind != EVENT_FAILURE || event.code != 0 || event.condition != CONDITION_NONE ||
                   event.wire != WIRE_NONE,
               "%s", event.text);
        EXPECT((event.kind != EVENT_PING_SENT && event.kind != EVENT_LOGIN) || !must_prove,
               "pinged without the server's proof");
        const char *const texts[] = {event.type, event.name, event.by, event.text};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            EXPECT(!told || !holds(texts[i]), "the secret: %s", texts[i]);
        result_take(&event, &result);
    }
    EXPECT(ended, "no last record");
    if (result.log_length > 0) {
        char *log = strndup(result.log, result.log_length);
        EXPECT(!told || !holds(log), "the secret: %s", log);
        free(log);
    }
    struct supervision supervision = {.end = SUPERVISE_DONE, .ended_at = clock_now()};
    fuzz_report(settings, &result, &supervision);
    result_free(&result);
}

static bool only_scram(const struct settings *settings)
{
    for (size_t i = 0; i < settings->required_count; i++)
        if (strncmp(settings->required_mechanisms[i], "SCRAM", 5) != 0)
            return false;
    return settings->required_count > 0;
}

static void run(struct settings *settings)
{
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("records", MFD_CLOEXEC);
        setenv("SSL_CERT_FILE", "/dev/null", 1);
        signal(SIGPIPE, SIG_IGN);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    struct secret password = {0};
    settings->password = &password;
    if (settings->jid.node)
        password = (struct secret){.set = true, .length = strlen(PASSWORD), .value = PASSWORD};

    peer.records = fd;
    world_begin(say, NULL);
    struct probe_input input = {.settings = settings, .deadline = clock_now() + settings->timeout};
    probe_run(&input, fd);
    if (peer.server >= 0)
        close(peer.server);
    world_end();
    take_records(fd, settings, only_scram(settings));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - data) : size;
    char line[400];
    snprintf(line, sizeof line, "-H 127.0.0.1 -p 5222 --tls none -n 2 %.*s", (int)(length < 300 ? length : 300),
             (const char *)data);
    peer = (typeof(peer)){
        .server = -1, .rest = newline ? (const char *)newline + 1 : "", .left = newline ? size - length - 1 : 0};
    struct settings settings;
    union address address; /* a name would ask the machine's name servers, whose clock is another */
    if (fuzz_settings(&settings, line) && settings.hostname && host_literal(settings.hostname, &address) &&
        settings.tls == TLS_NONE && settings.target_count < 9 && settings.count < 9)
        run(&settings);
    settings_free(&settings);
    return 0;
}
