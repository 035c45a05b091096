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

static void count(struct tally *tally, const struct ping_record *ping, enum target_kind kind)
{
    switch (ping->outcome) {
    case PING_UNSENT:
        tally->unsent++;
        break;
    case PING_PENDING:
        tally->pending++;
        break;
    case PING_TIMED_OUT:
        tally->timed_out++;
        break;
    case PING_ERROR:
        if (answer_state(kind, ping->condition, ping->type) == STATE_OK)
            tally->no_support = true;
        tally->answered++;
        break;
    case PING_RESULT:
        tally->answered++;
        break;
    }
}

struct tally tally_make(const struct settings *settings, const struct result *result, size_t index)
{
    struct tally tally = {0};
    const struct target_result *target = &result->targets[index];
    double sum = 0;
    int rtts = 0;
    for (int i = 0; i < target->count; i++) {
        const struct ping_record *ping = &target->pings[i];
        count(&tally, ping, settings->targets[index].kind);
        if (!tally_is_rtt(settings, index, ping))
            continue;
        tally.alive = true;
        double rtt = clock_seconds(ping->rtt);
        if (i == 0) {
            tally.has_first = true;
            tally.first = rtt;
        }
        if (i == 0 && target->count > 1)
            continue;
        tally.minimum = rtts == 0 || rtt < tally.minimum ? rtt : tally.minimum;
        tally.maximum = rtts == 0 || rtt > tally.maximum ? rtt : tally.maximum;
        sum += rtt;
        rtts++;
    }
    tally.has_rtt = rtts > 0;
    if (rtts > 0)
        tally.rtt = sum / rtts;
    int sent = tally_sent(&tally);
    if (sent > 0)
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
