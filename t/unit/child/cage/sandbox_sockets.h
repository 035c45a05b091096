/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For sandbox.c: sockets, and what is barred only behind DNS and behind the login. */
#ifndef SANDBOX_SOCKETS_H
#define SANDBOX_SOCKETS_H

#include <linux/filter.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "confined.h"

/* --- sockets --- */

static int bind_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    return result(bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&any, sizeof any));
}

static int listen_tcp(void)
{
    return result(listen(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1));
}

static int accept_connection(void)
{
    int fd = accept4(0, NULL, NULL, SOCK_CLOEXEC);
    return fd < 0 && errno == ENOTSOCK ? 0 : result(fd);
}

static int pair_datagrams(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    return result(sendto(ends[0], "forged", 6, 0, (struct sockaddr *)&scene.journal, sizeof scene.journal));
}

static int pair_packets(void)
{
    int ends[2];
    return result(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
}

static int pair_with(struct sockaddr_un *service, bool alone, bool sends)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    if (alone)
        close(ends[1]);
    if (sends)
        return result(sendto(ends[0], "forged", 6, MSG_NOSIGNAL, (struct sockaddr *)service, sizeof *service));
    return result(connect(ends[0], (struct sockaddr *)service, sizeof *service));
}

static int redirect_pair(void)
{
    return pair_with(&scene.local, false, false);
}

static int redirect_half_pair(void)
{
    return pair_with(&scene.local, true, false);
}

static int send_from_pair(void)
{
    return pair_with(&scene.journal, false, true);
}

static int send_from_half_pair(void)
{
    return pair_with(&scene.journal, true, true);
}

static int talk_to_service(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : result(connect(fd, (struct sockaddr *)&scene.local, sizeof scene.local));
}

static int forge_journal(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : result(sendto(fd, "forged", 6, 0, (struct sockaddr *)&scene.journal, sizeof scene.journal));
}

static int filter_socket(void)
{
#ifdef HAVE_LIBSECCOMP
    struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {1, &code};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
#else
    return ENOSYS;
#endif
}

static int layer_socket(void)
{
    return result(setsockopt(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), IPPROTO_TCP, TCP_ULP, "tls", 4));
}

/* All families, types and protocols but TCP, UDP. Returns 0 for one that the kernel was asked for. */
static int open_strange_socket(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM, SOCK_PACKET};
    for (int family = 0; family < 64; family++)
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            for (int protocol = 0; protocol < 300; protocol++) {
                bool internet = family == AF_INET || family == AF_INET6;
                if (internet && types[i] == SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_TCP))
                    continue;
                if (internet && types[i] == SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_UDP))
                    continue;
                if (syscall(SYS_socket, family, types[i] | SOCK_CLOEXEC, protocol) >= 0 || errno != ENOSYS)
                    return 0;
            }
    return ENOSYS;
}

/* --- behind DNS --- */

static int open_udp(void)
{
    return result(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP));
}

static int open_udp6(void)
{
    return result(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

static int connect_elsewhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(connect(fd, (struct sockaddr *)&scene.elsewhere, sizeof scene.elsewhere));
}

/* The connection is made by the first data (TCP Fast Open), and asks no Landlock. */
static int send_elsewhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(sendto(fd, "hello", 5, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&scene.elsewhere,
                         sizeof scene.elsewhere));
}

static int send_message_elsewhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct iovec part = {.iov_base = "hello", .iov_len = 5};
    struct msghdr message = {
        .msg_name = &scene.elsewhere, .msg_namelen = sizeof scene.elsewhere, .msg_iov = &part, .msg_iovlen = 1};
    return result(sendmsg(fd, &message, MSG_FASTOPEN | MSG_NOSIGNAL));
}

/* --- behind the login --- */

static int read_what_it_could(void)
{
    return result(open(scene.readable, O_RDONLY | O_CLOEXEC));
}

static int look_at_file(void)
{
    struct stat status;
    return result(stat(scene.readable, &status));
}

static int open_tcp(void)
{
    return result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int make_pair(void)
{
    int ends[2];
    return result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
}

/* With a socket that it has from before. */
static int connect_again(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!sandbox_end_login(BAR_BIT(BAR_CALLS)))
        return 0;
    return result(connect(fd, (struct sockaddr *)&scene.server, sizeof scene.server));
}

static int filter_itself(void)
{
    return result(prctl(PR_SET_SECCOMP, 2, NULL));
}

static const struct escape of_sockets[] = {
    {"bind a port", bind_port, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"listen", listen_tcp, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"accept a connection", accept_connection, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"send a forged line to the journal", forge_journal, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"send it from one of a pair", pair_datagrams, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a pair of another type", pair_packets, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"talk to a local service", talk_to_service, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"lead one of a pair of streams to it", redirect_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"do that when its other end is gone", redirect_half_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"send the forged line from it", send_from_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"do that when its other end is gone", send_from_half_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"put a filter on a socket", filter_socket, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"put TLS of the kernel's on a socket", layer_socket, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"make a socket but for TCP and UDP, of 115,200 kinds", open_strange_socket, BAR_CALLS, ENOSYS, WORKS,
     DOOR_ENTERED},

    {"make a UDP socket", open_udp, BAR_CALLS, ENOSYS, WORKS, DOOR_DNS_ENDED},
    {"make a UDP socket with flags", open_udp6, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},
    {"connect to another port", connect_elsewhere, BAR_PORTS, EACCES, WORKS, DOOR_DNS_ENDED},
    {"send to another port without connecting", send_elsewhere, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},
    {"do that by sendmsg()", send_message_elsewhere, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},
    {"connect a socket that it has", connect_again, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},

    {"read the file that it could read", read_what_it_could, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"see whether it is there", look_at_file, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"make a TCP socket", open_tcp, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"make a pair", make_pair, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"put up a filter", filter_itself, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_LOGIN_ENDED},
};

#endif
