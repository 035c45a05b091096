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
#include "confine.h"

/* How long a killed child may take to go away before it is left to the system: a process that the kernel itself holds
 * must not hold the answer. */
#define REAP_PATIENCE (100 * NS_PER_MS)

#define RECORDS_PER_READ 64

static const int asked_to_stop[] = {SIGTERM, SIGINT, SIGHUP};
static const int own_crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};

/* Signal handlers leave their word here; nothing else can be reached from one. */
static volatile sig_atomic_t stop_signal;

static void note_stop(int number)
{
    stop_signal = number;
}

static void report_own_crash(int number)
{
    (void)number;
    static const char line[] = "XMPP PING UNKNOWN - check_xmpp_ping itself crashed\n";
    ssize_t written = write(STDOUT_FILENO, line, sizeof line - 1);
    (void)written;
    _exit(3);
}

static void set_handlers(const int *signals, size_t count, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++)
        sigaction(signals[i], &action, NULL);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static sigset_t stop_set(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < COUNT(asked_to_stop); i++)
        sigaddset(&set, asked_to_stop[i]);
    return set;
}

void supervise_prepare(void)
{
    /* A descriptor below 3 that is free would be given to a socket, which libstrophe ignores and printing would reach.
     */
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);

    static char stack[16384];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    set_handlers(own_crashes, COUNT(own_crashes), report_own_crash, SA_ONSTACK);

#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0); /* a core file would hold the password */
#endif
    sigset_t set = stop_set();
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_handlers(asked_to_stop, COUNT(asked_to_stop), note_stop, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* inherited as ignored, it would make waitpid() lose the child's end */
}

static _Noreturn void child_main(supervise_work work, const void *input, int64_t deadline, pid_t parent, int fd)
{
    set_handlers(own_crashes, COUNT(own_crashes), SIG_DFL, 0);
    set_handlers(asked_to_stop, COUNT(asked_to_stop), SIG_DFL, 0);
    sigset_t set = stop_set();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    confine(parent, deadline);
    work(input, fd);
    _exit(0);
}

/* The records as they come off the pipe; one may arrive in two parts. */
struct reader {
    int fd;
    uint32_t targets, pings;
    supervise_sink sink;
    void *userdata;
    size_t held; /* bytes in buffer */
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

    size_t count = reader->held / sizeof(struct event);
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &reader->buffer.records[i];
        if (!event_valid(event, reader->targets, reader->pings))
            return READ_INVALID;
        reader->sink(event, reader->userdata);
        if (event->kind == EVENT_DONE || event->kind == EVENT_FAILURE)
            return READ_END_RECORD;
    }
    reader->held -= count * sizeof(struct event);
    memmove(reader->buffer.bytes, reader->buffer.bytes + count * sizeof(struct event), reader->held);
    return READ_MORE;
}

/* Waits for something to read, a signal (which is let through only here), or UNTIL. */
static int wait_readable(int fd, int64_t until, const sigset_t *mask)
{
    int64_t left = until - clock_now();
    if (left < 0)
        left = 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / NS_PER_S), .tv_nsec = (long)(left % NS_PER_S)};
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    return ppoll(&waiting, 1, &timeout, mask);
}

/* Collects until an end shows. */
static struct supervision watch(struct reader *reader, int64_t deadline)
{
    struct supervision outcome = {.end = SUPERVISE_DEADLINE};
    sigset_t open_mask;
    sigprocmask(SIG_SETMASK, NULL, &open_mask);
    for (size_t i = 0; i < COUNT(asked_to_stop); i++)
        sigdelset(&open_mask, asked_to_stop[i]);

    for (;;) {
        int ready = wait_readable(reader->fd, deadline, &open_mask);
        outcome.ended_at = clock_now();
        if (stop_signal) {
            outcome.end = SUPERVISE_INTERRUPTED;
            outcome.signal = stop_signal;
            return outcome;
        }
        if (outcome.ended_at >= deadline)
            return outcome;
        if (ready <= 0)
            continue;
        switch (reader_take(reader)) {
        case READ_MORE:
            continue;
        case READ_END_RECORD:
            outcome.end = SUPERVISE_DONE;
            return outcome;
        case READ_EOF:
            outcome.end = SUPERVISE_CRASHED;
            return outcome;
        case READ_INVALID:
            outcome.end = SUPERVISE_FAILED;
            outcome.error = EPROTO;
            return outcome;
        }
    }
}

/* What the child wrote before it was killed still counts, for its figures; its end does not. */
static void drain(struct reader *reader)
{
    int64_t until = clock_now() + REAP_PATIENCE;
    while (wait_readable(reader->fd, until, NULL) > 0)
        if (reader_take(reader) != READ_MORE)
            return;
}

/* Waits for the killed child. False when the system still holds it. */
static bool reap(pid_t child, int *status)
{
    int64_t until = clock_now() + REAP_PATIENCE;
    struct timespec pause = {.tv_nsec = 50 * NS_PER_US};
    for (;;) {
        pid_t got = waitpid(child, status, WNOHANG);
        if (got == child)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        if (clock_now() >= until)
            return false;
        nanosleep(&pause, NULL);
    }
}

static struct supervision failure(int error)
{
    return (struct supervision){.end = SUPERVISE_FAILED, .error = error, .ended_at = clock_now()};
}

struct supervision supervise(supervise_work work, const void *input, int64_t deadline, uint32_t targets, uint32_t pings,
                             supervise_sink sink, void *userdata)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failure(errno);
    struct reader *reader = malloc(sizeof *reader);
    pid_t parent = getpid();
    pid_t child = reader ? fork() : -1;
    if (child < 0) {
        int error = reader ? errno : ENOMEM;
        free(reader);
        close(ends[0]);
        close(ends[1]);
        return failure(error);
    }
    if (child == 0) {
        close(ends[0]);
        child_main(work, input, deadline, parent, ends[1]);
    }
    close(ends[1]);

    *reader = (struct reader){.fd = ends[0], .targets = targets, .pings = pings, .sink = sink, .userdata = userdata};
    struct supervision outcome = watch(reader, deadline);
    if (outcome.end != SUPERVISE_CRASHED) /* whose status is the news */
        kill(child, SIGKILL);
    if (outcome.end == SUPERVISE_DEADLINE || outcome.end == SUPERVISE_INTERRUPTED)
        drain(reader);
    int status = 0;
    bool reaped = reap(child, &status);
    if (reaped && outcome.end == SUPERVISE_CRASHED && WIFSIGNALED(status))
        outcome.signal = WTERMSIG(status);
    if (!reaped) {
        kill(child, SIGKILL);
        reap(child, &status);
    }
    close(reader->fd);
    free(reader);
    return outcome;
}
