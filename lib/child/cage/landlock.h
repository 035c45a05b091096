/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and TCP ports, barred by Landlock (Linux 5.13 and up). What is barred stays so for the process's life. */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From this version on TCP ports can be barred. */
#define LANDLOCK_VERSION_PORTS 4

/* The version of Landlock that this kernel has. 0: none, as on other systems, or it is switched off or refused. */
int landlock_version(void);

/* From here on a file can be opened for reading only, and only if it is one of PATHS or lies below one of them, or if
 * it lies in one of DIRECTORIES or a symbolic link in these leads to it. PATHS end with NULL; DIRECTORIES, or NULL, may
 * be several with colons between them, as OpenSSL takes them. A path that does not exist is passed over. As far as
 * VERSION can: no TCP port can be bound, and no process outside be signalled or talked to by abstract UNIX sockets.
 * Needs no_new_privs. False: nothing is barred. */
bool landlock_bar_files(int version, const char *const *paths, const char *directories);

/* From here on TCP can be connected to PORTS only. Needs LANDLOCK_VERSION_PORTS. False: nothing is barred. */
bool landlock_bar_ports(const uint16_t *ports, size_t count);

#endif
