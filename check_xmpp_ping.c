/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_xmpp_ping: logs in to an XMPP server, pings it and others, and says in one line how that went.
 *
 * The data goes one way: options and files to settings, a child measures, its events become results, results a verdict,
 * the verdict a report. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "child/child.h"
#include "clock.h"
#include "config.h"
#include "config_test.h"
#include "event.h"
#include "extra_opts.h"
#include "guard.h"
#include "limits_check.h"
#include "live.h"
#include "options.h"
#include "report.h"
#include "result.h"
#include "settings.h"
#include "supervise.h"
#include "survey.h"
#include "verdict.h"

/* The output is made in memory and printed as a whole, so that a reader never gets half of it. */
static struct {
    FILE *out;
    char *text;
    size_t length;
    bool ended; /* main() has its state */
} page;

/* A library that ends the program, as libconfig's scanner does without memory, ends it with a line and UNKNOWN, too;
 * what it has to say itself stays in stderr's buffer. */
static void end_early(void)
{
    if (!page.ended)
        guard_leave("XMPP PING UNKNOWN - a library gave up: out of memory?\n");
}

static FILE *page_open(void)
{
    page.out = open_memstream(&page.text, &page.length);
    if (!page.out)
        guard_leave("XMPP PING UNKNOWN - out of memory\n");
    return page.out;
}

/* Prints the page. The state of a report that nobody can read is UNKNOWN. */
static enum state page_print(enum state state)
{
    bool whole = !ferror(page.out);
    whole = fclose(page.out) == 0 && whole && page.text;
    if (!whole)
        guard_leave("XMPP PING UNKNOWN - out of memory\n");
    bool printed = guard_print(page.text, page.length);
    free(page.text);
    return printed ? state : STATE_UNKNOWN;
}

static enum state fail(const struct settings *settings, const char *why)
{
    report_unknown(page_open(), settings, why);
    return page_print(STATE_UNKNOWN);
}

static enum state fail_usage(const char *why)
{
    report_usage_error(page_open(), why);
    return page_print(STATE_UNKNOWN);
}

static enum state judge(const struct settings *settings, const struct result *result)
{
    struct verdict verdict;
    if (!verdict_make(&verdict, settings, result))
        return fail(settings, "out of memory");
    report_print(page_open(), settings, result, &verdict);
    enum state state = page_print(verdict.state);
    verdict_free(&verdict);
    return state;
}

/* The options are good, but no run can begin. The report is that of a run, so that its performance data keep their
 * labels. */
static enum state fail_before_run(const struct settings *settings, int64_t started_at, const char *why)
{
    struct result result;
    if (!result_init(&result, settings, started_at))
        return fail(settings, why);
    struct event failure = event_new(EVENT_FAILURE);
    failure.code = 1;
    event_set(failure.text, why);
    result_take(&failure, &result);
    result_close(&result, &(struct supervision){.end = SUPERVISE_DONE, .ended_at = clock_now()});
    enum state state = judge(settings, &result);
    result_free(&result);
    return state;
}

static enum state check(struct settings *settings, int64_t started_at)
{
    struct result result;
    if (!result_init(&result, settings, started_at))
        return fail(settings, "out of memory");
    struct probe_input input = {.settings = settings, .deadline = started_at + settings->timeout};
    struct live live = live_on(STDOUT_FILENO, settings, &result);
    struct supervised child = {.work = probe_run, .input = &input, .sink = live_take, .userdata = &live};
    child.targets = (uint32_t)settings->target_count;
    child.pings = settings_most_pings(settings);
    supervise(&child, 1, input.deadline);
    secret_wipe(&settings->password);
    result_close(&result, &child.outcome);
    enum state state = judge(settings, &result);
    result_free(&result);
    return state;
}

/* --each-endpoint */
static enum state check_each(struct settings *settings, int64_t started_at)
{
    struct survey survey;
    struct verdict verdict = {0};
    const struct survey_work work = {.discover = probe_discover, .check = probe_run, .sink = live_take_endpoint};
    bool good = survey_run(&survey, settings, started_at, &work);
    secret_wipe(&settings->password);
    good = good && survey_judge(&survey, settings, &verdict);
    enum state state = STATE_UNKNOWN;
    if (good) {
        report_survey(page_open(), &survey, settings, &verdict);
        state = page_print(verdict.state);
    } else {
        state = fail(settings, "out of memory");
    }
    verdict_free(&verdict);
    survey_free(&survey);
    return state;
}

/* The deadline holds for the reading of files, too. */
static void set_limit(const struct settings *settings, int64_t started_at)
{
    guard_set_limit(started_at + settings->timeout);
}

static bool check_settings(struct settings *settings, struct mistakes *mistakes)
{
    bool good = settings_check(settings, mistakes);
    return limits_check(settings, mistakes) && good;
}

static enum state run(int argc, char *argv[], struct settings *settings, int64_t started_at)
{
    struct line why = LINE_EMPTY;
    struct mistakes mistakes = MISTAKES_NONE;
    switch (options_parse(argc, argv, settings, &why)) {
    case OPTIONS_HELP:
        options_print_help(page_open());
        return page_print(STATE_UNKNOWN);
    case OPTIONS_VERSION:
        options_print_version(page_open());
        return page_print(STATE_UNKNOWN);
    case OPTIONS_ERROR:
        return fail_usage(why.text);
    case OPTIONS_RUN:
        break;
    }
    set_limit(settings, started_at);
    if (settings->config_test)
        return page_print(config_test(page_open(), argc, argv, settings, check_settings));
    if (!config_load(settings, &why))
        return fail(settings, why.text);
    set_limit(settings, started_at);
    check_settings(settings, &mistakes);
    if (!mistakes_end(&mistakes, &why))
        return config_tell_origin(settings, &why) ? fail(settings, why.text) : fail_usage(why.text);
    if (!settings_read_password(settings, &why))
        return fail_before_run(settings, started_at, why.text);
    return settings->each_endpoint ? check_each(settings, started_at) : check(settings, started_at);
}

static enum state run_expanded(int argc, char *argv[], struct settings *settings, int64_t started_at)
{
    struct line why = LINE_EMPTY;
    struct extra_opts extra;
    settings->timeout = options_timeout(argc, argv, settings->timeout);
    set_limit(settings, started_at);
    bool good = extra_opts_expand(argc, argv, &extra, &why);
    enum state state = good ? run(extra.argc, extra.argv, settings, started_at) : fail(settings, why.text);
    extra_opts_free(&extra);
    return state;
}

int main(int argc, char *argv[])
{
    int64_t started_at = clock_now();
    struct settings settings;
    bool memory = settings_init(&settings);
    guard_begin(started_at, started_at + settings.timeout);
    static char unseen[BUFSIZ];
    setvbuf(stderr, unseen, _IOFBF, sizeof unseen);
    atexit(end_early);
    enum state state = memory ? run_expanded(argc, argv, &settings, started_at) : fail(&settings, "out of memory");
    settings_free(&settings);
    page.ended = true;
    return (int)state;
}
