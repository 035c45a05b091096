/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each bar of the sandbox is tried from inside the child. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "confined.h"
#include "tap.h"

#ifdef HAVE_LIBSECCOMP

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

/* --- new processes, programs and listeners: dead by SIGSYS --- */

static int run_program(void)
{
    return result(execl("/bin/true", "true", (char *)NULL));
}

static int run_program_by_descriptor(void)
{
    char *arguments[] = {(char *)"true", NULL};
    return result(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, arguments + 1, 0));
}

static int make_process(void)
{
    return result(fork());
}

static int make_process_by_clone(void)
{
    return result(syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
}

static int spawn_process(void)
{
    pid_t pid;
    char *arguments[] = {(char *)"true", NULL};
    return posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, arguments + 1);
}

static int listen_tcp(void)
{
    return result(listen(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1));
}

/* Signal 0: should it come to be sent, this test lives to say so. */
static int kill_parent(void)
{
    return result(kill(scene.parent, 0));
}

static int kill_parent_thread(void)
{
    return result(syscall(SYS_tgkill, scene.parent, scene.parent, 0));
}

static int queue_signal(void)
{
    return result(sigqueue(scene.parent, 0, (union sigval){0}));
}

static int own_socket_by_parent(void)
{
    return result(fcntl(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), F_SETOWN, scene.parent));
}

static int own_socket_by_parent_disguised(void)
{
    return result(syscall(SYS_fcntl, 0, (1ul << 40) | F_SETOWN, scene.parent));
}

static int limit_parent(void)
{
    struct rlimit none = {0};
    return result(prlimit(scene.parent, RLIMIT_CPU, &none, NULL));
}

static int slow_parent(void)
{
    return result(setpriority(PRIO_PROCESS, (id_t)scene.parent, 19));
}

static int trace_parent(void)
{
    return result(ptrace(PTRACE_ATTACH, scene.parent, NULL, NULL));
}

static int read_parent(void)
{
    char bytes[8];
    struct iovec here = {.iov_base = bytes, .iov_len = sizeof bytes},
                 there = {.iov_base = &scene, .iov_len = sizeof bytes};
    return result(process_vm_readv(scene.parent, &here, 1, &there, 1, 0));
}

static int write_parent(void)
{
    char bytes[8] = "";
    struct iovec here = {.iov_base = bytes, .iov_len = sizeof bytes},
                 there = {.iov_base = &scene, .iov_len = sizeof bytes};
    return result(process_vm_writev(scene.parent, &here, 1, &there, 1, 0));
}

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

static const struct {
    const char *name;
    attempt work;
} deadly[] = {{"runs a program", run_program},
              {"runs a program by execveat()", run_program_by_descriptor},
              {"forks", make_process},
              {"forks by clone()", make_process_by_clone},
              {"spawns", spawn_process},
              {"listens", listen_tcp},
              {"kills its parent", kill_parent},
              {"kills its parent by tgkill()", kill_parent_thread},
              {"queues a signal to its parent", queue_signal},
              {"has the kernel send signals to its parent", own_socket_by_parent},
              {"hides that above the bits that the kernel reads", own_socket_by_parent_disguised},
              {"lowers its parent's limits", limit_parent},
              {"slows its parent down", slow_parent},
              {"traces its parent", trace_parent},
              {"reads its parent's memory", read_parent},
              {"writes its parent's memory", write_parent},
              {"mounts a file system", mount_something},
              {"enters a namespace", leave_namespace},
              {"loads a BPF program", load_bpf}};

/* --- files, strange sockets, calls that a filter cannot read: refused --- */

static int write_file(void)
{
    return result(open(scene.file, O_WRONLY | O_CLOEXEC));
}

static int update_file(void)
{
    return result(open(scene.file, O_RDWR | O_CLOEXEC));
}

static int empty_file(void)
{
    return result(open(scene.file, O_RDONLY | O_TRUNC | O_CLOEXEC));
}

static int create_file(void)
{
    return result(open(scene.other, O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int create_nameless_file(void)
{
    return result(open(scene.directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600));
}

static int write_by_fopen(void)
{
    return fopen(scene.other, "a") ? 0 : errno;
}

static int create_by_creat(void)
{
    return result(creat(scene.other, 0600));
}

static int truncate_file(void)
{
    return result(truncate(scene.file, 0));
}

static int remove_file(void)
{
    return result(unlink(scene.file));
}

static int rename_file(void)
{
    return result(rename(scene.file, scene.other));
}

static int link_file(void)
{
    return result(link(scene.file, scene.other));
}

static int make_symlink(void)
{
    return result(symlink(scene.file, scene.other));
}

static int make_directory(void)
{
    return result(mkdir(scene.other, 0700));
}

static int make_fifo(void)
{
    return result(mkfifo(scene.other, 0600));
}

static int change_mode(void)
{
    return result(chmod(scene.file, 0644));
}

static int change_owner(void)
{
    return result(chown(scene.file, getuid(), getgid()));
}

static int bind_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    return result(bind(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&any, sizeof any));
}

static int open_unix(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int open_vsock(void)
{
    return result(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int open_by_openat2(void)
{
    return result(syscall(437 /* openat2 */, AT_FDCWD, scene.file, NULL, 0));
}

static int make_ring(void)
{
    return result(syscall(425 /* io_uring_setup */, 1, NULL));
}

static const struct {
    const char *name;
    attempt work;
    int error;
} refused[] = {{"write a file", write_file, EPERM},
               {"write and read a file", update_file, EPERM},
               {"empty a file", empty_file, EPERM},
               {"create a file", create_file, EPERM},
               {"create a file without a name", create_nameless_file, EPERM},
               {"append to a file", write_by_fopen, EPERM},
               {"create a file by creat()", create_by_creat, EPERM},
               {"truncate a file", truncate_file, EPERM},
               {"remove a file", remove_file, EPERM},
               {"rename a file", rename_file, EPERM},
               {"link a file", link_file, EPERM},
               {"make a symbolic link", make_symlink, EPERM},
               {"make a directory", make_directory, EPERM},
               {"make a FIFO", make_fifo, EPERM},
               {"change a file's mode", change_mode, EPERM},
               {"change a file's owner", change_owner, EPERM},
               {"bind a port", bind_port, EPERM},
               {"talk to a local service", open_unix, EAFNOSUPPORT},
               {"make a socket of another family", open_vsock, EAFNOSUPPORT},
               {"open a file by openat2()", open_by_openat2, ENOSYS},
               {"make an io_uring", make_ring, ENOSYS}};

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
#endif

static void dies(attempt work, const char *name)
{
    int status = try_in_child(work);
    if (!ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "a child that %s dies of SIGSYS", name))
        diag("status %#x", (unsigned)status);
}

static void test_sandbox(void)
{
    is_int(try_in_child(make_thread), 0, "the child may make a thread");
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        dies(deadly[i].work, deadly[i].name);
#ifdef __x86_64__
    dies(call_as_x32, "uses the numbers of x32");
    dies(call_as_i386, "uses the numbers of i386");
#endif
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        int status = try_in_child(refused[i].work);
        bool stopped = WIFEXITED(status) && WEXITSTATUS(status) == refused[i].error;
        if (!ok(stopped, "a child is refused to %s", refused[i].name))
            diag("status %#x", (unsigned)status);
        ok(scene_is_untouched(), "and it has not been done");
    }
}

#else

static int make_process(void)
{
    return result(fork());
}

static void test_sandbox(void)
{
    if (getuid() == 0) /* whom the limit does not bind */
        ok(true, "there is no sandbox");
    else
        is_int(WEXITSTATUS(try_in_child(make_process)), EAGAIN,
               "without a sandbox, a limit keeps the child from forking");
}

#endif

int main(void)
{
    make_scene();
    atexit(clear_scene);
    test_sandbox();
    done_testing();
    return exit_status();
}
