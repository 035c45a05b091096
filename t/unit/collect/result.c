/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result.h"

#include <stdio.h>
#include <string.h>

#include "taken.h"
#include "tap.h"

#define LONGEST INT64_C(3600000000000000000) /* 1,000,000 hours: what fits wherever times are added and printed */

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
    check_facts();
    check_candidates();
    check_chain();
    check_log();
    done_testing();
    return exit_status();
}
