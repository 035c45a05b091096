/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that users name. What is no regular file is refused, so that nobody waits for a FIFO or a device. */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Opens the regular file NAME for reading; the caller closes it. *STATUS is that of the open file, so that there is no
 * race. On failure returns -1, with errno, which is 0 when it is not a regular file. */
int file_open(const char *name, struct stat *status);

/* A descriptor that leads nowhere; the caller closes it. -1 with errno on failure. */
int file_open_nothing(void);

/* What others may do with a file, as the bits that chmod() has for them. */
enum file_use { FILE_READ = S_IROTH, FILE_WRITE = S_IWOTH };

#define FILE_OTHERS_SIZE 40

/* Who can use the open file FD of STATUS so, beside its owner, root and this process' user: "group or others", or "user
 * 1000 (by an ACL)". With an ACL that is what its entries come to; the bits of the mode are its mask then. Returns OUT;
 * NULL for nobody. */
const char *file_others(int fd, const struct stat *status, enum file_use use, char out[FILE_OTHERS_SIZE]);

/* Reads from FD until BUFFER is full or the file ends. Returns how many bytes, -1 with errno on failure. May block as
 * disks and network file systems do. */
ssize_t file_read(int fd, char *buffer, size_t size);

/* Writes all LENGTH bytes to FD; waits while it is full. False with errno when it takes no more. Async-signal-safe. */
bool file_write(int fd, const void *bytes, size_t length);

#endif
