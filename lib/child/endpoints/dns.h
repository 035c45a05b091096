/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the name servers by c-ares: any number side by side, with one time limit for all. */
#ifndef DNS_H
#define DNS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cares.h"
#include "resolve.h"
#include "sandbox.h"
#include "srv.h"

/* What strangers may make us keep. */
#define DNS_LOOKUPS_MAX 64
#define DNS_ADDRESSES_MAX 16
#define DNS_RECORDS_MAX 256

struct dns;

/* One SRV question. */
struct dns_set {
    struct dns *dns;
    char name[288];
    enum tls_mode tls;
    enum srv_answer answer;
    int status; /* of c-ares, when it failed */
    struct srv_record *records;
    size_t record_count;
};

/* One name's addresses. */
struct dns_lookup {
    struct dns *dns;
    char name[256];
    int open;   /* questions */
    int status; /* of c-ares: the worst so far */
    bool split; /* asked again, one family at a time */
    int64_t asked_at;
    union address addresses[DNS_ADDRESSES_MAX]; /* in the order of the answers; ports 0 */
    size_t address_count;
};

struct dns {
    ares_channel channel;
    struct teller *teller;
    int family;
    int64_t started_at;
    int64_t patience;  /* clock_now(), ns: what is open then has failed */
    int64_t window;    /* ns in which lookups should be done; shorter waits are parts of it */
    int64_t usable_at; /* when the first address or record of the current step came; 0: none yet */
    char server[80];   /* --dns-server, or words for the system's */
    struct pollfd fds[64];
    size_t fd_count;
    struct dns_set sets[2];
    size_t set_count;
    struct dns_lookup *lookups[DNS_LOOKUPS_MAX];
    size_t lookup_count;
    int refusal; /* the last error that a name server answered, as a status of c-ares; 0: none */
    bool out_of_memory;
    bool closing;
};

/* Adds the files that c-ares reads. */
void dns_reads(struct sandbox_reads *reads);

/* Opens *DNS for FAMILY. TELLER tells when a name server is heard. SEARCH: names are tried with the system's search
 * list; FILES_ONLY: only /etc/hosts is read. SERVER is
 * --dns-server's text or NULL. False with *STATUS of c-ares. The caller ends it with dns_close(), also on failure. */
bool dns_open(struct dns *dns, int family, const char *server, bool search, bool files_only, int64_t deadline,
              struct teller *teller, int *status);

/* Asks for SERVICE's ("_xmpp-client") SRV records of DOMAIN; they get TLS. */
void dns_ask_srv(struct dns *dns, const char *service, const char *domain, enum tls_mode tls);

/* Asks for the addresses of NAME, unless it was asked before. NULL when there are too many, or no memory. Owned by DNS.
 */
struct dns_lookup *dns_ask_addresses(struct dns *dns, const char *name);

/* Blocks until SETTLED says so or the patience ends. SETTLED may shorten *WAKE, the time when it wants to be asked
 * again. */
void dns_wait(struct dns *dns, bool (*settled)(struct dns *dns, int64_t now, int64_t *wake));

/* For dns_wait(): no question for addresses is open, or all had their time since the first address came. A name whose
 * one family stays unanswered is asked for each family alone, so that the answer of the other counts. */
bool dns_addresses_settled(struct dns *dns, int64_t now, int64_t *wake);

/* How long the others may take once one has given something to work with. */
int64_t dns_straggle(const struct dns *dns);

/* Whether that status says that there is no such name or record, rather than that asking failed. */
bool dns_is_negative(int status);

/* A failure in words, to be followed by " for NAME": "SERVFAIL", "no answer from 192.0.2.53:53", ... */
const char *dns_failure(const struct dns *dns, int status, char *out, size_t size);

void dns_close(struct dns *dns);

#endif
