/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the endpoints of --each-endpoint come to together: the worst of them, unless another one serves. */
#include "survey.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "failed.h"
#include "line.h"
#include "sentence.h"
#include "summary.h"
#include "tally.h"
#include "text.h"
#include "way.h"

/* Which part of the sentence a name may fill. */
#define NAME_SHARE 4

struct outcome {
    size_t up;
    const struct endpoint_check *worst; /* the first of those with the run's state; NULL when all is well */
    enum state state;
};

/* What one endpoint means for the whole, when ANY is up. A bad certificate is more than an endpoint that is down: see
 * judge_run.c. */
static enum state contribution(const struct settings *settings, const struct endpoint_check *endpoint, bool any)
{
    const struct verdict *verdict = &endpoint->check.verdict;
    if (!any || verdict->up || verdict->state != STATE_CRITICAL)
        return verdict->state;
    return failed_by_certificate(verdict->condition) ? settings_map(settings, verdict->condition, STATE_WARNING)
                                                     : settings_endpoint_down(settings);
}

static struct outcome weigh(const struct check *whole)
{
    struct outcome outcome = {.state = STATE_OK};
    for (size_t i = 0; i < whole->part_count; i++)
        outcome.up += whole->parts[i].check.verdict.up;
    for (size_t i = 0; i < whole->part_count; i++) {
        enum state state = contribution(whole->settings, &whole->parts[i], outcome.up > 0);
        if (!state_is_worse(state, outcome.state))
            continue;
        outcome.state = state;
        outcome.worst = &whole->parts[i];
    }
    return outcome;
}

static void add_finding(struct verdict *verdict, enum state state, enum condition condition, const struct line *words)
{
    if (verdict->finding_count == FINDINGS_MAX)
        return;
    struct finding *finding = &verdict->findings[verdict->finding_count++];
    *finding = (struct finding){.state = state, .condition.own = condition};
    text_clean_string(finding->text, sizeof finding->text, words->text);
}

size_t survey_count(const struct check *whole)
{
    size_t count = whole->part_count;
    for (size_t i = 0; i < whole->result.endpoint_count; i++)
        count += whole->result.endpoints[i].condition.own == CONDITION_SERVICE_NOT_OFFERED;
    return count;
}

/* A set of SRV records that could not be asked names endpoints that nobody can check; nor can they those with port 0.
 */
static void judge_discovery(struct check *whole)
{
    struct verdict *verdict = &whole->verdict;
    enum state state = settings_endpoint_down(whole->settings);
    for (size_t i = 0; i < whole->result.endpoint_count; i++) {
        const struct endpoint_result *endpoint = &whole->result.endpoints[i];
        struct line line = sentence_begin(PHASE_DNS, endpoint->condition);
        const char *cause = endpoint->cause[0] != '\0' ? endpoint->cause : any_condition_meaning(endpoint->condition);
        sentence_add(&line, "%s for %s", cause, endpoint->name);
        add_finding(verdict, state, CONDITION_ENDPOINT_DOWN, &line);
    }
    if (whole->result.candidates_left_out > 0) {
        struct line line = sentence_begin(PHASE_DNS, (struct any_condition){.own = CONDITION_ENDPOINT_DOWN});
        sentence_add(&line, "%zu endpoints too many: %d are checked", whole->result.candidates_left_out,
                     CANDIDATES_MAX);
        add_finding(verdict, state, CONDITION_ENDPOINT_DOWN, &line);
    }
}

static void set(struct metrics *metrics, enum figure figure, double value)
{
    struct metric *metric = metrics_get(metrics, figure);
    metric->known = true;
    metric->value = value;
}

static bool measure(struct check *whole, size_t up)
{
    struct metrics *metrics = &whole->verdict.metrics;
    int64_t ended_at = whole->result.supervision.ended_at;
    if (!metrics_init(metrics, whole->settings))
        return false;
    for (size_t i = 0; i < whole->part_count; i++) {
        const struct endpoint_check *part = &whole->parts[i];
        if (!metrics_add_endpoint(metrics, &part->settings, part->label, &part->check.verdict.metrics))
            return false;
        if (part->check.result.supervision.ended_at > ended_at)
            ended_at = part->check.result.supervision.ended_at;
    }
    struct metric *endpoints = metrics_get(metrics, FIGURE_ENDPOINTS_UP);
    endpoints->has_maximum = true;
    endpoints->maximum = (double)survey_count(whole);
    set(metrics, FIGURE_ENDPOINTS_UP, (double)up);
    set(metrics, FIGURE_TIME, clock_seconds(ended_at - whole->result.started_at));
    set(metrics, FIGURE_PHASE, clock_seconds(whole->result.spent[PHASE_DNS]));
    return true;
}

static void add_count(struct line *line, const struct check *whole, size_t up)
{
    line_add(line, "%zu of ", up);
    line_add_count(line, (long long)survey_count(whole), "endpoint");
    line_add(line, " up");
}

static void add_slowest(struct line *line, const struct check *whole)
{
    double slowest = -1;
    for (size_t i = 0; i < whole->part_count; i++) {
        const struct metric *rtt = metrics_get(&whole->parts[i].check.verdict.metrics, FIGURE_RTT);
        if (rtt->known && rtt->value > slowest)
            slowest = rtt->value;
    }
    if (slowest < 0)
        return;
    line_add(line, ", slowest answers in ");
    line_add_time(line, (long long)(slowest * (double)NS_PER_S));
}

/* What is wrong with the worst endpoint. With INSECURE the whole line says itself, at its end, that nothing was
 * verified. */
static void add_worst(struct line *line, const struct endpoint_check *worst, size_t width, bool insecure)
{
    const char *sentence = worst->check.verdict.whole, *rest = insecure ? strstr(sentence, SUMMARY_INSECURE) : NULL;
    size_t length = rest ? (size_t)(rest - sentence) : strlen(sentence);
    if (!worst->check.result.own_fault) { /* else it is of the options, whatever the endpoint */
        char name[CHECK_NAME_SIZE];
        memcpy(name, worst->name, sizeof name);
        text_shorten(name, width / NAME_SHARE);
        line_add(line, "%s: ", name);
    }
    line_add(line, "%.*s%s", (int)length, sentence, rest ? rest + strlen(SUMMARY_INSECURE) : "");
}

/* Whether a set of SRV records could not be asked, so that there may be other endpoints than these. */
static bool lookup_failed(const struct result *discovery)
{
    return discovery->endpoint_count > 0 && way_is_failed_lookup(&discovery->endpoints[0]);
}

/* The worst endpoint and what is wrong with it, else FINDING, else how many there are; in WIDTH characters, in SIZE
 * bytes at OUT. */
static void summarize(const struct check *whole, const struct outcome *outcome, const struct finding *finding,
                      size_t width, char *out, size_t size)
{
    const struct settings *settings = whole->settings;
    struct line body = LINE_EMPTY, tail = LINE_EMPTY;
    bool insecure = settings->insecure && settings->tls != TLS_NONE;
    if (outcome->worst || finding) {
        line_add(&tail, ", ");
        add_count(&tail, whole, outcome->up);
    }
    line_add(&tail, "%s", insecure ? SUMMARY_INSECURE : "");
    if (finding) {
        line_add(&body, "%s", finding->text);
    } else if (outcome->worst) {
        if (outcome->up == 0 && lookup_failed(&whole->result)) /* the root, and so the first finding */
            line_add(&body, "%s; ", whole->verdict.findings[0].text);
        add_worst(&body, outcome->worst, width, insecure);
    } else {
        char name[SUMMARY_NAME_SIZE];
        line_add(&body, "%s: ", summary_name(settings, 0, width / NAME_SHARE, name));
        add_count(&body, whole, outcome->up);
        if (!settings->no_login)
            add_slowest(&body, whole);
    }
    summary_end(&body, &tail, width, out, size);
}

/* The ranges that -L gives for the figures of the whole. */
static void judge_metrics(struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->metrics.count; i++) {
        const struct metric *metric = &verdict->metrics.list[i];
        const struct range *range;
        if (metric->of_endpoint) /* its own check has judged it */
            continue;
        enum state state = metric_judge(metric, metric->value, &range);
        if (state == STATE_OK)
            continue;
        struct line line = LINE_EMPTY;
        summary_alert(&line, metric, metric->value, range);
        add_finding(verdict, state, CONDITION_NONE, &line);
    }
}

bool survey_judge(struct check *whole)
{
    struct verdict *verdict = &whole->verdict;
    for (size_t i = 0; i < whole->part_count; i++) {
        if (!check_judge(&whole->parts[i].check))
            return false;
    }
    struct outcome outcome = weigh(whole);
    if (!measure(whole, outcome.up))
        return false;
    judge_discovery(whole);
    judge_metrics(verdict);
    verdict->state = outcome.state;
    const struct finding *finding = NULL;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (!state_is_worse(verdict->findings[i].state, verdict->state))
            continue;
        finding = &verdict->findings[i];
        verdict->state = finding->state;
    }
    verdict->phase = whole->settings->no_login ? PHASE_STREAM : PHASE_PING;
    if (finding) {
        verdict->condition = finding->condition;
    } else if (outcome.worst) {
        verdict->condition = outcome.worst->check.verdict.condition;
        verdict->phase = outcome.worst->check.verdict.phase;
    }
    summarize(whole, &outcome, finding, FIRST_LINE_WIDTH, verdict->summary, sizeof verdict->summary);
    summarize(whole, &outcome, finding, sizeof verdict->whole - 1, verdict->whole, sizeof verdict->whole);
    return true;
}
