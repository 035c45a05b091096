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
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "clock.h"
#include "child/confine.h"
#include "file.h"

/* How long a killed child may take to go away before it is left to the system: a process that the kernel itself holds
 * must not hold the answer. */
#define REAP_PATIENCE (100 * NS_PER_MS)

#define RECORDS_PER_READ 64

/* Seconds in which the parent has to have read its files. */
#define FILES_PATIENCE 10

static const int asked_to_stop[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
static const int own_crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGXCPU, SIGALRM};

/* Signal handlers leave their word here; nothing else can be reached from one. */
static volatile sig_atomic_t stop_signal;

static void note_stop(int number)
{
    stop_signal = number;
}

static _Noreturn void leave(const char *line, size_t length)
{
    ssize_t written = write(STDOUT_FILENO, line, length);
    (void)written;
    _exit(3);
}

static void report_own_crash(int number)
{
    static const char crashed[] = "XMPP PING UNKNOWN - check_xmpp_ping itself crashed\n";
    static const char slow[] = "XMPP PING UNKNOWN - files: not read in 10 s\n";
    if (number == SIGALRM)
        leave(slow, sizeof slow - 1);
    leave(crashed, sizeof crashed - 1);
}

static void set_handlers(const int *signals, size_t count, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++)
        sigaction(signals[i], &action, NULL);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* HOW as with sigprocmask(). */
static void mask_signals(int how, const int *signals, size_t count)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(how, &set, NULL);
}

void supervise_prepare(void)
{
    /* A descriptor below 3 that is free would be given to a socket, which libstrophe ignores and printing would reach.
     */
    int fd;
    do
        fd = file_open_nothing();
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);

    static char stack[16384];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    set_handlers(own_crashes, COUNT(own_crashes), report_own_crash, SA_ONSTACK);
    mask_signals(SIG_UNBLOCK, own_crashes, COUNT(own_crashes)); /* who started us may have blocked them */
    alarm(FILES_PATIENCE);

#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0); /* a core file would hold the password */
#endif
    mask_signals(SIG_BLOCK, asked_to_stop, COUNT(asked_to_stop));
    set_handlers(asked_to_stop, COUNT(asked_to_stop), note_stop, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* an output that is too long for its file fails as any other that cannot be written */
    signal(SIGCHLD, SIG_DFL); /* inherited as ignored, it would make waitpid() lose the child's end */
}

static _Noreturn void child_main(supervise_work work, const void *input, int64_t deadline, pid_t parent, int fd)
{
    set_handlers(own_crashes, COUNT(own_crashes), SIG_DFL, 0);
    /* Ctrl-C and timeouts of schedulers go to the whole group. They are for the parent to answer: a child that died of
     * one before the parent saw its own would be taken for one that crashed. */
    set_handlers(asked_to_stop, COUNT(asked_to_stop), SIG_IGN, 0);
    mask_signals(SIG_UNBLOCK, asked_to_stop, COUNT(asked_to_stop));
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
        readers[i].child->outcome =
            (struct supervision){.end = end, .signal = end == SUPERVISE_INTERRUPTED ? stop_signal : 0, .ended_at = now};
        kill(readers[i].pid, SIGKILL);
    }
    for (size_t i = 0; i < count; i++) {
        if (readers[i].fd < 0)
            continue;
        drain(&readers[i], until);
        reader_finish(&readers[i], until);
    }
}

/* Waits for something to read, a signal (which is let through only here), or UNTIL. */
static void wait_readable(struct pollfd *waiting, size_t count, int64_t until)
{
    sigset_t open_mask;
    sigprocmask(SIG_SETMASK, NULL, &open_mask);
    for (size_t i = 0; i < COUNT(asked_to_stop); i++)
        sigdelset(&open_mask, asked_to_stop[i]);
    int64_t left = until - clock_now();
    if (left < 0)
        left = 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / NS_PER_S), .tv_nsec = (long)(left % NS_PER_S)};
    if (ppoll(waiting, count, &timeout, &open_mask) < 0) {
        for (size_t i = 0; i < count; i++)
            waiting[i].revents = 0;
    }
}

/* Collects until the last child has ended. */
static void watch(struct reader *readers, struct pollfd *waiting, size_t count, int64_t deadline)
{
    for (;;) {
        size_t watched = 0;
        for (size_t i = 0; i < count; i++) {
            waiting[i] = (struct pollfd){.fd = readers[i].fd, .events = POLLIN};
            watched += readers[i].fd >= 0;
        }
        if (watched == 0)
            return;
        wait_readable(waiting, count, deadline);
        int64_t now = clock_now();
        if (stop_signal || now >= deadline) {
            cut_off(readers, count, stop_signal ? SUPERVISE_INTERRUPTED : SUPERVISE_DEADLINE, now);
            return;
        }
        for (size_t i = 0; i < count; i++)
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
    alarm(0);
    struct reader *readers = calloc(count, sizeof *readers);
    struct pollfd *waiting = calloc(count, sizeof *waiting);
    for (size_t i = 0; i < count; i++) {
        children[i].outcome = (struct supervision){.end = SUPERVISE_FAILED, .error = ENOMEM, .ended_at = clock_now()};
        if (!readers || !waiting)
            continue;
        readers[i].child = &children[i];
        start(readers, i, deadline);
    }
    if (readers && waiting)
        watch(readers, waiting, count, deadline);
    free(readers);
    free(waiting);
}
