/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include "idna.h"
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
    {"stra\xc3\x9f"
     "e.example",
     "xn--strae-oqa.example", false},
    {"\xff.example", NULL, false},
    {"127.0.0.1 ", NULL, false},
    {" xmpp.example", NULL, false},
    {"127.0.0.1", NULL, false}, /* an address */
    {"0127.0.0.1", NULL, false},
    {"127.0.0.01", NULL, false},
    {"127.1", NULL, false},
    {"127.0.0.1.", NULL, false},
    {"1.2.3.4.example", "1.2.3.4.example", false},
    {"127", "127", false},
    {"a;b.example", NULL, false},
    {"a\\032b.example", NULL, false},
    {".example", NULL, false},
    {"a..", NULL, false},
    {"123456789-123456789-123456789-123456789-123456789-123456789-1234", NULL, false},
};

static void check_servers(void)
{
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        union address address;
        char text[80];
        bool valid = host_server(servers[i].text, &address);
        is_str(valid ? host_format(&address, text, sizeof(text)) : NULL, servers[i].address,
               "the name server '%s' is %s", servers[i].text, servers[i].address ? servers[i].address : "refused");
    }
}

static void check_loopbacks(void)
{
    for (size_t i = 0; i < sizeof(loopbacks) / sizeof(loopbacks[0]); i++) {
        const char *host = loopbacks[i].host;
        union address address;
        bool loopback = host_is_localhost(host) || (host_literal(host, &address) && host_is_loopback(&address));
        is_int(loopback, loopbacks[i].loopback, "'%s' is %sloopback", host, loopbacks[i].loopback ? "" : "not ");
    }
}

static void check_names(void)
{
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        char name[256];
        bool absolute = false;
        idna_load(hosts[i].text); /* as the option has done */
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
}

int main(void)
{
    check_servers();
    check_loopbacks();
    check_names();
    done_testing();
    return exit_status();
}
