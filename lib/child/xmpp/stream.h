/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XML stream on a wire, read and written by libstrophe. libstrophe has one end of a pair of sockets, we have the
 * other: it sees clear text alone, and neither the network nor TLS. What it forces on us in static state stays in
 * stream.c. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

#include "host.h"
#include "memory.h"
#include "tell.h"
#include "wire.h"

/* libstrophe reads at most this much at a time. */
#define STREAM_PIECE 4096

/* So much may come without anything that brings the check on; then it is a flood. Bytes, and elements. */
#define STREAM_BYTES_MAX (UINT64_C(4) << 20)
#define STREAM_ELEMENTS_MAX 10000u

struct stream {
    struct wire wire;
    struct memory memory; /* of all that CTX makes */
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;
    int pair;                 /* our end */
    bool connected;           /* libstrophe has taken the socket over */
    bool opened;              /* the server opened a stream, since stream_open() */
    bool greeted;             /* it did so at least once */
    bool unsent;              /* something was given to libstrophe since the last bytes went out */
    bool handed;              /* libstrophe was handed something since then */
    bool by_tags;             /* hand over no more than one tag at a time */
    uint64_t progress_at;     /* how many bytes had come when stream_progress() was called last */
    unsigned idle_elements;   /* that came since then */
    char header[1024];        /* what came since stream_open(), with BY_TAGS */
    char piece[STREAM_PIECE]; /* clear text from the wire */
    size_t piece_start, piece_end;
    /* why it has ended */
    bool ended;
    bool malformed;             /* what came is not XML, or no stream */
    bool flooded;               /* it sends without end */
    bool limit_passed;          /* the time that stream_turn() was given for all */
    enum memory_end memory_end; /* the server made libstrophe ask for too much, or there is none */
    bool unusable;              /* libstrophe could not take the socket: the fault is ours */
};

/* Begins on FD, a socket that is connected to ADDRESS, for the domain DOMAIN (A-labels). FD is the stream's from here
 * on. TELLER tells when the first byte comes, and of the whole stream if LOGS is true. False when libstrophe refuses
 * (no memory, no descriptor). Its libstrophe objects are never freed: freeing can take 2 s, and the process ends soon.
 */
bool stream_begin(struct stream *stream, const char *domain, int fd, const union address *address,
                  struct teller *teller, bool logs);

/* Queues the header of a stream with stanzas in the namespace XMLNS; the answer will set OPENED. TO and FROM (NULL:
 * none) are domains with U-labels, as JIDs have on the wire. */
void stream_open(struct stream *stream, const char *xmlns, const char *to, const char *from);

/* Copies the id of the stream that the server has opened; with BY_TAGS set since stream_open(), as libstrophe does not
 * tell it. False when there is none, or none that is plain and fits. */
bool stream_id(const struct stream *stream, char *id, size_t size);

/* Queues STANZA and releases it; false for NULL, which is no memory. */
bool stream_send(struct stream *stream, xmpp_stanza_t *stanza);

/* Sends what is queued, as far as the wire takes it. Does not block. */
void stream_flush(struct stream *stream);

/* One round: hands what is there to libstrophe, whose handlers are called; when nothing is there, sends what is queued
 * and waits for something to come or UNTIL (clock_now(), ns). False when the stream has ended. */
bool stream_turn(struct stream *stream, int64_t until);

/* Whether bytes of the last turn wait to be handed over. */
bool stream_has_rest(const struct stream *stream);

/* Whether so much waits to be sent that no more should be queued. */
bool stream_is_full(const struct stream *stream);

/* A ping_arrival_clock: when the bytes that are being handled came to this machine. USERDATA is the stream. */
int64_t stream_arrived_at(void *userdata);

/* To be told of each element of the stream's first level. */
void stream_count(struct stream *stream);

/* Something came that was waited for: what has been read so far is no flood. */
void stream_progress(struct stream *stream);

/* Why it ended: TLS_FAILED, a condition of the certificate, NOT_XMPP, FLOODED or CONNECTION_LOST, with words; without
 * memory it is the probe's own fault. */
void stream_failure(const struct stream *stream, enum phase phase, struct failure *failure);

/* Sends the end of the stream and does not wait for an answer. */
void stream_close(struct stream *stream);

#endif
