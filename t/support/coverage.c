/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into what `make coverage` builds, in the place of functions that would lose what a process has counted: gcov
 * writes its files at exit(), and the child never gets there; its sandbox would not let it either. So a child has a
 * helper, a process with its memory and without its sandbox, that writes the files when it ends or is about to be
 * killed. The linker's --wrap leaves the product's code as it is. */
#include <gcov.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DUMP_SIGNAL SIGUSR2
#define PATIENCE_MS 2000

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
int __real_kill(pid_t process, int number);
int __wrap_kill(pid_t process, int number);

static struct {
    bool there;
    volatile int wanted;
    volatile int done;
    volatile sig_atomic_t begun;
} helper;

static void pause_ms(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* Shares errno with the child too: until it is wanted it must call nothing that fails. Without the child's descriptors
 * it keeps no pipe open. */
static int help(void *child)
{
    syscall(SYS_close_range, 0u, ~0u, 0u);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (syscall(SYS_getppid) != *(pid_t *)child) /* it died before the line above */
        syscall(SYS_exit_group, 0);
    while (!helper.wanted)
        syscall(SYS_futex, &helper.wanted, FUTEX_WAIT, 0, NULL, NULL, 0);
    __gcov_dump();
    helper.done = 1;
    syscall(SYS_exit_group, 0);
    return 0;
}

static void start_helper(void)
{
    static char stack[1 << 18] __attribute__((aligned(16)));
    static pid_t child;
    child = getpid();
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    helper.done = helper.wanted = 0;
    helper.begun = 0;
    helper.there = clone(help, stack + sizeof stack, CLONE_VM, &child) > 0;
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void dump(void)
{
    if (helper.begun)
        return;
    helper.begun = 1;
    if (!helper.there) {
        __gcov_dump();
        return;
    }
    helper.wanted = 1;
    syscall(SYS_futex, &helper.wanted, FUTEX_WAKE, 1, NULL, NULL, 0);
    for (int i = 0; i < PATIENCE_MS && !helper.done; i++)
        pause_ms();
}

void __wrap__exit(int status)
{
    dump();
    __real__exit(status);
}

static void on_dump(int number)
{
    (void)number;
    dump();
    __real__exit(0);
}

__attribute__((constructor)) static void prepare(void)
{
    struct sigaction action = {.sa_handler = on_dump};
    sigaction(DUMP_SIGNAL, &action, NULL);
}

pid_t __wrap_fork(void)
{
    pid_t process = __real_fork();
    if (process == 0)
        start_helper();
    return process;
}

/* Before a process of ours is killed it may write its files; one that cannot is killed all the same. */
int __wrap_kill(pid_t process, int number)
{
    if (number == SIGKILL && process > 0 && __real_kill(process, DUMP_SIGNAL) == 0) {
        siginfo_t ended = {0};
        for (int i = 0; i < PATIENCE_MS; i++) {
            if (waitid(P_PID, (id_t)process, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid != 0)
                break;
            pause_ms();
        }
    }
    return __real_kill(process, number);
}
