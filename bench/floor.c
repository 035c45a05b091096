/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The floor: the least that a client can do for a login and some pings. OpenSSL and sockets by hand, no XML parser, no
 * library for XMPP; only what the protocol makes wait is waited for. What `make bench` compares with; no model for
 * anything else, for it believes whatever looks like the expected answer.
 *
 *   floor HOST PORT DOMAIN USER PASSWORDFILE CAFILE [PINGS]
 *
 * Without pings (0) it does not log in, and ends when it has the features behind TLS.
 * Prints the round trip of each ping in microseconds, one a line. Exit code 0, or 2 on any failure. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"

#define DIGEST 20   /* SHA-1 */
#define PATIENCE 20 /* seconds for each answer */

struct wire {
    int fd;
    SSL *ssl; /* NULL before TLS */
    size_t length;
    char in[65536]; /* what came since the last question, with its NUL */
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

static void ask(struct wire *wire, const char *text)
{
    wire->length = 0;
    int length = (int)strlen(text);
    if (wire->ssl ? SSL_write(wire->ssl, text, length) != length : write(wire->fd, text, (size_t)length) != length)
        die("cannot send");
}

/* Reads until END is among what came. Without TCP_QUICKACK, which the kernel takes back, each wait may cost 40 ms. */
static const char *await(struct wire *wire, const char *end)
{
    wire->in[wire->length] = '\0';
    while (!strstr(wire->in, end)) {
        const int on = 1;
        setsockopt(wire->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        char *at = wire->in + wire->length;
        size_t room = sizeof wire->in - 1 - wire->length;
        long count = wire->ssl ? SSL_read(wire->ssl, at, (int)room) : read(wire->fd, at, room);
        if (count <= 0)
            die(end);
        wire->length += (size_t)count;
        wire->in[wire->length] = '\0';
        if (strstr(wire->in, "<failure") || strstr(wire->in, "stream:error"))
            die(wire->in);
    }
    return wire->in;
}

static int dial(const char *host, const char *port)
{
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    const struct timeval patience = {.tv_sec = PATIENCE};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static SSL *start_tls(int fd, const char *domain, const char *ca_file)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_load_verify_file(context, ca_file) != 1 ||
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1)
        die("no authorities");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *ssl = SSL_new(context);
    if (!ssl || SSL_set_tlsext_host_name(ssl, domain) != 1 || SSL_set1_host(ssl, domain) != 1 ||
        SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)
        die("no TLS");
    return ssl;
}

/* Returns the features. */
static const char *open_stream(struct wire *wire, const char *domain)
{
    char text[512];
    snprintf(text, sizeof text,
             "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
             " to='%s' version='1.0'>",
             domain);
    ask(wire, text);
    return await(wire, "</stream:features>");
}

static void hmac(const void *key, int key_length, const char *data, unsigned char out[DIGEST])
{
    HMAC(EVP_sha1(), key, key_length, (const unsigned char *)data, strlen(data), out, NULL);
}

static void encode(const void *data, size_t length, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, data, (int)length);
}

/* Decodes the base64 up to '<' into OUT, with a NUL. Returns the length. */
static size_t decode(const char *text, char *out, size_t size)
{
    size_t length = strcspn(text, "<,");
    if (length / 4 * 3 >= size)
        die("a long message");
    int count = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)length);
    if (count < 0)
        die("no base64");
    while (length > 0 && text[length - 1] == '=') {
        length--;
        count--;
    }
    out[count] = '\0';
    return (size_t)count;
}

/* What stands between the last '>' before a '<' of ANSWER and that '<': the text of its last element. */
static const char *content(const char *answer)
{
    const char *end = strstr(answer, "</");
    if (!end)
        die("no content");
    while (end > answer && end[-1] != '>')
        end--;
    return end;
}

/* SCRAM-SHA-1 (RFC 5802), the server's signature included. */
static void authenticate(struct wire *wire, const char *user, const char *password)
{
    unsigned char random[18];
    char nonce[25], bare[300], first[304], base64[2048], text[2200];
    if (RAND_bytes(random, sizeof random) != 1)
        die("no randomness");
    encode(random, sizeof random, nonce);
    snprintf(bare, sizeof bare, "n=%s,r=%s", user, nonce);
    snprintf(first, sizeof first, "n,,%s", bare);
    encode(first, strlen(first), base64);
    snprintf(text, sizeof text, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>%s</auth>",
             base64);
    ask(wire, text);

    char challenge[512], salt[256];
    decode(content(await(wire, "</challenge>")), challenge, sizeof challenge);
    const char *salt64 = strstr(challenge, ",s=");
    const char *count = strstr(challenge, ",i=");
    if (!salt64 || !count || strncmp(challenge, "r=", 2) != 0 || strncmp(challenge + 2, nonce, strlen(nonce)) != 0)
        die("no challenge");
    size_t salt_length = decode(salt64 + 3, salt, sizeof salt);

    unsigned char salted[DIGEST], client[DIGEST], server[DIGEST], stored[DIGEST], signature[DIGEST];
    PKCS5_PBKDF2_HMAC(password, -1, (unsigned char *)salt, (int)salt_length, atoi(count + 3), EVP_sha1(), DIGEST,
                      salted);
    hmac(salted, DIGEST, "Client Key", client);
    hmac(salted, DIGEST, "Server Key", server);
    EVP_Digest(client, DIGEST, stored, NULL, EVP_sha1(), NULL);
    char without_proof[400], message[1300], proof[32], final[500];
    snprintf(without_proof, sizeof without_proof, "c=biws,r=%.*s", (int)(salt64 - challenge - 2), challenge + 2);
    snprintf(message, sizeof message, "%s,%s,%s", bare, challenge, without_proof);
    hmac(stored, DIGEST, message, signature);
    for (int i = 0; i < DIGEST; i++)
        client[i] ^= signature[i];
    encode(client, DIGEST, proof);
    snprintf(final, sizeof final, "%s,p=%s", without_proof, proof);
    encode(final, strlen(final), base64);
    snprintf(text, sizeof text, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</response>", base64);
    ask(wire, text);

    char verifier[64], expected[40] = "v=";
    decode(content(await(wire, "</success>")), verifier, sizeof verifier);
    hmac(server, DIGEST, message, signature);
    encode(signature, DIGEST, expected + 2);
    if (strcmp(verifier, expected) != 0)
        die("not our server");
}

static char *read_password(const char *file)
{
    static char line[256];
    FILE *in = fopen(file, "re");
    if (!in || !fgets(line, sizeof line, in))
        die("no password");
    fclose(in);
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

int main(int argc, char *argv[])
{
    if (argc < 7) {
        fprintf(stderr, "usage: floor HOST PORT DOMAIN USER PASSWORDFILE CAFILE [PINGS]\n");
        return 2;
    }
    static struct wire wire;
    const char *domain = argv[3];
    wire.fd = dial(argv[1], argv[2]);
    if (!strstr(open_stream(&wire, domain), "<starttls"))
        die("STARTTLS is not offered");
    ask(&wire, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await(&wire, "<proceed");
    wire.ssl = start_tls(wire.fd, domain, argv[6]);
    if (!strstr(open_stream(&wire, domain), ">SCRAM-SHA-1<"))
        die("SCRAM-SHA-1 is not offered");
    int pings = argc > 7 ? atoi(argv[7]) : 3;
    if (pings == 0)
        return 0;
    authenticate(&wire, argv[4], read_password(argv[5]));
    open_stream(&wire, domain);
    ask(&wire, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    if (!strstr(await(&wire, "</iq>"), "<jid>"))
        die("not bound");
    for (int i = 0; i < pings; i++) {
        char text[400], id[20];
        snprintf(id, sizeof id, "p%d", i);
        snprintf(text, sizeof text, "<iq type='get' id='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", id, domain);
        int64_t sent = clock_now();
        ask(&wire, text);
        const char *answer = await(&wire, id);
        int64_t rtt = clock_now() - sent;
        if (!strstr(answer, "type='result'") && !strstr(answer, "type=\"result\""))
            die("a ping without a result");
        printf("%lld\n", (long long)(rtt / NS_PER_US));
    }
    ask(&wire, "</stream:stream>");
    return 0;
}
