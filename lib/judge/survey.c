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
static void name_check(struct endpoint_check *endpoint, const struct candidate *candidate)
{
    char plain[256], text[CHECK_NAME_SIZE];
    snprintf(plain, sizeof plain, "%s", candidate->host);
    size_t length = strlen(plain);
    if (length > 1 && plain[length - 1] == '.')
        plain[length - 1] = '\0';
    bool colon = strchr(plain, ':') != NULL;
    snprintf(text, sizeof text, "%s%s%s:%u%s", colon ? "[" : "", plain, colon ? "]" : "", candidate->port,
             family_name(candidate->family));
    text_clean_string(endpoint->name, sizeof endpoint->name, text);
    snprintf(text, sizeof text, "%s %u%s%s", plain, candidate->port, candidate->tls == TLS_DIRECT ? " direct" : "",
             family_name(candidate->family));
    jid_alias(text, endpoint->label, sizeof endpoint->label);
}

static void prepare(struct endpoint_check *endpoint, const struct settings *settings, const struct candidate *candidate)
{
    name_check(endpoint, candidate);
    memcpy(endpoint->hostname, candidate->host, sizeof endpoint->hostname);
    endpoint->settings = *settings;
    endpoint->settings.each_endpoint = false;
    endpoint->settings.port = candidate->port;
    endpoint->settings.tls = candidate->tls;
    endpoint->settings.family = candidate->family;
}

static int compare(const void *a, const void *b)
{
    const struct endpoint_check *one = a, *other = b;
    int order = strcmp(one->label, other->label);
    return order != 0 ? order : strcasecmp(one->name, other->name);
}

static bool is_taken(const struct check *whole, size_t before, const char *label)
{
    for (size_t i = 0; i < before; i++) {
        if (strcmp(whole->parts[i].label, label) == 0)
            return true;
    }
    return false;
}

/* Names that differ in punctuation only get labels with a number, which may make another's in turn. */
static void number_labels(struct check *whole)
{
    for (size_t i = 0; i < whole->part_count; i++) {
        char *label = whole->parts[i].label, base[CHECK_NAME_SIZE];
        memcpy(base, label, sizeof base);
        for (int number = 2; is_taken(whole, i, label); number++)
            snprintf(label, sizeof base, "%.*s_%d", (int)sizeof base - 12, base, number);
    }
}

/* Sorts by label, as SRV's order is random among equals, and leaves each endpoint there once, in its place. */
static void sort(struct check *whole)
{
    struct endpoint_check *endpoints = whole->parts;
    size_t kept = 0;
    qsort(endpoints, whole->part_count, sizeof *endpoints, compare);
    for (size_t i = 0; i < whole->part_count; i++) {
        if (kept > 0 && compare(&endpoints[kept - 1], &endpoints[i]) == 0)
            continue;
        endpoints[kept] = endpoints[i];
        endpoints[kept].settings.hostname = endpoints[kept].hostname;
        endpoints[kept].check.settings = &endpoints[kept].settings;
        kept++;
    }
    whole->part_count = kept;
    number_labels(whole);
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

static bool discover(struct check *whole, int64_t started_at, supervise_work work)
{
    const struct settings *settings = whole->settings;
    struct result *discovery = &whole->result;
    if (!result_init(discovery, settings, started_at))
        return false;
    struct probe_input input = {.settings = settings, .deadline = started_at + settings->timeout};
    struct supervised child = {
        .work = work, .input = &input, .targets = 1, .pings = 1, .sink = result_take, .userdata = discovery};
    supervise(&child, 1, input.deadline);
    if (!is_believed(discovery, settings)) {
        child.outcome.end = SUPERVISE_FAILED;
        child.outcome.error = EPROTO;
    }
    result_close(discovery, &child.outcome);
    if (!result_ended_well(discovery) || discovery->candidate_count == 0)
        return true;
    whole->parts = calloc(discovery->candidate_count, sizeof *whole->parts);
    if (!whole->parts)
        return false;
    for (size_t i = 0; i < discovery->candidate_count; i++)
        prepare(&whole->parts[whole->part_count++], settings, &discovery->candidates[i]);
    sort(whole);
    return true;
}

/* Checks the endpoints side by side. CHILDREN and INPUTS have room for one each. */
static bool check_endpoints(struct check *whole, struct supervised *children, struct probe_input *inputs,
                            int64_t started_at, const struct survey_work *work)
{
    int64_t deadline = started_at + whole->settings->timeout;
    for (size_t i = 0; i < whole->part_count; i++) {
        struct endpoint_check *endpoint = &whole->parts[i];
        if (!result_init(&endpoint->check.result, &endpoint->settings, started_at))
            return false;
        inputs[i] = (struct probe_input){.settings = &endpoint->settings, .deadline = deadline};
        children[i] = (struct supervised){.work = work->check,
                                          .input = &inputs[i],
                                          .targets = 1,
                                          .pings = settings_most_pings(whole->settings),
                                          .sink = work->sink,
                                          .userdata = endpoint};
    }
    supervise(children, whole->part_count, deadline);
    for (size_t i = 0; i < whole->part_count; i++)
        result_close(&whole->parts[i].check.result, &children[i].outcome);
    return true;
}

bool survey_run(struct check *whole, int64_t started_at, const struct survey_work *work)
{
    if (!discover(whole, started_at, work->discover))
        return false;
    if (whole->part_count == 0)
        return true;
    struct supervised *children = calloc(whole->part_count, sizeof *children);
    struct probe_input *inputs = calloc(whole->part_count, sizeof *inputs);
    bool good = children && inputs && check_endpoints(whole, children, inputs, started_at, work);
    free(children);
    free(inputs);
    return good;
}
