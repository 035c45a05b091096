/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tally.h"

#include <string.h>

#include "clock.h"

/* Whether the target lives on another server, as far as its domain tells. */
static bool is_elsewhere(const struct settings *settings, size_t index)
{
    const char *own = settings->jid.domain;
    const char *its = settings->targets[index].jid.domain;
    if (index == 0 || !own || !its)
        return false;
    size_t own_length = strlen(own), its_length = strlen(its);
    bool ends_with_own = its_length >= own_length && strcmp(its + its_length - own_length, own) == 0;
    return !ends_with_own || (its_length > own_length && its[its_length - own_length - 1] != '.');
}

/* Whether it may have been the own server that spoke, for a target elsewhere: it says so, or this is what servers say,
 * in the remote's name, to users who may not leave them (not-allowed: SASL ANONYMOUS, no federation). */
static bool is_own_servers_word(const struct settings *settings, size_t index, const struct ping_record *ping)
{
    const struct jid *own = &settings->jid;
    if (!is_elsewhere(settings, index))
        return false;
    return ping->condition == WIRE_STANZA_NOT_ALLOWED || strcmp(ping->by, own->domain) == 0 ||
           (own->ascii && strcmp(ping->by, own->ascii) == 0);
}

bool tally_is_rtt(const struct settings *settings, size_t index, const struct ping_record *ping)
{
    if (ping->outcome == PING_RESULT)
        return true;
    return ping->outcome == PING_ERROR && answer_is_alive(settings->targets[index].kind, ping->condition, ping->type) &&
           !is_own_servers_word(settings, index, ping);
}

static void count(struct tally *tally, const struct ping_group *group)
{
    if (group->example.outcome == PING_TIMED_OUT) {
        tally->timed_out += group->count;
        return;
    }
    tally->answered += group->count;
}

/* Pings whose times are from MINIMUM to MAXIMUM and come to SUM, all in ns. */
static void add_times(struct tally *tally, int pings, int64_t minimum, int64_t maximum, double sum)
{
    double least = clock_seconds(minimum), most = clock_seconds(maximum);
    if (pings == 0)
        return;
    tally->minimum = tally->rtts == 0 || least < tally->minimum ? least : tally->minimum;
    tally->maximum = tally->rtts == 0 || most > tally->maximum ? most : tally->maximum;
    tally->sum += sum / (double)NS_PER_S;
    tally->rtts += pings;
}

/* An error that is as good as a pong. */
static bool is_no_support(const struct ping_record *ping, enum target_kind kind)
{
    return ping->outcome == PING_ERROR && answer_state(kind, ping->condition, ping->type) == STATE_OK;
}

struct tally tally_make(const struct settings *settings, const struct result *result, size_t index)
{
    const struct target_result *target = &result->targets[index];
    struct tally tally = {.pending = target->sent - target->ended, .unsent = target->count - target->sent};
    for (size_t i = 0; i < target->group_count; i++) {
        const struct ping_group *group = &target->groups[i];
        count(&tally, group);
        if (!tally_is_rtt(settings, index, &group->example)) {
            tally.errors += group->example.outcome == PING_ERROR ? group->count : 0;
            continue;
        }
        tally.alive = true;
        tally.no_support |= is_no_support(&group->example, settings->targets[index].kind);
        if (group->has_first) {
            tally.has_first = true;
            tally.first = clock_seconds(group->first);
        }
        if (group->has_first && target->count == 1)
            add_times(&tally, 1, group->first, group->first, (double)group->first);
        add_times(&tally, group->others, group->minimum, group->maximum, group->sum);
    }
    tally.has_rtt = tally.rtts > 0;
    if (tally.has_rtt)
        tally.rtt = tally.sum / tally.rtts;
    int sent = tally_sent(&tally);
    tally.has_loss = sent > 0 && (tally.alive || tally.errors == 0);
    if (tally.has_loss)
        tally.loss = 100.0 * (tally.timed_out + tally.pending) / sent;
    return tally;
}

int tally_sent(const struct tally *tally)
{
    return tally->answered + tally->timed_out + tally->pending;
}

double tally_decided_loss(const struct tally *tally)
{
    int decided = tally->answered + tally->timed_out;
    return decided > 0 ? 100.0 * tally->timed_out / decided : 0;
}
