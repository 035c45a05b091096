/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the answers of a name server to endpoints. The first line is the command line; behind it stand answers, in the
 * order in which they are given, whatever is asked. Each has a byte: 0x01 none is given to this question, 0x02 with
 * another id, 0x04 without the question that was asked, 0x08 with another port as its origin, 0x10 once more; the two
 * bytes of flags; the numbers of answers, authorities and additionals, a byte each; a byte for the length, in units of
 * 4 bytes, of the records that follow. A name may point to the question's, at offset 12. When all have been given,
 * there is no such name. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fuzz.h"
#include "host.h"
#include "judged.h"
#include "child/endpoints/resolve.h"
#include "child/tell.h"
#include "world.h"

/* c-ares 1.18 loses a name of /etc/hosts that has no address of the family asked for. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcares";
}

enum { WITHHELD = 1, OTHER_ID = 2, NO_QUESTION = 4, OTHER_PORT = 8, TWICE = 16 };

static struct {
    int sockets[2]; /* the name server's, and another */
    uint16_t port;
    const uint8_t *rest;
    size_t left;
} server = {.sockets = {-1, -1}};

static void open_server(void)
{
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof address;
        server.sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (bind(server.sockets[i], (struct sockaddr *)&address, length) != 0)
            abort();
        getsockname(server.sockets[i], (struct sockaddr *)&address, &length);
        if (i == 0)
            server.port = ntohs(address.sin_port);
    }
}

/* Where the one question ends. */
static size_t question_end(const uint8_t *query, size_t length)
{
    size_t at = NS_HFIXEDSZ;
    while (at < length && query[at] != 0)
        at += query[at] + 1u;
    return at + 5 <= length ? at + 5 : length;
}

static void answer(const uint8_t *query, size_t length, const struct sockaddr *to, socklen_t to_length)
{
    uint8_t packet[4096];
    uint8_t what = 0, counts[3] = {0}, flags[2] = {0x84, ns_r_nxdomain};
    size_t records = 0;
    if (server.left >= 7) {
        what = server.rest[0];
        memcpy(flags, server.rest + 1, 2);
        memcpy(counts, server.rest + 3, 3);
        records = 4u * server.rest[6];
        server.rest += 7;
        server.left -= 7;
        if (records > server.left)
            records = server.left;
    } else {
        server.left = 0;
    }
    if (what & WITHHELD) {
        server.rest += records;
        server.left -= records;
        return;
    }
    size_t used = what & NO_QUESTION ? NS_HFIXEDSZ : question_end(query, length);
    memcpy(packet, query, used);
    packet[1] ^= what & OTHER_ID ? 1 : 0;
    memcpy(packet + 2, flags, 2);
    packet[4] = 0;
    packet[5] = what & NO_QUESTION ? 0 : 1;
    for (size_t i = 0; i < 3; i++) {
        packet[6 + 2 * i] = 0;
        packet[7 + 2 * i] = counts[i];
    }
    memcpy(packet + used, server.rest, records);
    server.rest += records;
    server.left -= records;
    for (int i = 0; i < (what & TWICE ? 2 : 1); i++)
        sendto(server.sockets[what & OTHER_PORT ? 1 : 0], packet, used + records, 0, to, to_length);
}

static bool answer_all(void *userdata)
{
    (void)userdata;
    bool any = false;
    uint8_t query[512];
    struct sockaddr_storage from;
    socklen_t from_length = sizeof from;
    ssize_t length;
    while ((length = recvfrom(server.sockets[0], query, sizeof query, 0, (struct sockaddr *)&from, &from_length)) > 0) {
        if (length >= NS_HFIXEDSZ)
            answer(query, (size_t)length, (struct sockaddr *)&from, from_length);
        from_length = sizeof from;
        any = true;
    }
    return any;
}

static void check_addresses(const struct endpoint *endpoint, int family)
{
    for (size_t i = 0; i < endpoint->address_count; i++) {
        const union address *address = &endpoint->addresses[i];
        EXPECT(address->any.sa_family == AF_INET || address->any.sa_family == AF_INET6, "%d", address->any.sa_family);
        EXPECT(family == AF_UNSPEC || address->any.sa_family == family, "an address of the other family");
        EXPECT(ntohs(address->v4.sin_port) == endpoint->port, "port %d", ntohs(address->v4.sin_port));
        for (size_t j = 0; j < i; j++)
            EXPECT(!host_same(address, &endpoint->addresses[j]), "an address twice");
    }
}

static void check_resolution(const struct settings *settings, const struct resolution *resolution, bool found)
{
    bool any = false;
    for (size_t i = 0; i < resolution->endpoint_count; i++) {
        const struct endpoint *endpoint = &resolution->endpoints[i];
        any |= endpoint->address_count > 0;
        EXPECT(memchr(endpoint->name, '\0', sizeof endpoint->name), "a name without an end");
        EXPECT(endpoint->name[0] != '\0', "endpoint %zu has no name", i);
        EXPECT((endpoint->condition == CONDITION_NONE) == (endpoint->address_count > 0), "%s: %s", endpoint->name,
               condition_name(endpoint->condition));
        EXPECT((endpoint->condition == CONDITION_NONE) == (endpoint->cause[0] == '\0'), "%s: %s", endpoint->name,
               endpoint->cause);
        EXPECT(endpoint->tls == TLS_STARTTLS || endpoint->tls == TLS_DIRECT || endpoint->tls == TLS_NONE, "%d",
               endpoint->tls);
        EXPECT(settings->tls != TLS_DIRECT || endpoint->tls == TLS_DIRECT, "%s without TLS", endpoint->name);
        EXPECT(settings->tls != TLS_STARTTLS || endpoint->tls == TLS_STARTTLS, "%s", endpoint->name);
        check_addresses(endpoint, settings->family);
    }
    EXPECT(found == any, "%zu endpoints", resolution->endpoint_count);
    EXPECT(found == (resolution->condition == CONDITION_NONE), "%s", condition_name(resolution->condition));
    EXPECT(found || resolution->cause[0] != '\0', "%s", condition_name(resolution->condition));
}

static void show(const struct resolution *resolution)
{
    for (size_t i = 0; i < resolution->endpoint_count; i++) {
        const struct endpoint *endpoint = &resolution->endpoints[i];
        char address[80] = "";
        if (endpoint->address_count > 0)
            host_format(&endpoint->addresses[0], address, sizeof address);
        printf("%s %u: %zu %s %s %s\n", endpoint->name, endpoint->port, endpoint->address_count, address,
               condition_name(endpoint->condition), endpoint->cause);
    }
    printf("%s %s\n", condition_name(resolution->condition), resolution->cause);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (server.sockets[0] < 0)
        open_server();
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - data) : size;
    char line[400];
    snprintf(line, sizeof line, "-j user@example.org --dns-server 127.0.0.1:%d %.*s", server.port,
             (int)(length < 300 ? length : 300), (const char *)data);
    struct settings settings;
    bool mine = false;
    if (fuzz_settings(&settings, line)) {
        char given[32];
        snprintf(given, sizeof given, "127.0.0.1:%d", server.port);
        mine = strcmp(settings.dns_server, given) == 0; /* no other name server is to be asked */
    }
    if (mine) {
        uint8_t old[512];
        while (recv(server.sockets[0], old, sizeof old, 0) > 0)
            ;
        server.rest = newline ? newline + 1 : data;
        server.left = newline ? size - length - 1 : 0;
        struct resolution resolution;
        struct teller teller = {.heard = true}; /* which is nobody's business here */
        world_begin(answer_all, NULL);
        int64_t begun = clock_now();
        bool found = resolve(&settings, begun + settings.timeout, &teller, &resolution);
        int64_t took = clock_now() - begun;
        world_end();
        EXPECT(took < 20 * NS_PER_S, "%lld ns", (long long)took);
        if (getenv("FUZZ_SHOW"))
            show(&resolution);
        check_resolution(&settings, &resolution, found);
        resolution_free(&resolution);
    }
    settings_free(&settings);
    return 0;
}
