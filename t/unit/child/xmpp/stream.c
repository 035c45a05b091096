/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a stream on a socket that is connected no more; what TLS takes and gives without a word of text. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "handshake.h"
#include "tap.h"

/* A connection to this machine: returns our end, PEER gets the other. ADDRESS gets where it was connected to. */
static int connect_here(union address *address, int *peer)
{
    socklen_t length = sizeof address->v4;
    memset(address, 0, sizeof *address);
    address->v4.sin_family = AF_INET;
    address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); /* as the dialer's are */
    if (bind(listener, &address->any, length) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, &address->any, &length) != 0 ||
        (connect(fd, &address->any, length) != 0 && errno != EINPROGRESS))
        return -1;
    *peer = accept(listener, NULL, NULL);
    close(listener);
    return fd;
}

/* A socket whose connection the other side has reset; -1 on failure. Blocks until the reset is there. */
static int make_reset_socket(union address *address)
{
    int peer, fd = connect_here(address, &peer);
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    close(peer);
    poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
    return fd;
}

/* One for each connection, as what they hold is for a process' life. */
static struct stream streams[3], *stream = streams;
static struct teller teller;

static void test_reset(void)
{
    struct failure failure;
    union address address;
    int fd = make_reset_socket(&address);
    ok(fd >= 0, "a connection was made and reset");
    ok(!stream_begin(stream, "example.org", fd, &address, &teller, false), "no stream begins on it");
    stream_failure(stream, PHASE_CONNECT, &failure);
    ok(!failure.own_fault, "that is no fault of ours");
    ok(failure.condition.own == CONDITION_CONNECTION_LOST, "but a connection that was lost");
    close(fd);
}

/* --- with TLS --- */

#define PATIENCE (120 * NS_PER_S)

/* More than the wire has room for. Names of 200 bytes. */
#define LONG_NAMES 250

/* A client's certificate with many names, and its key, in FILE. */
static void write_long_certificate(char *file, size_t size)
{
    static char names[LONG_NAMES * 220];
    size_t used = 0;
    for (int i = 0; i < LONG_NAMES; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%sDNS:%0200d.example.org", i ? "," : "", i);
    X509 *certificate = make_certificate(authority, "client", names, -1, 90, false);
    write_certificate(file, size, "client.pem", certificate);
    chmod(file, 0600);
    FILE *append = fopen(file, "a");
    PEM_write_PrivateKey(append, key, NULL, NULL, 0, NULL, NULL);
    fclose(append);
    X509_free(certificate);
}

/* Makes a stream with TLS on it. Returns the server's side; NULL when there is none in time. */
static SSL *secure(const struct tls_context *client, SSL_CTX *context, const struct shake *shake)
{
    union address address;
    int peer, fd = connect_here(&address, &peer);
    fcntl(peer, F_SETFL, O_NONBLOCK);
    SSL *server = make_server(shake, context);
    SSL_set_fd(server, peer);
    stream++;
    bool begun = stream_begin(stream, "example.org", fd, &address, &teller, false);
    wire_start_tls(&stream->wire, tls_new(client, true));
    int64_t end = clock_now() + PATIENCE;
    bool accepted = false;
    while (begun && !(accepted && stream->wire.secured) && clock_now() < end) {
        accepted = SSL_accept(server) == 1;
        begun = stream_turn(stream, clock_now() + NS_PER_MS);
    }
    if (accepted && stream->wire.secured)
        return server;
    SSL_free(server);
    return NULL;
}

static void drop(SSL *server)
{
    close(SSL_get_fd(server));
    SSL_free(server);
    wire_close(&stream->wire);
}

static int take_any(X509_STORE_CTX *verification, void *unused)
{
    (void)verification, (void)unused;
    return 1;
}

static void test_tls(X509 *leaf)
{
    char file[64];
    struct tls_fault fault;
    write_long_certificate(file, sizeof file);
    struct settings settings = {.insecure = true, .ca_file = ca_file, .client_cert = file};
    settings.jid = (struct jid){.domain = (char *)"example.org", .ascii = (char *)"example.org"};
    static struct tls_context *client; /* so is this */
    client = tls_prepare(&settings, &fault);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_cert_verify_callback(context, take_any, NULL);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"test", 4);
    SSL_CTX_set_block_padding(context, 16384); /* a large record for each ticket */
    SSL *server = secure(client, context, &(struct shake){.leaf = leaf, .asks = true, .version = TLS1_2_VERSION});
    ok(server, "a client's certificate that is larger than the wire's room passes");
    if (server)
        drop(server);

    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
    server = secure(client, context, &(struct shake){.leaf = leaf});
    struct failure failure = {0};
    int64_t end = clock_now() + PATIENCE;
    bool alive = server != NULL;
    stream_progress(stream);
    while (alive && clock_now() < end) {
        SSL_new_session_ticket(server);
        SSL_do_handshake(server);
        alive = stream_turn(stream, clock_now() + NS_PER_MS);
    }
    ok(server && !alive, "a server that sends tickets for sessions without end is left");
    stream_failure(stream, PHASE_PING, &failure);
    is_int(failure.condition.own, CONDITION_FLOODED, "by name");
    if (server)
        drop(server);
    SSL_CTX_free(context);
    unlink(file);
}

int main(void)
{
    teller.fd = open("/dev/null", O_WRONLY);
    plan_tests(7);
    test_reset();
    if (!handshake_begin())
        return 1;
    X509 *leaf = make_certificate(authority, NULL, "DNS:example.org", -1, 90, false);
    test_tls(leaf);
    X509_free(leaf);
    handshake_end();
    return exit_status();
}
