/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resolve.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "dial.h"
#include "host.h"
#include "idna.h"
#include "tap.h"
#include "tell.h"

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

/* For what asks nobody. */
static struct teller teller = {.heard = true};

static const char *describe(const struct resolution *resolution, char *out, size_t size)
{
    static const char *const modes[] = {"auto", "starttls", "direct", "none"};
    char text[360];
    if (resolution->condition != CONDITION_NONE) {
        snprintf(out, size, "-%s %s", condition_name(resolution->condition), resolution->cause);
        return out;
    }
    const struct endpoint *endpoint = &resolution->endpoints[0];
    snprintf(out, size, "%s %s", dial_endpoint_format(endpoint, &endpoint->addresses[0], text, sizeof(text)),
             modes[endpoint->tls]);
    return out;
}

/* What the private name server knows; what is not here does not exist. */
static const struct record {
    const char *name;
    uint16_t type; /* SRV or A; 0: SERVFAIL for all */
    uint16_t priority, port;
    const char *target; /* of SRV; of A the address */
} records[] = {
    {"_xmpp-server._tcp.both.test", ns_t_srv, 20, 1269, "a.test"},
    {"_xmpps-server._tcp.both.test", ns_t_srv, 10, 1270, "b.test"},
    {"_xmpp-client._tcp.both.test", ns_t_srv, 10, 1222, "b.test"},
    {"_xmpps-client._tcp.both.test", ns_t_srv, 20, 1223, "a.test"},
    {"_xmpp-client._tcp.none.test", ns_t_srv, 10, 1222, "a.test"},
    {"_xmpp-server._tcp.none.test", ns_t_srv, 0, 0, ""},
    {"_xmpp-client._tcp.zero.test", ns_t_srv, 10, 0, "a.test"},
    {"_xmpp-client._tcp.beside.test", ns_t_srv, 10, 0, "a.test"},
    {"_xmpp-client._tcp.beside.test", ns_t_srv, 20, 1222, "b.test"},
    {"_xmpp-client._tcp.worse.test", ns_t_srv, 10, 0, "a.test"},
    {"_xmpps-client._tcp.worse.test", 0, 0, 0, NULL},
    {"_xmpp-client._tcp.literal.test", ns_t_srv, 10, 1222, "192.0.2.7"},
    {"_xmpp-server._tcp.fails.test", 0, 0, 0, NULL},
    {"_xmpps-server._tcp.fails.test", 0, 0, 0, NULL},
    {"fails.test", ns_t_a, 0, 0, "192.0.2.3"},
    {"fall.test", ns_t_a, 0, 0, "192.0.2.3"},
    {"a.test", ns_t_a, 0, 0, "192.0.2.1"},
    {"b.test", ns_t_a, 0, 0, "192.0.2.2"},
};

/* What is asked for, by whom, and what comes of it: endpoints without an address with their condition. */
static const struct {
    const char *domain;
    bool s2s;
    enum tls_mode tls;
    const char *expected;
    const char *name;
} services[] = {
    {"both.test", true, TLS_AUTO, "b.test 192.0.2.2:1270 direct, a.test 192.0.2.1:1269 starttls",
     "servers have SRV sets of their own"},
    {"both.test", false, TLS_AUTO, "b.test 192.0.2.2:1222 starttls, a.test 192.0.2.1:1223 direct",
     "clients have theirs"},
    {"both.test", true, TLS_STARTTLS, "a.test 192.0.2.1:1269 starttls", "with STARTTLS one set counts"},
    {"both.test", true, TLS_DIRECT, "b.test 192.0.2.2:1270 direct", "with direct TLS the other one"},
    {"none.test", true, TLS_AUTO, "-service-not-offered none.test has an SRV record that says so",
     "a domain may offer itself to clients and not to servers"},
    {"none.test", false, TLS_AUTO, "a.test 192.0.2.1:1222 starttls", "to clients it does"},
    {"fall.test", true, TLS_AUTO, "fall.test 192.0.2.3:5269 starttls", "without SRV it is port 5269"},
    {"fall.test", true, TLS_DIRECT, "fall.test 192.0.2.3:5270 direct", "or 5270 with direct TLS"},
    {"nothing.test", true, TLS_DIRECT, "-dns-not-found nothing.test has no _xmpps-server SRV record and no address",
     "what was asked for is named"},
    {"fails.test", true, TLS_AUTO,
     "_xmpp-server._tcp.fails.test dns-failed SERVFAIL, _xmpps-server._tcp.fails.test dns-failed SERVFAIL, "
     "fails.test 192.0.2.3:5269 starttls",
     "sets that could not be asked are listed"},
    {"zero.test", false, TLS_AUTO, "-service-not-offered SRV says port 0 for a.test", "port 0 alone is no endpoint"},
    {"beside.test", false, TLS_AUTO, "a.test service-not-offered SRV says port 0, b.test 192.0.2.2:1222 starttls",
     "beside others it has no address"},
    {"worse.test", false, TLS_AUTO, "-dns-failed SERVFAIL for _xmpps-client._tcp.worse.test",
     "a set that could not be asked says more than port 0"},
    {"literal.test", false, TLS_AUTO, "192.0.2.7:1222 starttls", "a target that is an address is taken"},
};

static uint8_t *put16(uint8_t *out, unsigned value)
{
    *out++ = (uint8_t)(value >> 8);
    *out++ = (uint8_t)value;
    return out;
}

/* Appends NAME as labels. */
static uint8_t *put_name(uint8_t *out, const char *name)
{
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        *out++ = (uint8_t)length;
        memcpy(out, name, length);
        out += length;
        name += length + (name[length] == '.');
    }
    *out++ = 0;
    return out;
}

static uint8_t *put_record(uint8_t *out, const struct record *record)
{
    out = put16(out, 0xc000 | NS_HFIXEDSZ); /* the question's name */
    out = put16(out, record->type);
    out = put16(out, ns_c_in);
    out = put16(put16(out, 0), 60);
    uint8_t *length = out, *data = out + 2;
    if (record->type == ns_t_a) {
        inet_pton(AF_INET, record->target, data);
        out = data + 4;
    } else {
        out = put16(put16(put16(data, record->priority), 5), record->port);
        out = put_name(out, record->target);
    }
    put16(length, (unsigned)(out - data));
    return out;
}

/* Copies the question's name to NAME. Returns where it ends. */
static uint8_t *take_name(uint8_t *at, char name[256])
{
    size_t used = 0;
    for (; *at != 0 && used + *at < 254; at += *at + 1) {
        memcpy(name + used, at + 1, *at);
        used += *at;
        name[used++] = '.';
    }
    name[used > 0 ? used - 1 : 0] = '\0';
    return at + 1;
}

/* Makes an answer of the question in PACKET. Returns the answer's length. */
static size_t answer(uint8_t *packet)
{
    char name[256];
    uint8_t *type = take_name(packet + NS_HFIXEDSZ, name);
    uint8_t *out = type + NS_QFIXEDSZ;
    uint8_t code = ns_r_nxdomain;
    unsigned count = 0;
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        if (strcasecmp(records[i].name, name) != 0)
            continue;
        code = records[i].type ? ns_r_noerror : ns_r_servfail;
        if (records[i].type != type[1])
            continue;
        out = put_record(out, &records[i]);
        count++;
    }
    packet[2] = 0x81; /* a response to what asked for recursion */
    packet[3] = 0x80 | code;
    put16(packet + 6, count);
    memset(packet + 8, 0, 4);
    return (size_t)(out - packet);
}

/* Answers on FD until the test ends. */
static void serve(int fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent) {
        uint8_t packet[1024];
        struct sockaddr_in from;
        socklen_t size = sizeof(from);
        ssize_t length = recvfrom(fd, packet, 512, 0, (struct sockaddr *)&from, &size);
        if (length > NS_HFIXEDSZ)
            sendto(fd, packet, answer(packet), 0, (struct sockaddr *)&from, size);
    }
    _exit(0);
}

static const char *list(const struct resolution *resolution, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    if (resolution->condition != CONDITION_NONE)
        return describe(resolution, out, size);
    for (size_t i = 0; i < resolution->endpoint_count; i++) {
        const struct endpoint *endpoint = &resolution->endpoints[i];
        char text[400];
        if (endpoint->address_count > 0)
            describe(&(struct resolution){.endpoints = &resolution->endpoints[i], .endpoint_count = 1}, text,
                     sizeof(text));
        else
            snprintf(text, sizeof(text), "%s %s %s", endpoint->name, condition_name(endpoint->condition),
                     endpoint->cause);
        used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", text);
    }
    return out;
}

static void test_services(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, size) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        diag("no socket for a name server");
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        serve(fd, parent);
    close(fd);
    char server[32];
    snprintf(server, sizeof(server), "127.0.0.1:%u", ntohs(address.sin_port));
    int told[2];
    if (pipe(told) != 0)
        return;
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        char domain[64], got[700];
        snprintf(domain, sizeof(domain), "%s", services[i].domain);
        struct settings settings = {
            .jid = {.ascii = domain}, .dns_server = server, .tls = services[i].tls, .s2s = services[i].s2s};
        struct resolution resolution;
        struct teller to_pipe = {.fd = told[1]};
        resolve(&settings, clock_now() + 30 * NS_PER_S, &to_pipe, &resolution);
        struct event events[2];
        bool once = read(told[0], events, sizeof(events)) == (ssize_t)sizeof(events[0]);
        ok(once && events[0].kind == EVENT_HEARD, "%s: it is told once that a name server was heard", domain);
        is_str(list(&resolution, got, sizeof(got)), services[i].expected, "%s: %s", domain, services[i].name);
        resolution_free(&resolution);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

int main(void)
{
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
        bool found = resolve(&settings, clock_now() + NS_PER_S, &teller, &resolution);
        is_str(describe(&resolution, got, sizeof(got)), literals[i].expected, "-H '%s': %s", host, literals[i].name);
        is_int(found, literals[i].expected[0] != '-', "and the result says whether there is an endpoint");
        resolution_free(&resolution);
        is_int((long long)resolution.endpoint_count, 0, "and nothing is left when freed");
    }

    char localhost[] = "localhost";
    settings = (struct settings){.jid = {.ascii = localhost}, .family = AF_INET, .tls = TLS_DIRECT};
    struct resolution resolution;
    char got[700];
    ok(resolve(&settings, clock_now() + NS_PER_S, &teller, &resolution),
       "localhost as the domain has an endpoint without DNS");
    is_str(describe(&resolution, got, sizeof(got)), "localhost 127.0.0.1:5223 direct", "and it is 127.0.0.1 with -4");
    resolution_free(&resolution);
    char below[] = "not-in-any-hosts-file.localhost";
    settings = (struct settings){.hostname = below};
    ok(resolve(&settings, clock_now() + NS_PER_S, &teller, &resolution),
       "a name below localhost has an endpoint without DNS");
    is_int((long long)resolution.endpoints[0].address_count, 2, "with both loopback addresses");
    is_str(describe(&resolution, got, sizeof(got)), "not-in-any-hosts-file.localhost [::1]:5222 starttls",
           "IPv6 first");
    resolution_free(&resolution);
    test_services();
    done_testing();
    return exit_status();
}
