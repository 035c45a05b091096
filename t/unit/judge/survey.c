/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a child that asked DNS may say, by what the user has asked for. */
#include "survey.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "guard.h"
#include "tap.h"

#define DOMAIN "example.org"

static const struct {
    const char *name;
    /* asked for */
    const char *hostname;
    uint16_t port;
    enum tls_mode tls;
    int family;
    /* told */
    struct candidate told;
    bool believed;
} cases[] = {
    {"STARTTLS by SRV", NULL, 0, TLS_AUTO, AF_UNSPEC, {"x.test.", 5269, TLS_STARTTLS, AF_INET}, true},
    {"direct TLS by SRV", NULL, 0, TLS_AUTO, AF_UNSPEC, {"x.test.", 443, TLS_DIRECT, AF_INET6}, true},
    {"no TLS by SRV", NULL, 0, TLS_AUTO, AF_UNSPEC, {"x.test.", 5222, TLS_NONE, AF_INET}, false},
    {"direct TLS where STARTTLS was asked for", NULL, 0, TLS_STARTTLS, AF_UNSPEC, {"x.test.", 1, TLS_DIRECT, 0}, false},
    {"STARTTLS where direct TLS was", NULL, 0, TLS_DIRECT, AF_UNSPEC, {"x.test.", 1, TLS_STARTTLS, 0}, false},
    {"no TLS where direct TLS was", NULL, 0, TLS_DIRECT, AF_UNSPEC, {"x.test.", 1, TLS_NONE, 0}, false},
    {"no TLS where that was asked for", NULL, 0, TLS_NONE, AF_UNSPEC, {"x.test.", 1, TLS_NONE, 0}, true},
    {"TLS where none was asked for", NULL, 0, TLS_NONE, AF_UNSPEC, {"x.test.", 1, TLS_STARTTLS, 0}, false},
    {"the family that was asked for", NULL, 0, TLS_AUTO, AF_INET, {"x.test.", 1, TLS_STARTTLS, AF_INET}, true},
    {"the other family", NULL, 0, TLS_AUTO, AF_INET, {"x.test.", 1, TLS_STARTTLS, AF_INET6}, false},
    {"either family where one was asked for", NULL, 0, TLS_AUTO, AF_INET, {"x.test.", 1, TLS_STARTTLS, 0}, false},
    {"the domain at the port", NULL, 15222, TLS_AUTO, 0, {DOMAIN ".", 15222, TLS_STARTTLS, AF_INET}, true},
    {"another port", NULL, 15222, TLS_AUTO, 0, {DOMAIN ".", 25, TLS_STARTTLS, AF_INET}, false},
    {"another host at the port", NULL, 15222, TLS_AUTO, 0, {"x.test.", 15222, TLS_STARTTLS, AF_INET}, false},
    {"direct TLS at the port", NULL, 15222, TLS_AUTO, 0, {DOMAIN ".", 15222, TLS_DIRECT, AF_INET}, false},
    {"the host", "X.test", 0, TLS_AUTO, 0, {"x.test", 5222, TLS_STARTTLS, AF_INET}, true},
    {"the host at another port", "x.test", 0, TLS_AUTO, 0, {"x.test", 22, TLS_STARTTLS, AF_INET}, false},
    {"the host by direct TLS", "x.test", 0, TLS_DIRECT, 0, {"x.test", 5223, TLS_DIRECT, AF_INET}, true},
    {"another host", "x.test", 0, TLS_AUTO, 0, {"y.test", 5222, TLS_STARTTLS, AF_INET}, false},
    {"the address", "[2001:db8::1]", 7, TLS_AUTO, 0, {"2001:db8::1", 7, TLS_STARTTLS, AF_INET6}, true},
    {"another address", "192.0.2.1", 7, TLS_AUTO, 0, {"192.0.2.2", 7, TLS_STARTTLS, AF_INET}, false},
};

/* --- the whole: children in the place of those that know the network --- */

static enum tls_mode told; /* by the child that asks DNS */

static void discover(const void *input, int fd)
{
    (void)input;
    struct event event = event_new(EVENT_CANDIDATE);
    event_set(event.text, "x.test.");
    event.value = 5222;
    event.code = told;
    event_write(fd, &event);
    event = event_new(EVENT_DONE);
    event_write(fd, &event);
}

static void check(const void *input, int fd)
{
    const struct probe_input *given = input;
    struct event event = event_new(EVENT_FAILURE);
    event_set_condition(&event, (struct any_condition){.own = CONDITION_TLS_FAILED});
    event_set(event.text, given->settings->password->value);
    event_write(fd, &event);
}

static void take(const struct event *event, void *userdata)
{
    struct endpoint_check *endpoint = userdata;
    result_take(event, &endpoint->check.result);
}

static const struct survey_work work = {.discover = discover, .check = check, .sink = take};

static void check_run(enum tls_mode tls, bool believed, const char *name)
{
    struct settings settings;
    struct secret password = {.set = true, .length = 6, .value = "secret"};
    struct check whole = {.settings = &settings};
    const char *reason;
    settings_init(&settings);
    jid_parse("alice@" DOMAIN, &settings.jid, &reason);
    settings.targets[0].count = 1;
    settings.password = &password;
    told = tls;
    ok(survey_run(&whole, clock_now(), &work), "%s: there was memory", name);
    is_int((long long)whole.part_count, believed, "%s %s", name, believed ? "is checked" : "is not checked");
    if (believed) {
        is_str(whole.parts[0].check.result.cause, "secret", "by a child with the password");
    } else {
        is_int(whole.result.supervision.end, SUPERVISE_FAILED, "the child that said so has failed");
        is_int(whole.result.supervision.error, EPROTO, "as one that makes no sense");
    }
    check_free(&whole);
    settings_free(&settings);
}

int main(void)
{
    int64_t now = clock_now();
    guard_begin(now, now + 60 * NS_PER_S);
    check_run(TLS_STARTTLS, true, "STARTTLS");
    check_run(TLS_NONE, false, "no TLS");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings settings = {.hostname = (char *)cases[i].hostname,
                                    .port = cases[i].port,
                                    .tls = cases[i].tls,
                                    .family = cases[i].family,
                                    .jid.ascii = (char *)DOMAIN};
        ok(survey_believes(&settings, &cases[i].told) == cases[i].believed, "%s is %s", cases[i].name,
           cases[i].believed ? "believed" : "not believed");
    }
    done_testing();
    return exit_status();
}
