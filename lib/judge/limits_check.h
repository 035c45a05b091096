/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ranges of -w, -c and -L against the figures that a check has. */
#ifndef LIMITS_CHECK_H
#define LIMITS_CHECK_H

#include <stdbool.h>

#include "mistakes.h"
#include "settings.h"

/* Behind settings_check(): reads the ranges of -L, as the label says their unit. Adds to MISTAKES a sentence, which
 * begins with the option at fault, for each range that can never fire, each label that is no metric of this check, and
 * each alias that makes a label twice. False when MISTAKES has any. */
bool limits_check(struct settings *settings, struct mistakes *mistakes);

#endif
