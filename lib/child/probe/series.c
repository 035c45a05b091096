/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series.h"

#include <stdlib.h>

#include "clock.h"

/* Between two pings, of whichever targets, while others are on the way: twice what the own server needs for a ping of
 * its own, the network's share apart, so that its queue is empty when the next one comes. Within these bounds. How far
 * away the remotes are does not matter: what waits there does not load the own server. */
#define GAP_MIN (200 * NS_PER_US)
#define GAP_MAX NS_PER_MS

/* So many pings at once may wait for the own server itself: those to JIDs of its domain, which it answers or hands to
 * its clients. One that has been away for longer than this waits for a client, and holds up nobody. */
#define AT_HOME_MAX 3
#define AT_HOME_YOUNG (250 * NS_PER_MS)

/* The remotes wait for the own server's series, whose RTT they would spoil, but no longer than this. */
#define OWN_SERIES_PATIENCE (500 * NS_PER_MS)

/* Where one target's series stands. */
struct run {
    struct series *series;
    const struct target *target;
    uint32_t index;
    uint32_t sent;
    bool open;
    bool at_home; /* the own server answers itself */
    int64_t sent_at;
    int64_t next_at; /* when the next ping may go */
};

struct series {
    const struct settings *settings;
    struct teller *teller;
    struct stream *stream;
    struct pinger *pinger;
    struct run *runs;
    size_t unfinished;
    int64_t started_at;
    int64_t last_sent_at;
    size_t open;
    int64_t gap; /* between two pings */
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

/* The own server has answered: its quickest answer counts, as now and then a server collects its garbage. */
static void narrow_gap(struct series *series, int64_t own_rtt)
{
    int64_t network = wire_least_tcp_rtt(&series->stream->wire);
    int64_t gap = 2 * (own_rtt - (network > 0 ? network : 0));
    if (gap < series->gap)
        series->gap = gap < GAP_MIN ? GAP_MIN : gap;
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
    if (answer->end == PING_REFUSED)
        event.wire = wire_condition_find(SPACE_STANZA, answer->condition);
    event_set(event.type, tell_masked(series->teller, answer->type));
    event_set(event.by, tell_masked(series->teller, answer->by));
    event_set(event.text, tell_masked(series->teller, answer->text));
    tell(series->teller, &event);

    stream_progress(series->stream);
    run->open = false;
    series->open--;
    run->next_at = clock_now() + run->target->interval;
    if (run->index == 0 && answer->end == PING_ANSWERED)
        narrow_gap(series, answer->rtt);
    if (run_finished(run))
        series->unfinished--;
}

static void on_ignored(struct pinger *pinger, enum ping_ignored why, const char *from, void *userdata)
{
    (void)pinger;
    static const enum event_ignored kinds[] = {[PING_IGNORED_REFLECTED] = IGNORED_REFLECTED,
                                               [PING_IGNORED_STRANGER] = IGNORED_STRANGER,
                                               [PING_IGNORED_DUPLICATE] = IGNORED_DUPLICATE,
                                               [PING_IGNORED_UNASKED] = IGNORED_UNASKED};
    const struct series *series = userdata;
    struct event event = event_new(EVENT_IGNORED);
    event.code = kinds[why];
    event_set(event.by, tell_masked(series->teller, from));
    tell(series->teller, &event);
}

/* --- what goes out --- */

static bool send_next(struct run *run)
{
    struct series *series = run->series;
    const struct settings *settings = series->settings;
    const struct jid server = {.domain = settings->jid.domain};
    char to[3 * 1024], of_component[3 * 1024];
    jid_format(run->index == 0 ? &server : &run->target->jid, to, sizeof to);
    const char *from =
        settings->component_text ? jid_format(&settings->component, of_component, sizeof of_component) : NULL;
    if (ping_send(series->pinger, to, from, run->target->ping_timeout, on_end, run) == 0)
        return false;
    run->open = true;
    series->open++;
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

/* From when on another ping may go to the own server's domain: now, or when the oldest of those that are away does not
 * count any more, if no answer comes before. */
static int64_t at_home_at(const struct series *series)
{
    int64_t now = clock_now(), oldest = now;
    int away = 0;
    for (size_t i = 0; i < series->settings->target_count; i++) {
        const struct run *run = &series->runs[i];
        if (!run->open || !run->at_home || now - run->sent_at >= AT_HOME_YOUNG)
            continue;
        away++;
        oldest = run->sent_at < oldest ? run->sent_at : oldest;
    }
    return away < AT_HOME_MAX ? now : oldest + AT_HOME_YOUNG;
}

/* The run whose next ping is due first; *AT gets its time. NULL when none is left to send. */
static struct run *find_next(struct series *series, int64_t *at)
{
    struct run *next = NULL;
    int64_t remotes = remotes_at(series), at_home = at_home_at(series);
    for (size_t i = 0; i < series->settings->target_count; i++) {
        struct run *run = &series->runs[i];
        if (run->open || run_finished(run))
            continue;
        int64_t when = i > 0 && run->next_at < remotes ? remotes : run->next_at;
        if (i > 0 && run->at_home && when < at_home)
            when = at_home;
        if (!next || when < *at) {
            next = run;
            *at = when;
        }
    }
    return next;
}

/* The earliest time at which pacing lets another ping go. */
static int64_t pacing_at(const struct series *series)
{
    if (stream_is_full(series->stream)) /* the server does not take what it gets: the wire wakes us when it does */
        return INT64_MAX;
    return series->open > 0 ? series->last_sent_at + series->gap : 0;
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
    int64_t pacing = pacing_at(series);
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
    } else if (!sent && !login->stream->ended) {
        failure_set_own_fault(failure, PHASE_PING, "out of memory");
    } else {
        stream_failure(login->stream, PHASE_PING, failure);
    }
}

static bool is_at_home(const struct settings *settings, size_t index)
{
    return index == 0 || jid_same_server(&settings->jid, &settings->targets[index].jid);
}

/* Pings until all is through or the connection has ended. */
static bool run_all(struct series *series, struct login *login, struct failure *failure)
{
    bool sent = true;
    bool alive = true;
    while (series->unfinished > 0 && alive && sent && login->step == LOGIN_DONE) {
        int64_t tick = ping_tick(series->pinger); /* first: a ping that it ends makes room for the next */
        int64_t until = send_due(series, &sent);
        if (!sent || series->unfinished == 0)
            break;
        stream_flush(login->stream);
        ping_left(series->pinger, login->stream->wire.left_at);
        alive = stream_turn(login->stream, tick < until ? tick : until);
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
                            .stream = login->stream,
                            .pinger = login->pinger,
                            .unfinished = settings->target_count,
                            .started_at = clock_now(),
                            .gap = GAP_MAX};
    series.runs = calloc(settings->target_count, sizeof *series.runs);
    if (!series.runs) {
        failure_set_own_fault(failure, PHASE_PING, "out of memory");
        return false;
    }
    for (size_t i = 0; i < settings->target_count; i++)
        series.runs[i] = (struct run){.series = &series,
                                      .target = &settings->targets[i],
                                      .index = (uint32_t)i,
                                      .at_home = is_at_home(settings, i)};
    ping_set_timeout(login->pings, PING_NO_TIMEOUT);
    ping_on_ignored(login->pings, on_ignored, &series);
    ping_set_arrival_clock(login->pings, stream_arrived_at, login->stream);
    bool through = run_all(&series, login, failure);
    ping_on_ignored(login->pings, NULL, NULL);
    ping_detach(login->pinger); /* its callbacks know the runs */
    login->pinger = NULL;
    free(series.runs);
    return through;
}
