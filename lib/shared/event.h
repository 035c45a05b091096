/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records on the pipe from the child, which measures, to the parent, which judges. Fixed size, below PIPE_BUF, so
 * that each is written whole. The reader takes them as input from a stranger: event_valid() before any use. */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "condition.h"

#define EVENT_VERSION 1u

enum event_kind {
    EVENT_PHASE_BEGIN = 1, /* phase, at */
    EVENT_PHASE_END,       /* phase, at */
    EVENT_ATTEMPT,         /* text: the endpoint that is being tried, as below */
    EVENT_ENDPOINT,        /* text: "xmpp.example.org 192.0.2.1:5222"; code: tls_mode used; condition or wire: why it
                              failed, none: connected; name: the cause in words; value: ns that it took */
    EVENT_CANDIDATE,    /* an endpoint for --each-endpoint: text: its host, value: port, code: tls_mode, name: "ipv4",
                           "ipv6" or empty for either */
    EVENT_TLS,          /* name: version, text: cipher, code: 1 if the certificate was verified */
    EVENT_CERTIFICATE,  /* value: whole days left of the chain's first to expire; text: names of the leaf */
    EVENT_MECHANISM,    /* name: the SASL mechanism used */
    EVENT_LOGIN,        /* the server took the login, and has proved itself as far as the mechanism can */
    EVENT_TCP_RTT,      /* value: ns */
    EVENT_PING_SENT,    /* target, seq, at */
    EVENT_PING_RESULT,  /* target, seq, value: RTT in ns */
    EVENT_PING_ERROR,   /* target, seq, value: ns until the answer, wire: of a stanza, type, by, text */
    EVENT_PING_TIMEOUT, /* target, seq, value: ns waited */
    EVENT_IGNORED,      /* an answer that counts for nothing; code: enum event_ignored; by: the sender */
    EVENT_FLAW,         /* condition: one that does not end the run, as scram-weak; text: that in words */
    EVENT_FAILURE,      /* the run ends here: phase, condition or wire, text in words; code: 1 if it is the probe's own
                           fault (UNKNOWN); name: details of OpenSSL's */
    EVENT_LOG,          /* text: a piece of the stream log, secrets masked; code: 1 if the line goes on in the next
                           record */
    EVENT_HEARD,        /* the first byte has come, from a name server or from the endpoint that is connected: a death
                           from here on may be a stranger's work */
    EVENT_BARRED,       /* value: the number of a system call that is not allowed; the child dies of it */
    EVENT_DONE,         /* all was done that was to be done */
    EVENT_OFFER,        /* one thing that the stream's features offer; value: enum offer_kind; name: where that has one;
                           code: 1 behind TLS */
    EVENT_FEATURES,     /* the features came, each told by EVENT_OFFER before; code: 1 behind TLS; value: 1 if there
                           were more than could be told */
    EVENT_CHAIN,        /* one certificate of the chain that EVENT_CERTIFICATE is about, the leaf first; text: whose it
                           is; name: the kind of its key, code: that key's bits; value: whole days left; by: when its
                           validity ends, as "2027-02-25T12:00:00Z" */
    EVENT_SANDBOX,      /* code: the set of bars that hold (see bar.h) from before the first byte from outside on */
    EVENT_KIND_END
};

/* What a stream's features can offer. The server gives names to the first two; the others have none, so that no word of
 * a server is taken for one of them. */
enum offer_kind {
    OFFER_MECHANISM, /* of SASL or SASL2; name: as the server writes it */
    OFFER_BINDING,   /* a kind of channel binding (XEP-0440); name: the same */
    OFFER_STARTTLS,
    OFFER_STARTTLS_REQUIRED,
    OFFER_CHANNEL_BINDING, /* XEP-0440 */
    OFFER_SASL2,           /* XEP-0388 */
    OFFER_BIND2,           /* XEP-0386 */
    OFFER_DIALBACK,        /* XEP-0220 */
    OFFER_KIND_END
};

/* Why an answer counts for nothing. */
enum event_ignored { IGNORED_REFLECTED, IGNORED_STRANGER, IGNORED_DUPLICATE, IGNORED_UNASKED, IGNORED_COUNT };

struct event {
    uint32_t version;
    uint32_t kind; /* enum event_kind */
    uint32_t phase;
    uint32_t target; /* index into settings.targets */
    uint32_t seq;    /* ping of that target, from 0 */
    uint32_t code;
    uint32_t condition; /* enum condition */
    uint32_t wire;      /* enum wire_condition */
    int64_t at;         /* clock_now(), ns */
    int64_t value;      /* ns or days, by kind */
    uint64_t openssl;   /* of EVENT_ENDPOINT and EVENT_FAILURE: OpenSSL's error, whose reason only the parent has in
                           words;   0 for none */
    char type[16];      /* stanza error type */
    char name[112];     /* short text by kind */
    char by[104];       /* who said it, a JID */
    char text[216];     /* free text, as the network gave it */
};

_Static_assert(sizeof(struct event) == 504, "an event has one size for both sides");

/* A zeroed event of that kind, stamped now. */
struct event event_new(enum event_kind kind);

/* Copies TEXT (NULL counts as empty) to one of the event's fields, cut to its size, NUL-terminated. */
#define event_set(field, text) event_copy((field), sizeof(field), (text))
void event_copy(char *out, size_t size, const char *text);

/* The condition of the event; what was read from the pipe has to be valid. */
struct any_condition event_condition(const struct event *event);
void event_set_condition(struct event *event, struct any_condition condition);

/* Writes the record to FD; waits while the pipe is full. False when the reader is gone. Async-signal-safe. */
bool event_write(int fd, const struct event *event);

/* Whether a record that was read has the version, a known kind, a phase in range, a target below TARGETS, a sequence
 * number below PINGS, no bar that there is not, times that are not negative, text fields that end inside their bounds,
 * a condition that there is and that its kind may have, an offer that there is, and no error of OpenSSL's that its kind
 * may not have. */
bool event_valid(const struct event *event, uint32_t targets, uint32_t pings);

#endif
