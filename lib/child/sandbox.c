/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox.h"

#include <stdio.h>

#ifdef HAVE_LIBSECCOMP

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A list of what is barred, and not one of what is allowed: that one would have to know what each version of libc,
 * OpenSSL and c-ares asks for on each machine, and a wrong guess would be a false alarm at night. */

static const int deadly[] = {
    /* programs and processes; clone() below */
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
    /* to serve others */
    SCMP_SYS(listen),
    /* other processes: first of all the parent, which must live to print the line */
    SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_send_signal), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(setpriority), SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setattr),
    /* parts of the kernel where holes were found again and again */
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(unshare), SCMP_SYS(setns),
    SCMP_SYS(mount), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl)};

/* bind(): to take datagrams is to listen too, and a UNIX socket's name is a file */
static const int refused[] = {SCMP_SYS(creat),   SCMP_SYS(truncate), SCMP_SYS(unlink),    SCMP_SYS(unlinkat),
                              SCMP_SYS(rename),  SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link),
                              SCMP_SYS(linkat),  SCMP_SYS(symlink),  SCMP_SYS(symlinkat), SCMP_SYS(mkdir),
                              SCMP_SYS(mkdirat), SCMP_SYS(rmdir),    SCMP_SYS(mknod),     SCMP_SYS(mknodat),
                              SCMP_SYS(chmod),   SCMP_SYS(fchmod),   SCMP_SYS(fchmodat),  SCMP_SYS(chown),
                              SCMP_SYS(lchown),  SCMP_SYS(fchown),   SCMP_SYS(fchownat),  SCMP_SYS(bind)};

/* Their arguments are in memory, where a filter cannot look. */
static const int missing[] = {SCMP_SYS(clone3), SCMP_SYS(openat2), SCMP_SYS(io_uring_setup)};

static bool bar(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (seccomp_rule_add(filter, action, calls[i], 0) != 0)
            return false;
    return true;
}

static bool bar_if(scmp_filter_ctx filter, uint32_t action, int call, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, action, call, 1, &condition) == 0;
}

/* The kernel looks at the lower half of an int only, so the rules must as well. */
#define MASKED(argument, mask, value)                                                                                  \
    ((struct scmp_arg_cmp){.arg = (argument), .op = SCMP_CMP_MASKED_EQ, .datum_a = (mask), .datum_b = (value)})
#define IS(argument, value) MASKED(argument, UINT32_MAX, (scmp_datum_t)(value))
#define HAS(argument, bits) MASKED(argument, (scmp_datum_t)(bits), (scmp_datum_t)(bits))
#define LACKS(argument, bits) MASKED(argument, (scmp_datum_t)(bits), 0)
#define OTHER_THAN(argument, value)                                                                                    \
    ((struct scmp_arg_cmp){.arg = (argument), .op = SCMP_CMP_NE, .datum_a = (scmp_datum_t)(value)})
#define ABOVE(argument, value) ((struct scmp_arg_cmp){.arg = (argument), .op = SCMP_CMP_GT, .datum_a = (value)})

#ifdef __s390x__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

static bool bar_writing(scmp_filter_ctx filter)
{
    static const int bits[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
    for (size_t i = 0; i < COUNT(bits); i++)
        if (!bar_if(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), HAS(1, bits[i])) ||
            !bar_if(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), HAS(2, bits[i])))
            return false;
    return true;
}

/* Signals that the kernel sends on one's behalf when a socket becomes ready. */
static bool bar_signals_by_sockets(scmp_filter_ctx filter)
{
    static const int commands[] = {F_SETOWN, F_SETOWN_EX};
    static const int requests[] = {FIOSETOWN, SIOCSPGRP};
    for (size_t i = 0; i < COUNT(commands); i++)
        if (!bar_if(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(fcntl), IS(1, commands[i])) ||
            !bar_if(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(fcntl64), IS(1, commands[i])) ||
            !bar_if(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(ioctl), IS(1, requests[i])))
            return false;
    return true;
}

static bool fill(scmp_filter_ctx filter)
{
    const uint32_t deny = SCMP_ACT_ERRNO(EPERM), no_family = SCMP_ACT_ERRNO(EAFNOSUPPORT);
    return bar(filter, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly)) && bar(filter, deny, refused, COUNT(refused)) &&
           bar(filter, SCMP_ACT_ERRNO(ENOSYS), missing, COUNT(missing)) &&
           bar_if(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), LACKS(CLONE_FLAGS, CLONE_THREAD)) &&
           bar_if(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(tgkill), OTHER_THAN(0, getpid())) &&
           bar_if(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(prlimit64), OTHER_THAN(0, 0)) &&
           bar_if(filter, no_family, SCMP_SYS(socket), IS(0, AF_UNIX)) &&
           bar_if(filter, no_family, SCMP_SYS(socket), ABOVE(0, AF_NETLINK)) && bar_signals_by_sockets(filter) &&
           bar_writing(filter);
}

bool sandbox_enter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return false;
    /* calls by another machine's numbers go around the rules above */
    bool entered = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 && fill(filter) &&
                   seccomp_load(filter) == 0;
    seccomp_release(filter);
    return entered;
}

#else

bool sandbox_enter(void)
{
    return false;
}

#endif
