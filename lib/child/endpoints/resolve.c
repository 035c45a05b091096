/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dns.h"
#include "host.h"
#include "srv.h"

/* A service's sets of SRV records: RFC 6120 section 3.2, XEP-0368. */
static const struct service {
    const char *srv, *srv_direct;
} client = {"_xmpp-client", "_xmpps-client"}, server = {"_xmpp-server", "_xmpps-server"};

/* Room for each endpoint: every SRV target, the sets that could not be asked, the records that are left out. */
#define ENDPOINTS_MAX (DNS_LOOKUPS_MAX + 3)

__attribute__((format(printf, 3, 4))) static bool fail(struct resolution *resolution, enum condition condition,
                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    resolution->condition = condition;
    vsnprintf(resolution->cause, sizeof(resolution->cause), format, arguments);
    va_end(arguments);
    return false;
}

static struct endpoint *add_endpoint(struct resolution *resolution, const char *name, uint16_t port, enum tls_mode tls)
{
    if (!resolution->endpoints)
        resolution->endpoints = calloc(ENDPOINTS_MAX, sizeof(*resolution->endpoints));
    if (!resolution->endpoints || resolution->endpoint_count == ENDPOINTS_MAX)
        return NULL;
    struct endpoint *endpoint = &resolution->endpoints[resolution->endpoint_count++];
    snprintf(endpoint->name, sizeof(endpoint->name), "%s", name);
    endpoint->port = port;
    endpoint->tls = tls;
    return endpoint;
}

static void set_condition(struct endpoint *endpoint, enum condition condition, const char *cause)
{
    endpoint->condition = condition;
    snprintf(endpoint->cause, sizeof(endpoint->cause), "%s", cause);
}

/* Whether this machine has a way there and an address to come from. Sends nothing. */
static bool has_way(const union address *address)
{
    int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    socklen_t size = address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
    bool passed = connect(fd, &address->any, size) == 0;
    close(fd);
    return passed;
}

/* RFC 6724 in short: what there is no way to comes last, and IPv6 before IPv4. c-ares would do it, but not in 1.34,
 * where it does not know the addresses of sockets that it got from us. */
static void put_in_order(union address *addresses, size_t count)
{
    union address unordered[DNS_ADDRESSES_MAX];
    int place[DNS_ADDRESSES_MAX];
    memcpy(unordered, addresses, count * sizeof(*addresses));
    for (size_t i = 0; i < count; i++)
        place[i] = (has_way(&addresses[i]) ? 0 : 2) + (addresses[i].any.sa_family == AF_INET6 ? 0 : 1);
    size_t next = 0;
    for (int turn = 0; turn < 4; turn++)
        for (size_t i = 0; i < count; i++)
            if (place[i] == turn)
                addresses[next++] = unordered[i];
}

/* Takes over the addresses, no more than DNS_ADDRESSES_MAX, the families in turn, beginning with that of the best (RFC
 * 8305 section 4). */
static void set_addresses(struct endpoint *endpoint, union address *addresses, size_t count)
{
    endpoint->addresses = calloc(count, sizeof(*addresses));
    if (!endpoint->addresses) {
        set_condition(endpoint, CONDITION_DNS_FAILED, "out of memory");
        return;
    }
    if (count > 1)
        put_in_order(addresses, count);
    sa_family_t first = addresses[0].any.sa_family;
    size_t next[2] = {0, 0}; /* of the first family, of the other */
    for (size_t turn = 0; endpoint->address_count < count; turn++) {
        size_t *cursor = &next[turn % 2];
        while (*cursor < count && (addresses[*cursor].any.sa_family == first) != (turn % 2 == 0))
            ++*cursor;
        if (*cursor == count)
            continue;
        union address *address = &endpoint->addresses[endpoint->address_count++];
        *address = addresses[(*cursor)++];
        host_set_port(address, endpoint->port);
    }
}

static const char *no_address(int family)
{
    return family == AF_INET ? "no IPv4 address" : family == AF_INET6 ? "no IPv6 address" : "no address";
}

/* Takes over what a lookup found, or why it found nothing. */
static void take_lookup(struct endpoint *endpoint, const struct dns *dns, struct dns_lookup *lookup)
{
    char words[112];
    if (lookup && lookup->address_count > 0)
        set_addresses(endpoint, lookup->addresses, lookup->address_count);
    else if (!lookup)
        set_condition(endpoint, CONDITION_DNS_FAILED, dns->out_of_memory ? "out of memory" : "too many SRV targets");
    else if (lookup->open > 0 || !dns_is_negative(lookup->status))
        set_condition(endpoint, CONDITION_DNS_FAILED,
                      dns_failure(dns, lookup->open > 0 ? ARES_ETIMEOUT : lookup->status, words, sizeof(words)));
    else
        set_condition(endpoint, CONDITION_DNS_NOT_FOUND,
                      lookup->status == ARES_ENOTFOUND ? "NXDOMAIN" : no_address(dns->family));
}

/* What the user should hear first: of failures those of a host, then of an SRV set (port 0); then what does not exist;
 * then what is not offered. */
static int rank(const struct endpoint *endpoint)
{
    if (endpoint->condition == CONDITION_DNS_FAILED)
        return endpoint->port != 0 ? 3 : 2;
    return endpoint->condition == CONDITION_DNS_NOT_FOUND;
}

/* Whether there is somewhere to go; else the resolution fails for the reason of its worst endpoint. */
static bool conclude(struct resolution *resolution)
{
    const struct endpoint *culprit = NULL;
    for (size_t i = 0; i < resolution->endpoint_count; i++) {
        const struct endpoint *endpoint = &resolution->endpoints[i];
        if (endpoint->address_count > 0)
            return true;
        if (!culprit || rank(endpoint) > rank(culprit))
            culprit = endpoint;
    }
    if (!culprit)
        return fail(resolution, CONDITION_DNS_FAILED, "out of memory");
    return fail(resolution, culprit->condition, "%s for %s", culprit->cause, culprit->name);
}

static bool resolve_literal(const struct settings *settings, const char *host, union address *address, uint16_t port,
                            enum tls_mode tls, struct resolution *resolution)
{
    char name[256];
    size_t length = strlen(host);
    bool brackets = host[0] == '[';
    snprintf(name, sizeof(name), "%.*s", (int)(brackets ? length - 2 : length), host + brackets);
    struct endpoint *endpoint = add_endpoint(resolution, name, port, tls);
    if (endpoint && settings->family != AF_UNSPEC && settings->family != address->any.sa_family)
        set_condition(endpoint, CONDITION_DNS_NOT_FOUND, no_address(settings->family));
    else if (endpoint)
        set_addresses(endpoint, address, 1);
    return conclude(resolution);
}

/* RFC 6761 section 6.3: localhost is what /etc/hosts says, if that is a loopback address, else what it always is. */
static void take_localhost(struct endpoint *endpoint, const struct dns_lookup *lookup, int family)
{
    union address addresses[DNS_ADDRESSES_MAX];
    size_t count = 0;
    for (size_t i = 0; lookup && i < lookup->address_count; i++)
        if (host_is_loopback(&lookup->addresses[i]))
            addresses[count++] = lookup->addresses[i];
    if (count == 0) {
        if (family != AF_INET)
            host_literal("::1", &addresses[count++]);
        if (family != AF_INET6)
            host_literal("127.0.0.1", &addresses[count++]);
    }
    set_addresses(endpoint, addresses, count);
}

static uint32_t roll(uint32_t limit, void *userdata)
{
    (void)userdata;
    uint32_t value = 0;
    if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != sizeof(value))
        value = (uint32_t)(clock_now() / NS_PER_US);
    return (uint32_t)((uint64_t)value * ((uint64_t)limit + 1) >> 32);
}

static enum srv_plan plan(const struct dns *dns)
{
    enum srv_answer answers[2];
    for (size_t i = 0; i < dns->set_count; i++)
        answers[i] = dns->sets[i].answer;
    return srv_plan(answers, dns->set_count);
}

/* Below the sets' services stands the domain itself. */
static const char *set_domain(const struct dns_set *set)
{
    return strstr(set->name, "._tcp.") + strlen("._tcp.");
}

/* For dns_wait(): both sets are answered; or one has records and the other had its time; or, while no answer comes (RFC
 * 6120 section 3.2.1 wants the fallback then), the domain itself has an address. */
static bool sets_settled(struct dns *dns, int64_t now, int64_t *wake)
{
    bool open = false, records = false, fallback = true;
    for (size_t i = 0; i < dns->set_count; i++) {
        open |= dns->sets[i].answer == SRV_OPEN;
        records |= dns->sets[i].answer == SRV_RECORDS;
        fallback &= dns->sets[i].answer != SRV_NOT_OFFERED;
    }
    if (!open)
        return true;
    if (records) {
        int64_t end = dns->usable_at + dns_straggle(dns);
        *wake = end < *wake ? end : *wake;
        return now >= end;
    }
    if (!fallback)
        return false;
    int64_t fallback_at = dns->started_at + dns->window * 2 / 5;
    if (now < fallback_at) {
        *wake = fallback_at < *wake ? fallback_at : *wake;
        return false;
    }
    const struct dns_lookup *lookup = dns_ask_addresses(dns, set_domain(&dns->sets[0]));
    bool done = dns_addresses_settled(dns, now, wake);
    return done && lookup && lookup->address_count > 0;
}

/* A set that could not be asked has no target to be listed under; its own name stands for it. */
static void list_failed_sets(const struct dns *dns, struct resolution *resolution)
{
    for (size_t i = 0; i < dns->set_count; i++) {
        const struct dns_set *set = &dns->sets[i];
        if (set->answer != SRV_FAILED && set->answer != SRV_OPEN)
            continue;
        struct endpoint *endpoint = add_endpoint(resolution, set->name, 0, set->tls);
        char words[112];
        if (endpoint)
            set_condition(endpoint, CONDITION_DNS_FAILED, dns_failure(dns, set->status, words, sizeof(words)));
    }
}

/* Records beyond all that a service needs are not looked at: one more of the same kind tells so. */
static void list_left_out(const struct dns *dns, size_t count, struct resolution *resolution)
{
    struct endpoint *endpoint = add_endpoint(resolution, set_domain(&dns->sets[0]), 0, dns->sets[0].tls);
    char words[112];
    snprintf(words, sizeof(words), "%zu SRV records too many", count);
    if (endpoint)
        set_condition(endpoint, CONDITION_DNS_FAILED, words);
}

static void take_records(struct dns *dns, struct resolution *resolution)
{
    struct srv_record *records = calloc(dns->sets[0].record_count + dns->sets[1].record_count, sizeof(*records));
    if (!records)
        return;
    size_t count = 0;
    for (size_t i = 0; i < dns->set_count; i++)
        for (size_t j = 0; j < dns->sets[i].record_count; j++)
            records[count++] = dns->sets[i].records[j];
    srv_order(records, count, roll, NULL);
    size_t all = count;
    if (count > DNS_LOOKUPS_MAX)
        count = DNS_LOOKUPS_MAX;

    dns->usable_at = 0;
    struct dns_lookup *lookups[DNS_LOOKUPS_MAX];
    bool valid[DNS_LOOKUPS_MAX];
    for (size_t i = 0; i < count; i++) {
        char name[256];
        bool absolute;
        union address address; /* RFC 2782 wants a name, but clients take an address */
        valid[i] = host_name(records[i].target, name, &absolute) || host_literal(records[i].target, &address);
        lookups[i] = valid[i] && records[i].port != 0 ? dns_ask_addresses(dns, records[i].target) : NULL;
    }
    dns_wait(dns, dns_addresses_settled);

    for (size_t i = 0; i < count; i++) {
        struct endpoint *endpoint = add_endpoint(resolution, records[i].target, records[i].port, records[i].tls);
        if (endpoint && !valid[i])
            set_condition(endpoint, CONDITION_DNS_FAILED, "SRV target is no host name");
        else if (endpoint && endpoint->port == 0)
            set_condition(endpoint, CONDITION_SERVICE_NOT_OFFERED, "SRV says port 0");
        else if (endpoint)
            take_lookup(endpoint, dns, lookups[i]);
    }
    free(records);
    if (all > count)
        list_left_out(dns, all - count, resolution);
}

/* The domain's or host's own addresses. */
static void take_host(struct dns *dns, const char *name, uint16_t port, enum tls_mode tls,
                      struct resolution *resolution)
{
    dns->usable_at = 0;
    struct dns_lookup *lookup = dns_ask_addresses(dns, name);
    dns_wait(dns, dns_addresses_settled);
    struct endpoint *endpoint = add_endpoint(resolution, name, port, tls);
    if (!endpoint)
        return;
    if (host_is_localhost(name))
        take_localhost(endpoint, lookup, dns->family);
    else
        take_lookup(endpoint, dns, lookup);
}

static bool resolve_srv(struct dns *dns, const struct service *service, const char *domain, enum tls_mode asked,
                        uint16_t port, enum tls_mode tls, struct resolution *resolution)
{
    if (asked != TLS_DIRECT)
        dns_ask_srv(dns, service->srv, domain, tls);
    if (asked == TLS_AUTO || asked == TLS_DIRECT)
        dns_ask_srv(dns, service->srv_direct, domain, TLS_DIRECT);
    dns_wait(dns, sets_settled);

    list_failed_sets(dns, resolution);
    switch (plan(dns)) {
    case SRV_PLAN_RECORDS:
        take_records(dns, resolution);
        break;
    case SRV_PLAN_FALLBACK:
        take_host(dns, domain, port, tls, resolution);
        if (resolution->endpoints && resolution->endpoint_count == 1 &&
            resolution->endpoints[0].condition == CONDITION_DNS_NOT_FOUND)
            return fail(resolution, CONDITION_DNS_NOT_FOUND, "%s has no %s%sSRV record and %s", domain,
                        asked == TLS_AUTO     ? ""
                        : asked == TLS_DIRECT ? service->srv_direct
                                              : service->srv,
                        asked == TLS_AUTO ? "" : " ", no_address(dns->family));
        break;
    case SRV_PLAN_NOT_OFFERED:
        return fail(resolution, CONDITION_SERVICE_NOT_OFFERED, "%s has an SRV record that says so", domain);
    case SRV_PLAN_FAILED:
        break;
    }
    return conclude(resolution);
}

static const char *host_of(const struct settings *settings)
{
    return settings->hostname ? settings->hostname : settings->jid.ascii;
}

bool resolve_needs_lookups(const struct settings *settings)
{
    union address literal;
    return !host_literal(host_of(settings), &literal);
}

bool resolve(const struct settings *settings, int64_t deadline, struct teller *teller, struct resolution *resolution)
{
    memset(resolution, 0, sizeof(*resolution));
    const char *host = host_of(settings);
    enum tls_mode tls = settings->tls == TLS_AUTO ? TLS_STARTTLS : settings->tls;
    uint16_t port = settings_port(settings);
    union address literal;
    if (host_literal(host, &literal))
        return resolve_literal(settings, host, &literal, port, tls, resolution);

    char name[256];
    bool absolute;
    if (!host_name(host, name, &absolute))
        return fail(resolution, CONDITION_DNS_NOT_FOUND, "%s is no host name", host);
    bool local = host_is_localhost(name);
    bool search = settings->hostname && !absolute && !local;
    struct dns dns;
    int status;
    bool passed;
    if (!dns_open(&dns, settings->family, settings->dns_server, search, local, deadline, teller, &status)) {
        passed = fail(resolution, CONDITION_DNS_FAILED, "the resolver cannot start: %s",
                      cares.strerror ? cares.strerror(status) : "libcares is not here");
    } else if (settings->hostname || settings->port || local) {
        take_host(&dns, name, port, tls, resolution);
        passed = conclude(resolution);
    } else {
        passed = resolve_srv(&dns, settings->s2s ? &server : &client, name, settings->tls, port, tls, resolution);
    }
    dns_close(&dns);
    return passed;
}

void resolution_free(struct resolution *resolution)
{
    for (size_t i = 0; i < resolution->endpoint_count; i++)
        free(resolution->endpoints[i].addresses);
    free(resolution->endpoints);
    memset(resolution, 0, sizeof(*resolution));
}
