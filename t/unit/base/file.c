/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/file.XXXXXX";
static char path[64];

static void check_modes(void)
{
    static const struct {
        mode_t mode;
        bool is_public;
    } modes[] = {{0600, false}, {0400, false}, {0640, true},  {0604, true}, {0644, true},
                 {0440, true},  {0404, true},  {0700, false}, {0620, false}};
    for (size_t i = 0; i < COUNT(modes); i++) {
        struct stat status;
        chmod(path, modes[i].mode);
        int fd = file_open(path, &status);
        ok(fd >= 0 && file_is_public(&status) == modes[i].is_public, "a file of mode %04o is %s",
           (unsigned)modes[i].mode, modes[i].is_public ? "public" : "private");
        close(fd);
    }
    chmod(path, 0600);
}

static void check_reading(void)
{
    static const struct {
        size_t size;
        ssize_t expected;
    } reads[] = {{0, 0}, {3, 3}, {5, 5}, {6, 5}};
    for (size_t i = 0; i < COUNT(reads); i++) {
        char buffer[8] = "";
        struct stat status;
        int fd = file_open(path, &status);
        is_int(file_read(fd, buffer, reads[i].size), reads[i].expected, "%zu bytes of a file of 5", reads[i].size);
        ok(memcmp(buffer, "12345", (size_t)reads[i].expected) == 0, "are its first");
        close(fd);
    }
    char buffer[8];
    errno = 0;
    ok(file_read(-1, buffer, sizeof buffer) == -1 && errno == EBADF, "what cannot be read says why");
}

static void check_kinds(void)
{
    struct stat status;
    errno = 0;
    ok(file_open(directory, &status) == -1 && errno == 0, "a directory is no regular file");
    unlink(path);
    ok(file_open(path, &status) == -1 && errno == ENOENT, "what is missing says so");
    ok(mkfifo(path, 0600) == 0, "there is a FIFO");
    errno = EINVAL;
    ok(file_open(path, &status) == -1 && errno == 0, "a FIFO that nobody writes to is no regular file, and no wait");
    unlink(path);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    snprintf(path, sizeof path, "%s/file", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ok(fd >= 0 && write(fd, "12345", 5) == 5, "there is a file of 5 bytes");
    close(fd);
    check_modes();
    check_reading();
    check_kinds();
    rmdir(directory);
    done_testing();
    return exit_status();
}
