/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "way.h"

#include <stdlib.h>
#include <string.h>

/* So many silent endpoints are named; the others are counted. */
#define NAMED_MAX 3

#define LABEL_SIZE sizeof((struct endpoint_result *)0)->name

/* The port in "xmpp.example.org 192.0.2.1:5222" and "[2001:db8::1]:5222"; NULL for a set of SRV records. */
static const char *port_of(const struct endpoint_result *endpoint)
{
    const char *colon = strrchr(endpoint->name, ':');
    return colon ? colon + 1 : NULL;
}

/* The length of the host there. */
static size_t host_length(const struct endpoint_result *endpoint)
{
    const char *colon = strrchr(endpoint->name, ':');
    size_t length = strcspn(endpoint->name, " ");
    return colon && length > (size_t)(colon - endpoint->name) ? (size_t)(colon - endpoint->name) : length;
}

static bool has_host(const struct endpoint_result *endpoint, const char *host, size_t length)
{
    return host_length(endpoint) == length && strncmp(endpoint->name, host, length) == 0;
}

const struct endpoint_result *way_endpoint(const struct result *result)
{
    for (size_t i = result->endpoint_count; i > 0; i--) {
        const struct endpoint_result *endpoint = &result->endpoints[i - 1];
        bool is_its_failure =
            endpoint->condition.own == result->condition.own && endpoint->condition.wire == result->condition.wire;
        if (port_of(endpoint) && (any_condition_is_none(endpoint->condition) || is_its_failure))
            return endpoint;
    }
    return NULL;
}

unsigned way_port(const struct endpoint_result *endpoint)
{
    const char *port = port_of(endpoint);
    return port ? (unsigned)strtoul(port, NULL, 10) : 0;
}

void way_add_address(struct line *line, const struct endpoint_result *endpoint)
{
    const char *port = port_of(endpoint);
    line_add(line, "%.*s%s%s", (int)host_length(endpoint), endpoint->name, port ? ":" : "", port ? port : "");
}

/* Whether the server was reached: from there on the way is not to blame. */
static bool has_arrived(const struct result *result)
{
    return result->tls || result->entered[PHASE_AUTH];
}

bool way_is_failed_lookup(const struct endpoint_result *endpoint)
{
    return endpoint->name[0] == '_' && !port_of(endpoint) && endpoint->condition.own == CONDITION_DNS_FAILED;
}

const struct endpoint_result *way_failed_lookup(const struct settings *settings, const struct result *result)
{
    const struct endpoint_result *lookup = NULL;
    if (has_arrived(result) || !result->entered[PHASE_CONNECT])
        return NULL;
    for (size_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_result *endpoint = &result->endpoints[i];
        if (!lookup && way_is_failed_lookup(endpoint))
            lookup = endpoint;
        if (port_of(endpoint) && !has_host(endpoint, settings->jid.ascii, strlen(settings->jid.ascii)))
            return NULL;
    }
    return lookup;
}

void way_add_lookup(struct line *line, const struct endpoint_result *lookup)
{
    line_add(line, "%s for %s", lookup->cause[0] != '\0' ? lookup->cause : "no answer", lookup->name);
}

static bool is_silent(const struct endpoint_result *endpoint)
{
    return any_condition_is_none(endpoint->condition) && !endpoint->heard && port_of(endpoint);
}

const struct endpoint_result *way_silent(const struct result *result)
{
    const struct endpoint_result *first = NULL;
    bool last_is_silent = false;
    if (has_arrived(result))
        return NULL;
    for (size_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_result *endpoint = &result->endpoints[i];
        if (!first && is_silent(endpoint))
            first = endpoint;
        if (any_condition_is_none(endpoint->condition))
            last_is_silent = is_silent(endpoint);
    }
    return last_is_silent ? first : NULL;
}

/* What it is called beside others: its port, with its host where they have several. */
static void label(const struct endpoint_result *endpoint, bool with_host, char out[LABEL_SIZE])
{
    int host = with_host ? (int)host_length(endpoint) : 0;
    snprintf(out, LABEL_SIZE, "%.*s%s%s", host, endpoint->name, with_host ? ":" : "", port_of(endpoint));
}

/* Whether the endpoint INDEX is silent, and no earlier one that is has its label: of an endpoint with several addresses
 * one is enough. */
static bool is_new(const struct result *result, size_t index, bool with_host, char out[LABEL_SIZE])
{
    char earlier[LABEL_SIZE];
    if (!is_silent(&result->endpoints[index]))
        return false;
    label(&result->endpoints[index], with_host, out);
    for (size_t i = 0; i < index; i++) {
        if (!is_silent(&result->endpoints[i]))
            continue;
        label(&result->endpoints[i], with_host, earlier);
        if (strcmp(earlier, out) == 0)
            return false;
    }
    return true;
}

/* Counts the labels there are. */
static size_t count_labels(const struct result *result, bool with_host)
{
    char text[LABEL_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < result->endpoint_count; i++)
        count += is_new(result, i, with_host, text);
    return count;
}

/* Appends "5222 and 5223", "a.example:5222, b.example:5222, c.example:5222 and 2 more". */
static void add_labels(struct line *line, const struct result *result, bool with_host, size_t total)
{
    char text[LABEL_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < result->endpoint_count && count < NAMED_MAX; i++) {
        if (!is_new(result, i, with_host, text))
            continue;
        line_add(line, "%s%s", count == 0 ? "" : count + 1 == total ? " and " : ", ", text);
        count++;
    }
    if (total > count)
        line_add(line, " and %zu more", total - count);
}

void way_add_silence(struct line *line, const struct settings *settings, const struct result *result,
                     const struct endpoint_result *first)
{
    size_t length = host_length(first);
    bool one_host = true;
    for (size_t i = 0; i < result->endpoint_count; i++)
        one_host &= !is_silent(&result->endpoints[i]) || has_host(&result->endpoints[i], first->name, length);
    size_t total = count_labels(result, !one_host);
    line_add(line, "no answer from ");
    if (one_host)
        line_add(line, "%.*s", (int)length, first->name);
    else
        line_add(line, "%s", settings->jid.domain);
    if (total == 1) {
        line_add(line, ":%s, which takes connections and says nothing", port_of(first));
        return;
    }
    line_add(line, ": ");
    add_labels(line, result, !one_host, total);
    line_add(line, " take connections and say nothing");
}
