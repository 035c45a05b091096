/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervise.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "clock.h"
#include "guard.h"

/* --- children --- */

static void say(int fd, enum event_kind kind, int64_t value)
{
    struct event event = event_new(kind);
    event.value = value;
    event_write(fd, &event);
}

static void work_done(const void *input, int fd)
{
    for (int i = 0; i < *(const int *)input; i++)
        say(fd, EVENT_TCP_RTT, i);
    say(fd, EVENT_DONE, 0);
    say(fd, EVENT_TCP_RTT, 1000); /* after the end nothing counts */
}

static void wait_for_ever(void)
{
    for (;;)
        poll(NULL, 0, -1);
}

static void work_hang(const void *input, int fd)
{
    (void)input;
    say(fd, EVENT_TCP_RTT, 7);
    wait_for_ever();
}

static void work_hang_masked(const void *input, int fd)
{
    (void)input, (void)fd;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    wait_for_ever();
}

static void work_spin(const void *input, int fd)
{
    (void)input, (void)fd;
    for (volatile unsigned i = 0;; i++)
        ;
}

static void work_die(const void *input, int fd)
{
    (void)fd;
    raise(*(const int *)input);
}

static void work_leave(const void *input, int fd)
{
    (void)input, (void)fd;
}

static void work_close(const void *input, int fd)
{
    (void)input;
    close(fd);
    wait_for_ever();
}

static void work_lie(const void *input, int fd)
{
    struct event event = event_new(EVENT_PING_RESULT);
    event.target = *(const uint32_t *)input;
    event_write(fd, &event);
    say(fd, EVENT_DONE, 0);
}

static void work_flood(const void *input, int fd)
{
    (void)input;
    for (;;)
        say(fd, EVENT_TCP_RTT, 1);
}

/* Makes a system call that a small filter of its own traps. */
static void work_barred(const void *input, int fd)
{
    (void)input, (void)fd;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_yield, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    syscall(SYS_sched_yield);
}

/* Tells the limits that it finds on itself. */
static void work_limits(const void *input, int fd)
{
    (void)input;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    say(fd, EVENT_TCP_RTT, (int64_t)limit.rlim_max);
    getrlimit(RLIMIT_FSIZE, &limit);
    say(fd, EVENT_TCP_RTT, (int64_t)limit.rlim_max);
    say(fd, EVENT_TCP_RTT, write(STDERR_FILENO, "leak\n", 5) == 5 && !isatty(STDERR_FILENO));
    say(fd, EVENT_DONE, 0);
}

/* --- the parent --- */

struct seen {
    int count;
    int64_t values[16];
};

static void note(const struct event *event, void *userdata)
{
    struct seen *seen = userdata;
    if (event->kind == EVENT_TCP_RTT && seen->count < 16)
        seen->values[seen->count] = event->value;
    seen->count++;
}

static struct supervision run(supervise_work work, const void *input, int64_t timeout, struct seen *seen)
{
    memset(seen, 0, sizeof *seen);
    struct supervised child = {.work = work, .input = input, .targets = 2, .pings = 3, .sink = note, .userdata = seen};
    supervise(&child, 1, clock_now() + timeout);
    return child.outcome;
}

/* One that was killed may need a while to be gone on a busy machine; supervise() does not wait for that. */
static void no_child_is_left(const char *after)
{
    int64_t until = clock_now() + 10 * NS_PER_S;
    pid_t got;
    while ((got = waitpid(-1, NULL, WNOHANG)) >= 0 && clock_now() < until)
        nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
    ok(got == -1 && errno == ECHILD, "no process is left after %s", after);
}

#define LONG_TIME (60 * NS_PER_S)
#define SHORT_TIME NS_PER_S

static void test_ends(void)
{
    struct seen seen;
    int five = 5;
    struct supervision outcome = run(work_done, &five, LONG_TIME, &seen);
    is_int(outcome.end, SUPERVISE_DONE, "a child that says it is done is done");
    is_int(seen.count, 6, "its records arrive, none after the end");
    is_int(seen.values[4], 4, "in order");
    no_child_is_left("the end");

    int many = 10000; /* more than the pipe holds */
    run(work_done, &many, LONG_TIME, &seen);
    is_int(seen.count, 10001, "10,000 records arrive");

    outcome = run(work_leave, NULL, LONG_TIME, &seen);
    is_int(outcome.end, SUPERVISE_CRASHED, "a child that ends without a word has crashed");
    is_int(outcome.signal, 0, "by no signal");
    outcome = run(work_close, NULL, LONG_TIME, &seen);
    is_int(outcome.end, SUPERVISE_CRASHED, "a child that only closes the pipe has crashed too");
    no_child_is_left("a closed pipe");
}

static void note_barred(const struct event *event, void *userdata)
{
    if (event->kind == EVENT_BARRED)
        *(int64_t *)userdata = event->value;
}

static void test_barred(void)
{
    int64_t call = -1;
    struct supervised child = {.work = work_barred, .targets = 2, .pings = 3, .sink = note_barred, .userdata = &call};
    supervise(&child, 1, clock_now() + LONG_TIME);
    is_int(child.outcome.end, SUPERVISE_CRASHED, "a system call that is not allowed is a crash");
    is_int(child.outcome.signal, SIGSYS, "by SIGSYS");
    is_int(call, SYS_sched_yield, "and the call is told");
    int number = SIGSYS;
    child = (struct supervised){
        .work = work_die, .input = &number, .targets = 2, .pings = 3, .sink = note_barred, .userdata = &call};
    call = -1;
    supervise(&child, 1, clock_now() + LONG_TIME);
    is_int(child.outcome.signal, SIGSYS, "death by a SIGSYS that somebody has sent is one too");
    is_int(call, -1, "with no call to tell");
    no_child_is_left("SIGSYS");
}

static void test_crashes(void)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGKILL, SIGXCPU};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct seen seen;
        struct supervision outcome = run(work_die, &signals[i], LONG_TIME, &seen);
        is_int(outcome.end, SUPERVISE_CRASHED, "death by signal %d is a crash", signals[i]);
        is_int(outcome.signal, signals[i], "and names signal %d", signals[i]);
    }
    no_child_is_left("the crashes");
}

static void test_deadline(void)
{
    static const struct {
        supervise_work work;
        const char *name;
    } children[] = {{work_hang, "that waits"},
                    {work_hang_masked, "that blocks all signals"},
                    {work_spin, "that computes"},
                    {work_flood, "that floods the pipe"}};
    for (size_t i = 0; i < sizeof children / sizeof *children; i++) {
        struct seen seen;
        int64_t begin = clock_now();
        struct supervision outcome = run(children[i].work, NULL, SHORT_TIME, &seen);
        int64_t took = clock_now() - begin;
        is_int(outcome.end, SUPERVISE_DEADLINE, "the deadline strikes a child %s", children[i].name);
        ok(took >= SHORT_TIME, "not before its time");
        ok(took < SHORT_TIME + 10 * NS_PER_S, "and it is over soon after");
        no_child_is_left(children[i].name);
        if (children[i].work == work_hang)
            is_int(seen.values[0], 7, "what it had told is kept");
    }
}

static void test_side_by_side(void)
{
    enum { COUNT = 5 };
    int five = 5, kill_signal = SIGKILL;
    struct {
        supervise_work work;
        const void *input;
        enum supervise_end end;
        int count;
        const char *name;
    } rows[COUNT] = {
        {work_hang, NULL, SUPERVISE_DEADLINE, 1, "one that waits"},
        {work_done, &five, SUPERVISE_DONE, 6, "one that is done"},
        {work_die, &kill_signal, SUPERVISE_CRASHED, 0, "one that dies"},
        {work_spin, NULL, SUPERVISE_DEADLINE, 0, "one that computes"},
        {work_done, &five, SUPERVISE_DONE, 6, "another that is done"},
    };
    struct supervised children[COUNT];
    struct seen seen[COUNT];
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < COUNT; i++)
        children[i] = (struct supervised){
            .work = rows[i].work, .input = rows[i].input, .targets = 2, .pings = 3, .sink = note, .userdata = &seen[i]};
    /* Three of them have to have run by then, on a busy machine, too. */
    const int64_t enough = 5 * NS_PER_S;
    int64_t begin = clock_now();
    supervise(children, COUNT, begin + enough);
    ok(clock_now() - begin < enough + 10 * NS_PER_S, "five children are over soon after the one deadline");
    for (size_t i = 0; i < COUNT; i++) {
        is_int(children[i].outcome.end, rows[i].end, "of five, %s has its own end", rows[i].name);
        is_int(seen[i].count, rows[i].count, "and its own records");
        ok(children[i].outcome.ended_at >= begin, "and its own time");
    }
    is_int(children[2].outcome.signal, SIGKILL, "and its own signal");
    no_child_is_left("five at once");
}

static void test_strangers(void)
{
    struct seen seen;
    uint32_t inside = 1, outside = 2;
    is_int(run(work_lie, &inside, LONG_TIME, &seen).end, SUPERVISE_DONE, "a record about the last target is good");
    struct supervision outcome = run(work_lie, &outside, LONG_TIME, &seen);
    is_int(outcome.end, SUPERVISE_FAILED, "a record about a target that does not exist ends it");
    is_int(outcome.error, EPROTO, "as a broken protocol");
    is_int(seen.count, 0, "and is not passed on");
}

static void test_limits(void)
{
    struct seen seen;
    run(work_limits, NULL, LONG_TIME, &seen);
    is_int(seen.values[0], 0, "the child leaves no core");
    is_int(seen.values[1], 0, "the child writes no file");
    is_int(seen.values[2], 1, "what the child prints goes nowhere");
}

/* Stops this process, by a helper that then lets it go on: "after A ms, for B ms" of each row. */
static pid_t stop_and_continue(int times, int after, int pause)
{
    pid_t parent = getpid(), helper = fork();
    if (helper != 0)
        return helper;
    for (int i = 0; i < times; i++) {
        poll(NULL, 0, after);
        kill(parent, SIGSTOP);
        poll(NULL, 0, pause);
        kill(parent, SIGCONT);
    }
    _exit(0);
}

static void test_stopped(void)
{
    static const struct {
        int times, after, pause; /* ms */
        int64_t end;             /* ms: when it goes on for the last time, or the deadline */
        const char *name;
    } rows[] = {{1, 100, 4000, 4100, "one stop beyond the deadline"},
                {8, 100, 250, 3000, "eight short stops before it"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen seen;
        int64_t begin = clock_now();
        pid_t helper = stop_and_continue(rows[i].times, rows[i].after, rows[i].pause);
        struct supervision outcome = run(work_hang, NULL, 3 * NS_PER_S, &seen);
        int64_t took = clock_now() - begin;
        waitpid(helper, NULL, 0);
        is_int(outcome.end, SUPERVISE_DEADLINE, "the deadline strikes after %s", rows[i].name);
        ok(took >= rows[i].end * NS_PER_MS && took < (rows[i].end + 1500) * NS_PER_MS, "at once: %lld ms",
           (long long)(took / NS_PER_MS));
    }
}

/* Stands for the scheduler. The signal is held back until the next wait. */
static void stop_when_told(const struct event *event, void *userdata)
{
    (void)event;
    kill(getpid(), *(const int *)userdata);
}

/* Last, as the signal that was noted stays. */
static void test_interrupt(void)
{
    int signal = SIGTERM;
    struct supervised child = {
        .work = work_hang, .targets = 2, .pings = 3, .sink = stop_when_told, .userdata = &signal};
    supervise(&child, 1, clock_now() + LONG_TIME);
    is_int(child.outcome.end, SUPERVISE_INTERRUPTED, "SIGTERM ends it at once");
    is_int(child.outcome.signal, SIGTERM, "and is named");
    no_child_is_left("SIGTERM");
}

int main(void)
{
    int64_t begin = clock_now();
    guard_begin(begin, begin + LONG_TIME);
    test_stopped();
    test_ends();
    test_crashes();
    test_barred();
    test_deadline();
    test_side_by_side();
    test_strangers();
    test_limits();
    test_interrupt();
    done_testing();
    return exit_status();
}
