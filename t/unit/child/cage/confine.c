/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child needs works in the sandbox, and its limits hold: each is tried from inside. */
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "confined.h"
#include "tap.h"

/* --- what the child needs --- */

static int read_file(void)
{
    char byte;
    return result(read(open(scene.readable, O_RDONLY | O_CLOEXEC), &byte, 1));
}

static int read_missing_file(void)
{
    return open(scene.other, O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static int open_random(void)
{
    return result(open("/dev/urandom", O_RDONLY | O_NOCTTY | O_NONBLOCK));
}

static int connect_tcp(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &on, sizeof on) != 0)
        return errno;
    if (connect(fd, (struct sockaddr *)&scene.server, sizeof scene.server) != 0 && errno != EINPROGRESS)
        return errno;
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    if (poll(&waiting, 1, 20000) != 1)
        return ETIMEDOUT;
    return result(send(fd, "x", 1, MSG_NOSIGNAL));
}

static int send_udp(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return result(sendto(fd, "x", 1, 0, (struct sockaddr *)&scene.server, sizeof scene.server));
}

static int open_ipv6(void)
{
    return result(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) % EAFNOSUPPORT; /* a kernel may have none */
}

/* For a link-local name server. */
static int find_interface(void)
{
    char name[IF_NAMESIZE];
    unsigned index = if_nametoindex("lo");
    return index > 0 && if_indextoname(index, name) ? 0 : errno;
}

static int use_pair(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    int other = dup2(ends[1], ends[1] + 1);
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return result(send(ends[0], "x", 1, MSG_NOSIGNAL)) || result(recvmsg(other, &message, MSG_PEEK)) ||
           result(recv(other, &byte, 1, 0)) || result(close(ends[0]));
}

static int use_memory(void)
{
    void *memory = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return errno;
    memset(memory, 1, 64 << 20);
    return result(munmap(memory, 64 << 20));
}

static int get_random(void)
{
    char bytes[16];
    return result(getrandom(bytes, sizeof bytes, 0));
}

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* As abort() does. */
static int signal_itself(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    return sigaction(SIGUSR1, &action, NULL) != 0 || raise(SIGUSR1) != 0 ? errno : caught != SIGUSR1;
}

static int print(void)
{
    return printf("not to be seen\n") > 0 && fflush(stdout) == 0 && write(STDERR_FILENO, "leak\n", 5) == 5 ? 0 : errno;
}

static const struct {
    const char *name;
    attempt work;
} needs[] = {{"read the file that is in the list", read_file},
             {"read the system's random device", open_random},
             {"connect by TCP", connect_tcp},
             {"send a datagram", send_udp},
             {"make an IPv6 socket", open_ipv6},
             {"find an interface", find_interface},
             {"use a pair of streams", use_pair},
             {"use memory", use_memory},
             {"get random bytes", get_random},
             {"signal itself", signal_itself},
             {"print, to nowhere", print}};

static void test_needs(void)
{
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        is_int(try_in_child(needs[i].work), 0, "the child can %s", needs[i].name);
    is_int(WEXITSTATUS(try_in_child(read_missing_file)), ENOENT, "a file that is not there is not there");
    is_int(confined(connect_tcp, DOOR_DNS_ENDED, -1, 60), 0, "behind DNS the child can connect to the server");
    is_int(confined(use_memory, DOOR_LOGIN_ENDED, -1, 60), 0, "behind the login the child can use memory");
    is_int(confined(get_random, DOOR_LOGIN_ENDED, -1, 60), 0, "and get random bytes");
}

/* --- what others see of it --- */

/* The first word of the line of /proc/PID/status that begins with NAME. */
static void look_at(pid_t pid, const char *name, char word[32])
{
    char path[64], line[256], format[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    snprintf(format, sizeof format, "%s: %%31s", name);
    FILE *file = fopen(path, "re");
    word[0] = '\0';
    while (file && fgets(line, sizeof line, file) && sscanf(line, format, word) != 1)
        ;
    if (file)
        fclose(file);
}

/* Starts WORK behind all doors. */
static pid_t start(attempt work)
{
    pid_t child = fork();
    if (child == 0) {
        confine(scene.parent, clock_now() + 60 * NS_PER_S, -1);
        close_doors(DOOR_LOGIN_ENDED);
        _exit(work());
    }
    return child;
}

static int stop(void)
{
    return result(raise(SIGSTOP));
}

static void test_privileges(void)
{
    static const struct {
        const char *name, *wanted;
    } lines[] = {{"CapInh", "0000000000000000"},
                 {"CapPrm", "0000000000000000"},
                 {"CapEff", "0000000000000000"},
                 {"CapAmb", "0000000000000000"},
                 {"NoNewPrivs", "1"},
                 {"Threads", "1"}};
    pid_t child = start(stop);
    waitpid(child, NULL, WUNTRACED);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char word[32];
        look_at(child, lines[i].name, word);
        is_str(word, lines[i].wanted, "%s is %s", lines[i].name, lines[i].wanted);
    }
    is_int(getsid(child), child, "it is in a session of its own");
    kill(child, SIGKILL);
    wait_for(child);
}

static int doze(void)
{
    return result(poll(NULL, 0, 500));
}

/* The kernel goes on with a call that was stopped by a call of its own. */
static void test_stopping(void)
{
    char state[32] = "";
    pid_t child = start(doze);
    while (kill(child, 0) == 0 && state[0] != 'S')
        look_at(child, "State", state);
    kill(child, SIGSTOP);
    waitpid(child, NULL, WUNTRACED);
    kill(child, SIGCONT);
    is_int(wait_for(child), 0, "a child that was stopped goes on waiting");
}

/* --- limits --- */

static int dump(void)
{
    abort();
}

static int map_too_much(void)
{
    return result((long)mmap(NULL, CONFINE_MEMORY, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int open_too_many(void)
{
    int count = 3;
    while (fcntl(0, F_DUPFD_CLOEXEC, 3) >= 0)
        count++;
    return errno != EMFILE ? errno : count == CONFINE_DESCRIPTORS ? 0 : 1;
}

static int look_for_descriptors(void)
{
    int count = 0;
    for (int fd = 3; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int spin(void)
{
    for (volatile int i = 0; i >= 0; i = !i)
        ;
    return 0;
}

static int append(void)
{
    signal(SIGXFSZ, SIG_IGN);
    return result(write(scene.writable, "lost", 4));
}

static int raise_limit(void)
{
    struct rlimit more = {.rlim_cur = 1000, .rlim_max = 1000};
    return setrlimit(RLIMIT_CPU, &more) != 0 || getuid() == 0 ? 0 : 1;
}

static int look_at_dumpable(void)
{
    return prctl(PR_GET_DUMPABLE);
}

static int look_at_low_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur == 20 && limit.rlim_max == 20 ? 0 : 1;
}

static void test_limits(void)
{
    int status = try_in_child(dump);
    ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !WCOREDUMP(status), "a child that crashes leaves no core");
    if (CONFINE_LIMITS_MEMORY)
        is_int(WEXITSTATUS(try_in_child(map_too_much)), ENOMEM, "the child has no more than its memory");
    is_int(try_in_child(open_too_many), 0, "the child has no more than its descriptors");
    is_int(try_in_child(look_for_descriptors), 0, "the child inherits no descriptor");
    is_int(WEXITSTATUS(confined(look_for_descriptors, DOOR_ENTERED, scene.writable, 60)), 1,
           "but the one that it is to keep");
    is_int(WEXITSTATUS(confined(append, DOOR_ENTERED, scene.writable, 60)), EFBIG,
           "the child cannot even write to an open file");
    status = confined(spin, DOOR_ENTERED, -1, 0);
    ok(WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL),
       "a child that computes for ever is killed");
    is_int(confined(raise_limit, DOOR_OPEN, -1, 60), 0, "the child cannot raise its limits");
    is_int(confined(look_at_dumpable, DOOR_OPEN, -1, 60), 0, "the child cannot be traced");

    struct rlimit before, low;
    getrlimit(RLIMIT_NOFILE, &before);
    low = (struct rlimit){.rlim_cur = 20, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    is_int(confined(look_at_low_limit, DOOR_OPEN, -1, 60), 0, "a limit that is lower already is kept");
    setrlimit(RLIMIT_NOFILE, &before);
}

int main(void)
{
    make_scene();
    atexit(clear_scene);
    test_needs();
    test_privileges();
    test_stopping();
    test_limits();
    done_testing();
    return exit_status();
}
