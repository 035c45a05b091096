/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts as text: address literals, host names, name servers. Asks nobody. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <sys/socket.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Reads an IPv4 address in dotted decimal, or an IPv6 address, also in brackets and with a zone ("fe80::1%eth0"). The
 * port is 0. */
bool host_literal(const char *text, union address *address);

/* Whether both have the same family and address, whatever their ports. */
bool host_same(const union address *a, const union address *b);

void host_set_port(union address *address, uint16_t port);

/* "192.0.2.1:5222", "[2001:db8::1]:5222". Always terminates OUT; 80 bytes are enough. Returns OUT. */
char *host_format(const union address *address, char *out, size_t size);

/* Whether the last label of NAME, which has no dot at its end, is a number. No top-level domain is one, so that it can
 * only be an IPv4 address, or a wrong one. */
bool host_ends_in_number(const char *name);

/* Writes a host name as DNS wants it: A-labels (IDNA 2008), no dot at the end. False when it cannot be one: an address
 * is none. *ABSOLUTE tells whether it had the dot. */
bool host_name(const char *text, char out[256], bool *absolute);

/* RFC 6761 section 6.3: "localhost" and all names below it. */
bool host_is_localhost(const char *name);

bool host_is_loopback(const union address *address);

/* ADDR[:PORT] of a name server, IPv6 in brackets when a port follows; the standard port is 53. */
bool host_server(const char *text, union address *address);

#endif
