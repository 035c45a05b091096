/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges how the run went on its way: how it ended, what was worse than asked, what the server offers, which endpoints
 * failed. */
#include "judge.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "failed.h"
#include "offered.h"
#include "sentence.h"
#include "summary.h"
#include "way.h"

static const struct any_condition none;
static const struct any_condition endpoint_down = {.own = CONDITION_ENDPOINT_DOWN};

/* Whether no stranger can have made the child die: before a byte of any had come, or by the sandbox, which a library
 * runs into that was not foreseen. */
static bool is_own_crash(const struct result *result)
{
    return !result->heard || result->barred || result->supervision.signal == SIGSYS;
}

/* How the run ended, if not well. */
static void judge_end(struct judge *judge)
{
    const struct result *result = judge->result;
    const struct supervision *supervision = &result->supervision;
    enum state state = STATE_UNKNOWN;
    struct any_condition condition = none;
    struct line line = LINE_EMPTY;
    switch (supervision->end) {
    case SUPERVISE_DONE:
        if (!result->failed)
            return;
        condition = result->condition;
        if (!result->own_fault && way_failed_lookup(judge->settings, result))
            condition = (struct any_condition){.own = CONDITION_DNS_FAILED};
        if (!result->own_fault)
            state = judge_map(judge, condition, any_condition_state(condition));
        line = failed_sentence(judge->settings, result);
        break;
    case SUPERVISE_CRASHED:
        if (is_own_crash(result)) {
            summary_own_crash(&line, result);
            break;
        }
        condition.own = CONDITION_PROBE_CRASHED;
        state = judge_map(judge, condition, any_condition_state(condition));
        line = sentence_begin(result->phase, condition);
        line_add(&line, ": ");
        summary_death(&line, supervision);
        break;
    case SUPERVISE_DEADLINE:
        condition.own = CONDITION_DEADLINE;
        state = judge_map(judge, condition, judge->settings->timeout_state);
        summary_deadline(&line, judge->settings, result, judge->verdict->tallies);
        break;
    case SUPERVISE_INTERRUPTED:
        line_add(&line, "killed by ");
        summary_signal(&line, supervision->signal);
        line_add(&line, " in phase %s", phase_name(result->phase));
        break;
    case SUPERVISE_FAILED:
        if (supervision->error == EPROTO)
            line_add(&line, "probe: the child told something that makes no sense");
        else
            line_add(&line, "probe: the child cannot run: %s", strerror(supervision->error));
        break;
    }
    judge->end_is_asked = supervision->end == SUPERVISE_DEADLINE || judge_is_mapped(judge, condition);
    judge_add(judge, NO_TARGET, state, condition, &line);
}

/* What was worse than asked and did not end the run. */
static void judge_flaws(struct judge *judge)
{
    for (size_t i = 0; i < judge->result->flaw_count; i++) {
        const struct flaw *flaw = &judge->result->flaws[i];
        struct any_condition condition = {.own = flaw->condition};
        struct line line = sentence_begin(flaw->phase, condition);
        sentence_add_cause(&line, condition, flaw->cause);
        judge_add(judge, NO_TARGET, judge_map(judge, condition, condition_state(flaw->condition)), condition, &line);
    }
}

/* Whether NAMES has the one at INDEX before it, too. */
static bool is_repeated(char *const *names, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(names[i], names[index]) == 0)
            return true;
    return false;
}

/* The names among COUNT at NAMES of which IS holds: they have CONDITION. */
static void judge_offers(struct judge *judge, char *const *names, size_t count, enum offered is,
                         enum condition condition)
{
    struct any_condition whole = {.own = condition};
    struct line line = sentence_begin(PHASE_STREAM, whole);
    const char *before = ": ";
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        if (is_repeated(names, i) || offered_is(judge->settings, judge->result, names[i]) != is)
            continue;
        line_add(&line, "%s%s", before, names[i]);
        before = ", ";
        found = true;
    }
    if (found)
        judge_add(judge, NO_TARGET, judge_map(judge, whole, condition_state(condition)), whole, &line);
}

/* --s2s */
static void judge_federation(struct judge *judge)
{
    static const struct any_condition no_federation = {.own = CONDITION_NO_FEDERATION};
    if (!judge->settings->s2s || offered_to_servers(judge->settings, judge->result) != OFFERED_NOT)
        return;
    struct line line = sentence_begin(PHASE_STREAM, no_federation);
    sentence_add(&line, "neither SASL EXTERNAL nor dialback is offered");
    judge_add(judge, NO_TARGET, judge_map(judge, no_federation, any_condition_state(no_federation)), no_federation,
              &line);
}

static void judge_features(struct judge *judge)
{
    const struct settings *settings = judge->settings;
    judge_federation(judge);
    judge_offers(judge, settings->offers, settings->offers_count, OFFERED_NOT, CONDITION_NOT_OFFERED);
    judge_offers(judge, settings->offers_not, settings->offers_not_count, OFFERED_INDEED, CONDITION_OFFERED);
}

void judge_run(struct judge *judge)
{
    judge_end(judge);
    judge_flaws(judge);
    judge_features(judge);
}

/* A bad certificate is a flaw, also where a later endpoint had a good one. */
static void judge_certificates(struct judge *judge)
{
    if (judge->result->failed)
        return;
    for (size_t i = 0; i < judge->result->endpoint_count; i++) {
        const struct endpoint_result *endpoint = &judge->result->endpoints[i];
        if (!failed_by_certificate(endpoint->condition))
            continue;
        struct line line = sentence_begin(PHASE_TLS, endpoint->condition);
        failed_add_certificate(&line, endpoint->condition, endpoint->cause, endpoint);
        judge_add(judge, NO_TARGET, judge_map(judge, endpoint->condition, STATE_WARNING), endpoint->condition, &line);
    }
}

/* Endpoints that failed before one worked. */
static void judge_down(struct judge *judge)
{
    const struct endpoint_result *failed = NULL;
    bool worked = false;
    for (size_t i = 0; i < judge->result->endpoint_count; i++) {
        const struct endpoint_result *endpoint = &judge->result->endpoints[i];
        if (any_condition_is_none(endpoint->condition))
            worked = true;
        else if (!failed)
            failed = endpoint;
    }
    enum state state = settings_endpoint_down(judge->settings);
    if (!failed || !worked || state == STATE_OK)
        return;
    struct line line = sentence_begin(PHASE_CONNECT, endpoint_down);
    sentence_add(&line, "%s", failed->name);
    sentence_add(&line, "%s", any_condition_name(failed->condition));
    judge_add(judge, NO_TARGET, state, endpoint_down, &line);
}

void judge_endpoints(struct judge *judge)
{
    judge_certificates(judge);
    judge_down(judge);
}
