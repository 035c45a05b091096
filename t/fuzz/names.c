/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names: of conditions, states and SASL mechanisms. Two lines: a condition and a stanza error's type. */
#include "condition.h"

#include <ctype.h>

#include "fuzz.h"
#include "mechanism.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    char *rest = text;
    const char *name = fuzz_line(&rest);
    const char *type = fuzz_line(&rest);
    EXPECT(!condition_known(name) || strlen(name) < CONDITION_SIZE, "%s", name);
    enum state state;
    for (enum wire_space space = SPACE_STREAM; space < SPACE_ANY; space++) {
        enum wire_condition condition = wire_condition_find(space, name);
        EXPECT(condition > WIRE_NONE && condition < WIRE_COUNT, "%s", name);
        EXPECT(condition == WIRE_UNDEFINED_CONDITION || strcmp(wire_condition_name(condition), name) == 0, "%s", name);
        EXPECT(any_condition_state((struct any_condition){.wire = condition}) == STATE_CRITICAL, "%s ends a run", name);
    }
    enum wire_condition stanza = wire_condition_find(SPACE_STANZA, name);
    for (enum target_kind kind = TARGET_SERVER; kind <= TARGET_FULL; kind++) {
        state = answer_state(kind, stanza, type ? type : "");
        EXPECT((unsigned)state <= STATE_UNKNOWN, "%s", name);
        bool alive = answer_is_alive(kind, stanza, type ? type : "");
        EXPECT(!alive || state == STATE_OK || state == STATE_WARNING, "%s is alive and bad", name);
    }
    const char *nearest = condition_nearest(name);
    EXPECT(!nearest || condition_known(nearest), "%s for %s", nearest, name);
    EXPECT(!condition_known(name) || strlen(name) >= 64 || (nearest && strcmp(nearest, name) == 0), "%s", name);

    state = STATE_UNKNOWN;
    if (state_parse(name, &state)) {
        enum state again;
        EXPECT(state_parse(state_name(state), &again) && again == state, "%s", name);
        EXPECT(isdigit((unsigned char)*name) ? name[1] == '\0' : strcasecmp(name, state_name(state)) == 0, "%s", name);
    }
    const struct mechanism *mechanism = mechanism_find(name);
    EXPECT(!mechanism || strcmp(mechanism->name, name) == 0, "%s", name);
    free(text);
    return 0;
}
