/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least that a client can do for a login and some pings: OpenSSL and a socket by hand, one process, no XML parser, no
 * message that waits for nothing. It is correct where a stranger could cheat (certificate, server's signature), follows
 * RFC 6120 in that it sends nothing before the server has offered it, and leaves out all else. Not a model for a client.
 *
 * floor ADDRESS PORT DOMAIN USER PASSWORD-FILE CA-FILE [PINGS]
 *
 * Prints the round trip of each ping in microseconds, one a line. Exit code 0, or 2 on any failure. USER and the password
 * must be ASCII, and USER must have neither "=" nor ",". */
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"

#define PATIENCE 30 /* seconds for each answer */
#define DIGEST_SIZE 20 /* SHA-1 */
#define ITERATIONS_MAX 10000000

struct client {
    int fd;
    SSL *ssl; /* NULL before TLS */
    char in[16384];
    size_t length;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    exit(2);
}

/* --- the wire --- */

static void dial(struct client *client, const char *address, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found;
    if (getaddrinfo(address, port, &hints, &found) != 0)
        fail("no such address");
    client->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    struct timeval patience = {.tv_sec = PATIENCE};
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(client->fd, found->ai_addr, found->ai_addrlen) != 0)
        fail("cannot connect");
    freeaddrinfo(found);
}

static void start_tls(struct client *client, const char *domain, const char *ca_file)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_load_verify_file(ctx, ca_file) != 1)
        fail("cannot set up TLS");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    client->ssl = SSL_new(ctx);
    if (!client->ssl || SSL_set1_host(client->ssl, domain) != 1 ||
        SSL_set_tlsext_host_name(client->ssl, domain) != 1 || SSL_set_fd(client->ssl, client->fd) != 1)
        fail("cannot set up TLS");
    if (SSL_connect(client->ssl) != 1)
        fail("no TLS, or a certificate that is not right");
}

static void put(struct client *client, const char *text)
{
    size_t length = strlen(text);
    if (client->ssl ? SSL_write(client->ssl, text, (int)length) != (int)length
                    : send(client->fd, text, length, MSG_NOSIGNAL) != (ssize_t)length)
        fail("cannot send");
}

/* Adds what comes next to the text that is already there. */
static void take(struct client *client)
{
    int on = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on); /* Linux forgets it at each chance */
    char *end = client->in + client->length;
    size_t room = sizeof client->in - 1 - client->length;
    ssize_t got = client->ssl ? SSL_read(client->ssl, end, (int)room) : recv(client->fd, end, room, 0);
    if (got <= 0)
        fail("the connection ended, or no answer came");
    client->length += (size_t)got;
    client->in[client->length] = '\0';
    if (strstr(client->in, "<stream:error") || strstr(client->in, "<failure"))
        fail("the server refuses");
}

/* Reads until END is there and returns all that came, good until the next call. */
static const char *await(struct client *client, const char *end)
{
    client->length = 0;
    client->in[0] = '\0';
    while (!strstr(client->in, end))
        take(client);
    return client->in;
}

static const char *open_stream(struct client *client, const char *domain)
{
    char header[512];
    snprintf(header, sizeof header,
             "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "
             "xmlns:stream='http://etherx.jabber.org/streams'>",
             domain);
    put(client, header);
    return await(client, "</stream:features>");
}

/* --- SCRAM-SHA-1 (RFC 5802) --- */

static void encode(const void *bytes, size_t length, char *text)
{
    EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
}

/* Decodes the base64 at TEXT, which ends at END. Returns the length. */
static size_t decode(const char *text, const char *end, unsigned char *bytes, size_t size)
{
    size_t length = (size_t)(end - text);
    if (length % 4 != 0 || length == 0 || length / 4 * 3 > size)
        fail("bad base64");
    int got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length);
    if (got < 0)
        fail("bad base64");
    return (size_t)got - (end[-1] == '=') - (end[-2] == '=');
}

/* Decodes the text of the element NAME within IN. */
static void decode_element(const char *in, const char *name, char *message, size_t size)
{
    const char *element = strstr(in, name);
    const char *text = element ? strchr(element, '>') : NULL;
    const char *end = text ? strchr(text, '<') : NULL;
    if (!end)
        fail("an element without text");
    message[decode(text + 1, end, (unsigned char *)message, size - 1)] = '\0';
}

static void sign(const void *key, int key_length, const char *text, unsigned char digest[DIGEST_SIZE])
{
    if (!HMAC(EVP_sha1(), key, key_length, (const unsigned char *)text, strlen(text), digest, NULL))
        fail("cannot compute an HMAC");
}

/* Proof and server's signature for the exchange so far (AuthMessage). */
static void scram(const char *password, const unsigned char *salt, size_t salt_length, int iterations, const char *auth,
                  unsigned char proof[DIGEST_SIZE], unsigned char signature[DIGEST_SIZE])
{
    unsigned char salted[DIGEST_SIZE], client_key[DIGEST_SIZE], stored_key[DIGEST_SIZE], server_key[DIGEST_SIZE];
    if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, (int)salt_length, iterations, EVP_sha1(), DIGEST_SIZE,
                          salted) != 1)
        fail("cannot salt the password");
    sign(salted, DIGEST_SIZE, "Client Key", client_key);
    sign(salted, DIGEST_SIZE, "Server Key", server_key);
    if (EVP_Digest(client_key, DIGEST_SIZE, stored_key, NULL, EVP_sha1(), NULL) != 1)
        fail("cannot hash");
    sign(stored_key, DIGEST_SIZE, auth, proof);
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        proof[i] ^= client_key[i];
    sign(server_key, DIGEST_SIZE, auth, signature);
}

static void authenticate(struct client *client, const char *user, const char *password)
{
    unsigned char random[18], salt[128], proof[DIGEST_SIZE], signature[DIGEST_SIZE];
    char nonce[32], first[256], challenge[1024], last[1200], auth[2600], text[1800], message[2000];

    if (RAND_bytes(random, sizeof random) != 1)
        fail("no randomness");
    encode(random, sizeof random, nonce);
    snprintf(first, sizeof first, "n,,n=%s,r=%s", user, nonce);
    encode(first, strlen(first), text);
    snprintf(message, sizeof message,
             "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>%s</auth>", text);
    put(client, message);
    decode_element(await(client, "</challenge>"), "<challenge", challenge, sizeof challenge);

    const char *salt_at = strstr(challenge, ",s="), *iterations_at = strstr(challenge, ",i=");
    int iterations = iterations_at ? atoi(iterations_at + 3) : 0;
    if (strncmp(challenge, "r=", 2) != 0 || strncmp(challenge + 2, nonce, strlen(nonce)) != 0 || !salt_at ||
        iterations_at < salt_at || iterations < 1 || iterations > ITERATIONS_MAX)
        fail("a bad challenge");
    size_t salt_length = decode(salt_at + 3, iterations_at, salt, sizeof salt);
    snprintf(last, sizeof last, "c=biws,%.*s", (int)(salt_at - challenge), challenge); /* biws: "n,," */
    snprintf(auth, sizeof auth, "%s,%s,%s", first + 3, challenge, last);
    scram(password, salt, salt_length, iterations, auth, proof, signature);

    encode(proof, sizeof proof, text);
    snprintf(last + strlen(last), sizeof last - strlen(last), ",p=%s", text);
    encode(last, strlen(last), text);
    snprintf(message, sizeof message, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</response>", text);
    put(client, message);
    decode_element(await(client, "</success>"), "<success", challenge, sizeof challenge);
    encode(signature, sizeof signature, text);
    if (strncmp(challenge, "v=", 2) != 0 || strcmp(challenge + 2, text) != 0)
        fail("a server that does not know the password");
}

/* --- the pings --- */

static void ping(struct client *client, const char *domain, int number)
{
    char request[512], id[32];
    snprintf(id, sizeof id, "ping-%d", number);
    snprintf(request, sizeof request, "<iq type='get' id='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", id, domain);
    int64_t sent_at = clock_now();
    put(client, request);
    const char *answer = await(client, id);
    if (!strstr(answer, "type='result'") && !strstr(answer, "type=\"result\""))
        fail("an answer that is no result");
    printf("%lld\n", (long long)((clock_now() - sent_at) / NS_PER_US));
}

static void read_password(const char *name, char *password, int size)
{
    FILE *file = fopen(name, "r");
    if (!file || !fgets(password, size, file))
        fail("cannot read the password");
    password[strcspn(password, "\n")] = '\0';
    fclose(file);
}

int main(int argc, char *argv[])
{
    if (argc < 7 || argc > 8)
        fail("usage: floor ADDRESS PORT DOMAIN USER PASSWORD-FILE CA-FILE [PINGS]");
    const char *domain = argv[3];
    int pings = argc == 8 ? atoi(argv[7]) : 3;
    char password[256];
    read_password(argv[5], password, sizeof password);

    struct client client = {0};
    dial(&client, argv[1], argv[2]);
    if (!strstr(open_stream(&client, domain), "<starttls"))
        fail("no STARTTLS");
    put(&client, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await(&client, "<proceed");
    start_tls(&client, domain, argv[6]);
    if (!strstr(open_stream(&client, domain), ">SCRAM-SHA-1<"))
        fail("no SCRAM-SHA-1");
    authenticate(&client, argv[4], password);
    open_stream(&client, domain);
    put(&client, "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    if (!strstr(await(&client, "</iq>"), "<jid>"))
        fail("no resource");
    for (int i = 1; i <= pings; i++)
        ping(&client, domain, i);
    put(&client, "</stream:stream>");
    return 0;
}
