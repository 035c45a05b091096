/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "srv.h"

#include <stdlib.h>
#include <string.h>

enum srv_answer srv_sift(struct srv_record *records, size_t *count)
{
    if (*count == 0)
        return SRV_NONE;
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (records[i].target[0] != '\0' && strcmp(records[i].target, ".") != 0)
            records[kept++] = records[i];
    *count = kept;
    return kept > 0 ? SRV_RECORDS : SRV_NOT_OFFERED;
}

enum srv_plan srv_plan(const enum srv_answer *answers, size_t count)
{
    bool not_offered = false, failed = false;
    for (size_t i = 0; i < count; i++) {
        if (answers[i] == SRV_RECORDS)
            return SRV_PLAN_RECORDS;
        not_offered |= answers[i] == SRV_NOT_OFFERED;
        failed |= answers[i] == SRV_FAILED || answers[i] == SRV_OPEN;
    }
    if (!not_offered)
        return SRV_PLAN_FALLBACK;
    return failed ? SRV_PLAN_FAILED : SRV_PLAN_NOT_OFFERED;
}

/* RFC 2782: records of weight 0 stand at the beginning of their priority. */
static int compare(const void *left, const void *right)
{
    const struct srv_record *a = left, *b = right;
    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    return (a->weight != 0) - (b->weight != 0);
}

static size_t pick(const struct srv_record *records, size_t count, srv_random random, void *userdata)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += records[i].weight;
    uint32_t wanted = random(sum, userdata);
    uint32_t running = 0;
    for (size_t i = 0; i < count; i++) {
        running += records[i].weight;
        if (running >= wanted)
            return i;
    }
    return 0;
}

void srv_order(struct srv_record *records, size_t count, srv_random random, void *userdata)
{
    if (count < 2)
        return;
    qsort(records, count, sizeof(*records), compare);
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == end)
            while (end < count && records[end].priority == records[i].priority)
                end++;
        size_t chosen = i + pick(records + i, end - i, random, userdata);
        struct srv_record record = records[chosen];
        memmove(records + i + 1, records + i, (chosen - i) * sizeof(record));
        records[i] = record;
    }
}
