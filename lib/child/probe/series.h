/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pings of a check: each target's series, one in flight per target, the targets side by side, paced so that one
 * target's RTT does not contain another's. */
#ifndef SERIES_H
#define SERIES_H

#include <stdbool.h>

#include "login.h"
#include "settings.h"
#include "tell.h"

/* Pings all targets on the connection where LOGIN is done, and tells each ping. Blocks until all are through or the
 * connection has ended (or the parent's deadline ends the process). False with *FAILURE when it ended before. */
bool series_run(const struct settings *settings, struct login *login, struct failure *failure);

#endif
