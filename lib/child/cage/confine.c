/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "confine.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "clock.h"
#include "file.h"

/* Without close_range(2), where the search for open descriptors ends. */
#define DESCRIPTORS_SOUGHT 1024

/* Lowers a limit for good; one that is lower already stays. */
static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) == 0 && now.rlim_cur < value)
        value = now.rlim_cur;
    struct rlimit wanted = {.rlim_cur = value, .rlim_max = value};
    setrlimit(resource, &wanted);
}

/* What the scheduler has left open in us is not the child's business. */
static void close_others(int keep)
{
#ifdef CLOSE_RANGE_CLOEXEC
    unsigned first = keep < 3 ? 3 : (unsigned)keep + 1;
    if (close_range(first, ~0u, 0) == 0 && (keep <= 3 || close_range(3, (unsigned)keep - 1, 0) == 0))
        return;
#endif
    long end = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < (end > 0 && end < DESCRIPTORS_SOUGHT ? end : DESCRIPTORS_SOUGHT); fd++)
        if (fd != keep)
            close(fd);
}

static void leave_streams(void)
{
    int nothing = file_open_nothing();
    for (int fd = 0; fd <= 2; fd++)
        if (nothing < 0 || dup2(nothing, fd) < 0)
            close(fd);
}

void confine(pid_t parent, int64_t deadline, int keep)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setsid(); /* away from the terminal; it dies with its parent all the same */
#endif
    if (getppid() != parent) /* it died before the lines above */
        _exit(0);
    leave_streams();
    close_others(keep);
    int64_t left = deadline - clock_now();
    limit(RLIMIT_CPU, (rlim_t)((left > 0 ? left : 0) / NS_PER_S + 1));
    limit(RLIMIT_CORE, 0);
    if (CONFINE_LIMITS_FILES)
        limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, CONFINE_DESCRIPTORS);
    if (CONFINE_LIMITS_MEMORY)
        limit(RLIMIT_AS, CONFINE_MEMORY);
}
