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
#include "file.h"
#include "host.h"
#include "mechanism.h"
#include "metric.h"
#include "text.h"
#include "why.h"

/* Where a sentence goes. */
struct why {
    char *text;
    size_t size;
};

/* "--s2s" and so on: why there is no login of a user; NULL when there is one. */
static const char *other_login(const struct settings *settings)
{
    return settings->component_text ? "--component"
           : settings->s2s          ? "--s2s"
           : settings->no_login     ? "--no-login"
                                    : NULL;
}

/* Without -j, the own server of a component is the domain that its name is below. */
static bool derive_jid(struct settings *settings, struct why why)
{
    const char *domain = settings->component.domain, *dot = strchr(domain, '.'), *reason;
    const char *server = dot && strchr(dot + 1, '.') ? dot + 1 : domain;
    settings->jid_text = strdup(server);
    if (!settings->jid_text)
        return why_set(why.text, why.size, "out of memory");
    return jid_parse(server, &settings->jid, &reason) || why_set(why.text, why.size, "--component: %s", reason);
}

static bool check_jid(struct settings *settings, struct why why)
{
    if (!settings->jid_text && settings->component_text)
        return derive_jid(settings, why);
    const char *other = other_login(settings);
    if (!settings->jid_text)
        return why_set(why.text, why.size, "-j %s is required", other ? "domain" : "user@domain");
    if (other && (settings->jid.node || settings->jid.resource))
        return why_set(why.text, why.size, "--jid: must be a domain with %s", other);
    return true;
}

static bool check_useless(const struct settings *settings, struct why why)
{
    const struct option_row *row = options_find_useless(settings);
    return !row || why_set(why.text, why.size, "--%s: means nothing with %s", row->name, other_login(settings));
}

static bool check_component(struct settings *settings, struct why why)
{
    if (!settings->component_text)
        return true;
    if (!settings->hostname || settings->port == 0)
        return why_set(why.text, why.size,
                       "--component: needs -H and -p, as no SRV record tells of a port for components");
    if (settings->tls != TLS_NONE && settings->tls != TLS_AUTO)
        return why_set(why.text, why.size, "--tls: components have none");
    settings->tls = TLS_NONE;
    return true;
}

static bool check_account(const struct settings *settings, struct why why)
{
    if (settings->from_text && !settings->s2s)
        return why_set(why.text, why.size, "--from: needs --s2s");
    if (settings->client_key && !settings->client_cert)
        return why_set(why.text, why.size, "--client-key: needs --client-cert");
    if (settings->each_endpoint && settings->target_count > 1)
        return why_set(why.text, why.size, "--each-endpoint: pings no remotes: leave out --remote");
    if (settings->client_cert && settings->tls == TLS_NONE)
        return why_set(why.text, why.size, "--client-cert: means nothing with --tls=none");
    return true;
}

/* What can never be true at once. */
static bool check_offers(const struct settings *settings, struct why why)
{
    const char *const before_tls[] = {server_feature_names[FEATURE_STARTTLS_REQUIRED],
                                      server_feature_names[FEATURE_PLAIN_BEFORE_TLS]};
    for (size_t i = 0; i < settings->offers_count; i++) {
        const char *name = settings->offers[i];
        for (size_t j = 0; j < settings->offers_not_count; j++) {
            if (strcmp(name, settings->offers_not[j]) == 0)
                return why_set(why.text, why.size, "--offers-not: %s is what --offers asks for", name);
        }
        bool before = strcmp(name, before_tls[0]) == 0 || strcmp(name, before_tls[1]) == 0;
        if (before && settings->tls == TLS_DIRECT)
            return why_set(why.text, why.size, "--offers: %s cannot be with --tls=direct", name);
    }
    return true;
}

/* A mechanism that can never be used makes a check that can never be good. */
static bool check_mechanisms(const struct settings *settings, struct why why)
{
    for (size_t i = 0; i < settings->required_count; i++) {
        const struct mechanism *mechanism = mechanism_find(settings->required_mechanisms[i]);
        if (mechanism->credential == CREDENTIAL_CERTIFICATE && !settings->client_cert)
            return why_set(why.text, why.size, "--require-mechanism: %s needs --client-cert", mechanism->name);
        if (mechanism->credential == CREDENTIAL_PASSWORD && settings_anonymous(settings))
            return why_set(why.text, why.size, "--require-mechanism: %s needs a --jid with a local part",
                           mechanism->name);
        if (mechanism->credential == CREDENTIAL_NONE && !settings_anonymous(settings))
            return why_set(why.text, why.size, "--require-mechanism: %s needs a bare domain as --jid", mechanism->name);
        if (mechanism->bound && settings->tls == TLS_NONE)
            return why_set(why.text, why.size, "--require-mechanism: %s needs TLS", mechanism->name);
    }
    return true;
}

static bool check_min_alive(const struct settings *settings, struct why why)
{
    size_t remotes = settings->target_count - 1;
    if (settings->min_alive < 0 || (size_t)settings->min_alive <= remotes)
        return true;
    return why_set(why.text, why.size, "--min-alive: %d is above the number of remotes, %zu", settings->min_alive,
                   remotes);
}

/* Names that are no addresses are left to the child, which sees where they lead before it sends the password. A
 * component's secret is not sent, only a digest with the stream's id. */
static bool check_clear_text(const struct settings *settings, struct why why)
{
    union address address;
    const char *host = settings->hostname ? settings->hostname : settings->jid.ascii;
    if (settings->tls != TLS_NONE || !settings_use_password(settings) || settings->component_text)
        return true;
    if (!host_literal(host, &address) || host_is_loopback(&address))
        return true;
    return why_set(why.text, why.size, "--tls: none would send the password in clear text to %s, not loopback", host);
}

/* MODE is the type of file that PATH has to be. The child loads it; a fault that shows now costs no connection. */
static bool check_path(const char *option, const char *path, mode_t mode, struct why why)
{
    struct stat status;
    char shown[WHY_VALUE_SIZE];
    if (!path)
        return true;
    why_show(path, shown);
    bool directory = mode == S_IFDIR;
    if (stat(path, &status) == 0 && (status.st_mode & S_IFMT) != mode)
        return why_set(why.text, why.size, "--%s: %s is not a %s", option, shown,
                       directory ? "directory" : "regular file");
    if (access(path, directory ? R_OK | X_OK : R_OK) == 0)
        return true;
    return why_set(why.text, why.size, "--%s: %s cannot be read: %s", option, shown, strerror(errno));
}

/* Far more than a key and its certificates have. */
#define KEY_FILE_MOST 65536

/* Whether the open file has a private key: in PEM by its heading, and what is no PEM, PKCS#12, is made to hold one. */
static bool holds_key(int fd)
{
    char text[KEY_FILE_MOST];
    ssize_t used = file_read(fd, text, sizeof text);
    bool key = used > 0 && (memmem(text, (size_t)used, "PRIVATE KEY-----", strlen("PRIVATE KEY-----")) ||
                            !memmem(text, (size_t)used, "-----BEGIN", strlen("-----BEGIN")));
    explicit_bzero(text, sizeof text);
    return key;
}

/* Refuses the client's key where others can read it. */
static bool check_key(const struct settings *settings, struct why why)
{
    const char *path = settings->client_key ? settings->client_key : settings->client_cert;
    char shown[WHY_VALUE_SIZE], others[FILE_OTHERS_SIZE];
    struct stat status;
    int fd = path ? file_open(path, &status) : -1;
    if (fd < 0) /* check_path() has told what can be told */
        return true;
    bool open_to_others =
        file_others(fd, &status, FILE_READ, others) != NULL && (settings->client_key || holds_key(fd));
    close(fd);
    return !open_to_others || why_set(why.text, why.size, "--client-%s: %s can be read by %s",
                                      settings->client_key ? "key" : "cert", why_show(path, shown), others);
}

static void copy_to_targets(struct settings *settings)
{
    for (size_t i = 0; i < settings->target_count; i++)
        settings_copy_to_target(&settings->targets[i], settings, ~settings->targets[i].own);
}

/* Pauses that alone take the whole timeout: such a run can never be good. TARGET is the own server, or a remote. */
static bool check_pauses(const struct settings *settings, const struct target *target, struct why why)
{
    int pauses = target->count - 1;
    if (pauses == 0 || target->interval <= (settings->timeout - 1) / pauses)
        return true;
    char name[80], alias[WHY_VALUE_SIZE], interval[32], timeout[32];
    if (target == settings->targets)
        why_set(name, sizeof name, "--interval:");
    else
        why_set(name, sizeof name, "--remote: %s:", why_show(target->alias, alias));
    return why_set(why.text, why.size, "%s %d pings with %s s between them do not fit into the timeout of %s s", name,
                   target->count, duration_seconds(target->interval, interval, sizeof interval),
                   duration_seconds(settings->timeout, timeout, sizeof timeout));
}

static bool check_all_pauses(const struct settings *settings, struct why why)
{
    for (size_t i = 0; i < settings->target_count; i++) {
        if (!check_pauses(settings, &settings->targets[i], why))
            return false;
    }
    return true;
}

static int compare_labels(const void *a, const void *b)
{
    const struct metric *one = a, *other = b;
    int order = strcmp(one->label, other->label);
    return order != 0 ? order : one->target - other->target;
}

/* A and B have the same label; B is the remote that comes later. */
static bool refuse_alias(const struct settings *settings, const struct metric *a, const struct metric *b,
                         struct why why)
{
    const struct target *later = &settings->targets[b->target];
    char alias[WHY_VALUE_SIZE], one[WHY_VALUE_SIZE], other[WHY_VALUE_SIZE];
    why_show(later->alias, alias);
    if (a->target < 1)
        return why_set(why.text, why.size,
                       "--remote: alias %s makes the label %s, which exists already: choose another with ALIAS=JID",
                       alias, why_show(b->label, one));
    return why_set(why.text, why.size, "--remote: %s and %s have one alias, %s: choose another with ALIAS=JID",
                   why_show(settings->targets[a->target].jid_text, one), why_show(later->jid_text, other), alias);
}

static bool check_labels(const struct settings *settings, const struct metrics *metrics, struct why why)
{
    struct metric *sorted = calloc(metrics->count, sizeof *sorted);
    if (!sorted)
        return why_set(why.text, why.size, "out of memory");
    memcpy(sorted, metrics->list, metrics->count * sizeof *sorted);
    qsort(sorted, metrics->count, sizeof *sorted, compare_labels);
    bool good = true;
    for (size_t i = 1; i < metrics->count && good; i++) {
        if (strcmp(sorted[i - 1].label, sorted[i].label) == 0)
            good = refuse_alias(settings, &sorted[i - 1], &sorted[i], why);
    }
    free(sorted);
    return good;
}

/* A time that is not reached before the end. Who forgets the unit of 100ms is told. */
static bool refuse_time(const struct settings *settings, const struct range *range, const char *name, struct why why)
{
    char timeout[32], hint[sizeof range->text + 8] = "";
    bool plain = range->start == 0 && isfinite(range->end) && !range->inside; /* its text is a number */
    if (plain && range->bare)
        why_set(hint, sizeof hint, " (%sms?)", range->text);
    return why_set(why.text, why.size, "%s %s%s is not below the timeout of %s s%s", name, range->text,
                   plain ? " s" : "", duration_seconds(settings->timeout, timeout, sizeof timeout), hint);
}

/* One range of a figure like METRIC; NAME is what it is called. */
static bool check_range(const struct settings *settings, const struct metric *metric, const struct range *range,
                        const char *name, struct why why)
{
    if (metric->unit == METRIC_SECONDS && range_reaches(range, clock_seconds(settings->timeout)))
        return refuse_time(settings, range, name, why);
    bool outside = (isfinite(range->start) && range->start < 0) || range->start > 100 ||
                   (isfinite(range->end) && range->end > 100) || range->end < 0;
    if (metric->unit == METRIC_PERCENT && range->set && outside)
        return why_set(why.text, why.size, "%s %s is not within 0 to 100 percent", name, range->text);
    return true;
}

/* Both ranges of a figure like METRIC; WARNING and CRITICAL are what they are called. */
static bool check_limits(const struct settings *settings, const struct metric *metric, const struct limits *limits,
                         const char *warning, const char *critical, struct why why)
{
    if (!check_range(settings, metric, &limits->warning, warning, why) ||
        !check_range(settings, metric, &limits->critical, critical, why))
        return false;
    double minimum = metric->has_minimum ? metric->minimum : -INFINITY;
    double maximum = metric->has_maximum ? metric->maximum : INFINITY;
    if (!range_shadowed(&limits->warning, &limits->critical, minimum, maximum))
        return true;
    return why_set(why.text, why.size, "%s %s can never be seen: critical %s covers it", warning, limits->warning.text,
                   limits->critical.text);
}

static bool refuse_label(const struct metrics *metrics, const char *label, struct why why)
{
    char shown[WHY_VALUE_SIZE];
    const char *nearest = NULL;
    const char **names = calloc(metrics->count, sizeof *names);
    if (names) {
        for (size_t i = 0; i < metrics->count; i++)
            names[i] = metrics->list[i].label;
        nearest = text_nearest(label, names, metrics->count);
        free(names);
    }
    why_show(label, shown);
    if (nearest)
        return why_set(why.text, why.size, "--limit: %s is no metric of this check: did you mean %s?", shown, nearest);
    return why_set(why.text, why.size, "--limit: %s is no metric of this check", shown);
}

static bool read_range(const struct metric *metric, const char *name, const char *text, struct range *range,
                       struct why why)
{
    const char *reason;
    char shown[WHY_VALUE_SIZE];
    *range = (struct range){0};
    if (*text == '\0')
        return true;
    if (range_parse(text, metric->unit == METRIC_SECONDS ? RANGE_TIME : RANGE_NUMBER, range, &reason))
        return true;
    return why_set(why.text, why.size, "%s %s %s", name, why_show(text, shown), reason);
}

/* METRICS are those of one login; WHOLE, with --each-endpoint, those beside them. */
static bool check_label_limits(const struct settings *settings, const struct metrics *metrics,
                               const struct metrics *whole, struct label_limits *label, struct why why)
{
    const struct metric *metric = metrics_find(metrics, label->label);
    if (!metric)
        metric = metrics_find(whole, label->label);
    if (!metric)
        return refuse_label(metrics, label->label, why);
    char shown[WHY_VALUE_SIZE], warning[80], critical[80];
    why_show(label->label, shown);
    why_set(warning, sizeof warning, "--limit: %s: warning", shown);
    why_set(critical, sizeof critical, "--limit: %s: critical", shown);
    return read_range(metric, warning, label->warning, &label->limits.warning, why) &&
           read_range(metric, critical, label->critical, &label->limits.critical, why) &&
           check_limits(settings, metric, &label->limits, warning, critical, why);
}

/* The ranges of a remote that has some of its own: they may contradict the run's, too. */
static bool check_target(const struct settings *settings, const struct metrics *metrics, const struct target *target,
                         struct why why)
{
    if ((target->own & (TARGET_OWN_WARNING | TARGET_OWN_CRITICAL)) == 0)
        return true;
    char names[4][80], alias[WHY_VALUE_SIZE];
    static const char *const kinds[4] = {"warning: RTT", "critical: RTT", "warning: loss", "critical: loss"};
    why_show(target->alias, alias);
    for (size_t i = 0; i < 4; i++)
        why_set(names[i], sizeof names[i], "--remote: %s: %s", alias, kinds[i]);
    return check_limits(settings, metrics_find(metrics, "rtt"), &target->rtt, names[0], names[1], why) &&
           check_limits(settings, metrics_find(metrics, "loss"), &target->loss, names[2], names[3], why);
}

/* -w and -c, of the run and of remotes. */
static bool check_pings(const struct settings *settings, const struct metrics *metrics, struct why why)
{
    if (!check_limits(settings, metrics_find(metrics, "rtt"), &settings->rtt, "--warning: RTT", "--critical: RTT",
                      why) ||
        !check_limits(settings, metrics_find(metrics, "loss"), &settings->loss, "--warning: loss", "--critical: loss",
                      why))
        return false;
    for (size_t i = 1; i < settings->target_count; i++) {
        if (!check_target(settings, metrics, &settings->targets[i], why))
            return false;
    }
    return true;
}

static bool check_thresholds(struct settings *settings, const struct metrics *metrics, const struct metrics *whole,
                             struct why why)
{
    if (!settings->no_login && !check_pings(settings, metrics, why))
        return false;
    for (size_t i = 0; i < settings->label_count; i++) {
        if (!check_label_limits(settings, metrics, whole, &settings->labels[i], why))
            return false;
    }
    return true;
}

/* No run can be done with more in a time that anybody waits for. */
static bool check_ping_count(const struct settings *settings, struct why why)
{
    long long pings = 0;
    for (size_t i = 0; i < settings->target_count; i++)
        pings += settings->targets[i].count;
    return pings <= SETTINGS_PINGS_MAX ||
           why_set(why.text, why.size, "--count: %lld pings in one run, of all targets together, are more than %d",
                   pings, SETTINGS_PINGS_MAX);
}

static bool check_metrics(struct settings *settings, struct why why)
{
    struct metrics metrics, whole = {0};
    struct settings one = *settings;
    one.each_endpoint = false;
    secret_wipe(&one.password);
    if (!metrics_init(&metrics, &one))
        return why_set(why.text, why.size, "out of memory");
    bool good =
        !settings->each_endpoint || metrics_init(&whole, settings) || why_set(why.text, why.size, "out of memory");
    good = good && check_labels(settings, &metrics, why) && check_thresholds(settings, &metrics, &whole, why);
    metrics_free(&metrics);
    metrics_free(&whole);
    return good;
}

/* The textfile collector would read nothing as the end of all metrics. */
static bool check_output(const struct settings *settings, struct why why)
{
    if (!settings->quiet || settings->output != OUTPUT_PROMETHEUS)
        return true;
    return why_set(why.text, why.size, "--quiet: excludes --output=prometheus, which must print when OK too");
}

bool settings_check(struct settings *settings, char *why_text, size_t why_size)
{
    struct why why = {why_text, why_size};
    settings->no_login = settings->no_login || settings->s2s;
    if (!check_jid(settings, why) || !check_useless(settings, why) || !check_component(settings, why) ||
        !check_account(settings, why) || !check_offers(settings, why) || !check_mechanisms(settings, why) ||
        !check_min_alive(settings, why) || !check_output(settings, why))
        return false;
    copy_to_targets(settings);
    return check_ping_count(settings, why) && check_all_pauses(settings, why) && check_metrics(settings, why) &&
           check_clear_text(settings, why) && check_path("ca-file", settings->ca_file, S_IFREG, why) &&
           check_path("ca-path", settings->ca_path, S_IFDIR, why) &&
           check_path("client-cert", settings->client_cert, S_IFREG, why) &&
           check_path("client-key", settings->client_key, S_IFREG, why) && check_key(settings, why);
}
