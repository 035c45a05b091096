/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "summary.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "duration.h"
#include "number.h"
#include "offered.h"
#include "sentence.h"
#include "text.h"
#include "way.h"

/* Room that a list of names in the first line may fill, in characters. */
#define NAMES_WIDTH 140
#define NAME_WIDTH 30
#define CERTIFICATE_NAME_WIDTH 80

void summary_end(struct line *body, const struct line *tail, size_t width, char *out, size_t size)
{
    struct line whole = LINE_EMPTY;
    text_shorten(body->text, width - text_width(tail->text));
    line_add(&whole, "%s%s", body->text, tail->text);
    text_clean_string(out, size, whole.text);
}

char *summary_name(const struct settings *settings, size_t target, size_t width, char *out)
{
    const char *name = target == 0 ? settings->jid.domain : settings->targets[target].jid_text;
    text_clean_string(out, SUMMARY_NAME_SIZE, name);
    text_shorten(out, width);
    return out;
}

static void add_seconds(struct line *line, double seconds)
{
    line_add_time(line, number_round(seconds * (double)NS_PER_S));
}

void summary_figures(struct line *line, const struct tally *tally, int count)
{
    int sent = tally_sent(tally);
    if (sent == 0) {
        line_add(line, "not pinged");
        return;
    }
    if (tally->no_support)
        line_add(line, "answers, no ping support, ");
    if (tally->errors == sent) {
        line_add_count(line, tally->errors, "error");
    } else {
        line_add(line, "%d of %d answered", tally->answered - tally->errors, sent);
        if (tally->errors > 0) {
            line_add(line, ", ");
            line_add_count(line, tally->errors, "error");
        }
    }
    if (tally->pending > 0)
        line_add(line, ", %d pending", tally->pending);
    if (tally->unsent > 0)
        line_add(line, ", %d not sent", tally->unsent);
    if (tally->has_rtt) {
        line_add(line, ", rtt ");
        add_seconds(line, tally->rtt);
        if (count > 1) {
            line_add(line, " (min ");
            add_seconds(line, tally->minimum);
            line_add(line, ", max ");
            add_seconds(line, tally->maximum);
            line_add(line, tally->has_first ? ", first " : "");
            if (tally->has_first)
                add_seconds(line, tally->first);
            line_add(line, ")");
        }
    } else if (tally->has_first) {
        line_add(line, ", first ");
        add_seconds(line, tally->first);
    }
}

const char *summary_by(const struct settings *settings, const struct ping_record *ping)
{
    /* Own servers say so in the name of the remote server, which they never reached. */
    return ping->condition == WIRE_STANZA_REMOTE_SERVER_NOT_FOUND ? settings->jid.domain : ping->by;
}

void summary_error(struct line *line, const struct settings *settings, const struct ping_record *ping)
{
    const char *by = summary_by(settings, ping);
    struct line sentence = LINE_EMPTY;
    sentence_add(&sentence, "%s", wire_condition_name(ping->condition));
    char clean[sizeof ping->by];
    if (text_clean_string(clean, sizeof clean, by)[0] != '\0')
        sentence_add(&sentence, "by %s", clean);
    sentence_add(&sentence, "%s", ping->text);
    line_add(line, "%s", sentence.text);
}

static void add_amount(struct line *line, const struct metric *metric, double amount, bool exact)
{
    if (metric->unit != METRIC_SECONDS) {
        line_add_decimal(line, amount);
        line_add(line, "%s", metric_unit_name(metric->unit));
    } else if (exact) {
        char text[32];
        line_add(line, "%s s", duration_seconds(number_round(amount * (double)NS_PER_S), text, sizeof text));
    } else {
        add_seconds(line, amount);
    }
}

void summary_alert(struct line *line, const struct metric *metric, double value, const struct range *range)
{
    line_add(line, "%s ", metric_words(metric));
    if (range->inside) {
        add_amount(line, metric, value, false);
        line_add(line, " is inside %s%s%s", strchr(range->text, ':') ? "" : "0:", range->text + 1,
                 metric->unit == METRIC_SECONDS ? " s" : "");
        return;
    }
    double end = value > range->end ? range->end : range->start;
    struct line of_value = LINE_EMPTY, of_end = LINE_EMPTY;
    add_amount(&of_value, metric, value, false);
    add_amount(&of_end, metric, end, false);
    /* "1 s is above 1 s" would be the rounding's fault. */
    bool exact = strcmp(of_value.text, of_end.text) == 0;
    add_amount(line, metric, value, exact);
    line_add(line, value > range->end ? " is above " : " is below ");
    add_amount(line, metric, end, exact);
}

void summary_days(struct line *line, long long days)
{
    line_add(line, days < 0 ? "expired " : "");
    line_add_count(line, days < 0 ? -days : days, "day");
    line_add(line, days < 0 ? " ago" : " left");
}

/* Appends ", pending: b.example, c.example and 3 more". */
static void add_pending(struct line *line, const struct settings *settings, const struct tally *tallies)
{
    const char *before = ", pending: ";
    int more = 0;
    for (size_t i = 0; i < settings->target_count; i++) {
        if (tallies[i].pending + tallies[i].unsent == 0)
            continue;
        char name[SUMMARY_NAME_SIZE];
        summary_name(settings, i, NAME_WIDTH, name);
        if (text_width(line->text) + strlen(before) + text_width(name) > NAMES_WIDTH) {
            more++;
            continue;
        }
        line_add(line, "%s%s", before, name);
        before = ", ";
    }
    if (more > 0)
        line_add(line, " and %d more", more);
}

void summary_deadline(struct line *line, const struct settings *settings, const struct result *result,
                      const struct tally *tallies)
{
    bool pending = false;
    for (size_t i = 0; i < settings->target_count; i++)
        pending = pending || tallies[i].pending + tallies[i].unsent > 0;
    bool pinging = result->phase == PHASE_PING && pending;
    bool connecting = result->phase == PHASE_CONNECT;
    const struct endpoint_result *silent = way_silent(result), *lookup = way_failed_lookup(settings, result);
    /* Of several that are silent none is more to blame than the first. */
    enum phase phase = result->phase;
    if (silent && !connecting)
        phase = silent->tls == TLS_DIRECT ? PHASE_TLS : PHASE_STREAM;
    *line = sentence_begin(phase, (struct any_condition){.own = CONDITION_DEADLINE});
    line_add(line, ": ");
    if (lookup) {
        way_add_lookup(line, lookup);
        line_add(line, ", then ");
    }
    if (silent) {
        way_add_silence(line, settings, result, silent);
    } else {
        line_add(line, pinging ? "after " : "no end after ");
        line_add_time(line, settings->timeout);
    }
    if (pinging)
        add_pending(line, settings, tallies);
    else if (connecting && result->attempt_count > 0)
        line_add(line, ", trying %s", result->attempts[0]);
}

void summary_expiring(struct line *line, const struct settings *settings, const struct result *result, long long days,
                      const struct range *range, enum state state)
{
    const char *level = state == STATE_CRITICAL ? "critical" : "warning";
    bool of_issuer = result->chain_length > 1 && result->chain[0].days_left > days;
    char name[SUMMARY_NAME_SIZE];
    line_add(line, "certificate of %s%s ", of_issuer ? "an issuer of " : "",
             summary_name(settings, 0, CERTIFICATE_NAME_WIDTH, name));
    line_add(line, days < 0 ? "expired " : days == 0 ? "expires within " : "expires in ");
    line_add_count(line, days < 0 ? -days : days > 0 ? days : 1, "day");
    line_add(line, "%s (%s ", days < 0 ? " ago" : "", level);
    bool above = !range->inside && (double)days > range->end;
    if (range->inside)
        line_add(line, "inside %s", range->text + 1);
    else
        line_add(line, above ? "above " : "below ");
    if (!range->inside)
        line_add_decimal(line, above ? range->end : range->start);
    line_add(line, ")");
}

void summary_death(struct line *line, const struct supervision *supervision)
{
    line_add(line, "child ");
    line_add(line, supervision->signal ? "died of " : "ended without a result");
    if (supervision->signal)
        summary_signal(line, supervision->signal);
}

void summary_own_crash(struct line *line, const struct result *result)
{
    struct supervision supervision = result->supervision;
    if (result->barred)
        supervision.signal = SIGSYS; /* also where the sandbox let it not even kill itself */
    line_add(line, "probe: ");
    summary_death(line, &supervision);
    if (result->barred)
        line_add(line, ": system call %lld is not allowed", (long long)result->barred_call);
    else if (!result->heard)
        line_add(line, " before a byte had come from outside");
}

void summary_signal(struct line *line, int number)
{
    const char *name = sigabbrev_np(number);
    if (name)
        line_add(line, "SIG%s", name);
    else
        line_add(line, "signal %d", number);
}

/* The server's domain and REST, at most WIDTH characters: a long name gives way. */
static void add_server(struct line *line, const struct settings *settings, const struct line *rest, size_t width)
{
    size_t used = text_width(rest->text);
    char name[SUMMARY_NAME_SIZE];
    summary_name(settings, 0, used + 12 < width ? width - used : 12, name);
    line_add(line, "%s%s", name, rest->text);
}

void summary_good(struct line *line, const struct settings *settings, const struct tally *tallies, int up, size_t width)
{
    const struct tally *own = &tallies[0];
    struct line rest = LINE_EMPTY;
    line_add(&rest, " answers");
    if (own->has_rtt || own->has_first) {
        line_add(&rest, " in ");
        add_seconds(&rest, own->has_rtt ? own->rtt : own->first);
    }
    if (own->no_support)
        line_add(&rest, ", no ping support");
    if (settings->target_count > 1)
        line_add(&rest, ", %d of %zu remotes up", up, settings->target_count - 1);
    add_server(line, settings, &rest, width);
}

void summary_reached(struct line *line, const struct settings *settings, const struct result *result, size_t width)
{
    const struct offers *offers = offered_where_it_counts(settings, result);
    struct line rest = LINE_EMPTY;
    line_add(&rest, "%s %s ",
             settings->s2s                   ? " takes servers"
             : offers_have_mechanism(offers) ? " takes logins"
                                             : " offers no login",
             settings->tls == TLS_NONE ? "without" : "over");
    line_add(&rest, "%s", settings->tls == TLS_NONE ? "TLS" : result->tls_version);
    if (result->certificate && result->tls_verified) {
        line_add(&rest, ", certificate good for ");
        line_add_count(&rest, result->days_left, "day");
    }
    add_server(line, settings, &rest, width);
}
