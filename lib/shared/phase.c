/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phase.h"

const char *phase_name(enum phase phase)
{
#define PHASE_NAME(constant, name) [constant] = (name),
    static const char *const names[PHASE_COUNT] = {PHASE_ROWS(PHASE_NAME)};
    return names[phase];
}
