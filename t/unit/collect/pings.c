/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pings.h"

#include <malloc.h>
#include <stdio.h>

#include "taken.h"
#include "tap.h"

static struct event ping(enum event_kind kind, uint32_t target, uint32_t seq, int64_t value)
{
    struct event event = {.kind = kind, .target = target, .seq = seq, .value = value};
    event.wire = WIRE_STANZA_FORBIDDEN;
    event_set(event.type, "auth");
    event_set(event.by, "b|example");
    event_set(event.text, "<no>\n");
    return event;
}

/* Where each ping is shown, each is kept. */
static void check_pings(void)
{
    struct settings verbose = settings;
    verbose.verbose = 1;
    struct result result;
    ok(result_init(&result, &verbose, 42), "a result begins empty");
    is_int(result.started_at, 42, "but for its start");
    is_int(result.targets[0].count, 3, "and knows the pings of the settings");

    take(&result, ping(EVENT_PING_RESULT, 0, 0, 7));
    is_int(result.targets[0].pings[0].outcome, PING_UNSENT, "an answer to a ping that was not sent is nothing");
    take(&result, ping(EVENT_PING_SENT, 0, 1, 0));
    is_int(result.targets[0].sent, 0, "the first ping comes first");
    take(&result, ping(EVENT_PING_SENT, 0, 0, 0));
    is_int(result.targets[0].pings[0].outcome, PING_PENDING, "a ping that was sent is pending");
    take(&result, ping(EVENT_PING_SENT, 0, 0, 0));
    take(&result, ping(EVENT_PING_SENT, 0, 1, 0));
    is_int(result.targets[0].sent, 1, "it is sent once, and no other before its end");
    take(&result, ping(EVENT_PING_RESULT, 0, 0, 7));
    take(&result, ping(EVENT_PING_ERROR, 0, 0, 9));
    is_int(result.targets[0].pings[0].outcome, PING_RESULT, "the first answer counts");
    is_int(result.targets[0].pings[0].waited, 7, "with its time");

    take(&result, ping(EVENT_PING_SENT, 0, 1, 0));
    take(&result, ping(EVENT_PING_ERROR, 0, 1, 8));
    const struct ping_record *record = &result.targets[0].pings[1];
    ok(record->outcome == PING_ERROR && record->waited == 8, "an error is an answer");
    is_int(record->condition, WIRE_STANZA_FORBIDDEN, "its condition is kept");
    is_str(record->type, "auth", "its type is kept");
    is_str(record->by, "b?example", "its origin is cleaned");
    is_str(record->text, "(no)", "its text is cleaned");

    take(&result, ping(EVENT_PING_SENT, 0, 2, 0));
    take(&result, ping(EVENT_PING_TIMEOUT, 0, 2, 9));
    is_int(result.targets[0].pings[2].outcome, PING_TIMED_OUT, "silence is none");
    take(&result, ping(EVENT_PING_SENT, 0, 3, 0));
    ok(result.targets[0].sent == 3 && result.targets[0].ended == 3, "all that counts is counted");

    take(&result, ping(EVENT_PING_SENT, 1, 1, 0));
    take(&result, ping(EVENT_PING_SENT, 2, 0, 0));
    take(&result, ping(EVENT_PING_SENT, UINT32_MAX, UINT32_MAX, 0));
    is_int(result.targets[1].sent, 0, "a ping out of bounds is ignored");
    result_free(&result);
    ok(result.targets == NULL, "nothing is left");
}

static void take_ping(struct result *result, uint32_t target, uint32_t seq, struct event end)
{
    take(result, ping(EVENT_PING_SENT, target, seq, 0));
    end.target = target;
    end.seq = seq;
    take(result, end);
}

static void check_groups(void)
{
    struct target many[] = {{.count = 1000}};
    struct settings one = {.targets = many, .target_count = 1};
    struct result result;
    result_init(&result, &one, 0);
    const struct target_result *target = &result.targets[0];
    ok(!target->pings, "without -v and JSON there is no list of pings");
    static const int64_t times[] = {50, 7, 3, 8};
    for (uint32_t i = 0; i < 4; i++)
        take_ping(&result, 0, i, (struct event){.kind = EVENT_PING_RESULT, .value = times[i]});
    is_int((long long)target->group_count, 1, "results are one group");
    const struct ping_group *group = &target->groups[0];
    ok(group->count == 4 && group->has_first && group->first == 50, "which knows the first ping");
    ok(group->others == 3 && group->minimum == 3 && group->maximum == 8 && group->sum > 17.9 && group->sum < 18.1,
       "and the figures of the others");

    for (uint32_t i = 4; i < 7; i++)
        take_ping(&result, 0, i, ping(EVENT_PING_ERROR, 0, 0, i));
    take_ping(&result, 0, 7, ping(EVENT_PING_TIMEOUT, 0, 0, 9));
    struct event other = ping(EVENT_PING_ERROR, 0, 0, 5);
    event_set(other.type, "wait");
    take_ping(&result, 0, 8, other);
    event_set(other.by, "c.example");
    take_ping(&result, 0, 9, other);
    other.wire = WIRE_STANZA_GONE;
    take_ping(&result, 0, 10, other);
    take_ping(&result, 0, 11, other);
    is_int((long long)target->group_count, 6, "errors of another condition, type or sender are another group");
    group = &target->groups[1];
    ok(group->count == 3 && !group->has_first && group->example.waited == 4, "each knows the first of them");
    is_str(group->example.text, "(no)", "its text is cleaned");
    ok(target->groups[2].example.outcome == PING_TIMED_OUT && target->groups[2].count == 1, "silence is one, too");
    ok(target->sent == 12 && target->ended == 12, "all are counted");

    for (uint32_t i = 12; i < 1000; i++) {
        snprintf(other.by, sizeof other.by, "%u.example", i);
        other.wire = WIRE_STANZA_FORBIDDEN;
        take_ping(&result, 0, i, other);
    }
    is_int((long long)target->group_count, PING_GROUPS_MAX, "there are no more groups than so many");
    group = &target->groups[PING_GROUPS_MAX - 1];
    is_int(group->example.condition, WIRE_UNDEFINED_CONDITION, "of which the last has no good reason");
    int pings = 0;
    for (size_t i = 0; i < target->group_count; i++)
        pings += target->groups[i].count;
    is_int(pings, 1000, "but all the rest");
    ok(!result.out_of_memory, "which is no lack of memory");
    result_free(&result);
}

/* Memory goes by targets, not by pings. */
static void check_memory(void)
{
    enum { TARGETS = 4000, PINGS = 1000 };
    static struct target many[TARGETS];
    for (size_t i = 0; i < TARGETS; i++)
        many[i].count = PINGS;
    struct settings all = {.targets = many, .target_count = TARGETS};
    struct result result;
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    result_init(&result, &all, 0);
    for (uint32_t i = 0; i < TARGETS; i++)
        for (uint32_t j = 0; j < PINGS; j++)
            take_ping(&result, i, j, ping(j % 3 == 0 ? EVENT_PING_ERROR : EVENT_PING_RESULT, 0, 0, j));
    size_t used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    is_int(result.targets[TARGETS - 1].ended, PINGS, "4,000 targets answer 1,000 pings each");
    ok(used < (size_t)8 << 20, "which takes less than 8 MiB: %zu kB", used / 1024);
    result_free(&result);
}

int main(void)
{
    check_pings();
    check_groups();
    check_memory();
    done_testing();
    return exit_status();
}
