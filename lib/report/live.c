/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "line.h"
#include "summary.h"
#include "text.h"

/* Names, in characters. */
#define NAME_WIDTH 60

struct live live_on(int fd, const struct settings *settings, struct result *result)
{
    bool wanted = settings->verbose > 0 && output_is(settings->output, OUTPUT_LIVE) && !settings->quiet && isatty(fd);
    return (struct live){.settings = settings, .result = result, .fd = wanted ? fd : -1};
}

/* The terminal FD once more, for a write that does not wait: FD itself is shared with the shell, which expects that its
 * own do. */
static int open_terminal(int fd)
{
    const char *name = ttyname(fd);
    return name ? open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
}

/* A terminal that has been stopped, or that nobody reads, must not hold up the deadline. */
static void show_line(int fd, const struct line *line)
{
    char clean[LINE_SIZE + 1];
    size_t length = strlen(text_clean_string(clean, LINE_SIZE, line->text));
    clean[length++] = '\n';
    int terminal = open_terminal(fd);
    if (terminal < 0)
        return;
    ssize_t written = write(terminal, clean, length);
    (void)written;
    close(terminal);
}

static void show_ping(const struct live *live, size_t target, int index)
{
    const struct ping_record *ping = &live->result->targets[target].pings[index];
    char name[SUMMARY_NAME_SIZE];
    struct line line = LINE_EMPTY;
    line_add(&line, "%s from %s",
             ping->outcome == PING_RESULT  ? "pong"
             : ping->outcome == PING_ERROR ? "error"
                                           : "no pong",
             summary_name(live->settings, target, NAME_WIDTH, name));
    if (live->endpoint)
        line_add(&line, " at %s", live->endpoint);
    line_add(&line, ": seq=%d time=", index + 1);
    line_add_time(&line, ping->waited);
    if (ping->outcome == PING_ERROR) {
        line_add(&line, " ");
        summary_error(&line, live->settings, ping);
    }
    show_line(live->fd, &line);
}

/* The ping that an event may be about: all events have these fields. NULL for none. */
static const struct ping_record *find_ping(const struct result *result, const struct event *event)
{
    if (event->target >= result->target_count || event->seq >= (uint32_t)result->targets[event->target].count)
        return NULL;
    return &result->targets[event->target].pings[event->seq];
}

void live_take(const struct event *event, void *userdata)
{
    struct live *live = userdata;
    const struct ping_record *ping = live->fd >= 0 ? find_ping(live->result, event) : NULL;
    bool was_pending = ping && ping->outcome == PING_PENDING;
    result_take(event, live->result);
    if (was_pending && ping->outcome != PING_PENDING)
        show_ping(live, event->target, (int)event->seq);
}

void live_take_endpoint(const struct event *event, void *userdata)
{
    struct endpoint_check *endpoint = userdata;
    struct live live = live_on(STDOUT_FILENO, &endpoint->settings, &endpoint->check.result);
    live.endpoint = endpoint->name;
    live_take(event, &live);
}
