/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filter.h"

#ifdef __linux__

#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "filter_program.h"

/* By prctl(2): other filters around the whole, as systemd's @system-service, kill for seccomp(2). */
static bool put_up(const struct filter_program *program)
{
    struct sock_filter code[FILTER_LONGEST];
    if (program->length == 0)
        return false;
    for (unsigned i = 0; i < program->length; i++) {
        code[i] = program->code[i];
        if (code[i].k == FILTER_OWN_PID)
            code[i].k = (uint32_t)getpid();
    }
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){program->length, code}) == 0;
}

bool filter_enter(void)
{
    return put_up(&filter_entered);
}

bool filter_after_dns(void)
{
    return put_up(&filter_dns_ended);
}

bool filter_after_login(void)
{
    return put_up(&filter_login_ended);
}

#else

bool filter_enter(void)
{
    return false;
}

bool filter_after_dns(void)
{
    return false;
}

bool filter_after_login(void)
{
    return false;
}

#endif
