/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For sandbox.c: what a process could make of itself, and have from the kernel. */
#ifndef SANDBOX_POWERS_H
#define SANDBOX_POWERS_H

#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sched.h>

#include "confined.h"

/* --- itself --- */

static int outlive_parent(void)
{
    return result(prctl(PR_SET_PDEATHSIG, 0));
}

static int be_traceable(void)
{
    return result(prctl(PR_SET_DUMPABLE, 1));
}

static int raise_limits(void)
{
    return result(setrlimit(RLIMIT_FSIZE, &(struct rlimit){1, 1}));
}

static int become_root(void)
{
    return result(setresuid(0, 0, 0));
}

static int take_capabilities(void)
{
    unsigned header[2] = {0x20080522, 0}, data[6] = {~0u, ~0u, ~0u, ~0u, ~0u, ~0u};
    return result(syscall(SYS_capset, header, data));
}

static int make_code(void)
{
    return result((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int make_code_of_data(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : result(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

static int leave_shared_memory(void)
{
    int id = shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600);
    return id < 0 ? errno : result(shmctl(id, IPC_RMID, NULL));
}

static int leave_queue(void)
{
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    return id < 0 ? errno : result(msgctl(id, IPC_RMID, NULL));
}

static int leave_semaphore(void)
{
    int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    return id < 0 ? errno : result(semctl(id, 0, IPC_RMID));
}

static int make_nameless_memory(void)
{
    return result(memfd_create("x", MFD_CLOEXEC));
}

/* --- the kernel --- */

static int mount_something(void)
{
    return result(mount("none", scene.directory, "tmpfs", 0, NULL));
}

static int leave_namespace(void)
{
    return result(unshare(CLONE_NEWUSER));
}

static int load_bpf(void)
{
    return result(syscall(SYS_bpf, 0, NULL, 0));
}

static int make_ring(void)
{
    return result(syscall(425 /* io_uring_setup */, 1, NULL));
}

static int watch_kernel(void)
{
    return result(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
}

static int keep_key(void)
{
    return result(syscall(SYS_add_key, "user", "test", "x", 1, -3));
}

static int fault_by_hand(void)
{
    return result(syscall(SYS_userfaultfd, O_CLOEXEC));
}

static const struct escape of_powers[] = {
    {"outlive its parent", outlive_parent, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"let itself be traced", be_traceable, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"raise its limits", raise_limits, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"become root", become_root, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"take capabilities", take_capabilities, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"make executable memory", make_code, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make its data executable", make_code_of_data, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"leave shared memory behind", leave_shared_memory, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"leave a queue behind", leave_queue, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"leave a semaphore behind", leave_semaphore, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"have memory beyond its limit", make_nameless_memory, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},

    {"mount a file system", mount_something, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"enter a namespace", leave_namespace, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"load a BPF program", load_bpf, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"make an io_uring", make_ring, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"watch the kernel", watch_kernel, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"keep a key", keep_key, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"handle page faults", fault_by_hand, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
};

#endif
