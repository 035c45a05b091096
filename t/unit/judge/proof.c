/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every record that a child can send, behind runs that lack something of what an OK rests on: whatever the child says,
 * without that there is neither OK nor WARNING. */
#include "verdict.h"

#include <string.h>

#include "clock.h"
#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct target targets[2];
static struct settings settings;

/* A range that alerts always: each run has at least a WARNING to give. */
static struct label_limits always;

static void make_settings(bool no_login, bool alert)
{
    settings = (struct settings){.targets = targets,
                                 .target_count = 2,
                                 .min_alive = 0,
                                 .timeout = 10 * NS_PER_S,
                                 .timeout_state = STATE_CRITICAL,
                                 .labels = &always,
                                 .label_count = alert,
                                 .no_login = no_login};
    settings.jid.domain = settings.jid.ascii = (char *)"example.org";
    targets[0] = (struct target){.alias = (char *)"", .kind = TARGET_SERVER, .count = 1};
    targets[1] =
        (struct target){.alias = (char *)"b", .jid_text = (char *)"b.example", .kind = TARGET_BARE, .count = 1};
    targets[1].jid.domain = (char *)"b.example";
    const char *why;
    always.label = (char *)"time";
    range_parse("0", RANGE_TIME, &always.limits.warning, &why);
}

static struct event record(enum event_kind kind)
{
    return (struct event){.version = EVENT_VERSION, .kind = kind, .phase = PHASE_PING, .at = 2 * NS_PER_S};
}

/* What a run has told of before the record. */
enum { TLS = 1, LOGIN = 2, SENT = 4, PONG = 8, FEATURES = 16, EARLY_FEATURES = 32 };

/* All that an OK rests on, with and without a login. */
static const unsigned whole = TLS | LOGIN | SENT | PONG;
static const unsigned whole_without_login = TLS | FEATURES;

static const struct run {
    const char *name;
    unsigned told;
    bool no_login;
} runs[] = {
    {"a run that has told nothing", 0, false},
    {"a run before the login", TLS, false},
    {"a run that has sent its ping", TLS | SENT, false},
    {"a run without a login", TLS | SENT | PONG, false},
    {"a run without an answer", TLS | LOGIN | SENT, false},
    {"a run without a ping", TLS | LOGIN, false},
    {"a run whose channel was not verified", LOGIN | SENT | PONG, false},
    {"a run that came to the features", TLS | FEATURES, false},
    {"a run without an account that has told nothing", 0, true},
    {"one before the features behind TLS", TLS | EARLY_FEATURES, true},
    {"one whose channel was not verified", FEATURES | EARLY_FEATURES, true},
    {"one that tells of a login and a pong", LOGIN | SENT | PONG, true},
};

static void take(struct result *result, struct event event)
{
    if (event_valid(&event, 2, 1))
        result_take(&event, result);
}

static void begin(struct result *result, unsigned told)
{
    result_init(result, &settings, NS_PER_S);
    take(result, record(EVENT_PHASE_BEGIN));
    take(result, record(EVENT_ENDPOINT));
    if (told & TLS) {
        struct event event = record(EVENT_TLS);
        event.code = 1;
        take(result, event);
    }
    if (told & LOGIN)
        take(result, record(EVENT_LOGIN));
    for (uint32_t behind = 0; behind < 2; behind++) {
        struct event event = record(EVENT_FEATURES);
        event.code = behind;
        if (told & (behind ? FEATURES : EARLY_FEATURES))
            take(result, event);
    }
    for (uint32_t target = 0; target < 2 && told & SENT; target++) {
        struct event event = record(EVENT_PING_SENT);
        event.target = target;
        take(result, event);
        event.kind = EVENT_PING_RESULT;
        if (told & PONG)
            take(result, event);
    }
}

/* What of an OK's proof EVENT is. */
static unsigned proof_of(const struct event *event)
{
    if (event->kind == EVENT_LOGIN)
        return LOGIN;
    if (event->kind == EVENT_TLS)
        return event->code == 1 ? TLS : 0;
    if (event->kind == EVENT_FEATURES)
        return event->code == 1 ? FEATURES : 0;
    bool answer =
        event->kind == EVENT_PING_RESULT ||
        (event->kind == EVENT_PING_ERROR && answer_is_alive(TARGET_SERVER, event_condition(event).wire, event->type));
    return answer && event->target == 0 ? PONG : 0;
}

/* Whether EVENT, told behind what RUN has, is the proof itself that was missing. */
static bool completes(const struct run *run, const struct event *event)
{
    unsigned needed = run->no_login ? whole_without_login : whole;
    return ((run->told | proof_of(event)) & needed) == needed;
}

/* Judges the run whose last record but for how it ends is EVENT. */
static bool is_good(unsigned told, const struct event *event, const struct supervision *supervision)
{
    struct result result;
    struct verdict verdict;
    begin(&result, told);
    take(&result, *event);
    result_close(&result, supervision);
    if (!verdict_make(&verdict, &settings, &result))
        return true;
    bool good = verdict.state == STATE_OK || verdict.state == STATE_WARNING;
    if (good)
        diag("kind %u, condition '%s', code %u, value %lld: %s, %s", event->kind,
             any_condition_name(event_condition(event)), event->code, (long long)event->value,
             state_name(verdict.state), verdict.summary);
    verdict_free(&verdict);
    result_free(&result);
    return good;
}

static const struct supervision ends[] = {
    {.end = SUPERVISE_DONE, .ended_at = 3 * NS_PER_S},      {.end = SUPERVISE_CRASHED, .ended_at = 3 * NS_PER_S},
    {.end = SUPERVISE_DEADLINE, .ended_at = 11 * NS_PER_S}, {.end = SUPERVISE_INTERRUPTED, .ended_at = 3 * NS_PER_S},
    {.end = SUPERVISE_FAILED, .ended_at = 3 * NS_PER_S},
};

static struct {
    int valid, refused, good;
} counted;

/* All ends, for a record that the parent takes. */
static void try_record(const struct run *run, struct event event)
{
    if (!event_valid(&event, 2, 1)) {
        counted.refused++; /* which ends the run as UNKNOWN */
        return;
    }
    counted.valid++;
    if (completes(run, &event))
        return;
    for (size_t i = 0; i < COUNT(ends); i++)
        counted.good += is_good(run->told, &event, &ends[i]);
}

/* The numbers of a record at their edges. */
static void try_numbers(const struct run *run, struct event event)
{
    static const uint32_t codes[] = {0, 1, IGNORED_COUNT, UINT32_MAX};
    static const int64_t values[] = {0, INT64_MAX};
    static const struct {
        uint32_t phase, target;
    } places[] = {{PHASE_DNS, 0}, {PHASE_PING, 1}};
    for (size_t i = 0; i < COUNT(codes) * COUNT(values) * COUNT(places); i++) {
        event.code = codes[i % COUNT(codes)];
        event.value = values[i / COUNT(codes) % COUNT(values)];
        event.phase = places[i / COUNT(codes) / COUNT(values)].phase;
        event.target = places[i / COUNT(codes) / COUNT(values)].target;
        try_record(run, event);
    }
}

/* KIND with each condition, of ours, of the wire, and with numbers that are none. */
static void try_kind(const struct run *run, uint32_t kind)
{
    struct event event = record((enum event_kind)kind);
    event_set(event.name, "endpoint-down");
    event_set(event.text, "endpoint-down");
    for (uint32_t i = 0; i <= CONDITION_COUNT; i++) {
        event.condition = i;
        try_numbers(run, event);
    }
    event.condition = CONDITION_NONE;
    static const char *const types[] = {"", "cancel", "wait", "endpoint-down"};
    for (uint32_t i = 1; i <= WIRE_COUNT; i++) {
        event.wire = i;
        event_set(event.type, types[i % COUNT(types)]);
        try_numbers(run, event);
    }
    event.condition = CONDITION_ENDPOINT_DOWN; /* both at once */
    event.wire = WIRE_UNDEFINED_CONDITION;
    try_numbers(run, event);
}

static void check_run(size_t index, bool alert)
{
    make_settings(runs[index].no_login, alert);
    counted.valid = counted.refused = counted.good = 0;
    for (uint32_t kind = 0; kind <= EVENT_KIND_END; kind++)
        try_kind(&runs[index], kind);
    is_int(counted.good, 0, "%s%s: none of %d records makes it good", runs[index].name,
           alert ? " and could be a WARNING" : "", counted.valid);
    ok(counted.valid > 500 && counted.refused > counted.valid, "  and %d are refused at once", counted.refused);
}

/* Else nothing above says anything: the whole of a run is good. */
static void check_whole(bool no_login, bool alert)
{
    make_settings(no_login, alert);
    struct event event = record(EVENT_DONE);
    struct result result;
    struct verdict verdict;
    begin(&result, no_login ? whole_without_login : whole);
    take(&result, event);
    result_close(&result, &ends[0]);
    verdict_make(&verdict, &settings, &result);
    is_str(state_name(verdict.state), alert ? "WARNING" : "OK", "a run that lacks nothing is good: %s",
           verdict.summary);
    ok(verdict.up, "and proven, and up");
    verdict_free(&verdict);
    result_free(&result);
}

int main(void)
{
    for (int alert = 0; alert < 2; alert++) {
        check_whole(false, alert);
        check_whole(true, alert);
        for (size_t i = 0; i < COUNT(runs); i++)
            check_run(i, alert);
    }
    done_testing();
    return exit_status();
}
