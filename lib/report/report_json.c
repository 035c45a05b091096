/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one JSON object on one line, as doc/check_xmpp_ping.schema.json describes it. Each key is always there;
 * what is not known is null. */
#include "format.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bar.h"
#include "clock.h"
#include "json_library.h"
#include "number.h"
#include "summary.h"
#include "tally.h"
#include "text.h"

/* Enough for microseconds of the longest time, and too few to show how a double misses a decimal. */
#define DIGITS 15

#define PHASE_NULL(constant, name) ",\"" name "\":null"

/* The first of a list needs no comma. */
#define PHASES_NULL (&(PHASE_ROWS(PHASE_NULL))[1])

/* What is printed when there is no memory, or no jansson, for more: state, code, summary, which is clean and needs no
 * escapes, and the phases, and why there is no more. Else the same as that of a check that was not run for "out of
 * memory". */
#define LAST_RESORT                                                                                                    \
    "{\"state\":\"%s\",\"code\":%d,\"summary\":\"%s\",\"phase\":null,\"condition\":null,\"server\":null,"              \
    "\"targets\":[],\"phases\":{%s},\"endpoints\":[],\"tls\":null,"                                                    \
    "\"offers\":{\"before_tls\":[],\"behind_tls\":[]},\"mechanism\":null,\"sandbox\":null,"                            \
    "\"findings\":[{\"state\":\"UNKNOWN\",\"condition\":null,\"text\":\"%s\"}],"                                       \
    "\"ignored\":{\"reflected\":0,\"strangers\":0,\"duplicates\":0,\"unasked\":0},\"metrics\":[],\"log\":null,"        \
    "\"checks\":[]}\n"

/* The functions below return a new value, or NULL when out of memory: json_pack() then returns NULL too, up to the
 * top. */

/* For "s?": NULL is null. */
static const char *if_any(const char *text)
{
    return *text != '\0' ? text : NULL;
}

/* TEXT may hold anything; NULL is null. */
static json_t *clean_string(const char *text)
{
    if (!text)
        return json_null();
    size_t size = strlen(text) + 1;
    char *clean = malloc(size);
    json_t *string = clean ? json_string(text_clean(clean, size, text, size - 1)) : NULL;
    free(clean);
    return string;
}

/* Rounded to 1 / QUANTA, unless it is so large that it is whole. */
static json_t *number_if(bool known, double value, double quanta)
{
    static const double whole = 1ull << 52;
    double scaled = value * quanta;
    if (scaled > -whole && scaled < whole)
        value = (double)number_round(scaled) / quanta;
    return known ? json_real(value) : json_null();
}

static json_t *seconds_if(bool known, double value)
{
    return number_if(known, value, 1e6);
}

static json_t *time_if(bool known, int64_t time)
{
    return seconds_if(known, clock_seconds(time));
}

/* Appends ITEM to *ARRAY, or adds it to *OBJECT. When one of the two is NULL, so is the whole from there on. */
static void append(json_t **array, json_t *item)
{
    if (json_array_append_new(*array, item) == 0)
        return;
    json_decref(*array);
    *array = NULL;
}

static void add(json_t **object, const char *key, json_t *item)
{
    if (json_object_set_new(*object, key, item) == 0)
        return;
    json_decref(*object);
    *object = NULL;
}

static json_t *describe_error(const struct settings *settings, const struct ping_record *ping)
{
    if (ping->outcome != PING_ERROR)
        return json_null();
    return json_pack("{s:s, s:s?, s:s?, s:o}", "condition", wire_condition_name(ping->condition), "type",
                     if_any(ping->type), "text", if_any(ping->text), "by",
                     clean_string(if_any(summary_by(settings, ping))));
}

static json_t *describe_ping(const struct settings *settings, size_t target, int index, const struct ping_record *ping)
{
    static const char *const outcomes[] = {
        [PING_PENDING] = "pending", [PING_RESULT] = "result", [PING_ERROR] = "error", [PING_TIMED_OUT] = "timeout"};
    return json_pack("{s:i, s:s, s:o, s:o, s:o}", "seq", index + 1, "outcome", outcomes[ping->outcome], "time",
                     time_if(ping->outcome != PING_PENDING, ping->waited), "rtt",
                     time_if(tally_is_rtt(settings, target, ping), ping->waited), "error",
                     describe_error(settings, ping));
}

static json_t *describe_pings(const struct settings *settings, const struct result *result, size_t target)
{
    json_t *pings = json_array();
    for (int i = 0; i < result->targets[target].count; i++) {
        const struct ping_record *ping = &result->targets[target].pings[i];
        if (ping->outcome != PING_UNSENT)
            append(&pings, describe_ping(settings, target, i, ping));
    }
    return pings;
}

static json_t *describe_target(const struct settings *settings, const struct result *result,
                               const struct verdict *whole, size_t index)
{
    const struct target *target = &settings->targets[index];
    const struct target_verdict *verdict = &whole->targets[index];
    const struct tally *tally = &whole->tallies[index];
    return json_pack("{s:s?, s:o, s:s, s:s?, s:s, s:b, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", //
                     "alias", if_any(target->alias),                                             //
                     "jid", clean_string(index == 0 ? settings->jid.domain : target->jid_text),  //
                     "state", state_name(verdict->state),                                        //
                     "condition", if_any(any_condition_name(verdict->condition)),                //
                     "text", verdict->text,                                                      //
                     "up", verdict->alive,                                                       //
                     "sent", tally_sent(tally),                                                  //
                     "received", tally->answered,                                                //
                     "loss", number_if(tally->has_loss, tally->loss, 100),                       //
                     "rtt", seconds_if(tally->has_rtt, tally->rtt),                              //
                     "rtt_min", seconds_if(tally->has_rtt, tally->minimum),                      //
                     "rtt_max", seconds_if(tally->has_rtt, tally->maximum),                      //
                     "rtt_first", seconds_if(tally->has_first, tally->first),                    //
                     "pings", describe_pings(settings, result, index));
}

static json_t *describe_targets(const struct settings *settings, const struct result *result,
                                const struct verdict *verdict)
{
    json_t *targets = json_array();
    for (size_t i = 0; verdict->targets && i < settings->target_count; i++)
        append(&targets, describe_target(settings, result, verdict, i));
    return targets;
}

static json_t *describe_phases(const struct result *result)
{
    json_t *phases = json_object();
    for (int i = 0; i < PHASE_COUNT; i++)
        add(&phases, phase_name((enum phase)i), time_if(result->entered[i], result->spent[i]));
    return phases;
}

static json_t *describe_endpoint(const struct endpoint_result *endpoint)
{
    bool connected = any_condition_is_none(endpoint->condition);
    json_t *error = connected ? json_null()
                              : json_pack("{s:s, s:s?}", "condition", any_condition_name(endpoint->condition), "text",
                                          if_any(endpoint->cause));
    return json_pack("{s:s, s:s, s:b, s:o, s:o}", "name", endpoint->name, "tls", tls_mode_names[endpoint->tls],
                     "connected", connected, "time", time_if(connected || endpoint->time > 0, endpoint->time), "error",
                     error);
}

static json_t *describe_endpoints(const struct result *result)
{
    json_t *endpoints = json_array();
    for (size_t i = 0; i < result->endpoint_count; i++)
        append(&endpoints, describe_endpoint(&result->endpoints[i]));
    return endpoints;
}

static json_t *describe_link(const struct chain_link *link)
{
    return json_pack("{s:s?, s:{s:s?, s:i}, s:s?, s:I}", "names", if_any(link->names), "key", "type", if_any(link->key),
                     "bits", link->bits, "until", if_any(link->until), "days_left", (json_int_t)link->days_left);
}

static json_t *describe_chain(const struct result *result)
{
    json_t *chain = json_array();
    for (size_t i = 0; i < result->chain_length; i++)
        append(&chain, describe_link(&result->chain[i]));
    return chain;
}

/* Of a refused certificate there is something to say although there is no TLS. */
static json_t *describe_tls(const struct result *result)
{
    if (!result->tls && !result->certificate)
        return json_null();
    return json_pack("{s:s?, s:s?, s:b, s:o, s:s?, s:o}",                                              //
                     "version", if_any(result->tls_version),                                           //
                     "cipher", if_any(result->tls_cipher),                                             //
                     "verified", result->tls && result->tls_verified,                                  //
                     "days_left", result->certificate ? json_integer(result->days_left) : json_null(), //
                     "names", if_any(result->certificate_names),                                       //
                     "chain", describe_chain(result));
}

static json_t *describe_names(const struct offers *offers)
{
    json_t *names = json_array();
    for (size_t i = 0; i < offers->count; i++)
        append(&names, json_string(offers->names[i]));
    return names;
}

static json_t *describe_offers(const struct result *result)
{
    return json_pack("{s:o, s:o}", "before_tls", describe_names(&result->before_tls), "behind_tls",
                     describe_names(&result->behind_tls));
}

static json_t *describe_sandbox(const struct result *result)
{
    if (!result->sandboxed)
        return json_null();
    json_t *bars = json_object();
    for (int bar = 0; bar < BAR_COUNT; bar++)
        add(&bars, bar_name((enum bar)bar), json_boolean(result->bars & BAR_BIT(bar)));
    return bars;
}

static json_t *describe_findings(const struct verdict *verdict)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        append(&findings, json_pack("{s:s, s:s?, s:s}", "state", state_name(finding->state), "condition",
                                    if_any(any_condition_name(finding->condition)), "text", finding->text));
    }
    return findings;
}

static json_t *describe_value(const struct metric *metric)
{
    if (!metric->known)
        return json_null();
    if (metric->unit == METRIC_SECONDS)
        return seconds_if(true, metric->value);
    if (metric->unit == METRIC_PERCENT)
        return number_if(true, metric->value, 100);
    return json_integer(number_round(metric->value));
}

static json_t *describe_metric(const struct metric *metric)
{
    const struct limits *limits = metric->limits;
    return json_pack("{s:s, s:o, s:s?, s:s?, s:s?, s:o, s:o}",                  //
                     "label", metric->label,                                    //
                     "value", describe_value(metric),                           //
                     "unit", if_any(metric_unit_name(metric->unit)),            //
                     "warning", limits ? if_any(limits->warning.text) : NULL,   //
                     "critical", limits ? if_any(limits->critical.text) : NULL, //
                     "min", seconds_if(metric->has_minimum, metric->minimum),   //
                     "max", seconds_if(metric->has_maximum, metric->maximum));
}

static json_t *describe_metrics(const struct settings *settings, const struct metrics *metrics)
{
    json_t *list = json_array();
    for (size_t i = 0; i < metrics->count; i++) {
        if (!settings->omit_undetermined || metrics->list[i].known)
            append(&list, describe_metric(&metrics->list[i]));
    }
    return list;
}

static json_t *describe_log(const struct settings *settings, const struct result *result)
{
    if (settings->verbose < 3)
        return json_null();
    json_t *lines = json_array();
    char *clean = malloc(result->log_length + 1);
    for (size_t at = 0; lines && clean && result_log_line(result, &at, false, clean);)
        append(&lines, json_string(clean));
    if (!clean) {
        json_decref(lines);
        lines = NULL;
    }
    free(clean);
    return lines;
}

static json_t *describe_ignored(const struct result *result)
{
    const int *ignored = result->ignored;
    return json_pack("{s:i, s:i, s:i, s:i}", "reflected", ignored[IGNORED_REFLECTED], "strangers",
                     ignored[IGNORED_STRANGER], "duplicates", ignored[IGNORED_DUPLICATE], "unasked",
                     ignored[IGNORED_UNASKED]);
}

static json_t *describe_checks(const struct check *check);

static json_t *describe(const struct check *check)
{
    const struct settings *settings = check->settings;
    const struct result *result = &check->result;
    const struct verdict *verdict = &check->verdict;
    /* Options at fault end it before the first phase. */
    bool began = check_was_run(check) && (!result->own_fault || result->entered[verdict->phase]);
    return json_pack("{s:s, s:i, s:s, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:o, s:o, s:o, s:o, s:o, s:o}", //
                     "state", state_name(verdict->state),                                                             //
                     "code", (int)verdict->state,                                                                     //
                     "summary", verdict->whole,                                                                       //
                     "phase", began ? phase_name(verdict->phase) : NULL,                                              //
                     "condition", if_any(any_condition_name(verdict->condition)),                                     //
                     "server", clean_string(settings->jid.domain),                                                    //
                     "targets", describe_targets(settings, result, verdict),                                          //
                     "phases", describe_phases(result),                                                               //
                     "endpoints", describe_endpoints(result),                                                         //
                     "tls", describe_tls(result),                                                                     //
                     "offers", describe_offers(result),                                                               //
                     "mechanism", if_any(result->mechanism),                                                          //
                     "sandbox", describe_sandbox(result),                                                             //
                     "findings", describe_findings(verdict),                                                          //
                     "ignored", describe_ignored(result),                                                             //
                     "metrics", describe_metrics(settings, &verdict->metrics),                                        //
                     "log", describe_log(settings, result),                                                           //
                     "checks", describe_checks(check));
}

static json_t *describe_checks(const struct check *check)
{
    json_t *checks = json_array();
    for (const struct endpoint_check *part = check->parts; part < check->parts + check->part_count; part++)
        append(&checks, json_pack("{s:s, s:s, s:b, s:o}", "name", part->name, "label", part->label, "up",
                                  part->check.verdict.up, "report", describe(&part->check)));
    return checks;
}

void report_json(FILE *out, const struct check *check)
{
    const struct verdict *verdict = &check->verdict;
    bool loaded = json_library_load();
    json_t *report = loaded ? describe(check) : NULL;
    char *text = report ? json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS)) : NULL;
    if (text)
        fprintf(out, "%s\n", text);
    else
        fprintf(out, LAST_RESORT, state_name(verdict->state), (int)verdict->state, verdict->whole, PHASES_NULL,
                loaded ? "out of memory" : "jansson is not here");
    free(text);
    json_decref(report);
}
