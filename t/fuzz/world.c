/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <dlfcn.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fuzz.h"

static struct {
    bool active;
    world_turn turn;
    void *userdata;
    int64_t ahead; /* of the real clock, ns */
} world;

void world_begin(world_turn turn, void *userdata)
{
    world.active = true;
    world.turn = turn;
    world.userdata = userdata;
}

void world_end(void)
{
    world.active = false;
}

/* Time goes on a little by itself: what is sent and answered at once has a time too. */
int clock_gettime(clockid_t clock, struct timespec *time)
{
    int code = (int)syscall(SYS_clock_gettime, clock, time);
    if ((clock == CLOCK_OF_RUN || clock == CLOCK_MONOTONIC) && code == 0) {
        int64_t now = (int64_t)time->tv_sec * NS_PER_S + time->tv_nsec + world.ahead;
        time->tv_sec = (time_t)(now / NS_PER_S);
        time->tv_nsec = (long)(now % NS_PER_S);
    }
    return code;
}

static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    return function ? function : (abort(), NULL);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    if (!world.active) {
        int (*next)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
        *(void **)&next = real("ppoll");
        return next(fds, count, timeout, mask);
    }
    EXPECT(timeout, "somebody waits for ever");
    int64_t wait = (int64_t)timeout->tv_sec * NS_PER_S + timeout->tv_nsec;
    for (;;) {
        int ready = poll(fds, count, 0);
        if (ready != 0 || wait <= 0)
            return ready;
        if (!world.turn(world.userdata))
            break;
    }
    world.ahead += wait;
    return 0;
}

/* What _FORTIFY_SOURCE makes of it. */
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t size)
{
    EXPECT(count <= size / sizeof *fds, "%zu descriptors", (size_t)count);
    return (ppoll)(fds, count, timeout, mask);
}

int select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout)
{
    int (*next)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
    *(void **)&next = real("select");
    if (!world.active)
        return next(count, in, out, other, timeout);
    EXPECT(timeout, "somebody waits for ever");
    fd_set sets[3];
    fd_set *given[3] = {in, out, other};
    for (size_t i = 0; i < 3; i++)
        if (given[i])
            sets[i] = *given[i];
    int64_t wait = (int64_t)timeout->tv_sec * NS_PER_S + timeout->tv_usec * NS_PER_US;
    for (;;) {
        struct timeval none = {0};
        int ready = next(count, in, out, other, &none);
        if (ready != 0 || wait <= 0)
            return ready;
        if (!world.turn(world.userdata))
            break;
        for (size_t i = 0; i < 3; i++)
            if (given[i])
                *given[i] = sets[i];
    }
    world.ahead += wait;
    return 0;
}
