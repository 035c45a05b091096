/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every condition, wherever a run can meet it, with causes that are empty, blank, usual and long: no sentence about it
 * has an empty piece or a time that was none, each first line names the condition and has no more than its width. */
#include "format.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "printed.h"
#include "tap.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const char long_cause[] =
    "a long cause that goes on and on and has more to say, and more, and more, and more, and more, and more, and more, "
    "and more, and more, and more, and more, and more, and more, and more, and more, until the end.";

static const char *const causes[] = {"", " ", "\n\t", "the cause of it", long_cause};

static const char *const endpoints[] = {NULL, "x.example 192.0.2.1:5222", "192.0.2.1:5223", "[2001:db8::1]:5269"};

/* Where a condition can be met. */
enum place { FAILURE, OWN_FAULT, FLAW, ENDPOINT, ANSWER, DEADLINE, CRASH, PLACES };
static const char *const places[PLACES] = {
    "as the end of a run", "as the probe's own fault", "as a flaw",     "at an endpoint before a good one",
    "as an answer",        "before a deadline",        "before a crash"};

static struct settings settings;
static struct condition_map map = {.name = "endpoint-down", .state = STATE_WARNING};

static void make_settings(bool anonymous)
{
    const char *reason;
    settings_init(&settings);
    jid_parse(anonymous ? "example.org" : "alice@example.org", &settings.jid, &reason);
    settings.targets[0].count = 1;
    settings.map = &map;
    settings.map_count = 1;
}

static void free_settings(void)
{
    settings.map = NULL;
    settings.map_count = 0;
    settings_free(&settings);
}

/* --- what was told --- */

struct run {
    enum place place;
    struct any_condition condition;
    const char *cause, *endpoint;
    enum phase phase;
};

static struct event of(const struct run *run, enum event_kind kind)
{
    struct event event = event_new(kind);
    event.phase = run->phase;
    event_set_condition(&event, run->condition);
    event_set(event.text, run->cause);
    return event;
}

static void take_endpoint(struct result *result, const char *name, struct any_condition condition, const char *cause)
{
    struct event event = event_new(EVENT_ENDPOINT);
    bool connected = any_condition_is_none(condition);
    event.code = TLS_STARTTLS;
    event.value = connected ? NS_PER_MS : 0;
    event_set(event.text, name);
    event_set(event.name, cause);
    event_set_condition(&event, condition);
    result_take(&event, result);
}

static void take_phases(struct result *result, enum phase last)
{
    for (int phase = PHASE_DNS; phase <= (int)last; phase++) {
        struct event event = event_new(EVENT_PHASE_BEGIN);
        event.phase = (uint32_t)phase;
        event.at = (100 + phase) * NS_PER_S;
        result_take(&event, result);
    }
}

static void take_answer(struct result *result, const struct run *run)
{
    struct event event = event_new(EVENT_PING_SENT);
    result_take(&event, result);
    event = of(run, EVENT_PING_ERROR);
    event.value = 3 * NS_PER_MS;
    event_set(event.by, run->cause);
    result_take(&event, result);
}

static void play(struct result *result, const struct run *run)
{
    static const struct any_condition none;
    take_phases(result, run->phase);
    if (run->place == ENDPOINT)
        take_endpoint(result, "one.example 192.0.2.9:5222", run->condition, run->cause);
    if (run->place == DEADLINE) /* a look-up */
        take_endpoint(result, "_xmpp-client._tcp.example.org", run->condition, run->cause);
    if (run->endpoint)
        take_endpoint(result, run->endpoint, none, "");
    if (run->place == ANSWER)
        take_answer(result, run);
    struct event event = of(run, run->place == FLAW ? EVENT_FLAW : EVENT_FAILURE);
    event.code = run->place == OWN_FAULT;
    if (run->place <= FLAW)
        result_take(&event, result);
    event = event_new(EVENT_HEARD);
    result_take(&event, result);
}

/* --- what is said --- */

/* A piece of a sentence that is empty, or a time of nothing; NULL for none. */
static const char *gap(const char *line)
{
    static const char *const gaps[] = {": :", ": ,", ": ;", ":,", "::  ", ", ,", ",,",
                                       "()",  "( ",  " )",  "  ", "; ;",  " 0 s"};
    static const char *const ends[] = {":", ",", ";", "(", " for", " of", " by", " sends", " alert", " from"};
    size_t length = strlen(line);
    for (size_t i = 0; i < COUNT(gaps); i++)
        if (strstr(line, gaps[i]))
            return gaps[i];
    for (size_t i = 0; i < COUNT(ends); i++)
        if (length >= strlen(ends[i]) && strcmp(line + length - strlen(ends[i]), ends[i]) == 0)
            return ends[i];
    return length == 0 || strchr(":, ", *line) ? "the beginning" : NULL;
}

static int lines, bad;

static void blame(const struct run *run, const char *what, const char *line)
{
    bad++;
    diag("%s %s: %s: %s", any_condition_name(run->condition), places[run->place], what, line);
}

static void check_line(const struct run *run, const char *line)
{
    const char *found = gap(line);
    lines++;
    if (found)
        blame(run, found, line);
}

/* The first line without its perfdata, and all lines behind it. */
static void check_output(const struct run *run, const struct check *check)
{
    char *text = printed(report_nagios, check);
    char *rest = text, *first = strsep(&rest, "\n"), *bar = strstr(first, " | ");
    if (bar)
        *bar = '\0';
    check_line(run, first);
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        if (*line != '\0')
            check_line(run, line);
    free(text);
}

static void try_run(const struct run *run)
{
    struct supervision supervision = {.ended_at = 110 * NS_PER_S};
    if (run->place == DEADLINE)
        supervision.end = SUPERVISE_DEADLINE;
    if (run->place == CRASH)
        supervision = (struct supervision){.end = SUPERVISE_CRASHED, .signal = SIGSEGV, .ended_at = 110 * NS_PER_S};
    struct check check = {.settings = &settings};
    const struct verdict *verdict = &check.verdict;
    result_init(&check.result, &settings, 100 * NS_PER_S);
    play(&check.result, run);
    result_close(&check.result, &supervision);
    check_judge(&check);
    check_line(run, verdict->whole);
    check_output(run, &check);
    if (text_width(verdict->summary) > FIRST_LINE_WIDTH)
        blame(run, "too long", verdict->summary);
    if (!strstr(verdict->summary, any_condition_name(verdict->condition)))
        blame(run, "not named", verdict->summary);
    bool ends_runs = any_condition_state(run->condition) == STATE_CRITICAL;
    if (run->place == FAILURE && ends_runs && !strstr(verdict->whole, any_condition_name(run->condition)))
        blame(run, "not named either", verdict->whole);
    check_free(&check);
}

static bool can_be(enum place place, struct any_condition condition)
{
    bool own = condition.own != CONDITION_NONE, wire = condition.wire != WIRE_NONE;
    if (place == FLAW || place == ENDPOINT || place == DEADLINE)
        return own;
    if (place == OWN_FAULT || place == CRASH)
        return !own && !wire;
    return place == FAILURE || wire;
}

static void try_condition(struct any_condition condition)
{
    for (int place = 0; place < PLACES; place++) {
        for (size_t i = 0; can_be((enum place)place, condition) && i < COUNT(causes) * COUNT(endpoints) * PHASE_COUNT;
             i++) {
            struct run run = {.place = (enum place)place,
                              .condition = condition,
                              .cause = causes[i % COUNT(causes)],
                              .endpoint = endpoints[i / COUNT(causes) % COUNT(endpoints)],
                              .phase = (enum phase)(i / COUNT(causes) / COUNT(endpoints))};
            try_run(&run);
        }
    }
}

/* One test for each condition: thousands of sentences would hide which. */
static void check_condition(struct any_condition condition)
{
    const char *name = any_condition_name(condition);
    lines = bad = 0;
    for (int anonymous = 0; anonymous < 2; anonymous++) {
        make_settings(anonymous);
        try_condition(condition);
        free_settings();
    }
    is_int(bad, 0, "%s: %d lines are whole", *name != '\0' ? name : "without a condition", lines);
}

int main(void)
{
    check_condition((struct any_condition){.own = CONDITION_NONE});
    for (int i = CONDITION_NONE + 1; i < CONDITION_COUNT; i++)
        check_condition((struct any_condition){.own = (enum condition)i});
    for (int i = WIRE_NONE + 1; i < WIRE_COUNT; i++)
        check_condition((struct any_condition){.wire = (enum wire_condition)i});
    done_testing();
    return exit_status();
}
