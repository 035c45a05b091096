/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dial.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"
#include "tap.h"

/* Above what a busy machine needs for loopback, below the stagger and patience that would show a wrong wait. */
#define AT_ONCE (5 * NS_PER_S)
#define LONG (30 * NS_PER_S)
#define ENDPOINTS 4
#define ADDRESSES 4

/* A socket on the loopback ADDRESS. BACKLOG < 0: bound but not listening, so that connections are refused and nobody
 * else gets the port. */
static int bind_loopback(const char *text, int backlog, union address *address)
{
    host_literal(text, address);
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof(*address);
    if (bind(fd, &address->any, address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6)) != 0 ||
        (backlog >= 0 && listen(fd, backlog) != 0) || getsockname(fd, &address->any, &size) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A listener that takes no more connections: further ones get no answer. */
struct hole {
    int listener;
    int fillers[8];
};

static bool hole_open(struct hole *hole, union address *address)
{
    hole->listener = bind_loopback("127.0.0.1", 0, address);
    for (size_t i = 0; i < 8; i++) {
        hole->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(hole->fillers[i], &address->any, sizeof(address->v4));
    }
    struct pollfd last = {.fd = hole->fillers[7], .events = POLLOUT};
    return poll(&last, 1, 50) == 0;
}

static void hole_close(struct hole *hole)
{
    for (size_t i = 0; i < 8; i++)
        close(hole->fillers[i]);
    close(hole->listener);
}

struct world {
    struct endpoint endpoints[ENDPOINTS];
    union address addresses[ENDPOINTS][ADDRESSES];
    struct resolution resolution;
    char log[1024]; /* what the observer was told: "NAME condition" joined by commas */
    int begun;      /* attempts that it was told of at their beginning */
};

static struct endpoint *add_endpoint(struct world *world, const char *name)
{
    size_t index = world->resolution.endpoint_count++;
    struct endpoint *endpoint = &world->endpoints[index];
    world->resolution.endpoints = world->endpoints;
    snprintf(endpoint->name, sizeof(endpoint->name), "%s", name);
    endpoint->tls = TLS_STARTTLS;
    endpoint->port = 5222;
    endpoint->addresses = world->addresses[index];
    return endpoint;
}

static void add_address(struct endpoint *endpoint, union address address)
{
    endpoint->addresses[endpoint->address_count++] = address;
}

static void observe(const struct endpoint *endpoint, const union address *address, enum dial_step step,
                    enum condition condition, const char *cause, int64_t time, void *userdata)
{
    struct world *world = userdata;
    size_t length = strlen(world->log);
    if (step == DIAL_BEGUN) {
        world->begun++;
        return;
    }
    (void)cause;
    bool wrong_time = address ? time < 0 : time != 0; /* without an address nothing was tried */
    snprintf(world->log + length, sizeof(world->log) - length, "%s%s %s%s", length ? ", " : "", endpoint->name,
             step == DIAL_CONNECTED ? "connected" : condition_name(condition), wrong_time ? " in a wrong time" : "");
}

static bool run_on(struct world *world, struct dial_position *position, int64_t patience, struct dialed *dialed,
                   int64_t *took)
{
    int64_t begun_at = clock_now();
    world->log[0] = '\0';
    world->begun = 0;
    bool connected = dial(&world->resolution, position, begun_at + patience, observe, world, dialed);
    *took = clock_now() - begun_at;
    return connected;
}

static bool run(struct world *world, size_t first, int64_t patience, struct dialed *dialed, int64_t *took)
{
    return run_on(world, &(struct dial_position){.endpoint = first}, patience, dialed, took);
}

/* Which descriptors are open, to find leaks. */
static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

static void test_success(union address good)
{
    struct world world = {0};
    struct dialed dialed;
    int64_t took;
    add_address(add_endpoint(&world, "good"), good);
    ok(run(&world, 0, LONG, &dialed, &took), "a listening endpoint is connected to");
    ok(took < AT_ONCE, "at once");
    is_str(world.log, "good connected", "the observer is told");
    ok(host_same(&dialed.address, &good) && dialed.endpoint == 0, "with its address and index");
    ok(fcntl(dialed.fd, F_GETFL) & O_NONBLOCK, "the socket does not block");
    ok(fcntl(dialed.fd, F_GETFD) & FD_CLOEXEC, "and is closed on exec");
    int nodelay = 0;
    socklen_t size = sizeof(nodelay);
    getsockopt(dialed.fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, &size);
    ok(nodelay, "and does not delay small packets");
    ok(write(dialed.fd, "x", 1) == 1, "and can be written to");
    close(dialed.fd);
}

static void test_failures(union address good, union address refused, union address good6)
{
    struct world world = {0};
    struct dialed dialed;
    int64_t took;
    struct endpoint *endpoint = add_endpoint(&world, "bad");
    add_address(endpoint, refused);
    ok(!run(&world, 0, LONG, &dialed, &took) && dialed.fd == -1, "a refused connection is none");
    ok(took < AT_ONCE, "and is known at once");
    is_str(world.log, "bad connect-refused", "the observer is told why");
    is_str(condition_name(dialed.condition), "connect-refused", "the condition is connect-refused");
    char name[300], expected[400];
    snprintf(expected, sizeof(expected), "%s: Connection refused",
             dial_endpoint_format(endpoint, &refused, name, sizeof(name)));
    is_str(dialed.cause, expected, "the cause names the endpoint");

    add_address(endpoint, good);
    int64_t least = LONG; /* of a few runs: what else the machine does only makes them longer */
    for (int i = 0; i < 5; i++) {
        ok(run(&world, 0, LONG, &dialed, &took), "the second address is tried when the first is refused");
        is_str(world.log, "bad connect-refused, bad connected", "the observer is told of both");
        is_int(world.begun, 2, "also when they begin");
        close(dialed.fd);
        least = took < least ? took : least;
    }
    ok(least < DIAL_STAGGER, "without waiting for the stagger");

    memset(&world, 0, sizeof(world));
    add_endpoint(&world, "nowhere")->condition = CONDITION_DNS_NOT_FOUND;
    add_address(add_endpoint(&world, "bad"), refused);
    add_address(add_endpoint(&world, "good"), good6);
    ok(run(&world, 0, LONG, &dialed, &took), "endpoints without address and refused ones are passed over");
    ok(took < AT_ONCE, "at once");
    is_str(world.log, "nowhere dns-not-found, bad connect-refused, good connected", "the observer is told of each");
    is_int((long long)dialed.endpoint, 2, "the index is that of the endpoint that took it");
    is_str(condition_name(dialed.condition), "", "and there is no condition");
    close(dialed.fd);
    ok(run(&world, 2, LONG, &dialed, &took), "dialing can begin with a later endpoint");
    is_str(world.log, "good connected", "and passes over those before");
    close(dialed.fd);
    ok(!run(&world, 3, LONG, &dialed, &took) && dialed.fd == -1, "behind the last endpoint there is none");

    world.resolution.endpoint_count = 2;
    ok(!run(&world, 0, LONG, &dialed, &took), "when all fail there is no connection");
    is_str(condition_name(dialed.condition), "connect-refused",
           "and the condition is of the attempt that got furthest");
}

static void test_unreachable(union address refused)
{
    struct world world = {0};
    struct dialed dialed;
    int64_t took;
    union address broadcast;
    host_literal("255.255.255.255", &broadcast);
    host_set_port(&broadcast, 5222);
    add_address(add_endpoint(&world, "broadcast"), broadcast);
    ok(!run(&world, 0, LONG, &dialed, &took), "an address that cannot be connected to fails");
    is_str(condition_name(dialed.condition), "connect-unreachable", "as unreachable");
    add_address(add_endpoint(&world, "bad"), refused);
    run(&world, 0, LONG, &dialed, &took);
    is_str(condition_name(dialed.condition), "connect-refused", "a refusal got further than that");
    add_address(add_endpoint(&world, "broadcast"), broadcast);
    run(&world, 0, LONG, &dialed, &took);
    is_str(condition_name(dialed.condition), "connect-refused", "also when it came first");
}

static void test_silence(union address good, union address hole)
{
    struct world world = {0};
    struct dialed dialed;
    int64_t took;
    struct endpoint *dead = add_endpoint(&world, "dead");
    add_address(dead, hole);
    ok(!run(&world, 0, NS_PER_S, &dialed, &took), "an endpoint that is silent is waited for until the deadline");
    ok(took >= NS_PER_S - NS_PER_MS && took < 5 * NS_PER_S, "and no longer");
    is_str(world.log, "dead connect-timeout", "the observer is told of it then");
    is_str(condition_name(dialed.condition), "connect-timeout", "the condition is connect-timeout");

    add_address(add_endpoint(&world, "good"), good);
    ok(run(&world, 0, LONG, &dialed, &took), "the next endpoint is tried when the first stays silent");
    ok(took >= DIAL_ENDPOINT_PATIENCE - NS_PER_MS && took < DIAL_ENDPOINT_PATIENCE + 4 * NS_PER_S,
       "after its patience");
    is_str(world.log, "dead connect-timeout, good connected", "the observer is told of both");
    is_str(condition_name(dialed.condition), "", "no condition is left");
    close(dialed.fd);

    add_address(dead, good);
    ok(run(&world, 0, LONG, &dialed, &took), "the second address of the endpoint is raced");
    ok(took >= DIAL_STAGGER - NS_PER_MS && took < DIAL_STAGGER + 4 * NS_PER_S, "after the stagger");
    is_int((long long)dialed.endpoint, 0, "before the next endpoint");
    close(dialed.fd);
}

static void test_going_on(union address good, union address refused, union address good6)
{
    struct world world = {0};
    struct dialed dialed;
    struct dial_position position = {0};
    int64_t took;
    struct endpoint *first = add_endpoint(&world, "first");
    add_address(first, refused);
    add_address(first, good);
    add_address(first, good6);
    snprintf(add_endpoint(&world, "nowhere")->cause, sizeof(first->cause), "NXDOMAIN");
    world.endpoints[1].condition = CONDITION_DNS_NOT_FOUND;
    add_address(add_endpoint(&world, "second"), good);

    is_int((long long)dial_left(&world.resolution, &position), 4, "at the beginning all addresses are left");
    ok(run_on(&world, &position, LONG, &dialed, &took) && dialed.endpoint == 0 && host_same(&dialed.address, &good),
       "the first address that takes the connection is used");
    close(dialed.fd);
    is_int((long long)dial_left(&world.resolution, &position), 2, "the one that refused it is not left either");
    ok(run_on(&world, &position, LONG, &dialed, &took) && dialed.endpoint == 0 && host_same(&dialed.address, &good6),
       "when it was of no use, the next address of the same endpoint is");
    is_str(world.log, "first connected", "and no other is tried");
    close(dialed.fd);
    ok(run_on(&world, &position, LONG, &dialed, &took) && dialed.endpoint == 2, "then the next endpoint");
    is_str(world.log, "nowhere dns-not-found, second connected", "which the observer is told");
    close(dialed.fd);
    is_int((long long)dial_left(&world.resolution, &position), 0, "no address is left");
    ok(!run_on(&world, &position, LONG, &dialed, &took) && dialed.fd == -1, "and none takes the connection");
    is_str(world.log, "", "and nothing is told");
    ok(!run_on(&world, &position, LONG, &dialed, &took), "and so on");
}

static void test_going_on_in_silence(union address good, union address hole)
{
    struct world world = {0};
    struct dialed dialed;
    struct dial_position position = {0};
    int64_t took;
    struct endpoint *endpoint = add_endpoint(&world, "half dead");
    add_address(endpoint, hole);
    add_address(endpoint, good);
    ok(run_on(&world, &position, LONG, &dialed, &took), "an address is connected to while one before it is silent");
    close(dialed.fd);
    is_int((long long)dial_left(&world.resolution, &position), 0, "the silent one has had its time");

    memset(&world, 0, sizeof(world));
    position = (struct dial_position){0};
    endpoint = add_endpoint(&world, "half dead");
    add_address(endpoint, good);
    add_address(endpoint, hole);
    ok(run_on(&world, &position, LONG, &dialed, &took), "an address is connected to before a silent one is tried");
    close(dialed.fd);
    ok(!run_on(&world, &position, LONG, &dialed, &took), "the silent one is tried next");
    ok(took >= DIAL_ENDPOINT_PATIENCE - NS_PER_MS && took < DIAL_ENDPOINT_PATIENCE + 3 * NS_PER_S,
       "but only for its patience: there is something to tell already");
    is_str(world.log, "half dead connect-timeout", "the observer is told of it then");
}

/* The kernel gives a connecting socket a port of the ephemeral range: when that is the one it connects to, it is
 * talking to itself. Linux goes through all even ports of the range, at most 32,768 by default, for one destination
 * after another. */
static void test_self_connection(void)
{
    union address address;
    int odd = bind_loopback("127.0.0.1", -1, &address);
    close(odd);
    host_set_port(&address, (uint16_t)(ntohs(address.v4.sin_port) & ~1u));

    struct world world = {0};
    struct dialed dialed;
    int64_t took;
    add_address(add_endpoint(&world, "self"), address);
    bool connected = false;
    int64_t end = clock_now() + 5 * NS_PER_S;
    for (int i = 0; i < 33000 && !connected && clock_now() < end; i++)
        connected = run(&world, 0, LONG, &dialed, &took);
    ok(!connected, "no connection of a socket to itself counts");
    if (connected)
        close(dialed.fd);
}

static void test_format(void)
{
    union address v4, v6;
    host_literal("192.0.2.1", &v4);
    host_set_port(&v4, 5222);
    host_literal("2001:db8::1", &v6);
    host_set_port(&v6, 443);
    struct endpoint named = {.name = "xmpp.example.org", .port = 5222};
    struct endpoint numbered = {.name = "2001:DB8:0::1", .port = 443};
    struct endpoint set = {.name = "_xmpp-client._tcp.example.org"};
    char out[300];
    is_str(dial_endpoint_format(&named, &v4, out, sizeof(out)), "xmpp.example.org 192.0.2.1:5222",
           "a name stands before its address");
    is_str(dial_endpoint_format(&named, &v6, out, sizeof(out)), "xmpp.example.org [2001:db8::1]:443",
           "IPv6 stands in brackets");
    is_str(dial_endpoint_format(&numbered, &v6, out, sizeof(out)), "[2001:db8::1]:443",
           "an address is not named twice");
    is_str(dial_endpoint_format(&named, NULL, out, sizeof(out)), "xmpp.example.org:5222",
           "a name without address has its port");
    is_str(dial_endpoint_format(&set, NULL, out, sizeof(out)), "_xmpp-client._tcp.example.org",
           "a failed set of records has none");
    is_str(dial_endpoint_format(&named, &v4, out, 8), "xmpp.ex", "what is too long is cut");
}

int main(void)
{
    union address good, refused, good6;
    int listener = bind_loopback("127.0.0.1", 16, &good);
    int closed = bind_loopback("127.0.0.1", -1, &refused);
    int listener6 = bind_loopback("::1", 16, &good6);
    if (listener6 < 0)
        good6 = good; /* no IPv6 here */
    struct hole hole;
    union address silent;
    bool has_hole = hole_open(&hole, &silent);

    int before = open_descriptors();
    test_success(good);
    test_failures(good, refused, good6);
    test_unreachable(refused);
    test_going_on(good, refused, good6);
    if (has_hole) {
        test_silence(good, silent);
        test_going_on_in_silence(good, silent);
    } else {
        diag("a full backlog still takes connections here: silence is not tested");
    }
    test_self_connection();
    test_format();
    is_int(open_descriptors(), before, "no descriptor is left open");

    hole_close(&hole);
    close(closed);
    close(listener);
    if (listener6 >= 0)
        close(listener6);
    done_testing();
    return exit_status();
}
