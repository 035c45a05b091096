/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of handshakes, with certificates made here, over a pair of buffers; each in a process of its own, as
 * OpenSSL starts but once. */
#include "tls.h"

#include <sys/wait.h>
#include <time.h>

#include "handshake.h"
#include "tap.h"

static char other_file[64], empty_file[64];

struct outcome {
    bool prepared;
    struct line why;
    bool established;
    enum tls_result ended; /* of the client's handshake, else of its last reading */
    struct tls_facts facts;
    char bindings[100];
    char text[8]; /* what the server said */
};

/* Whether the server has the same bytes: RFC 9266 with its empty context, which on TLS 1.2 is another than none. */
static bool is_shared(SSL *server, const struct sasl_binding *binding)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    unsigned char bytes[64];
    unsigned length = 32;
    if (strcmp(binding->type, "tls-exporter") == 0)
        SSL_export_keying_material(server, bytes, length, label, sizeof label - 1, (const unsigned char *)"", 0, 1);
    else if (strcmp(binding->type, "tls-unique") == 0)
        length = (unsigned)SSL_get_peer_finished(server, bytes, sizeof bytes);
    else
        X509_digest(SSL_get_certificate(server), EVP_sha256(), bytes, &length);
    return length == binding->length && memcmp(bytes, binding->data, length) == 0;
}

static void talk(struct tls *client, SSL *server, struct outcome *outcome)
{
    outcome->ended = TLS_WAITS;
    for (int i = 0; i < 10 && outcome->ended == TLS_WAITS; i++) {
        outcome->ended = tls_handshake(client);
        carry(client, server);
        SSL_do_handshake(server);
        carry(client, server);
    }
    outcome->established = outcome->ended == TLS_DONE;
    struct sasl_binding bindings[TLS_BINDINGS_MAX];
    size_t count = tls_channel_bindings(client, bindings);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(outcome->bindings);
        snprintf(outcome->bindings + used, sizeof outcome->bindings - used, "%s %s, ", bindings[i].type,
                 is_shared(server, &bindings[i]) ? "shared" : "of its own");
    }
    if (!outcome->established)
        return;
    SSL_write(server, "hello", 5);
    carry(client, server);
    size_t length = 0;
    outcome->ended = tls_read(client, outcome->text, 1, &length);
    if (outcome->ended == TLS_DONE)
        tls_read(client, outcome->text + length, sizeof outcome->text - 2, &length);
}

static void run(const struct shake *shake, struct outcome *outcome)
{
    struct settings settings = {.insecure = shake->insecure, .ca_file = (char *)shake->ca_file};
    settings.jid.ascii = (char *)shake->domain;
    settings.jid.domain = (char *)(shake->jid_domain ? shake->jid_domain : shake->domain);
    struct tls_context *context = tls_prepare(&settings, &outcome->why);
    outcome->prepared = context != NULL;
    if (!context)
        return;
    SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
    SSL *server = make_server(shake, server_context);
    struct tls *client = tls_new(context, true);
    talk(client, server, outcome);
    outcome->facts = *tls_facts(client);
    tls_free(client);
    SSL_free(server);
    SSL_CTX_free(server_context);
}

static struct outcome shake(struct shake shake)
{
    struct outcome outcome = {0};
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0)
        return outcome;
    pid_t child = fork();
    if (child == 0) {
        run(&shake, &outcome);
        ssize_t written = write(ends[1], &outcome, sizeof outcome);
        _exit(written == (ssize_t)sizeof outcome ? 0 : 1);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], &outcome, sizeof outcome);
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (got != (ssize_t)sizeof outcome)
        diag("no outcome");
    return outcome;
}

/* --- what is found --- */

static void check_good(void)
{
    X509 *leaf = make_certificate(authority, "ignored", "DNS:example.org,DNS:*.example.org,email:a@b", -1, 90, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf});
    ok(got.established && got.facts.certificate.seen && got.facts.certificate.verified,
       "a good certificate is verified");
    is_str(condition_name(got.facts.certificate.condition), "", "and there is nothing against it");
    is_str(got.facts.certificate.names, "example.org, *.example.org", "its DNS names are told");
    is_int(got.facts.certificate.days_left, 90, "and its days");
    is_str(got.facts.version, "TLSv1.3", "the version is known");
    ok(strncmp(got.facts.cipher, "TLS_", 4) == 0, "and the cipher: %s", got.facts.cipher);
    is_str(got.bindings, "tls-exporter shared, tls-server-end-point shared, ", "the channel can be bound");
    is_str(got.text, "hello", "what the server says is read, in pieces of any size");

    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .version = TLS1_2_VERSION});
    is_str(got.facts.version, "TLSv1.2", "a server without TLS 1.3 is as good");
    is_str(got.bindings, "tls-exporter shared, tls-unique shared, tls-server-end-point shared, ",
           "and its channel can be bound by tls-unique, too");
    got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .version = TLS1_1_VERSION});
    ok(!got.established, "one that has no more than TLS 1.1 is not");
    ok(got.facts.error[0] != '\0', "which has words: %s", got.facts.error);
    ok(!got.facts.own_fault, "and is not our fault");
    is_str(got.bindings, "", "and nothing to bind to");

    got = shake((struct shake){"example.net", .ca_file = ca_file, .insecure = true, .leaf = leaf});
    ok(got.established && !got.facts.certificate.verified,
       "with --insecure any certificate will do, and none is verified");
    X509_free(leaf);
}

/* What the server thinks of the client's certificate comes behind the handshake with TLS 1.3. */
static void check_alert(void)
{
    X509 *leaf = make_certificate(authority, NULL, "DNS:example.org", -1, 90, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .asks = true});
    is_int(got.ended, TLS_FAILED, "a server that requires a client certificate ends the connection");
    is_str(got.facts.alert, "certificate required", "and its alert is known");
    got =
        shake((struct shake){"example.org", .ca_file = ca_file, .leaf = leaf, .asks = true, .version = TLS1_2_VERSION});
    is_int(got.ended, TLS_FAILED, "with TLS 1.2, too");
    is_str(got.facts.alert, "handshake failure", "with the alert of that version");
    X509_free(leaf);
}

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

static void check_own_side(void)
{
    X509 *leaf = make_certificate(authority, "example.org", NULL, -1, 9, false);
    struct outcome got = shake((struct shake){"example.org", .ca_file = empty_file, .leaf = leaf});
    char expected[160];
    snprintf(expected, sizeof expected, "--ca-file: %s holds no certificate that can be read", empty_file);
    ok(!got.prepared, "a CA file without certificates is refused");
    is_str(got.why.text, expected, "and named");

    setenv("SSL_CERT_FILE", "/nonexistent/bundle", 1);
    setenv("SSL_CERT_DIR", directory, 1);
    got = shake((struct shake){"example.org", .leaf = leaf});
    ok(!got.prepared, "a machine without any authority is refused");
    ok(strncmp(got.why.text, "no CA to trust: ", 16) == 0, "and told: %s", got.why.text);
    got = shake((struct shake){"example.org", .insecure = true, .leaf = leaf});
    ok(got.prepared, "with --insecure it needs none");
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    X509_free(leaf);
}

/* Configurations of OpenSSL, and what they make of a run: NULL for no harm. */
static const struct {
    const char *name, *text, *why;
} configurations[] = {
    {"a stricter policy", "[tls]\nMinProtocol = TLSv1.3\nCipherString = DEFAULT@SECLEVEL=3\n", NULL},
    {"a policy that allows no version that we do", "[tls]\nMaxProtocol = TLSv1.1\n", "no ciphers available"},
    {"a policy without ciphers", "[tls]\nCipherString = RC4\nCiphersuites =\n", ""},
    {"a provider that is not there",
     "[tls]\nMinProtocol = TLSv1.2\n[providers]\nnone = none_section\n[none_section]\nactivate = 1\n", ""},
    {"FIPS without its module", "[tls]\nMinProtocol = TLSv1.2\n[algorithms]\ndefault_properties = fips=yes\n", ""},
};

/* OpenSSL reads its configuration once in a process' life: this is a new one. */
static int prepare_only(const char *file)
{
    struct settings settings = {.ca_file = (char *)file, .jid = {.ascii = "example.org", .domain = "example.org"}};
    struct line why = LINE_EMPTY;
    struct tls_context *context = tls_prepare(&settings, &why);
    printf("%s", context ? "usable" : why.text);
    fflush(stdout);
    _exit(0); /* what the context holds is no leak */
}

static char *prepare_with(const char *configuration, const char *program)
{
    static char answer[400];
    char command[500];
    snprintf(command, sizeof command, "OPENSSL_CONF=%s %s %s", configuration, program, ca_file);
    FILE *out = popen(command, "r");
    size_t length = fread(answer, 1, sizeof answer - 1, out);
    answer[length] = '\0';
    pclose(out);
    return answer;
}

static void check_configurations(const char *program)
{
    char file[64];
    snprintf(file, sizeof file, "%s/openssl.cnf", directory);
    for (size_t i = 0; i < sizeof configurations / sizeof configurations[0]; i++) {
        const char *text = configurations[i].text;
        FILE *out = fopen(file, "w");
        fprintf(out, "openssl_conf = init\n[init]\nssl_conf = ssl\n%s%s[ssl]\nsystem_default = tls\n%s",
                strstr(text, "[providers]") ? "providers = providers\n" : "",
                strstr(text, "[algorithms]") ? "alg_section = algorithms\n" : "", text);
        fclose(out);
        const char *got = prepare_with(file, program);
        const char *why = configurations[i].why;
        if (why)
            ok(strncmp(got, "OpenSSL cannot be used here: ", 29) == 0 && strstr(got, why), "%s is told: %s",
               configurations[i].name, got);
        else
            is_str(got, "usable", "%s is no harm", configurations[i].name);
    }
    unlink(file);
}

int main(int argc, char *argv[])
{
    if (argc > 1)
        return prepare_only(argv[1]);
    if (!handshake_begin())
        return 1;
    X509 *other = make_certificate(NULL, "Other", NULL, -10, 900, true);
    write_certificate(other_file, sizeof other_file, "other.pem", other);
    write_certificate(empty_file, sizeof empty_file, "empty.pem", NULL);
    X509_free(other);
    check_good();
    check_alert();
    check_leaves();
    check_chains();
    check_constraints();
    check_own_side();
    check_configurations(argv[0]);
    unlink(other_file);
    unlink(empty_file);
    handshake_end();
    done_testing();
    return exit_status();
}
