/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a run: what each came to, and whether that is within its limits. */
#include "judge.h"

#include "clock.h"
#include "number.h"
#include "sentence.h"
#include "summary.h"

/* What FIGURE came to, of a target or a phase; false when it could not be had. Without a default, so that the compiler
 * asks for what a new figure is. */
static bool measure(const struct judge *judge, const struct metric *metric, double *value)
{
    const struct result *result = judge->result;
    const struct tally *own = judge->verdict->tallies, *tally = own + (metric->target > 0 ? metric->target : 0);
    switch (metric->figure) {
    case FIGURE_RTT:
        *value = tally->rtt;
        return tally->has_rtt;
    case FIGURE_MINIMUM:
        *value = tally->minimum;
        return tally->has_rtt;
    case FIGURE_MAXIMUM:
        *value = tally->maximum;
        return tally->has_rtt;
    case FIGURE_FIRST:
        *value = tally->first;
        return tally->has_first;
    case FIGURE_BEYOND:
        *value = tally->rtt - own->rtt;
        return tally->has_rtt && own->has_rtt;
    case FIGURE_LOSS:
        *value = tally->loss;
        return tally->has_loss;
    case FIGURE_REMOTES_UP:
        *value = judge->up;
        return result->entered[PHASE_PING];
    case FIGURE_TIME:
        *value = clock_seconds(result->supervision.ended_at - result->started_at);
        return true;
    case FIGURE_PHASE:
        *value = clock_seconds(result->spent[metric->phase]);
        return result->entered[metric->phase];
    case FIGURE_TCP_RTT:
        *value = clock_seconds(result->tcp_rtt);
        return result->tcp;
    case FIGURE_CERT_DAYS:
        *value = (double)result->days_left;
        return result->certificate;
    case FIGURE_ENDPOINTS_UP: /* see survey_judge() */
    case FIGURE_COUNT:
        break;
    }
    return false;
}

/* Whether METRIC is the loss of a target of which "none of 3 pings answered" is told, with STATE or a worse one. */
static bool is_told_already(const struct judge *judge, const struct metric *metric, enum state state)
{
    if (metric->figure != FIGURE_LOSS || judge->verdict->tallies[metric->target].answered > 0)
        return false;
    const struct target_verdict *target = &judge->verdict->targets[metric->target];
    return target->condition.own == CONDITION_PING_TIMEOUT && !state_is_worse(state, target->state);
}

static void judge_metric(struct judge *judge, const struct metric *metric)
{
    static const struct any_condition none, cert_expiring = {.own = CONDITION_CERT_EXPIRING};
    if (!metric->known)
        return;
    double value = metric->value;
    if (metric->figure == FIGURE_LOSS)
        value = tally_decided_loss(&judge->verdict->tallies[metric->target]);
    const struct range *range;
    enum state state = metric_judge(metric, value, &range);
    if (metric->figure == FIGURE_LOSS)
        state = judge_cap(judge, (size_t)metric->target, state);
    if (state == STATE_OK || is_told_already(judge, metric, state))
        return;
    struct line line = LINE_EMPTY;
    if (metric->figure != FIGURE_CERT_DAYS) {
        summary_alert(&line, metric, value, range);
        judge_add(judge, metric->target < 0 ? NO_TARGET : (size_t)metric->target, state, none, &line);
        return;
    }
    line = sentence_begin(PHASE_TLS, cert_expiring);
    line_add(&line, ": ");
    summary_expiring(&line, judge->settings, judge->result, number_round(value), range, state);
    judge_add(judge, NO_TARGET, judge_map(judge, cert_expiring, state), cert_expiring, &line);
}

void judge_metrics(struct judge *judge)
{
    const struct metrics *metrics = &judge->verdict->metrics;
    for (struct metric *metric = metrics->list; metric < metrics->list + metrics->count; metric++) {
        double value = 0;
        metric->known = measure(judge, metric, &value);
        metric->value = metric->known ? value : 0;
        judge_metric(judge, metric);
    }
}
