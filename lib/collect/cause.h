/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cause in words, as a child has told it. Of OpenSSL's errors the child tells numbers: to have the words for all of
 * them would cost each check 4 % of its time. */
#ifndef CAUSE_H
#define CAUSE_H

#include <stddef.h>

#include "event.h"

/* Writes WORDS of EVENT, cleaned for a terminal; behind them, where EVENT has an error of OpenSSL's, its reason, and
 * for EVENT_FAILURE its details. Always terminates OUT. May start OpenSSL, but without its configuration. */
void cause_take(const struct event *event, const char *words, char *out, size_t size);

#endif
