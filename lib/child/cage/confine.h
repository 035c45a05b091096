/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child may not do from its first line on; the rest is the sandbox's, see sandbox.h. */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdint.h>
#include <sys/types.h>

/* The child's address space at most; more is a server that feeds it without end. Bytes. */
#define CONFINE_MEMORY (512ul << 20)

/* AddressSanitizer's shadow needs terabytes of address space; valgrind's copy of each byte is the build's to tell. */
#ifndef CONFINE_LIMITS_MEMORY
#if defined(__SANITIZE_ADDRESS__)
#define CONFINE_LIMITS_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CONFINE_LIMITS_MEMORY 0
#endif
#endif
#endif
#ifndef CONFINE_LIMITS_MEMORY
#define CONFINE_LIMITS_MEMORY 1
#endif

/* A build for callgrind has the child write down what was counted. */
#ifndef CONFINE_LIMITS_FILES
#define CONFINE_LIMITS_FILES 1
#endif

/* Its descriptors at most: the pipe, sockets to each name server and to the addresses that are raced, a file. */
#define CONFINE_DESCRIPTORS 256

/* To be called in the child first thing. It dies with PARENT, is in a session of its own, dumps no core and cannot be
 * traced, gains no privileges, writes no file, has CONFINE_MEMORY and no more CPU time than DEADLINE (clock_now(),
 * ns) leaves, no open descriptor but KEEP (-1: none), and its standard streams lead nowhere, so that no library can
 * print. What the system refuses is left out: the parent's deadline holds all the same. Ends the process when PARENT is
 * gone already. The child reads its own files then, and goes on to sandbox_enter(). */
void confine(pid_t parent, int64_t deadline, int keep);

#endif
