/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dns_socket.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "clock.h"
#include "host.h"
#include "tell.h"

#define PATIENCE (5 * NS_PER_S)
#define OVERTIME (NS_PER_S / 2) /* behind the deadline, so that it is the deadline that strikes */
#define TRIES 4
#define TRY_MINIMUM (300 * NS_PER_MS)

/* c-ares tells which sockets it wants watched. */
static void watch(void *data, ares_socket_t fd, int readable, int writable)
{
    struct dns *dns = data;
    short events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
    for (size_t i = 0; i < dns->fd_count; i++) {
        if (dns->fds[i].fd != fd)
            continue;
        if (events)
            dns->fds[i].events = events;
        else
            dns->fds[i] = dns->fds[--dns->fd_count];
        return;
    }
    if (events && dns->fd_count < sizeof(dns->fds) / sizeof(dns->fds[0]))
        dns->fds[dns->fd_count++] = (struct pollfd){.fd = fd, .events = events};
}

static int true_status(const struct dns *dns, int status)
{
    return status == ARES_ECONNREFUSED && dns->refusal ? dns->refusal : status;
}

void dns_reads(struct sandbox_reads *reads)
{
    /* The last one is where c-ares 1.18 has the key from that makes its questions hard to guess. */
    static const char *const files[] = {"/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/netsvc.conf",
                                        "/etc/svc.conf",    "/etc/hosts",         "/dev/urandom"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        sandbox_read(reads, files[i]);
    sandbox_read(reads, getenv("CARES_HOSTS")); /* from 1.20 on, in the place of /etc/hosts */
}

bool dns_open(struct dns *dns, int family, const char *server, bool search, bool files_only, int64_t deadline,
              struct teller *teller, int *status)
{
    memset(dns, 0, sizeof(*dns));
    dns->family = family;
    dns->teller = teller;
    dns->started_at = clock_now();
    int64_t left = deadline - dns->started_at;
    dns->patience = left > PATIENCE ? dns->started_at + PATIENCE : deadline + OVERTIME;
    dns->window = left > PATIENCE ? PATIENCE : left > 0 ? left : 0;
    snprintf(dns->server, sizeof(dns->server), "the name servers");

    *status = cares_load() ? cares.init(ARES_LIB_INIT_ALL) : ARES_ENOTINITIALIZED;
    if (*status != ARES_SUCCESS)
        return false;
    /* c-ares doubles the time of each try over all servers: the four of one server last for longer than the window, the
     * first ones of three servers for less than half of it */
    int64_t try_time = dns->window / 8 > TRY_MINIMUM ? dns->window / 8 : TRY_MINIMUM;
    char files[] = "f";
    struct ares_options options = {
        .timeout = (int)(try_time / NS_PER_MS),
        .tries = TRIES,
        .sock_state_cb = watch,
        .sock_state_cb_data = dns,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_FLAGS;
    if (!search) {
        /* a dot at the end would say the same, but then /etc/hosts does not match */
        options.flags |= ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
        mask |= ARES_OPT_DOMAINS;
    }
    if (files_only) {
        options.lookups = files;
        mask |= ARES_OPT_LOOKUPS;
    }
    *status = cares.init_options(&dns->channel, &options, mask);
    if (*status != ARES_SUCCESS) {
        dns->channel = NULL;
        return false;
    }
    dns_use_sockets(dns);
    if (!server)
        return true;
    union address address;
    if (!host_server(server, &address)) {
        *status = ARES_EBADSTR;
        return false;
    }
    host_format(&address, dns->server, sizeof(dns->server));
    *status = cares.set_servers_ports_csv(dns->channel, dns->server);
    return *status == ARES_SUCCESS;
}

bool dns_is_negative(int status)
{
    return status == ARES_ENODATA || status == ARES_ENOTFOUND || status == ARES_EBADNAME || status == ARES_ENONAME;
}

static void keep_records(struct dns_set *set, const struct ares_srv_reply *reply)
{
    size_t count = 0;
    for (const struct ares_srv_reply *one = reply; one && count < DNS_RECORDS_MAX; one = one->next)
        count++;
    set->records = calloc(count ? count : 1, sizeof(*set->records));
    if (!set->records) {
        set->answer = SRV_FAILED;
        set->status = ARES_ENOMEM;
        return;
    }
    for (size_t i = 0; i < count; i++, reply = reply->next) {
        struct srv_record *record = &set->records[i];
        snprintf(record->target, sizeof(record->target), "%s", reply->host ? reply->host : "");
        record->priority = reply->priority;
        record->weight = reply->weight;
        record->port = reply->port;
        record->tls = set->tls;
    }
    set->record_count = count;
    set->answer = srv_sift(set->records, &set->record_count);
    if (set->answer == SRV_RECORDS && set->dns->usable_at == 0)
        set->dns->usable_at = clock_now();
}

static void take_srv(void *arg, int status, int timeouts, unsigned char *answer, int length)
{
    (void)timeouts;
    struct dns_set *set = arg;
    if (set->dns->closing)
        return;
    status = true_status(set->dns, status);
    struct ares_srv_reply *reply = NULL;
    if (status == ARES_SUCCESS)
        status = cares.parse_srv_reply(answer, length, &reply);
    set->status = status;
    if (status == ARES_SUCCESS)
        keep_records(set, reply);
    else
        set->answer = dns_is_negative(status) ? SRV_NONE : SRV_FAILED;
    if (reply)
        cares.free_data(reply);
}

void dns_ask_srv(struct dns *dns, const char *service, const char *domain, enum tls_mode tls)
{
    struct dns_set *set = &dns->sets[dns->set_count++];
    *set = (struct dns_set){.dns = dns, .tls = tls, .status = ARES_ETIMEOUT};
    snprintf(set->name, sizeof(set->name), "%s._tcp.%s", service, domain);
    cares.query(dns->channel, set->name, ns_c_in, ns_t_srv, take_srv, set);
}

static void keep_address(struct dns_lookup *lookup, const struct ares_addrinfo_node *node)
{
    union address address;
    size_t size = node->ai_family == AF_INET ? sizeof(address.v4) : sizeof(address.v6);
    if ((node->ai_family != AF_INET && node->ai_family != AF_INET6) || node->ai_addrlen != size)
        return;
    if (lookup->dns->family != AF_UNSPEC && lookup->dns->family != node->ai_family) /* c-ares takes what it gets */
        return;
    memset(&address, 0, sizeof(address));
    memcpy(&address, node->ai_addr, size);
    for (size_t i = 0; i < lookup->address_count; i++)
        if (host_same(&lookup->addresses[i], &address))
            return;
    if (lookup->address_count < DNS_ADDRESSES_MAX)
        lookup->addresses[lookup->address_count++] = address;
}

static void take_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
    (void)timeouts;
    struct dns_lookup *lookup = arg;
    if (!lookup->dns->closing) {
        lookup->open--;
        if (lookup->status == ARES_SUCCESS || dns_is_negative(lookup->status))
            lookup->status = true_status(lookup->dns, status);
        for (const struct ares_addrinfo_node *node = result ? result->nodes : NULL; node; node = node->ai_next)
            keep_address(lookup, node);
        if (lookup->open == 0 && lookup->address_count == 0 && lookup->status == ARES_SUCCESS)
            lookup->status = ARES_ENODATA; /* nothing in it was of the family that was asked for */
        if (lookup->address_count > 0 && lookup->dns->usable_at == 0)
            lookup->dns->usable_at = clock_now();
    }
    if (result)
        cares.freeaddrinfo(result);
}

static void ask_family(struct dns_lookup *lookup, int family)
{
    struct ares_addrinfo_hints hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = ARES_AI_NOSORT};
    lookup->open++;
    cares.getaddrinfo(lookup->dns->channel, lookup->name, NULL, &hints, take_addresses, lookup);
}

struct dns_lookup *dns_ask_addresses(struct dns *dns, const char *name)
{
    for (size_t i = 0; i < dns->lookup_count; i++)
        if (strcasecmp(dns->lookups[i]->name, name) == 0)
            return dns->lookups[i];
    if (dns->lookup_count == DNS_LOOKUPS_MAX)
        return NULL;
    struct dns_lookup *lookup = calloc(1, sizeof(*lookup));
    if (!lookup) {
        dns->out_of_memory = true;
        return NULL;
    }
    dns->lookups[dns->lookup_count++] = lookup;
    lookup->dns = dns;
    lookup->asked_at = clock_now();
    snprintf(lookup->name, sizeof(lookup->name), "%s", name);
    ask_family(lookup, dns->family);
    return lookup;
}

int64_t dns_straggle(const struct dns *dns)
{
    return dns->window / 5;
}

bool dns_addresses_settled(struct dns *dns, int64_t now, int64_t *wake)
{
    bool open = false;
    for (size_t i = 0; i < dns->lookup_count; i++) {
        struct dns_lookup *lookup = dns->lookups[i];
        int64_t split_at = lookup->asked_at + dns->window / 10;
        if (lookup->open > 0 && !lookup->split && dns->family == AF_UNSPEC) {
            if (now >= split_at) {
                lookup->split = true;
                ask_family(lookup, AF_INET6);
                ask_family(lookup, AF_INET);
            } else if (split_at < *wake) {
                *wake = split_at;
            }
        }
        open |= lookup->open > 0;
    }
    if (!open)
        return true;
    if (dns->usable_at == 0)
        return false;
    int64_t end = dns->usable_at + dns_straggle(dns);
    if (end < *wake)
        *wake = end;
    return now >= end;
}

/* Waits for the sockets until WAKE, or c-ares' own next timeout, and lets c-ares work. */
static void work(struct dns *dns, int64_t wake)
{
    struct timespec left = clock_left(wake);
    struct timeval longest = {.tv_sec = left.tv_sec, .tv_usec = left.tv_nsec / NS_PER_US + 1};
    struct timeval buffer;
    const struct timeval *timeout = cares.timeout(dns->channel, &longest, &buffer);
    struct timespec limit = {.tv_sec = timeout->tv_sec, .tv_nsec = timeout->tv_usec * NS_PER_US};

    struct pollfd fds[sizeof(dns->fds) / sizeof(dns->fds[0])];
    size_t count = dns->fd_count; /* the list changes while c-ares works */
    memcpy(fds, dns->fds, count * sizeof(fds[0]));
    if (ppoll(fds, count, &limit, NULL) > 0)
        for (size_t i = 0; i < count; i++)
            if (fds[i].revents)
                cares.process_fd(dns->channel, fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
                                 fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
    cares.process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void dns_wait(struct dns *dns, bool (*settled)(struct dns *dns, int64_t now, int64_t *wake))
{
    for (;;) {
        int64_t now = clock_now();
        int64_t wake = dns->patience;
        if (settled(dns, now, &wake) || now >= dns->patience)
            return;
        work(dns, wake);
    }
}

const char *dns_failure(const struct dns *dns, int status, char *out, size_t size)
{
    switch (status) {
    case ARES_ESERVFAIL:
        return "SERVFAIL";
    case ARES_EREFUSED:
        return "REFUSED";
    case ARES_ENOTIMP:
        return "NOTIMP";
    case ARES_EFORMERR:
        return "FORMERR";
    case ARES_EBADRESP:
        return "malformed answer";
    case ARES_ENOMEM:
        return "out of memory";
    case ARES_ECONNREFUSED:
        snprintf(out, size, "connection refused by %s", dns->server);
        return out;
    case ARES_SUCCESS: /* nothing came */
    case ARES_ETIMEOUT:
        snprintf(out, size, "no answer from %s", dns->server);
        return out;
    default:
        return cares.strerror(status);
    }
}

void dns_close(struct dns *dns)
{
    dns->closing = true;
    if (dns->channel)
        cares.destroy(dns->channel);
    if (cares.cleanup)
        cares.cleanup();
    for (size_t i = 0; i < dns->set_count; i++)
        free(dns->sets[i].records);
    for (size_t i = 0; i < dns->lookup_count; i++)
        free(dns->lookups[i]);
}
