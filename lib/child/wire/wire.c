/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h> /* the C library's tcp_info lacks what is new */
#else
#include <netinet/tcp.h>
#endif

#include "clock.h"

/* A TLS record at most, as it is on the wire. */
#define RECORD_MAX (16384 + 2048)

/* What encryption adds to WIRE_PIECE, with an alert and an answer to a key update. */
#define RECORD_OVERHEAD 512

/* --- stamps --- */

#ifdef SO_TIMESTAMPING

static void ask_for_stamps(int fd)
{
    const int what = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY |
                     SOF_TIMESTAMPING_SOFTWARE;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &what, sizeof what);
}

static int64_t to_ns(const struct timespec *time)
{
    return (int64_t)time->tv_sec * NS_PER_S + time->tv_nsec;
}

/* When the kernel received or sent the last segment that MESSAGE is about, by clock_now(); -1 when it does not say. Its
 * stamps are CLOCK_REALTIME: what both clocks say now tells how long ago that was. */
static int64_t read_stamp(struct msghdr *message)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SO_TIMESTAMPING)
            continue;
        struct scm_timestamping stamps;
        memcpy(&stamps, CMSG_DATA(part), sizeof stamps);
        struct timespec stamp = {.tv_sec = stamps.ts[0].tv_sec, .tv_nsec = stamps.ts[0].tv_nsec};
        if (stamp.tv_sec == 0 && stamp.tv_nsec == 0)
            return -1;
        struct timespec wall;
        int64_t before = clock_now();
        clock_gettime(CLOCK_REALTIME, &wall);
        return before - (to_ns(&wall) - to_ns(&stamp));
    }
    return -1;
}

/* When the kernel gave the last segment that was sent to the network; -1 when it does not say, or not yet. Takes all
 * that it has to say, as poll() would report that without end. */
static int64_t read_sent_stamp(int fd)
{
    int64_t stamp = -1;
    for (;;) {
        union {
            char room[256];
            struct cmsghdr align;
        } control;
        struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
        if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return stamp;
        stamp = read_stamp(&message);
    }
}

#else

static void ask_for_stamps(int fd)
{
    (void)fd;
}

static int64_t read_stamp(struct msghdr *message)
{
    (void)message;
    return -1;
}

static int64_t read_sent_stamp(int fd)
{
    (void)fd;
    return -1;
}

#endif

/* --- the socket --- */

void wire_open(struct wire *wire, int fd, struct teller *teller)
{
    memset(wire, 0, sizeof *wire);
    wire->fd = fd;
    wire->teller = teller;
    teller->heard = false; /* each endpoint is told of anew */
    ask_for_stamps(fd);
}

static void end(struct wire *wire, enum wire_end why)
{
    if (wire->end == WIRE_OPEN)
        wire->end = why;
}

/* Reads what the socket has. 0: nothing, or it has ended. */
static size_t receive(struct wire *wire, void *bytes, size_t size)
{
    union {
        char room[256];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int64_t before = clock_now();
    ssize_t got = recvmsg(wire->fd, &message, MSG_DONTWAIT);
    if (got > 0) {
        tell_heard(wire->teller);
        wire->received += (size_t)got;
        wire->arrived_at = clock_now();
        int64_t stamp = read_stamp(&message);
        /* A step of the wall clock can make a stamp that cannot be: nothing was there at EMPTY_AT. */
        if (stamp >= wire->empty_at && stamp <= wire->arrived_at)
            wire->arrived_at = stamp;
        return (size_t)got;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        wire->empty_at = before;
        return 0;
    }
    if (got < 0)
        wire->error = errno;
    end(wire, WIRE_CLOSED);
    return 0;
}

/* Gives the kernel what it takes. An error is no end yet: what the server had to say before may still be read. */
static void flush(struct wire *wire)
{
    size_t sent = 0;
    while (sent < wire->out_length) {
        int64_t now = clock_now();
        ssize_t took = send(wire->fd, wire->out + sent, wire->out_length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (took < 0 && errno == EINTR)
            continue;
        if (took < 0 && errno != EAGAIN) {
            wire->error = errno;
            sent = wire->out_length;
        }
        if (took < 0)
            break;
        int64_t stamp = read_sent_stamp(wire->fd);
        wire->left_at = stamp >= now && stamp <= clock_now() ? stamp : now; /* as above */
        sent += (size_t)took;
    }
    wire->out_length -= sent;
    memmove(wire->out, wire->out + sent, wire->out_length);
    explicit_bzero(wire->out + wire->out_length, sent); /* in clear text it may have been a password */
}

/* --- TLS --- */

/* Sends what TLS has made, as far as the socket takes it. */
static void flush_tls(struct wire *wire)
{
    size_t taken;
    do {
        flush(wire);
        taken = tls_take(wire->tls, wire->out + wire->out_length, sizeof wire->out - wire->out_length);
        wire->out_length += taken;
    } while (taken > 0);
}

static void shake_hands(struct wire *wire)
{
    enum tls_result result = tls_handshake(wire->tls);
    flush_tls(wire);
    if (result == TLS_DONE)
        wire->secured = true;
    else if (result != TLS_WAITS)
        end(wire, result == TLS_CLOSED ? WIRE_CLOSED : WIRE_TLS_FAILED);
}

void wire_start_tls(struct wire *wire, struct tls *tls)
{
    wire->tls = tls;
    if (tls)
        shake_hands(wire);
    else
        end(wire, WIRE_NO_MEMORY);
}

/* Goes on with what TLS has: the handshake first, then text. */
static size_t advance(struct wire *wire, char *text, size_t size)
{
    if (!wire->secured) {
        shake_hands(wire);
        return 0;
    }
    size_t length = 0;
    enum tls_result result = tls_read(wire->tls, text, size, &length);
    flush_tls(wire);
    if (result == TLS_DONE)
        return length;
    if (result != TLS_WAITS)
        end(wire, result == TLS_CLOSED ? WIRE_CLOSED : WIRE_TLS_FAILED);
    return 0;
}

static size_t read_secured(struct wire *wire, char *text, size_t size)
{
    size_t length = wire->secured ? advance(wire, text, size) : 0; /* what has been received already */
    if (length > 0 || wire->end != WIRE_OPEN)
        return length;
    char record[RECORD_MAX];
    size_t got = receive(wire, record, sizeof record);
    if (got == 0)
        return 0;
    if (tls_put(wire->tls, record, got))
        return advance(wire, text, size);
    end(wire, WIRE_NO_MEMORY);
    return 0;
}

/* --- the interface --- */

size_t wire_read(struct wire *wire, char *text, size_t size)
{
    if (wire->end != WIRE_OPEN)
        return 0;
    return wire->tls ? read_secured(wire, text, size) : receive(wire, text, size);
}

bool wire_has_room(const struct wire *wire)
{
    return sizeof wire->out - wire->out_length >= WIRE_PIECE + RECORD_OVERHEAD;
}

void wire_write(struct wire *wire, const char *text, size_t length)
{
    if (wire->end != WIRE_OPEN || length == 0)
        return;
    if (!wire->tls) {
        memcpy(wire->out + wire->out_length, text, length);
        wire->out_length += length;
        flush(wire);
        return;
    }
    enum tls_result result = tls_write(wire->tls, text, length);
    flush_tls(wire);
    if (result != TLS_DONE)
        end(wire, WIRE_TLS_FAILED);
}

void wire_wait(struct wire *wire, int64_t until)
{
    if (wire->end != WIRE_OPEN)
        return;
#ifdef TCP_QUICKACK
    /* Linux forgets this at each chance; without it a delayed ACK meets Nagle on the server's side and costs 40 ms. */
    setsockopt(wire->fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
#endif
    struct pollfd waiting = {.fd = wire->fd, .events = wire->out_length > 0 ? POLLIN | POLLOUT : POLLIN};
    struct timespec timeout = clock_left(until);
    if (ppoll(&waiting, 1, &timeout, NULL) <= 0)
        return;
    if (waiting.revents & POLLERR)
        read_sent_stamp(wire->fd);
    if (!(waiting.revents & POLLOUT))
        return;
    if (wire->tls)
        flush_tls(wire);
    else
        flush(wire);
}

#ifdef __linux__

static struct tcp_info tcp_info(const struct wire *wire)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    getsockopt(wire->fd, IPPROTO_TCP, TCP_INFO, &info, &length);
    return info;
}

int64_t wire_tcp_rtt(const struct wire *wire)
{
    uint32_t us = tcp_info(wire).tcpi_rtt;
    return us > 0 ? us * NS_PER_US : -1;
}

int64_t wire_least_tcp_rtt(const struct wire *wire)
{
    uint32_t us = tcp_info(wire).tcpi_min_rtt;
    return us > 0 && us < UINT32_MAX ? us * NS_PER_US : -1;
}

#else

int64_t wire_tcp_rtt(const struct wire *wire)
{
    (void)wire;
    return -1;
}

int64_t wire_least_tcp_rtt(const struct wire *wire)
{
    return wire_tcp_rtt(wire);
}

#endif

void wire_close(struct wire *wire)
{
    tls_free(wire->tls);
    wire->tls = NULL;
    close(wire->fd);
    wire->fd = -1;
}
