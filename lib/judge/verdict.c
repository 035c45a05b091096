/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "failed.h"
#include "line.h"
#include "offered.h"
#include "sentence.h"
#include "summary.h"
#include "tally.h"
#include "text.h"
#include "way.h"

#define NO_TARGET SIZE_MAX

/* Which part of the sentence the name of a target may fill. */
#define NAME_SHARE 4

static const struct any_condition none;
static const struct any_condition ping_timeout = {.own = CONDITION_PING_TIMEOUT};
static const struct any_condition cert_expiring = {.own = CONDITION_CERT_EXPIRING};
static const struct any_condition endpoint_down = {.own = CONDITION_ENDPOINT_DOWN};

struct judge {
    const struct settings *settings;
    const struct result *result;
    struct verdict *verdict;
    struct tally *tallies;
    int up;      /* remotes */
    bool enough; /* as many as --min-alive asks for are up, or may be */
    /* the worst that was found, the first of its kind */
    bool found;
    size_t culprit;
    struct finding worst;
    int bad; /* how many findings are not OK */
    /* the first that is UNKNOWN */
    bool found_unknown;
    size_t unknown_culprit;
    struct finding unknown;
    /* whether the user has given a state, by --map or -t, to how the run ended, to what the own server answered */
    bool end_is_asked, answers_are_asked;
};

static bool is_worse(enum state a, enum state b)
{
    return a != b && state_worst(a, b) == a;
}

/* Keeps what is wrong with TARGET, or with the run. A finding that --map has made OK is still told of. */
static void find(struct judge *judge, size_t target, enum state state, struct any_condition condition,
                 const struct line *words)
{
    struct finding finding = {.state = state, .condition = condition};
    text_clean_string(finding.text, sizeof finding.text, words->text);

    if (target == NO_TARGET) {
        if (judge->verdict->finding_count < FINDINGS_MAX)
            judge->verdict->findings[judge->verdict->finding_count++] = finding;
    } else {
        struct target_verdict *verdict = &judge->verdict->targets[target];
        struct line line = LINE_EMPTY;
        line_add(&line, "%s, %s", verdict->text, finding.text);
        text_clean_string(verdict->text, sizeof verdict->text, line.text);
        verdict->state = state_worst(verdict->state, state);
    }
    judge->bad += state != STATE_OK;
    if (state == STATE_UNKNOWN && !judge->found_unknown) {
        judge->found_unknown = true;
        judge->unknown_culprit = target;
        judge->unknown = finding;
    }
    if (judge->found && !is_worse(state, judge->worst.state))
        return;
    judge->found = true;
    judge->culprit = target;
    judge->worst = finding;
}

static enum state mapped(const struct judge *judge, struct any_condition condition, enum state fallback)
{
    return settings_map(judge->settings, condition, fallback);
}

static bool is_mapped(const struct judge *judge, struct any_condition condition)
{
    return !any_condition_is_none(condition) && settings_has_map(judge->settings, any_condition_name(condition));
}

/* Whether no stranger can have made the child die: before a byte of any had come, or by the sandbox, which a library
 * runs into that was not foreseen. */
static bool is_own_crash(const struct result *result)
{
    return !result->heard || result->barred || result->supervision.signal == SIGSYS;
}

/* How the run ended, if not well. */
static void judge_run(struct judge *judge)
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
            state = mapped(judge, condition, any_condition_state(condition));
        line = failed_sentence(judge->settings, result);
        break;
    case SUPERVISE_CRASHED:
        if (is_own_crash(result)) {
            summary_own_crash(&line, result);
            break;
        }
        condition.own = CONDITION_PROBE_CRASHED;
        state = mapped(judge, condition, any_condition_state(condition));
        line = sentence_begin(result->phase, condition);
        line_add(&line, ": ");
        summary_death(&line, supervision);
        break;
    case SUPERVISE_DEADLINE:
        condition.own = CONDITION_DEADLINE;
        state = mapped(judge, condition, judge->settings->timeout_state);
        summary_deadline(&line, judge->settings, result, judge->tallies);
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
    judge->end_is_asked = supervision->end == SUPERVISE_DEADLINE || is_mapped(judge, condition);
    find(judge, NO_TARGET, state, condition, &line);
}

/* What was worse than asked and did not end the run. */
static void judge_flaws(struct judge *judge)
{
    for (size_t i = 0; i < judge->result->flaw_count; i++) {
        const struct flaw *flaw = &judge->result->flaws[i];
        struct any_condition condition = {.own = flaw->condition};
        struct line line = sentence_begin(flaw->phase, condition);
        sentence_add_cause(&line, condition, flaw->cause);
        find(judge, NO_TARGET, mapped(judge, condition, condition_state(flaw->condition)), condition, &line);
    }
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
        if (offered_is(judge->settings, judge->result, names[i]) != is)
            continue;
        line_add(&line, "%s%s", before, names[i]);
        before = ", ";
        found = true;
    }
    if (found)
        find(judge, NO_TARGET, mapped(judge, whole, condition_state(condition)), whole, &line);
}

/* --s2s */
static void judge_federation(struct judge *judge)
{
    static const struct any_condition no_federation = {.own = CONDITION_NO_FEDERATION};
    const struct offers *offers = offered_where_it_counts(judge->settings, judge->result);
    if (!judge->settings->s2s || !offers->came || offered_to_servers(offers))
        return;
    struct line line = sentence_begin(PHASE_STREAM, no_federation);
    sentence_add(&line, "neither SASL EXTERNAL nor dialback is offered");
    find(judge, NO_TARGET, mapped(judge, no_federation, any_condition_state(no_federation)), no_federation, &line);
}

static void judge_features(struct judge *judge)
{
    const struct settings *settings = judge->settings;
    judge_federation(judge);
    judge_offers(judge, settings->offers, settings->offers_count, OFFERED_NOT, CONDITION_NOT_OFFERED);
    judge_offers(judge, settings->offers_not, settings->offers_not_count, OFFERED_INDEED, CONDITION_OFFERED);
}

static struct any_condition said_by(const struct ping_record *ping)
{
    return (struct any_condition){.wire = ping->condition};
}

/* The worst of a target's answers. */
struct answers {
    bool found;
    enum state state;
    const struct ping_record *ping; /* NULL: no answer */
};

static void take_answer(struct answers *answers, enum state state, const struct ping_record *ping)
{
    if (answers->found && !is_worse(state, answers->state))
        return;
    *answers = (struct answers){true, state, ping};
}

static bool has_loss_range(const struct judge *judge, size_t target)
{
    const struct limits *loss = &judge->settings->targets[target].loss;
    return loss->warning.set || loss->critical.set;
}

static struct answers judge_answers(const struct judge *judge, size_t index)
{
    struct answers answers = {0};
    const struct target_result *target = &judge->result->targets[index];
    const struct tally *tally = &judge->tallies[index];
    for (size_t i = 0; i < target->group_count; i++) {
        const struct ping_record *ping = &target->groups[i].example;
        if (ping->outcome != PING_ERROR)
            continue;
        enum state plain = answer_state(judge->settings->targets[index].kind, ping->condition, ping->type);
        enum state state = mapped(judge, said_by(ping), plain);
        if (plain != STATE_OK || state != STATE_OK)
            take_answer(&answers, state, ping);
    }
    if (tally->timed_out == 0 || (tally->answered > 0 && has_loss_range(judge, index)))
        return answers;
    enum state plain = tally->answered > 0 ? STATE_WARNING : STATE_CRITICAL;
    take_answer(&answers, mapped(judge, ping_timeout, plain), NULL);
    return answers;
}

static void say_unanswered(struct line *line, const struct judge *judge, size_t index)
{
    const struct target_result *target = &judge->result->targets[index];
    const struct tally *tally = &judge->tallies[index];
    if (tally->answered > 0) {
        line_add(line, "loss ");
        line_add_decimal(line, tally_decided_loss(tally));
        line_add(line, "%%, %d of %d pings unanswered (%s)", tally->timed_out, tally->answered + tally->timed_out,
                 condition_name(CONDITION_PING_TIMEOUT));
        return;
    }
    line_add(line, "%s: ", condition_name(CONDITION_PING_TIMEOUT));
    if (target->count == 1) {
        line_add(line, "no answer in ");
        line_add_time(line, target->groups[0].example.rtt);
    } else {
        line_add(line, "none of %d pings answered", tally->timed_out);
    }
}

/* Whether all that was to be known of the target is known, and it is not there. */
static bool is_dead(const struct tally *tally)
{
    return !tally->alive && tally->pending == 0 && tally->unsent == 0;
}

/* A bare JID's server answers in its name (RFC 6120 section 10.5.3.1). */
static bool is_answered_by_server(const struct target *target)
{
    return target->kind == TARGET_BARE && target->jid.node;
}

/* STATE, or the most that it counts for: a dead remote that --min-alive does not need is WARNING. */
static enum state capped(const struct judge *judge, size_t index, enum state state)
{
    bool spare = index > 0 && judge->enough && is_dead(&judge->tallies[index]);
    return spare && is_worse(state, STATE_WARNING) ? STATE_WARNING : state;
}

static void judge_target(struct judge *judge, size_t index)
{
    const struct tally *tally = &judge->tallies[index];
    struct target_verdict *verdict = &judge->verdict->targets[index];
    struct line line = LINE_EMPTY;
    summary_figures(&line, tally, judge->result->targets[index].count);
    if (tally->alive && is_answered_by_server(&judge->settings->targets[index]))
        line_add(&line, ", its server answers for it, whether it exists or not");
    text_clean_string(verdict->text, sizeof verdict->text, line.text);
    verdict->alive = tally->alive;
    /* What the end of the run left open has no state of its own: the run's counts. */
    verdict->state = tally->answered + tally->timed_out > 0 ? STATE_OK : STATE_UNKNOWN;

    bool ended_well = judge->result->supervision.end == SUPERVISE_DONE && !judge->result->failed;
    if (ended_well && tally->pending + tally->unsent > 0) {
        line = LINE_EMPTY;
        line_add(&line, "the probe left ");
        line_add_count(&line, tally->pending + tally->unsent, "ping");
        line_add(&line, " open");
        find(judge, index, STATE_UNKNOWN, none, &line);
    }
    struct answers answers = judge_answers(judge, index);
    if (!answers.found)
        return;
    answers.state = capped(judge, index, answers.state);
    line = LINE_EMPTY;
    if (answers.ping)
        summary_error(&line, judge->settings, answers.ping);
    else
        say_unanswered(&line, judge, index);
    verdict->condition = answers.ping ? said_by(answers.ping) : ping_timeout;
    judge->answers_are_asked |= index == 0 && is_mapped(judge, verdict->condition);
    find(judge, index, answers.state, verdict->condition, &line);
}

static void judge_targets(struct judge *judge)
{
    const struct settings *settings = judge->settings;
    size_t remotes = settings->target_count - 1;
    size_t dead = 0;
    for (size_t i = 1; i < settings->target_count; i++)
        dead += is_dead(&judge->tallies[i]);
    /* Those that are pending may be up. */
    bool too_few = settings->min_alive >= 0 && remotes - dead < (size_t)settings->min_alive;
    judge->enough = settings->min_alive >= 0 && !too_few;

    judge_target(judge, 0);
    if (too_few) {
        struct line line = LINE_EMPTY;
        line_add(&line, "remotes: %d of %zu up, %d needed", judge->up, remotes, settings->min_alive);
        find(judge, NO_TARGET, STATE_CRITICAL, none, &line);
    }
    for (size_t i = 1; i < settings->target_count; i++)
        judge_target(judge, i);
}

/* Whether METRIC is the loss of a target of which "none of 3 pings answered" is told, with STATE or a worse one. */
static bool is_told_already(const struct judge *judge, const struct metric *metric, enum state state)
{
    if (metric->figure != FIGURE_LOSS || judge->tallies[metric->target].answered > 0)
        return false;
    const struct target_verdict *target = &judge->verdict->targets[metric->target];
    return target->condition.own == CONDITION_PING_TIMEOUT && !is_worse(state, target->state);
}

static void judge_metric(struct judge *judge, const struct metric *metric)
{
    if (!metric->known)
        return;
    double value = metric->value;
    if (metric->figure == FIGURE_LOSS)
        value = tally_decided_loss(&judge->tallies[metric->target]);
    const struct range *range;
    enum state state = metric_judge(metric, value, &range);
    if (metric->figure == FIGURE_LOSS)
        state = capped(judge, (size_t)metric->target, state);
    if (state == STATE_OK || is_told_already(judge, metric, state))
        return;
    struct line line = LINE_EMPTY;
    if (metric->unit != METRIC_DAYS) {
        summary_alert(&line, metric, value, range);
        find(judge, metric->target < 0 ? NO_TARGET : (size_t)metric->target, state, none, &line);
        return;
    }
    line = sentence_begin(PHASE_TLS, cert_expiring);
    line_add(&line, ": ");
    summary_expiring(&line, judge->settings, judge->result, llround(value), range, state);
    find(judge, NO_TARGET, mapped(judge, cert_expiring, state), cert_expiring, &line);
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
        find(judge, NO_TARGET, mapped(judge, endpoint->condition, STATE_WARNING), endpoint->condition, &line);
    }
}

/* Endpoints that failed before one worked. */
static void judge_endpoints(struct judge *judge)
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
    find(judge, NO_TARGET, state, endpoint_down, &line);
}

static void set_known(struct metric *metric, bool known, double value)
{
    metric->known = known;
    metric->value = known ? value : 0;
}

static void measure_target(const struct judge *judge, struct metric *metric)
{
    const struct tally *tally = &judge->tallies[metric->target];
    const struct tally *own = &judge->tallies[0];
    switch (metric->figure) {
    case FIGURE_NONE:
        break;
    case FIGURE_RTT:
        set_known(metric, tally->has_rtt, tally->rtt);
        break;
    case FIGURE_MINIMUM:
        set_known(metric, tally->has_rtt, tally->minimum);
        break;
    case FIGURE_MAXIMUM:
        set_known(metric, tally->has_rtt, tally->maximum);
        break;
    case FIGURE_FIRST:
        set_known(metric, tally->has_first, tally->first);
        break;
    case FIGURE_LOSS:
        set_known(metric, tally->has_loss, tally->loss);
        break;
    case FIGURE_BEYOND:
        set_known(metric, tally->has_rtt && own->has_rtt, tally->rtt - own->rtt);
        break;
    }
}

static void measure(const struct judge *judge)
{
    const struct result *result = judge->result;
    struct metrics *metrics = &judge->verdict->metrics;
    for (size_t i = 0; i < metrics->count; i++) {
        if (metrics->list[i].target >= 0)
            measure_target(judge, &metrics->list[i]);
    }
    if (result->entered[PHASE_PING])
        metrics_set(metrics, "remotes_up", judge->up);
    metrics_set(metrics, "time", clock_seconds(result->supervision.ended_at - result->started_at));
    for (int phase = PHASE_DNS; phase < PHASE_PING; phase++) {
        char label[24];
        snprintf(label, sizeof label, "time_%s", phase_name((enum phase)phase));
        if (result->entered[phase])
            metrics_set(metrics, label, clock_seconds(result->spent[phase]));
    }
    if (result->tcp)
        metrics_set(metrics, "tcp_rtt", clock_seconds(result->tcp_rtt));
    if (result->certificate)
        metrics_set(metrics, "cert_days", (double)result->days_left);
}

/* The worst that was found, or how well it went: in WIDTH characters, in SIZE bytes at OUT. */
static void summarize(const struct judge *judge, size_t width, char *out, size_t size)
{
    struct line body = LINE_EMPTY, tail = LINE_EMPTY;
    int others = judge->bad - (judge->worst.state != STATE_OK);
    if (judge->settings->insecure && (judge->result->tls || judge->result->entered[PHASE_TLS]))
        line_add(&tail, SUMMARY_INSECURE);
    if (judge->found && others > 0)
        line_add(&tail, " (+%d more)", others);
    size_t name_width = width / NAME_SHARE;
    width -= text_width(tail.text);
    if (!judge->found && judge->settings->no_login) {
        summary_reached(&body, judge->settings, judge->result, width);
    } else if (!judge->found) {
        summary_good(&body, judge->settings, judge->tallies, judge->up, width);
    } else if (judge->culprit == NO_TARGET) {
        line_add(&body, "%s", judge->worst.text);
    } else {
        char name[SUMMARY_NAME_SIZE];
        line_add(&body, "%s: %s", summary_name(judge->settings, judge->culprit, name_width, name), judge->worst.text);
    }
    text_shorten(body.text, width);
    struct line whole = LINE_EMPTY;
    line_add(&whole, "%s%s", body.text, tail.text);
    text_clean_string(out, size, whole.text);
}

static void count_targets(struct judge *judge)
{
    for (size_t i = 0; i < judge->settings->target_count; i++) {
        judge->tallies[i] = tally_make(judge->settings, judge->result, i);
        judge->up += i > 0 && judge->tallies[i].alive;
    }
}

/* What an OK rests on, over a channel that was verified: a login in which the server proved itself, without an account
 * that it came as far as to what it offers. */
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
    return no_login || judge->tallies[0].alive ? NULL : no_answer;
}

/* OK and WARNING both say that the server serves. Whatever has led to one of them, it does not stand without proof, if
 * it is not what the user has asked for: then it is not known how the server does. */
static void guard(struct judge *judge)
{
    enum state state = judge->worst.state;
    const char *gap = find_gap(judge);
    judge->verdict->proven = !gap;
    if (!gap || (state != STATE_OK && state != STATE_WARNING) || judge->end_is_asked)
        return;
    if (gap == no_answer && judge->answers_are_asked)
        return;
    if (!judge->found_unknown) {
        struct line line = LINE_EMPTY;
        line_add(&line, "probe: no proof of %s", gap);
        find(judge, NO_TARGET, STATE_UNKNOWN, none, &line);
    }
    judge->found = true;
    judge->culprit = judge->unknown_culprit;
    judge->worst = judge->unknown;
}

static void judge_all(struct judge *judge)
{
    judge_run(judge);
    judge_flaws(judge);
    judge_features(judge);
    if (!judge->settings->no_login)
        judge_targets(judge);
    for (size_t i = 0; i < judge->verdict->metrics.count; i++)
        judge_metric(judge, &judge->verdict->metrics.list[i]);
    judge_certificates(judge);
    judge_endpoints(judge);
    if (judge->result->out_of_memory) {
        struct line line = LINE_EMPTY;
        line_add(&line, "probe: out of memory");
        find(judge, NO_TARGET, STATE_UNKNOWN, none, &line);
    }
    guard(judge);
}

bool verdict_make(struct verdict *verdict, const struct settings *settings, const struct result *result)
{
    *verdict = (struct verdict){.phase = result->phase};
    if (result->failed && result->supervision.end == SUPERVISE_DONE)
        verdict->phase = result->failure_phase;
    if (!settings->no_login)
        verdict->targets = calloc(settings->target_count, sizeof *verdict->targets);
    struct judge judge = {.settings = settings, .result = result, .verdict = verdict, .culprit = NO_TARGET};
    judge.tallies = calloc(settings->target_count, sizeof *judge.tallies);
    bool room = judge.tallies && (verdict->targets || settings->no_login);
    if (!room || !metrics_init(&verdict->metrics, settings)) {
        free(judge.tallies);
        verdict_free(verdict);
        return false;
    }
    count_targets(&judge);
    measure(&judge);
    judge_all(&judge);
    summarize(&judge, FIRST_LINE_WIDTH, verdict->summary, sizeof verdict->summary);
    summarize(&judge, sizeof verdict->whole - 1, verdict->whole, sizeof verdict->whole);
    verdict->state = judge.worst.state;
    verdict->condition = judge.worst.condition;
    free(judge.tallies);
    return true;
}

void verdict_free(struct verdict *verdict)
{
    free(verdict->targets);
    metrics_free(&verdict->metrics);
    *verdict = (struct verdict){0};
}
