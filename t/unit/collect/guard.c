/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each case runs in a process of its own, which is to end in time, with its line and exit code. */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "clock.h"

/* A bound for what has to come at once, on a machine that does other things too. */
#define SOON (5 * NS_PER_S)
#define LONG (60 * NS_PER_S)
#define SHORT (200 * NS_PER_MS)

static void begin(int64_t time)
{
    int64_t now = clock_now();
    guard_begin(now, now + time);
}

/* As a read from a dead file system does: no handler runs. */
static void hang(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (;;)
        pause();
}

static void fill_stdout(void)
{
    static const char bytes[65536];
    fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
    while (write(STDOUT_FILENO, bytes, sizeof bytes) > 0 || write(STDOUT_FILENO, bytes, 1) > 0)
        ;
    fcntl(STDOUT_FILENO, F_SETFL, 0);
}

static int print(const char *text)
{
    return guard_print(text, strlen(text)) ? 0 : 3;
}

/* --- while files are read --- */

static int read_late(void)
{
    begin(SHORT);
    hang();
    return 0;
}

static int read_with_less(void)
{
    begin(LONG);
    guard_set_limit(clock_now() + SHORT);
    hang();
    return 0;
}

static int read_with_more(void)
{
    begin(SHORT);
    guard_set_limit(clock_now() + LONG);
    poll(NULL, 0, 400);
    return print("all is well\n");
}

static int read_stopped(void)
{
    begin(LONG);
    kill(getpid(), SIGTERM);
    guard_set_limit(clock_now() + LONG); /* too late */
    hang();
    return 0;
}

static int read_in_full(void)
{
    fill_stdout();
    begin(SHORT);
    hang();
    return 0;
}

/* Who started it may have had the signals ignored and held back. */
static int inherit_signals(void)
{
    signal(SIGTERM, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    return read_stopped();
}

static int foreign_alarm(void)
{
    begin(LONG);
    kill(getpid(), SIGALRM);
    poll(NULL, 0, 300);
    return print("all is well\n");
}

/* --- while the caller watches --- */

static int watch_deadline(void)
{
    begin(LONG);
    struct pollfd waiting = {.fd = guard_watch(clock_now() + SHORT), .events = POLLIN};
    poll(&waiting, 1, -1);
    return print(guard_stopped() ? "stopped\n" : "deadline\n");
}

static int watch_signal(void)
{
    begin(LONG);
    struct pollfd waiting = {.fd = guard_watch(clock_now() + LONG), .events = POLLIN};
    kill(getpid(), SIGHUP);
    poll(&waiting, 1, -1);
    guard_hush();
    if (poll(&waiting, 1, 0) != 0)
        return 98;
    return print(guard_stopped() == SIGHUP ? "stopped\n" : "no\n");
}

/* What came while files were read is answered by who watches. */
static int signal_before_watch(void)
{
    begin(LONG);
    kill(getpid(), SIGINT);
    while (!guard_stopped())
        poll(NULL, 0, 1);
    guard_watch(clock_now() + LONG);
    poll(NULL, 0, 500);
    return print("watched\n");
}

/* What would wait for a thread that nobody has started must not wait at all. */
static int watch_without_beginning(void)
{
    return guard_watch(clock_now() + LONG) < 0 && errno == EINVAL ? print("cannot watch\n") : 98;
}

static int watch_without_descriptors(void)
{
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 3, .rlim_max = 3});
    begin(LONG);
    bool watched = guard_watch(clock_now() + LONG) >= 0;
    return print(watched || errno != EMFILE ? "watched\n" : "cannot watch\n");
}

/* --- while it prints --- */

static int print_stopped(void)
{
    begin(LONG);
    kill(getpid(), SIGTERM);
    return print("all is well\n");
}

static int print_in_full(void)
{
    fill_stdout();
    begin(SHORT);
    print("nobody reads this\n");
    return 0;
}

static int print_nonblocking(void)
{
    fill_stdout();
    fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
    begin(SHORT);
    print("nobody reads this\n");
    return 0;
}

static int print_in_full_late(void)
{
    fill_stdout();
    begin(LONG);
    guard_watch(clock_now());
    print("nobody reads this\n");
    return 0;
}

static void *kill_later(void *unused)
{
    poll(NULL, 0, 200);
    kill(getpid(), SIGTERM);
    return unused;
}

static int print_in_full_stopped(void)
{
    fill_stdout();
    begin(LONG);
    pthread_t thread;
    pthread_create(&thread, NULL, kill_later, NULL);
    print("nobody reads this\n");
    return 0;
}

static int print_closed(void)
{
    close(0);
    close(1);
    close(2);
    begin(LONG);
    return print("nobody reads this\n");
}

static int print_full(void)
{
    dup2(open("/dev/full", O_WRONLY), 1);
    begin(LONG);
    return print("nobody reads this\n");
}

static int print_to_nobody(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 98;
    dup2(ends[1], 1);
    close(ends[0]);
    begin(LONG);
    return print("nobody reads this\n");
}

static int print_too_much(void)
{
    char name[] = "/tmp/guard.XXXXXX";
    dup2(mkstemp(name), 1);
    unlink(name);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 4, .rlim_max = 4});
    begin(LONG);
    return print("nobody reads this\n");
}

/* --- crashes --- */

static int crash(void)
{
    begin(LONG);
    raise(SIGSEGV);
    return 0;
}

static int crash_held_back(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    return crash();
}

static int leave(void)
{
    begin(LONG);
    guard_leave("so be it\n");
}

/* A child dies as other programs do, but for what its parent answers. */
static int child(void)
{
    begin(LONG);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        guard_dismiss();
        kill(getpid(), SIGTERM);
        kill(getpid(), SIGUSR2);
        raise(SIGSEGV);
    }
    waitpid(pid, &status, 0);
    return print(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? "SIGSEGV\n" : "no\n");
}

/* --- */

#define UNKNOWN "XMPP PING UNKNOWN - "

static const struct {
    int (*run)(void);
    int code;
    const char *output; /* NULL: a pipe that is full, and read by nobody */
    const char *name;
} cases[] = {
    {read_late, 3, UNKNOWN "files: not read in 200 ms\n", "a file that hangs"},
    {read_with_less, 3, NULL, "a file that hangs, with a limit that has come down"},
    {read_with_more, 0, "all is well\n", "a slow file, with a limit that has gone up"},
    {read_stopped, 3, UNKNOWN "killed by SIGTERM while reading files\n", "a file that hangs, and SIGTERM"},
    {read_in_full, 3, NULL, "a file that hangs, and nobody to tell"},
    {inherit_signals, 3, UNKNOWN "killed by SIGTERM while reading files\n", "signals that were ignored"},
    {foreign_alarm, 0, "all is well\n", "somebody else's SIGALRM"},
    {watch_deadline, 0, "deadline\n", "a deadline while children are watched"},
    {watch_signal, 0, "stopped\n", "a signal while children are watched"},
    {signal_before_watch, 0, "watched\n", "a signal that came before"},
    {watch_without_beginning, 0, "cannot watch\n", "no guard to watch"},
    {watch_without_descriptors, 0, "cannot watch\n", "no descriptor for it"},
    {print_stopped, 0, "all is well\n", "a signal when all is known"},
    {print_in_full, 3, NULL, "a full pipe"},
    {print_nonblocking, 3, NULL, "a full pipe that does not block"},
    {print_in_full_late, 3, NULL, "a full pipe behind the deadline"},
    {print_in_full_stopped, 3, NULL, "a full pipe, and SIGTERM"},
    {print_closed, 3, "", "stdout closed"},
    {print_full, 3, "", "a full disk"},
    {print_to_nobody, 3, "", "a reader that has left"},
    {print_too_much, 3, "", "a limit on the size of files"},
    {crash, 3, UNKNOWN "check_xmpp_ping itself crashed\n", "a crash"},
    {crash_held_back, 3, UNKNOWN "check_xmpp_ping itself crashed\n", "a crash whose signal was held back"},
    {leave, 3, "so be it\n", "an end in between"},
    {child, 0, "SIGSEGV\n", "a child"},
};

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int ends[2], status = 0;
        char output[256] = "";
        if (pipe(ends) != 0)
            return 1;
        int64_t begun_at = clock_now();
        pid_t pid = fork();
        if (pid == 0) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
            _exit(cases[i].run());
        }
        close(ends[1]);
        waitpid(pid, &status, 0);
        ok(clock_now() - begun_at < SOON, "%s: it ends in time", cases[i].name);
        ok(WIFEXITED(status), "%s: by itself", cases[i].name);
        is_int(WEXITSTATUS(status), cases[i].code, "%s: its exit code", cases[i].name);
        ssize_t got = cases[i].output ? read(ends[0], output, sizeof output - 1) : 0;
        (void)got;
        if (cases[i].output)
            is_str(output, cases[i].output, "%s: its output", cases[i].name);
        close(ends[0]);
    }
    done_testing();
    return exit_status();
}
