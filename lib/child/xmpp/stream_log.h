/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stream log of -vvv: what libstrophe sends and receives, with secrets masked. */
#ifndef STREAM_LOG_H
#define STREAM_LOG_H

#include <strophe.h>

#include "tell.h"

/* A logger for xmpp_ctx_new() that tells TELLER each element as a line of EVENT_LOG. TELLER must outlive it; there is
 * one at a time, as libstrophe keeps the pointer. */
const xmpp_log_t *stream_log(const struct teller *teller);

#endif
