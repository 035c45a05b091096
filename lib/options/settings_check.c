/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be checked only when all settings are read. */
#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "duration.h"
#include "host.h"
#include "mechanism.h"
#include "metric.h"
#include "mistakes.h"
#include "text.h"

/* "--s2s" and so on: why there is no login of a user; NULL when there is one. */
static const char *other_login(const struct settings *settings)
{
    return settings->component_text ? "--component"
           : settings->s2s          ? "--s2s"
           : settings->no_login     ? "--no-login"
                                    : NULL;
}

/* Without -j, the own server of a component is the domain that its name is below. */
static void derive_jid(struct settings *settings, struct mistakes *mistakes)
{
    const char *domain = settings->component.domain, *dot = strchr(domain, '.'), *reason;
    const char *server = dot && strchr(dot + 1, '.') ? dot + 1 : domain;
    settings->jid_text = strdup(server);
    if (!settings->jid_text)
        mistakes_add(mistakes, "out of memory");
    else if (!jid_parse(server, &settings->jid, &reason))
        mistakes_add(mistakes, "--component: %s", reason);
}

static void check_jid(struct settings *settings, struct mistakes *mistakes)
{
    const char *other = other_login(settings);
    if (!settings->jid_text && settings->component_text)
        derive_jid(settings, mistakes);
    else if (!settings->jid_text)
        mistakes_add(mistakes, "-j %s is required", other ? "domain" : "user@domain");
    else if (other && (settings->jid.node || settings->jid.resource))
        mistakes_add(mistakes, "--jid: must be a domain with %s", other);
}

static void check_useless(const struct settings *settings, struct mistakes *mistakes)
{
    for (size_t i = 0; i < option_count; i++) {
        if (option_is_misplaced(&option_table[i], settings))
            mistakes_add(mistakes, "--%s: means nothing with %s", option_table[i].name, other_login(settings));
    }
}

static void check_component(struct settings *settings, struct mistakes *mistakes)
{
    if (!settings->component_text)
        return;
    if (!settings->hostname || settings->port == 0)
        mistakes_add(mistakes, "--component: needs -H and -p, as no SRV record tells of a port for components");
    if (settings->tls != TLS_NONE && settings->tls != TLS_AUTO)
        mistakes_add(mistakes, "--tls: components have none");
    settings->tls = TLS_NONE;
}

static void check_account(const struct settings *settings, struct mistakes *mistakes)
{
    if (settings->from_text && !settings->s2s)
        mistakes_add(mistakes, "--from: needs --s2s");
    if (settings->client_key && !settings->client_cert)
        mistakes_add(mistakes, "--client-key: needs --client-cert");
    if (settings->each_endpoint && settings->target_count > 1)
        mistakes_add(mistakes, "--each-endpoint: pings no remotes: leave out --remote");
    if (settings->client_cert && settings->tls == TLS_NONE)
        mistakes_add(mistakes, "--client-cert: means nothing with --tls=none");
}

/* What can never be true at once. */
static void check_offer(const struct settings *settings, const char *name, struct mistakes *mistakes)
{
    bool before_tls = strcmp(name, server_feature_names[FEATURE_STARTTLS_REQUIRED]) == 0 ||
                      strcmp(name, server_feature_names[FEATURE_PLAIN_BEFORE_TLS]) == 0;
    for (size_t i = 0; i < settings->offers_not_count; i++) {
        if (strcmp(name, settings->offers_not[i]) == 0)
            mistakes_add(mistakes, "--offers-not: %s is what --offers asks for", name);
    }
    if (before_tls && settings->tls == TLS_DIRECT)
        mistakes_add(mistakes, "--offers: %s cannot be with --tls=direct", name);
}

/* A mechanism that can never be used makes a check that can never be good. */
static void check_mechanism(const struct settings *settings, const char *name, struct mistakes *mistakes)
{
    const struct mechanism *mechanism = mechanism_find(name);
    bool anonymous = settings_anonymous(settings);
    if (mechanism->credential == CREDENTIAL_CERTIFICATE && !settings->client_cert)
        mistakes_add(mistakes, "--require-mechanism: %s needs --client-cert", name);
    if (mechanism->credential == CREDENTIAL_PASSWORD && anonymous && settings->jid_text)
        mistakes_add(mistakes, "--require-mechanism: %s needs a --jid with a local part", name);
    if (mechanism->credential == CREDENTIAL_NONE && !anonymous)
        mistakes_add(mistakes, "--require-mechanism: %s needs a bare domain as --jid", name);
    if (mechanism->bound && settings->tls == TLS_NONE)
        mistakes_add(mistakes, "--require-mechanism: %s needs TLS", name);
}

static void check_min_alive(const struct settings *settings, struct mistakes *mistakes)
{
    int remotes = (int)settings->target_count - 1;
    if (settings->min_alive > remotes)
        mistakes_add(mistakes, "--min-alive: %d is above the number of remotes, %d", settings->min_alive, remotes);
}

/* Names that are no addresses are left to the child, which sees where they lead before it sends the password. A
 * component's secret is not sent, only a digest with the stream's id. */
static void check_clear_text(const struct settings *settings, struct mistakes *mistakes)
{
    union address address;
    const char *host = settings->hostname ? settings->hostname : settings->jid.ascii;
    bool in_clear = settings->tls == TLS_NONE && settings_use_password(settings) && !settings->component_text;
    if (in_clear && host && host_literal(host, &address) && !host_is_loopback(&address))
        mistakes_add(mistakes, "--tls: none would send the password in clear text to %s, not loopback", host);
}

/* MODE is the type of file that PATH has to be. The child loads it; a fault that shows now costs no connection. */
static void check_path(const char *option, const char *path, mode_t mode, struct mistakes *mistakes)
{
    struct stat status;
    char shown[TEXT_SHOWN_SIZE];
    if (!path)
        return;
    text_show(path, shown);
    bool directory = mode == S_IFDIR;
    if (stat(path, &status) == 0 && (status.st_mode & S_IFMT) != mode)
        mistakes_add(mistakes, "--%s: %s is not a %s", option, shown, directory ? "directory" : "regular file");
    else if (access(path, directory ? R_OK | X_OK : R_OK) != 0)
        mistakes_add(mistakes, "--%s: %s cannot be read: %s", option, shown, strerror(errno));
}

/* Pauses that alone take the whole timeout: such a run can never be good. TARGET is the own server, or a remote. */
static void check_pauses(const struct settings *settings, const struct target *target, struct mistakes *mistakes)
{
    int pauses = target->count - 1;
    if (pauses == 0 || target->interval <= (settings->timeout - 1) / pauses)
        return;
    char name[80], alias[TEXT_SHOWN_SIZE], interval[32], timeout[32];
    if (target == settings->targets)
        text_format(name, sizeof name, "--interval:");
    else
        text_format(name, sizeof name, "--remote: %s:", text_show(target->alias, alias));
    mistakes_add(mistakes, "%s %d pings with %s s between them do not fit into the timeout of %s s", name,
                 target->count, duration_seconds(target->interval, interval, sizeof interval),
                 duration_seconds(settings->timeout, timeout, sizeof timeout));
}

static int compare_labels(const void *a, const void *b)
{
    const struct metric *one = a, *other = b;
    int order = strcmp(one->label, other->label);
    return order != 0 ? order : one->target - other->target;
}

/* A and B have the same label; B is the remote that comes later. */
static void refuse_alias(const struct settings *settings, const struct metric *a, const struct metric *b,
                         struct mistakes *mistakes)
{
    const struct target *later = &settings->targets[b->target];
    char alias[TEXT_SHOWN_SIZE], one[TEXT_SHOWN_SIZE], other[TEXT_SHOWN_SIZE];
    text_show(later->alias, alias);
    if (a->target < 1)
        mistakes_add(mistakes,
                     "--remote: alias %s makes the label %s, which exists already: choose another with ALIAS=JID",
                     alias, text_show(b->label, one));
    else
        mistakes_add(mistakes, "--remote: %s and %s have one alias, %s: choose another with ALIAS=JID",
                     text_show(settings->targets[a->target].jid_text, one), text_show(later->jid_text, other), alias);
}

/* Two remotes with one alias have several labels in common; one is enough to tell. */
static void check_labels(const struct settings *settings, const struct metrics *metrics, struct mistakes *mistakes)
{
    struct metric *sorted = calloc(metrics->count, sizeof *sorted);
    int told = 0; /* the remote that was told of last */
    if (!sorted) {
        mistakes_add(mistakes, "out of memory");
        return;
    }
    memcpy(sorted, metrics->list, metrics->count * sizeof *sorted);
    qsort(sorted, metrics->count, sizeof *sorted, compare_labels);
    for (size_t i = 1; i < metrics->count; i++) {
        if (strcmp(sorted[i - 1].label, sorted[i].label) != 0 || sorted[i].target == told)
            continue;
        told = sorted[i].target;
        refuse_alias(settings, &sorted[i - 1], &sorted[i], mistakes);
    }
    free(sorted);
}

/* A time that is not reached before the end. Who forgets the unit of 100ms is told. */
static void refuse_time(const struct settings *settings, const struct range *range, const char *name,
                        struct mistakes *mistakes)
{
    char timeout[32], hint[sizeof range->text + 8] = "";
    bool plain = range->start == 0 && isfinite(range->end) && !range->inside; /* its text is a number */
    if (plain && range->bare)
        text_format(hint, sizeof hint, " (%sms?)", range->text);
    mistakes_add(mistakes, "%s %s%s is not below the timeout of %s s%s", name, range->text, plain ? " s" : "",
                 duration_seconds(settings->timeout, timeout, sizeof timeout), hint);
}

/* One range of a figure like METRIC; NAME is what it is called. */
static void check_range(const struct settings *settings, const struct metric *metric, const struct range *range,
                        const char *name, struct mistakes *mistakes)
{
    bool outside = (isfinite(range->start) && range->start < 0) || range->start > 100 ||
                   (isfinite(range->end) && range->end > 100) || range->end < 0;
    if (metric->unit == METRIC_SECONDS && range_reaches(range, clock_seconds(settings->timeout)))
        refuse_time(settings, range, name, mistakes);
    else if (metric->unit == METRIC_PERCENT && range->set && outside)
        mistakes_add(mistakes, "%s %s is not within 0 to 100 percent", name, range->text);
}

/* Both ranges of a figure like METRIC; WARNING and CRITICAL are what they are called. */
static void check_limits(const struct settings *settings, const struct metric *metric, const struct limits *limits,
                         const char *warning, const char *critical, struct mistakes *mistakes)
{
    double minimum = metric->has_minimum ? metric->minimum : -INFINITY;
    double maximum = metric->has_maximum ? metric->maximum : INFINITY;
    size_t before = mistakes->count;
    check_range(settings, metric, &limits->warning, warning, mistakes);
    check_range(settings, metric, &limits->critical, critical, mistakes);
    if (mistakes->count == before && range_shadowed(&limits->warning, &limits->critical, minimum, maximum))
        mistakes_add(mistakes, "%s %s can never be seen: critical %s covers it", warning, limits->warning.text,
                     limits->critical.text);
}

static void refuse_label(const struct metrics *metrics, const char *label, struct mistakes *mistakes)
{
    char shown[TEXT_SHOWN_SIZE];
    struct line line = LINE_EMPTY;
    struct nearest nearest = nearest_to(label);
    for (size_t i = 0; i < metrics->count; i++)
        nearest_try(&nearest, metrics->list[i].label);
    line_add(&line, "--limit: %s is no metric of this check", text_show(label, shown));
    line_add_guess(&line, "", nearest.name);
    mistakes_add(mistakes, "%s", line.text);
}

static bool read_range(const struct metric *metric, const char *name, const char *text, struct range *range,
                       struct mistakes *mistakes)
{
    const char *reason;
    char shown[TEXT_SHOWN_SIZE];
    *range = (struct range){0};
    if (*text == '\0')
        return true;
    if (range_parse(text, metric->unit == METRIC_SECONDS ? RANGE_TIME : RANGE_NUMBER, range, &reason))
        return true;
    return mistakes_add(mistakes, "%s %s %s", name, text_show(text, shown), reason);
}

/* METRICS are those of one login; WHOLE, with --each-endpoint, those beside them. */
static void check_label_limits(const struct settings *settings, const struct metrics *metrics,
                               const struct metrics *whole, struct label_limits *label, struct mistakes *mistakes)
{
    const struct metric *metric = metrics_find(metrics, label->label);
    if (!metric)
        metric = metrics_find(whole, label->label);
    if (!metric) {
        refuse_label(metrics, label->label, mistakes);
        return;
    }
    char shown[TEXT_SHOWN_SIZE], warning[80], critical[80];
    text_show(label->label, shown);
    text_format(warning, sizeof warning, "--limit: %s: warning", shown);
    text_format(critical, sizeof critical, "--limit: %s: critical", shown);
    bool good = read_range(metric, warning, label->warning, &label->limits.warning, mistakes);
    good = read_range(metric, critical, label->critical, &label->limits.critical, mistakes) && good;
    if (good)
        check_limits(settings, metric, &label->limits, warning, critical, mistakes);
}

/* The ranges of a remote that has some of its own: they may contradict the run's, too. */
static void check_target(const struct settings *settings, const struct metrics *metrics, const struct target *target,
                         struct mistakes *mistakes)
{
    if ((target->own & (TARGET_OWN_WARNING | TARGET_OWN_CRITICAL)) == 0)
        return;
    char names[4][80], alias[TEXT_SHOWN_SIZE];
    static const char *const kinds[4] = {"warning: RTT", "critical: RTT", "warning: loss", "critical: loss"};
    text_show(target->alias, alias);
    for (size_t i = 0; i < 4; i++)
        text_format(names[i], sizeof names[i], "--remote: %s: %s", alias, kinds[i]);
    check_limits(settings, metrics_find(metrics, "rtt"), &target->rtt, names[0], names[1], mistakes);
    check_limits(settings, metrics_find(metrics, "loss"), &target->loss, names[2], names[3], mistakes);
}

/* -w and -c, of the run and of remotes, and -L. */
static void check_thresholds(struct settings *settings, const struct metrics *metrics, const struct metrics *whole,
                             struct mistakes *mistakes)
{
    if (!settings->no_login) {
        check_limits(settings, metrics_find(metrics, "rtt"), &settings->rtt, "--warning: RTT", "--critical: RTT",
                     mistakes);
        check_limits(settings, metrics_find(metrics, "loss"), &settings->loss, "--warning: loss", "--critical: loss",
                     mistakes);
        for (size_t i = 1; i < settings->target_count; i++)
            check_target(settings, metrics, &settings->targets[i], mistakes);
    }
    for (size_t i = 0; i < settings->label_count; i++)
        check_label_limits(settings, metrics, whole, &settings->labels[i], mistakes);
}

static void check_metrics(struct settings *settings, struct mistakes *mistakes)
{
    struct metrics metrics, whole = {0};
    struct settings one = *settings;
    one.each_endpoint = false;
    secret_wipe(&one.password);
    if (metrics_init(&metrics, &one) && (!settings->each_endpoint || metrics_init(&whole, settings))) {
        check_labels(settings, &metrics, mistakes);
        check_thresholds(settings, &metrics, &whole, mistakes);
    } else {
        mistakes_add(mistakes, "out of memory");
    }
    metrics_free(&metrics);
    metrics_free(&whole);
}

/* The textfile collector would read nothing as the end of all metrics. */
static void check_output(const struct settings *settings, struct mistakes *mistakes)
{
    if (settings->quiet && settings->output == OUTPUT_PROMETHEUS)
        mistakes_add(mistakes, "--quiet: excludes --output=prometheus, which must print when OK too");
}

bool settings_check_all(struct settings *settings, struct mistakes *mistakes)
{
    settings->no_login = settings->no_login || settings->s2s;
    check_jid(settings, mistakes);
    check_useless(settings, mistakes);
    check_component(settings, mistakes);
    check_account(settings, mistakes);
    for (size_t i = 0; i < settings->offers_count; i++)
        check_offer(settings, settings->offers[i], mistakes);
    for (size_t i = 0; i < settings->required_count; i++)
        check_mechanism(settings, settings->required_mechanisms[i], mistakes);
    check_min_alive(settings, mistakes);
    check_output(settings, mistakes);
    for (size_t i = 0; i < settings->target_count; i++) {
        settings_copy_to_target(&settings->targets[i], settings, ~settings->targets[i].own);
        check_pauses(settings, &settings->targets[i], mistakes);
    }
    check_metrics(settings, mistakes);
    check_clear_text(settings, mistakes);
    check_path("ca-file", settings->ca_file, S_IFREG, mistakes);
    check_path("ca-path", settings->ca_path, S_IFDIR, mistakes);
    check_path("client-cert", settings->client_cert, S_IFREG, mistakes);
    check_path("client-key", settings->client_key, S_IFREG, mistakes);
    return mistakes->count == 0 && !mistakes->lost;
}

bool settings_check(struct settings *settings, struct line *why)
{
    struct mistakes mistakes = MISTAKES_NONE;
    bool good = settings_check_all(settings, &mistakes);
    if (!good)
        line_set(why, "%s", mistakes_first(&mistakes));
    mistakes_free(&mistakes);
    return good;
}
