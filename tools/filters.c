/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the child's filters of system calls (lib/child/cage/filter.h) as C, when the program is built: libseccomp
 * takes 0.3 ms to make them, which each check would pay for. Without libseccomp they are empty. */
#include <stdint.h>
#include <stdio.h>

#include "filter_program.h"

/* The list is one for machines with 64 bits: others have calls of their own for the same, and nobody has tried them. */
#if defined HAVE_LIBSECCOMP && defined __LP64__

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Whatever their arguments are. A machine may lack some of them. */
static const int allowed[] = {
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* what is open */
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    /* whether a file is there, and whether it has changed */
    SCMP_SYS(newfstatat), SCMP_SYS(statx),
    /* sockets */
    SCMP_SYS(connect), SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    /* waiting; restart_syscall() goes on with it when the process was stopped */
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(futex), SCMP_SYS(restart_syscall),
    /* its own signals */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    /* what it may know: time, chance, itself, the machine */
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid),
    SCMP_SYS(gettid), SCMP_SYS(uname), SCMP_SYS(sysinfo),
    /* more bars */
    SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self),
    /* the end */
    SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* The kernel looks at the lower half of an int only, so the rules must as well. */
#define MASKED(argument, mask, value)                                                                                  \
    {                                                                                                                  \
        .arg = (argument), .op = SCMP_CMP_MASKED_EQ, .datum_a = (mask), .datum_b = (scmp_datum_t)(value)               \
    }
#define IS(argument, value) MASKED(argument, UINT32_MAX, value)
#define LACKS(argument, bits) MASKED(argument, (scmp_datum_t)(bits), 0)

/* socket()'s type has flags in it. */
#define TYPE_IS(type) MASKED(1, UINT32_MAX & ~(scmp_datum_t)(SOCK_NONBLOCK | SOCK_CLOEXEC), type)

/* IPv4 or IPv6, whose numbers differ by one bit. */
#define FAMILY_BIT (AF_INET ^ AF_INET6)
_Static_assert((FAMILY_BIT & (FAMILY_BIT - 1)) == 0, "AF_INET and AF_INET6 can be told from others by a mask");
#define IS_INTERNET MASKED(0, UINT32_MAX & ~(scmp_datum_t)FAMILY_BIT, AF_INET & AF_INET6)

/* F_DUPFD, F_GETFD, F_SETFD, F_GETFL and F_SETFL, not those that make the kernel send signals. */
#define IS_SIMPLE                                                                                                      \
    {                                                                                                                  \
        .arg = 1, .op = SCMP_CMP_LE, .datum_a = F_SETFL                                                                \
    }

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_PATH)

/* A call with conditions on its arguments that hold together. */
struct rule {
    int call;
    unsigned count;
    struct scmp_arg_cmp conditions[3];
};

static const struct rule allowed_if[] = {
    {SCMP_SYS(openat), 1, {LACKS(2, WRITING)}},
#ifdef __s390x__ /* where mmap() has its arguments in memory */
    {.call = SCMP_SYS(mmap)},
#else
    {SCMP_SYS(mmap), 1, {LACKS(2, PROT_EXEC)}},
#endif
    {SCMP_SYS(mprotect), 1, {LACKS(2, PROT_EXEC)}},
    {SCMP_SYS(fcntl), 1, {IS_SIMPLE}},
    {SCMP_SYS(fcntl), 1, {IS(1, F_DUPFD_CLOEXEC)}},
    {SCMP_SYS(ioctl), 1, {IS(1, FIONREAD)}},
    {SCMP_SYS(ioctl), 1, {IS(1, SIOCGIFINDEX)}}, /* the interface of a link-local name server */
    {SCMP_SYS(ioctl), 1, {IS(1, SIOCGIFNAME)}},
    {SCMP_SYS(socket), 3, {IS_INTERNET, TYPE_IS(SOCK_STREAM), IS(2, 0)}},
    {SCMP_SYS(socket), 3, {IS_INTERNET, TYPE_IS(SOCK_STREAM), IS(2, IPPROTO_TCP)}},
    {SCMP_SYS(socket), 3, {IS_INTERNET, TYPE_IS(SOCK_DGRAM), IS(2, 0)}},
    {SCMP_SYS(socket), 3, {IS_INTERNET, TYPE_IS(SOCK_DGRAM), IS(2, IPPROTO_UDP)}},
    /* An end of a pair of streams is connected for good; one of datagrams could send to any service. */
    {SCMP_SYS(socketpair), 3, {IS(0, AF_UNIX), TYPE_IS(SOCK_STREAM), IS(2, 0)}},
    /* Fast Open connects, and asks Landlock for no port. */
    {SCMP_SYS(sendto), 1, {LACKS(3, MSG_FASTOPEN)}},
    {SCMP_SYS(sendmsg), 1, {LACKS(2, MSG_FASTOPEN)}},
    {SCMP_SYS(setsockopt), 2, {IS(1, SOL_SOCKET), IS(2, SO_TIMESTAMPING)}},
    {SCMP_SYS(setsockopt), 2, {IS(1, IPPROTO_TCP), IS(2, TCP_NODELAY)}},
    {SCMP_SYS(setsockopt), 2, {IS(1, IPPROTO_TCP), IS(2, TCP_QUICKACK)}},
    {SCMP_SYS(tgkill), 1, {IS(0, FILTER_OWN_PID)}}, /* abort() */
    {SCMP_SYS(prctl), 2, {IS(0, PR_SET_SECCOMP), IS(1, SECCOMP_MODE_FILTER)}},
};

static const struct rule no_udp[] = {{SCMP_SYS(socket), 1, {TYPE_IS(SOCK_DGRAM)}}};

static const struct rule no_more[] = {
    {.call = SCMP_SYS(openat)},
    {.call = SCMP_SYS(newfstatat)},
    {.call = SCMP_SYS(statx)},
    {.call = SCMP_SYS(socket)},
    {.call = SCMP_SYS(socketpair)},
    {.call = SCMP_SYS(connect)},
    {.call = SCMP_SYS(landlock_create_ruleset)},
    {.call = SCMP_SYS(landlock_add_rule)},
    {.call = SCMP_SYS(landlock_restrict_self)},
    {.call = SCMP_SYS(prctl)},
};

static int add(scmp_filter_ctx filter, uint32_t action, const struct rule *rules, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++)
        failed |= seccomp_rule_add_array(filter, action, rules[i].call, rules[i].count, rules[i].conditions);
    return failed;
}

static int print(scmp_filter_ctx filter, const char *name)
{
    struct sock_filter one;
    FILE *file = tmpfile();
    if (!file || seccomp_export_bpf(filter, fileno(file)) != 0)
        return 1;
    rewind(file);
    unsigned length = 0;
    printf("static const struct sock_filter %s[] = {\n", name);
    for (; fread(&one, sizeof one, 1, file) == 1; length++)
        printf("    {0x%02x, %u, %u, 0x%08x},\n", one.code, one.jt, one.jf, one.k);
    printf("};\nconst struct filter_program filter_%s = {%u, %s};\n", name, length, name);
    fclose(file);
    return length > FILTER_LONGEST;
}

static int print_entered(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (!filter)
        return 1;
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a search tree: half the time to load */
    for (size_t i = 0; i < COUNT(allowed); i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    failed |= add(filter, SCMP_ACT_ALLOW, allowed_if, COUNT(allowed_if)) || print(filter, "entered");
    seccomp_release(filter);
    return failed;
}

static int print_less(const char *name, const struct rule *rules, size_t count)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int failed = !filter || add(filter, SCMP_ACT_ERRNO(ENOSYS), rules, count) || print(filter, name);
    seccomp_release(filter);
    return failed;
}

static int print_all(void)
{
    return print_entered() || print_less("dns_ended", no_udp, COUNT(no_udp)) ||
           print_less("login_ended", no_more, COUNT(no_more));
}

#else

static int print_all(void)
{
    return printf("const struct filter_program filter_entered, filter_dns_ended, filter_login_ended;\n") < 0;
}

#endif

int main(void)
{
    printf("/* Made by tools/filters.c. */\n#include \"filter_program.h\"\n\n");
    return print_all() || fflush(stdout) != 0;
}
