/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "survey.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"
#include "text.h"

static const char *family_name(int family)
{
    return family == AF_INET6 ? " IPv6" : family == AF_INET ? " IPv4" : "";
}

/* Names the check. Direct TLS has its word in the label, as one port may take both kinds. */
static void name_check(struct endpoint_check *check, const struct candidate *candidate)
{
    char plain[256], text[SURVEY_NAME_SIZE];
    snprintf(plain, sizeof plain, "%s", candidate->host);
    size_t length = strlen(plain);
    if (length > 1 && plain[length - 1] == '.')
        plain[length - 1] = '\0';
    bool colon = strchr(plain, ':') != NULL;
    snprintf(text, sizeof text, "%s%s%s:%u%s", colon ? "[" : "", plain, colon ? "]" : "", candidate->port,
             family_name(candidate->family));
    text_clean_string(check->name, sizeof check->name, text);
    snprintf(text, sizeof text, "%s %u%s%s", plain, candidate->port, candidate->tls == TLS_DIRECT ? " direct" : "",
             family_name(candidate->family));
    jid_alias(text, check->label, sizeof check->label);
}

static void prepare(struct endpoint_check *check, const struct settings *settings, const struct candidate *candidate)
{
    name_check(check, candidate);
    memcpy(check->hostname, candidate->host, sizeof check->hostname);
    check->settings = *settings;
    secret_wipe(&check->settings.password);
    check->settings.each_endpoint = false;
    check->settings.hostname = check->hostname;
    check->settings.port = candidate->port;
    check->settings.tls = candidate->tls;
    check->settings.family = candidate->family;
}

static int compare_checks(const void *a, const void *b)
{
    const struct endpoint_check *one = a, *other = b;
    int order = strcmp(one->label, other->label);
    return order != 0 ? order : strcasecmp(one->name, other->name);
}

static bool is_taken(const struct survey *survey, size_t before, const char *label)
{
    for (size_t i = 0; i < before; i++) {
        if (strcmp(survey->checks[i].label, label) == 0)
            return true;
    }
    return false;
}

/* Names that differ in punctuation only get labels with a number, which may make another's in turn. */
static void number_labels(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        char *label = survey->checks[i].label, base[SURVEY_NAME_SIZE];
        memcpy(base, label, sizeof base);
        for (int number = 2; is_taken(survey, i, label); number++)
            snprintf(label, sizeof base, "%.*s_%d", (int)sizeof base - 12, base, number);
    }
}

/* Sorts by label, as SRV's order is random among equals, and leaves each endpoint there once. */
static void sort_checks(struct survey *survey)
{
    struct endpoint_check *checks = survey->checks;
    size_t kept = 0;
    qsort(checks, survey->count, sizeof *checks, compare_checks);
    for (size_t i = 0; i < survey->count; i++) {
        if (kept > 0 && strcmp(checks[kept - 1].label, checks[i].label) == 0 &&
            strcasecmp(checks[kept - 1].name, checks[i].name) == 0)
            continue;
        checks[kept] = checks[i];
        checks[kept].settings.hostname = checks[kept].hostname; /* which has moved */
        kept++;
    }
    survey->count = kept;
    number_labels(survey);
}

/* Whether NAME, a host as the child gives it, is the one that the user has named. */
static bool is_host(const char *wanted, const char *name)
{
    union address one, other;
    char plain[2][256];
    bool absolute;
    if (host_literal(wanted, &one))
        return host_literal(name, &other) && host_same(&one, &other);
    return host_name(wanted, plain[0], &absolute) && host_name(name, plain[1], &absolute) &&
           strcasecmp(plain[0], plain[1]) == 0;
}

bool survey_believes(const struct settings *settings, const struct candidate *candidate)
{
    bool asks_srv = !settings->hostname && settings->port == 0;
    enum tls_mode tls = settings->tls == TLS_AUTO ? TLS_STARTTLS : settings->tls;
    if (candidate->tls != tls && !(asks_srv && settings->tls == TLS_AUTO && candidate->tls == TLS_DIRECT))
        return false;
    if (settings->family != AF_UNSPEC && candidate->family != settings->family)
        return false;
    if (asks_srv)
        return true;
    return candidate->port == settings_port(settings) &&
           is_host(settings->hostname ? settings->hostname : settings->jid.ascii, candidate->host);
}

/* The child that asked DNS has read strangers' bytes, and those that log in go where it says. */
static bool is_believed(const struct result *discovery, const struct settings *settings)
{
    for (size_t i = 0; i < discovery->candidate_count; i++) {
        if (!survey_believes(settings, &discovery->candidates[i]))
            return false;
    }
    return !discovery->nonsense;
}

static bool discover(struct survey *survey, struct settings *settings, int64_t started_at, supervise_work work)
{
    if (!result_init(&survey->discovery, settings, started_at))
        return false;
    struct probe_input input = {.settings = settings, .deadline = started_at + settings->timeout};
    struct supervised child = {
        .work = work, .input = &input, .targets = 1, .pings = 1, .sink = result_take, .userdata = &survey->discovery};
    supervise(&child, 1, input.deadline);
    if (!is_believed(&survey->discovery, settings)) {
        child.outcome.end = SUPERVISE_FAILED;
        child.outcome.error = EPROTO;
    }
    result_close(&survey->discovery, &child.outcome);
    const struct result *discovery = &survey->discovery;
    if (child.outcome.end != SUPERVISE_DONE || discovery->failed || discovery->candidate_count == 0)
        return true;
    survey->checks = calloc(discovery->candidate_count, sizeof *survey->checks);
    if (!survey->checks)
        return false;
    for (size_t i = 0; i < discovery->candidate_count; i++)
        prepare(&survey->checks[survey->count++], settings, &discovery->candidates[i]);
    sort_checks(survey);
    return true;
}

struct check_input {
    struct probe_input probe;
    supervise_work check;
    struct secret *password; /* the run's: copies in all checks would outlast the login of each child */
};

/* A supervise_work. */
static void run_check(const void *input, int fd)
{
    const struct check_input *given = input;
    given->probe.settings->password = *given->password;
    secret_wipe(given->password);
    given->check(&given->probe, fd);
}

bool survey_run(struct survey *survey, struct settings *settings, int64_t started_at, const struct survey_work *work)
{
    *survey = (struct survey){0};
    if (!discover(survey, settings, started_at, work->discover))
        return false;
    if (survey->count == 0)
        return true;
    struct supervised *children = calloc(survey->count, sizeof *children);
    struct check_input *inputs = calloc(survey->count, sizeof *inputs);
    int64_t deadline = started_at + settings->timeout;
    bool good = children && inputs;
    for (size_t i = 0; i < survey->count && good; i++) {
        struct endpoint_check *check = &survey->checks[i];
        good = result_init(&check->result, &check->settings, started_at);
        inputs[i] = (struct check_input){.probe = {.settings = &check->settings, .deadline = deadline},
                                         .check = work->check,
                                         .password = &settings->password};
        children[i] = (struct supervised){.work = run_check,
                                          .input = &inputs[i],
                                          .targets = 1,
                                          .pings = settings_most_pings(settings),
                                          .sink = work->sink,
                                          .userdata = check};
    }
    if (good)
        supervise(children, survey->count, deadline);
    for (size_t i = 0; i < survey->count && good; i++)
        result_close(&survey->checks[i].result, &children[i].outcome);
    free(children);
    free(inputs);
    return good;
}

void survey_free(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        result_free(&survey->checks[i].result);
        verdict_free(&survey->checks[i].verdict);
    }
    free(survey->checks);
    result_free(&survey->discovery);
    *survey = (struct survey){0};
}
