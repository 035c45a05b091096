/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void failure_set(struct failure *failure, enum phase phase, const char *condition, const char *format, ...)
{
    *failure = (struct failure){.phase = phase};
    event_set(failure->condition, condition);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure->cause, sizeof failure->cause, format, arguments);
    va_end(arguments);
}

/* A stanza error's types (RFC 6120 section 8.3.2). */
static bool is_error_type(const char *text)
{
    static const char *const types[] = {"auth", "cancel", "continue", "modify", "wait"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(text, types[i]) == 0)
            return true;
    return false;
}

const char *tell_masked(const struct teller *teller, const char *text)
{
    if (!text || !teller->secrets || !secrets_are_in(teller->secrets, text))
        return text;
    /* Words of the protocol decide on states, also where the password is one of them. */
    return condition_known(text) || is_error_type(text) ? text : "[masked]";
}

static void mask(const struct teller *teller, char *field, size_t size)
{
    const char *masked = tell_masked(teller, field);
    if (masked != field)
        event_copy(field, size, masked);
}

void tell(const struct teller *teller, const struct event *event)
{
    struct event safe = *event;
    mask(teller, safe.condition, sizeof safe.condition);
    mask(teller, safe.type, sizeof safe.type);
    mask(teller, safe.name, sizeof safe.name);
    mask(teller, safe.by, sizeof safe.by);
    mask(teller, safe.text, sizeof safe.text);
    if (!event_write(teller->fd, &safe))
        _exit(0);
}

static void tell_edge(const struct teller *teller, enum event_kind kind, enum phase phase)
{
    struct event event = event_new(kind);
    event.phase = phase;
    tell(teller, &event);
}

void tell_phase_end(struct teller *teller)
{
    if (teller->in_phase)
        tell_edge(teller, EVENT_PHASE_END, teller->phase);
    teller->in_phase = false;
}

void tell_phase(struct teller *teller, enum phase phase)
{
    if (teller->in_phase && teller->phase == phase)
        return;
    /* The beginning of one phase is the end of the other. */
    tell_edge(teller, EVENT_PHASE_BEGIN, phase);
    teller->phase = phase;
    teller->in_phase = true;
}

void tell_failure(const struct teller *teller, const struct failure *failure)
{
    struct event event = event_new(EVENT_FAILURE);
    event.phase = failure->phase;
    event.code = failure->own_fault;
    event_set(event.condition, failure->condition);
    event_set(event.text, failure->cause);
    tell(teller, &event);
}
