/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mechanism.h"

void failure_set(struct failure *failure, enum phase phase, enum condition condition, const char *format, ...)
{
    *failure = (struct failure){.phase = phase, .condition.own = condition};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure->cause, sizeof failure->cause, format, arguments);
    va_end(arguments);
}

void failure_set_wire(struct failure *failure, enum phase phase, enum wire_condition condition, const char *words)
{
    *failure = (struct failure){.phase = phase, .condition.wire = condition};
    event_set(failure->cause, words);
}

void failure_set_own_fault(struct failure *failure, enum phase phase, const char *words)
{
    *failure = (struct failure){.phase = phase, .own_fault = true};
    event_set(failure->cause, words);
}

static const char masked[] = "[masked]";

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
    /* A type decides on states, also where the password is one of them. */
    return is_error_type(text) ? text : masked;
}

/* What strangers have said in it is masked already. That something may have been forgotten is no reason to tell a
 * password. */
static void mask(const struct teller *teller, char *field, size_t size)
{
    if (teller->secrets && secrets_are_in_ours(teller->secrets, field))
        event_copy(field, size, masked);
}

void tell(const struct teller *teller, const struct event *event)
{
    struct event safe = *event;
    mask(teller, safe.type, sizeof safe.type);
    mask(teller, safe.name, sizeof safe.name);
    mask(teller, safe.by, sizeof safe.by);
    mask(teller, safe.text, sizeof safe.text);
    if (!event_write(teller->fd, &safe))
        _exit(0);
}

static void tell_kind(const struct teller *teller, enum event_kind kind, enum phase phase)
{
    struct event event = event_new(kind);
    event.phase = phase;
    tell(teller, &event);
}

void tell_phase_end(struct teller *teller)
{
    if (teller->in_phase)
        tell_kind(teller, EVENT_PHASE_END, teller->phase);
    teller->in_phase = false;
}

void tell_phase(struct teller *teller, enum phase phase)
{
    if (teller->in_phase && teller->phase == phase)
        return;
    /* The beginning of one phase is the end of the other. */
    tell_kind(teller, EVENT_PHASE_BEGIN, phase);
    teller->phase = phase;
    teller->in_phase = true;
}

void tell_heard(struct teller *teller)
{
    struct event event = event_new(EVENT_HEARD);
    if (!teller->heard)
        tell(teller, &event);
    teller->heard = true;
}

void tell_flaw(const struct teller *teller, enum condition condition, const char *words)
{
    struct event event = event_new(EVENT_FLAW);
    event.phase = teller->phase;
    event.condition = condition;
    event_set(event.text, words);
    tell(teller, &event);
}

void tell_login(const struct teller *teller)
{
    tell_kind(teller, EVENT_LOGIN, teller->phase);
}

void tell_phase_passed(struct teller *teller, enum phase phase)
{
    struct event event = event_new(EVENT_PHASE_BEGIN);
    event.phase = phase;
    tell(teller, &event);
    event.kind = EVENT_PHASE_END;
    tell(teller, &event);
    teller->in_phase = false;
}

void tell_failure(const struct teller *teller, const struct failure *failure)
{
    struct event event = event_new(EVENT_FAILURE);
    event.phase = failure->phase;
    event.code = failure->own_fault;
    event_set_condition(&event, failure->condition);
    event_set(event.text, failure->cause);
    event_set(event.name, failure->detail);
    event.openssl = failure->openssl;
    tell(teller, &event);
}

void tell_offer(const struct teller *teller, enum offer_kind kind, const char *name, bool behind)
{
    struct event event = event_new(EVENT_OFFER);
    event.code = behind;
    event.value = kind;
    event_set(event.name, name && mechanism_find(name) ? name : tell_masked(teller, name));
    tell(teller, &event);
}

void tell_features(const struct teller *teller, bool behind, bool cut)
{
    struct event event = event_new(EVENT_FEATURES);
    event.code = behind;
    event.value = cut;
    tell(teller, &event);
}
