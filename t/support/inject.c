/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library for LD_PRELOAD that lets calls of libc fail, as the system may: FAULT="parent|child CALL NUMBER ERRNO
 * [on]" fails the call of that number, from 1, of that process, with "on" each one from there on. With an ERRNO of 0 it
 * never returns, and no signal handler runs, as with a dead network file system. FAULT_COUNTS names a
 * file that tells afterwards how often each call was made by each process, and how many failed: see struct tally. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The program's own checks of arguments are not what is tried here. */
#pragma GCC diagnostic ignored "-Wnonnull-compare"

#define CALLS(DO)                                                                                                      \
    DO(malloc)                                                                                                         \
    DO(calloc)                                                                                                         \
    DO(realloc)                                                                                                        \
    DO(pipe2)                                                                                                          \
    DO(fork)                                                                                                           \
    DO(open)                                                                                                           \
    DO(fopen)                                                                                                          \
    DO(open_memstream)                                                                                                 \
    DO(read)                                                                                                           \
    DO(write)                                                                                                          \
    DO(fstat)                                                                                                          \
    DO(stat)                                                                                                           \
    DO(socket)                                                                                                         \
    DO(connect)                                                                                                        \
    DO(setsockopt)                                                                                                     \
    DO(getsockopt)                                                                                                     \
    DO(getsockname)                                                                                                    \
    DO(getpeername)                                                                                                    \
    DO(getaddrinfo)                                                                                                    \
    DO(getnameinfo)                                                                                                    \
    DO(recv)                                                                                                           \
    DO(recvfrom)                                                                                                       \
    DO(send)                                                                                                           \
    DO(sendto)                                                                                                         \
    DO(sendmsg)                                                                                                        \
    DO(poll)                                                                                                           \
    DO(ppoll)                                                                                                          \
    DO(select)                                                                                                         \
    DO(fcntl)                                                                                                          \
    DO(dup2)                                                                                                           \
    DO(close_range)                                                                                                    \
    DO(prctl)                                                                                                          \
    DO(setrlimit)                                                                                                      \
    DO(getrlimit)                                                                                                      \
    DO(syscall)                                                                                                        \
    DO(sigaction)                                                                                                      \
    DO(sigprocmask)                                                                                                    \
    DO(sigaltstack)                                                                                                    \
    DO(timer_create)                                                                                                   \
    DO(timer_settime)                                                                                                  \
    DO(nanosleep)                                                                                                      \
    DO(waitpid)                                                                                                        \
    DO(getrandom)                                                                                                      \
    DO(dlopen)                                                                                                         \
    DO(setenv)

#define NUMBER(name) CALL_##name,
enum call { CALLS(NUMBER) CALL_COUNT };

#define NAME(name) #name,
static const char *const names[] = {CALLS(NAME)};

enum process { PARENT, CHILD, PROCESSES };

struct tally {
    char name[24];
    uint32_t made[PROCESSES];
    uint32_t failed;
};

static struct tally *tallies; /* shared by both processes */
static enum process here;

static struct {
    enum call call;
    enum process process;
    uint32_t number;
    int error;
    bool on;
} fault = {.call = CALL_COUNT};

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void begin(void)
{
    int (*real_open)(const char *, int, ...) = (int (*)(const char *, int, ...))real("open");
    const char *file = getenv("FAULT_COUNTS");
    int fd = file ? real_open(file, O_RDWR | O_CLOEXEC) : -1;
    size_t size = CALL_COUNT * sizeof(struct tally);
    void *shared = fd >= 0 && ftruncate(fd, (off_t)size) == 0
                       ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                       : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (shared == MAP_FAILED)
        abort();
    struct tally *made = shared;
    for (size_t i = 0; i < CALL_COUNT; i++)
        snprintf(made[i].name, sizeof made[i].name, "%s", names[i]);

    char process[8], call[24], on[4];
    const char *text = getenv("FAULT");
    int fields = text ? sscanf(text, "%7s %23s %u %d %3s", process, call, &fault.number, &fault.error, on) : 0;
    fault.process = fields > 0 && strcmp(process, "child") == 0 ? CHILD : PARENT;
    fault.on = fields > 4;
    for (size_t i = 0; fields > 3 && i < CALL_COUNT; i++)
        if (strcmp(call, names[i]) == 0)
            fault.call = (enum call)i;
    if (fields > 0 && fault.call == CALL_COUNT)
        abort();
    tallies = made;
}

static void hang(void)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL); /* sigprocmask() is one of those above */
    for (;;)
        pause();
}

static bool fails(enum call call)
{
    if (!tallies)
        return false;
    uint32_t number = ++tallies[call].made[here];
    if (call != fault.call || here != fault.process || !(number == fault.number || (fault.on && number > fault.number)))
        return false;
    tallies[call].failed++;
    if (fault.error == 0)
        hang();
    errno = fault.error;
    return true;
}

#define FAULTY(type, failed, name, parameters, arguments)                                                              \
    type name parameters                                                                                               \
    {                                                                                                                  \
        static type(*next) parameters;                                                                                 \
        if (fails(CALL_##name))                                                                                        \
            return failed;                                                                                             \
        if (!next)                                                                                                     \
            next = (type(*) parameters)real(#name);                                                                    \
        return next arguments;                                                                                         \
    }

/* --- memory: dlsym() itself needs it --- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
    return fails(CALL_malloc) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(CALL_calloc) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(CALL_realloc) ? NULL : __libc_realloc(block, size);
}

/* --- processes --- */

pid_t fork(void)
{
    pid_t (*next)(void) = (pid_t(*)(void))real("fork");
    if (fails(CALL_fork))
        return -1;
    pid_t pid = next();
    if (pid == 0)
        here = CHILD;
    return pid;
}

FAULTY(int, -1, pipe2, (int ends[2], int flags), (ends, flags))
FAULTY(pid_t, -1, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
FAULTY(int, -1, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit), (resource, limit))
FAULTY(int, -1, getrlimit, (__rlimit_resource_t resource, struct rlimit *limit), (resource, limit))
FAULTY(int, -1, sigaction, (int number, const struct sigaction *new, struct sigaction *old), (number, new, old))
FAULTY(int, -1, sigprocmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
FAULTY(int, -1, sigaltstack, (const stack_t *new, stack_t *old), (new, old))
FAULTY(int, -1, timer_create, (clockid_t clock, struct sigevent *event, timer_t *timer), (clock, event, timer))
FAULTY(int, -1, timer_settime, (timer_t timer, int flags, const struct itimerspec *new, struct itimerspec *old),
       (timer, flags, new, old))
FAULTY(int, -1, nanosleep, (const struct timespec *wanted, struct timespec *left), (wanted, left))
FAULTY(int, -1, setenv, (const char *name, const char *value, int overwrite), (name, value, overwrite))
FAULTY(ssize_t, -1, getrandom, (void *buffer, size_t length, unsigned flags), (buffer, length, flags))

int prctl(int option, ...)
{
    va_list more;
    va_start(more, option);
    unsigned long a = va_arg(more, unsigned long), b = va_arg(more, unsigned long), c = va_arg(more, unsigned long),
                  d = va_arg(more, unsigned long);
    va_end(more);
    int (*next)(int, ...) = (int (*)(int, ...))real("prctl");
    return fails(CALL_prctl) ? -1 : next(option, a, b, c, d);
}

long syscall(long number, ...)
{
    va_list more;
    va_start(more, number);
    long a = va_arg(more, long), b = va_arg(more, long), c = va_arg(more, long), d = va_arg(more, long),
         e = va_arg(more, long), f = va_arg(more, long);
    va_end(more);
    long (*next)(long, ...) = (long (*)(long, ...))real("syscall");
    return fails(CALL_syscall) ? -1 : next(number, a, b, c, d, e, f);
}

/* --- files and descriptors --- */

int open(const char *file, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))real("open");
    return fails(CALL_open) ? -1 : next(file, flags, mode);
}

int __open_2(const char *file, int flags)
{
    return open(file, flags, 0);
}

int fcntl(int fd, int command, ...)
{
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    int (*next)(int, int, ...) = (int (*)(int, int, ...))real("fcntl");
    return fails(CALL_fcntl) ? -1 : next(fd, command, argument);
}

FAULTY(void *, NULL, dlopen, (const char *file, int flags), (file, flags))
FAULTY(FILE *, NULL, fopen, (const char *file, const char *mode), (file, mode))

FILE *fopen64(const char *file, const char *mode)
{
    return fopen(file, mode);
}

FAULTY(FILE *, NULL, open_memstream, (char **text, size_t *length), (text, length))
FAULTY(ssize_t, -1, read, (int fd, void *buffer, size_t size), (fd, buffer, size))
FAULTY(ssize_t, -1, write, (int fd, const void *buffer, size_t size), (fd, buffer, size))
FAULTY(int, -1, fstat, (int fd, struct stat *status), (fd, status))
FAULTY(int, -1, stat, (const char *file, struct stat *status), (file, status))
FAULTY(int, -1, dup2, (int from, int to), (from, to))
FAULTY(int, -1, close_range, (unsigned first, unsigned last, int flags), (first, last, flags))

ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
    (void)room;
    return read(fd, buffer, size);
}

/* --- sockets and waiting --- */

FAULTY(int, -1, socket, (int family, int type, int protocol), (family, type, protocol))
FAULTY(int, -1, connect, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size))
FAULTY(int, -1, setsockopt, (int fd, int level, int name, const void *value, socklen_t size),
       (fd, level, name, value, size))
FAULTY(int, -1, getsockopt, (int fd, int level, int name, void *value, socklen_t *size), (fd, level, name, value, size))
FAULTY(int, -1, getsockname, (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
FAULTY(int, -1, getpeername, (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
FAULTY(int, EAI_MEMORY, getaddrinfo,
       (const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found),
       (node, service, hints, found))
FAULTY(int, EAI_MEMORY, getnameinfo,
       (const struct sockaddr *address, socklen_t size, char *host, socklen_t host_size, char *service,
        socklen_t service_size, int flags),
       (address, size, host, host_size, service, service_size, flags))
FAULTY(ssize_t, -1, recv, (int fd, void *buffer, size_t size, int flags), (fd, buffer, size, flags))
FAULTY(ssize_t, -1, recvfrom,
       (int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *from_size),
       (fd, buffer, size, flags, from, from_size))
FAULTY(ssize_t, -1, send, (int fd, const void *buffer, size_t size, int flags), (fd, buffer, size, flags))
FAULTY(ssize_t, -1, sendto,
       (int fd, const void *buffer, size_t size, int flags, const struct sockaddr *to, socklen_t to_size),
       (fd, buffer, size, flags, to, to_size))
FAULTY(ssize_t, -1, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
FAULTY(int, -1, poll, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
FAULTY(int, -1, ppoll, (struct pollfd * fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
       (fds, count, timeout, mask))
FAULTY(int, -1, select, (int count, fd_set *readable, fd_set *writable, fd_set *other, struct timeval *timeout),
       (count, readable, writable, other, timeout))

ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
    (void)room;
    return recv(fd, buffer, size, flags);
}

ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t room, int flags, struct sockaddr *from,
                       socklen_t *from_size)
{
    (void)room;
    return recvfrom(fd, buffer, size, flags, from, from_size);
}

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t room)
{
    (void)room;
    return poll(fds, count, timeout);
}

int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
    (void)room;
    return ppoll(fds, count, timeout, mask);
}
