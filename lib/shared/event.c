/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "phase.h"

struct event event_new(enum event_kind kind)
{
    struct event event;
    memset(&event, 0, sizeof event);
    event.version = EVENT_VERSION;
    event.kind = kind;
    event.at = clock_now();
    return event;
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

void event_copy(char *out, size_t size, const char *text)
{
    memset(out, 0, size);
    if (!text)
        return;
    size_t length = 0;
    for (; length < size - 1 && text[length] != '\0'; length++)
        out[length] = text[length];
    if (text[length] == '\0')
        return;
    /* Half a character at the end would be shown as a fault of the sender. */
    for (int i = 0; i < 3 && length > 0 && continues_character(text[length]); i++)
        out[--length] = '\0';
}

bool event_write(int fd, const struct event *event)
{
    const char *bytes = (const char *)event;
    size_t left = sizeof *event;
    while (left > 0) {
        ssize_t written = write(fd, bytes, left);
        if (written >= 0) {
            bytes += written;
            left -= (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

#define ENDS(field) (memchr((field), '\0', sizeof(field)) != NULL)

bool event_valid(const struct event *event, uint32_t targets, uint32_t pings)
{
    if (event->version != EVENT_VERSION)
        return false;
    if (event->kind < EVENT_PHASE_BEGIN || event->kind >= EVENT_KIND_END)
        return false;
    if (event->phase >= PHASE_COUNT || event->target >= targets || event->seq >= pings)
        return false;
    /* The days of a certificate that has expired are the one figure below zero. */
    if (event->at < 0 || (event->value < 0 && event->kind != EVENT_CERTIFICATE))
        return false;
    return ENDS(event->condition) && ENDS(event->type) && ENDS(event->name) && ENDS(event->by) && ENDS(event->text);
}
