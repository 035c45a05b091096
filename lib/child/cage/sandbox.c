/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <sys/resource.h>
#ifdef __linux__
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "filter.h"
#include "landlock.h"

void sandbox_read(struct sandbox_reads *reads, const char *path)
{
    size_t used = 0;
    while (reads->paths[used])
        used++;
    if (used < sizeof reads->paths / sizeof reads->paths[0] - 1) /* the last one is the end */
        reads->paths[used] = path;
}

/* As far as a limit can: not root's. All of the user's processes count, so that no more can be made. */
static void bar_processes(void)
{
    setrlimit(RLIMIT_NPROC, &(struct rlimit){0});
}

#ifdef __linux__

static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    syscall(SYS_capset, &header, none);
}

/* A filter that is not ours, as systemd's SystemCallFilter=, may kill who asks for Landlock: then it is a process made
 * for this that dies. */
static bool may_ask_for_landlock(void)
{
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER)
        return true;
    pid_t trial = fork();
    if (trial == 0) {
        signal(SIGSYS, SIG_DFL); /* its death is nothing to report */
        landlock_version();
        _exit(0);
    }
    int status = -1;
    return trial > 0 && waitpid(trial, &status, 0) == trial && status == 0;
}

unsigned sandbox_enter(const struct sandbox_reads *reads)
{
    tzset(); /* OpenSSL's times would have the zone's file read later */
    drop_capabilities();
    int version = may_ask_for_landlock() ? landlock_version() : 0;
    bar_processes();
    unsigned bars = 0;
    if (landlock_bar_files(version, reads->paths, reads->directories))
        bars |= BAR_BIT(BAR_FILES) | (version >= LANDLOCK_VERSION_PORTS ? BAR_BIT(BAR_PORTS) : 0);
    if (filter_enter())
        bars |= BAR_BIT(BAR_CALLS);
    return bars;
}

#else

unsigned sandbox_enter(const struct sandbox_reads *reads)
{
    (void)reads;
    bar_processes();
    return 0;
}

#endif

bool sandbox_end_dns(unsigned bars, const uint16_t *ports, size_t count)
{
    return (!(bars & BAR_BIT(BAR_PORTS)) || landlock_bar_ports(ports, count)) &&
           (!(bars & BAR_BIT(BAR_CALLS)) || filter_after_dns());
}

bool sandbox_end_login(unsigned bars)
{
    return !(bars & BAR_BIT(BAR_CALLS)) || filter_after_login();
}
