/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

#include "clock.h"
#include "dial.h"
#include "dns.h"
#include "host.h"
#include "login.h"
#include "resolve.h"
#include "sandbox.h"
#include "series.h"
#include "stream.h"
#include "tell.h"
#include "tls.h"
#include "trust.h"

/* The parent ends the process at its deadline; what waits in here waits a little longer, so that it is always the
 * parent that says so. */
#define BEHIND_DEADLINE NS_PER_S

struct probe {
    const struct settings *settings;
    int64_t deadline;
    struct teller teller;
    struct secrets secrets;
    unsigned bars; /* of the sandbox, those that hold */
    struct resolution resolution;
    struct dial_position position;
    struct tls_context *tls_context; /* NULL with --tls=none */
    struct stream stream;
    struct login login;
};

static struct any_condition found(enum condition condition)
{
    return (struct any_condition){.own = condition};
}

static void tell_endpoint(const struct probe *probe, const char *name, enum tls_mode tls,
                          struct any_condition condition, const char *cause, unsigned long openssl, int64_t time)
{
    struct event event = event_new(EVENT_ENDPOINT);
    event.code = tls;
    event.value = time;
    event_set(event.text, name);
    event_set_condition(&event, condition);
    event_set(event.name, cause);
    event.openssl = openssl;
    tell(&probe->teller, &event);
}

static void tell_tcp_rtt(const struct probe *probe)
{
    struct event event = event_new(EVENT_TCP_RTT);
    event.value = wire_tcp_rtt(&probe->stream.wire);
    if (event.value >= 0)
        tell(&probe->teller, &event);
}

/* --- the sandbox --- */

/* From here on, and not before, bytes from outside may come. */
static bool enter_sandbox(struct probe *probe, bool tls, struct failure *failure)
{
    struct sandbox_reads reads = {0};
    bool lookups = resolve_needs_lookups(probe->settings);
    if (lookups && !cares_load()) {
        failure_set_own_fault(failure, PHASE_DNS, "libcares, which asks name servers, is not here");
        return false;
    }
    if (lookups)
        dns_reads(&reads);
    if (tls)
        trust_reads(probe->settings, &reads);
    probe->bars = sandbox_enter(&reads);
    struct event event = event_new(EVENT_SANDBOX);
    event.code = probe->bars;
    tell(&probe->teller, &event);
    if (!probe->settings->require_sandbox || (probe->bars & BARS_REQUIRED) == BARS_REQUIRED)
        return true;
    failure_set_own_fault(failure, PHASE_DNS,
                          probe->bars & BAR_BIT(BAR_CALLS)
                              ? "--require-sandbox: files (Landlock) cannot be barred on this machine"
                              : "--require-sandbox: system calls (seccomp) cannot be barred on this machine");
    return false;
}

static bool refuse_sandbox(enum phase phase, struct failure *failure)
{
    failure_set_own_fault(failure, phase, "the sandbox cannot be closed: out of memory");
    return false;
}

/* DNS has told where to go: nothing can go elsewhere from here on. */
static bool end_dns(const struct probe *probe, struct failure *failure)
{
    size_t count = probe->resolution.endpoint_count;
    uint16_t *ports = calloc(count, sizeof *ports);
    for (size_t i = 0; i < count && ports; i++)
        ports[i] = probe->resolution.endpoints[i].port;
    bool good = ports && sandbox_end_dns(probe->bars, ports, count);
    free(ports);
    return good || refuse_sandbox(PHASE_DNS, failure);
}

/* --- the way to the server --- */

static void on_attempt(const struct endpoint *endpoint, const union address *address, enum dial_step step,
                       enum condition condition, const char *cause, int64_t time, void *userdata)
{
    const struct probe *probe = userdata;
    char name[216];
    dial_endpoint_format(endpoint, address, name, sizeof name);
    if (step != DIAL_BEGUN) {
        tell_endpoint(probe, name, endpoint->tls, found(condition), cause, 0, time);
        return;
    }
    struct event event = event_new(EVENT_ATTEMPT);
    event_set(event.text, name);
    tell(&probe->teller, &event);
}

static bool find_endpoints(struct probe *probe, struct failure *failure)
{
    tell_phase(&probe->teller, PHASE_DNS);
    if (resolve(probe->settings, probe->deadline, &probe->teller, &probe->resolution))
        return end_dns(probe, failure);
    const struct resolution *resolution = &probe->resolution;
    for (size_t i = 0; i < resolution->endpoint_count; i++) {
        const struct endpoint *endpoint = &resolution->endpoints[i];
        tell_endpoint(probe, endpoint->name, endpoint->tls, found(endpoint->condition), endpoint->cause, 0, 0);
    }
    failure_set(failure, PHASE_DNS, resolution->condition, "%s", resolution->cause);
    return false;
}

/* In clear text a password goes to this machine at most (--tls=none; settings_check() has refused what it could know
 * without DNS). A component's secret does not go anywhere. */
static bool would_leak(const struct probe *probe, const struct endpoint *endpoint, const union address *address)
{
    const struct settings *settings = probe->settings;
    return endpoint->tls == TLS_NONE && settings->password->set && !settings->component_text &&
           !host_is_loopback(address);
}

/* False with the failure in probe->login. */
static bool log_in(struct probe *probe, const struct dialed *dialed, int64_t limit)
{
    const struct settings *settings = probe->settings;
    const struct endpoint *endpoint = &probe->resolution.endpoints[dialed->endpoint];
    struct login *login = &probe->login;
    *login = (struct login){.settings = settings,
                            .stream = &probe->stream,
                            .tls_context = probe->tls_context,
                            .teller = &probe->teller,
                            .secrets = &probe->secrets,
                            .tls = endpoint->tls,
                            .step = LOGIN_FAILED}; /* until it runs */
    if (would_leak(probe, endpoint, &dialed->address)) {
        failure_set_own_fault(&login->failure, PHASE_CONNECT,
                              "--tls=none: the password would go in clear text to an address that is not loopback");
        return false;
    }
    if (!stream_begin(&probe->stream, settings->jid.ascii, dialed->fd, &dialed->address, &probe->teller,
                      settings->verbose >= 3)) {
        stream_failure(&probe->stream, PHASE_CONNECT, &login->failure);
        return false;
    }
    tell_tcp_rtt(probe);
    login->pings = ping_context_new(probe->stream.ctx);
    if (login->pings)
        return login_run(login, limit);
    failure_set_own_fault(&login->failure, PHASE_CONNECT, "out of memory");
    return false;
}

/* What shares the time that is left, so that one address that stalls never eats it all. More than these are not likely
 * to stall, and a slow server needs a good part of it. */
#define SHARES_MAX 4

/* Until when the address that was dialed may take for what comes before the end of TLS. The last one has all. */
static int64_t share(const struct probe *probe)
{
    size_t left = dial_left(&probe->resolution, &probe->position);
    if (left == 0)
        return INT64_MAX;
    int64_t now = clock_now();
    return now + (probe->deadline - now) / (left < SHARES_MAX ? (int64_t)left + 1 : SHARES_MAX);
}

/* Goes through the endpoints and their addresses until one has taken the login, or has failed in a way that no other
 * can mend. */
static bool reach(struct probe *probe, struct failure *failure)
{
    bool reached = false;
    for (;;) {
        struct dialed dialed;
        tell_phase(&probe->teller, PHASE_CONNECT);
        if (!dial(&probe->resolution, &probe->position, probe->deadline + BEHIND_DEADLINE, on_attempt, probe,
                  &dialed)) {
            if (!reached) /* else what the endpoint that was reached had to say says more */
                failure_set(failure, PHASE_CONNECT, dialed.condition, "%s", dialed.cause);
            return false;
        }
        reached = true;
        int64_t connected_at = clock_now();
        if (log_in(probe, &dialed, share(probe)))
            return true;
        *failure = probe->login.failure;
        wire_close(&probe->stream.wire);
        if (!login_may_try_next(&probe->login) || dial_left(&probe->resolution, &probe->position) == 0)
            return false;
        char name[216];
        const struct endpoint *endpoint = &probe->resolution.endpoints[dialed.endpoint];
        dial_endpoint_format(endpoint, &dialed.address, name, sizeof name);
        tell_endpoint(probe, name, endpoint->tls, failure->condition, failure->cause, failure->openssl,
                      clock_now() - connected_at);
    }
}

static void tell_done(const struct probe *probe)
{
    struct event done = event_new(EVENT_DONE);
    tell(&probe->teller, &done);
}

/* A name from SRV is absolute: no search list applies to it. */
static void tell_candidate(const struct probe *probe, const struct endpoint *endpoint, int family)
{
    struct event event = event_new(EVENT_CANDIDATE);
    char host[sizeof endpoint->name + 1], name[256];
    union address address;
    bool literal = host_literal(endpoint->name, &address), absolute;
    if (!literal && !host_name(endpoint->name, name, &absolute)) { /* an SRV record may name anything */
        tell_endpoint(probe, endpoint->name, endpoint->tls, found(endpoint->condition), endpoint->cause, 0, 0);
        return;
    }
    snprintf(host, sizeof host, "%s%s", endpoint->name, !probe->settings->hostname && !literal ? "." : "");
    if (strlen(host) >= sizeof event.text) { /* cut, it would be another host's */
        tell_endpoint(probe, endpoint->name, endpoint->tls, found(CONDITION_DNS_FAILED), "too long a name", 0, 0);
        return;
    }
    event_set(event.text, host);
    event.value = endpoint->port;
    event.code = endpoint->tls;
    event_set(event.name, family == AF_INET ? "ipv4" : family == AF_INET6 ? "ipv6" : "");
    tell(&probe->teller, &event);
}

static bool has_family(const struct endpoint *endpoint, int family)
{
    for (size_t i = 0; i < endpoint->address_count; i++) {
        if (endpoint->addresses[i].any.sa_family == family)
            return true;
    }
    return false;
}

static void tell_candidates(const struct probe *probe, const struct endpoint *endpoint)
{
    if (endpoint->port == 0) { /* nothing that could be checked */
        tell_endpoint(probe, endpoint->name, endpoint->tls, found(endpoint->condition), endpoint->cause, 0, 0);
        return;
    }
    if (endpoint->address_count == 0)
        tell_candidate(probe, endpoint, probe->settings->family);
    if (has_family(endpoint, AF_INET))
        tell_candidate(probe, endpoint, AF_INET);
    if (has_family(endpoint, AF_INET6))
        tell_candidate(probe, endpoint, AF_INET6);
}

void probe_discover(const void *input, int fd)
{
    const struct probe_input *given = input;
    struct probe *probe =
        &(struct probe){.settings = given->settings, .deadline = given->deadline, .teller = {.fd = fd}};
    struct failure failure = {0};
    secret_wipe(probe->settings->password); /* of no use here */
    bool good = enter_sandbox(probe, false, &failure) && find_endpoints(probe, &failure);
    tell_phase_end(&probe->teller);
    if (!good) {
        resolution_free(&probe->resolution);
        tell_failure(&probe->teller, &failure);
        return;
    }
    for (size_t i = 0; i < probe->resolution.endpoint_count; i++)
        tell_candidates(probe, &probe->resolution.endpoints[i]);
    resolution_free(&probe->resolution);
    tell_done(probe);
}

/* What tell() is to mask. */
static void collect_secrets(struct probe *probe)
{
    const struct settings *settings = probe->settings;
    secrets_collect(&probe->secrets, settings->password);
    secrets_take_ours(&probe->secrets, settings->password, settings->hostname);
    secrets_take_ours(&probe->secrets, settings->password, settings->component_text);
    secrets_take_ours(&probe->secrets, settings->password, settings->jid_text);
    for (size_t i = 1; i < settings->target_count; i++)
        secrets_take_ours(&probe->secrets, settings->password, settings->targets[i].jid_text);
    probe->teller.secrets = &probe->secrets;
}

void probe_run(const void *input, int fd)
{
    const struct probe_input *given = input;
    static struct probe run; /* what it has is not freed: the process ends with it */
    struct probe *probe = &run;
    *probe = (struct probe){.settings = given->settings, .deadline = given->deadline, .teller = {.fd = fd}};
    struct failure failure = {0};
    struct tls_fault fault;
    if (probe->settings->tls != TLS_NONE && !(probe->tls_context = tls_prepare(probe->settings, &fault))) {
        failure_set_own_fault(&failure, PHASE_DNS, fault.why);
        failure.openssl = fault.openssl;
        event_set(failure.detail, fault.detail);
        tell_failure(&probe->teller, &failure);
        return;
    }
    collect_secrets(probe);
    xmpp_initialize();
    bool good = enter_sandbox(probe, probe->settings->tls != TLS_NONE, &failure) && find_endpoints(probe, &failure) &&
                reach(probe, &failure) && (sandbox_end_login(probe->bars) || refuse_sandbox(PHASE_BIND, &failure));
    if (good && !probe->settings->no_login) {
        tell_phase(&probe->teller, PHASE_PING);
        good = series_run(probe->settings, &probe->login, &failure);
        tell_tcp_rtt(probe);
    }
    tell_phase_end(&probe->teller);
    resolution_free(&probe->resolution);
    if (good) {
        stream_close(&probe->stream);
        tell_done(probe);
    } else {
        tell_failure(&probe->teller, &failure);
    }
    secrets_wipe(&probe->secrets);
}
