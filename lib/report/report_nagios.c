/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report for Nagios and its relatives: one line with performance data, and the long output behind it. */
#include "format.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bar.h"
#include "first_line.h"
#include "line.h"
#include "options.h"
#include "perfdata.h"
#include "summary.h"

/* Names in the long output, in characters. */
#define NAME_WIDTH 120

static const char *const tls_modes[] = {
    [TLS_AUTO] = "auto", [TLS_STARTTLS] = "starttls", [TLS_DIRECT] = "direct TLS", [TLS_NONE] = "no TLS"};

static void print_targets(FILE *out, const struct settings *settings, const struct verdict *verdict)
{
    for (size_t i = 0; verdict->targets && i < settings->target_count; i++) {
        char name[SUMMARY_NAME_SIZE];
        struct line line = LINE_EMPTY;
        line_add(&line, "%s: %s, %s", summary_name(settings, i, NAME_WIDTH, name),
                 state_name(verdict->targets[i].state), verdict->targets[i].text);
        line_print(&line, out);
    }
}

static void print_ledger(FILE *out, const struct result *result)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "phases: ");
    const char *separator = "";
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        if (!result->entered[phase])
            continue;
        line_add(&line, "%s%s ", separator, phase_name((enum phase)phase));
        line_add_time(&line, result->spent[phase]);
        if (result->open && result->phase == (enum phase)phase)
            line_add(&line, " (unfinished)");
        separator = ", ";
    }
    if (*separator == '\0')
        line_add(&line, "none begun");
    line_print(&line, out);
}

static void print_endpoints(FILE *out, const struct result *result, bool all)
{
    for (size_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_result *endpoint = &result->endpoints[i];
        bool connected = any_condition_is_none(endpoint->condition);
        if (connected && !all)
            continue;
        struct line line = LINE_EMPTY;
        line_add(&line, "endpoint %s (%s): %s", endpoint->name, tls_modes[endpoint->tls],
                 connected ? "connected" : any_condition_name(endpoint->condition));
        if (connected || endpoint->time > 0) { /* else there was nothing to try */
            line_add(&line, connected ? " in " : " after ");
            line_add_time(&line, endpoint->time);
        }
        if (!connected && endpoint->cause[0] != '\0')
            line_add(&line, ": %s", endpoint->cause);
        line_print(&line, out);
    }
}

/* What the first line had no room for. */
static void print_findings(FILE *out, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (strncmp(verdict->summary, finding->text, strlen(finding->text)) == 0)
            continue;
        struct line line = LINE_EMPTY;
        line_add(&line, "%s: %s", state_name(finding->state), finding->text);
        line_print(&line, out);
    }
}

static void print_pings(FILE *out, const struct settings *settings, const struct result *result, size_t index)
{
    char name[SUMMARY_NAME_SIZE];
    summary_name(settings, index, NAME_WIDTH, name);
    for (int i = 0; i < result->targets[index].count; i++) {
        const struct ping_record *ping = &result->targets[index].pings[i];
        if (ping->outcome == PING_UNSENT)
            continue;
        struct line line = LINE_EMPTY;
        line_add(&line, "%s ping %d: ", name, i + 1);
        if (ping->outcome == PING_PENDING)
            line_add(&line, "pending");
        else if (ping->outcome == PING_TIMED_OUT)
            line_add(&line, "no answer in ");
        if (ping->outcome != PING_PENDING)
            line_add_time(&line, ping->waited);
        if (ping->outcome == PING_ERROR) {
            line_add(&line, ", ");
            summary_error(&line, settings, ping);
        }
        line_print(&line, out);
    }
}

static void print_chain(FILE *out, const struct result *result)
{
    for (size_t i = 0; i < result->chain_length; i++) {
        const struct chain_link *link = &result->chain[i];
        struct line line = LINE_EMPTY;
        line_add(&line, "chain: %s, %s ", link->names, link->key);
        line_add_count(&line, link->bits, "bit");
        line_add(&line, ", until %s, ", link->until);
        summary_days(&line, link->days_left);
        line_print(&line, out);
    }
}

/* WHERE: before or behind TLS. One line, however long: a line of ours has less room than names can fill. */
static void print_offers(FILE *out, const char *where, const struct offers *offers)
{
    if (!offers->came)
        return;
    fprintf(out, "offers %s TLS: %s", where, offers->count == 0 ? "nothing" : "");
    for (size_t i = 0; i < offers->count; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ", ", offers->names[i]);
    fprintf(out, "%s\n", offers->cut ? " and more" : "");
}

static void print_security(FILE *out, const struct result *result)
{
    if (result->tls) {
        struct line line = LINE_EMPTY;
        line_add(&line, "tls: %s, %s, certificate %s", result->tls_version, result->tls_cipher,
                 result->tls_verified ? "verified" : "not verified");
        line_print(&line, out);
    }
    if (result->certificate) {
        struct line line = LINE_EMPTY;
        line_add(&line, "certificate: %s, ", result->certificate_names);
        summary_days(&line, result->days_left);
        line_print(&line, out);
    }
    print_chain(out, result);
    print_offers(out, "before", &result->before_tls);
    print_offers(out, "behind", &result->behind_tls);
    if (result->mechanism[0] != '\0') {
        struct line line = LINE_EMPTY;
        line_add(&line, "login: %s", result->login_way);
        line_print(&line, out);
        line = LINE_EMPTY;
        line_add(&line, "mechanism: %s", result->mechanism);
        line_print(&line, out);
    }
}

/* What cannot be put around the child on this machine is said from -v on. */
static void print_sandbox(FILE *out, const struct settings *settings, const struct result *result)
{
    bool whole = result->bars == BAR_BIT(BAR_COUNT) - 1;
    if (!result->sandboxed || (whole && settings->verbose < 2))
        return;
    struct line line = LINE_EMPTY;
    line_add(&line, "sandbox:");
    for (int bar = 0; bar < BAR_COUNT; bar++)
        line_add(&line, "%s %s %s", bar > 0 ? "," : "", bar_name((enum bar)bar),
                 result->bars & BAR_BIT(bar) ? "yes" : "no");
    line_print(&line, out);
}

static void print_ignored(FILE *out, const struct result *result)
{
    static const char *const words[IGNORED_COUNT] = {
        [IGNORED_REFLECTED] = "reflected",
        [IGNORED_STRANGER] = "from strangers",
        [IGNORED_DUPLICATE] = "answered twice or too late",
        [IGNORED_UNASKED] = "not asked for",
    };
    struct line line = LINE_EMPTY;
    const char *separator = "ignored: ";
    for (int i = 0; i < IGNORED_COUNT; i++) {
        if (result->ignored[i] == 0)
            continue;
        line_add(&line, "%s%d %s", separator, result->ignored[i], words[i]);
        separator = ", ";
    }
    if (line.used > 0)
        line_print(&line, out);
}

/* The stream log's lines are as long as stanzas are. Whoever looks on at a terminal reads XML, and may copy it; a
 * monitoring system has not asked for characters that mean something to it. */
static void print_log(FILE *out, const struct result *result)
{
    char *clean = malloc(result->log_length + 1);
    if (!clean) {
        fputs("log: out of memory\n", out);
        return;
    }
    for (size_t at = 0; result_log_line(result, &at, isatty(STDOUT_FILENO), clean);)
        fprintf(out, "%s\n", clean);
    free(clean);
}

static void print_setting(FILE *out, const struct option_row *row, const char *value)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "setting %s: %s", row->name, value);
    line_print(&line, out);
}

/* Those in force that have a value, as their options take it, but for switches that are off. None of them is a secret.
 */
static void print_settings(FILE *out, const struct settings *settings)
{
    for (const struct option_row *row = option_table; row < option_table + option_count; row++) {
        char buffer[OPTION_SHOWN_SIZE];
        const char *value = option_show(row, settings, buffer);
        bool is_off = value && !row->argument && strcmp(value, "false") == 0;
        if (value && !is_off)
            print_setting(out, row, value);
        struct line element = LINE_EMPTY;
        for (size_t i = 0; option_show_element(row, settings, i, &element); i++) {
            print_setting(out, row, element.text);
            element = LINE_EMPTY;
        }
    }
}

static void print_details(FILE *out, const struct settings *settings, const struct result *result)
{
    for (size_t i = 0; i < settings->target_count; i++)
        print_pings(out, settings, result, i);
    print_security(out, result);
    print_sandbox(out, settings, result);
    print_ignored(out, result);
    if (settings->verbose >= 2)
        print_settings(out, settings);
    if (settings->verbose >= 3 && result->log_length > 0)
        print_log(out, result);
}

static void print_long_output(FILE *out, const struct check *check)
{
    const struct settings *settings = check->settings;
    bool all = check->verdict.state != STATE_OK || settings->verbose > 0;
    print_targets(out, settings, &check->verdict);
    if (all)
        print_ledger(out, &check->result);
    print_endpoints(out, &check->result, all);
    print_findings(out, &check->verdict);
    if (settings->verbose > 0)
        print_details(out, settings, &check->result);
}

static void print_part(FILE *out, const struct endpoint_check *part)
{
    const struct verdict *verdict = &part->check.verdict;
    struct line line = LINE_EMPTY;
    line_add(&line, "endpoint %s (%s): %s, %s", part->name, tls_modes[part->settings.tls], state_name(verdict->state),
             verdict->summary);
    line_print(&line, out);
    if (verdict->state != STATE_OK || part->settings.verbose > 0)
        print_long_output(out, &part->check);
}

void report_nagios(FILE *out, const struct check *check)
{
    const struct verdict *verdict = &check->verdict;
    if (!check_was_run(check)) {
        first_line_unknown(out, verdict->whole, "");
        return;
    }
    fprintf(out, FIRST_LINE_SERVICE " %s - %s | ", state_name(verdict->state), verdict->summary);
    perfdata_print(out, &verdict->metrics, check->settings->omit_undetermined);
    fputc('\n', out);
    if (check->part_count == 0)
        print_long_output(out, check);
    else
        print_findings(out, verdict);
    for (size_t i = 0; i < check->part_count; i++)
        print_part(out, &check->parts[i]);
    if (check->settings->verbose >= 2)
        options_print_version(out);
}
