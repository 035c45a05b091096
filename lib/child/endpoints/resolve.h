/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a domain to an ordered list of endpoints: SRV records (RFC 2782, RFC 6120 3.2, XEP-0368), addresses, by c-ares.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "condition.h"
#include "host.h"
#include "settings.h"

struct teller;

/* A name and a port that SRV or the options name, with all its addresses in the order to try them (families
 * interleaved, RFC 8305 section 4). */
struct endpoint {
    char name[256];    /* as A-labels, or the address as given */
    uint16_t port;     /* 0: no endpoint, but an SRV record that says so, or a set of them that could not be asked */
    enum tls_mode tls; /* TLS_STARTTLS, TLS_DIRECT or TLS_NONE */
    union address *addresses;
    size_t address_count;
    enum condition condition; /* why it has no address: DNS_NOT_FOUND, DNS_FAILED, SERVICE_NOT_OFFERED (by port 0); else
                                 NONE */
    char cause[112];          /* the same in words */
};

struct resolution {
    struct endpoint *endpoints; /* in the order of preference */
    size_t endpoint_count;
    /* when no endpoint has an address: */
    enum condition condition; /* DNS_NOT_FOUND, DNS_FAILED, SERVICE_NOT_OFFERED */
    char cause[160];          /* in words, with the name that was asked */
};

/* Whether names are to be looked up for these settings, as more than an address is given: in a cage resolve() then
 * needs what cares_load() loads, and the files of dns_reads(). */
bool resolve_needs_lookups(const struct settings *settings);

/* Finds the endpoints, of users or with --s2s of servers, for the settings' domain, --hostname, --port, --tls,
 * --dns-server and family. SRV records of both sets and addresses are asked side by side. Blocks until all is answered,
 * for 5 s at most; lookups that are still open then have failed. With no more than that left until DEADLINE
 * (clock_now(), ns) it blocks until shortly behind it, so that the deadline strikes. True when at least one endpoint
 * has an address; else false with condition and cause. The caller frees with resolution_free() in both cases. No DNS is
 * asked for addresses and localhost. TELLER tells when a name server is heard. */
bool resolve(const struct settings *settings, int64_t deadline, struct teller *teller, struct resolution *resolution);

void resolution_free(struct resolution *resolution);

#endif
