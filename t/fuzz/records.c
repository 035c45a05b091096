/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as they come off the pipe, byte by byte: whatever is not struct event must be refused. */
#include "event.h"

#include "clock.h"
#include "fuzz.h"
#include "judged.h"
#include "result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct result result;
    if (!fuzz_settings(&settings, "-j a@example.org -R b=b.example/r -R c.example -n 2 -vvv") ||
        !result_init(&result, &settings, NS_PER_S))
        abort();
    for (size_t at = 0; at < size; at += sizeof(struct event)) {
        struct event event = {0};
        size_t length = size - at < sizeof event ? size - at : sizeof event;
        memcpy(&event, data + at, length);
        if (event_valid(&event, (uint32_t)settings.target_count, 2))
            result_take(&event, &result);
    }
    struct supervision supervision = {.end = SUPERVISE_DONE, .ended_at = 2 * NS_PER_S};
    fuzz_report(&settings, &result, &supervision);
    result_free(&result);
    settings_free(&settings);
    return 0;
}
