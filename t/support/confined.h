/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the tests of the bars around the child: a confined child that tries something, and what it finds. */
#ifndef CONFINED_H
#define CONFINED_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "confine.h"
#include "sandbox.h"

/* What stands there before the child is confined, and may be tried by it. */
static struct {
    pid_t parent;
    pid_t neighbour; /* a process of the same user's */
    char directory[64];
    char file[80];             /* holds "kept" */
    char other[80];            /* does not exist */
    char readable[80];         /* the child may read it, as a link in LINKS leads to it */
    char links[80];            /* a directory that the child may read */
    int writable;              /* FILE, open for writing */
    int listener;              /* of server */
    struct sockaddr_in server; /* takes connections */
    int elsewhere_listener;
    struct sockaddr_in elsewhere; /* so does this, where the child has nothing to do */
    int local_listener;
    struct sockaddr_un local; /* so does this service of the machine's */
    int journal_receiver;
    struct sockaddr_un journal; /* takes datagrams */
} scene;

static inline int make_listener(struct sockaddr_in *address)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)address, size) != 0 || listen(listener, 50) != 0 ||
        getsockname(listener, (struct sockaddr *)address, &size) != 0)
        exit(99);
    return listener;
}

static inline int make_service(struct sockaddr_un *address, const char *name, int type)
{
    int service = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "%.70s/%s", scene.directory, name);
    if (bind(service, (struct sockaddr *)address, sizeof *address) != 0 ||
        (type == SOCK_STREAM && listen(service, 50) != 0))
        exit(99);
    return service;
}

static inline int make_file(char path[80], const char *name, const char *content)
{
    snprintf(path, 80, "%s/%s", scene.directory, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, content, strlen(content)) != (ssize_t)strlen(content))
        exit(99);
    return fd;
}

static inline void make_scene(void)
{
    scene.parent = getpid();
    snprintf(scene.directory, sizeof scene.directory, "%s", "/tmp/confine.XXXXXX");
    if (!mkdtemp(scene.directory))
        exit(99);
    snprintf(scene.other, sizeof scene.other, "%s/other", scene.directory);
    scene.writable = make_file(scene.file, "file", "kept");
    close(make_file(scene.readable, "readable", "told"));
    snprintf(scene.links, sizeof scene.links, "%s/links", scene.directory);
    char link[96];
    snprintf(link, sizeof link, "%s/link", scene.links);
    if (mkdir(scene.links, 0700) != 0 || symlink("../readable", link) != 0)
        exit(99);
    scene.listener = make_listener(&scene.server);
    scene.elsewhere_listener = make_listener(&scene.elsewhere);
    scene.local_listener = make_service(&scene.local, "local", SOCK_STREAM);
    scene.journal_receiver = make_service(&scene.journal, "journal", SOCK_DGRAM);
    scene.neighbour = fork();
    if (scene.neighbour == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
}

/* Only by who has made it. */
static inline void clear_scene(void)
{
    char link[96];
    if (getpid() != scene.parent)
        return;
    kill(scene.neighbour, SIGKILL);
    waitpid(scene.neighbour, NULL, 0);
    snprintf(link, sizeof link, "%s/link", scene.links);
    unlink(link);
    rmdir(scene.links);
    unlink(scene.local.sun_path);
    unlink(scene.journal.sun_path);
    unlink(scene.readable);
    unlink(scene.other);
    rmdir(scene.other);
    unlink(scene.file);
    rmdir(scene.directory);
    close(scene.writable);
    close(scene.listener);
    close(scene.elsewhere_listener);
    close(scene.local_listener);
    close(scene.journal_receiver);
}

/* Returns 0, or errno. */
typedef int (*attempt)(void);

static inline int result(long code)
{
    return code < 0 ? errno : 0;
}

/* How far the sandbox is closed: see sandbox.h. */
enum door { DOOR_OPEN, DOOR_ENTERED, DOOR_DNS_ENDED, DOOR_LOGIN_ENDED };

/* What of the sandbox this machine has. */
static inline unsigned close_doors(enum door doors)
{
    struct sandbox_reads reads = {0};
    sandbox_read(&reads, "/dev/urandom");
    reads.directories = scene.links;
    unsigned bars = sandbox_enter(&reads);
    uint16_t port = ntohs(scene.server.sin_port);
    if ((doors >= DOOR_DNS_ENDED && !sandbox_end_dns(bars, &port, 1)) ||
        (doors >= DOOR_LOGIN_ENDED && !sandbox_end_login(bars)))
        _exit(98);
    return bars;
}

static inline int wait_for(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Runs WORK in a child behind DOORS, which keeps KEEP. Returns how it ended, as of waitpid(). */
static inline int confined(attempt work, enum door doors, int keep, int64_t seconds)
{
    pid_t child = fork();
    if (child == 0) {
        confine(scene.parent, clock_now() + seconds * NS_PER_S, keep);
        if (doors > DOOR_OPEN)
            close_doors(doors);
        _exit(work());
    }
    return wait_for(child);
}

/* The same with no bar at all: what the attempt does then. */
static inline int unconfined(attempt work)
{
    pid_t child = fork();
    if (child == 0)
        _exit(work());
    return wait_for(child);
}

static inline int try_in_child(attempt work)
{
    return confined(work, DOOR_ENTERED, -1, 60);
}

/* Whether the same works where nothing bars it: a test of what cannot be done anyway shows nothing. */
enum otherwise { WORKS, MAY_WORK };

/* BAR is the one that stops it, with ERROR; it holds from DOOR on. */
struct escape {
    const char *name;
    attempt work;
    enum bar bar;
    int error;
    enum otherwise otherwise;
    enum door door;
};

#endif
