/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a command and prints what it took, from start to reaped: `timed OUTPUT COMMAND...` prints microseconds of wall
 * time and of processor time (its own, its children's, and the kernel's for both), and its exit code (255: a signal).
 * Its standard output goes to the file OUTPUT. */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "clock.h"

extern char **environ;

static int64_t microseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

int main(int argc, char *argv[])
{
    posix_spawn_file_actions_t streams;
    pid_t pid;
    int status;
    struct rusage usage;
    if (argc < 3) {
        fprintf(stderr, "usage: timed OUTPUT COMMAND...\n");
        return 2;
    }
    posix_spawn_file_actions_init(&streams);
    posix_spawn_file_actions_addopen(&streams, 1, argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int64_t start = clock_now();
    if (posix_spawn(&pid, argv[2], &streams, NULL, argv + 2, environ) != 0 || wait4(pid, &status, 0, &usage) != pid) {
        perror(argv[2]);
        return 2;
    }
    int64_t wall = (clock_now() - start) / NS_PER_US;
    printf("%lld %lld %d\n", (long long)wall, (long long)(microseconds(usage.ru_utime) + microseconds(usage.ru_stime)),
           WIFEXITED(status) ? WEXITSTATUS(status) : 255);
    return 0;
}
