/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pings.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

bool pings_init(struct target_result *target, int count, bool each)
{
    *target = (struct target_result){.count = count};
    if (each)
        target->pings = calloc((size_t)count, sizeof *target->pings);
    return !each || target->pings;
}

void pings_sent(struct target_result *target, uint32_t seq)
{
    if (target->sent != target->ended || target->sent == target->count || seq != (uint32_t)target->sent)
        return;
    target->sent++;
    if (target->pings)
        target->pings[seq].outcome = PING_PENDING;
}

static bool ended_alike(const struct ping_record *a, const struct ping_record *b)
{
    return a->outcome == b->outcome && a->condition == b->condition && strcmp(a->type, b->type) == 0 &&
           strcmp(a->by, b->by) == 0;
}

/* The group of PING; NULL without memory. */
static struct ping_group *find_group(struct target_result *target, const struct ping_record *ping)
{
    for (size_t i = 0; i < target->group_count; i++)
        if (i == PING_GROUPS_MAX - 1 || ended_alike(&target->groups[i].example, ping))
            return &target->groups[i];
    struct ping_group *groups = array_grow(target->groups, target->group_count, sizeof *groups);
    if (!groups)
        return NULL;
    target->groups = groups;
    struct ping_group *group = &groups[target->group_count++];
    *group = (struct ping_group){.example = *ping};
    if (target->group_count == PING_GROUPS_MAX) {
        group->example =
            (struct ping_record){.outcome = PING_ERROR, .waited = ping->waited, .condition = WIRE_UNDEFINED_CONDITION};
    }
    return group;
}

static void add_to_group(struct ping_group *group, int64_t time, bool first)
{
    group->count++;
    if (first) {
        group->has_first = true;
        group->first = time;
        return;
    }
    group->minimum = group->others == 0 || time < group->minimum ? time : group->minimum;
    group->maximum = time > group->maximum ? time : group->maximum;
    group->sum += (double)time;
    group->others++;
}

bool pings_ended(struct target_result *target, uint32_t seq, const struct ping_record *ping)
{
    if (target->sent == target->ended || seq != (uint32_t)target->ended)
        return true;
    struct ping_group *group = find_group(target, ping);
    if (!group)
        return false;
    add_to_group(group, ping->waited, seq == 0);
    target->ended++;
    if (target->pings)
        target->pings[seq] = *ping;
    return true;
}

void pings_free(struct target_result *target)
{
    free(target->groups);
    free(target->pings);
}
