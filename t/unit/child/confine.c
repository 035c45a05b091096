/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child needs works, and its limits hold: each is tried from inside. */
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "confined.h"
#include "tap.h"

/* --- what the child needs --- */

static int read_file(void)
{
    char byte;
    return result(read(open(scene.file, O_RDONLY | O_CLOEXEC), &byte, 1));
}

static int open_random(void)
{
    return result(open("/dev/urandom", O_RDONLY | O_NOCTTY | O_NONBLOCK));
}

static int connect_tcp(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0)
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

static int open_netlink(void)
{
    return result(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
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

static volatile sig_atomic_t alarmed;

static void on_alarm(int number)
{
    alarmed = number;
}

static int use_timer(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval soon = {.it_value.tv_usec = 1000};
    if (sigaction(SIGALRM, &action, NULL) != 0 || setitimer(ITIMER_REAL, &soon, NULL) != 0)
        return errno;
    while (!alarmed)
        poll(NULL, 0, 10);
    return 0;
}

static int print(void)
{
    return printf("not to be seen\n") > 0 && fflush(stdout) == 0 && write(STDERR_FILENO, "leak\n", 5) == 5 ? 0 : errno;
}

static const struct {
    const char *name;
    attempt work;
} needs[] = {{"read a file", read_file},
             {"read the system's random device", open_random},
             {"connect by TCP", connect_tcp},
             {"send a datagram", send_udp},
             {"make an IPv6 socket", open_ipv6},
             {"ask for interfaces", open_netlink},
             {"use memory", use_memory},
             {"get random bytes", get_random},
             {"use a timer and a signal handler", use_timer},
             {"print, to nowhere", print}};

static void test_needs(void)
{
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        is_int(try_in_child(needs[i].work), 0, "the child can %s", needs[i].name);
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
    while (dup(0) >= 0)
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

static int look_at_privileges(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) != 0)
        return errno;
    uint32_t others = ~(1u << CAP_DAC_READ_SEARCH);
    if ((data[0].effective & others) || (data[0].permitted & others) || data[1].effective || data[1].permitted)
        return 1;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return 2;
    return prctl(PR_GET_DUMPABLE) == 0 ? 0 : 3;
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
    is_int(WEXITSTATUS(confined(look_for_descriptors, scene.writable, 60)), 1, "but the one that it is to keep");
    is_int(WEXITSTATUS(confined(append, scene.writable, 60)), EFBIG, "the child cannot even write to an open file");
    status = confined(spin, -1, 0);
    ok(WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL),
       "a child that computes for ever is killed");
    is_int(try_in_child(raise_limit), 0, "the child cannot raise its limits");
    is_int(try_in_child(look_at_privileges), 0,
           "the child has no privileges but to read, gains none, cannot be traced");

    struct rlimit before, low;
    getrlimit(RLIMIT_NOFILE, &before);
    low = (struct rlimit){.rlim_cur = 20, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    is_int(try_in_child(look_at_low_limit), 0, "a limit that is lower already is kept");
    setrlimit(RLIMIT_NOFILE, &before);
}

int main(void)
{
    make_scene();
    atexit(clear_scene);
    test_needs();
    test_limits();
    done_testing();
    return exit_status();
}
