/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When bytes came and left is what the kernel says, as long as that can be; and what it says of the network. */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "tap.h"

#define HOUR (3600 * NS_PER_S)

/* How long the bytes lie there before they are read. */
#define DELAY_MS 40

static int64_t wall_step; /* by which somebody has set the wall clock, ns */

/* Stands in for libc's. */
int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (syscall(SYS_clock_gettime, clock, time) != 0)
        return -1;
    if (clock == CLOCK_REALTIME)
        time->tv_sec += wall_step / NS_PER_S;
    return 0;
}

static int send_delay_ms; /* for which the process is not run, when it is about to send */

/* Stands in for libc's. */
ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    poll(NULL, 0, send_delay_ms);
    return sendto(fd, bytes, length, flags, NULL, 0);
}

static bool stamps_come_late; /* those of what was sent */

/* Stands in for libc's. */
ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    if (stamps_come_late && (flags & MSG_ERRQUEUE)) {
        errno = EAGAIN;
        return -1;
    }
    return syscall(SYS_recvmsg, fd, message, flags);
}

static int peer = -1;

/* Our end of a connection to this machine. */
static int connect_here(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&here, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&here, &size) != 0 || connect(fd, (struct sockaddr *)&here, size) != 0)
        return -1;
    peer = accept(listener, NULL, NULL);
    close(listener);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* Lets a byte come, and the wall clock be set by STEP before it is read, DELAY_MS later. Returns how long before its
 * reading it came, as the wire sees it; -1 when there was none. */
static int64_t receive_late(struct wire *wire, int64_t step)
{
    char text[8];
    if (wire_read(wire, text, sizeof text) != 0 || send(peer, "x", 1, 0) != 1)
        return -1;
    poll(&(struct pollfd){.fd = wire->fd, .events = POLLIN}, 1, -1);
    poll(NULL, 0, DELAY_MS);
    wall_step = step;
    int64_t now = clock_now();
    size_t got = wire_read(wire, text, sizeof text);
    wall_step = 0;
    return got == 1 ? now - wire->arrived_at : -1;
}

/* Sends a byte, DELAY_MS late, with the wall clock set by STEP when that is done. Returns how long after it was to be
 * sent it left, as the wire sees it. */
static int64_t send_late(struct wire *wire, int64_t step)
{
    char text[8];
    int64_t now = clock_now();
    send_delay_ms = DELAY_MS;
    wall_step = step;
    wire_write(wire, "x", 1);
    send_delay_ms = 0;
    wall_step = 0;
    recv(peer, text, sizeof text, 0);
    return wire->left_at - now;
}

static void test_sent_stamps(struct wire *wire)
{
    const int64_t late = (DELAY_MS - 1) * NS_PER_MS;
    ok(send_late(wire, 0) >= late, "bytes left when the kernel says, not when they were given to it");
    ok(send_late(wire, HOUR) < late, "a wall clock that was set forward: when they were given to it");
    ok(send_late(wire, -HOUR) < late, "so when it was set back");
    ok(send_late(wire, 0) >= late, "the next stamp is believed again");
    int64_t before = clock_now();
    wire_wait(wire, before + DELAY_MS * NS_PER_MS);
    ok(clock_now() - before >= late, "what the kernel says of it wakes nobody");
    stamps_come_late = true;
    ok(send_late(wire, 0) < late, "when it says so later, they left when they were given to it");
    stamps_come_late = false;
    wire_wait(wire, INT64_MAX);
    before = clock_now();
    wire_wait(wire, before + DELAY_MS * NS_PER_MS);
    ok(clock_now() - before >= late, "and it wakes us once at most");
}

/* Asks the peer, which answers after 20 ms, and acknowledges with that. */
static void ask(struct wire *wire)
{
    char text[8];
    setsockopt(peer, IPPROTO_TCP, TCP_QUICKACK, &(int){0}, sizeof(int));
    wire_write(wire, "?", 1);
    recv(peer, text, sizeof text, 0);
    poll(NULL, 0, 20);
    send(peer, "!", 1, 0);
    wire_wait(wire, INT64_MAX);
    wire_read(wire, text, sizeof text);
}

static void test_tcp_rtt(struct wire *wire)
{
    int64_t connected = wire_tcp_rtt(wire);
    is_int(wire_least_tcp_rtt(wire), connected, "at first there is one RTT of TCP");
    for (int i = 0; i < 5; i++)
        ask(wire);
    ok(wire_tcp_rtt(wire) > 2 * NS_PER_MS, "the smoothed one has a share of the peer's work");
    ok(wire_least_tcp_rtt(wire) > 0 && wire_least_tcp_rtt(wire) <= connected, "the least does not");
}

int main(void)
{
    static struct wire wire;
    struct teller teller = {.fd = open("/dev/null", O_WRONLY)};
    const int64_t half = DELAY_MS / 2 * NS_PER_MS;
    int64_t age = 0;
    plan_tests(16);
    wire_open(&wire, connect_here(), &teller);
    test_tcp_rtt(&wire);
    for (int i = 0; i < 100 && age < half; i++) /* the kernel begins to stamp shortly after it was asked to */
        age = receive_late(&wire, 0);
    ok(age >= half, "bytes came when the kernel says, not when they were read: %lld us before", (long long)age / 1000);
    ok(wire.arrived_at >= wire.empty_at, "and not before nothing was there");
    test_sent_stamps(&wire);
    age = receive_late(&wire, HOUR);
    ok(age <= 0 && age > -NS_PER_S, "a wall clock that was set forward: they came when they were read");
    age = receive_late(&wire, -HOUR);
    ok(age <= 0 && age > -NS_PER_S, "so when it was set back");
    ok(receive_late(&wire, 0) >= half, "the next stamp is believed again");
    close(peer);
    char text[8];
    poll(&(struct pollfd){.fd = wire.fd, .events = POLLIN}, 1, -1);
    wire_read(&wire, text, sizeof text);
    ok(wire.end == WIRE_CLOSED && wire.error == 0, "the end of the connection is no error");
    wire_close(&wire);
    return exit_status();
}
