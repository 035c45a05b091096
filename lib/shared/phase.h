/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phases of a check. Their names are the same everywhere: labels, ledger, first line. */
#ifndef PHASE_H
#define PHASE_H

/* One row each, in their order. A new phase is a new row; it is never behind the pings. */
#define PHASE_ROWS(ROW)                                                                                                \
    ROW(PHASE_DNS, "dns")                                                                                              \
    ROW(PHASE_CONNECT, "connect")                                                                                      \
    ROW(PHASE_STREAM, "stream")                                                                                        \
    ROW(PHASE_TLS, "tls")                                                                                              \
    ROW(PHASE_AUTH, "auth")                                                                                            \
    ROW(PHASE_BIND, "bind")                                                                                            \
    ROW(PHASE_PING, "ping")

enum phase {
#define PHASE_CONSTANT(constant, name) constant,
    PHASE_ROWS(PHASE_CONSTANT)
#undef PHASE_CONSTANT
        PHASE_COUNT
};

/* Its name. A static string. */
const char *phase_name(enum phase phase);

#endif
