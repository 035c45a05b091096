/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child's filters of system calls as the kernel takes them: tools/filters.c makes them when the program is built.
 */
#ifndef FILTER_PROGRAM_H
#define FILTER_PROGRAM_H

#include <linux/filter.h>

/* Stands for the process's own number, which is known when it runs; no process has this one. */
#define FILTER_OWN_PID 0x7fffffffu

/* The most instructions that there is room for. */
#define FILTER_LONGEST 512

struct filter_program {
    unsigned short length; /* 0: built without libseccomp */
    const struct sock_filter *code;
};

extern const struct filter_program filter_entered, filter_dns_ended, filter_login_ended;

#endif
