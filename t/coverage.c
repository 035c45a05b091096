/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linked into what `make coverage` builds, in the place of functions that would lose what a process has counted: gcov
 * writes its files at exit(), and the child never gets there. The linker's --wrap leaves the product's code as it is.
 */
#include <gcov.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DUMP_SIGNAL SIGUSR2
#define PATIENCE_MS 2000

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_kill(pid_t process, int number);
int __wrap_kill(pid_t process, int number);
int __real_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit);
int __wrap_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit);

static void dump(void)
{
    static volatile sig_atomic_t begun;
    if (begun)
        return;
    begun = 1;
    struct rlimit size;
    getrlimit(RLIMIT_FSIZE, &size);
    size.rlim_cur = size.rlim_max;
    __real_setrlimit(RLIMIT_FSIZE, &size);
    __gcov_dump();
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

/* Before a process of ours is killed it may write its files; one that cannot is killed all the same. */
int __wrap_kill(pid_t process, int number)
{
    if (number == SIGKILL && process > 0 && __real_kill(process, DUMP_SIGNAL) == 0) {
        siginfo_t ended = {0};
        for (int i = 0; i < PATIENCE_MS; i++) {
            if (waitid(P_PID, (id_t)process, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid != 0)
                break;
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        }
    }
    return __real_kill(process, number);
}

/* A limit on files has to be lifted at the end. */
int __wrap_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    struct rlimit soft = *limit;
    if (resource == RLIMIT_FSIZE) {
        getrlimit(resource, &soft);
        soft.rlim_cur = limit->rlim_cur;
    }
    return __real_setrlimit(resource, &soft);
}
