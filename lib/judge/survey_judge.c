/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "survey.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
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

static bool judge_check(struct endpoint_check *check)
{
    if (!verdict_make(&check->verdict, &check->settings, &check->result))
        return false;
    bool ended_well = check->result.supervision.end == SUPERVISE_DONE && !check->result.failed;
    check->up = ended_well && check->verdict.proven;
    return true;
}

/* What one check means for the whole, when ANY endpoint is up. */
static enum state contribution(const struct settings *settings, const struct endpoint_check *check, bool any)
{
    if (any && !check->up && check->verdict.state == STATE_CRITICAL)
        return settings_endpoint_down(settings);
    return check->verdict.state;
}

static struct outcome weigh(const struct survey *survey, const struct settings *settings)
{
    struct outcome outcome = {.state = STATE_OK};
    for (size_t i = 0; i < survey->count; i++)
        outcome.up += survey->checks[i].up;
    for (size_t i = 0; i < survey->count; i++) {
        const struct endpoint_check *check = &survey->checks[i];
        enum state state = contribution(settings, check, outcome.up > 0);
        if (!state_is_worse(state, outcome.state))
            continue;
        outcome.state = state;
        outcome.worst = check;
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

/* Those that were checked, and those of SRV records with port 0, which are down. */
static size_t count_endpoints(const struct survey *survey)
{
    size_t count = survey->count;
    for (size_t i = 0; i < survey->discovery.endpoint_count; i++)
        count += survey->discovery.endpoints[i].condition.own == CONDITION_SERVICE_NOT_OFFERED;
    return count;
}

/* A set of SRV records that could not be asked names endpoints that nobody can check; nor can they those with port 0.
 */
static void judge_discovery(const struct survey *survey, const struct settings *settings, struct verdict *verdict)
{
    enum state state = settings_endpoint_down(settings);
    for (size_t i = 0; i < survey->discovery.endpoint_count; i++) {
        const struct endpoint_result *endpoint = &survey->discovery.endpoints[i];
        struct line line = sentence_begin(PHASE_DNS, endpoint->condition);
        const char *cause = endpoint->cause[0] != '\0' ? endpoint->cause : any_condition_meaning(endpoint->condition);
        sentence_add(&line, "%s for %s", cause, endpoint->name);
        add_finding(verdict, state, CONDITION_ENDPOINT_DOWN, &line);
    }
    if (survey->discovery.candidates_left_out > 0) {
        struct line line = sentence_begin(PHASE_DNS, (struct any_condition){.own = CONDITION_ENDPOINT_DOWN});
        sentence_add(&line, "%zu endpoints too many: %d are checked", survey->discovery.candidates_left_out,
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

static bool measure(const struct survey *survey, const struct settings *settings, size_t up, struct metrics *metrics)
{
    int64_t ended_at = survey->discovery.supervision.ended_at;
    if (!metrics_init(metrics, settings))
        return false;
    for (size_t i = 0; i < survey->count; i++) {
        const struct endpoint_check *check = &survey->checks[i];
        if (!metrics_add_endpoint(metrics, &check->settings, check->label, &check->verdict.metrics))
            return false;
        if (check->result.supervision.ended_at > ended_at)
            ended_at = check->result.supervision.ended_at;
    }
    struct metric *endpoints = metrics_get(metrics, FIGURE_ENDPOINTS_UP);
    endpoints->has_maximum = true;
    endpoints->maximum = (double)count_endpoints(survey);
    set(metrics, FIGURE_ENDPOINTS_UP, (double)up);
    set(metrics, FIGURE_TIME, clock_seconds(ended_at - survey->discovery.started_at));
    set(metrics, FIGURE_PHASE, clock_seconds(survey->discovery.spent[PHASE_DNS]));
    return true;
}

static void add_count(struct line *line, const struct survey *survey, size_t up)
{
    line_add(line, "%zu of ", up);
    line_add_count(line, (long long)count_endpoints(survey), "endpoint");
    line_add(line, " up");
}

static void add_slowest(struct line *line, const struct survey *survey)
{
    double slowest = -1;
    for (size_t i = 0; i < survey->count; i++) {
        const struct metric *rtt = metrics_get(&survey->checks[i].verdict.metrics, FIGURE_RTT);
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
    const char *sentence = worst->verdict.whole, *rest = insecure ? strstr(sentence, SUMMARY_INSECURE) : NULL;
    size_t length = rest ? (size_t)(rest - sentence) : strlen(sentence);
    if (!worst->result.own_fault) { /* else it is of the options, whatever the endpoint */
        char name[SURVEY_NAME_SIZE];
        memcpy(name, worst->name, sizeof name);
        text_shorten(name, width / NAME_SHARE);
        line_add(line, "%s: ", name);
    }
    line_add(line, "%.*s%s", (int)length, sentence, rest ? rest + strlen(SUMMARY_INSECURE) : "");
}

/* Whether a set of SRV records could not be asked, so that there may be other endpoints than these. */
static bool lookup_failed(const struct survey *survey)
{
    const struct result *discovery = &survey->discovery;
    return discovery->endpoint_count > 0 && way_is_failed_lookup(&discovery->endpoints[0]);
}

/* The worst endpoint and what is wrong with it, else FINDING, else how many there are; in WIDTH characters, in SIZE
 * bytes at OUT. */
static void summarize(const struct survey *survey, const struct settings *settings, const struct outcome *outcome,
                      const struct finding *finding, const struct verdict *verdict, size_t width, char *out,
                      size_t size)
{
    struct line body = LINE_EMPTY, tail = LINE_EMPTY;
    bool insecure = settings->insecure && settings->tls != TLS_NONE;
    if (outcome->worst || finding) {
        line_add(&tail, ", ");
        add_count(&tail, survey, outcome->up);
    }
    line_add(&tail, "%s", insecure ? SUMMARY_INSECURE : "");
    if (finding) {
        line_add(&body, "%s", finding->text);
    } else if (outcome->worst) {
        if (outcome->up == 0 && lookup_failed(survey)) /* the root, and so the first finding */
            line_add(&body, "%s; ", verdict->findings[0].text);
        add_worst(&body, outcome->worst, width, insecure);
    } else {
        char name[SUMMARY_NAME_SIZE];
        line_add(&body, "%s: ", summary_name(settings, 0, width / NAME_SHARE, name));
        add_count(&body, survey, outcome->up);
        if (!settings->no_login)
            add_slowest(&body, survey);
    }
    text_shorten(body.text, width - text_width(tail.text));
    struct line whole = LINE_EMPTY;
    line_add(&whole, "%s%s", body.text, tail.text);
    text_clean_string(out, size, whole.text);
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

bool survey_judge(struct survey *survey, const struct settings *settings, struct verdict *verdict)
{
    if (survey->count == 0)
        return verdict_make(verdict, settings, &survey->discovery);
    *verdict = (struct verdict){.phase = settings->no_login ? PHASE_STREAM : PHASE_PING};
    for (size_t i = 0; i < survey->count; i++) {
        if (!judge_check(&survey->checks[i]))
            return false;
    }
    struct outcome outcome = weigh(survey, settings);
    if (!measure(survey, settings, outcome.up, &verdict->metrics)) {
        verdict_free(verdict);
        return false;
    }
    judge_discovery(survey, settings, verdict);
    judge_metrics(verdict);
    verdict->state = outcome.state;
    const struct finding *finding = NULL;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (!state_is_worse(verdict->findings[i].state, verdict->state))
            continue;
        finding = &verdict->findings[i];
        verdict->state = finding->state;
    }
    if (finding)
        verdict->condition = finding->condition;
    else if (outcome.worst)
        verdict->condition = outcome.worst->verdict.condition;
    if (outcome.worst && !finding)
        verdict->phase = outcome.worst->verdict.phase;
    summarize(survey, settings, &outcome, finding, verdict, FIRST_LINE_WIDTH, verdict->summary,
              sizeof verdict->summary);
    summarize(survey, settings, &outcome, finding, verdict, sizeof verdict->whole - 1, verdict->whole,
              sizeof verdict->whole);
    return true;
}
