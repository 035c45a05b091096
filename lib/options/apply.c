/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "value.h"
#include "why.h"

#define COUNT_MOST 1000
#define HOSTNAME_LONGEST 255

/* What -m and -C take at most: more than anybody has remotes or days. */
#define NUMBER_MOST 100000

APPLY(jid)
{
    struct jid jid;
    const char *reason;
    if (!jid_parse(value, &jid, &reason))
        return why_value(why, why_size, value, reason);
    jid_free(&settings->jid);
    settings->jid = jid;
    return value_string(&settings->jid_text, value, why, why_size);
}

APPLY(password_file)
{
    return value_string(&settings->password_file, value, why, why_size);
}

APPLY(client_cert)
{
    return value_string(&settings->client_cert, value, why, why_size);
}

APPLY(client_key)
{
    return value_string(&settings->client_key, value, why, why_size);
}

APPLY(hostname)
{
    union address address;
    char name[256];
    bool absolute;
    if (strlen(value) > HOSTNAME_LONGEST)
        return why_value(why, why_size, value, "is too long");
    if (!host_literal(value, &address) && !host_name(value, name, &absolute))
        return why_value(why, why_size, value, "is neither a host name nor an address");
    return value_string(&settings->hostname, value, why, why_size);
}

APPLY(port)
{
    int port;
    if (!value_whole(&port, value, 1, UINT16_MAX, why, why_size))
        return false;
    settings->port = (uint16_t)port;
    return true;
}

static bool set_family(struct settings *settings, int family, char *why, size_t why_size)
{
    if (settings->family != AF_UNSPEC && settings->family != family)
        return why_set(why, why_size, "-4 and -6 exclude each other");
    settings->family = family;
    return true;
}

APPLY(use_ipv4)
{
    (void)value;
    return set_family(settings, AF_INET, why, why_size);
}

APPLY(use_ipv6)
{
    (void)value;
    return set_family(settings, AF_INET6, why, why_size);
}

APPLY(tls)
{
    int mode;
    if (!value_choice(&mode, value, TLS_MODES, why, why_size))
        return false;
    settings->tls = (enum tls_mode)mode;
    return true;
}

APPLY(ca_file)
{
    return value_string(&settings->ca_file, value, why, why_size);
}

APPLY(ca_path)
{
    return value_string(&settings->ca_path, value, why, why_size);
}

APPLY(insecure)
{
    (void)value, (void)why, (void)why_size;
    settings->insecure = true;
    return true;
}

APPLY(each_endpoint)
{
    (void)value, (void)why, (void)why_size;
    settings->each_endpoint = true;
    return true;
}

APPLY(dns_server)
{
    union address address;
    if (!host_server(value, &address))
        return why_value(why, why_size, value, "is not ADDR[:PORT], with IPv6 in brackets");
    return value_string(&settings->dns_server, value, why, why_size);
}

APPLY(count)
{
    return value_whole(&settings->count, value, 1, COUNT_MOST, why, why_size);
}

APPLY(interval)
{
    return value_duration(&settings->interval, value, why, why_size);
}

APPLY(ping_timeout)
{
    if (!value_duration(&settings->ping_timeout, value, why, why_size))
        return false;
    return settings->ping_timeout > 0 || why_value(why, why_size, value, "leaves no time");
}

APPLY(min_alive)
{
    return value_whole(&settings->min_alive, value, 0, NUMBER_MOST, why, why_size);
}

/* "LOSS%", the last character of which is no part of the range. */
static bool read_loss(const char *text, struct range *loss, const char **reason)
{
    char copy[80];
    size_t length = strlen(text);
    *reason = "has a loss without % at its end";
    if (length == 0 || text[length - 1] != '%')
        return false;
    *reason = "has no range in front of %";
    if (length == 1)
        return false;
    *reason = "has a loss that is too long";
    if (length > sizeof copy)
        return false;
    memcpy(copy, text, length - 1);
    copy[length - 1] = '\0';
    return range_parse(copy, RANGE_NUMBER, loss, reason);
}

/* "RTT[,LOSS%]" or ",LOSS%". */
static bool read_thresholds(const char *text, struct range *rtt, struct range *loss, char *why, size_t why_size)
{
    const char *reason = "is empty";
    *rtt = *loss = (struct range){0};
    const char *comma = strchr(text, ',');
    if (comma && comma[1] == '\0')
        return why_value(why, why_size, text,
                         comma == text ? "has neither an RTT nor a loss" : "has no loss behind the comma");
    if (comma && !read_loss(comma + 1, loss, &reason))
        return why_value(why, why_size, comma + 1, reason);
    char *first = comma ? strndup(text, (size_t)(comma - text)) : strdup(text);
    if (!first)
        return why_set(why, why_size, "out of memory");
    bool good = (comma && *first == '\0') || range_parse(first, RANGE_TIME, rtt, &reason) ||
                why_value(why, why_size, first, reason);
    free(first);
    return good;
}

APPLY(warning)
{
    return read_thresholds(value, &settings->rtt.warning, &settings->loss.warning, why, why_size);
}

APPLY(critical)
{
    return read_thresholds(value, &settings->rtt.critical, &settings->loss.critical, why, why_size);
}

/* An alert below DAYS. */
static void set_days(struct range *range, int days)
{
    char text[24];
    const char *reason;
    why_set(text, sizeof text, "%d:", days);
    range_parse(text, RANGE_NUMBER, range, &reason);
}

APPLY(certificate)
{
    static const char grammar[] = "is not WARN[,CRIT] in whole days up to 100000";
    char first[16];
    int warning, critical;
    const char *comma = strchr(value, ',');
    size_t length = comma ? (size_t)(comma - value) : strlen(value);
    if (length >= sizeof first)
        return why_value(why, why_size, value, grammar);
    memcpy(first, value, length);
    first[length] = '\0';
    if (!value_read_whole(first, 0, NUMBER_MOST, &warning) ||
        (comma && !value_read_whole(comma + 1, 0, NUMBER_MOST, &critical)))
        return why_value(why, why_size, value, grammar);
    if (comma && critical >= warning)
        return why_value(why, why_size, value, "has a critical that is not below its warning");
    settings->certificate = (struct limits){0};
    set_days(&settings->certificate.warning, warning);
    if (comma)
        set_days(&settings->certificate.critical, critical);
    return true;
}

APPLY(timeout)
{
    char duration[128];
    const char *colon = strchr(value, ':');
    size_t length = colon ? (size_t)(colon - value) : strlen(value);
    if (length >= sizeof duration)
        return why_value(why, why_size, value, "is too long");
    memcpy(duration, value, length);
    duration[length] = '\0';
    if (!value_duration(&settings->timeout, duration, why, why_size))
        return false;
    if (settings->timeout == 0)
        return why_value(why, why_size, duration, "leaves no time");
    settings->timeout_state = STATE_CRITICAL;
    if (colon && !state_parse(colon + 1, &settings->timeout_state))
        return why_value(why, why_size, value, "has an unknown state: use ok, warning, critical, unknown or 0-3");
    return true;
}

APPLY(output)
{
    int format;
    if (!value_choice(&format, value, OUTPUT_FORMATS, why, why_size))
        return false;
    settings->output = (enum output_format)format;
    return true;
}

APPLY(omit_undetermined)
{
    (void)value, (void)why, (void)why_size;
    settings->omit_undetermined = true;
    return true;
}

APPLY(quiet)
{
    (void)value, (void)why, (void)why_size;
    settings->quiet = true;
    return true;
}

APPLY(verbose)
{
    (void)value, (void)why, (void)why_size;
    settings->verbose++;
    return true;
}

APPLY(config)
{
    return value_string(&settings->config_file, value, why, why_size);
}

APPLY(profile)
{
    return value_string(&settings->profile, value, why, why_size);
}

APPLY(config_test)
{
    (void)value, (void)why, (void)why_size;
    settings->config_test = true;
    return true;
}

/* extra_opts_expand() has replaced all that is spelled as it wants it. */
APPLY(extra_opts)
{
    (void)settings, (void)value;
    return why_set(why, why_size, "is taken only from the command line, with its whole name");
}
