/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events to numbers: what the child told, collected. Judges nothing. */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "offers.h"
#include "phase.h"
#include "pings.h"
#include "settings.h"
#include "supervise.h"

struct endpoint_result {
    char name[216]; /* cleaned */
    enum tls_mode tls;
    struct any_condition condition; /* none: it took the connection */
    char cause[112];                /* cleaned */
    int64_t time;
    bool heard; /* it said something */
};

/* An endpoint that --each-endpoint is to check, by one family. */
struct candidate {
    char host[256]; /* a host name or an address */
    uint16_t port;
    enum tls_mode tls;
    int family; /* AF_UNSPEC: whichever there is */
};

/* What was worse than asked, but did not end the run. */
struct flaw {
    enum phase phase;
    enum condition condition;
    char cause[216]; /* cleaned */
};

/* One certificate of the server's chain. */
struct chain_link {
    char names[216]; /* cleaned */
    char key[24];    /* the kind of its key; cleaned */
    int bits;
    int64_t days_left;
    char until[32]; /* when its validity ends, "2027-02-25T12:00:00Z"; cleaned */
};

/* Certificates of a chain that are kept. */
#define CHAIN_MAX 8

/* Flaws that are kept. */
#define FLAWS_MAX 4

/* The most that are checked. */
#define CANDIDATES_MAX 64

/* Attempts side by side that are kept; of more the later are not named. */
#define ATTEMPTS_MAX 8

struct result {
    int64_t started_at; /* of the whole check */
    struct supervision supervision;
    bool sandboxed; /* the child has told of its sandbox: */
    unsigned bars;  /* the set of those that hold */
    /* the ledger */
    bool entered[PHASE_COUNT];
    int64_t spent[PHASE_COUNT]; /* ns; a phase that was open at the end counts up to it */
    enum phase phase;           /* the last one entered: where it ended */
    bool open;                  /* it had not ended when the run did */
    int64_t opened_at;          /* clock_now(), ns */
    /* the failure that ended it, if any */
    bool failed;
    bool own_fault;
    enum phase failure_phase;
    struct any_condition condition;
    char cause[216]; /* cleaned */
    /* whose work the child's death may be */
    bool heard;          /* a byte had come from outside */
    bool barred;         /* it had made a system call that is not allowed: */
    int64_t barred_call; /* its number */
    /* what was found on the way */
    struct endpoint_result *endpoints;
    size_t endpoint_count;
    struct candidate *candidates;
    size_t candidate_count;
    size_t candidates_left_out;       /* beyond CANDIDATES_MAX */
    bool nonsense;                    /* a candidate that cannot be one */
    char attempts[ATTEMPTS_MAX][216]; /* the endpoints that have not answered yet, the first begun first; cleaned */
    size_t attempt_count;
    bool tls;
    bool tls_verified;
    char tls_version[112];
    char tls_cipher[216];
    bool certificate;
    int64_t days_left;
    char certificate_names[216];
    struct chain_link chain[CHAIN_MAX]; /* of that certificate, the leaf first */
    size_t chain_length;
    struct offers before_tls, behind_tls; /* of the last connection */
    char mechanism[112];
    const char *login_way; /* of login_way_names, the one that was used; NULL when it did not come to that */
    bool login;            /* the child told of one in which the server proved itself */
    struct flaw flaws[FLAWS_MAX];
    size_t flaw_count;
    bool tcp;
    int64_t tcp_rtt; /* ns */
    struct target_result *targets;
    size_t target_count;
    int ignored[IGNORED_COUNT]; /* answers that counted for nothing, by enum event_ignored */
    /* -vvv: whole lines, each with a NUL at its end, as the child gave them: to be cleaned one by one when printed */
    char *log;
    size_t log_length, log_room;
    bool log_full;
    bool out_of_memory; /* something could not be kept */
};

/* An empty result for these settings. False when out of memory. The caller ends it with result_free(). */
bool result_init(struct result *result, const struct settings *settings, int64_t started_at);

/* Takes in one valid event; text is cleaned here, once. A supervise_sink with a struct result * as userdata. */
void result_take(const struct event *event, void *result);

/* Ends an empty result in the place of a child: the run cannot begin, for the reason WHY. */
void result_refuse(struct result *result, const char *why);

/* Closes the open phase and notes how the child ended. */
void result_close(struct result *result, const struct supervision *supervision);

/* Whether the child said that it was done. */
bool result_ended_well(const struct result *result);

/* Copies the line of the log that begins at *AT, clean (AS_XML: by text_clean_xml()), to CLEAN, which has
 * log_length + 1 bytes, and puts *AT behind it. False when there is none left. */
bool result_log_line(const struct result *result, size_t *at, bool as_xml, char *clean);

void result_free(struct result *result);

#endif
