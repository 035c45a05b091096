/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For sandbox.c: programs, processes and threads, and what would reach other processes, the parent first of all. */
#ifndef SANDBOX_PROCESSES_H
#define SANDBOX_PROCESSES_H

#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "confined.h"

/* --- programs, processes, threads --- */

static int run_program(void)
{
    return result(execl("/bin/true", "true", (char *)NULL));
}

static int run_program_by_descriptor(void)
{
    char *arguments[] = {(char *)"true", NULL};
    return result(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, arguments + 1, 0));
}

static int end_at_once(long pid)
{
    if (pid == 0)
        _exit(0);
    return result(pid);
}

static int make_process(void)
{
    return end_at_once(fork());
}

static int make_process_by_clone(void)
{
    return end_at_once(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int make_process_by_clone3(void)
{
    unsigned long long arguments[8] = {[4] = SIGCHLD};
    return end_at_once(syscall(SYS_clone3, arguments, sizeof arguments));
}

static int spawn_process(void)
{
    pid_t pid;
    char *arguments[] = {(char *)"true", NULL};
    return posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, arguments + 1);
}

static void *thread_main(void *argument)
{
    return argument;
}

static int make_thread(void)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, thread_main, NULL);
    return error ? error : pthread_join(thread, NULL);
}

/* --- other processes: the parent first of all --- */

/* Signal 0: should it come to be sent, this test lives to say so. */
static int kill_parent(void)
{
    return result(kill(scene.parent, 0));
}

static int kill_all(void)
{
    return result(kill(-1, 0));
}

static int kill_parent_thread(void)
{
    return result(syscall(SYS_tgkill, scene.parent, scene.parent, 0));
}

static int kill_by_tkill(void)
{
    return result(syscall(SYS_tkill, scene.parent, 0));
}

static int queue_signal(void)
{
    return result(sigqueue(scene.parent, 0, (union sigval){0}));
}

static int signal_by_descriptor(void)
{
    long fd = syscall(SYS_pidfd_open, scene.parent, 0);
    return fd < 0 ? errno : result(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
}

static int own_socket_by_parent(void)
{
    return result(fcntl(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), F_SETOWN, scene.parent));
}

static int own_socket_by_parent_disguised(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(syscall(SYS_fcntl, fd, (1ul << 40) | F_SETOWN, scene.parent));
}

static int own_socket_by_ioctl(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(ioctl(fd, FIOSETOWN, &scene.parent));
}

static int limit_parent(void)
{
    struct rlimit none = {0};
    return result(prlimit(scene.parent, RLIMIT_CPU, &none, NULL));
}

static int slow_neighbour(void)
{
    return result(setpriority(PRIO_PROCESS, (id_t)scene.neighbour, 19));
}

static int slow_neighbours_disk(void)
{
    return result(syscall(SYS_ioprio_set, 1, scene.neighbour, 3 << 13));
}

static int schedule_neighbour(void)
{
    struct sched_param none = {0};
    return result(sched_setscheduler(scene.neighbour, SCHED_IDLE, &none));
}

static int move_neighbour(void)
{
    cpu_set_t all;
    memset(&all, 0xff, sizeof all);
    return result(sched_setaffinity(scene.neighbour, sizeof all, &all));
}

static int trace_neighbour(void)
{
    return result(ptrace(PTRACE_ATTACH, scene.neighbour, NULL, NULL));
}

static int copy_neighbour(bool write)
{
    char bytes[8] = "";
    struct iovec here = {.iov_base = bytes, .iov_len = sizeof bytes},
                 there = {.iov_base = &scene, .iov_len = sizeof bytes};
    return result(write ? process_vm_writev(scene.neighbour, &here, 1, &there, 1, 0)
                        : process_vm_readv(scene.neighbour, &here, 1, &there, 1, 0));
}

static int read_neighbour(void)
{
    return copy_neighbour(false);
}

static int write_neighbour(void)
{
    return copy_neighbour(true);
}

static int open_of_process(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return result(open(path, O_RDONLY | O_CLOEXEC));
}

static int read_neighbours_memory_file(void)
{
    return open_of_process(scene.neighbour, "mem");
}

static int read_neighbours_environment(void)
{
    return open_of_process(scene.neighbour, "environ");
}

static const struct escape of_processes[] = {
    {"run a program", run_program, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"run a program by execveat()", run_program_by_descriptor, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"fork", make_process, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"fork by clone()", make_process_by_clone, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"fork by clone3()", make_process_by_clone3, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"spawn a process", spawn_process, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a thread", make_thread, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},

    {"kill its parent", kill_parent, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"kill all", kill_all, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"kill its parent by tgkill()", kill_parent_thread, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"kill its parent by tkill()", kill_by_tkill, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"queue a signal to its parent", queue_signal, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"signal its parent by a descriptor", signal_by_descriptor, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"have the kernel send signals to its parent", own_socket_by_parent, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"hide that above the bits that the kernel reads", own_socket_by_parent_disguised, BAR_CALLS, ENOSYS, WORKS,
     DOOR_ENTERED},
    {"do that by ioctl()", own_socket_by_ioctl, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"lower its parent's limits", limit_parent, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"slow another process down", slow_neighbour, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"slow its disk down", slow_neighbours_disk, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"schedule it", schedule_neighbour, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"move it to other processors", move_neighbour, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"read its memory", read_neighbour, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"write its memory", write_neighbour, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"trace it", trace_neighbour, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"read its memory by a file", read_neighbours_memory_file, BAR_FILES, EACCES, MAY_WORK, DOOR_ENTERED},
    {"read its environment", read_neighbours_environment, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
};

#endif
