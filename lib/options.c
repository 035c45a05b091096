/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "value.h"
#include "why.h"

/* In the order of the enums. */
#define TLS_MODES "auto starttls direct none"
#define OUTPUT_FORMATS "nagios json prometheus"

#define COUNT_MOST 1000
#define HOSTNAME_LONGEST 255

/* What -m and -C take at most: more than anybody has remotes or days. */
#define NUMBER_MOST 100000

static bool apply_jid(struct settings *settings, const char *value, char *why, size_t why_size)
{
    struct jid jid;
    const char *reason;
    if (!jid_parse(value, &jid, &reason))
        return why_value(why, why_size, value, reason);
    jid_free(&settings->jid);
    settings->jid = jid;
    return value_string(&settings->jid_text, value, why, why_size);
}

static bool apply_password_file(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->password_file, value, why, why_size);
}

static bool apply_client_cert(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->client_cert, value, why, why_size);
}

static bool apply_client_key(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->client_key, value, why, why_size);
}

static bool apply_hostname(struct settings *settings, const char *value, char *why, size_t why_size)
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

static bool apply_port(struct settings *settings, const char *value, char *why, size_t why_size)
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

static bool apply_use_ipv4(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value;
    return set_family(settings, AF_INET, why, why_size);
}

static bool apply_use_ipv6(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value;
    return set_family(settings, AF_INET6, why, why_size);
}

static bool apply_tls(struct settings *settings, const char *value, char *why, size_t why_size)
{
    int mode;
    if (!value_choice(&mode, value, TLS_MODES, why, why_size))
        return false;
    settings->tls = (enum tls_mode)mode;
    return true;
}

static bool apply_ca_file(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->ca_file, value, why, why_size);
}

static bool apply_ca_path(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->ca_path, value, why, why_size);
}

static bool apply_insecure(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value, (void)why, (void)why_size;
    settings->insecure = true;
    return true;
}

static bool apply_each_endpoint(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value, (void)why, (void)why_size;
    settings->each_endpoint = true;
    return true;
}

static bool apply_dns_server(struct settings *settings, const char *value, char *why, size_t why_size)
{
    union address address;
    if (!host_server(value, &address))
        return why_value(why, why_size, value, "is not ADDR[:PORT], with IPv6 in brackets");
    return value_string(&settings->dns_server, value, why, why_size);
}

static bool apply_count(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_whole(&settings->count, value, 1, COUNT_MOST, why, why_size);
}

static bool apply_interval(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_duration(&settings->interval, value, why, why_size);
}

static bool apply_ping_timeout(struct settings *settings, const char *value, char *why, size_t why_size)
{
    if (!value_duration(&settings->ping_timeout, value, why, why_size))
        return false;
    return settings->ping_timeout > 0 || why_value(why, why_size, value, "leaves no time");
}

static bool apply_min_alive(struct settings *settings, const char *value, char *why, size_t why_size)
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

static bool apply_warning(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return read_thresholds(value, &settings->rtt.warning, &settings->loss.warning, why, why_size);
}

static bool apply_critical(struct settings *settings, const char *value, char *why, size_t why_size)
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

static bool apply_certificate(struct settings *settings, const char *value, char *why, size_t why_size)
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

static bool apply_timeout(struct settings *settings, const char *value, char *why, size_t why_size)
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

static bool apply_config(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->config_file, value, why, why_size);
}

static bool apply_profile(struct settings *settings, const char *value, char *why, size_t why_size)
{
    return value_string(&settings->profile, value, why, why_size);
}

static bool apply_config_test(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value, (void)why, (void)why_size;
    settings->config_test = true;
    return true;
}

static bool apply_output(struct settings *settings, const char *value, char *why, size_t why_size)
{
    int format;
    if (!value_choice(&format, value, OUTPUT_FORMATS, why, why_size))
        return false;
    settings->output = (enum output_format)format;
    return true;
}

static bool apply_omit_undetermined(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value, (void)why, (void)why_size;
    settings->omit_undetermined = true;
    return true;
}

static bool apply_quiet(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value, (void)why, (void)why_size;
    settings->quiet = true;
    return true;
}

static bool apply_verbose(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)value, (void)why, (void)why_size;
    settings->verbose++;
    return true;
}

/* extra_opts_expand() has replaced all that is spelled as it wants it. */
static bool apply_extra_opts(struct settings *settings, const char *value, char *why, size_t why_size)
{
    (void)settings, (void)value;
    return why_set(why, why_size, "is taken only from the command line, with its whole name");
}

#define ACCOUNT "Account"
#define WAY "Way to the server"
#define PINGS "Pings"
#define STATES "Thresholds and states"
#define FILES "Files"
#define OUTPUT "Output"

const struct option_row option_table[] = {
    {.letter = 'j',
     .name = "jid",
     .argument = "JID",
     .group = ACCOUNT,
     .apply = apply_jid,
     .help = "account to log in with, required; a bare domain logs in by SASL ANONYMOUS"},
    {.name = "password-file",
     .argument = "FILE",
     .group = ACCOUNT,
     .apply = apply_password_file,
     .help = "its first line is the password; a file that group or others can read is refused",
     .standard = "the environment's " SECRET_VARIABLE},
    {.name = "client-cert",
     .argument = "FILE",
     .group = ACCOUNT,
     .apply = apply_client_cert,
     .help = "log in by SASL EXTERNAL with this certificate: PEM, with its issuers behind it, or PKCS#12"},
    {.name = "client-key",
     .argument = "FILE",
     .group = ACCOUNT,
     .apply = apply_client_key,
     .help = "the certificate's private key, PEM without a passphrase",
     .standard = "in the same file"},
    {.name = "require-mechanism",
     .argument = "NAME",
     .group = ACCOUNT,
     .repeatable = true,
     .apply = settings_add_mechanism,
     .help = "log in by this SASL mechanism only, such as SCRAM-SHA-256; a server that does not offer it is CRITICAL "
             "mechanism-downgraded"},

    {.letter = 'H',
     .name = "hostname",
     .argument = "HOST",
     .group = WAY,
     .apply = apply_hostname,
     .help = "connect to this name or address and ask no SRV; TLS still verifies the JID's domain",
     .standard = "SRV of the domain"},
    {.letter = 'p',
     .name = "port",
     .argument = "PORT",
     .group = WAY,
     .number = true,
     .apply = apply_port,
     .help = "port; without -H it means the JID's domain at this port, and no SRV is asked",
     .standard = "5222, direct TLS 5223"},
    {.letter = '4',
     .name = "use-ipv4",
     .group = WAY,
     .apply = apply_use_ipv4,
     .help = "IPv4 only",
     .standard = "both families, raced"},
    {.letter = '6',
     .name = "use-ipv6",
     .group = WAY,
     .apply = apply_use_ipv6,
     .help = "IPv6 only",
     .standard = "both families, raced"},
    {.name = "tls",
     .argument = "MODE",
     .group = WAY,
     .apply = apply_tls,
     .choices = TLS_MODES,
     .help = "one of auto, starttls, direct and none; auto lets SRV decide between STARTTLS and direct TLS and means "
             "starttls "
             "with -H or -p; with none a password goes to loopback addresses only",
     .standard = "auto"},
    {.name = "ca-file",
     .argument = "FILE",
     .group = WAY,
     .apply = apply_ca_file,
     .help = "trust the certificates in this file instead of the system's CAs"},
    {.name = "ca-path",
     .argument = "DIR",
     .group = WAY,
     .apply = apply_ca_path,
     .help =
         "trust the certificates in this directory, which openssl rehash has prepared, instead of the system's CAs"},
    {.name = "insecure",
     .group = WAY,
     .apply = apply_insecure,
     .help = "do not verify the certificate; the first line of the output then says so"},
    {.name = "dns-server",
     .argument = "ADDR[:PORT]",
     .group = WAY,
     .apply = apply_dns_server,
     .help = "ask this name server; IPv6 in brackets",
     .standard = "the system's"},
    {.name = "each-endpoint",
     .group = WAY,
     .apply = apply_each_endpoint,
     .help =
         "check every endpoint that SRV names, by each address family, side by side: some down is WARNING, all down "
         "CRITICAL"},

    {.letter = 'R',
     .name = "remote",
     .argument = "[ALIAS=]JID",
     .group = PINGS,
     .repeatable = true,
     .apply = settings_add_remote,
     .help = "ping this JID too; its labels begin with ALIAS, of a-z, 0-9 and _, which is the JID in lower case with _ "
             "for other "
             "characters unless it is given"},
    {.letter = 'n',
     .name = "count",
     .argument = "N",
     .group = PINGS,
     .number = true,
     .apply = apply_count,
     .help = "pings per target, 1 to 1000",
     .standard = "3"},
    {.letter = 'i',
     .name = "interval",
     .argument = "DURATION",
     .group = PINGS,
     .number = true,
     .apply = apply_interval,
     .help = "pause between two pings of one target; with 0 the next follows the answer",
     .standard = "0"},
    {.name = "ping-timeout",
     .argument = "DURATION",
     .group = PINGS,
     .number = true,
     .apply = apply_ping_timeout,
     .help = "one ping's own limit",
     .standard = "what is left of -t"},

    {.letter = 'w',
     .name = "warning",
     .argument = "RTT[,LOSS%]",
     .group = STATES,
     .number = true,
     .apply = apply_warning,
     .help = "ranges for every target's mean RTT and for its loss; RTT may be empty"},
    {.letter = 'c',
     .name = "critical",
     .argument = "RTT[,LOSS%]",
     .group = STATES,
     .number = true,
     .apply = apply_critical,
     .help = "the same for CRITICAL"},
    {.letter = 'L',
     .name = "limit",
     .argument = "METRIC,WARNING,CRITICAL",
     .group = STATES,
     .repeatable = true,
     .apply = settings_add_limit,
     .help = "ranges for any metric by its label in the performance data; one of the two may be empty"},
    {.letter = 'C',
     .name = "certificate",
     .argument = "WARN[,CRIT]",
     .group = STATES,
     .number = true,
     .apply = apply_certificate,
     .help = "days of validity that the certificate must have left: WARNING below WARN, CRITICAL below CRIT"},
    {.letter = 'm',
     .name = "min-alive",
     .argument = "N",
     .group = STATES,
     .number = true,
     .apply = apply_min_alive,
     .help = "this many remotes must answer: fewer is CRITICAL, and a missing one above it WARNING",
     .standard = "all"},
    {.letter = 't',
     .name = "timeout",
     .argument = "DURATION[:STATE]",
     .group = STATES,
     .number = true,
     .apply = apply_timeout,
     .help = "the hard deadline for everything, and the state when it strikes",
     .standard = "10s:CRITICAL"},
    {.name = "map",
     .argument = "CONDITION=STATE",
     .group = STATES,
     .repeatable = true,
     .apply = settings_add_map,
     .help = "the state for one condition; states, here and with -t, are ok, warning, critical and unknown, or 0 to 3"},

    {.letter = 'f',
     .name = "config",
     .argument = "FILE",
     .group = FILES,
     .command_line_only = true,
     .apply = apply_config,
     .help = "read settings from this configuration file; the command line wins over it",
     .standard = "none; with -P alone " CONFIG_STANDARD_FILE},
    {.letter = 'P',
     .name = "profile",
     .argument = "NAME",
     .group = FILES,
     .command_line_only = true,
     .apply = apply_profile,
     .help = "use this profile of the configuration file, over its defaults"},
    {.name = "config-test",
     .group = FILES,
     .command_line_only = true,
     .apply = apply_config_test,
     .help = "check the configuration file with all its profiles, or the one given, and print the settings in force; "
             "asks no network"},
    {.name = "extra-opts",
     .argument = "[SECTION][@FILE]",
     .optional = true,
     .command_line_only = true,
     .group = FILES,
     .repeatable = true,
     .apply = apply_extra_opts,
     .help = "read options from this section of an INI file, as other monitoring plugins do; those of the command line "
             "win",
     .standard = "the program's name, in monitoring-plugins.ini"},

    {.letter = 'o',
     .name = "output",
     .argument = "FORMAT",
     .group = OUTPUT,
     .apply = apply_output,
     .choices = OUTPUT_FORMATS,
     .help = "one of nagios, json and prometheus, which is for the textfile collector of its node exporter",
     .standard = "nagios"},
    {.name = "omit-undetermined",
     .group = OUTPUT,
     .apply = apply_omit_undetermined,
     .help = "leave out metrics without a value, which Icinga 2 warns of, instead of printing them as U"},
    {.letter = 'q', .name = "quiet", .group = OUTPUT, .apply = apply_quiet, .help = "print nothing when OK"},
    {.letter = 'v',
     .name = "verbose",
     .group = OUTPUT,
     .repeatable = true,
     .apply = apply_verbose,
     .help = "show every ping, on a terminal when it arrives, and how long each phase took; twice: the settings too; "
             "three times: the stream too, with secrets masked"},
    {.letter = 'V',
     .name = "version",
     .group = OUTPUT,
     .command_line_only = true,
     .help = "print the versions of this program and its libraries"},
    {.letter = 'h', .name = "help", .group = OUTPUT, .command_line_only = true, .help = "print this help"},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];
