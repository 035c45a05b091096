/* SPDX-License-Identifier: GPL-3.0-or-later */
/* under FILTER COMMAND [ARGUMENT...]: runs the command behind a filter of system calls as machines have them:
 *   no-landlock     a kernel without Landlock
 *   traps           a filter that has none of it either, and sends SIGSYS
 *   no-filter       one that takes no filters
 *   system-service  systemd's SystemCallFilter=@system-service (version 252), which kills
 *   docker          a container of Docker's, by what its documentation says that its default filter refuses */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LANDLOCK SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self)
#define OF_THE_MACHINE                                                                                                 \
    SCMP_SYS(acct), SCMP_SYS(bpf), SCMP_SYS(clock_adjtime), SCMP_SYS(clock_settime), SCMP_SYS(delete_module),          \
        SCMP_SYS(finit_module), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fsopen), SCMP_SYS(fspick),             \
        SCMP_SYS(init_module), SCMP_SYS(ioperm), SCMP_SYS(iopl), SCMP_SYS(kexec_file_load), SCMP_SYS(kexec_load),      \
        SCMP_SYS(lookup_dcookie), SCMP_SYS(mount), SCMP_SYS(mount_setattr), SCMP_SYS(move_mount), SCMP_SYS(open_tree), \
        SCMP_SYS(perf_event_open), SCMP_SYS(pivot_root), SCMP_SYS(ptrace), SCMP_SYS(quotactl), SCMP_SYS(reboot),       \
        SCMP_SYS(settimeofday), SCMP_SYS(swapoff), SCMP_SYS(swapon), SCMP_SYS(umount2)

static const int landlock[] = {LANDLOCK};
static const int no_service[] = {LANDLOCK, OF_THE_MACHINE, SCMP_SYS(seccomp), SCMP_SYS(chroot), SCMP_SYS(adjtimex)};
static const int no_container[] = {OF_THE_MACHINE,
                                   SCMP_SYS(add_key),
                                   SCMP_SYS(get_mempolicy),
                                   SCMP_SYS(io_uring_enter),
                                   SCMP_SYS(io_uring_register),
                                   SCMP_SYS(io_uring_setup),
                                   SCMP_SYS(kcmp),
                                   SCMP_SYS(keyctl),
                                   SCMP_SYS(mbind),
                                   SCMP_SYS(move_pages),
                                   SCMP_SYS(name_to_handle_at),
                                   SCMP_SYS(open_by_handle_at),
                                   SCMP_SYS(process_vm_readv),
                                   SCMP_SYS(process_vm_writev),
                                   SCMP_SYS(request_key),
                                   SCMP_SYS(set_mempolicy),
                                   SCMP_SYS(setns),
                                   SCMP_SYS(unshare),
                                   SCMP_SYS(userfaultfd)};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int bar(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++)
        failed |= seccomp_rule_add(filter, action, calls[i], 0);
    return failed;
}

static int fill(scmp_filter_ctx filter, const char *name)
{
    if (strcmp(name, "no-landlock") == 0)
        return bar(filter, SCMP_ACT_ERRNO(ENOSYS), landlock, COUNT(landlock));
    if (strcmp(name, "traps") == 0)
        return bar(filter, SCMP_ACT_TRAP, landlock, COUNT(landlock));
    if (strcmp(name, "system-service") == 0)
        return bar(filter, SCMP_ACT_KILL_PROCESS, no_service, COUNT(no_service));
    if (strcmp(name, "no-filter") == 0)
        return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 0) |
               seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                                SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
    if (strcmp(name, "docker") != 0)
        return -1;
    int failed = bar(filter, SCMP_ACT_ERRNO(EPERM), no_container, COUNT(no_container));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_VSOCK, 0));
    static const uint64_t spaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                      CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
    for (size_t i = 0; i < COUNT(spaces); i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                   SCMP_A0(SCMP_CMP_MASKED_EQ, spaces[i], spaces[i]));
    return failed;
}

int main(int argc, char *argv[])
{
    scmp_filter_ctx filter = argc > 2 ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
    if (!filter || fill(filter, argv[1]) != 0 || seccomp_load(filter) != 0) {
        fprintf(stderr, "usage: under no-landlock|traps|no-filter|system-service|docker COMMAND [ARGUMENT...]\n");
        return 127;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
