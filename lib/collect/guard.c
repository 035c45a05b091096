/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "clock.h"
#include "file.h"
#include "line.h"
#include "state.h"

/* How long the main thread may take to answer a signal, and stdout to take the report, behind the deadline. */
#define PATIENCE (200 * NS_PER_MS)

#define STACK_SIZE 65536

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const int asked_to_stop[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
static const int own_crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGXCPU};

/* What the main thread does. */
enum stage { READING, WATCHING, PRINTING, OVER };

/* Signals are the process's, so this is, too. */
static struct {
    pthread_mutex_t lock; /* of what follows but STOP. Who ends the process keeps it, so that nobody else prints */
    pthread_cond_t changed;
    bool stands; /* the thread waits for signals */
    enum stage stage;
    int64_t begun_at, limit; /* ns */
    timer_t timer;           /* strikes, by SIGALRM, at the limit */
    int bell[2];             /* a pipe */
    int error;               /* errno; not 0: there is no guard, not yet */
    atomic_int stop;
} guard = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .error = EINVAL};

/* --- the end --- */

static _Noreturn void leave(const char *line)
{
    struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&room, 1, (int)(PATIENCE / NS_PER_MS)) > 0) {
        ssize_t written = write(STDOUT_FILENO, line, strlen(line));
        (void)written;
    }
    _exit(STATE_UNKNOWN);
}

void guard_leave(const char *line)
{
    pthread_mutex_lock(&guard.lock);
    leave(line);
}

static void report_crash(int number)
{
    (void)number;
    leave("XMPP PING UNKNOWN - check_xmpp_ping itself crashed\n");
}

static _Noreturn void leave_reading(void)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "XMPP PING UNKNOWN - ");
    if (guard.stop) {
        line_add(&line, "killed by SIG%s while reading files", sigabbrev_np(guard.stop));
    } else {
        line_add(&line, "files: not read in ");
        line_add_time(&line, guard.limit - guard.begun_at);
    }
    line_add(&line, "\n");
    leave(line.text);
}

/* --- the guard's thread --- */

static void set_limit(int64_t limit)
{
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(limit / NS_PER_S), .tv_nsec = (long)(limit % NS_PER_S)}};
    guard.limit = limit;
    if (guard.error == 0)
        timer_settime(guard.timer, TIMER_ABSTIME, &when, NULL);
}

static void ring(void)
{
    ssize_t written = write(guard.bell[1], "", 1); /* when it is full it has been rung */
    (void)written;
}

static void strike(void)
{
    if (clock_now() < guard.limit) /* somebody else's alarm, or that of a limit before */
        return;
    switch (guard.stage) {
    case READING:
        leave_reading();
    case WATCHING:
        ring();
        break;
    case PRINTING:
        _exit(STATE_UNKNOWN);
    case OVER:
        break;
    }
}

/* While files are read the main thread will come by in a moment, if it can, and then gives a better answer. */
static void stop(int number)
{
    guard.stop = number;
    if (guard.stage == WATCHING)
        ring();
    else if (guard.limit > clock_now() + PATIENCE)
        set_limit(clock_now() + PATIENCE);
}

static void fill_awaited(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGALRM);
    for (size_t i = 0; i < COUNT(asked_to_stop); i++)
        sigaddset(set, asked_to_stop[i]);
}

static void *keep_guard(void *unused)
{
    (void)unused;
    sigset_t awaited;
    int number;
    fill_awaited(&awaited);
    pthread_mutex_lock(&guard.lock);
    guard.stands = true;
    pthread_cond_signal(&guard.changed);
    pthread_mutex_unlock(&guard.lock);
    for (;;) {
        if (sigwait(&awaited, &number) != 0)
            continue;
        pthread_mutex_lock(&guard.lock);
        if (number == SIGALRM)
            strike();
        else
            stop(number);
        pthread_mutex_unlock(&guard.lock);
    }
    return NULL;
}

/* --- the beginning --- */

/* A descriptor below 3 that is free would be given to a socket, which libstrophe ignores and printing would reach. The
 * directory stands in for it, as it is there in each chroot and cannot be written to. */
static void fill_standard_streams(void)
{
    int fd;
    do
        fd = open("/", O_RDONLY);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
}

static void set_crash_handler(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigset_t crashes;
    sigemptyset(&action.sa_mask);
    sigemptyset(&crashes);
    for (size_t i = 0; i < COUNT(own_crashes); i++) {
        sigaction(own_crashes[i], &action, NULL);
        sigaddset(&crashes, own_crashes[i]);
    }
    sigprocmask(SIG_UNBLOCK, &crashes, NULL); /* who started us may have blocked them */
}

/* Who started us may have had them ignored. False with errno: one that comes ends the process. */
static bool hold_back_signals(void)
{
    sigset_t awaited;
    fill_awaited(&awaited);
    bool held = sigprocmask(SIG_BLOCK, &awaited, NULL) == 0;
    for (size_t i = 0; i < COUNT(asked_to_stop); i++)
        signal(asked_to_stop[i], SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* an output that is too long for its file fails as any other that cannot be written */
    signal(SIGCHLD, SIG_DFL); /* inherited as ignored, it would make waitpid() lose the child's end */
    return held;
}

static void let_signals_through(void)
{
    sigset_t awaited;
    fill_awaited(&awaited);
    sigprocmask(SIG_UNBLOCK, &awaited, NULL);
}

/* Returns an errno; 0: started. */
static int start_thread(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    return pthread_create(&thread, &attributes, keep_guard, NULL);
}

void guard_begin(int64_t begun_at, int64_t limit)
{
    guard.error = hold_back_signals() ? 0 : errno;
    fill_standard_streams();
    static char stack[16384];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    set_crash_handler(report_crash);
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0); /* a core file would hold the password */
#endif
    guard.begun_at = begun_at;
    struct sigevent alarm = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    if (guard.error == 0)
        guard.error =
            pipe2(guard.bell, O_CLOEXEC | O_NONBLOCK) == 0 && timer_create(CLOCK_OF_RUN, &alarm, &guard.timer) == 0
                ? start_thread()
                : errno;
    guard_set_limit(limit);
    if (guard.error != 0)
        let_signals_through();
}

/* --- the main thread --- */

void guard_set_limit(int64_t limit)
{
    pthread_mutex_lock(&guard.lock);
    if (!guard.stop)
        set_limit(limit);
    pthread_mutex_unlock(&guard.lock);
}

int guard_watch(int64_t deadline)
{
    if (guard.error != 0) {
        errno = guard.error;
        return -1;
    }
    pthread_mutex_lock(&guard.lock);
    /* A process that is forked while a thread is being born may inherit locks that nobody opens: AddressSanitizer's. */
    while (!guard.stands)
        pthread_cond_wait(&guard.changed, &guard.lock);
    guard.stage = WATCHING;
    set_limit(deadline);
    pthread_mutex_unlock(&guard.lock);
    return guard.bell[0];
}

void guard_hush(void)
{
    char rings[64];
    while (read(guard.bell[0], rings, sizeof rings) > 0)
        ;
}

int guard_stopped(void)
{
    return guard.stop;
}

bool guard_print(const char *text, size_t length)
{
    pthread_mutex_lock(&guard.lock);
    int64_t least = clock_now() + PATIENCE;
    guard.stage = PRINTING;
    if (guard.stop || guard.limit < least)
        set_limit(least);
    pthread_mutex_unlock(&guard.lock);
    bool written = file_write(STDOUT_FILENO, text, length);
    pthread_mutex_lock(&guard.lock);
    guard.stage = OVER;
    pthread_mutex_unlock(&guard.lock);
    return written;
}

/* --- a child --- */

void guard_dismiss(void)
{
    set_crash_handler(SIG_DFL);
    for (size_t i = 0; i < COUNT(asked_to_stop); i++)
        signal(asked_to_stop[i], SIG_IGN);
    let_signals_through();
}
