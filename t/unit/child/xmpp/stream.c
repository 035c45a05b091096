/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a stream on a socket that is connected no more. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

/* A socket whose connection the other side has reset; -1 on failure. ADDRESS gets where it was connected to. Blocks
 * until the reset is there. */
static int make_reset_socket(union address *address)
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
    int peer = accept(listener, NULL, NULL);
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    close(peer);
    close(listener);
    poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
    return fd;
}

int main(void)
{
    static struct stream stream;
    struct failure failure;
    union address address;
    struct teller teller = {.fd = open("/dev/null", O_WRONLY)};
    int fd = make_reset_socket(&address);
    plan_tests(4);
    ok(fd >= 0, "a connection was made and reset");
    ok(!stream_begin(&stream, "example.org", fd, &address, &teller, false), "no stream begins on it");
    stream_failure(&stream, PHASE_CONNECT, &failure);
    ok(!failure.own_fault, "that is no fault of ours");
    ok(failure.condition.own == CONDITION_CONNECTION_LOST, "but a connection that was lost");
    return exit_status();
}
