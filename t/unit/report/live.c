/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "scene.h"

/* A terminal: what is written to SLAVE can be read from MASTER. */
struct terminal {
    int master, slave;
};

static struct terminal terminal_open(void)
{
    struct terminal terminal = {.master = posix_openpt(O_RDWR | O_NOCTTY)};
    struct termios modes;
    grantpt(terminal.master);
    unlockpt(terminal.master);
    terminal.slave = open(ptsname(terminal.master), O_RDWR | O_NOCTTY);
    tcgetattr(terminal.slave, &modes);
    cfmakeraw(&modes);
    tcsetattr(terminal.slave, TCSANOW, &modes);
    return terminal;
}

static void terminal_close(struct terminal *terminal)
{
    close(terminal->slave);
    close(terminal->master);
}

/* What has been written by now. */
static const char *terminal_read(const struct terminal *terminal)
{
    static char text[4096];
    struct pollfd readable = {.fd = terminal->master, .events = POLLIN};
    size_t used = 0;
    while (poll(&readable, 1, 0) == 1 && used < sizeof text - 1) {
        ssize_t got = read(terminal->master, text + used, sizeof text - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
    return text;
}

/* Settings and an empty result for the pings of SCENE. */
static void stage(struct staged *staged, const struct scene *scene)
{
    *staged = (struct staged){0};
    scene_settings(staged, scene);
    result_init(&staged->check.result, &staged->settings, SCENE_START);
}

static void take(struct live *live, enum event_kind kind, uint32_t target, uint32_t seq, const char *condition)
{
    struct event event = event_new(kind);
    event.target = target;
    event.seq = seq;
    event.value = kind == EVENT_PING_SENT ? 0 : 1500 * NS_PER_US;
    event_set_condition(&event, condition_named(condition, SPACE_STANZA));
    event_set(event.by, condition ? "b.example" : "");
    event_set(event.text, condition ? "go\x1b away" : "");
    live_take(&event, live);
}

static void check_pongs(void)
{
    static const struct scene scene = {.pings = {"1 1", "1 1"}, .verbose = 1};
    struct staged staged;
    struct terminal terminal = terminal_open();
    stage(&staged, &scene);
    struct live live = live_on(terminal.slave, &staged.settings, &staged.check.result);

    take(&live, EVENT_PING_SENT, 0, 0, NULL);
    is_str(terminal_read(&terminal), "", "a ping that is sent is not shown");
    take(&live, EVENT_PING_RESULT, 0, 0, NULL);
    is_str(terminal_read(&terminal), "pong from example.org: seq=1 time=1.5 ms\n", "a pong is shown when it arrives");
    take(&live, EVENT_PING_RESULT, 0, 0, NULL);
    take(&live, EVENT_PING_RESULT, 0, 1, NULL);
    is_str(terminal_read(&terminal), "", "a pong that counts for nothing is not");
    take(&live, EVENT_PING_SENT, 1, 0, NULL);
    take(&live, EVENT_PING_ERROR, 1, 0, "forbidden");
    is_str(terminal_read(&terminal), "error from b.example: seq=1 time=1.5 ms forbidden: by b.example: go away\n",
           "an error is shown as one, clean");
    take(&live, EVENT_PING_SENT, 1, 1, NULL);
    take(&live, EVENT_PING_TIMEOUT, 1, 1, NULL);
    is_str(terminal_read(&terminal), "no pong from b.example: seq=2 time=1.5 ms\n", "so is a ping without an answer");
    take(&live, EVENT_PING_RESULT, 1, 2, NULL);
    take(&live, EVENT_PING_RESULT, 2, 0, NULL);
    is_str(terminal_read(&terminal), "", "a ping that there is not is none");
    is_int(staged.check.result.targets[0].ended + staged.check.result.targets[1].ended, 3,
           "the result has taken all in");
    result_free(&staged.check.result);
    terminal_close(&terminal);
}

static void check_endpoint(void)
{
    static const struct scene scene = {.pings = {"1"}, .verbose = 1};
    struct staged staged;
    struct terminal terminal = terminal_open();
    stage(&staged, &scene);
    struct live live = live_on(terminal.slave, &staged.settings, &staged.check.result);
    live.endpoint = "a.test:5222 IPv4";
    take(&live, EVENT_PING_SENT, 0, 0, NULL);
    take(&live, EVENT_PING_RESULT, 0, 0, NULL);
    is_str(terminal_read(&terminal), "pong from example.org at a.test:5222 IPv4: seq=1 time=1.5 ms\n",
           "with --each-endpoint the endpoint is named");
    result_free(&staged.check.result);
    terminal_close(&terminal);
}

/* What is shown of one pong with these settings on this descriptor. */
static const char *shown(const struct scene *scene, enum output_format output, const struct terminal *terminal, int fd)
{
    struct staged staged;
    stage(&staged, scene);
    staged.settings.output = output;
    struct live live = live_on(fd, &staged.settings, &staged.check.result);
    take(&live, EVENT_PING_SENT, 0, 0, NULL);
    take(&live, EVENT_PING_RESULT, 0, 0, NULL);
    is_int(staged.check.result.targets[0].ended, 1, "the result has taken it in");
    result_free(&staged.check.result);
    return terminal_read(terminal);
}

static void check_wishes(void)
{
    struct terminal terminal = terminal_open();
    struct scene scene = {.pings = {"1"}};
    is_str(shown(&scene, OUTPUT_NAGIOS, &terminal, terminal.slave), "", "without -v nothing is shown");
    scene.verbose = 1;
    ok(*shown(&scene, OUTPUT_NAGIOS, &terminal, terminal.slave), "with -v it is");
    is_str(shown(&scene, OUTPUT_JSON, &terminal, terminal.slave), "", "but not with --output=json");
    is_str(shown(&scene, OUTPUT_PROMETHEUS, &terminal, terminal.slave), "", "nor with --output=prometheus");
    scene.quiet = true;
    is_str(shown(&scene, OUTPUT_NAGIOS, &terminal, terminal.slave), "", "nor with -q");
    scene.quiet = false;

    int ends[2];
    char text[10];
    if (pipe2(ends, O_NONBLOCK) != 0)
        diag("no pipe");
    shown(&scene, OUTPUT_NAGIOS, &terminal, ends[1]);
    is_int(read(ends[0], text, sizeof text), -1, "nor where no terminal is");
    close(ends[0]);
    close(ends[1]);
    terminal_close(&terminal);
}

/* Ctrl-S must not hold up the deadline. */
static void check_stopped(void)
{
    static const struct scene scene = {.pings = {"1"}, .verbose = 1};
    struct terminal terminal = terminal_open();
    tcflow(terminal.slave, TCOOFF);
    alarm(20);
    is_str(shown(&scene, OUTPUT_NAGIOS, &terminal, terminal.slave), "", "a terminal that is stopped is not waited for");
    alarm(0);
    tcflow(terminal.slave, TCOON);
    is_str(terminal_read(&terminal), "", "what it had no room for is left out");
    terminal_close(&terminal);
}

int main(void)
{
    check_pongs();
    check_endpoint();
    check_wishes();
    check_stopped();
    done_testing();
    return exit_status();
}
