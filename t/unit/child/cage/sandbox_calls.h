/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For sandbox.c: all system calls, one by one. */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <sys/syscall.h>

#include "confined.h"
#include "tap.h"

static bool filtered; /* by who has started this test, and may kill */

#ifdef HAVE_LIBSECCOMP
#include <seccomp.h>

/* Those that answer to arguments that make no sense: what tools/filters.c lists without conditions. */
static const char *const listed_calls[] = {"brk",
                                           "munmap",
                                           "mremap",
                                           "madvise",
                                           "read",
                                           "write",
                                           "writev",
                                           "close",
                                           "dup2",
                                           "dup3",
                                           "lseek",
                                           "fstat",
                                           "newfstatat",
                                           "statx",
                                           "connect",
                                           "getsockopt",
                                           "getsockname",
                                           "getpeername",
                                           "recvfrom",
                                           "recvmsg",
                                           "poll",
                                           "ppoll",
                                           "select",
                                           "pselect6",
                                           "nanosleep",
                                           "clock_nanosleep",
                                           "futex",
                                           "restart_syscall",
                                           "rt_sigaction",
                                           "rt_sigprocmask",
                                           "rt_sigreturn",
                                           "sigaltstack",
                                           "clock_gettime",
                                           "gettimeofday",
                                           "time",
                                           "getrandom",
                                           "getpid",
                                           "gettid",
                                           "uname",
                                           "sysinfo",
                                           "landlock_create_ruleset",
                                           "landlock_add_rule",
                                           "landlock_restrict_self",
                                           "exit",
                                           "exit_group"};

static bool is_listed(const char *name)
{
    for (size_t i = 0; i < sizeof listed_calls / sizeof listed_calls[0]; i++)
        if (strcmp(name, listed_calls[i]) == 0)
            return true;
    return false;
}

static long call_number;

static int call_it(void)
{
    return syscall(call_number, -1L, -1L, -1L, -1L, -1L, -1L) < 0 && errno == ENOSYS ? ENOSYS : 0;
}

/* What call_it() says nothing about: the kernel itself answers ENOSYS, or shows the call, uretprobe() or uprobe(), to
 * no filter. */
static bool is_no_matter(const char *name)
{
#ifdef __x86_64__
    if (call_number == 335 || call_number == 336)
        return true;
#endif
    return name && (strcmp(name, "futex") == 0 || strncmp(name, "landlock_", 9) == 0);
}

static void test_all_calls(void)
{
    int answering = 0;
    bool good = true;
    for (call_number = 0; call_number < 600; call_number++) {
        int status = try_in_child(call_it);
        bool barred = (WIFEXITED(status) && WEXITSTATUS(status) == ENOSYS) ||
                      (filtered && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call_number);
        bool listed = name && is_listed(name);
        answering += !barred;
        if (barred == listed && !is_no_matter(name)) {
            good = false;
            diag("%ld, %s, %s", call_number, name ? name : "?", barred ? "does not answer" : "answers");
        }
        free(name);
    }
    ok(good && answering > 40, "of 600 system calls only those of the list answer");
}

#ifdef __x86_64__
static int call_as_x32(void)
{
    return result(syscall(0x40000000 | SYS_getpid));
}

static int call_as_i386(void)
{
    long number = 20; /* getpid */
    __asm__ volatile("int $0x80" : "+a"(number)::"memory", "r8", "r9", "r10", "r11");
    return 0;
}

static void dies(attempt work, const char *name)
{
    int status = try_in_child(work);
    if (!ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "a child that %s dies of SIGSYS", name))
        diag("status %#x", (unsigned)status);
}
#endif

static void test_calls(void)
{
    test_all_calls();
#ifdef __x86_64__
    dies(call_as_x32, "uses the numbers of x32");
    dies(call_as_i386, "uses the numbers of i386");
#endif
}

#else

static void test_calls(void)
{
}

#endif

#endif
