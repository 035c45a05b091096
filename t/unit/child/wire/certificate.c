/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which certificates prove a server, and what is told of those that do not. */
#include "certificate.h"

#include <time.h>

#include "handshake.h"
#include "tap.h"

static char other_file[64]; /* another authority */

#define SRV_NAME "otherName:1.3.6.1.5.5.7.8.7;IA5:"

static const struct {
    const char *name;
    const char *domain, *jid_domain, *common_name, *names;
    int from, to;
    enum condition condition;
    const char *cause, *told;
} leaves[] = {
    {"another name", "example.org", NULL, "x", "DNS:example.net", -1, 9, CONDITION_CERT_HOSTNAME,
     "certificate is for example.net, not example.org", "example.net"},
    {"an expired one", "example.org", NULL, NULL, "DNS:example.org", -9, -3, CONDITION_CERT_EXPIRED,
     "certificate of example.org expired 3 days ago", "example.org"},
    {"one that expired yesterday", "example.org", NULL, NULL, "DNS:example.org", -9, -1, CONDITION_CERT_EXPIRED,
     "certificate of example.org expired 1 day ago", "example.org"},
    {"one of another server that has expired, too", "example.org", NULL, NULL, "DNS:example.net", -9, -1,
     CONDITION_CERT_HOSTNAME, "certificate is for example.net, not example.org", "example.net"},
    {"one of the future", "example.org", NULL, NULL, "DNS:example.org", 2, 9, CONDITION_CERT_NOT_YET_VALID,
     "certificate of example.org becomes valid in 2 days", "example.org"},
    {"only a common name, which counts for nothing", "example.org", NULL, "example.org", NULL, -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for CN=example.org, which is no name of a server, not example.org",
     "CN=example.org, which is no name of a server"},
    {"a common name beside another name", "example.org", NULL, "example.org", "DNS:example.net", -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for example.net, not example.org", "example.net"},
    {"no name at all", "example.org", NULL, NULL, NULL, -1, 9, CONDITION_CERT_HOSTNAME,
     "certificate is for no name, not example.org", ""},
    {"a wildcard", "a.example.org", NULL, NULL, "DNS:*.example.org", -1, 9, CONDITION_NONE, "", "*.example.org"},
    {"a wildcard for one label only", "a.b.example.org", NULL, NULL, "DNS:*.example.org", -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for *.example.org, not a.b.example.org", "*.example.org"},
    {"an address for an address", "192.0.2.1", NULL, "x", "IP:192.0.2.1", -1, 9, CONDITION_NONE, "",
     "CN=x, which is no name of a server"},
    {"another address", "192.0.2.1", NULL, NULL, "IP:192.0.2.2", -1, 9, CONDITION_CERT_HOSTNAME,
     "certificate is for no name, not 192.0.2.1", ""},
    {"an IPv6 address, which a JID has in brackets", "[2001:db8::1]", NULL, NULL, "IP:2001:db8::1", -1, 9,
     CONDITION_NONE, "", ""},
    {"an SRV-ID", "example.org", NULL, NULL, SRV_NAME "_xmpp-client.example.org", -1, 9, CONDITION_NONE, "", ""},
    {"an SRV-ID in capitals", "example.org", NULL, NULL, SRV_NAME "_XMPP-Client.Example.ORG", -1, 9, CONDITION_NONE, "",
     ""},
    {"an SRV-ID of the other service", "example.org", NULL, NULL, SRV_NAME "_xmpp-server.example.org", -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for no name, not example.org", ""},
    {"an SRV-ID that goes on", "example.org", NULL, NULL, SRV_NAME "_xmpp-client.example.org.evil.test", -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for no name, not example.org", ""},
    {"an XmppAddr", "example.org", NULL, NULL, XMPP_ADDR "example.org", -1, 9, CONDITION_NONE, "", ""},
    {"an XmppAddr in capitals", "example.org", NULL, NULL, XMPP_ADDR "Example.ORG", -1, 9, CONDITION_NONE, "", ""},
    {"an XmppAddr with U-labels", "xn--bcher-kva.example",
     "b\xc3\xbc"
     "cher.example",
     NULL,
     XMPP_ADDR "b\xc3\xbc"
               "cher.example",
     -1, 9, CONDITION_NONE, "", ""},
    {"the XmppAddr of a user", "example.org", NULL, NULL, XMPP_ADDR "mallory@example.org", -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for no name, not example.org", ""},
    {"the XmppAddr of another server", "example.org", NULL, NULL, XMPP_ADDR "example.net", -1, 9,
     CONDITION_CERT_HOSTNAME, "certificate is for no name, not example.org", ""},
};

static void check_leaves(void)
{
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        X509 *leaf =
            make_certificate(authority, leaves[i].common_name, leaves[i].names, leaves[i].from, leaves[i].to, false);
        struct outcome got =
            shake((struct shake){leaves[i].domain, leaves[i].jid_domain, .ca_file = ca_file, .leaf = leaf});
        const struct certificate_facts *facts = &got.facts.certificate;
        is_str(condition_name(facts->condition), condition_name(leaves[i].condition), "%s: the condition",
               leaves[i].name);
        is_str(facts->cause, leaves[i].cause, "the cause");
        is_str(facts->names, leaves[i].told, "whom it is for");
        bool good = leaves[i].condition == CONDITION_NONE;
        ok(facts->seen && facts->verified == good && got.established == good, "and whether it is verified");
        X509_free(leaf);
    }
}

static void check_chains(void)
{
    X509 *leaf = make_certificate(NULL, "example.org", "DNS:example.org", -1, 9, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf});
    is_str(condition_name(got.facts.certificate.condition), "cert-untrusted",
           "a self-signed certificate is not trusted");
    is_str(got.facts.certificate.cause, "certificate of example.org is self-signed", "and told from others");
    is_int(got.facts.certificate.days_left, 9, "its days are known all the same");
    ok(got.facts.certificate.chain_length == 1 && got.facts.certificate.chain[0].days_left == 9,
       "and it is all of its chain");
    char own_file[64];
    write_certificate(own_file, sizeof own_file, "own.pem", leaf);
    got = shake((struct shake){"example.org", .ca_file = own_file, .leaf = leaf});
    ok(got.established, "but for who has it as --ca-file");
    X509_free(leaf);

    leaf = make_certificate(authority, "example.org", "DNS:example.org", -1, 9, false);
    got = shake((struct shake){"example.org", .ca_file = other_file, .leaf = leaf});
    is_str(got.facts.certificate.cause, "certificate of example.org is signed by an unknown authority",
           "an authority that is not trusted is unknown");
    got = shake((struct shake){"example.org", .leaf = leaf});
    is_str(got.facts.certificate.cause, "certificate of example.org is signed by an unknown authority",
           "the system does not know it either");
    write_certificate(own_file, sizeof own_file, "own.pem", leaf);
    got = shake((struct shake){"example.org", .ca_file = own_file, .leaf = leaf});
    ok(got.established, "the server's own certificate, signed by whomever, is a trust anchor in --ca-file");
    got = shake((struct shake){"example.net", .ca_file = own_file, .leaf = leaf});
    ok(!got.established, "for its own name alone");
    X509_free(leaf);

    X509 *middle = make_certificate(authority, "Middle", NULL, -9, 5, true);
    leaf = make_certificate(middle, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .issuer = middle});
    ok(got.facts.certificate.verified, "a chain with an intermediate authority is verified");
    is_int(got.facts.certificate.days_left, 5, "the days are those of the first to expire");
    is_int((long long)got.facts.certificate.chain_length, 3, "each of the chain is told of, the root too");
    const struct certificate_link *links = got.facts.certificate.chain;
    is_str(links[0].names, "example.org", "the leaf by its names");
    is_str(links[1].names, "Middle", "an authority by its common name");
    ok(links[0].days_left == 90 && links[1].days_left == 5, "each has its own days");
    ok(strcmp(links[1].key, "EC") == 0 && links[1].bits == 256, "and its key: %s, %d bits", links[1].key,
       links[1].bits);
    struct tm end = {0};
    const char *rest = strptime(links[1].until, "%Y-%m-%dT%H:%M:%SZ", &end);
    ok(rest && *rest == '\0' && labs(timegm(&end) - time(NULL) - 5 * 86400) < 3600,
       "the end of its validity is in UTC: %s", links[1].until);
    write_certificate(own_file, sizeof own_file, "own.pem", middle);
    got = shake((struct shake){"example.org", .ca_file = own_file, .leaf = leaf});
    ok(got.facts.certificate.verified, "an intermediate authority is a trust anchor in --ca-file");
    unlink(own_file);
    X509_free(leaf);
    X509_free(middle);

    middle = make_certificate(authority, "Middle", NULL, -9, -2, true);
    leaf = make_certificate(middle, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .issuer = middle});
    is_str(got.facts.certificate.cause, "certificate of an issuer expired 2 days ago",
           "an intermediate one that expired is named");
    is_int(got.facts.certificate.days_left, 90, "the days of what was not verified are the leaf's");
    X509_free(leaf);

    X509 *good = make_certificate(authority, "Good", NULL, -9, 30, true);
    leaf = make_certificate(good, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .issuer = good, .extra = middle});
    ok(got.facts.certificate.verified, "what a server sends besides is nobody's trouble");
    is_int(got.facts.certificate.days_left, 30, "and its days do not count");
    X509_free(leaf);
    X509_free(good);
    X509_free(middle);

    X509 *short_lived = make_certificate(NULL, "Short", NULL, -9, 3, true);
    char short_file[64];
    write_certificate(short_file, sizeof short_file, "short.pem", short_lived);
    leaf = make_certificate(short_lived, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", .ca_file = short_file, .leaf = leaf});
    is_int(got.facts.certificate.days_left, 3, "the days of the root count, though it was not sent");
    unlink(short_file);
    X509_free(leaf);
    X509_free(short_lived);

    middle = make_certificate(authority, "Middle", NULL, -9, 9, false);
    leaf = make_certificate(middle, "example.org", "DNS:example.org", -1, 90, false);
    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .issuer = middle});
    is_str(condition_name(got.facts.certificate.condition), "cert-untrusted", "who is no authority can sign nothing");
    ok(got.facts.certificate.cause[0] != '\0', "which has OpenSSL's words: %s", got.facts.certificate.cause);
    X509_free(leaf);
    X509_free(middle);
}

/* An authority that may name evil.test only. */
static void check_constraints(void)
{
    static const struct {
        const char *domain, *names;
        bool good;
    } leaves_below[] = {{"a.evil.test", "DNS:a.evil.test", true},
                        {"example.org", "DNS:example.org", false},
                        {"example.org", SRV_NAME "_xmpp-client.example.org", false},
                        {"example.org", XMPP_ADDR "example.org", false}};
    X509 *middle = make_certificate(authority, "Middle", NULL, -9, 90, true);
    add_extension(middle, NID_name_constraints, "critical,permitted;DNS:evil.test");
    X509_sign(middle, key, EVP_sha256());
    for (size_t i = 0; i < sizeof leaves_below / sizeof leaves_below[0]; i++) {
        X509 *leaf = make_certificate(middle, NULL, leaves_below[i].names, -1, 9, false);
        struct outcome got =
            shake((struct shake){leaves_below[i].domain, .ca_file = ca_file, .leaf = leaf, .issuer = middle});
        ok(got.facts.certificate.seen && got.established == leaves_below[i].good,
           "an authority for evil.test %s for %s: %s", leaves_below[i].good ? "speaks" : "does not speak",
           leaves_below[i].names, got.facts.certificate.cause);
        X509_free(leaf);
    }
    X509_free(middle);
}

int main(void)
{
    if (!handshake_begin())
        return 1;
    X509 *other = make_certificate(NULL, "Other", NULL, -10, 900, true);
    write_certificate(other_file, sizeof other_file, "other.pem", other);
    X509_free(other);
    check_leaves();
    check_chains();
    check_constraints();
    unlink(other_file);
    handshake_end();
    done_testing();
    return exit_status();
}
