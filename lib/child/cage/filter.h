/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system calls that the child may make, by seccomp(2). Each of these takes more away, for the process's life; a
 * call that is not allowed fails with ENOSYS, as on a kernel that does not have it, so that a library does without it.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

/* Leaves what a client of DNS, TLS and XMPP needs, and none of: programs, processes and threads, signals to others,
 * files but to read them, devices, executable memory, shared memory, sockets but TCP, UDP and pairs, listening,
 * binding, and all else that is not in the list. Calls by another machine's numbers kill. Needs no_new_privs. False
 * when the program was built without libseccomp, or the kernel refuses: nothing is taken away then. */
bool filter_enter(void);

/* Behind DNS: no more UDP sockets. */
bool filter_after_dns(void);

/* Behind the login: no file is opened or looked at, no socket made or connected, no filter put up. */
bool filter_after_login(void);

#endif
