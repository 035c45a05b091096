/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series.h"

#include <stdlib.h>

#include "clock.h"

/* Between two pings, of whichever targets, while others are on the way: twice the own server's RTT, so that its queue
 * is empty when the next one comes, within these bounds. */
#define GAP_MIN (200 * NS_PER_US)
#define GAP_MAX (2 * NS_PER_MS)

/* A ping that has been away for so long waits for somebody, but no longer loads the own server: it holds up no other.
 */
#define YOUNG (250 * NS_PER_MS)

/* At most so many young pings at once. */
#define YOUNG_MAX 32

/* The remotes wait for the own server's series, whose RTT they would spoil, but no longer than this. */
#define OWN_SERIES_PATIENCE (500 * NS_PER_MS)

/* Where one target's series stands. */
struct run {
    struct series *series;
    const struct target *target;
    uint32_t index;
    uint32_t sent;
    bool open;
    int64_t sent_at;
    int64_t next_at; /* when the next ping may go */
};

struct series {
    const struct settings *settings;
    struct teller *teller;
    struct pinger *pinger;
    struct run *runs;
    size_t unfinished;
    int64_t started_at;
    int64_t last_sent_at;
    int64_t own_rtt; /* the latest */
};

static bool run_finished(const struct run *run)
{
    return !run->open && run->sent == (uint32_t)run->target->count;
}

/* --- what comes back --- */

static struct event ping_event(const struct run *run, enum event_kind kind)
{
    struct event event = event_new(kind);
    event.phase = PHASE_PING;
    event.target = run->index;
    event.seq = run->sent - 1;
    return event;
}

static void on_end(struct pinger *pinger, const struct ping_answer *answer, void *userdata)
{
    (void)pinger;
    struct run *run = userdata;
    struct series *series = run->series;
    if (answer->end == PING_DISCONNECTED || answer->end == PING_CANCELLED)
        return; /* pending, as the parent knows it */
    struct event event = ping_event(run, answer->end == PING_ANSWERED  ? EVENT_PING_RESULT
                                         : answer->end == PING_REFUSED ? EVENT_PING_ERROR
                                                                       : EVENT_PING_TIMEOUT);
    event.value = answer->rtt;
    event_set(event.condition, tell_masked(series->teller, answer->condition));
    event_set(event.type, tell_masked(series->teller, answer->type));
    event_set(event.by, tell_masked(series->teller, answer->by));
    event_set(event.text, tell_masked(series->teller, answer->text));
    tell(series->teller, &event);

    run->open = false;
    run->next_at = clock_now() + run->target->interval;
    if (run->index == 0 && answer->end == PING_ANSWERED)
        series->own_rtt = answer->rtt;
    if (run_finished(run))
        series->unfinished--;
}

static void on_ignored(struct pinger *pinger, enum ping_ignored why, const char *from, void *userdata)
{
    (void)pinger;
    static const char *const names[] = {[PING_IGNORED_REFLECTED] = "reflected",
                                        [PING_IGNORED_STRANGER] = "stranger",
                                        [PING_IGNORED_DUPLICATE] = "duplicate",
                                        [PING_IGNORED_UNASKED] = "unasked"};
    const struct series *series = userdata;
    struct event event = event_new(EVENT_IGNORED);
    event_set(event.condition, names[why]);
    event_set(event.by, tell_masked(series->teller, from));
    tell(series->teller, &event);
}

/* --- what goes out --- */

static bool send_next(struct run *run)
{
    struct series *series = run->series;
    char jid[3 * 1024];
    const char *to = run->index == 0 ? NULL : jid_format(&run->target->jid, jid, sizeof jid);
    if (ping_send(series->pinger, to, NULL, run->target->ping_timeout, on_end, run) == 0)
        return false;
    run->open = true;
    run->sent++;
    struct event event = ping_event(run, EVENT_PING_SENT);
    run->sent_at = series->last_sent_at = event.at;
    tell(series->teller, &event);
    return true;
}

/* From when on the remotes may be pinged, as far as that is known. */
static int64_t remotes_at(const struct series *series)
{
    const struct run *own = &series->runs[0];
    if (run_finished(own) || (own->sent > 0 && !own->open && own->target->interval > 0))
        return series->started_at;
    return series->started_at + OWN_SERIES_PATIENCE;
}

/* The run whose next ping is due first; *AT gets its time. NULL when none is left to send. */
static struct run *find_next(struct series *series, int64_t *at)
{
    struct run *next = NULL;
    int64_t remotes = remotes_at(series);
    for (size_t i = 0; i < series->settings->target_count; i++) {
        struct run *run = &series->runs[i];
        if (run->open || run_finished(run))
            continue;
        int64_t when = i > 0 && run->next_at < remotes ? remotes : run->next_at;
        if (!next || when < *at) {
            next = run;
            *at = when;
        }
    }
    return next;
}

/* The earliest time at which pacing lets another ping go. */
static int64_t pacing_at(const struct series *series, int64_t now)
{
    int young = 0;
    int64_t oldest = INT64_MAX;
    for (size_t i = 0; i < series->settings->target_count; i++) {
        const struct run *run = &series->runs[i];
        if (!run->open || now - run->sent_at >= YOUNG)
            continue;
        young++;
        if (run->sent_at < oldest)
            oldest = run->sent_at;
    }
    if (young == 0)
        return now;
    if (young >= YOUNG_MAX)
        return oldest + YOUNG;
    int64_t gap = 2 * series->own_rtt;
    return series->last_sent_at + (gap < GAP_MIN ? GAP_MIN : gap > GAP_MAX ? GAP_MAX : gap);
}

/* Sends the next ping if it is time. Returns until when there is nothing to do but to listen. *SENT becomes false when
 * a ping could not be sent. */
static int64_t send_due(struct series *series, bool *sent)
{
    int64_t at = 0;
    struct run *next = find_next(series, &at);
    if (!next)
        return INT64_MAX;
    int64_t now = clock_now();
    int64_t pacing = pacing_at(series, now);
    if (pacing > at)
        at = pacing;
    if (at > now)
        return at;
    *sent = send_next(next);
    return now;
}

/* Why it came to an end before the last answer. */
static void explain(struct login *login, bool sent, struct failure *failure)
{
    if (login->step == LOGIN_FAILED) {
        *failure = login->failure; /* a stream error */
    } else if (!sent && !login->connection->ended) {
        failure_set(failure, PHASE_PING, "", "out of memory");
        failure->own_fault = true;
    } else {
        connection_failure(login->connection, PHASE_PING, failure);
    }
}

/* Pings until all is through or the connection has ended. */
static bool run_all(struct series *series, struct login *login, struct failure *failure)
{
    bool sent = true;
    bool alive = true;
    while (series->unfinished > 0 && alive && sent && login->step == LOGIN_DONE) {
        int64_t tick = ping_tick(series->pinger); /* first: a ping that it ends makes room for the next */
        int64_t until = send_due(series, &sent);
        if (sent && series->unfinished > 0)
            alive = connection_turn(login->connection, tick < until ? tick : until);
    }
    if (series->unfinished == 0)
        return true;
    explain(login, sent, failure);
    return false;
}

bool series_run(const struct settings *settings, struct login *login, struct failure *failure)
{
    struct series series = {.settings = settings,
                            .teller = login->teller,
                            .pinger = login->pinger,
                            .unfinished = settings->target_count,
                            .started_at = clock_now(),
                            .own_rtt = NS_PER_MS / 2};
    series.runs = calloc(settings->target_count, sizeof *series.runs);
    if (!series.runs) {
        failure_set(failure, PHASE_PING, "", "out of memory");
        failure->own_fault = true;
        return false;
    }
    for (size_t i = 0; i < settings->target_count; i++)
        series.runs[i] = (struct run){.series = &series, .target = &settings->targets[i], .index = (uint32_t)i};
    ping_set_timeout(login->pings, PING_NO_TIMEOUT);
    ping_on_ignored(login->pings, on_ignored, &series);
    bool through = run_all(&series, login, failure);
    ping_on_ignored(login->pings, NULL, NULL);
    ping_detach(login->pinger); /* its callbacks know the runs */
    login->pinger = NULL;
    free(series.runs);
    return through;
}
