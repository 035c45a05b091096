/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "srv.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

/* The numbers that a test wants to be rolled, one digit each; 'm': the limit itself. */
struct rolls {
    const char *next;
};

static uint32_t roll(uint32_t limit, void *userdata)
{
    struct rolls *rolls = userdata;
    char digit = *rolls->next ? *rolls->next++ : '0';
    return digit == 'm' ? limit : (uint32_t)(digit - '0');
}

/* Reads "NAME:PRIORITY:WEIGHT[!]", separated by spaces, into RECORDS; '!' is one of the direct set. */
static size_t read_records(const char *text, struct srv_record *records)
{
    size_t count = 0;
    int used = 0;
    for (; sscanf(text, " %255[^:]:%hu:%hu%n", records[count].target, &records[count].priority, &records[count].weight,
                  &used) == 3;
         text += used) {
        bool direct = text[used] == '!';
        used += direct;
        records[count++].tls = direct ? TLS_DIRECT : TLS_STARTTLS;
    }
    return count;
}

static const char *names(const struct srv_record *records, size_t count, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%s%s", i ? " " : "", records[i].target,
                                   records[i].tls == TLS_DIRECT ? "!" : "");
    return out;
}

static void order(const char *text, const char *numbers, const char *expected, const char *name)
{
    struct srv_record records[8];
    char got[256];
    memset(records, 0, sizeof(records));
    size_t count = read_records(text, records);
    struct rolls rolls = {numbers};
    srv_order(records, count, roll, &rolls);
    is_str(names(records, count, got, sizeof(got)), expected, "%s", name);
}

static void sift(const char *text, enum srv_answer expected, const char *left, const char *name)
{
    struct srv_record records[8];
    char got[256];
    memset(records, 0, sizeof(records));
    size_t count = read_records(text, records);
    is_int(srv_sift(records, &count), expected, "%s", name);
    is_str(names(records, count, got, sizeof(got)), left, "%s: what is left", name);
}

static void plan(enum srv_answer starttls, enum srv_answer direct, enum srv_plan expected, const char *name)
{
    is_int(srv_plan((enum srv_answer[]){starttls, direct}, 2), expected, "%s", name);
    is_int(srv_plan((enum srv_answer[]){direct, starttls}, 2), expected, "%s, the sets exchanged", name);
}

/* RFC 2782: in the long run weights are shares. */
static uint32_t sequence(uint32_t limit, void *userdata)
{
    uint32_t *seed = userdata;
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*seed * ((uint64_t)limit + 1) >> 32);
}

static void shares(void)
{
    int first = 0;
    uint32_t seed = 1;
    for (int i = 0; i < 10000; i++) {
        struct srv_record records[8];
        memset(records, 0, sizeof(records));
        size_t count = read_records("a:1:10 b:1:30", records);
        srv_order(records, count, sequence, &seed);
        first += records[0].target[0] == 'b';
    }
    ok(first > 7000 && first < 7700,
       "three quarters of the weight come first about three quarters of the time (%d of 10000)", first);
}

int main(void)
{
    order("", "", "", "no records stay none");
    order("a:9:9", "", "a", "one record needs no number");
    order("c:30:0 a:10:0 b:20:0", "", "a b c", "a lower priority comes first");
    order("c:65535:0 a:0:65535", "", "a c", "priorities are unsigned");
    order("a:1:2 b:1:3 c:1:4", "000", "a b c", "the number 0 takes the first");
    order("a:1:2 b:1:3 c:1:4", "200", "a b c", "a running sum that equals the number is taken");
    order("a:1:2 b:1:3 c:1:4", "300", "b a c", "a number beyond the first weight takes the second");
    order("a:1:2 b:1:3 c:1:4", "mmm", "c b a", "the highest number takes the last, each time among the rest");
    order("a:1:5 z:1:0", "0", "z a", "a weight of 0 stands at the beginning and is taken by the number 0 only");
    order("a:1:5 z:1:0", "1", "a z", "a weight of 0 loses against any other number");
    order("x:1:0 a:1:1 y:1:0", "000", "x y a", "zeros keep to the beginning of their priority");
    order("a:2:1 b:1:9 c:2:5 d:1:1", "m0m0", "d b c a", "each priority rolls for itself");
    order("a:1:65535 b:1:65535 c:1:65535", "mmm", "c b a", "sums of large weights do not overflow");
    order("a:10:5 b:30:5 d:20:5!", "", "a d! b", "both sets are mixed by priority (XEP-0368)");
    order("a:1:5 d:1:5!", "6", "d! a", "both sets are mixed by weight (XEP-0368)");
    shares();

    sift("", SRV_NONE, "", "an empty answer has no records");
    sift("a:1:1 b:1:1", SRV_RECORDS, "a b", "targets are records");
    sift(".:0:0", SRV_NOT_OFFERED, "", "the root alone says that the service is not offered");
    sift(".:0:0 a:1:1", SRV_RECORDS, "a", "the root beside a target is left out");
    struct srv_record root = {.target = ""};
    size_t one = 1;
    is_int(srv_sift(&root, &one), SRV_NOT_OFFERED, "the root is also known as an empty name");

    plan(SRV_RECORDS, SRV_RECORDS, SRV_PLAN_RECORDS, "two sets of records are used");
    plan(SRV_RECORDS, SRV_NONE, SRV_PLAN_RECORDS, "one set of records is enough");
    plan(SRV_RECORDS, SRV_FAILED, SRV_PLAN_RECORDS, "records are used though the other set failed");
    plan(SRV_RECORDS, SRV_NOT_OFFERED, SRV_PLAN_RECORDS, "records are used though the other set is not offered");
    plan(SRV_NONE, SRV_NONE, SRV_PLAN_FALLBACK, "no set falls back");
    plan(SRV_NONE, SRV_FAILED, SRV_PLAN_FALLBACK, "none and a failure fall back");
    plan(SRV_FAILED, SRV_OPEN, SRV_PLAN_FALLBACK, "failures fall back");
    plan(SRV_NOT_OFFERED, SRV_NONE, SRV_PLAN_NOT_OFFERED, "not offered forbids the fallback");
    plan(SRV_NOT_OFFERED, SRV_NOT_OFFERED, SRV_PLAN_NOT_OFFERED, "neither is offered");
    plan(SRV_NOT_OFFERED, SRV_FAILED, SRV_PLAN_FAILED, "not offered and a failure leave nothing to try");
    plan(SRV_NOT_OFFERED, SRV_OPEN, SRV_PLAN_FAILED, "not offered and silence leave nothing to try");
    done_testing();
    return exit_status();
}
