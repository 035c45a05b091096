/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "child/cage/confine.h"
#include "guard.h"

/* How long a killed child may take to go away before it is left to the system: a process that the kernel itself holds
 * must not hold the answer. */
#define REAP_PATIENCE (100 * NS_PER_MS)

#define RECORDS_PER_READ 64

#ifdef __linux__
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* what the kernel calls it, and the C library does not */
#endif

/* In the child; a signal handler has no argument of ours. */
static int report_fd;

/* The sandbox has stopped a system call: tells which, and dies. */
static void tell_barred(int number, siginfo_t *info, void *context)
{
    (void)context;
    signal(number, SIG_DFL);
    if (info->si_code == SYS_SECCOMP) {
        struct event event = event_new(EVENT_BARRED);
        event.value = info->si_syscall;
        event_write(report_fd, &event);
    }
    raise(number);
    _exit(1); /* the sandbox may not let it */
}

static void tell_when_barred(int fd)
{
    struct sigaction action = {.sa_sigaction = tell_barred, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    report_fd = fd;
    sigaction(SIGSYS, &action, NULL);
}
#endif

static _Noreturn void child_main(supervise_work work, const void *input, int64_t deadline, pid_t parent, int fd)
{
    guard_dismiss();
#ifdef __linux__
    tell_when_barred(fd);
#endif
    confine(parent, deadline, fd);
    work(input, fd);
    _exit(0);
}

/* One child's end of the supervision. */
struct reader {
    struct supervised *child;
    pid_t pid;
    int fd;      /* the pipe; -1: not watched any more */
    size_t held; /* bytes in buffer: a record may arrive in two parts */
    union {
        struct event records[RECORDS_PER_READ];
        char bytes[RECORDS_PER_READ * sizeof(struct event)];
    } buffer;
};

enum reading { READ_MORE, READ_END_RECORD, READ_EOF, READ_INVALID };

/* Reads once and feeds the sink. */
static enum reading reader_take(struct reader *reader)
{
    ssize_t got = read(reader->fd, reader->buffer.bytes + reader->held, sizeof reader->buffer - reader->held);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN ? READ_MORE : READ_INVALID;
    if (got == 0)
        return READ_EOF;
    reader->held += (size_t)got;

    const struct supervised *child = reader->child;
    size_t count = reader->held / sizeof(struct event);
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &reader->buffer.records[i];
        if (!event_valid(event, child->targets, child->pings))
            return READ_INVALID;
        child->sink(event, child->userdata);
        if (event->kind == EVENT_DONE || event->kind == EVENT_FAILURE)
            return READ_END_RECORD;
    }
    reader->held -= count * sizeof(struct event);
    memmove(reader->buffer.bytes, reader->buffer.bytes + count * sizeof(struct event), reader->held);
    return READ_MORE;
}

/* What the child wrote before it was killed still counts, for its figures; its end does not. */
static void drain(struct reader *reader, int64_t until)
{
    struct pollfd readable = {.fd = reader->fd, .events = POLLIN};
    while (clock_now() < until && poll(&readable, 1, 0) > 0)
        if (reader_take(reader) != READ_MORE)
            return;
}

/* Waits for the child, which is killed or has closed its pipe. False when the system still holds it. */
static bool reap(pid_t pid, int *status, int64_t until)
{
    struct timespec pause = {.tv_nsec = 50 * NS_PER_US};
    for (;;) {
        pid_t got = waitpid(pid, status, WNOHANG);
        if (got == pid)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        if (clock_now() >= until)
            return false;
        nanosleep(&pause, NULL);
    }
}

/* Takes leave of a child whose outcome has its end, UNTIL at the latest. */
static void reader_finish(struct reader *reader, int64_t until)
{
    struct supervision *outcome = &reader->child->outcome;
    bool crashed = outcome->end == SUPERVISE_CRASHED; /* its status is the news: it is not killed */
    int status = 0;
    if (!crashed)
        kill(reader->pid, SIGKILL);
    bool reaped = reap(reader->pid, &status, until);
    if (reaped && crashed && WIFSIGNALED(status))
        outcome->signal = WTERMSIG(status);
    if (!reaped) {
        kill(reader->pid, SIGKILL);
        reap(reader->pid, &status, until + REAP_PATIENCE);
    }
    close(reader->fd);
    reader->fd = -1;
}

static void reader_read(struct reader *reader, int64_t now)
{
    struct supervision *outcome = &reader->child->outcome;
    switch (reader_take(reader)) {
    case READ_MORE:
        return;
    case READ_END_RECORD:
        outcome->end = SUPERVISE_DONE;
        break;
    case READ_EOF:
        outcome->end = SUPERVISE_CRASHED;
        break;
    case READ_INVALID:
        outcome->end = SUPERVISE_FAILED;
        outcome->error = EPROTO;
        break;
    }
    outcome->ended_at = now;
    reader_finish(reader, now + REAP_PATIENCE);
}

/* Ends all that are still watched. They are killed together, before anything is waited for. */
static void cut_off(struct reader *readers, size_t count, enum supervise_end end, int64_t now)
{
    int64_t until = now + REAP_PATIENCE;
    for (size_t i = 0; i < count; i++) {
        if (readers[i].fd < 0)
            continue;
        readers[i].child->outcome = (struct supervision){
            .end = end, .signal = end == SUPERVISE_INTERRUPTED ? guard_stopped() : 0, .ended_at = now};
        kill(readers[i].pid, SIGKILL);
    }
    for (size_t i = 0; i < count; i++) {
        if (readers[i].fd < 0)
            continue;
        drain(&readers[i], until);
        reader_finish(&readers[i], until);
    }
}

/* Waits until there is something to read from one of them, or the guard, the last of WAITING, wakes up. */
static void wait_readable(const struct reader *readers, struct pollfd *waiting, size_t count, int guard)
{
    for (size_t i = 0; i < count; i++)
        waiting[i] = (struct pollfd){.fd = readers[i].fd, .events = POLLIN};
    waiting[count] = (struct pollfd){.fd = guard, .events = POLLIN};
    if (poll(waiting, count + 1, -1) < 0) {
        for (size_t i = 0; i <= count; i++)
            waiting[i].revents = 0;
    }
    if (waiting[count].revents != 0)
        guard_hush();
}

static bool any_watched(const struct reader *readers, size_t count)
{
    size_t i = 0;
    while (i < count && readers[i].fd < 0)
        i++;
    return i < count;
}

/* Collects until the last child has ended. WAITING has room for one more than COUNT; GUARD is the guard's descriptor.
 */
static void watch(struct reader *readers, struct pollfd *waiting, size_t count, int guard, int64_t deadline)
{
    while (any_watched(readers, count)) {
        int64_t now = clock_now();
        if (guard_stopped() || now >= deadline) {
            cut_off(readers, count, guard_stopped() ? SUPERVISE_INTERRUPTED : SUPERVISE_DEADLINE, now);
            return;
        }
        wait_readable(readers, waiting, count, guard);
        now = clock_now();
        for (size_t i = 0; i < count && now < deadline; i++)
            if (waiting[i].revents != 0)
                reader_read(&readers[i], now);
    }
}

/* Starts the child of READERS[INDEX]; without one the outcome says why. */
static void start(struct reader *readers, size_t index, int64_t deadline)
{
    struct reader *reader = &readers[index];
    struct supervised *child = reader->child;
    int ends[2];
    pid_t parent = getpid();
    reader->fd = -1;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        reader->pid = fork();
        if (reader->pid == 0) {
            close(ends[0]);
            for (size_t i = 0; i < index; i++) /* the others' pipes are none of its business */
                close(readers[i].fd);
            child_main(child->work, child->input, deadline, parent, ends[1]);
        }
        if (reader->pid > 0)
            reader->fd = ends[0];
        int error = errno;
        close(ends[1]);
        if (reader->pid < 0)
            close(ends[0]);
        errno = error;
    }
    if (reader->fd < 0)
        child->outcome = (struct supervision){.end = SUPERVISE_FAILED, .error = errno, .ended_at = clock_now()};
}

void supervise(struct supervised *children, size_t count, int64_t deadline)
{
    struct reader *readers = calloc(count, sizeof *readers);
    struct pollfd *waiting = calloc(count + 1, sizeof *waiting);
    int guard = guard_watch(deadline);
    bool good = guard >= 0 && readers && waiting;
    struct supervision outcome = {
        .end = SUPERVISE_FAILED, .error = guard < 0 ? errno : ENOMEM, .ended_at = clock_now()};
    for (size_t i = 0; i < count; i++) {
        children[i].outcome = outcome;
        if (!good)
            continue;
        readers[i].child = &children[i];
        start(readers, i, deadline);
    }
    if (good)
        watch(readers, waiting, count, guard, deadline);
    free(readers);
    free(waiting);
}
