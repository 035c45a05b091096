/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show.h"

#include "duration.h"
#include "why.h"

#define SHOW_STRING(name)                                                                                              \
    SHOW(name)                                                                                                         \
    {                                                                                                                  \
        (void)buffer;                                                                                                  \
        return settings->name;                                                                                         \
    }

#define SHOW_SWITCH(name, value)                                                                                       \
    SHOW(name)                                                                                                         \
    {                                                                                                                  \
        (void)buffer;                                                                                                  \
        return (value) ? "true" : "false";                                                                             \
    }

SHOW_STRING(password_file)
SHOW_STRING(client_cert)
SHOW_STRING(client_key)
SHOW_STRING(hostname)
SHOW_STRING(ca_file)
SHOW_STRING(ca_path)
SHOW_STRING(dns_server)
SHOW_SWITCH(use_ipv4, settings->family == AF_INET)
SHOW_SWITCH(use_ipv6, settings->family == AF_INET6)
SHOW_SWITCH(insecure, settings->insecure)
SHOW_SWITCH(each_endpoint, settings->each_endpoint)
SHOW_SWITCH(omit_undetermined, settings->omit_undetermined)
SHOW_SWITCH(quiet, settings->quiet)

static const char *show_whole(int number, char buffer[OPTION_SHOWN_SIZE])
{
    why_set(buffer, OPTION_SHOWN_SIZE, "%d", number);
    return buffer;
}

static const char *show_duration(int64_t duration, char buffer[OPTION_SHOWN_SIZE])
{
    char seconds[32];
    why_set(buffer, OPTION_SHOWN_SIZE, "%ss", duration_seconds(duration, seconds, sizeof seconds));
    return buffer;
}

static const char *show_thresholds(const struct range *rtt, const struct range *loss, char buffer[OPTION_SHOWN_SIZE])
{
    if (!rtt->set && !loss->set)
        return NULL;
    why_set(buffer, OPTION_SHOWN_SIZE, "%s%s%s%s", rtt->set ? rtt->text : "", loss->set ? "," : "",
            loss->set ? loss->text : "", loss->set ? "%" : "");
    return buffer;
}

SHOW(jid)
{
    (void)buffer;
    return settings->jid_text;
}

SHOW(port)
{
    return settings->port == 0 ? NULL : show_whole(settings->port, buffer);
}

SHOW(tls)
{
    (void)buffer;
    return settings_tls_name(settings->tls);
}

SHOW(output)
{
    static const char *const formats[] = {
        [OUTPUT_NAGIOS] = "nagios", [OUTPUT_JSON] = "json", [OUTPUT_PROMETHEUS] = "prometheus"};
    (void)buffer;
    return formats[settings->output];
}

SHOW(count)
{
    return show_whole(settings->count, buffer);
}

SHOW(interval)
{
    return show_duration(settings->interval, buffer);
}

SHOW(ping_timeout)
{
    return settings->ping_timeout == 0 ? NULL : show_duration(settings->ping_timeout, buffer);
}

SHOW(warning)
{
    return show_thresholds(&settings->rtt.warning, &settings->loss.warning, buffer);
}

SHOW(critical)
{
    return show_thresholds(&settings->rtt.critical, &settings->loss.critical, buffer);
}

SHOW(certificate)
{
    const struct limits *limits = &settings->certificate;
    if (!limits->warning.set)
        return NULL;
    int used = snprintf(buffer, OPTION_SHOWN_SIZE, "%.0f", limits->warning.start);
    if (limits->critical.set && used > 0)
        snprintf(buffer + used, OPTION_SHOWN_SIZE - (size_t)used, ",%.0f", limits->critical.start);
    return buffer;
}

SHOW(min_alive)
{
    return settings->min_alive < 0 ? NULL : show_whole(settings->min_alive, buffer);
}

SHOW(timeout)
{
    char duration[OPTION_SHOWN_SIZE];
    why_set(buffer, OPTION_SHOWN_SIZE, "%.100s:%s", show_duration(settings->timeout, duration),
            state_name(settings->timeout_state));
    return buffer;
}

SHOW(verbose)
{
    return show_whole(settings->verbose, buffer);
}
