/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cause.h"
#include "clock.h"
#include "duration.h"
#include "host.h"
#include "text.h"

/* What one run may make the parent keep, whatever the child says. */
#define ENDPOINTS_MAX 256
#define LOG_MAX ((size_t)4 << 20) /* printing it comes behind the deadline, and takes 20 ms a MB */
#define DAYS_MAX INT64_C(10000000)
#define BITS_MAX 1000000

/* CLEAN(result->cause, event->text): both are arrays. */
#define CLEAN(out, in) text_clean_string((out), sizeof(out), (in))

bool result_init(struct result *result, const struct settings *settings, int64_t started_at)
{
    *result = (struct result){.started_at = started_at};
    bool each = settings->verbose > 0 || output_is(settings->output, OUTPUT_EACH_PING);
    result->targets = calloc(settings->target_count, sizeof *result->targets);
    if (!result->targets)
        return false;
    result->target_count = settings->target_count;
    for (size_t i = 0; i < settings->target_count; i++) {
        if (pings_init(&result->targets[i], settings->targets[i].count, each))
            continue;
        result_free(result);
        return false;
    }
    return true;
}

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

/* Books the time of the open phase, which goes on until AT. */
static void book(struct result *result, int64_t at)
{
    if (at > result->opened_at)
        result->spent[result->phase] =
            at_most(result->spent[result->phase] + at_most(at - result->opened_at, DURATION_MAX), DURATION_MAX);
}

static void take_phase_begin(struct result *result, const struct event *event)
{
    if (result->open)
        book(result, event->at);
    if (event->phase == PHASE_CONNECT) /* to the next endpoint: what the last one offered counts no more */
        result->before_tls = result->behind_tls = (struct offers){0};
    result->phase = (enum phase)event->phase;
    result->entered[result->phase] = true;
    result->open = true;
    result->opened_at = event->at;
    if (result->phase == PHASE_CONNECT)
        result->attempt_count = 0; /* those of an earlier race that were not told of again have lost it */
}

static void take_phase_end(struct result *result, const struct event *event)
{
    if (!result->open || result->phase != (enum phase)event->phase)
        return;
    book(result, event->at);
    result->open = false;
}

/* array_grow(), but NULL also when there are too many. */
static void *grow(struct result *result, void *list, size_t count, size_t size)
{
    if (count == ENDPOINTS_MAX)
        return NULL;
    void *grown = array_grow(list, count, size);
    result->out_of_memory |= !grown;
    return grown;
}

static void take_attempt(struct result *result, const struct event *event)
{
    if (result->attempt_count == ATTEMPTS_MAX)
        return;
    CLEAN(result->attempts[result->attempt_count], event->text);
    result->attempt_count++;
}

static void end_attempt(struct result *result, const struct event *event)
{
    char name[sizeof result->attempts[0]];
    CLEAN(name, event->text);
    for (size_t i = 0; i < result->attempt_count; i++) {
        if (strcmp(result->attempts[i], name) != 0)
            continue;
        result->attempt_count--;
        memmove(result->attempts[i], result->attempts[i + 1], (result->attempt_count - i) * sizeof *result->attempts);
        return;
    }
}

static void take_endpoint(struct result *result, const struct event *event)
{
    void *grown = grow(result, result->endpoints, result->endpoint_count, sizeof *result->endpoints);
    if (!grown)
        return;
    result->endpoints = grown;
    struct endpoint_result *endpoint = &result->endpoints[result->endpoint_count++];
    *endpoint = (struct endpoint_result){.tls = TLS_STARTTLS, .time = at_most(event->value, DURATION_MAX)};
    if (event->code <= TLS_NONE)
        endpoint->tls = (enum tls_mode)event->code;
    CLEAN(endpoint->name, event->text);
    endpoint->condition = event_condition(event);
    cause_take(event, event->name, endpoint->cause, sizeof endpoint->cause);
}

/* From a name server, as long as no endpoint has been told of. */
static void take_heard(struct result *result)
{
    result->heard = true;
    if (result->endpoint_count > 0)
        result->endpoints[result->endpoint_count - 1].heard = true;
}

/* The host is given to the next child as --hostname would be; it has to be one. */
static void take_candidate(struct result *result, const struct event *event)
{
    union address address;
    char name[256];
    bool absolute;
    bool valid = event->value > 0 && event->value <= UINT16_MAX && event->code <= TLS_NONE && event->code != TLS_AUTO &&
                 (host_literal(event->text, &address) || host_name(event->text, name, &absolute));
    if (!valid) {
        result->nonsense = true;
        return;
    }
    if (result->candidate_count == CANDIDATES_MAX) {
        result->candidates_left_out++;
        return;
    }
    void *grown = grow(result, result->candidates, result->candidate_count, sizeof *result->candidates);
    if (!grown)
        return;
    result->candidates = grown;
    struct candidate *candidate = &result->candidates[result->candidate_count++];
    *candidate = (struct candidate){.port = (uint16_t)event->value, .tls = (enum tls_mode)event->code};
    memcpy(candidate->host, event->text, sizeof event->text);
    candidate->family = strcmp(event->name, "ipv4") == 0   ? AF_INET
                        : strcmp(event->name, "ipv6") == 0 ? AF_INET6
                                                           : AF_UNSPEC;
}

/* The target of a ping event; NULL when there is none. */
static struct target_result *find_target(struct result *result, const struct event *event)
{
    return event->target < result->target_count ? &result->targets[event->target] : NULL;
}

static void take_ping_sent(struct result *result, const struct event *event)
{
    struct target_result *target = find_target(result, event);
    if (target)
        pings_sent(target, event->seq);
}

static void take_ping_end(struct result *result, const struct event *event, enum ping_outcome outcome)
{
    struct target_result *target = find_target(result, event);
    struct ping_record ping = {.outcome = outcome, .waited = at_most(event->value, DURATION_MAX)};
    if (outcome == PING_ERROR) {
        ping.condition = event_condition(event).wire;
        CLEAN(ping.type, event->type);
        CLEAN(ping.by, event->by);
        CLEAN(ping.text, event->text);
    }
    result->out_of_memory |= target && !pings_ended(target, event->seq, &ping);
}

static void take_tls(struct result *result, const struct event *event)
{
    result->tls = true;
    result->tls_verified = event->code == 1;
    CLEAN(result->tls_version, event->name);
    CLEAN(result->tls_cipher, event->text);
}

static int64_t bounded_days(int64_t days)
{
    return days < -DAYS_MAX ? -DAYS_MAX : at_most(days, DAYS_MAX);
}

static void take_certificate(struct result *result, const struct event *event)
{
    result->certificate = true;
    result->days_left = bounded_days(event->value);
    CLEAN(result->certificate_names, event->text);
    result->chain_length = 0;
}

static void take_chain(struct result *result, const struct event *event)
{
    if (result->chain_length == CHAIN_MAX)
        return;
    struct chain_link *link = &result->chain[result->chain_length++];
    link->days_left = bounded_days(event->value);
    link->bits = event->code < BITS_MAX ? (int)event->code : BITS_MAX;
    CLEAN(link->names, event->text);
    CLEAN(link->key, event->name);
    CLEAN(link->until, event->by);
}

static void take_ignored(struct result *result, const struct event *event)
{
    if (event->code < IGNORED_COUNT)
        result->ignored[event->code]++;
}

static void take_flaw(struct result *result, const struct event *event)
{
    if (result->flaw_count == FLAWS_MAX)
        return;
    struct flaw *flaw = &result->flaws[result->flaw_count++];
    flaw->phase = (enum phase)event->phase;
    flaw->condition = event_condition(event).own;
    CLEAN(flaw->cause, event->text);
}

static void take_failure(struct result *result, const struct event *event)
{
    result->failed = true;
    result->own_fault = event->code == 1;
    result->failure_phase = (enum phase)event->phase;
    result->condition = event_condition(event);
    cause_take(event, event->text, result->cause, sizeof result->cause);
}

/* Kept as it is: a line, and even a character, may go on in the next record, so that only whole lines can be cleaned.
 */
static void take_log(struct result *result, const struct event *event)
{
    size_t length = strlen(event->text);
    bool ends_line = event->code == 0;
    result->log_full |= result->log_length + length + 1 > LOG_MAX;
    if (result->log_full) /* a shorter piece must not begin a line in the middle */
        return;
    if (result->log_length + length + 1 > result->log_room) {
        size_t room = result->log_room ? 2 * result->log_room : 4096;
        char *grown = realloc(result->log, room);
        if (!grown) {
            result->out_of_memory = true;
            return;
        }
        result->log = grown;
        result->log_room = room;
    }
    memcpy(result->log + result->log_length, event->text, length);
    result->log_length += length;
    if (ends_line)
        result->log[result->log_length++] = '\0';
}

void result_take(const struct event *event, void *userdata)
{
    struct result *result = userdata;
    switch ((enum event_kind)event->kind) {
    case EVENT_SANDBOX:
        result->sandboxed = true;
        result->bars = event->code;
        break;
    case EVENT_PHASE_BEGIN:
        take_phase_begin(result, event);
        break;
    case EVENT_PHASE_END:
        take_phase_end(result, event);
        break;
    case EVENT_ATTEMPT:
        take_attempt(result, event);
        break;
    case EVENT_ENDPOINT:
        end_attempt(result, event);
        take_endpoint(result, event);
        break;
    case EVENT_CANDIDATE:
        take_candidate(result, event);
        break;
    case EVENT_TLS:
        take_tls(result, event);
        break;
    case EVENT_CERTIFICATE:
        take_certificate(result, event);
        break;
    case EVENT_MECHANISM:
        CLEAN(result->mechanism, event->name);
        result->login_way = login_way_names[event->code == 1 ? LOGIN_WAY_SASL2 : LOGIN_WAY_RFC6120];
        break;
    case EVENT_LOGIN:
        result->login = true;
        break;
    case EVENT_TCP_RTT:
        result->tcp = true;
        result->tcp_rtt = at_most(event->value, DURATION_MAX);
        break;
    case EVENT_PING_SENT:
        take_ping_sent(result, event);
        break;
    case EVENT_PING_RESULT:
        take_ping_end(result, event, PING_RESULT);
        break;
    case EVENT_PING_ERROR:
        take_ping_end(result, event, PING_ERROR);
        break;
    case EVENT_PING_TIMEOUT:
        take_ping_end(result, event, PING_TIMED_OUT);
        break;
    case EVENT_IGNORED:
        take_ignored(result, event);
        break;
    case EVENT_FLAW:
        take_flaw(result, event);
        break;
    case EVENT_FAILURE:
        take_failure(result, event);
        break;
    case EVENT_LOG:
        take_log(result, event);
        break;
    case EVENT_HEARD:
        take_heard(result);
        break;
    case EVENT_BARRED:
        result->barred = true;
        result->barred_call = event->value;
        break;
    case EVENT_CHAIN:
        take_chain(result, event);
        break;
    case EVENT_OFFER:
        offers_take(event->code == 1 ? &result->behind_tls : &result->before_tls, event);
        break;
    case EVENT_FEATURES:
        offers_end(event->code == 1 ? &result->behind_tls : &result->before_tls, event);
        break;
    case EVENT_DONE:
    case EVENT_KIND_END:
        break;
    }
}

void result_refuse(struct result *result, const char *why)
{
    struct event failure = event_new(EVENT_FAILURE);
    failure.code = 1;
    event_set(failure.text, why);
    result_take(&failure, result);
    result_close(result, &(struct supervision){.end = SUPERVISE_DONE, .ended_at = clock_now()});
}

void result_close(struct result *result, const struct supervision *supervision)
{
    result->supervision = *supervision;
    if (result->open)
        book(result, supervision->ended_at);
}

bool result_ended_well(const struct result *result)
{
    return result->supervision.end == SUPERVISE_DONE && !result->failed;
}

bool result_log_line(const struct result *result, size_t *at, bool as_xml, char *clean)
{
    size_t left = result->log_length - *at;
    if (left == 0)
        return false;
    const char *line = result->log + *at;
    size_t length = strnlen(line, left);
    bool end = length < left;
    if (as_xml)
        text_clean_xml(clean, result->log_length + 1, line, length);
    else
        text_clean(clean, result->log_length + 1, line, length);
    *at += length + (end ? 1 : 0);
    return true;
}

void result_free(struct result *result)
{
    for (size_t i = 0; i < result->target_count; i++)
        pings_free(&result->targets[i]);
    free(result->targets);
    free(result->endpoints);
    free(result->candidates);
    free(result->log);
    *result = (struct result){0};
}
