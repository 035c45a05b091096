/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phase.h"

const char *phase_name(enum phase phase)
{
    static const char *const names[PHASE_COUNT] = {
        [PHASE_DNS] = "dns",   [PHASE_CONNECT] = "connect", [PHASE_STREAM] = "stream", [PHASE_TLS] = "tls",
        [PHASE_AUTH] = "auth", [PHASE_BIND] = "bind",       [PHASE_PING] = "ping",
    };
    return names[phase];
}
