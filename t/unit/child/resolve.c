/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resolve.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "dial.h"
#include "host.h"
#include "tap.h"

static const struct {
    const char *text, *address; /* NULL: refused */
} servers[] = {
    {"192.0.2.53", "192.0.2.53:53"},
    {"192.0.2.53:5353", "192.0.2.53:5353"},
    {"192.0.2.53:1", "192.0.2.53:1"},
    {"192.0.2.53:65535", "192.0.2.53:65535"},
    {"2001:db8::53", "[2001:db8::53]:53"},
    {"::1", "[::1]:53"},
    {"[2001:db8::53]", "[2001:db8::53]:53"},
    {"[2001:db8::53]:5353", "[2001:db8::53]:5353"},
    {"", NULL},
    {":53", NULL},
    {"[]", NULL},
    {"[]:53", NULL},
    {"192.0.2.53:", NULL},
    {"192.0.2.53:0", NULL},
    {"192.0.2.53:65536", NULL},
    {"192.0.2.53:99999999999999999999", NULL},
    {"192.0.2.53:53x", NULL},
    {"192.0.2.53:+53", NULL},
    {"192.0.2.53: 53", NULL},
    {"192.0.2.53 ", NULL},
    {"192.0.2", NULL},
    {"192.0.2.256", NULL},
    {"[192.0.2.53]:53", NULL},
    {"[::1", NULL},
    {"::1]", NULL},
    {"[::1]x", NULL},
    {"[::1]:", NULL},
    {"[::1]53", NULL},
    {"fe80::1%lo", NULL},
    {"ns.example.org", NULL},
    {"ns.example.org:53", NULL},
    {"192.0.2.1,192.0.2.2", NULL},
};

static const struct {
    const char *host;
    bool loopback;
} loopbacks[] = {
    {"127.0.0.1", true},
    {"127.255.255.254", true},
    {"::1", true},
    {"[::1]", true},
    {"::ffff:127.0.0.1", true},
    {"localhost", true},
    {"LocalHost", true},
    {"localhost.", true},
    {"xmpp.localhost", true},
    {"", false},
    {".localhost", false},
    {"mylocalhost", false},
    {"localhost.example.org", false},
    {"128.0.0.1", false},
    {"0.0.0.0", false},
    {"::", false},
    {"::2", false},
    {"::ffff:192.0.2.1", false},
    {"127.1", false},
    {"127.0.0.1.example.org", false},
    {"example.org", false},
};

/* A host, the options, and the endpoint that comes of it; "-" before a condition. */
static const struct {
    const char *host;
    int family;
    enum tls_mode tls;
    uint16_t port;
    const char *expected;
    const char *name;
} literals[] = {
    {"192.0.2.1", AF_UNSPEC, TLS_AUTO, 0, "192.0.2.1:5222 starttls", "an address is its own endpoint"},
    {"192.0.2.1", AF_UNSPEC, TLS_AUTO, 443, "192.0.2.1:443 starttls", "a port that is given is used"},
    {"192.0.2.1", AF_UNSPEC, TLS_DIRECT, 0, "192.0.2.1:5223 direct", "direct TLS has its own port"},
    {"192.0.2.1", AF_UNSPEC, TLS_NONE, 0, "192.0.2.1:5222 none", "no TLS goes to the port of STARTTLS"},
    {"192.0.2.1", AF_INET, TLS_AUTO, 0, "192.0.2.1:5222 starttls", "-4 takes an IPv4 address"},
    {"192.0.2.1", AF_INET6, TLS_AUTO, 0, "-dns-not-found no IPv6 address for 192.0.2.1", "-6 refuses an IPv4 address"},
    {"2001:db8::1", AF_UNSPEC, TLS_AUTO, 0, "[2001:db8::1]:5222 starttls", "IPv6 without brackets"},
    {"[2001:db8::1]", AF_INET6, TLS_AUTO, 0, "[2001:db8::1]:5222 starttls", "IPv6 in brackets"},
    {"2001:db8::1", AF_INET, TLS_AUTO, 0, "-dns-not-found no IPv4 address for 2001:db8::1",
     "-4 refuses an IPv6 address"},
    {"fe80::1%1", AF_UNSPEC, TLS_AUTO, 0, "[fe80::1%lo]:5222 starttls", "a zone is kept"},
    {"fe80::1%lo:x", AF_UNSPEC, TLS_AUTO, 0, "-dns-not-found fe80::1%lo:x is no host name",
     "but not one with an alias"},
    {"two..dots", AF_UNSPEC, TLS_AUTO, 0, "-dns-not-found two..dots is no host name", "an empty label is no name"},
    {"under score", AF_UNSPEC, TLS_AUTO, 0, "-dns-not-found under score is no host name", "white space is no name"},
    {"", AF_UNSPEC, TLS_AUTO, 0, "-dns-not-found  is no host name", "nothing is no name"},
    {".", AF_UNSPEC, TLS_AUTO, 0, "-dns-not-found . is no host name", "the root is no host"},
};

static const struct {
    const char *text, *name; /* NULL: refused */
    bool absolute;
} hosts[] = {
    {"xmpp.example.org", "xmpp.example.org", false},
    {"xmpp.example.org.", "xmpp.example.org", true},
    {"my_host-1", "my_host-1", false},
    {"b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", false},
    {"b\xc3\xbc"
     "cher.example.",
     "xn--bcher-kva.example", true},
    {"\xff.example", NULL, false},
    {"a;b.example", NULL, false},
    {"a\\032b.example", NULL, false},
    {".example", NULL, false},
    {"a..", NULL, false},
    {"123456789-123456789-123456789-123456789-123456789-123456789-1234", NULL, false},
};

static const char *describe(const struct resolution *resolution, char *out, size_t size)
{
    static const char *const modes[] = {"auto", "starttls", "direct", "none"};
    char text[360];
    if (resolution->condition[0] != '\0') {
        snprintf(out, size, "-%s %s", resolution->condition, resolution->cause);
        return out;
    }
    const struct endpoint *endpoint = &resolution->endpoints[0];
    snprintf(out, size, "%s %s", dial_endpoint_format(endpoint, &endpoint->addresses[0], text, sizeof(text)),
             modes[endpoint->tls]);
    return out;
}

int main(void)
{
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        union address address;
        char text[80];
        bool valid = host_server(servers[i].text, &address);
        is_str(valid ? host_format(&address, text, sizeof(text)) : NULL, servers[i].address,
               "the name server '%s' is %s", servers[i].text, servers[i].address ? servers[i].address : "refused");
    }
    for (size_t i = 0; i < sizeof(loopbacks) / sizeof(loopbacks[0]); i++) {
        const char *host = loopbacks[i].host;
        union address address;
        bool loopback = host_is_localhost(host) || (host_literal(host, &address) && host_is_loopback(&address));
        is_int(loopback, loopbacks[i].loopback, "'%s' is %sloopback", host, loopbacks[i].loopback ? "" : "not ");
    }
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        char name[256];
        bool absolute = false;
        bool valid = host_name(hosts[i].text, name, &absolute);
        is_str(valid ? name : NULL, hosts[i].name, "the host name '%s' is %s", hosts[i].text,
               hosts[i].name ? hosts[i].name : "refused");
        if (valid)
            is_int(absolute, hosts[i].absolute, "and is %s",
                   hosts[i].absolute ? "absolute" : "subject to the search list");
    }
    char longest[300];
    for (int i = 0; i < 255; i++)
        longest[i] = i % 50 == 49 ? '.' : 'a';
    char name[256];
    bool absolute;
    longest[253] = '\0';
    ok(host_name(longest, name, &absolute), "253 characters are a host name");
    longest[253] = 'a', longest[254] = '\0';
    ok(!host_name(longest, name, &absolute), "254 are not");

    /* a name server that nobody may ask: it is not even an address */
    struct settings settings = {.dns_server = (char[]){"never"}};
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        char host[256], got[700];
        snprintf(host, sizeof(host), "%s", literals[i].host);
        settings.family = literals[i].family;
        settings.tls = literals[i].tls;
        settings.port = literals[i].port;
        struct resolution resolution;
        settings.hostname = host;
        bool found = resolve(&settings, clock_now() + NS_PER_S, &resolution);
        is_str(describe(&resolution, got, sizeof(got)), literals[i].expected, "-H '%s': %s", host, literals[i].name);
        is_int(found, literals[i].expected[0] != '-', "and the result says whether there is an endpoint");
        resolution_free(&resolution);
        is_int((long long)resolution.endpoint_count, 0, "and nothing is left when freed");
    }

    char localhost[] = "localhost";
    settings = (struct settings){.jid = {.ascii = localhost}, .family = AF_INET, .tls = TLS_DIRECT};
    struct resolution resolution;
    char got[700];
    ok(resolve(&settings, clock_now() + NS_PER_S, &resolution), "localhost as the domain has an endpoint without DNS");
    is_str(describe(&resolution, got, sizeof(got)), "localhost 127.0.0.1:5223 direct", "and it is 127.0.0.1 with -4");
    resolution_free(&resolution);
    char below[] = "not-in-any-hosts-file.localhost";
    settings = (struct settings){.hostname = below};
    ok(resolve(&settings, clock_now() + NS_PER_S, &resolution), "a name below localhost has an endpoint without DNS");
    is_int((long long)resolution.endpoints[0].address_count, 2, "with both loopback addresses");
    is_str(describe(&resolution, got, sizeof(got)), "not-in-any-hosts-file.localhost [::1]:5222 starttls",
           "IPv6 first");
    resolution_free(&resolution);
    done_testing();
    return exit_status();
}
