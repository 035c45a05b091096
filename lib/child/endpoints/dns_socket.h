/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sockets of c-ares, as ours: c-ares 1.18 reports "connection refused" when all servers have answered with an
 * error, so the RCODE must be read on the way. */
#ifndef DNS_SOCKET_H
#define DNS_SOCKET_H

#include "dns.h"

/* Has c-ares open, read and write its sockets here, for DNS' channel. */
void dns_use_sockets(struct dns *dns);

#endif
