/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "special.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"
#include "idna.h"
#include "mechanism.h"
#include "text.h"

#define HOSTNAME_LONGEST 255

/* --- strings --- */

/* Replaces JID. */
static bool set_jid(struct jid *jid, const char *value, struct line *why)
{
    struct jid read;
    const char *reason;
    if (!jid_parse(value, &read, &reason))
        return line_value(why, value, reason);
    jid_free(jid);
    *jid = read;
    return true;
}

CHECK(jid)
{
    return set_jid(&settings->jid, value, why);
}

CHECK(component)
{
    return set_jid(&settings->component, value, why);
}

CHECK(from)
{
    if (!set_jid(&settings->from, value, why))
        return false;
    return (!settings->from.node && !settings->from.resource) || line_value(why, value, "is not a domain");
}

CHECK(mechanism)
{
    (void)settings;
    return mechanism_find(value) ||
           line_value(why, value, "is no mechanism that this program knows: the manual lists them");
}

/* What is meant by VALUE, which no server offers: a mechanism in capitals, a word that begins so or is near. NULL when
 * that cannot be told. */
static const char *guess_offer(const char *value)
{
    char capitals[24];
    size_t length = strlen(value);
    for (size_t i = 0; i <= length && length < sizeof capitals; i++)
        capitals[i] = value[i] >= 'a' && value[i] <= 'z' ? (char)(value[i] - 'a' + 'A') : value[i];
    const struct mechanism *mechanism = length < sizeof capitals ? mechanism_find(capitals) : NULL;
    if (mechanism)
        return mechanism->name;
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        if (length > 0 && strncmp(server_feature_names[i], value, length) == 0)
            return server_feature_names[i];
    }
    return text_nearest(value, server_feature_names, FEATURE_COUNT);
}

/* The feature that is called so but for the case of letters; NULL for none. */
static const char *find_feature(const char *value)
{
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        if (strcasecmp(server_feature_names[i], value) == 0)
            return server_feature_names[i];
    }
    return NULL;
}

/* In capitals a feature would be a mechanism that no server has: --offers-not=SASL2 would always be good. */
CHECK(offer)
{
    const char *feature = find_feature(value);
    (void)settings;
    if (feature ? strcmp(feature, value) == 0 : mechanism_name_valid(value))
        return true;
    const char *meant = feature ? feature : guess_offer(value);
    if (!meant)
        return line_value(why, value,
                          "is no SASL mechanism, which has capitals, and none of starttls-required, plain-before-tls, "
                          "channel-binding, sasl2 and dialback");
    line_value(why, value, "is nothing that a server offers");
    return line_add_guess(why, "", meant);
}

CHECK(hostname)
{
    union address address;
    char name[256];
    bool absolute;
    (void)settings;
    if (strlen(value) > HOSTNAME_LONGEST)
        return line_value(why, value, "is too long");
    if (!idna_load(value))
        return line_value(why, value, "needs libidn2, which is not here");
    if (host_literal(value, &address) || host_name(value, name, &absolute))
        return true;
    bool number = *value != '\0' && value[strspn(value, "0123456789.")] == '\0';
    return line_value(why, value,
                      number ? "is no IPv4 address: four numbers up to 255, without zeros in front"
                             : "is neither a host name nor an address");
}

CHECK(dns_server)
{
    union address address;
    (void)settings;
    return host_server(value, &address) || line_value(why, value, "is not ADDR[:PORT], with IPv6 in brackets");
}

/* --- -4 and -6 --- */

static int family_of(const struct option_row *row)
{
    return row->letter == '4' ? AF_INET : AF_INET6;
}

APPLY(family)
{
    (void)value;
    if (settings->family != AF_UNSPEC && settings->family != family_of(row))
        return line_set(why, "-4 and -6 exclude each other");
    settings->family = family_of(row);
    return true;
}

SHOW(family)
{
    (void)buffer;
    return settings->family == family_of(row) ? "true" : "false";
}

/* --- -w and -c --- */

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
    text_format(copy, sizeof copy, "%.*s", (int)length - 1, text);
    return range_parse(copy, RANGE_NUMBER, loss, reason);
}

/* "RTT[,LOSS%]" or ",LOSS%". */
static bool read_thresholds(const char *text, struct range *rtt, struct range *loss, struct line *why)
{
    const char *reason = "is empty";
    *rtt = *loss = (struct range){0};
    const char *comma = strchr(text, ',');
    if (comma && comma[1] == '\0')
        return line_value(why, text, comma == text ? "has neither an RTT nor a loss" : "has no loss behind the comma");
    if (comma && !read_loss(comma + 1, loss, &reason))
        return line_value(why, comma + 1, reason);
    char *first = comma ? strndup(text, (size_t)(comma - text)) : strdup(text);
    if (!first)
        return line_set(why, "out of memory");
    bool good =
        (comma && *first == '\0') || range_parse(first, RANGE_TIME, rtt, &reason) || line_value(why, first, reason);
    free(first);
    return good;
}

/* The ranges of ROW, which is -w or -c. */
static struct range *range_of(const struct option_row *row, struct limits *limits)
{
    return row->letter == 'w' ? &limits->warning : &limits->critical;
}

APPLY(thresholds)
{
    return read_thresholds(value, range_of(row, &settings->rtt), range_of(row, &settings->loss), why);
}

SHOW(thresholds)
{
    struct limits rtts = settings->rtt, losses = settings->loss;
    const struct range *rtt = range_of(row, &rtts), *loss = range_of(row, &losses);
    if (!rtt->set && !loss->set)
        return NULL;
    text_format(buffer, OPTION_SHOWN_SIZE, "%s%s%s%s", rtt->set ? rtt->text : "", loss->set ? "," : "",
                loss->set ? loss->text : "", loss->set ? "%" : "");
    return buffer;
}

/* --- -C --- */

/* An alert below DAYS. */
static void set_days(struct range *range, int days)
{
    char text[24];
    const char *reason;
    snprintf(text, sizeof text, "%d:", days);
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
        return line_value(why, value, grammar);
    text_format(first, sizeof first, "%.*s", (int)length, value);
    if (!read_whole(first, 0, row->most, &warning) || (comma && !read_whole(comma + 1, 0, row->most, &critical)))
        return line_value(why, value, grammar);
    if (comma && critical >= warning)
        return line_value(why, value, "has a critical that is not below its warning");
    settings->certificate = (struct limits){0};
    set_days(&settings->certificate.warning, warning);
    if (comma)
        set_days(&settings->certificate.critical, critical);
    return true;
}

SHOW(certificate)
{
    const struct limits *limits = &settings->certificate;
    (void)row;
    if (!limits->warning.set)
        return NULL;
    int used = snprintf(buffer, OPTION_SHOWN_SIZE, "%.0f", limits->warning.start);
    if (limits->critical.set && used > 0)
        snprintf(buffer + used, OPTION_SHOWN_SIZE - (size_t)used, ",%.0f", limits->critical.start);
    return buffer;
}

/* --- -t --- */

APPLY(timeout)
{
    char duration[128];
    const char *colon = strchr(value, ':');
    size_t length = colon ? (size_t)(colon - value) : strlen(value);
    (void)row;
    if (length >= sizeof duration)
        return line_value(why, value, "is too long");
    text_format(duration, sizeof duration, "%.*s", (int)length, value);
    if (!read_duration(duration, 1, &settings->timeout, why))
        return false;
    settings->timeout_state = STATE_CRITICAL;
    return !colon || state_parse(colon + 1, &settings->timeout_state) ||
           line_value(why, value, "has an unknown state: use ok, warning, critical, unknown or 0-3");
}

SHOW(timeout)
{
    char duration[OPTION_SHOWN_SIZE];
    (void)row;
    text_format(buffer, OPTION_SHOWN_SIZE, "%.100s:%s", show_duration(settings->timeout, duration),
                state_name(settings->timeout_state));
    return buffer;
}

/* --- --extra-opts --- */

/* extra_opts_expand() has replaced all that is spelled as it wants it. */
APPLY(extra_opts)
{
    (void)row, (void)settings, (void)value;
    return line_set(why, "is taken only from the command line, with its whole name");
}
