/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <stdlib.h>

#include "judge.h"
#include "offered.h"
#include "summary.h"
#include "text.h"

/* Which part of the sentence the name of a target may fill. */
#define NAME_SHARE 4

/* --- what is found --- */

void judge_add(struct judge *judge, size_t target, enum state state, struct any_condition condition,
               const struct line *words)
{
    struct blame blame = {.set = true, .target = target, .finding = {.state = state, .condition = condition}};
    struct finding *finding = &blame.finding;
    text_clean_string(finding->text, sizeof finding->text, words->text);

    if (target == NO_TARGET) {
        if (judge->verdict->finding_count < FINDINGS_MAX)
            judge->verdict->findings[judge->verdict->finding_count++] = *finding;
    } else {
        struct target_verdict *verdict = &judge->verdict->targets[target];
        struct line line = LINE_EMPTY;
        line_add(&line, "%s, %s", verdict->text, finding->text);
        text_clean_string(verdict->text, sizeof verdict->text, line.text);
        verdict->state = state_worst(verdict->state, state);
    }
    judge->bad += state != STATE_OK;
    if (state == STATE_UNKNOWN && !judge->unknown.set)
        judge->unknown = blame;
    if (!judge->worst.set || state_is_worse(state, judge->worst.finding.state))
        judge->worst = blame;
}

enum state judge_map(const struct judge *judge, struct any_condition condition, enum state plain)
{
    return settings_map(judge->settings, condition, plain);
}

bool judge_is_mapped(const struct judge *judge, struct any_condition condition)
{
    return !any_condition_is_none(condition) && settings_has_map(judge->settings, any_condition_name(condition));
}

/* --- what an OK rests on --- */

/* Over a channel that was verified: a login in which the server proved itself, without an account that it came as far
 * as to what it offers. */
static bool is_way_proven(const struct judge *judge)
{
    const struct settings *settings = judge->settings;
    const struct result *result = judge->result;
    bool channel = settings->tls == TLS_NONE || (result->tls && (result->tls_verified || settings->insecure));
    return channel && (settings->no_login ? offered_where_it_counts(settings, result)->came : result->login);
}

static const char no_answer[] = "an answer of the own server";

/* The first thing of which there is no proof, in words; NULL when there is proof of all. */
static const char *find_gap(const struct judge *judge)
{
    bool no_login = judge->settings->no_login;
    if (!no_login && !is_way_proven(judge))
        return "a login";
    if (!is_way_proven(judge) || !offered_all_told(judge->settings, judge->result))
        return "what the server offers";
    return no_login || judge->verdict->tallies[0].alive ? NULL : no_answer;
}

/* OK and WARNING both say that the server serves. Whatever has led to one of them, it does not stand without proof, if
 * it is not what the user has asked for: then it is not known how the server does. */
static void demand_proof(struct judge *judge)
{
    enum state state = judge->worst.finding.state;
    const char *gap = find_gap(judge);
    judge->verdict->up = !gap && result_ended_well(judge->result);
    if (!gap || (state != STATE_OK && state != STATE_WARNING) || judge->end_is_asked)
        return;
    if (gap == no_answer && judge->answers_are_asked)
        return;
    if (!judge->unknown.set) {
        struct line line = LINE_EMPTY;
        line_add(&line, "probe: no proof of %s", gap);
        judge_add(judge, NO_TARGET, STATE_UNKNOWN, (struct any_condition){0}, &line);
    }
    judge->worst = judge->unknown;
}

/* --- the whole --- */

/* The worst that was found, or how well it went: in WIDTH characters, in SIZE bytes at OUT. */
static void summarize(const struct judge *judge, size_t width, char *out, size_t size)
{
    const struct blame *worst = &judge->worst;
    struct line body = LINE_EMPTY, tail = LINE_EMPTY;
    int others = judge->bad - (worst->finding.state != STATE_OK);
    if (judge->settings->insecure && (judge->result->tls || judge->result->entered[PHASE_TLS]))
        line_add(&tail, SUMMARY_INSECURE);
    if (worst->set && others > 0)
        line_add(&tail, " (+%d more)", others);
    size_t room = width - text_width(tail.text);
    if (!worst->set && judge->settings->no_login) {
        summary_reached(&body, judge->settings, judge->result, room);
    } else if (!worst->set) {
        summary_good(&body, judge->settings, judge->verdict->tallies, judge->up, room);
    } else if (worst->target == NO_TARGET) {
        line_add(&body, "%s", worst->finding.text);
    } else {
        char name[SUMMARY_NAME_SIZE];
        line_add(&body, "%s: %s", summary_name(judge->settings, worst->target, width / NAME_SHARE, name),
                 worst->finding.text);
    }
    summary_end(&body, &tail, width, out, size);
}

static void count_targets(struct judge *judge)
{
    for (size_t i = 0; i < judge->settings->target_count; i++) {
        judge->verdict->tallies[i] = tally_make(judge->settings, judge->result, i);
        judge->up += i > 0 && judge->verdict->tallies[i].alive;
    }
}

static void judge_all(struct judge *judge)
{
    count_targets(judge);
    judge_run(judge);
    if (!judge->settings->no_login)
        judge_targets(judge);
    judge_metrics(judge);
    judge_endpoints(judge);
    if (judge->result->out_of_memory) {
        struct line line = LINE_EMPTY;
        line_add(&line, "probe: out of memory");
        judge_add(judge, NO_TARGET, STATE_UNKNOWN, (struct any_condition){0}, &line);
    }
    demand_proof(judge);
}

bool verdict_make(struct verdict *verdict, const struct settings *settings, const struct result *result)
{
    *verdict = (struct verdict){.phase = result->phase};
    if (result->failed && result->supervision.end == SUPERVISE_DONE)
        verdict->phase = result->failure_phase;
    if (!settings->no_login)
        verdict->targets = calloc(settings->target_count, sizeof *verdict->targets);
    verdict->tallies = calloc(settings->target_count, sizeof *verdict->tallies);
    struct judge judge = {.settings = settings, .result = result, .verdict = verdict};
    bool room = verdict->tallies && (verdict->targets || settings->no_login);
    if (!room || !metrics_init(&verdict->metrics, settings)) {
        verdict_free(verdict);
        return false;
    }
    judge_all(&judge);
    summarize(&judge, FIRST_LINE_WIDTH, verdict->summary, sizeof verdict->summary);
    summarize(&judge, sizeof verdict->whole - 1, verdict->whole, sizeof verdict->whole);
    verdict->state = judge.worst.finding.state;
    verdict->condition = judge.worst.finding.condition;
    return true;
}

void verdict_free(struct verdict *verdict)
{
    free(verdict->targets);
    free(verdict->tallies);
    metrics_free(&verdict->metrics);
    *verdict = (struct verdict){0};
}
