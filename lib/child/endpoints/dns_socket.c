/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dns_socket.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tell.h"

static ares_socket_t socket_open(int family, int type, int protocol, void *data)
{
    (void)data;
    return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int socket_close(ares_socket_t fd, void *data)
{
    (void)data;
    return close(fd);
}

static int socket_connect(ares_socket_t fd, const struct sockaddr *address, ares_socklen_t size, void *data)
{
    (void)data;
    return connect(fd, address, size);
}

static ares_ssize_t socket_send(ares_socket_t fd, const struct iovec *parts, int count, void *data)
{
    (void)data;
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    /* the refusal of the question before, which c-ares would take for this one's, and go on waiting for the other */
    if (sent < 0 && errno == ECONNREFUSED)
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    return sent;
}

/* A datagram that answers no question is passed over, as by c-ares 1.18; 1.34 would give the question up for it. */
static bool is_noise(ares_socket_t fd, const unsigned char *data, ssize_t length)
{
    int type = SOCK_DGRAM;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof(type)});
    if (type != SOCK_DGRAM)
        return false;
    bool is_response = length >= NS_HFIXEDSZ && (data[2] & 0xf8) == 0x80; /* and the operation is a query */
    return !is_response || data[4] != 0 || data[5] != 1;                  /* not one question */
}

static ares_ssize_t socket_receive(ares_socket_t fd, void *buffer, size_t size, int flags, struct sockaddr *from,
                                   ares_socklen_t *from_size, void *data)
{
    struct dns *dns = data;
    ssize_t length = recvfrom(fd, buffer, size, flags, from, from_size);
    if (length > 0)
        tell_heard(dns->teller);
    if (length >= 0 && is_noise(fd, buffer, length)) {
        errno = EAGAIN;
        return -1;
    }
    if (length < NS_HFIXEDSZ)
        return length;
    switch (((const unsigned char *)buffer)[3] & 0xf) {
    case ns_r_servfail:
        dns->refusal = ARES_ESERVFAIL;
        break;
    case ns_r_notimpl:
        dns->refusal = ARES_ENOTIMP;
        break;
    case ns_r_refused:
        dns->refusal = ARES_EREFUSED;
        break;
    default:
        break;
    }
    return length;
}

static const struct ares_socket_functions socket_functions = {
    .asocket = socket_open,
    .aclose = socket_close,
    .aconnect = socket_connect,
    .arecvfrom = socket_receive,
    .asendv = socket_send,
};

void dns_use_sockets(struct dns *dns)
{
    cares.set_socket_functions(dns->channel, &socket_functions, dns);
}
