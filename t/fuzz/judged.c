/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judged.h"

#include <jansson.h>
#include <math.h>

#include "fuzz.h"
#include "limits_check.h"
#include "options.h"
#include "report.h"
#include "text.h"

#define WORDS_MAX 40

bool fuzz_check(struct settings *settings, struct line *why)
{
    struct mistakes mistakes = MISTAKES_NONE;
    settings_check(settings, &mistakes);
    limits_check(settings, &mistakes);
    return mistakes_end(&mistakes, why);
}

bool fuzz_settings(struct settings *settings, const char *line)
{
    if (!settings_init(settings))
        abort();
    char *copy = strdup(line);
    char *words[WORDS_MAX + 2] = {"check_xmpp_ping"};
    int count = 1;
    char *place;
    for (char *word = strtok_r(copy, " ", &place); word && count < WORDS_MAX; word = strtok_r(NULL, " ", &place))
        words[count++] = word;
    struct line why = LINE_EMPTY;
    enum options_result result = options_parse(count, words, settings, &why);
    EXPECT(result != OPTIONS_ERROR || *why.text != '\0', "refused without a reason: %s", line);
    bool run = result == OPTIONS_RUN;
    if (run) {
        run = fuzz_check(settings, &why);
        EXPECT(run || *why.text != '\0', "refused without a reason: %s", line);
    }
    EXPECT(memchr(why.text, '\0', sizeof why.text), "a reason without an end");
    free(copy);
    return run;
}

/* The first line, without its end. */
static void check_first(const char *line, enum state state, bool omitted)
{
    static const char prefix[] = "XMPP PING ";
    EXPECT(strncmp(line, prefix, strlen(prefix)) == 0, "%s", line);
    line += strlen(prefix);
    const char *name = state_name(state);
    EXPECT(strncmp(line, name, strlen(name)) == 0 && strncmp(line + strlen(name), " - ", 3) == 0, "%s", line);
    line += strlen(name) + 3;
    const char *bar = strstr(line, " | ");
    EXPECT(bar && bar > line, "%s", line);
    char *sentence = strndup(line, (size_t)(bar - line));
    EXPECT(fuzz_is_clean(sentence), "%s", sentence);
    EXPECT(text_width(sentence) <= FIRST_LINE_WIDTH, "%s", sentence);
    free(sentence);

    const char *item = bar + 3;
    EXPECT(fuzz_is_clean(item), "%s", item);
    for (;;) {
        size_t length = strcspn(item, " ");
        size_t label = strspn(item, "abcdefghijklmnopqrstuvwxyz0123456789_");
        EXPECT(label > 0 && item[label] == '=', "perfdata %s", item);
        EXPECT(strspn(item + label + 1, "U0123456789.-s%;@~:") == length - label - 1, "perfdata %s", item);
        EXPECT(!omitted || item[label + 1] != 'U', "perfdata %s", item);
        if (item[length] == '\0')
            break;
        item += length + 1;
    }
}

static void check_lines(char *text, enum state state, bool omitted)
{
    char *bar = strchr(text, '|');
    EXPECT(bar && !strchr(bar + 1, '|'), "not one bar: %s", text);
    EXPECT(text[strlen(text) - 1] == '\n', "no end: %s", text);
    char *rest = text;
    check_first(fuzz_line(&rest), state, omitted);
    for (char *line; rest && (line = fuzz_line(&rest)) && rest;) {
        line += strspn(line, " "); /* the list of versions is indented */
        EXPECT(fuzz_is_clean(line), "'%s' is not clean", line);
    }
}

/* One object on one line, as another reader takes it. */
static void check_json(const char *text, enum state state)
{
    json_error_t error;
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    EXPECT(report, "%s: %s", error.text, text);
    EXPECT(json_integer_value(json_object_get(report, "code")) == state, "%s", text);
    EXPECT(strchr(text, '\n') == text + strlen(text) - 1, "more than one line: %s", text);
    const char *summary = json_string_value(json_object_get(report, "summary"));
    EXPECT(summary && fuzz_is_clean(summary), "%s", text);
    json_decref(report);
}

/* The text exposition format: NAME{LABELS} NUMBER, between comments. */
static void check_prometheus(char *text)
{
    for (char *line; text && (line = fuzz_line(&text)) && text;) {
        EXPECT(fuzz_is_utf8(line, strlen(line)), "%s", line);
        if (*line == '#')
            continue;
        size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
        EXPECT(name > 0 && (line[name] == ' ' || line[name] == '{'), "%s", line);
        char *end, *value = strrchr(line, ' ');
        EXPECT(value && isfinite(strtod(value + 1, &end)) && end > value + 1 && *end == '\0', "%s", line);
    }
}

/* What an OK or a WARNING has to rest on, if the user has asked for neither: a login and the own server's answer, or
 * without a login what the server offers. */
static bool is_proven(const struct settings *settings, const struct result *result)
{
    bool answered = false, clear = settings->tls == TLS_NONE;
    for (size_t i = 0; i < result->targets[0].group_count; i++) {
        const struct ping_record *ping = &result->targets[0].groups[i].example;
        answered |= ping->outcome == PING_RESULT;
        answered |= ping->outcome == PING_ERROR && answer_is_alive(TARGET_SERVER, ping->condition, ping->type);
    }
    bool channel = clear || settings->insecure || (result->tls && result->tls_verified);
    bool asked = settings->offers_count + settings->offers_not_count > 0;
    if (asked && !result->before_tls.came && !result->behind_tls.came)
        return false;
    if (settings->no_login)
        return channel && (clear ? result->before_tls.came : result->behind_tls.came);
    return channel && result->login && answered;
}

void fuzz_report(const struct settings *settings, struct result *result, const struct supervision *supervision)
{
    result_close(result, supervision);
    struct check check = {.settings = settings, .result = *result};
    if (!check_judge(&check))
        abort();
    const struct verdict verdict = check.verdict;
    EXPECT((unsigned)verdict.state <= STATE_UNKNOWN, "state %d", verdict.state);
    bool asked = settings->map_count > 0 || supervision->end == SUPERVISE_DEADLINE;
    bool good = verdict.state == STATE_OK || verdict.state == STATE_WARNING;
    EXPECT(!good || asked || is_proven(settings, result), "%s without proof: %s", state_name(verdict.state),
           verdict.summary);
    EXPECT(verdict.finding_count <= FINDINGS_MAX, "%zu findings", verdict.finding_count);
    for (size_t i = 0; i < settings->target_count && verdict.targets; i++)
        EXPECT(fuzz_is_clean(verdict.targets[i].text), "%s", verdict.targets[i].text);
    for (size_t i = 0; i < verdict.metrics.count; i++)
        EXPECT(!verdict.metrics.list[i].known || isfinite(verdict.metrics.list[i].value), "%s",
               verdict.metrics.list[i].label);

    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    report_print(out, &check);
    fclose(out);
    if (getenv("FUZZ_SHOW"))
        fputs(text, stdout);
    EXPECT(strlen(text) == size, "a NUL in the report");
    if (settings->quiet && verdict.state == STATE_OK)
        EXPECT(size == 0, "%s", text);
    else if (settings->output == OUTPUT_JSON)
        check_json(text, verdict.state);
    else if (settings->output == OUTPUT_PROMETHEUS)
        check_prometheus(text);
    else
        check_lines(text, verdict.state, settings->omit_undetermined);
    free(text);
    verdict_free(&check.verdict);
}
