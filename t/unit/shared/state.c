/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "state.h"

#include <stddef.h>

#include "phase.h"
#include "tap.h"

static const struct {
    const char *text;
    enum state state;
} valid[] = {
    {"OK", STATE_OK},
    {"ok", STATE_OK},
    {"Warning", STATE_WARNING},
    {"WARNING", STATE_WARNING},
    {"critical", STATE_CRITICAL},
    {"CRITICAL", STATE_CRITICAL},
    {"unKNOWN", STATE_UNKNOWN},
    {"0", STATE_OK},
    {"1", STATE_WARNING},
    {"2", STATE_CRITICAL},
    {"3", STATE_UNKNOWN},
};

static const char *const invalid[] = {"", "4", "-1", "00", "01", "O", "OKAY", "WARN", "CRITICAL ", " OK", "2x", "crit"};

static const enum state by_badness[] = {STATE_OK, STATE_UNKNOWN, STATE_WARNING, STATE_CRITICAL};

int main(void)
{
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        enum state state = (enum state)99;
        ok(state_parse(valid[i].text, &state) && state == valid[i].state, "'%s' is %s", valid[i].text,
           state_name(valid[i].state));
    }
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        enum state state = STATE_WARNING;
        ok(!state_parse(invalid[i], &state) && state == STATE_WARNING, "'%s' is no state", invalid[i]);
    }
    for (int a = 0; a < 4; a++) {
        for (int b = 0; b < 4; b++) {
            enum state worse = by_badness[a > b ? a : b];
            is_int(state_worst(by_badness[a], by_badness[b]), worse, "%s is the worst of %s and %s", state_name(worse),
                   state_name(by_badness[a]), state_name(by_badness[b]));
        }
    }
    is_str(state_name(STATE_OK), "OK", "0 is OK");
    is_str(state_name(STATE_WARNING), "WARNING", "1 is WARNING");
    is_str(state_name(STATE_CRITICAL), "CRITICAL", "2 is CRITICAL");
    is_str(state_name(STATE_UNKNOWN), "UNKNOWN", "3 is UNKNOWN");
    is_str(state_name((enum state)7), "UNKNOWN", "what is no state is UNKNOWN");

    static const char *const phases[PHASE_COUNT] = {"dns", "connect", "stream", "tls", "auth", "bind", "ping"};
    for (int i = 0; i < PHASE_COUNT; i++)
        is_str(phase_name((enum phase)i), phases[i], "phase %d is %s", i, phases[i]);
    done_testing();
    return exit_status();
}
