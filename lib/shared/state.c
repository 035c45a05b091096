/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state.h"

#include <stddef.h>
#include <strings.h>

static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

const char *state_name(enum state state)
{
    return names[(unsigned)state <= STATE_UNKNOWN ? state : STATE_UNKNOWN];
}

bool state_is_worse(enum state a, enum state b)
{
    static const int badness[] = {[STATE_OK] = 0, [STATE_UNKNOWN] = 1, [STATE_WARNING] = 2, [STATE_CRITICAL] = 3};
    return badness[a] > badness[b];
}

enum state state_worst(enum state a, enum state b)
{
    return state_is_worse(b, a) ? b : a;
}

bool state_parse(const char *text, enum state *state)
{
    for (int i = STATE_OK; i <= STATE_UNKNOWN; i++) {
        if (strcasecmp(text, names[i]) == 0 || (text[0] == '0' + i && text[1] == '\0')) {
            *state = (enum state)i;
            return true;
        }
    }
    return false;
}
