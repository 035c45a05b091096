/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "dns.h"
#include "host.h"

_Static_assert(DNS_ADDRESSES_MAX <= 32, "an endpoint's addresses have a bit each");

/* An endpoint that has its turn. */
struct lane {
    size_t next;      /* address to start */
    int64_t next_at;  /* when, ns */
    int64_t begun_at; /* when its turn came */
    size_t open;      /* attempts */
    uint32_t spent;   /* addresses that had their turn and are of no use, a bit each */
};

struct attempt {
    size_t endpoint;
    const union address *address;
    int64_t begun_at;
};

struct dialer {
    const struct resolution *resolution;
    dial_observer observer;
    void *userdata;
    struct dialed *dialed;
    struct lane *lanes; /* one for each endpoint */
    size_t first;
    size_t end;   /* endpoints before this one have had their turn, from FIRST on */
    bool resumed; /* an address was connected to before, and was of no use */
    struct attempt *attempts;
    struct pollfd *fds; /* of the attempts */
    size_t count;
    int rank; /* of the failure in DIALED */
};

char *dial_endpoint_format(const struct endpoint *endpoint, const union address *address, char *out, size_t size)
{
    char text[80];
    union address literal;
    if (address) {
        host_format(address, text, sizeof(text));
        if (host_literal(endpoint->name, &literal) && host_same(&literal, address))
            snprintf(out, size, "%s", text);
        else
            snprintf(out, size, "%s %s", endpoint->name, text);
    } else if (endpoint->port != 0) {
        snprintf(out, size, "%s:%u", endpoint->name, endpoint->port);
    } else {
        snprintf(out, size, "%s", endpoint->name);
    }
    return out;
}

/* A lack of descriptors or memory here counts as unreachable as well: the words tell. */
static enum condition condition_of(int error)
{
    if (error == ECONNREFUSED)
        return CONDITION_CONNECT_REFUSED;
    if (error == ECONNRESET) /* it was taken, and reset before we looked */
        return CONDITION_CONNECTION_LOST;
    return error == ETIMEDOUT ? CONDITION_CONNECT_TIMEOUT : CONDITION_CONNECT_UNREACHABLE;
}

/* How far an attempt got. */
static int rank_of(enum condition condition)
{
    static const enum condition order[] = {CONDITION_CONNECT_TIMEOUT, CONDITION_CONNECT_UNREACHABLE,
                                           CONDITION_CONNECT_REFUSED, CONDITION_CONNECTION_LOST};
    for (int i = 0; i < 4; i++)
        if (condition == order[i])
            return i + 2;
    return 1;
}

static void observe(const struct dialer *dialer, const struct attempt *attempt, enum dial_step step,
                    enum condition condition, const char *cause)
{
    const struct endpoint *endpoint = &dialer->resolution->endpoints[attempt->endpoint];
    /* without an address nothing was tried: what DNS took is not of this phase */
    int64_t time = step == DIAL_BEGUN || !attempt->address ? 0 : clock_now() - attempt->begun_at;
    if (dialer->observer)
        dialer->observer(endpoint, attempt->address, step, condition, cause, time, dialer->userdata);
}

static void tell_failed(struct dialer *dialer, const struct attempt *attempt, enum condition condition,
                        const char *cause)
{
    const struct endpoint *endpoint = &dialer->resolution->endpoints[attempt->endpoint];
    observe(dialer, attempt, DIAL_FAILED, condition, cause);
    if (rank_of(condition) <= dialer->rank)
        return;
    dialer->rank = rank_of(condition);
    struct dialed *dialed = dialer->dialed;
    char name[360];
    dial_endpoint_format(endpoint, attempt->address, name, sizeof(name));
    /* the reason must not be lost behind a long name */
    int room = (int)sizeof(dialed->cause) - (int)strlen(cause) - 3;
    snprintf(dialed->cause, sizeof(dialed->cause), "%.*s: %s", room > 0 ? room : 0, name, cause);
    dialed->condition = condition;
}

static void tell_errno(struct dialer *dialer, const struct attempt *attempt, int error)
{
    tell_failed(dialer, attempt, condition_of(error), error == ETIMEDOUT ? "no answer" : strerror(error));
}

static uint32_t bit_of(const struct dialer *dialer, const struct attempt *attempt)
{
    return UINT32_C(1) << (attempt->address - dialer->resolution->endpoints[attempt->endpoint].addresses);
}

static void spend(struct dialer *dialer, const struct attempt *attempt)
{
    dialer->lanes[attempt->endpoint].spent |= bit_of(dialer, attempt);
}

/* Ends an attempt; a failed one no longer holds up the next address of its endpoint. */
static void drop(struct dialer *dialer, size_t index)
{
    struct lane *lane = &dialer->lanes[dialer->attempts[index].endpoint];
    lane->open--;
    lane->next_at = 0;
    if (dialer->fds[index].fd >= 0)
        close(dialer->fds[index].fd);
    dialer->count--;
    memmove(dialer->fds + index, dialer->fds + index + 1, (dialer->count - index) * sizeof(*dialer->fds));
    memmove(dialer->attempts + index, dialer->attempts + index + 1,
            (dialer->count - index) * sizeof(*dialer->attempts));
}

/* A non-blocking socket that is none of the standard streams; -1 with errno. */
static int open_socket(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0)
        return -1;
    if (fd <= 2) {
        int low = fd;
        fd = fcntl(low, F_DUPFD_CLOEXEC, 3);
        int error = errno;
        close(low);
        errno = error;
    }
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static void begin(struct dialer *dialer, size_t index)
{
    struct lane *lane = &dialer->lanes[index];
    const struct endpoint *endpoint = &dialer->resolution->endpoints[index];
    struct attempt attempt = {
        .endpoint = index, .address = &endpoint->addresses[lane->next++], .begun_at = clock_now()};
    sa_family_t family = attempt.address->any.sa_family;
    int fd = open_socket(family);
    if (fd < 0) {
        spend(dialer, &attempt);
        tell_errno(dialer, &attempt, errno);
        return;
    }
    socklen_t size = family == AF_INET ? sizeof(attempt.address->v4) : sizeof(attempt.address->v6);
    /* an interrupted connect() goes on by itself */
    if (connect(fd, &attempt.address->any, size) != 0 && errno != EINPROGRESS && errno != EINTR) {
        spend(dialer, &attempt);
        tell_errno(dialer, &attempt, errno);
        close(fd);
        return;
    }
    observe(dialer, &attempt, DIAL_BEGUN, CONDITION_NONE, NULL);
    dialer->attempts[dialer->count] = attempt;
    dialer->fds[dialer->count++] = (struct pollfd){.fd = fd, .events = POLLOUT};
    lane->open++;
    lane->next_at = attempt.begun_at + DIAL_STAGGER;
}

/* Whether the endpoint has an address that is not begun yet. */
static bool lane_has_next(struct dialer *dialer, size_t index)
{
    struct lane *lane = &dialer->lanes[index];
    size_t count = dialer->resolution->endpoints[index].address_count;
    while (lane->next < count && lane->spent >> lane->next & 1)
        lane->next++;
    return lane->next < count;
}

static bool lane_failed(struct dialer *dialer, size_t index)
{
    return dialer->lanes[index].open == 0 && !lane_has_next(dialer, index);
}

static int64_t patience_end(const struct dialer *dialer)
{
    return dialer->lanes[dialer->end - 1].begun_at + DIAL_ENDPOINT_PATIENCE;
}

/* Gives the next endpoint its turn when the one before has failed or had its time. */
static bool next_turn(struct dialer *dialer, int64_t now, int64_t *wake)
{
    if (dialer->end == dialer->resolution->endpoint_count)
        return false;
    if (dialer->end > dialer->first && !lane_failed(dialer, dialer->end - 1)) {
        int64_t end = patience_end(dialer);
        if (now < end) {
            *wake = end < *wake ? end : *wake;
            return false;
        }
    }
    size_t index = dialer->end++;
    dialer->lanes[index].begun_at = now;
    const struct endpoint *endpoint = &dialer->resolution->endpoints[index];
    struct attempt none = {.endpoint = index, .begun_at = now};
    if (endpoint->address_count == 0)
        tell_failed(dialer, &none, endpoint->condition, endpoint->cause);
    return true;
}

/* Starts all that is due. *WAKE becomes the time of the next start, if that is earlier. */
static void start_due(struct dialer *dialer, int64_t *wake)
{
    int64_t now = clock_now();
    do {
        for (size_t i = dialer->first; i < dialer->end; i++) {
            const struct lane *lane = &dialer->lanes[i];
            while (lane_has_next(dialer, i) && lane->next_at <= now)
                begin(dialer, i);
            if (lane_has_next(dialer, i) && lane->next_at < *wake)
                *wake = lane->next_at;
        }
    } while (next_turn(dialer, now, wake));
}

/* What became of a connect(): 0 or an errno. On loopback a socket can connect to itself when the port is in the
 * ephemeral range. */
static int outcome(int fd)
{
    int error = 0;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof(error)}) != 0)
        return errno;
    if (error)
        return error;
    union address here, there;
    memset(&here, 0, sizeof(here));
    memset(&there, 0, sizeof(there));
    if (getsockname(fd, &here.any, &(socklen_t){sizeof(here)}) != 0 ||
        getpeername(fd, &there.any, &(socklen_t){sizeof(there)}) != 0)
        return errno;
    in_port_t here_port = here.any.sa_family == AF_INET ? here.v4.sin_port : here.v6.sin6_port;
    in_port_t there_port = there.any.sa_family == AF_INET ? there.v4.sin_port : there.v6.sin6_port;
    return here_port == there_port && host_same(&here, &there) ? ECONNREFUSED : 0;
}

/* Tells of the endpoints before that of the attempt INDEX that had their time and still have not answered. Addresses of
 * its own endpoint that were begun before it have had more time than it took. */
static void pass_outlasted(struct dialer *dialer, size_t index)
{
    size_t endpoint = dialer->attempts[index].endpoint;
    for (size_t i = 0; i < dialer->count; i++) {
        if (dialer->attempts[i].endpoint < endpoint)
            tell_errno(dialer, &dialer->attempts[i], ETIMEDOUT);
        else if (i < index && dialer->attempts[i].endpoint == endpoint)
            spend(dialer, &dialer->attempts[i]);
    }
}

/* Takes the first that has connected, in the order of their starts. */
static bool collect(struct dialer *dialer)
{
    for (size_t i = 0; i < dialer->count;) {
        if (dialer->fds[i].revents == 0) {
            i++;
            continue;
        }
        struct attempt attempt = dialer->attempts[i];
        int fd = dialer->fds[i].fd;
        int error = outcome(fd);
        if (error == 0) {
            pass_outlasted(dialer, i);
            spend(dialer, &attempt);
            dialer->fds[i].fd = -1; /* the caller's from here on */
            *dialer->dialed = (struct dialed){.fd = fd, .endpoint = attempt.endpoint, .address = *attempt.address};
            observe(dialer, &attempt, DIAL_CONNECTED, CONDITION_NONE, NULL);
            return true;
        }
        spend(dialer, &attempt);
        tell_errno(dialer, &attempt, error);
        drop(dialer, i);
    }
    return false;
}

static bool race(struct dialer *dialer, int64_t deadline)
{
    for (;;) {
        int64_t wake = deadline;
        start_due(dialer, &wake);
        bool last = dialer->end == dialer->resolution->endpoint_count;
        if (dialer->count == 0 && last)
            return false;
        if (last && dialer->resumed && patience_end(dialer) < deadline) {
            deadline = patience_end(dialer);
            wake = deadline < wake ? deadline : wake;
        }
        struct timespec limit = clock_left(wake);
        if (ppoll(dialer->fds, dialer->count, &limit, NULL) > 0 && collect(dialer))
            return true;
        if (clock_now() >= deadline)
            return false;
    }
}

bool dial(const struct resolution *resolution, struct dial_position *position, int64_t deadline, dial_observer observer,
          void *userdata, struct dialed *dialed)
{
    memset(dialed, 0, sizeof(*dialed));
    dialed->fd = -1;
    size_t left = dial_left(resolution, position);
    struct dialer dialer = {
        .resolution = resolution,
        .observer = observer,
        .userdata = userdata,
        .dialed = dialed,
        .lanes = calloc(resolution->endpoint_count + 1, sizeof(*dialer.lanes)),
        .first = position->endpoint,
        .end = position->endpoint,
        .resumed = position->spent != 0,
        .attempts = calloc(left + 1, sizeof(*dialer.attempts)),
        .fds = calloc(left + 1, sizeof(*dialer.fds)),
    };
    bool connected = false;
    if (dialer.lanes && dialer.attempts && dialer.fds) {
        dialer.lanes[position->endpoint].spent = position->spent;
        connected = race(&dialer, deadline);
        position->endpoint = connected ? dialed->endpoint : resolution->endpoint_count;
        position->spent = dialer.lanes[position->endpoint].spent;
    } else {
        dialed->condition = CONDITION_CONNECT_UNREACHABLE;
        snprintf(dialed->cause, sizeof(dialed->cause), "%s", strerror(ENOMEM));
    }
    while (dialer.count > 0) {
        if (!connected)
            tell_errno(&dialer, &dialer.attempts[0], ETIMEDOUT);
        drop(&dialer, 0);
    }
    free(dialer.lanes);
    free(dialer.attempts);
    free(dialer.fds);
    return connected;
}

size_t dial_left(const struct resolution *resolution, const struct dial_position *position)
{
    size_t left = 0;
    for (size_t i = position->endpoint; i < resolution->endpoint_count; i++) {
        uint32_t spent = i == position->endpoint ? position->spent : 0;
        for (size_t j = 0; j < resolution->endpoints[i].address_count; j++)
            left += !(spent >> j & 1);
    }
    return left;
}
