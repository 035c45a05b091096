/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child in a stranger's hands: behind the real bars it tries each way out that anybody has thought of. SECURITY says
 * what this program shows, and no more. t/confine.t runs it again as another user, in a user namespace, and where the
 * machine lacks some of the bars. */
#include <linux/fs.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#ifdef HAVE_LIBSECCOMP
#include <linux/filter.h>
#include <seccomp.h>
#endif

#include "confined.h"
#include "tap.h"

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

/* --- files: to change them --- */

static int write_file(void)
{
    return result(open(scene.file, O_WRONLY | O_CLOEXEC));
}

static int update_file(void)
{
    return result(open(scene.readable, O_RDWR | O_CLOEXEC));
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

static int open_by_openat2(void)
{
    unsigned long long how[3] = {O_RDONLY | O_CLOEXEC};
    return result(syscall(437 /* openat2 */, AT_FDCWD, scene.file, how, sizeof how));
}

static int hold_path(void)
{
    return result(open(scene.file, O_PATH | O_CLOEXEC));
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
    return result(chmod(scene.file, 0666));
}

static int change_mode_by_fchmodat2(void)
{
    return result(syscall(452 /* fchmodat2 */, AT_FDCWD, scene.file, 0666, 0));
}

static int change_mode_by_descriptor(void)
{
    return result(fchmod(open(scene.readable, O_RDONLY | O_CLOEXEC), 0666));
}

static int change_owner(void)
{
    return result(chown(scene.file, getuid(), getgid()));
}

static int change_attribute(void)
{
    return result(setxattr(scene.file, "user.test", "x", 1, 0));
}

/* The entry of an access control list that gives the file to all. */
static int change_access_list(void)
{
    return result(setxattr(scene.file, "system.posix_acl_access", "\2\0\0\0", 4, 0));
}

static int change_times(void)
{
    return result(utimensat(AT_FDCWD, scene.file, NULL, 0));
}

static int change_flags(void)
{
    int flags = 0;
    return result(ioctl(open(scene.readable, O_RDONLY | O_CLOEXEC), FS_IOC_SETFLAGS, &flags));
}

static struct {
    struct file_handle handle;
    char bytes[MAX_HANDLE_SZ];
} handle;

static int open_by_handle(void)
{
    return result(open_by_handle_at(AT_FDCWD, &handle.handle, O_RDWR | O_CLOEXEC));
}

static int watch_file(void)
{
    int fd = inotify_init1(IN_CLOEXEC);
    return fd < 0 ? errno : result(inotify_add_watch(fd, scene.file, IN_OPEN));
}

static int lock_file(void)
{
    struct flock lock = {.l_type = F_RDLCK};
    return result(fcntl(open(scene.readable, O_RDONLY | O_CLOEXEC), F_SETLK, &lock));
}

/* --- files: to read them --- */

static int read_file(void)
{
    return result(open(scene.file, O_RDONLY | O_CLOEXEC));
}

static int read_users(void)
{
    return result(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int read_itself(void)
{
    return result(open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
}

static int list_directory(void)
{
    return result(open(scene.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int read_beside(void)
{
    char path[160];
    snprintf(path, sizeof path, "%s/../file", scene.links);
    return result(open(path, O_RDONLY | O_CLOEXEC));
}

/* --- the terminal --- */

static int open_terminal(void)
{
    return result(open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC));
}

static int type_on_terminal(void)
{
    int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    return result(ioctl(fd < 0 ? 0 : fd, TIOCSTI, "x"));
}

/* --- sockets --- */

static int bind_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    return result(bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&any, sizeof any));
}

static int listen_tcp(void)
{
    return result(listen(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1));
}

static int accept_connection(void)
{
    int fd = accept4(0, NULL, NULL, SOCK_CLOEXEC);
    return fd < 0 && errno == ENOTSOCK ? 0 : result(fd);
}

static int pair_datagrams(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    return result(sendto(ends[0], "forged", 6, 0, (struct sockaddr *)&scene.journal, sizeof scene.journal));
}

static int pair_packets(void)
{
    int ends[2];
    return result(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
}

static int pair_with(struct sockaddr_un *service, bool alone, bool sends)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    if (alone)
        close(ends[1]);
    if (sends)
        return result(sendto(ends[0], "forged", 6, MSG_NOSIGNAL, (struct sockaddr *)service, sizeof *service));
    return result(connect(ends[0], (struct sockaddr *)service, sizeof *service));
}

static int redirect_pair(void)
{
    return pair_with(&scene.local, false, false);
}

static int redirect_half_pair(void)
{
    return pair_with(&scene.local, true, false);
}

static int send_from_pair(void)
{
    return pair_with(&scene.journal, false, true);
}

static int send_from_half_pair(void)
{
    return pair_with(&scene.journal, true, true);
}

static int talk_to_service(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : result(connect(fd, (struct sockaddr *)&scene.local, sizeof scene.local));
}

static int forge_journal(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : result(sendto(fd, "forged", 6, 0, (struct sockaddr *)&scene.journal, sizeof scene.journal));
}

static int filter_socket(void)
{
#ifdef HAVE_LIBSECCOMP
    struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {1, &code};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
#else
    return ENOSYS;
#endif
}

static int layer_socket(void)
{
    return result(setsockopt(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), IPPROTO_TCP, TCP_ULP, "tls", 4));
}

/* All families, types and protocols but TCP, UDP. Returns 0 for one that the kernel was asked for. */
static int open_strange_socket(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM, SOCK_PACKET};
    for (int family = 0; family < 64; family++)
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            for (int protocol = 0; protocol < 300; protocol++) {
                bool internet = family == AF_INET || family == AF_INET6;
                if (internet && types[i] == SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_TCP))
                    continue;
                if (internet && types[i] == SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_UDP))
                    continue;
                if (syscall(SYS_socket, family, types[i] | SOCK_CLOEXEC, protocol) >= 0 || errno != ENOSYS)
                    return 0;
            }
    return ENOSYS;
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

/* --- behind DNS --- */

static int open_udp(void)
{
    return result(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP));
}

static int open_udp6(void)
{
    return result(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

static int connect_elsewhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(connect(fd, (struct sockaddr *)&scene.elsewhere, sizeof scene.elsewhere));
}

/* The connection is made by the first data (TCP Fast Open), and asks no Landlock. */
static int send_elsewhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(sendto(fd, "hello", 5, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&scene.elsewhere,
                         sizeof scene.elsewhere));
}

static int send_message_elsewhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct iovec part = {.iov_base = "hello", .iov_len = 5};
    struct msghdr message = {
        .msg_name = &scene.elsewhere, .msg_namelen = sizeof scene.elsewhere, .msg_iov = &part, .msg_iovlen = 1};
    return result(sendmsg(fd, &message, MSG_FASTOPEN | MSG_NOSIGNAL));
}

/* --- behind the login --- */

static int read_what_it_could(void)
{
    return result(open(scene.readable, O_RDONLY | O_CLOEXEC));
}

static int look_at_file(void)
{
    struct stat status;
    return result(stat(scene.readable, &status));
}

static int open_tcp(void)
{
    return result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int make_pair(void)
{
    int ends[2];
    return result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
}

/* With a socket that it has from before. */
static int connect_again(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!sandbox_end_login(BAR_BIT(BAR_CALLS)))
        return 0;
    return result(connect(fd, (struct sockaddr *)&scene.server, sizeof scene.server));
}

static int filter_itself(void)
{
    return result(prctl(PR_SET_SECCOMP, 2, NULL));
}

/* Whether the same works where nothing bars it: a test of what cannot be done anyway shows nothing. */
enum otherwise { WORKS, MAY_WORK };

/* BAR is the one that stops it, with ERROR; it holds from DOOR on. */
static const struct escape {
    const char *name;
    attempt work;
    enum bar bar;
    int error;
    enum otherwise otherwise;
    enum door door;
} escapes[] = {
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

    {"write a file", write_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"write the file that it may read", update_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"empty a file", empty_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"create a file", create_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"create a file without a name", create_nameless_file, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"append to a file", write_by_fopen, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"create a file by creat()", create_by_creat, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"open a file by openat2()", open_by_openat2, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"hold a file without opening it", hold_path, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"truncate a file", truncate_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"remove a file", remove_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"rename a file", rename_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"link a file", link_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a symbolic link", make_symlink, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a directory", make_directory, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a FIFO", make_fifo, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's mode", change_mode, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change it by fchmodat2()", change_mode_by_fchmodat2, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"change it by a descriptor", change_mode_by_descriptor, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's owner", change_owner, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's attributes", change_attribute, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"change a file's access control list", change_access_list, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"change a file's times", change_times, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's flags", change_flags, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"open a file by its handle", open_by_handle, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"watch a file", watch_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"lock a file", lock_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},

    {"read a file that is not in the list", read_file, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"read the list of users", read_users, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"read about itself in /proc", read_itself, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"open a directory", list_directory, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"read a file beside a directory of the list", read_beside, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},

    {"open the terminal", open_terminal, BAR_FILES, EACCES, MAY_WORK, DOOR_ENTERED},
    {"type on the terminal", type_on_terminal, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},

    {"bind a port", bind_port, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"listen", listen_tcp, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"accept a connection", accept_connection, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"send a forged line to the journal", forge_journal, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"send it from one of a pair", pair_datagrams, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a pair of another type", pair_packets, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"talk to a local service", talk_to_service, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"lead one of a pair of streams to it", redirect_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"do that when its other end is gone", redirect_half_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"send the forged line from it", send_from_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"do that when its other end is gone", send_from_half_pair, BAR_CALLS, EISCONN, MAY_WORK, DOOR_ENTERED},
    {"put a filter on a socket", filter_socket, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"put TLS of the kernel's on a socket", layer_socket, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"make a socket but for TCP and UDP, of 115,200 kinds", open_strange_socket, BAR_CALLS, ENOSYS, WORKS,
     DOOR_ENTERED},

    {"mount a file system", mount_something, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"enter a namespace", leave_namespace, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"load a BPF program", load_bpf, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"make an io_uring", make_ring, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"watch the kernel", watch_kernel, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"keep a key", keep_key, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"handle page faults", fault_by_hand, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},

    {"make a UDP socket", open_udp, BAR_CALLS, ENOSYS, WORKS, DOOR_DNS_ENDED},
    {"make a UDP socket with flags", open_udp6, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},
    {"connect to another port", connect_elsewhere, BAR_PORTS, EACCES, WORKS, DOOR_DNS_ENDED},
    {"send to another port without connecting", send_elsewhere, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},
    {"do that by sendmsg()", send_message_elsewhere, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},
    {"connect a socket that it has", connect_again, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_DNS_ENDED},

    {"read the file that it could read", read_what_it_could, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"see whether it is there", look_at_file, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"make a TCP socket", open_tcp, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"make a pair", make_pair, BAR_CALLS, ENOSYS, WORKS, DOOR_LOGIN_ENDED},
    {"put up a filter", filter_itself, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_LOGIN_ENDED},
};

/* What can be done after all, without the bars of WITHOUT: SECURITY says so, too. */
static const struct {
    const char *name;
    attempt work;
    enum door door;
    unsigned without;
} left_open[] = {
    {"see whether a file is there", look_at_file, DOOR_ENTERED, 0},
    {"make a UDP socket, which takes datagrams from all as soon as it has sent one", open_udp, DOOR_ENTERED, 0},
    {"connect to any port", connect_elsewhere, DOOR_ENTERED, 0},
    {"read any file where the machine has no Landlock", read_file, DOOR_DNS_ENDED, BAR_BIT(BAR_FILES)},
    {"connect to any port where it bars none", connect_elsewhere, DOOR_DNS_ENDED, BAR_BIT(BAR_PORTS)},
};

static const char *const behind[] = {
    [DOOR_ENTERED] = "", [DOOR_DNS_ENDED] = "behind DNS, ", [DOOR_LOGIN_ENDED] = "behind the login, "};

/* Whether all is as make_scene() left it, and nobody has been talked to. */
static bool scene_is_untouched(void)
{
    char content[8] = "";
    struct stat status, before;
    int fd = open(scene.file, O_RDONLY | O_CLOEXEC);
    fstat(scene.writable, &before);
    bool same = fd >= 0 && read(fd, content, sizeof content) == 4 && memcmp(content, "kept", 4) == 0 &&
                fstat(fd, &status) == 0 && (status.st_mode & 0777) == 0600 && status.st_nlink == 1 &&
                status.st_ino == before.st_ino && fgetxattr(fd, "user.test", NULL, 0) < 0;
    close(fd);
    bool quiet = accept(scene.local_listener, NULL, NULL) < 0 && accept(scene.elsewhere_listener, NULL, NULL) < 0 &&
                 recv(scene.journal_receiver, content, sizeof content, 0) < 0;
    return same && quiet && access(scene.other, F_OK) != 0 && kill(scene.neighbour, 0) == 0 &&
           getpriority(PRIO_PROCESS, (id_t)scene.neighbour) != 19;
}

static unsigned bars;
static bool filtered; /* by who has started this test, and may kill */

static bool was_stopped(const struct escape *escape, int status)
{
    return (WIFEXITED(status) && WEXITSTATUS(status) == escape->error) ||
           (filtered && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void try_escape(const struct escape *escape)
{
    int status = confined(escape->work, escape->door, -1, 60);
    if (!ok(was_stopped(escape, status), "%sit cannot %s", behind[escape->door], escape->name))
        diag("status %#x", (unsigned)status);
    ok(scene_is_untouched(), "and it has not been done");
    if (escape->otherwise == MAY_WORK || filtered)
        return;
    status = unconfined(escape->work);
    if (!ok(status == 0, "without bars anybody can %s", escape->name))
        diag("status %#x", (unsigned)status);
    clear_scene();
    make_scene();
}

/* --- all system calls, one by one --- */

#ifdef HAVE_LIBSECCOMP

/* Those that answer to arguments that make no sense: what filter.c lists without conditions. */
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

/* The root of nobody, without a filter, cannot be kept from it. */
static void test_limit(void)
{
    int status = try_in_child(make_process);
    ok(getuid() == 0 || WEXITSTATUS(status) != 0, "without a filter a limit keeps users other than root from forking");
}

static int tell_bars(void)
{
    return 0;
}

/* The bars of this machine, by a child that puts them up. */
static unsigned find_bars(void)
{
    pid_t child = fork();
    if (child == 0) {
        confine(scene.parent, clock_now() + 60 * NS_PER_S, -1);
        _exit((int)close_doors(DOOR_ENTERED));
    }
    int status = wait_for(child);
    return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}

/* A terminal for those who would type on it. */
static void take_terminal(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0 && setsid() > 0)
        open(ptsname(terminal), O_RDWR | O_CLOEXEC);
}

static void test_sandbox(void)
{
    bars = find_bars();
    filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0;
    for (int bar = 0; bar < BAR_COUNT; bar++)
        diag("%s: %s", bar_name((enum bar)bar), bars & BAR_BIT(bar) ? "barred" : "not barred");
    is_int(try_in_child(tell_bars), 0, "a child enters the sandbox");
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        if (bars & BAR_BIT(escapes[i].bar))
            try_escape(&escapes[i]);
    for (size_t i = 0; i < sizeof left_open / sizeof left_open[0]; i++)
        if (!(bars & left_open[i].without))
            is_int(confined(left_open[i].work, left_open[i].door, -1, 60), 0, "it can %s", left_open[i].name);
    if (bars & BAR_BIT(BAR_CALLS))
        test_calls();
    else
        test_limit();
}

int main(void)
{
    take_terminal();
    make_scene();
    atexit(clear_scene);
    handle.handle.handle_bytes = MAX_HANDLE_SZ;
    name_to_handle_at(AT_FDCWD, scene.file, &handle.handle, &(int){0}, 0);
    test_sandbox();
    done_testing();
    return exit_status();
}
