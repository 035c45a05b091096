/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int file_open(const char *name, struct stat *status)
{
    /* Without O_NONBLOCK the opening of a FIFO would wait for its writer before the FIFO can be refused. */
    int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -1;
    bool examined = fstat(fd, status) == 0;
    if (examined && S_ISREG(status->st_mode))
        return fd;
    int error = examined ? 0 : errno;
    close(fd);
    errno = error;
    return -1;
}

int file_open_nothing(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    int ends[2];
    if (fd >= 0 || pipe2(ends, O_CLOEXEC) != 0)
        return fd;
    /* A chroot may have no /dev/null. This end of a pipe without another has no bytes and takes none. */
    close(ends[1]);
    return ends[0];
}

bool file_is_public(const struct stat *status)
{
    return (status->st_mode & (S_IRGRP | S_IROTH)) != 0;
}

ssize_t file_read(int fd, char *buffer, size_t size)
{
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(fd, buffer + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}
