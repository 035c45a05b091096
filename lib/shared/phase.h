/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phases of a check, in their order. Their names are the same everywhere: labels, ledger, first line. */
#ifndef PHASE_H
#define PHASE_H

enum phase { PHASE_DNS, PHASE_CONNECT, PHASE_STREAM, PHASE_TLS, PHASE_AUTH, PHASE_BIND, PHASE_PING };
#define PHASE_COUNT 7

/* "dns", "connect", "stream", "tls", "auth", "bind" or "ping". A static string. */
const char *phase_name(enum phase phase);

#endif
