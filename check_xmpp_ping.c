/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_xmpp_ping: logs in to an XMPP server, pings it and others, and says in one line how that went.
 *
 * The data goes one way: options and files to settings, a child measures, its events become results, results a verdict,
 * the verdict a report. */
#include <unistd.h>

#include "child/child.h"
#include "clock.h"
#include "config.h"
#include "config_report.h"
#include "extra_opts.h"
#include "guard.h"
#include "limits_check.h"
#include "live.h"
#include "options.h"
#include "page.h"
#include "report.h"
#include "survey.h"

static enum state report(const struct check *check)
{
    report_print(page_open(), check);
    return page_print(check->verdict.state);
}

static enum state fail(const struct settings *settings, const char *why)
{
    struct check check;
    check_refuse(&check, settings, why);
    return report(&check);
}

static enum state fail_usage(const char *why)
{
    report_usage_error(page_open(), why);
    return page_print(STATE_UNKNOWN);
}

/* Judges what was MEASURED, which is false without memory, and ends CHECK. */
static enum state finish(struct check *check, bool measured)
{
    enum state state = measured && check_judge(check) ? report(check) : fail(check->settings, "out of memory");
    check_free(check);
    return state;
}

/* The options are good, but no run can begin. The report is that of a run, so that its performance data keep their
 * labels. */
static enum state fail_before_run(const struct settings *settings, int64_t started_at, const char *why)
{
    struct check check = {.settings = settings};
    if (!result_init(&check.result, settings, started_at))
        return fail(settings, why);
    result_refuse(&check.result, why);
    return finish(&check, true);
}

static bool run_child(struct check *check, int64_t started_at)
{
    const struct settings *settings = check->settings;
    struct probe_input input = {.settings = settings, .deadline = started_at + settings->timeout};
    struct live live = live_on(STDOUT_FILENO, settings, &check->result);
    struct supervised child = {.work = probe_run, .input = &input, .sink = live_take, .userdata = &live};
    child.targets = (uint32_t)settings->target_count;
    child.pings = settings_most_pings(settings);
    if (!result_init(&check->result, settings, started_at))
        return false;
    supervise(&child, 1, input.deadline);
    result_close(&check->result, &child.outcome);
    return true;
}

static enum state run_check(const struct settings *settings, int64_t started_at)
{
    static const struct survey_work work = {.discover = probe_discover, .check = probe_run, .sink = live_take_endpoint};
    struct check check = {.settings = settings};
    bool measured = settings->each_endpoint ? survey_run(&check, started_at, &work) : run_child(&check, started_at);
    secret_wipe(settings->password);
    return finish(&check, measured);
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
        return page_print(config_report(page_open(), argc, argv, settings, check_settings));
    if (!config_load(settings, &why))
        return fail(settings, why.text);
    set_limit(settings, started_at);
    check_settings(settings, &mistakes);
    if (!mistakes_end(&mistakes, &why))
        return config_tell_origin(settings, &why) ? fail(settings, why.text) : fail_usage(why.text);
    return settings_read_password(settings, &why) ? run_check(settings, started_at)
                                                  : fail_before_run(settings, started_at, why.text);
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
    struct secret password = {0};
    struct settings settings;
    bool memory = settings_init(&settings);
    settings.password = &password;
    guard_begin(started_at, started_at + settings.timeout);
    page_begin();
    enum state state = memory ? run_expanded(argc, argv, &settings, started_at) : fail(&settings, "out of memory");
    secret_wipe(&password);
    settings_free(&settings);
    page_end();
    return (int)state;
}
