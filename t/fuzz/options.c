/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines: one argument on each line. */
#include "options.h"

#include "fuzz.h"
#include "judged.h"
#include "metric.h"
#include "report.h"

#define WORDS_MAX 64

/* An error as users see it. */
static void check_error(const char *why)
{
    char *text = NULL;
    size_t size = 0;
    EXPECT(*why != '\0' && strlen(why) < 511, "'%s'", why);
    FILE *out = open_memstream(&text, &size);
    report_usage_error(out, why);
    fclose(out);
    char *rest = text;
    for (char *line; rest && (line = fuzz_line(&rest)) && rest;)
        EXPECT(fuzz_is_clean(line), "'%s'", line);
    free(text);
}

static void check_settings(const struct settings *settings)
{
    EXPECT(settings->jid_text && settings->jid.domain, "no account");
    EXPECT(settings->timeout > 0 && settings->interval >= 0 && settings->ping_timeout >= 0, "times");
    EXPECT(settings->target_count >= 1 && settings->min_alive < (int)settings->target_count, "targets");
    EXPECT((unsigned)settings->timeout_state <= STATE_UNKNOWN, "state");
    for (size_t i = 0; i < settings->target_count; i++) {
        const struct target *target = &settings->targets[i];
        EXPECT(target->count >= 1 && target->count <= 1000, "%d pings", target->count);
        EXPECT(i == 0 || (jid_alias_valid(target->alias) && target->jid.domain), "target %zu", i);
        EXPECT((target->kind == TARGET_SERVER) == (i == 0), "target %zu", i);
    }
    for (size_t i = 0; i < settings->map_count; i++)
        EXPECT(condition_known(settings->map[i].name), "%s", settings->map[i].name);
    struct metrics metrics;
    if (!metrics_init(&metrics, settings))
        abort();
    for (size_t i = 0; i < metrics.count; i++)
        EXPECT(metrics_find(&metrics, metrics.list[i].label) == &metrics.list[i], "%s twice", metrics.list[i].label);
    for (size_t i = 0; i < settings->label_count; i++)
        EXPECT(metrics_find(&metrics, settings->labels[i].label), "no %s", settings->labels[i].label);
    metrics_free(&metrics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    char *words[WORDS_MAX + 2] = {"check_xmpp_ping"};
    int count = 1;
    char *rest = text;
    for (char *line; count <= WORDS_MAX && (line = fuzz_line(&rest));)
        words[count++] = line;
    struct settings settings;
    if (!settings_init(&settings))
        abort();
    struct line why = LINE_EMPTY;
    switch (options_parse(count, words, &settings, &why)) {
    case OPTIONS_RUN:
        if (fuzz_check(&settings, &why))
            check_settings(&settings);
        else
            check_error(why.text);
        break;
    case OPTIONS_ERROR:
        check_error(why.text);
        break;
    case OPTIONS_HELP:
    case OPTIONS_VERSION:
        break;
    }
    settings_free(&settings);
    free(text);
    return 0;
}
