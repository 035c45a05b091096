/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system calls that the child may not make, by seccomp(2). */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/* Bars, for the rest of this process's life and for good:
 *  - with death by SIGSYS, what nobody but an intruder does: to run a program, to make a process, to listen, to trace
 * or signal other processes or to change their limits, and the parts of the kernel that serve nothing but to break it;
 *  - with an error, what a library may try in good faith: to open a file for writing or to change the file system in
 *    another way (EPERM), sockets of other families than IPv4, IPv6 and netlink (EAFNOSUPPORT), and new ways to do the
 *    above that have older ones, whose arguments a filter can read (ENOSYS).
 * False when it was built without libseccomp or the kernel refuses: nothing is barred then. */
bool sandbox_enter(void);

#endif
