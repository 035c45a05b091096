/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection to the server: one TCP socket, TLS on it or not, and the one place where the child waits for it. Each
 * byte is counted and stamped here before any parser sees it. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tell.h"
#include "tls.h"

/* Room for what the socket has not taken yet. */
#define WIRE_ROOM 32768

/* The most that wire_write() takes at once. */
#define WIRE_PIECE 4096

enum wire_end {
    WIRE_OPEN,
    WIRE_CLOSED,     /* by the server, in order or not: see error */
    WIRE_TLS_FAILED, /* see tls_facts() */
    WIRE_NO_MEMORY
};

struct wire {
    int fd;
    struct tls *tls; /* NULL in clear text; the wire's own */
    bool secured;    /* its handshake is done */
    enum wire_end end;
    int error; /* errno of the socket; 0: closed in order */
    struct teller *teller;
    uint64_t received;  /* bytes, as they came */
    int64_t arrived_at; /* clock_now(), ns: when the bytes that wire_read() gave last came to this machine */
    int64_t left_at;    /* when the last byte left this machine, or, where that is not known, was given to the kernel */
    int64_t empty_at;   /* when nothing was there to read */
    char out[WIRE_ROOM];
    size_t out_length;
};

/* Takes FD, a connected non-blocking TCP socket; WIRE closes it. TELLER tells when the first byte comes. */
void wire_open(struct wire *wire, int fd, struct teller *teller);

/* Begins the handshake, which goes on in wire_read() until SECURED or END says how it went. TLS is the wire's from here
 * on; NULL counts as no memory. */
void wire_start_tls(struct wire *wire, struct tls *tls);

/* Clear text that is there: returns how many bytes of up to SIZE were put into TEXT; 0 when there are none now or the
 * wire has ended: see END. Does not block. */
size_t wire_read(struct wire *wire, char *text, size_t size);

/* Whether the server takes what it is sent: false while so much waits that wire_write() has no room. */
bool wire_has_room(const struct wire *wire);

/* Sends up to WIRE_PIECE bytes of clear text, encrypted once the wire is SECURED; what the socket does not take goes
 * later. Only with wire_has_room(). Does not block. */
void wire_write(struct wire *wire, const char *text, size_t length);

/* Waits until there is something to read, room for what waits to be sent, or UNTIL (clock_now(), ns). */
void wire_wait(struct wire *wire, int64_t until);

/* The kernel's smoothed round trip time of the TCP connection in ns, -1 where it has none. */
int64_t wire_tcp_rtt(const struct wire *wire);

/* The same, but the least of all that it has seen: the network's alone. Where the server acknowledges a question with
 * its answer, the smoothed one has the server's work in it. */
int64_t wire_least_tcp_rtt(const struct wire *wire);

void wire_close(struct wire *wire);

#endif
