/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_settings.h"

#include "line.h"

static void print_account(FILE *out, const struct settings *settings)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "account: %s, ", settings->jid_text);
    if (settings_anonymous(settings))
        line_add(&line, "SASL ANONYMOUS");
    else if (settings->password_file)
        line_add(&line, "password from %s", settings->password_file);
    else if (!settings->client_cert)
        line_add(&line, "password from the environment or the configuration");
    if (settings->client_cert)
        line_add(&line, "%sclient certificate %s", settings->password_file ? ", " : "", settings->client_cert);
    for (size_t i = 0; i < settings->required_count; i++)
        line_add(&line, "%s%s", i == 0 ? ", only by " : " or ", settings->required_mechanisms[i]);
    line_print(&line, out);
}

static void print_way(FILE *out, const struct settings *settings)
{
    static const char *const modes[] = {[TLS_AUTO] = "TLS as SRV says",
                                        [TLS_STARTTLS] = "STARTTLS",
                                        [TLS_DIRECT] = "direct TLS",
                                        [TLS_NONE] = "no TLS"};
    bool asks_srv = !settings->hostname && settings->port == 0;
    bool has_tls = settings->tls != TLS_NONE;
    struct line line = LINE_EMPTY;
    line_add(&line, "way: %s%s", asks_srv ? "SRV of " : "",
             settings->hostname ? settings->hostname : settings->jid.domain);
    if (settings->port != 0)
        line_add(&line, ", port %u", settings->port);
    line_add(&line, ", %s", settings->tls == TLS_AUTO && !asks_srv ? modes[TLS_STARTTLS] : modes[settings->tls]);
    if (settings->family != AF_UNSPEC)
        line_add(&line, ", IPv%d only", settings->family == AF_INET ? 4 : 6);
    if (settings->dns_server)
        line_add(&line, ", name server %s", settings->dns_server);
    if (has_tls && settings->insecure)
        line_add(&line, ", certificate not verified");
    else if (has_tls && !settings->ca_file && !settings->ca_path)
        line_add(&line, ", trusts the system's CAs");
    if (settings->ca_file)
        line_add(&line, ", trusts %s", settings->ca_file);
    if (settings->ca_path)
        line_add(&line, ", trusts %s", settings->ca_path);
    line_print(&line, out);
}

static void print_pings(FILE *out, const struct settings *settings)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "pings: %d of each target, ", settings->count);
    line_add_time(&line, settings->interval);
    line_add(&line, " between two, ");
    if (settings->ping_timeout > 0) {
        line_add(&line, "each within ");
        line_add_time(&line, settings->ping_timeout);
        line_add(&line, ", ");
    }
    line_add(&line, "all within ");
    line_add_time(&line, settings->timeout);
    line_add(&line, ", else %s", state_name(settings->timeout_state));
    line_print(&line, out);
}

static void print_map(FILE *out, const struct settings *settings)
{
    struct line line = LINE_EMPTY;
    for (size_t i = 0; i < settings->map_count; i++)
        line_add(&line, "%s%s is %s", i == 0 ? "mapped: " : ", ", settings->map[i].name,
                 state_name(settings->map[i].state));
    if (line.used > 0)
        line_print(&line, out);
}

void report_settings(FILE *out, const struct settings *settings)
{
    print_account(out, settings);
    print_way(out, settings);
    print_pings(out, settings);
    print_map(out, settings);
}
