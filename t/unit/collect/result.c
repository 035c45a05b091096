/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

#define LONGEST INT64_C(3600000000000000000) /* 1,000,000 hours: what fits wherever times are added and printed */

static struct target targets[] = {{.count = 3}, {.count = 1}};
static const struct settings settings = {.targets = targets, .target_count = 2};

static void take(struct result *result, struct event event)
{
    event.version = EVENT_VERSION;
    result_take(&event, result);
}

static void close_at(struct result *result, int64_t at)
{
    struct supervision supervision = {.end = SUPERVISE_DONE, .ended_at = at};
    result_close(result, &supervision);
}

/* Begin (b) or end (e) of a phase at a time. */
struct edge {
    char what;
    enum phase phase;
    int64_t at;
};

static const struct {
    const char *name;
    struct edge edges[8];
    int64_t end;
    int64_t dns, stream, tls; /* -1: not entered */
    bool open;
    enum phase last;
} ledgers[] = {
    {"nothing begun is nothing spent", {{0}}, 9, -1, -1, -1, false, PHASE_DNS},
    {"a phase lasts from begin to end", {{'b', PHASE_DNS, 5}, {'e', PHASE_DNS, 8}}, 100, 3, -1, -1, false, PHASE_DNS},
    {"a phase that is begun again goes on",
     {{'b', PHASE_STREAM, 5},
      {'e', PHASE_STREAM, 8},
      {'b', PHASE_TLS, 8},
      {'e', PHASE_TLS, 10},
      {'b', PHASE_STREAM, 10},
      {'e', PHASE_STREAM, 14}},
     100,
     -1,
     7,
     2,
     false,
     PHASE_STREAM},
    {"an open phase lasts until the end",
     {{'b', PHASE_STREAM, 5}, {'e', PHASE_STREAM, 8}, {'b', PHASE_TLS, 9}},
     30,
     -1,
     3,
     21,
     true,
     PHASE_TLS},
    {"the next phase ends the one before",
     {{'b', PHASE_DNS, 1}, {'b', PHASE_TLS, 4}, {'e', PHASE_TLS, 5}},
     9,
     3,
     -1,
     1,
     false,
     PHASE_TLS},
    {"an end without a begin is nothing",
     {{'e', PHASE_DNS, 4}, {'b', PHASE_TLS, 5}, {'e', PHASE_DNS, 7}, {'e', PHASE_TLS, 8}, {'e', PHASE_TLS, 9}},
     10,
     -1,
     -1,
     3,
     false,
     PHASE_TLS},
    {"time does not run backwards", {{'b', PHASE_DNS, 9}, {'e', PHASE_DNS, 5}}, 9, 0, -1, -1, false, PHASE_DNS},
    {"nor does it overflow",
     {{'b', PHASE_DNS, 0}, {'b', PHASE_DNS, INT64_MAX}, {'b', PHASE_DNS, 0}, {'b', PHASE_DNS, INT64_MAX}},
     9,
     LONGEST,
     -1,
     -1,
     true,
     PHASE_DNS},
};

static void is_spent(const struct result *result, enum phase phase, int64_t expected)
{
    if (expected < 0)
        ok(!result->entered[phase], "  %s is not entered", phase_name(phase));
    else
        ok(result->entered[phase] && result->spent[phase] == expected, "  %s takes %lld", phase_name(phase),
           (long long)expected);
}

static void check_ledger(void)
{
    for (size_t i = 0; i < sizeof ledgers / sizeof ledgers[0]; i++) {
        struct result result;
        result_init(&result, &settings, 1);
        for (const struct edge *edge = ledgers[i].edges; edge->what; edge++)
            take(&result, (struct event){.kind = edge->what == 'b' ? EVENT_PHASE_BEGIN : EVENT_PHASE_END,
                                         .phase = edge->phase,
                                         .at = edge->at});
        close_at(&result, ledgers[i].end);
        ok(result.open == ledgers[i].open && result.phase == ledgers[i].last, "%s", ledgers[i].name);
        is_spent(&result, PHASE_DNS, ledgers[i].dns);
        is_spent(&result, PHASE_STREAM, ledgers[i].stream);
        is_spent(&result, PHASE_TLS, ledgers[i].tls);
        result_free(&result);
    }
}

static struct event ping(enum event_kind kind, uint32_t target, uint32_t seq, int64_t value)
{
    struct event event = {.kind = kind, .target = target, .seq = seq, .value = value};
    event.wire = WIRE_STANZA_FORBIDDEN;
    event_set(event.type, "auth");
    event_set(event.by, "b|example");
    event_set(event.text, "<no>\n");
    return event;
}

/* Where each ping is shown, each is kept. */
static void check_pings(void)
{
    struct settings verbose = settings;
    verbose.verbose = 1;
    struct result result;
    ok(result_init(&result, &verbose, 42), "a result begins empty");
    is_int(result.started_at, 42, "but for its start");
    is_int(result.targets[0].count, 3, "and knows the pings of the settings");

    take(&result, ping(EVENT_PING_RESULT, 0, 0, 7));
    is_int(result.targets[0].pings[0].outcome, PING_UNSENT, "an answer to a ping that was not sent is nothing");
    take(&result, ping(EVENT_PING_SENT, 0, 1, 0));
    is_int(result.targets[0].sent, 0, "the first ping comes first");
    take(&result, ping(EVENT_PING_SENT, 0, 0, 0));
    is_int(result.targets[0].pings[0].outcome, PING_PENDING, "a ping that was sent is pending");
    take(&result, ping(EVENT_PING_SENT, 0, 0, 0));
    take(&result, ping(EVENT_PING_SENT, 0, 1, 0));
    is_int(result.targets[0].sent, 1, "it is sent once, and no other before its end");
    take(&result, ping(EVENT_PING_RESULT, 0, 0, 7));
    take(&result, ping(EVENT_PING_ERROR, 0, 0, 9));
    is_int(result.targets[0].pings[0].outcome, PING_RESULT, "the first answer counts");
    is_int(result.targets[0].pings[0].waited, 7, "with its time");

    take(&result, ping(EVENT_PING_SENT, 0, 1, 0));
    take(&result, ping(EVENT_PING_ERROR, 0, 1, 8));
    const struct ping_record *record = &result.targets[0].pings[1];
    ok(record->outcome == PING_ERROR && record->waited == 8, "an error is an answer");
    is_int(record->condition, WIRE_STANZA_FORBIDDEN, "its condition is kept");
    is_str(record->type, "auth", "its type is kept");
    is_str(record->by, "b?example", "its origin is cleaned");
    is_str(record->text, "(no)", "its text is cleaned");

    take(&result, ping(EVENT_PING_SENT, 0, 2, 0));
    take(&result, ping(EVENT_PING_TIMEOUT, 0, 2, 9));
    is_int(result.targets[0].pings[2].outcome, PING_TIMED_OUT, "silence is none");
    take(&result, ping(EVENT_PING_SENT, 0, 3, 0));
    ok(result.targets[0].sent == 3 && result.targets[0].ended == 3, "all that counts is counted");

    take(&result, ping(EVENT_PING_SENT, 1, 1, 0));
    take(&result, ping(EVENT_PING_SENT, 2, 0, 0));
    take(&result, ping(EVENT_PING_SENT, UINT32_MAX, UINT32_MAX, 0));
    is_int(result.targets[1].sent, 0, "a ping out of bounds is ignored");
    result_free(&result);
    ok(result.targets == NULL, "nothing is left");
}

static void take_ping(struct result *result, uint32_t target, uint32_t seq, struct event end)
{
    take(result, ping(EVENT_PING_SENT, target, seq, 0));
    end.target = target;
    end.seq = seq;
    take(result, end);
}

static void check_groups(void)
{
    struct target many[] = {{.count = 1000}};
    struct settings one = {.targets = many, .target_count = 1};
    struct result result;
    result_init(&result, &one, 0);
    const struct target_result *target = &result.targets[0];
    ok(!target->pings, "without -v and JSON there is no list of pings");
    static const int64_t times[] = {50, 7, 3, 8};
    for (uint32_t i = 0; i < 4; i++)
        take_ping(&result, 0, i, (struct event){.kind = EVENT_PING_RESULT, .value = times[i]});
    is_int((long long)target->group_count, 1, "results are one group");
    const struct ping_group *group = &target->groups[0];
    ok(group->count == 4 && group->has_first && group->first == 50, "which knows the first ping");
    ok(group->others == 3 && group->minimum == 3 && group->maximum == 8 && group->sum > 17.9 && group->sum < 18.1,
       "and the figures of the others");

    for (uint32_t i = 4; i < 7; i++)
        take_ping(&result, 0, i, ping(EVENT_PING_ERROR, 0, 0, i));
    take_ping(&result, 0, 7, ping(EVENT_PING_TIMEOUT, 0, 0, 9));
    struct event other = ping(EVENT_PING_ERROR, 0, 0, 5);
    event_set(other.type, "wait");
    take_ping(&result, 0, 8, other);
    event_set(other.by, "c.example");
    take_ping(&result, 0, 9, other);
    other.wire = WIRE_STANZA_GONE;
    take_ping(&result, 0, 10, other);
    take_ping(&result, 0, 11, other);
    is_int((long long)target->group_count, 6, "errors of another condition, type or sender are another group");
    group = &target->groups[1];
    ok(group->count == 3 && !group->has_first && group->example.waited == 4, "each knows the first of them");
    is_str(group->example.text, "(no)", "its text is cleaned");
    ok(target->groups[2].example.outcome == PING_TIMED_OUT && target->groups[2].count == 1, "silence is one, too");
    ok(target->sent == 12 && target->ended == 12, "all are counted");

    for (uint32_t i = 12; i < 1000; i++) {
        snprintf(other.by, sizeof other.by, "%u.example", i);
        other.wire = WIRE_STANZA_FORBIDDEN;
        take_ping(&result, 0, i, other);
    }
    is_int((long long)target->group_count, PING_GROUPS_MAX, "there are no more groups than so many");
    group = &target->groups[PING_GROUPS_MAX - 1];
    is_int(group->example.condition, WIRE_UNDEFINED_CONDITION, "of which the last has no good reason");
    int pings = 0;
    for (size_t i = 0; i < target->group_count; i++)
        pings += target->groups[i].count;
    is_int(pings, 1000, "but all the rest");
    ok(!result.out_of_memory, "which is no lack of memory");
    result_free(&result);
}

/* Memory goes by targets, not by pings. */
static void check_memory(void)
{
    enum { TARGETS = 4000, PINGS = 1000 };
    static struct target many[TARGETS];
    for (size_t i = 0; i < TARGETS; i++)
        many[i].count = PINGS;
    struct settings all = {.targets = many, .target_count = TARGETS};
    struct result result;
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    result_init(&result, &all, 0);
    for (uint32_t i = 0; i < TARGETS; i++)
        for (uint32_t j = 0; j < PINGS; j++)
            take_ping(&result, i, j, ping(j % 3 == 0 ? EVENT_PING_ERROR : EVENT_PING_RESULT, 0, 0, j));
    size_t used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    is_int(result.targets[TARGETS - 1].ended, PINGS, "4,000 targets answer 1,000 pings each");
    ok(used < (size_t)8 << 20, "which takes less than 8 MiB: %zu kB", used / 1024);
    result_free(&result);
}

static void check_facts(void)
{
    struct result result;
    result_init(&result, &settings, 0);
    struct event event = {.kind = EVENT_ENDPOINT, .value = 5, .code = TLS_DIRECT};
    event_set(event.text, "a$b 192.0.2.1:5223");
    event.condition = CONDITION_CONNECT_REFUSED;
    event_set(event.name, "Connection refused");
    for (int i = 0; i < 1000; i++)
        take(&result, event);
    is_int((long long)result.endpoint_count, 256, "endpoints are kept, within reason");
    is_str(result.endpoints[255].name, "a?b 192.0.2.1:5223", "with name");
    is_int(result.endpoints[255].condition.own, CONDITION_CONNECT_REFUSED, "condition");
    is_str(result.endpoints[255].cause, "Connection refused", "cause");
    ok(result.endpoints[255].time == 5 && result.endpoints[255].tls == TLS_DIRECT, "time and mode");

    event = (struct event){.kind = EVENT_ATTEMPT};
    for (int i = 0; i < 100; i++) {
        snprintf(event.text, sizeof event.text, "a %d", i);
        take(&result, event);
    }
    is_int((long long)result.attempt_count, ATTEMPTS_MAX, "attempts are kept, within reason");
    event = (struct event){.kind = EVENT_ENDPOINT};
    event_set(event.text, "a 0");
    take(&result, event);
    is_int((long long)result.attempt_count, ATTEMPTS_MAX - 1, "an attempt that has ended is none any more");
    is_str(result.attempts[0], "a 1", "the next one is the first");
    is_str(result.attempts[ATTEMPTS_MAX - 2], "a 7", "the last one is kept");

    event = (struct event){.kind = EVENT_TLS, .code = 1};
    event_set(event.name, "TLSv1.3");
    event_set(event.text, "C");
    take(&result, event);
    ok(result.tls && result.tls_verified, "TLS facts are kept");
    is_str(result.tls_version, "TLSv1.3", "version");
    is_str(result.tls_cipher, "C", "cipher");
    event = (struct event){.kind = EVENT_CERTIFICATE, .value = -4};
    event_set(event.text, "*.example.org");
    take(&result, event);
    ok(result.certificate && result.days_left == -4, "days left of the certificate");
    take(&result, (struct event){.kind = EVENT_CERTIFICATE, .value = INT64_MIN});
    is_int(result.days_left, -10000000, "within reason");
    take(&result, event);
    is_str(result.certificate_names, "*.example.org", "its names");
    ok(!result.login_way, "nothing is known of the login before it is told");
    event = (struct event){.kind = EVENT_MECHANISM};
    event_set(event.name, "PLAIN");
    take(&result, event);
    is_str(result.mechanism, "PLAIN", "the mechanism");
    is_str(result.login_way, "rfc6120", "the way of the login");
    event.code = 1;
    take(&result, event);
    is_str(result.login_way, "sasl2", "the other way");
    ok(!result.sandboxed, "nothing is known of the sandbox before it is told");
    take(&result, (struct event){.kind = EVENT_SANDBOX, .code = 5});
    ok(result.sandboxed && result.bars == 5, "the bars of the sandbox");
    ok(!result.tcp, "no TCP RTT before it is told");
    take(&result, (struct event){.kind = EVENT_TCP_RTT, .value = 77});
    ok(result.tcp && result.tcp_rtt == 77, "the TCP RTT");

    take(&result, (struct event){.kind = EVENT_TCP_RTT, .value = INT64_MAX});
    is_int(result.tcp_rtt, LONGEST, "times are bounded");

    static const enum event_ignored kinds[] = {IGNORED_REFLECTED, IGNORED_STRANGER, IGNORED_STRANGER, IGNORED_DUPLICATE,
                                               IGNORED_UNASKED};
    for (size_t i = 0; i < 5; i++)
        take(&result, (struct event){.kind = EVENT_IGNORED, .code = kinds[i]});
    const int *ignored = result.ignored;
    ok(ignored[IGNORED_REFLECTED] == 1 && ignored[IGNORED_STRANGER] == 2 && ignored[IGNORED_DUPLICATE] == 1 &&
           ignored[IGNORED_UNASKED] == 1,
       "ignored answers are counted by kind");

    event = (struct event){.kind = EVENT_FAILURE, .phase = PHASE_AUTH, .code = 1};
    event.wire = WIRE_SASL_ABORTED;
    event_set(event.text, "`x`");
    take(&result, event);
    ok(result.failed && result.own_fault && result.failure_phase == PHASE_AUTH, "a failure is kept");
    is_int(result.condition.wire, WIRE_SASL_ABORTED, "with its condition");
    is_str(result.cause, "_x_", "and its cause, cleaned");
    struct supervision supervision = {.end = SUPERVISE_CRASHED, .signal = 11, .ended_at = 9};
    result_close(&result, &supervision);
    ok(result.supervision.end == SUPERVISE_CRASHED && result.supervision.signal == 11, "how the child ended is kept");
    ok(!result.out_of_memory, "all had room");
    result_free(&result);
}

static void check_candidates(void)
{
    static const struct {
        const char *host, *family;
        int64_t port;
        uint32_t tls;
        const char *name;
        bool good;
        int kept_family;
    } rows[] = {
        {"xmpp.example.org.", "ipv4", 5222, TLS_STARTTLS, "a host by IPv4", true, AF_INET},
        {"xmpp.example.org", "ipv6", 5223, TLS_DIRECT, "a host by IPv6", true, AF_INET6},
        {"192.0.2.1", "", 1, TLS_NONE, "an address by whichever family", true, AF_UNSPEC},
        {"2001:db8::1", "ipv6", 65535, TLS_STARTTLS, "an IPv6 address", true, AF_INET6},
        {"xmpp.example.org", "ipv5", 5222, TLS_STARTTLS, "an unknown family is whichever", true, AF_UNSPEC},
        {"", "ipv4", 5222, TLS_STARTTLS, "no host", false, 0},
        {"not a host", "ipv4", 5222, TLS_STARTTLS, "no host name", false, 0},
        {"xmpp.example.org", "ipv4", 0, TLS_STARTTLS, "port 0", false, 0},
        {"xmpp.example.org", "ipv4", 65536, TLS_STARTTLS, "a port above all", false, 0},
        {"xmpp.example.org", "ipv4", 5222, TLS_AUTO, "TLS that is not decided", false, 0},
        {"xmpp.example.org", "ipv4", 5222, 99, "TLS that does not exist", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct result result;
        result_init(&result, &settings, 0);
        struct event event = {.kind = EVENT_CANDIDATE, .value = rows[i].port, .code = rows[i].tls};
        event_set(event.text, rows[i].host);
        event_set(event.name, rows[i].family);
        take(&result, event);
        is_int((long long)result.candidate_count, rows[i].good, "%s is %s", rows[i].name,
               rows[i].good ? "kept" : "dropped");
        ok(result.nonsense == !rows[i].good, "and it is known whether that makes sense");
        if (result.candidate_count == 1) {
            is_str(result.candidates[0].host, rows[i].host, "with its host");
            is_int(result.candidates[0].family, rows[i].kept_family, "and its family");
        }
        result_free(&result);
    }
    struct result result;
    result_init(&result, &settings, 0);
    struct event event = {.kind = EVENT_CANDIDATE, .value = 5222, .code = TLS_STARTTLS};
    event_set(event.text, "xmpp.example.org");
    for (int i = 0; i < 1000; i++)
        take(&result, event);
    is_int((long long)result.candidate_count, 64, "there are no more than so many");
    is_int((long long)result.candidates_left_out, 936, "and it is known how many more there were");
    ok(!result.out_of_memory, "which is no lack of memory");
    result_free(&result);
}

static void offer(struct result *result, enum offer_kind kind, const char *name, uint32_t code)
{
    struct event event = {.kind = EVENT_OFFER, .value = kind, .code = code};
    event_set(event.name, name);
    take(result, event);
}

/* All names of OFFERS, with '+' behind each. */
static const char *names_of(const struct offers *offers)
{
    static char names[OFFERS_MAX * sizeof offers->names[0]];
    names[0] = '\0';
    for (size_t i = 0; i < offers->count; i++)
        strcat(strcat(names, offers->names[i]), "+");
    return names;
}

static void check_offers(void)
{
    struct result result;
    result_init(&result, &settings, 0);
    offer(&result, OFFER_STARTTLS, "", 0);
    offer(&result, OFFER_STARTTLS_REQUIRED, "ignored", 0);
    ok(!result.before_tls.came && !result.behind_tls.came, "features come when they have been told whole");
    take(&result, (struct event){.kind = EVENT_FEATURES});
    ok(result.before_tls.came && !result.behind_tls.came, "those before TLS");
    is_str(names_of(&result.before_tls), "starttls+starttls-required+", "with what they offer, by our words");
    offer(&result, OFFER_MECHANISM, "SCRAM-SHA-1", 1);
    offer(&result, OFFER_MECHANISM, "SCRAM-SHA-1", 1);
    offer(&result, OFFER_MECHANISM, "sasl2", 1);
    offer(&result, OFFER_MECHANISM, " PLAIN ", 1);
    offer(&result, OFFER_MECHANISM, "", 1);
    offer(&result, OFFER_MECHANISM, "A23456789012345678901", 1);
    offer(&result, OFFER_BINDING, "tls-exporter", 1);
    offer(&result, OFFER_BINDING, "<b>|\x1b", 1);
    static const enum offer_kind kinds[] = {OFFER_CHANNEL_BINDING, OFFER_SASL2, OFFER_BIND2, OFFER_DIALBACK};
    for (size_t i = 0; i < 4; i++)
        offer(&result, kinds[i], "", 1);
    take(&result, (struct event){.kind = EVENT_FEATURES, .code = 1});
    is_str(names_of(&result.behind_tls),
           "SCRAM-SHA-1+mechanism:sasl2+mechanism:PLAIN+mechanism:+mechanism:A23456789012345678901+"
           "channel-binding:tls-exporter+channel-binding:(b)?+channel-binding+sasl2+bind2+dialback+",
           "no word of a server is one of ours, nor a mechanism if it is no name of one; each stands there once");
    for (int i = 0; i < FEATURE_COUNT; i++)
        ok(i == FEATURE_PLAIN_BEFORE_TLS || offers_have(&result.behind_tls, server_feature_names[i]) ||
               offers_have(&result.before_tls, server_feature_names[i]),
           "%s can be offered", server_feature_names[i]);
    ok(offers_have_mechanism(&result.behind_tls) && !offers_have_mechanism(&result.before_tls),
       "mechanisms are told from all else");
    ok(!result.behind_tls.cut, "all is there");
    for (int i = 0; i < 1000; i++) {
        char name[24];
        snprintf(name, sizeof name, "X-%d", i);
        offer(&result, OFFER_MECHANISM, name, 1);
    }
    ok(result.behind_tls.count == OFFERS_MAX && result.behind_tls.cut, "of too many it is known that there were more");
    take(&result, (struct event){.kind = EVENT_FEATURES, .value = 1});
    ok(result.before_tls.cut, "so it is when the child says so");
    take(&result, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_CONNECT});
    ok(!result.before_tls.came && !result.behind_tls.came && result.behind_tls.count == 0 && !result.behind_tls.cut,
       "another connection begins anew");
    result_free(&result);
}

static void check_chain(void)
{
    struct result result;
    result_init(&result, &settings, 0);
    take(&result, (struct event){.kind = EVENT_CERTIFICATE, .value = 1});
    struct event event = {.kind = EVENT_CHAIN, .value = INT64_MAX, .code = UINT32_MAX};
    event_set(event.text, "Root|CA");
    event_set(event.name, "EC$");
    event_set(event.by, "2027\n");
    for (int i = 0; i < 100; i++)
        take(&result, event);
    is_int((long long)result.chain_length, CHAIN_MAX, "of a chain so many are kept");
    const struct chain_link *last = &result.chain[CHAIN_MAX - 1];
    is_str(last->names, "Root?CA", "with whose each is, cleaned");
    is_str(last->key, "EC?", "the kind of its key");
    is_str(last->until, "2027", "its end");
    ok(last->bits == 1000000 && last->days_left == 10000000, "and numbers within reason");
    take(&result, (struct event){.kind = EVENT_CERTIFICATE, .value = 1});
    is_int((long long)result.chain_length, 0, "another certificate has another chain");
    result_free(&result);
}

static void check_log(void)
{
    struct result result;
    result_init(&result, &settings, 0);
    struct event event = {.kind = EVENT_LOG, .code = 1};
    event_set(event.text, "one ");
    take(&result, event);
    event.code = 0;
    event_set(event.text, "line");
    take(&result, event);
    event_set(event.text, "next <a b='c'>>\nXMPP PING OK - all is well");
    take(&result, event);
    char text[200];
    size_t at = 0;
    ok(result_log_line(&result, &at, false, text), "pieces of the log become lines");
    is_str(text, "one line", "the first");
    ok(result_log_line(&result, &at, false, text), "a line feed in a stanza begins none");
    is_str(text, "next (a b=_c_)) XMPP PING OK - all is well", "it is a blank");
    at = 0;
    result_log_line(&result, &at, true, text);
    result_log_line(&result, &at, true, text);
    is_str(text, "next <a b='c'>> XMPP PING OK - all is well", "as XML it stays XML");
    ok(!result_log_line(&result, &at, true, text), "and that is all");
    memset(event.text, 'x', sizeof event.text - 1);
    for (int i = 0; i < 100000; i++)
        take(&result, event);
    ok(result.log_length > 4000000 && result.log_length <= 1 << 22, "a log without end has one");
    result_free(&result);
}

int main(void)
{
    check_ledger();
    check_pings();
    check_groups();
    check_memory();
    check_facts();
    check_candidates();
    check_offers();
    check_chain();
    check_log();
    done_testing();
    return exit_status();
}
