/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pacing, against a server of this test's own in a time of its own: what waits there is counted, however busy the
 * machine is. t/pacing.t has the same over a real connection. */
#include "series.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "tap.h"

#define REMOTES 1000
#define PINGS_MAX (4 * (REMOTES + 1))
#define START NS_PER_S

/* The time; what the program does takes none but this for each ping that it sends. */
#define COST (10 * NS_PER_US)
static int64_t now;

int clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    *time = (struct timespec){.tv_sec = now / NS_PER_S, .tv_nsec = now % NS_PER_S};
    return 0;
}

/* --- the server, which works at one ping at a time --- */

struct question {
    char to[64];
    ping_callback callback;
    void *userdata;
    int64_t sent_at;
    int64_t worked_at; /* when the server has answered it, or handed it on */
    int64_t answer_at;
    bool answered;
};

static struct {
    /* what it is like: ns */
    int64_t network;    /* there and back */
    int64_t service;    /* its work at one ping */
    int64_t far;        /* how long those at far*.example need, to whom it hands on */
    int64_t client;     /* how long those with a resource need, in its own domain */
    int64_t own;        /* how long it keeps back its own answer */
    int64_t full_until; /* it takes nothing before */
    int64_t jam;        /* the network was slower before */
    int64_t pause;      /* more work at the third ping */
    /* what it has seen */
    struct question asked[PINGS_MAX];
    size_t count;
    size_t most; /* that have waited for it */
} server;

static size_t count_waiting(int64_t at)
{
    size_t waiting = 0;
    for (size_t i = 0; i < server.count; i++)
        waiting += server.asked[i].worked_at > at;
    return waiting;
}

uint64_t ping_send(struct pinger *pinger, const char *to, const char *from, int64_t timeout, ping_callback callback,
                   void *userdata)
{
    (void)pinger, (void)from, (void)timeout;
    now += COST;
    struct question *last = server.count > 0 ? &server.asked[server.count - 1] : NULL;
    struct question *new = &server.asked[server.count++];
    *new = (struct question){.callback = callback, .userdata = userdata, .sent_at = now};
    snprintf(new->to, sizeof new->to, "%s", to);
    int64_t there_at = now + server.network / 2;
    new->worked_at = (last && last->worked_at > there_at ? last->worked_at : there_at) + server.service +
                     (server.count == 3 ? server.pause : 0);
    int64_t elsewhere = strstr(to, "far") ? server.far : strchr(to, '/') ? server.client : 0;
    new->answer_at = new->worked_at + server.network / 2 + (strcmp(to, "home.example") == 0 ? server.own : elsewhere);
    size_t waiting = count_waiting(there_at);
    server.most = waiting > server.most ? waiting : server.most;
    return server.count;
}

static struct question *find_first(void)
{
    struct question *first = NULL;
    for (size_t i = 0; i < server.count; i++) {
        struct question *one = &server.asked[i];
        if (!one->answered && (!first || one->answer_at < first->answer_at))
            first = one;
    }
    return first;
}

bool stream_turn(struct stream *stream, int64_t until)
{
    (void)stream;
    struct question *first = find_first();
    if (stream_is_full(stream) && server.full_until < until)
        until = server.full_until;
    if (!first || first->answer_at > until) {
        now = until > now ? until : now;
        return until < INT64_MAX;
    }
    now = first->answer_at > now ? first->answer_at : now;
    first->answered = true;
    first->callback(NULL,
                    &(struct ping_answer){.end = PING_ANSWERED,
                                          .rtt = first->answer_at - first->sent_at,
                                          .condition = "",
                                          .type = "",
                                          .text = "",
                                          .by = ""},
                    first->userdata);
    return true;
}

bool stream_is_full(const struct stream *stream)
{
    (void)stream;
    return now < server.full_until;
}

int64_t wire_least_tcp_rtt(const struct wire *wire)
{
    (void)wire;
    return server.network + server.jam;
}

/* The smoothed one has the work of the server in it. */
int64_t wire_tcp_rtt(const struct wire *wire)
{
    (void)wire;
    return server.network + server.service;
}

/* --- what else the series calls has nothing to do here --- */

void stream_flush(struct stream *stream)
{
    (void)stream;
}

void stream_progress(struct stream *stream)
{
    (void)stream;
}

int64_t stream_arrived_at(void *userdata)
{
    (void)userdata;
    return now;
}

void stream_failure(const struct stream *stream, enum phase phase, struct failure *failure)
{
    (void)stream, (void)phase, (void)failure;
}

int64_t ping_tick(struct pinger *pinger)
{
    (void)pinger;
    return INT64_MAX;
}

void ping_left(struct pinger *pinger, int64_t at)
{
    (void)pinger, (void)at;
}

void ping_detach(struct pinger *pinger)
{
    (void)pinger;
}

void ping_set_timeout(struct ping_context *context, int64_t timeout)
{
    (void)context, (void)timeout;
}

void ping_on_ignored(struct ping_context *context, ping_ignored_callback ignored, void *userdata)
{
    (void)context, (void)ignored, (void)userdata;
}

void ping_set_arrival_clock(struct ping_context *context, ping_arrival_clock arrived, void *userdata)
{
    (void)context, (void)arrived, (void)userdata;
}

/* --- the tests --- */

/* Pings home.example, and REMOTE_COUNT JIDs that FORM makes of a number, each COUNT times with INTERVAL. */
static void run(size_t remote_count, const char *form, int count, int64_t interval)
{
    static struct target targets[REMOTES + 1];
    static char domains[REMOTES + 1][64];
    static struct stream stream;
    static struct teller teller;
    teller.fd = open("/dev/null", O_WRONLY);
    struct settings settings = {
        .jid = {.node = "alice", .domain = "home.example"}, .targets = targets, .target_count = remote_count + 1};
    for (size_t i = 0; i <= remote_count; i++) {
        struct jid jid = settings.jid;
        if (i > 0) {
            snprintf(domains[i], sizeof domains[i], form, (unsigned)i);
            char *resource = strchr(domains[i], '/');
            jid = (struct jid){.domain = domains[i]};
            if (resource) {
                *resource = '\0';
                jid.node = "bob";
                jid.resource = resource + 1;
            }
        }
        targets[i] = (struct target){.jid = jid, .count = count, .interval = interval};
    }
    server.count = server.most = 0;
    now = START;
    struct login login = {.settings = &settings, .stream = &stream, .teller = &teller, .step = LOGIN_DONE};
    struct failure failure;
    ok(series_run(&settings, &login, &failure), "%zu remotes like %s: through", remote_count, form);
    is_int((long long)server.count, (long long)(remote_count + 1) * count, "each is pinged %d times", count);
    close(teller.fd);
}

static int64_t elapsed_ms(void)
{
    return (now - START) / NS_PER_MS;
}

/* How many of the first COUNT pings went to the own server. */
static size_t own_among(size_t count)
{
    size_t own = 0;
    for (size_t i = 0; i < count && i < server.count; i++)
        own += strcmp(server.asked[i].to, "home.example") == 0;
    return own;
}

static void test_far(void)
{
    static const int64_t services[] = {20, 60, 150, 300, 450};
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        server.service = services[i] * NS_PER_US;
        server.network = 20 * NS_PER_MS;
        server.far = 500 * NS_PER_MS;
        run(REMOTES, "far%u.example", 3, 0);
        ok(server.most <= 2, "a server that needs %lld us for each: %zu waited", (long long)services[i], server.most);
        is_int((long long)own_among(3), 3, "the own server's series comes first");
        ok(elapsed_ms() < 6000, "with 0.5 s each they are through in less than 6 s: %lld ms", (long long)elapsed_ms());
    }
}

/* A millisecond between two is enough for any: a run has its deadline. */
static void test_slow(void)
{
    server.service = 1500 * NS_PER_US;
    run(REMOTES, "far%u.example", 3, 0);
    ok(elapsed_ms() < 6000, "a slow server is done in less than 6 s, too: %lld ms", (long long)elapsed_ms());
}

static void test_pause(void)
{
    server.service = 60 * NS_PER_US;
    server.pause = 2 * NS_PER_MS;
    run(REMOTES, "far%u.example", 3, 0);
    ok(elapsed_ms() < 2000, "one that pauses once is not taken for a slow one: %lld ms", (long long)elapsed_ms());
    server.pause = 0;
}

static void test_jam(void)
{
    server.service = 150 * NS_PER_US;
    server.jam = 50 * NS_PER_MS;
    run(REMOTES, "far%u.example", 3, 0);
    ok(server.most <= 2, "a network that was slower before makes no queue: %zu waited", server.most);
    server.jam = 0;
}

static void test_at_home(void)
{
    server.service = 2 * NS_PER_MS;
    server.network = 0;
    run(REMOTES, "home.example/%u", 1, 0);
    is_int((long long)server.most, 3, "what the own server answers itself: three at a time, however slow it is");
    server.client = 60 * NS_PER_S;
    run(20, "home.example/%u", 1, 0);
    ok(elapsed_ms() < 63 * 1000, "clients that do not answer hold up nobody: %lld ms", (long long)elapsed_ms());
    server.client = 0;
}

static void test_order(void)
{
    server.service = 100 * NS_PER_US;
    run(3, "far%u.example", 2, 400 * NS_PER_MS);
    is_int((long long)own_among(4), 1, "the remotes use a pause of the own server's series");
    server.own = 2 * NS_PER_S;
    run(3, "far%u.example", 2, 0);
    is_int((long long)own_among(4), 1, "an own server that does not answer is not waited for");
    int64_t waited = (server.asked[1].sent_at - START) / NS_PER_MS;
    ok(waited >= 500 && waited < 510, "longer than half a second: %lld ms", (long long)waited);
    server.own = 0;
}

static void test_full(void)
{
    server.full_until = START + 3 * NS_PER_S;
    run(10, "far%u.example", 1, 0);
    ok(server.asked[0].sent_at >= server.full_until, "nothing is sent to a server that does not take it");
    server.full_until = 0;
}

int main(void)
{
    test_far();
    test_slow();
    test_pause();
    test_jam();
    test_at_home();
    test_order();
    test_full();
    done_testing();
    return exit_status();
}
