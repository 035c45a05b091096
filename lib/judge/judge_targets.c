/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges the answers of each target, and whether enough of the remotes are up. */
#include "judge.h"

#include "summary.h"
#include "text.h"

static const struct any_condition none;
static const struct any_condition ping_timeout = {.own = CONDITION_PING_TIMEOUT};

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
    if (answers->found && !state_is_worse(state, answers->state))
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
    const struct tally *tally = &judge->verdict->tallies[index];
    for (size_t i = 0; i < target->group_count; i++) {
        const struct ping_record *ping = &target->groups[i].example;
        if (ping->outcome != PING_ERROR)
            continue;
        enum state plain = answer_state(judge->settings->targets[index].kind, ping->condition, ping->type);
        enum state state = judge_map(judge, said_by(ping), plain);
        if (plain != STATE_OK || state != STATE_OK)
            take_answer(&answers, state, ping);
    }
    if (tally->timed_out == 0 || (tally->answered > 0 && has_loss_range(judge, index)))
        return answers;
    enum state plain = tally->answered > 0 ? STATE_WARNING : STATE_CRITICAL;
    take_answer(&answers, judge_map(judge, ping_timeout, plain), NULL);
    return answers;
}

static void say_unanswered(struct line *line, const struct judge *judge, size_t index)
{
    const struct target_result *target = &judge->result->targets[index];
    const struct tally *tally = &judge->verdict->tallies[index];
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
        line_add_time(line, target->groups[0].example.waited);
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

enum state judge_cap(const struct judge *judge, size_t index, enum state state)
{
    bool spare = index > 0 && judge->enough && is_dead(&judge->verdict->tallies[index]);
    return spare && state_is_worse(state, STATE_WARNING) ? STATE_WARNING : state;
}

static void judge_target(struct judge *judge, size_t index)
{
    const struct tally *tally = &judge->verdict->tallies[index];
    struct target_verdict *verdict = &judge->verdict->targets[index];
    struct line line = LINE_EMPTY;
    summary_figures(&line, tally, judge->result->targets[index].count);
    if (tally->alive && is_answered_by_server(&judge->settings->targets[index]))
        line_add(&line, ", its server answers for it, whether it exists or not");
    text_clean_string(verdict->text, sizeof verdict->text, line.text);
    verdict->alive = tally->alive;
    /* What the end of the run left open has no state of its own: the run's counts. */
    verdict->state = tally->answered + tally->timed_out > 0 ? STATE_OK : STATE_UNKNOWN;

    if (result_ended_well(judge->result) && tally->pending + tally->unsent > 0) {
        line = LINE_EMPTY;
        line_add(&line, "the probe left ");
        line_add_count(&line, tally->pending + tally->unsent, "ping");
        line_add(&line, " open");
        judge_add(judge, index, STATE_UNKNOWN, none, &line);
    }
    struct answers answers = judge_answers(judge, index);
    if (!answers.found)
        return;
    answers.state = judge_cap(judge, index, answers.state);
    line = LINE_EMPTY;
    if (answers.ping)
        summary_error(&line, judge->settings, answers.ping);
    else
        say_unanswered(&line, judge, index);
    verdict->condition = answers.ping ? said_by(answers.ping) : ping_timeout;
    judge->answers_are_asked |= index == 0 && judge_is_mapped(judge, verdict->condition);
    judge_add(judge, index, answers.state, verdict->condition, &line);
}

void judge_targets(struct judge *judge)
{
    const struct settings *settings = judge->settings;
    size_t remotes = settings->target_count - 1;
    size_t dead = 0;
    for (size_t i = 1; i < settings->target_count; i++)
        dead += is_dead(&judge->verdict->tallies[i]);
    /* Those that are pending may be up. */
    bool too_few = settings->min_alive >= 0 && remotes - dead < (size_t)settings->min_alive;
    judge->enough = settings->min_alive >= 0 && !too_few;

    judge_target(judge, 0);
    if (too_few) {
        struct line line = LINE_EMPTY;
        line_add(&line, "remotes: %d of %zu up, %d needed", judge->up, remotes, settings->min_alive);
        judge_add(judge, NO_TARGET, STATE_CRITICAL, none, &line);
    }
    for (size_t i = 1; i < settings->target_count; i++)
        judge_target(judge, i);
}
