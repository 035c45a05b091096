/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event.h"

#include <string.h>

#include "bar.h"
#include "clock.h"
#include "file.h"
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

struct any_condition event_condition(const struct event *event)
{
    return (struct any_condition){(enum condition)event->condition, (enum wire_condition)event->wire};
}

void event_set_condition(struct event *event, struct any_condition condition)
{
    event->condition = condition.own;
    event->wire = condition.wire;
}

bool event_write(int fd, const struct event *event)
{
    return file_write(fd, event, sizeof *event);
}

#define ENDS(field) (memchr((field), '\0', sizeof(field)) != NULL)

/* What may end a run: by itself it must never leave the run OK or WARNING. */
static bool ends_run(struct any_condition condition)
{
    return !any_condition_is_none(condition) && any_condition_state(condition) == STATE_CRITICAL;
}

static bool has_condition_of_its_kind(const struct event *event)
{
    if (event->condition >= CONDITION_COUNT || event->wire >= WIRE_COUNT)
        return false;
    struct any_condition condition = event_condition(event);
    bool none = any_condition_is_none(condition);
    if (condition.own != CONDITION_NONE && condition.wire != WIRE_NONE)
        return false;
    switch (event->kind) {
    case EVENT_ENDPOINT:
        return none || ends_run(condition);
    case EVENT_PING_ERROR:
        return condition.wire == WIRE_UNDEFINED_CONDITION ||
               (condition.wire != WIRE_NONE && wire_condition_space(condition.wire) == SPACE_STANZA);
    case EVENT_FLAW:
        return condition.own != CONDITION_NONE && condition_state(condition.own) == STATE_WARNING;
    case EVENT_FAILURE:
        return event->code == 1 ? none : ends_run(condition);
    case EVENT_IGNORED:
        return none && event->code < IGNORED_COUNT;
    case EVENT_OFFER:
        return none && event->value < OFFER_KIND_END;
    default:
        return none;
    }
}

bool event_valid(const struct event *event, uint32_t targets, uint32_t pings)
{
    if (event->version != EVENT_VERSION)
        return false;
    if (event->kind < EVENT_PHASE_BEGIN || event->kind >= EVENT_KIND_END)
        return false;
    if (event->kind == EVENT_SANDBOX && event->code >= BAR_BIT(BAR_COUNT))
        return false;
    if (event->phase >= PHASE_COUNT || event->target >= targets || event->seq >= pings)
        return false;
    /* The days of a certificate that has expired are the one figure below zero. */
    bool of_certificate = event->kind == EVENT_CERTIFICATE || event->kind == EVENT_CHAIN;
    if (event->at < 0 || (event->value < 0 && !of_certificate))
        return false;
    if (event->openssl != 0 && event->kind != EVENT_ENDPOINT && event->kind != EVENT_FAILURE)
        return false;
    return has_condition_of_its_kind(event) && ENDS(event->type) && ENDS(event->name) && ENDS(event->by) &&
           ENDS(event->text);
}
