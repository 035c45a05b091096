/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child in a stranger's hands: behind the real bars it tries each way out that anybody has thought of. SECURITY says
 * what this program shows, and no more. t/confine.t runs it again as another user, in a user namespace, and where the
 * machine lacks some of the bars. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "confined.h"
#include "sandbox_calls.h"
#include "sandbox_files.h"
#include "sandbox_powers.h"
#include "sandbox_processes.h"
#include "sandbox_sockets.h"
#include "tap.h"

#define ALL(list) (list), sizeof(list) / sizeof(list)[0]

static const struct {
    const struct escape *list;
    size_t count;
} escapes[] = {{ALL(of_processes)}, {ALL(of_powers)}, {ALL(of_files)}, {ALL(of_sockets)}};

/* What can be done after all, without the bars of WITHOUT: SECURITY says so, too. */
static const struct {
    const char *name;
    attempt work;
    enum door door;
    unsigned without;
} left_open[] = {
    {"see whether a file is there", look_at_file, DOOR_ENTERED, 0},
    {"make a UDP socket, which takes datagrams from all as soon as it has sent one", open_udp, DOOR_ENTERED, 0},
    {"connect to any port", connect_elsewhere, DOOR_ENTERED, 0},
    {"read any file where the machine has no Landlock", read_file, DOOR_DNS_ENDED, BAR_BIT(BAR_FILES)},
    {"connect to any port where it bars none", connect_elsewhere, DOOR_DNS_ENDED, BAR_BIT(BAR_PORTS)},
};

static const char *const behind[] = {
    [DOOR_ENTERED] = "", [DOOR_DNS_ENDED] = "behind DNS, ", [DOOR_LOGIN_ENDED] = "behind the login, "};

/* Whether all is as make_scene() left it, and nobody has been talked to. */
static bool scene_is_untouched(void)
{
    char content[8] = "";
    struct stat status, before;
    int fd = open(scene.file, O_RDONLY | O_CLOEXEC);
    fstat(scene.writable, &before);
    bool same = fd >= 0 && read(fd, content, sizeof content) == 4 && memcmp(content, "kept", 4) == 0 &&
                fstat(fd, &status) == 0 && (status.st_mode & 0777) == 0600 && status.st_nlink == 1 &&
                status.st_ino == before.st_ino && fgetxattr(fd, "user.test", NULL, 0) < 0;
    close(fd);
    bool quiet = accept(scene.local_listener, NULL, NULL) < 0 && accept(scene.elsewhere_listener, NULL, NULL) < 0 &&
                 recv(scene.journal_receiver, content, sizeof content, 0) < 0;
    return same && quiet && access(scene.other, F_OK) != 0 && kill(scene.neighbour, 0) == 0 &&
           getpriority(PRIO_PROCESS, (id_t)scene.neighbour) != 19;
}

static unsigned bars;

static bool was_stopped(const struct escape *escape, int status)
{
    return (WIFEXITED(status) && WEXITSTATUS(status) == escape->error) ||
           (filtered && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void try_escape(const struct escape *escape)
{
    int status = confined(escape->work, escape->door, -1, 60);
    if (!ok(was_stopped(escape, status), "%sit cannot %s", behind[escape->door], escape->name))
        diag("status %#x", (unsigned)status);
    ok(scene_is_untouched(), "and it has not been done");
    if (escape->otherwise == MAY_WORK || filtered)
        return;
    status = unconfined(escape->work);
    if (!ok(status == 0, "without bars anybody can %s", escape->name))
        diag("status %#x", (unsigned)status);
    clear_scene();
    make_scene();
}

/* The root of nobody, without a filter, cannot be kept from it. */
static void test_limit(void)
{
    int status = try_in_child(make_process);
    ok(getuid() == 0 || WEXITSTATUS(status) != 0, "without a filter a limit keeps users other than root from forking");
}

static int tell_bars(void)
{
    return 0;
}

/* The bars of this machine, by a child that puts them up. */
static unsigned find_bars(void)
{
    pid_t child = fork();
    if (child == 0) {
        confine(scene.parent, clock_now() + 60 * NS_PER_S, -1);
        _exit((int)close_doors(DOOR_ENTERED));
    }
    int status = wait_for(child);
    return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}

/* A terminal for those who would type on it. */
static void take_terminal(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0 && setsid() > 0)
        open(ptsname(terminal), O_RDWR | O_CLOEXEC);
}

static void test_sandbox(void)
{
    bars = find_bars();
    filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0;
    for (int bar = 0; bar < BAR_COUNT; bar++)
        diag("%s: %s", bar_name((enum bar)bar), bars & BAR_BIT(bar) ? "barred" : "not barred");
    is_int(try_in_child(tell_bars), 0, "a child enters the sandbox");
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        for (size_t j = 0; j < escapes[i].count; j++)
            if (bars & BAR_BIT(escapes[i].list[j].bar))
                try_escape(&escapes[i].list[j]);
    for (size_t i = 0; i < sizeof left_open / sizeof left_open[0]; i++)
        if (!(bars & left_open[i].without))
            is_int(confined(left_open[i].work, left_open[i].door, -1, 60), 0, "it can %s", left_open[i].name);
    if (bars & BAR_BIT(BAR_CALLS))
        test_calls();
    else
        test_limit();
}

int main(void)
{
    take_terminal();
    make_scene();
    atexit(clear_scene);
    handle.handle.handle_bytes = MAX_HANDLE_SZ;
    name_to_handle_at(AT_FDCWD, scene.file, &handle.handle, &(int){0}, 0);
    test_sandbox();
    done_testing();
    return exit_status();
}
