/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the tests of the bars around the child: a confined child that tries something, and what it finds. */
#ifndef CONFINED_H
#define CONFINED_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "confine.h"

/* What stands there before the child is confined, and may be tried by it. */
static struct {
    pid_t parent;
    char directory[64];
    char file[80];             /* holds "kept" */
    char other[80];            /* does not exist */
    int writable;              /* FILE, open for writing */
    struct sockaddr_in server; /* takes connections */
} scene;

static inline void make_scene(void)
{
    scene.parent = getpid();
    snprintf(scene.directory, sizeof scene.directory, "%s", "/tmp/confine.XXXXXX");
    if (!mkdtemp(scene.directory))
        exit(99);
    snprintf(scene.file, sizeof scene.file, "%s/file", scene.directory);
    snprintf(scene.other, sizeof scene.other, "%s/other", scene.directory);
    scene.writable = open(scene.file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof scene.server;
    scene.server = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (write(scene.writable, "kept", 4) != 4 || bind(listener, (struct sockaddr *)&scene.server, size) != 0 ||
        listen(listener, 5) != 0 || getsockname(listener, (struct sockaddr *)&scene.server, &size) != 0)
        exit(99);
}

static inline void clear_scene(void)
{
    unlink(scene.other);
    unlink(scene.file);
    rmdir(scene.directory);
}

static inline bool scene_is_untouched(void)
{
    char content[8] = "";
    struct stat status;
    int fd = open(scene.file, O_RDONLY | O_CLOEXEC);
    bool same = fd >= 0 && read(fd, content, sizeof content) == 4 && memcmp(content, "kept", 4) == 0 &&
                fstat(fd, &status) == 0 && (status.st_mode & 0777) == 0600 && status.st_nlink == 1;
    close(fd);
    return same && access(scene.other, F_OK) != 0;
}

/* Returns 0, or errno. */
typedef int (*attempt)(void);

static inline int result(long code)
{
    return code < 0 ? errno : 0;
}

/* Runs WORK in a confined child, which keeps KEEP. Returns how it ended, as of waitpid(). */
static inline int confined(attempt work, int keep, int64_t seconds)
{
    pid_t child = fork();
    if (child == 0) {
        confine(scene.parent, clock_now() + seconds * NS_PER_S, keep);
        _exit(work());
    }
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static inline int try_in_child(attempt work)
{
    return confined(work, -1, 60);
}

#endif
