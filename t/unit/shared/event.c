/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bar.h"
#include "clock.h"
#include "phase.h"
#include "tap.h"

#define TARGETS 3
#define PINGS 5

static const struct {
    const char *name;
    struct event event;
    bool valid;
} records[] = {
    {"the first kind", {.version = EVENT_VERSION, .kind = EVENT_SANDBOX}, true},
    {"all bars of the sandbox",
     {.version = EVENT_VERSION, .kind = EVENT_SANDBOX, .code = BAR_BIT(BAR_COUNT) - 1},
     true},
    {"the last kind", {.version = EVENT_VERSION, .kind = EVENT_DONE}, true},
    {"the last phase, target and ping",
     {.version = EVENT_VERSION, .kind = EVENT_PING_SENT, .phase = PHASE_PING, .target = 2, .seq = 4},
     true},
    {"the days of an expired certificate", {.version = EVENT_VERSION, .kind = EVENT_CERTIFICATE, .value = -3}, true},
    {"any code", {.version = EVENT_VERSION, .kind = EVENT_LOG, .code = UINT32_MAX}, true},
    {"the greatest times",
     {.version = EVENT_VERSION, .kind = EVENT_TCP_RTT, .at = INT64_MAX, .value = INT64_MAX},
     true},
    {"version 0", {.version = 0, .kind = EVENT_DONE}, false},
    {"the next version", {.version = EVENT_VERSION + 1, .kind = EVENT_DONE}, false},
    {"kind 0", {.version = EVENT_VERSION, .kind = 0}, false},
    {"a kind behind the last", {.version = EVENT_VERSION, .kind = EVENT_KIND_END}, false},
    {"the greatest kind", {.version = EVENT_VERSION, .kind = UINT32_MAX}, false},
    {"a bar behind the last", {.version = EVENT_VERSION, .kind = EVENT_SANDBOX, .code = BAR_BIT(BAR_COUNT)}, false},
    {"a phase behind the last", {.version = EVENT_VERSION, .kind = EVENT_PHASE_END, .phase = PHASE_COUNT}, false},
    {"a target behind the last", {.version = EVENT_VERSION, .kind = EVENT_PING_SENT, .target = TARGETS}, false},
    {"a ping behind the last", {.version = EVENT_VERSION, .kind = EVENT_PING_SENT, .seq = PINGS}, false},
    {"a certificate of the chain that has expired", {.version = EVENT_VERSION, .kind = EVENT_CHAIN, .value = -3}, true},
    {"the last kind of offer",
     {.version = EVENT_VERSION, .kind = EVENT_OFFER, .value = OFFER_KIND_END - 1, .code = 1},
     true},
    {"a kind of offer behind it", {.version = EVENT_VERSION, .kind = EVENT_OFFER, .value = OFFER_KIND_END}, false},
    {"the greatest kind of offer", {.version = EVENT_VERSION, .kind = EVENT_OFFER, .value = INT64_MAX}, false},
    {"a negative one", {.version = EVENT_VERSION, .kind = EVENT_OFFER, .value = -1}, false},
    {"a time before the clock's start", {.version = EVENT_VERSION, .kind = EVENT_DONE, .at = -1}, false},
    {"a negative RTT", {.version = EVENT_VERSION, .kind = EVENT_PING_RESULT, .value = -1}, false},
};

static void check_records(void)
{
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        ok(event_valid(&records[i].event, TARGETS, PINGS) == records[i].valid, "%s is %s", records[i].name,
           records[i].valid ? "valid" : "refused");

    struct event whole = event_new(EVENT_DONE);
    char *const fields[] = {whole.type, whole.name, whole.by, whole.text};
    const size_t sizes[] = {sizeof whole.type, sizeof whole.name, sizeof whole.by, sizeof whole.text};
    for (size_t i = 0; i < 4; i++) {
        whole = event_new(EVENT_DONE);
        memset(fields[i], 'x', sizes[i] - 1);
        ok(event_valid(&whole, 1, 1), "text field %zu may be full", i);
        fields[i][sizes[i] - 1] = 'x';
        ok(!event_valid(&whole, 1, 1), "text field %zu must end", i);
    }
}

/* Which conditions each kind may have. */
static const struct {
    const char *name;
    struct event event;
    bool valid;
} conditions[] = {
    {"an end by a condition of ours", {.kind = EVENT_FAILURE, .condition = CONDITION_DNS_FAILED}, true},
    {"an end by a server's word", {.kind = EVENT_FAILURE, .wire = WIRE_STREAM_CONFLICT}, true},
    {"an end by a fault of our own", {.kind = EVENT_FAILURE, .code = 1}, true},
    {"an end for no reason", {.kind = EVENT_FAILURE}, false},
    {"an end by both", {.kind = EVENT_FAILURE, .condition = CONDITION_DNS_FAILED, .wire = WIRE_SASL_ABORTED}, false},
    {"a fault of our own with a condition", {.kind = EVENT_FAILURE, .code = 1, .wire = WIRE_SASL_ABORTED}, false},
    {"an end by what is OK", {.kind = EVENT_FAILURE, .condition = CONDITION_ENDPOINT_DOWN}, false},
    {"an end by what is a WARNING", {.kind = EVENT_FAILURE, .condition = CONDITION_CERT_EXPIRING}, false},
    {"the first condition that is none", {.kind = EVENT_FAILURE, .condition = CONDITION_COUNT}, false},
    {"the greatest", {.kind = EVENT_FAILURE, .condition = UINT32_MAX}, false},
    {"the first word that is none", {.kind = EVENT_FAILURE, .wire = WIRE_COUNT}, false},
    {"the greatest word", {.kind = EVENT_FAILURE, .wire = UINT32_MAX}, false},
    {"an endpoint that took the connection", {.kind = EVENT_ENDPOINT}, true},
    {"one that did not", {.kind = EVENT_ENDPOINT, .condition = CONDITION_CONNECT_REFUSED}, true},
    {"one that is down by itself", {.kind = EVENT_ENDPOINT, .condition = CONDITION_ENDPOINT_DOWN}, false},
    {"an error answer", {.kind = EVENT_PING_ERROR, .wire = WIRE_STANZA_GONE}, true},
    {"one that says nothing known", {.kind = EVENT_PING_ERROR, .wire = WIRE_UNDEFINED_CONDITION}, true},
    {"one without a word", {.kind = EVENT_PING_ERROR}, false},
    {"one with a word for streams", {.kind = EVENT_PING_ERROR, .wire = WIRE_STREAM_RESET}, false},
    {"one with a condition of ours", {.kind = EVENT_PING_ERROR, .condition = CONDITION_PING_TIMEOUT}, false},
    {"a flaw", {.kind = EVENT_FLAW, .condition = CONDITION_SCRAM_WEAK}, true},
    {"a flaw that would end the run", {.kind = EVENT_FLAW, .condition = CONDITION_TLS_FAILED}, false},
    {"a flaw that is none", {.kind = EVENT_FLAW, .condition = CONDITION_ENDPOINT_DOWN}, false},
    {"a flaw without a condition", {.kind = EVENT_FLAW}, false},
    {"a flaw that a server names", {.kind = EVENT_FLAW, .wire = WIRE_STANZA_GONE}, false},
    {"the last reason to ignore", {.kind = EVENT_IGNORED, .code = IGNORED_COUNT - 1}, true},
    {"no reason to ignore", {.kind = EVENT_IGNORED, .code = IGNORED_COUNT}, false},
    {"a pong with a condition", {.kind = EVENT_PING_RESULT, .wire = WIRE_STANZA_GONE}, false},
    {"an offer with a condition", {.kind = EVENT_OFFER, .condition = CONDITION_OFFERED}, false},
    {"a good end with a condition", {.kind = EVENT_DONE, .condition = CONDITION_ENDPOINT_DOWN}, false},
};

static void check_conditions(void)
{
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        struct event event = conditions[i].event;
        event.version = EVENT_VERSION;
        ok(event_valid(&event, TARGETS, PINGS) == conditions[i].valid, "%s is %s", conditions[i].name,
           conditions[i].valid ? "valid" : "refused");
    }
    struct event event = event_new(EVENT_FAILURE);
    event_set_condition(&event, (struct any_condition){.wire = WIRE_SASL_ABORTED});
    ok(event_condition(&event).wire == WIRE_SASL_ABORTED && event_condition(&event).own == CONDITION_NONE,
       "a condition is read as it was written");
}

static void check_new(void)
{
    int64_t before = clock_now();
    struct event event = event_new(EVENT_TLS);
    ok(event.at >= before && event.at <= clock_now(), "a new event is stamped now");
    is_int(event.kind, EVENT_TLS, "has its kind");
    ok(event_valid(&event, 1, 1), "and is valid");
    struct event empty = {.version = event.version, .kind = event.kind, .at = event.at};
    ok(memcmp(&empty, &event, sizeof event) == 0, "all else in it is zero, so that nothing leaks");
}

static void check_copy(void)
{
    static const struct {
        const char *in;
        const char *out;
    } copies[] = {
        {NULL, ""},
        {"", ""},
        {"1234567", "1234567"},
        {"12345678", "1234567"},
        {"123456\xc3\xa4", "123456"},
        {"12345\xc3\xa4", "12345\xc3\xa4"},
        {"1234\xf0\x9f\x98\x80", "1234"},
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80", "\x80\x80\x80\x80"},
    };
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        char field[8];
        memset(field, 'x', sizeof field);
        event_set(field, copies[i].in);
        is_str(field, copies[i].out, "'%s' is kept as '%s'", copies[i].in ? copies[i].in : "NULL", copies[i].out);
        ok(memchr(field, 'x', sizeof field) == NULL, "and the rest is wiped");
    }
}

/* Writes COUNT numbered records to FD. */
static _Noreturn void write_all(int fd, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct event event = event_new(EVENT_LOG);
        event.code = i;
        if (!event_write(fd, &event))
            _exit(1);
    }
    _exit(0);
}

/* More than a pipe holds, so that the writer must wait. */
static void check_full_pipe(bool blocking)
{
    enum { RECORDS = 500 };
    int ends[2];
    if (pipe(ends) != 0)
        return;
    if (!blocking)
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
    pid_t writer = fork();
    if (writer == 0)
        write_all(ends[1], RECORDS);
    close(ends[1]);
    usleep(50000);
    uint32_t read_count = 0;
    bool in_order = true;
    struct event event;
    FILE *in = fdopen(ends[0], "r");
    while (fread(&event, sizeof event, 1, in) == 1)
        in_order = in_order && event_valid(&event, 1, 1) && event.code == read_count++;
    fclose(in);
    int status = -1;
    waitpid(writer, &status, 0);
    is_int(read_count, RECORDS, "no record is lost in a %s pipe that is full", blocking ? "blocking" : "non-blocking");
    ok(in_order && status == 0, "and all are whole and in order");
}

static void check_lost_reader(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return;
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    struct event event = event_new(EVENT_DONE);
    ok(!event_write(ends[1], &event), "a writer whose reader is gone is told");
    close(ends[1]);
}

int main(void)
{
    check_records();
    check_conditions();
    check_new();
    check_copy();
    check_full_pipe(true);
    check_full_pipe(false);
    check_lost_reader();
    done_testing();
    return exit_status();
}
