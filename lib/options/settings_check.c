/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be checked only when all settings are read. */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "duration.h"
#include "file.h"
#include "host.h"
#include "mechanism.h"
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
    settings->jid_text = settings_keep(settings, server);
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
    char shown[TEXT_PATH_SIZE];
    if (!path)
        return;
    text_show_path(path, shown);
    bool directory = mode == S_IFDIR;
    if (stat(path, &status) == 0 && (status.st_mode & S_IFMT) != mode)
        mistakes_add(mistakes, "--%s: %s is not a %s", option, shown, directory ? "directory" : "regular file");
    else if (access(path, directory ? R_OK | X_OK : R_OK) != 0)
        mistakes_add(mistakes, "--%s: %s cannot be read: %s", option, shown, strerror(errno));
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
static void check_key(const struct settings *settings, struct mistakes *mistakes)
{
    const char *path = settings->client_key ? settings->client_key : settings->client_cert;
    char shown[TEXT_PATH_SIZE], others[FILE_OTHERS_SIZE];
    struct stat status;
    int fd = path ? file_open(path, &status) : -1;
    if (fd < 0) /* check_path() has told what can be told */
        return;
    bool open_to_others =
        file_others(fd, &status, FILE_READ, others) != NULL && (settings->client_key || holds_key(fd));
    close(fd);
    text_show_path(path, shown);
    if (open_to_others)
        mistakes_add(mistakes, "--client-%s: %s can be read by %s", settings->client_key ? "key" : "cert", shown,
                     others);
}

/* No run can be done with more in a time that anybody waits for. */
static void check_ping_count(const struct settings *settings, struct mistakes *mistakes)
{
    long long pings = 0;
    for (size_t i = 0; i < settings->target_count; i++)
        pings += settings->targets[i].count;
    if (pings > SETTINGS_PINGS_MAX)
        mistakes_add(mistakes, "--count: %lld pings in one run, of all targets together, are more than %d", pings,
                     SETTINGS_PINGS_MAX);
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

/* The textfile collector would read nothing as the end of all metrics. */
static void check_output(const struct settings *settings, struct mistakes *mistakes)
{
    if (settings->quiet && output_is(settings->output, OUTPUT_NEVER_EMPTY))
        mistakes_add(mistakes, "--quiet: excludes --output=%s, which must print when OK too",
                     output_format_names[settings->output]);
}

bool settings_check(struct settings *settings, struct mistakes *mistakes)
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
        settings_copy_to_target(&settings->targets[i], settings, ~settings->targets[i].given);
        check_pauses(settings, &settings->targets[i], mistakes);
    }
    check_clear_text(settings, mistakes);
    check_path("ca-file", settings->ca_file, S_IFREG, mistakes);
    check_path("ca-path", settings->ca_path, S_IFDIR, mistakes);
    check_path("client-cert", settings->client_cert, S_IFREG, mistakes);
    check_path("client-key", settings->client_key, S_IFREG, mistakes);
    check_key(settings, mistakes);
    check_ping_count(settings, mistakes);
    return mistakes_none(mistakes);
}
