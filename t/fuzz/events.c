/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole run as text: the first line is the command line, the second how the child ended (end signal error time),
 * each further one an event: kind (a word) phase target seq code at value, and behind a tab each condition, type, name,
 * by and text. */
#include "event.h"

#include "names.h"
#include "clock.h"
#include "fuzz.h"
#include "judged.h"
#include "result.h"

#define PINGS_MAX 1000

static struct supervision read_end(const char *line)
{
    int end = 0, number = 0, error = 0;
    long long at = 0;
    if (line)
        sscanf(line, "%d %d %d %lld", &end, &number, &error, &at);
    return (struct supervision){.end = (enum supervise_end)((unsigned)end % (SUPERVISE_FAILED + 1)),
                                .signal = (int)((unsigned)number % 65),
                                .error = (int)((unsigned)error % 134),
                                .ended_at = at};
}

/* A word, so that a new kind changes no seed. What is none of them is no kind. */
static enum event_kind read_kind(const char *word)
{
    static const char *const kinds[EVENT_KIND_END] = {
        [EVENT_PHASE_BEGIN] = "begin",
        [EVENT_PHASE_END] = "end",
        [EVENT_ATTEMPT] = "attempt",
        [EVENT_ENDPOINT] = "endpoint",
        [EVENT_CANDIDATE] = "candidate",
        [EVENT_TLS] = "tls",
        [EVENT_CERTIFICATE] = "certificate",
        [EVENT_MECHANISM] = "mechanism",
        [EVENT_LOGIN] = "login",
        [EVENT_TCP_RTT] = "tcp-rtt",
        [EVENT_PING_SENT] = "sent",
        [EVENT_PING_RESULT] = "result",
        [EVENT_PING_ERROR] = "error",
        [EVENT_PING_TIMEOUT] = "timeout",
        [EVENT_IGNORED] = "ignored",
        [EVENT_FLAW] = "flaw",
        [EVENT_FAILURE] = "failure",
        [EVENT_LOG] = "log",
        [EVENT_HEARD] = "heard",
        [EVENT_BARRED] = "barred",
        [EVENT_DONE] = "done",
        [EVENT_OFFER] = "offer",
        [EVENT_FEATURES] = "features",
        [EVENT_CHAIN] = "chain",
        [EVENT_SANDBOX] = "sandbox",
    };
    for (int i = EVENT_PHASE_BEGIN; i < EVENT_KIND_END; i++)
        if (kinds[i] && strcmp(kinds[i], word) == 0)
            return (enum event_kind)i;
    return EVENT_KIND_END;
}

static struct event read_event(char *line)
{
    struct event event = {.version = EVENT_VERSION};
    char kind[16] = "", condition[CONDITION_SIZE] = "";
    long long at = 0, value = 0;
    char *field = strchr(line, '\t');
    if (field)
        *field++ = '\0';
    sscanf(line, "%15s %u %u %u %u %lld %lld", kind, &event.phase, &event.target, &event.seq, &event.code, &at, &value);
    event.kind = read_kind(kind);
    event.at = at;
    event.value = value;
    struct {
        char *text;
        size_t size;
    } fields[] = {{condition, sizeof condition},
                  {event.type, sizeof event.type},
                  {event.name, sizeof event.name},
                  {event.by, sizeof event.by},
                  {event.text, sizeof event.text}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && field; i++) {
        char *next = strchr(field, '\t');
        if (next)
            *next++ = '\0';
        event_copy(fields[i].text, fields[i].size, field);
        field = next;
    }
    enum wire_space space = event.kind == EVENT_PING_ERROR ? SPACE_STANZA : SPACE_ANY;
    event_set_condition(&event, condition_named(condition, space));
    return event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    char *rest = text;
    struct settings settings;
    struct result result;
    if (fuzz_settings(&settings, fuzz_line(&rest)) && result_init(&result, &settings, NS_PER_S)) {
        struct supervision supervision = read_end(fuzz_line(&rest));
        for (char *line; (line = fuzz_line(&rest));) {
            struct event event = read_event(line);
            if (event_valid(&event, (uint32_t)settings.target_count, PINGS_MAX))
                result_take(&event, &result);
        }
        fuzz_report(&settings, &result, &supervision);
        result_free(&result);
    }
    settings_free(&settings);
    free(text);
    return 0;
}
