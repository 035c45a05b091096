/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <string.h>

#include "special.h"

#define ACCOUNT "Account"
#define NO_ACCOUNT "Without an account"
#define WAY "Way to the server"
#define OFFERS "What the server must offer"
#define PINGS "Pings"
#define STATES "Thresholds and states"
#define FILES "Files"
#define OUTPUT "Output"

/* What -m and -C take at most: more than anybody has remotes or days. */
#define NUMBER_MOST 100000

/* The type of a row, and what goes with it. */
#define FIELD(name) .field = offsetof(struct settings, name)
#define STRING(name) .type = OPTION_STRING, FIELD(name)
#define SWITCH(name) .type = OPTION_SWITCH, FIELD(name)
#define LEVEL(name) .type = OPTION_LEVEL, FIELD(name), .repeatable = true
#define NUMBER(name, lowest, highest) .type = OPTION_NUMBER, FIELD(name), .least = (lowest), .most = (highest)
#define DURATION(name, lowest) .type = OPTION_DURATION, FIELD(name), .least = (lowest)
#define CHOICE(name, words) .type = OPTION_CHOICE, FIELD(name), .choices = (words)
#define STRINGS(name, count)                                                                                           \
    .type = OPTION_STRINGS, FIELD(name), .count_field = offsetof(struct settings, count), .repeatable = true
#define SPECIAL(function, shower) .type = OPTION_SPECIAL, .apply = (function), .show = (shower)

const struct option_row option_table[] = {
    {'j', "jid", "JID", ACCOUNT, STRING(jid_text), .check = check_jid,
     .help = "account to log in with, required; a bare domain logs in by SASL ANONYMOUS"},
    {0, "password-file", "FILE", ACCOUNT, STRING(password_file),
     .help = "its first line is the password; a file that group or others can read is refused",
     .standard = "the environment's " SECRET_VARIABLE},
    {0, "client-cert", "FILE", ACCOUNT, STRING(client_cert), .useless = AT_NO_LOGIN | AT_COMPONENT,
     .help = "log in by SASL EXTERNAL with this certificate: PEM, with its issuers behind it, or PKCS#12"},
    {0, "client-key", "FILE", ACCOUNT, STRING(client_key), .useless = AT_NO_LOGIN | AT_COMPONENT,
     .help = "the certificate's private key, PEM without a passphrase", .standard = "in the same file"},
    {0, "require-mechanism", "NAME", ACCOUNT, STRINGS(required_mechanisms, required_count), .check = check_mechanism,
     .useless = WITHOUT_PINGS | AT_COMPONENT,
     .help = "log in by this SASL mechanism only, such as SCRAM-SHA-256; a server that does not offer it is CRITICAL "
             "mechanism-downgraded"},
    {0, "login", "WAY", ACCOUNT, CHOICE(login_way, login_way_names), .useless = AT_COMPONENT,
     .help = "auto takes SASL2 (XEP-0388, with Bind 2) where it is offered; with sasl2 a server that does not offer it "
             "is CRITICAL sasl2-missing",
     .standard = "auto"},
    {0, "component", "JID", ACCOUNT, STRING(component_text), .check = check_component,
     .help =
         "log in as this component (XEP-0114) and ping from it; the password is its secret; -H and -p say where; -j "
         "is the server's domain, which is JID without its first label unless given"},

    {0, "no-login", NULL, NO_ACCOUNT, SWITCH(no_login), .useless = AT_COMPONENT,
     .help =
         "no login and no pings: the way to the server, its TLS, its certificate and what it offers; -j is a domain, "
         "and no password is read"},
    {0, "s2s", NULL, NO_ACCOUNT, SWITCH(s2s), .useless = AT_COMPONENT,
     .help = "the same as another server would: SRV _xmpp-server and _xmpps-server, or ports 5269 and 5270"},
    {0, "from", "DOMAIN", NO_ACCOUNT, STRING(from_text), .check = check_from,
     .help = "with --s2s: the domain that the probe says it is; some servers want one"},

    {'H', "hostname", "HOST", WAY, STRING(hostname), .check = check_hostname,
     .help = "connect to this name or address and ask no SRV; TLS still verifies the JID's domain",
     .standard = "SRV of the domain"},
    {'p', "port", "PORT", WAY, NUMBER(port, 1, UINT16_MAX),
     .help = "port; without -H it means the JID's domain at this port, and no SRV is asked",
     .standard = "5222, direct TLS 5223; with --s2s 5269 and 5270"},
    {'4', "use-ipv4", NULL, WAY, SPECIAL(apply_family, show_family), .excludes = "use-ipv6", .help = "IPv4 only",
     .standard = "both families, raced"},
    {'6', "use-ipv6", NULL, WAY, SPECIAL(apply_family, show_family), .excludes = "use-ipv4", .help = "IPv6 only",
     .standard = "both families, raced"},
    {0, "tls", "MODE", WAY, CHOICE(tls, tls_mode_names),
     .help = "auto lets SRV decide between STARTTLS and direct TLS and means "
             "starttls with -H or -p; with none a password goes to loopback addresses only",
     .standard = "auto"},
    {0, "ca-file", "FILE", WAY, STRING(ca_file),
     .help = "trust the certificates in this file instead of the system's CAs"},
    {0, "ca-path", "DIR", WAY, STRING(ca_path),
     .help =
         "trust the certificates in this directory, which openssl rehash has prepared, instead of the system's CAs"},
    {0, "insecure", NULL, WAY, SWITCH(insecure),
     .help = "do not verify the certificate; the first line of the output then says so"},
    {0, "require-sandbox", NULL, WAY, SWITCH(require_sandbox),
     .help =
         "UNKNOWN where this machine cannot confine the process that talks to the network: its system calls and the "
         "files that it can read"},
    {0, "dns-server", "ADDR[:PORT]", WAY, STRING(dns_server), .check = check_dns_server,
     .help = "ask this name server; IPv6 in brackets", .standard = "the system's"},
    {0, "each-endpoint", NULL, WAY, SWITCH(each_endpoint), .useless = AT_COMPONENT,
     .help =
         "check every endpoint that SRV names, by each address family, side by side: some down is WARNING, all down "
         "CRITICAL"},

    {0, "offers", "NAME", OFFERS, STRINGS(offers, offers_count), .check = check_offer, .useless = AT_COMPONENT,
     .help = "the server must offer this, else it is CRITICAL not-offered: a SASL mechanism behind TLS, or "
             "starttls-required, plain-before-tls, channel-binding, sasl2 or dialback"},
    {0, "offers-not", "NAME", OFFERS, STRINGS(offers_not, offers_not_count), .check = check_offer,
     .useless = AT_COMPONENT, .help = "the server must not offer this, else it is CRITICAL offered"},

    {'R', "remote", "[ALIAS=]JID", PINGS, .type = OPTION_REMOTES, .key = "remotes", .repeatable = true,
     .useless = WITHOUT_PINGS,
     .help = "ping this JID too; its labels begin with ALIAS (of a-z, 0-9 and _), or without one with the JID in lower "
             "case, each other character as _"},
    {'n', "count", "N", PINGS, NUMBER(count, 1, 1000), .of_target = TARGET_GIVEN_COUNT, .useless = WITHOUT_PINGS,
     .help = "pings per target, 1 to 1000, and 100000 of all targets together at most", .standard = "3"},
    {'i', "interval", "DURATION", PINGS, DURATION(interval, 0), .of_target = TARGET_GIVEN_INTERVAL,
     .useless = WITHOUT_PINGS, .help = "pause between two pings of one target; with 0 the next follows the answer",
     .standard = "0"},
    {0, "ping-timeout", "DURATION", PINGS, DURATION(ping_timeout, 1), .of_target = TARGET_GIVEN_PING_TIMEOUT,
     .useless = WITHOUT_PINGS, .help = "one ping's own limit", .standard = "what is left of -t"},

    {'w', "warning", "RTT[,LOSS%]", STATES, SPECIAL(apply_thresholds, show_thresholds),
     .of_target = TARGET_GIVEN_WARNING, .number = true, .useless = WITHOUT_PINGS,
     .help = "ranges for every target's mean RTT and for its loss; RTT may be empty"},
    {'c', "critical", "RTT[,LOSS%]", STATES, SPECIAL(apply_thresholds, show_thresholds),
     .of_target = TARGET_GIVEN_CRITICAL, .number = true, .useless = WITHOUT_PINGS, .help = "the same for CRITICAL"},
    {'L', "limit", "METRIC,WARNING,CRITICAL", STATES, .type = OPTION_LIMITS, .key = "limits", .repeatable = true,
     .help = "ranges for any metric by its label in the performance data; one of the two may be empty"},
    {'C', "certificate", "WARN[,CRIT]", STATES, SPECIAL(apply_certificate, show_certificate), .most = NUMBER_MOST,
     .number = true,
     .help = "days of validity that the certificate must have left: WARNING below WARN, CRITICAL below CRIT"},
    {'m', "min-alive", "N", STATES, NUMBER(min_alive, 0, NUMBER_MOST), .useless = WITHOUT_PINGS,
     .help = "this many remotes must answer: fewer is CRITICAL, and a missing one above it WARNING", .standard = "all"},
    {'t', "timeout", "DURATION[:STATE]", STATES, SPECIAL(apply_timeout, show_timeout), .number = true,
     .help = "the hard deadline for everything, and the state when it strikes", .standard = "10s:CRITICAL"},
    {0, "map", "CONDITION=STATE", STATES, .type = OPTION_MAP, .repeatable = true,
     .help = "the state for one condition; states, here and with -t, are ok, warning, critical and unknown, or 0 to 3"},

    {'f', "config", "FILE", FILES, STRING(config_file),
     .help = "read settings from this libconfig file; what the command line says wins over a profile, that over the "
             "file's defaults",
     .standard = "none; with -P alone " CONFIG_FILE},
    {'P', "profile", "NAME", FILES, STRING(profile), .help = "the file's profile to use",
     .standard = "none, only the file's defaults"},
    {0, "config-test", NULL, FILES, SWITCH(config_test),
     .help =
         "check the file and all its profiles, or the one of -P, without a network, and print the settings in force"},
    {0, "extra-opts", "[SECTION][@FILE]", FILES, SPECIAL(apply_extra_opts, NULL), .repeatable = true, .optional = true,
     .help = "read options from this section of an INI file, as other monitoring plugins do; those of the command line "
             "win",
     .standard = "the program's name, in monitoring-plugins.ini"},

    {'o', "output", "FORMAT", OUTPUT, CHOICE(output, output_format_names),
     .help = "prometheus is for the textfile collector of its node exporter", .standard = "nagios"},
    {0, "omit-undetermined", NULL, OUTPUT, SWITCH(omit_undetermined),
     .help = "leave out metrics without a value, which Icinga 2 warns of, instead of printing them as U"},
    {'q', "quiet", NULL, OUTPUT, SWITCH(quiet), .help = "print nothing when OK"},
    {'v', "verbose", NULL, OUTPUT, LEVEL(verbose),
     .help = "show every ping, on a terminal when it arrives, and how long each phase took; twice: the settings too; "
             "three times: the stream too, with secrets masked"},
    {'V', "version", NULL, OUTPUT, .type = OPTION_QUESTION,
     .help = "print the versions of this program and its libraries"},
    {'h', "help", NULL, OUTPUT, .type = OPTION_QUESTION, .help = "print this help"},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];
_Static_assert(sizeof option_table / sizeof option_table[0] <= 64, "settings.given has a bit for each row");

char *option_key(const struct option_row *row, char out[OPTION_KEY_SIZE])
{
    out[0] = '\0';
    if (row->type == OPTION_QUESTION || strcmp(row->group, FILES) == 0)
        return out;
    const char *name = row->key ? row->key : row->name;
    size_t length = 0;
    for (; name[length] != '\0'; length++)
        out[length] = name[length] == '-' ? '_' : name[length];
    out[length] = '\0';
    return out;
}
