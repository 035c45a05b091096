/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stringprep.h>

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct {
    const char *text;
    const char *node;
    const char *domain;
    const char *ascii;
    const char *resource;
} valid[] = {
    {"example.org", NULL, "example.org", "example.org", NULL},
    {"bob@example.org", "bob", "example.org", "example.org", NULL},
    {"bob@example.org/Home", "bob", "example.org", "example.org", "Home"},
    {"example.org/a@b/c", NULL, "example.org", "example.org", "a@b/c"},
    {"Bob@Example.ORG/Home", "bob", "example.org", "example.org", "Home"},
    {"\xc3\x84nne@example.org", "\xc3\xa4nne", "example.org", "example.org", NULL},
    {"Stra\xc3\x9f"
     "e@example.org",
     "strasse", "example.org", "example.org", NULL},
    {"\xef\xbc\xa2ob@example.org", "bob", "example.org", "example.org", NULL},
    {"a\xc2\xad"
     "b@example.org",
     "ab", "example.org", "example.org", NULL},
    {"bob@example.org/\xe2\x84\xab ngstrom", "bob", "example.org", "example.org", "\xc3\x85 ngstrom"},
    {"bob@B\xc3\x9c"
     "CHER.example",
     "bob",
     "b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", NULL},
    {"bob@xn--bcher-kva.example", "bob",
     "b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", NULL},
    {"bob@XN--BCHER-KVA.Example", "bob",
     "b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", NULL},
    {"\xef\xbd\x85xample\xe3\x80\x82org", NULL, "example.org", "example.org", NULL},
    {"xn--strae-oqa.example", NULL,
     "stra\xc3\x9f"
     "e.example",
     "xn--strae-oqa.example", NULL},
    {"bob@Stra\xc3\x9f"
     "e.Example",
     "bob",
     "stra\xc3\x9f"
     "e.example",
     "xn--strae-oqa.example", NULL},
    {"\xef\xbd\x93tra\xc3\x9f"
     "e\xef\xbc\x8e\xef\xbd\x85xample\xef\xbd\xa1",
     NULL,
     "stra\xc3\x9f"
     "e.example",
     "xn--strae-oqa.example", NULL},
    {"\xce\xb2\xcf\x8c\xce\xbb\xce\xbf\xcf\x82.example", NULL, "\xce\xb2\xcf\x8c\xce\xbb\xce\xbf\xcf\x82.example",
     "xn--nxasmm1c.example", NULL},
    {"xn--zzzz99.example", NULL, "xn--zzzz99.example", "xn--zzzz99.example", NULL},
    {"xn--n3h.example", NULL, "xn--n3h.example", "xn--n3h.example", NULL},
    {"example.org.", NULL, "example.org", "example.org", NULL},
    {"b\xc3\xbc"
     "cher.example\xe3\x80\x82",
     NULL,
     "b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", NULL},
    {"localhost", NULL, "localhost", "localhost", NULL},
    {"_service.example.org", NULL, "_service.example.org", "_service.example.org", NULL},
    {"a-b.3com.example", NULL, "a-b.3com.example", "a-b.3com.example", NULL},
    {"bob@192.0.2.1", "bob", "192.0.2.1", "192.0.2.1", NULL},
    {"bob@[2001:DB8::0:1]/x", "bob", "[2001:db8::1]", "[2001:db8::1]", "x"},
    {"[::1]", NULL, "[::1]", "[::1]", NULL},
    {"room!#$%()*+,-.;=?[\\]^_`{|}~@muc.example", "room!#$%()*+,-.;=?[\\]^_`{|}~", "muc.example", "muc.example", NULL},
};

static const char has_bad_domain[] = "has a domain that IDNA refuses";

static const struct {
    const char *text;
    const char *why;
} invalid[] = {
    {"", "is empty"},
    {"@", "has an empty local part before @"},
    {"@example.org", "has an empty local part before @"},
    {"\xc2\xad@example.org", "has an empty local part before @"},
    {"bob@", "has no domain"},
    {"bob@/x", "has no domain"},
    {"/x", "has no domain"},
    {".", "has no domain"},
    {"bob@example.org/", "has an empty resource behind /"},
    {" bob@example.org", "begins with a blank"},
    {" ", "begins with a blank"},
    {"bob@example.org ", "ends with a blank"},
    {"bob@example.org/x ", "ends with a blank"},
    {"bob@example.org/x\xc2\xa0", "ends with a blank"},
    {"bo b@example.org", "has a local part that nodeprep refuses"},
    {"b\"b@example.org", "has a local part that nodeprep refuses"},
    {"b&b@example.org", "has a local part that nodeprep refuses"},
    {"b'b@example.org", "has a local part that nodeprep refuses"},
    {"b:b@example.org", "has a local part that nodeprep refuses"},
    {"b<b@example.org", "has a local part that nodeprep refuses"},
    {"b>b@example.org", "has a local part that nodeprep refuses"},
    {"b\xef\xbc\xa0"
     "b@example.org",
     "has a local part that nodeprep refuses"},
    {"b\xc2\xa0"
     "b@example.org",
     "has a local part that nodeprep refuses"},
    {"bob@example.org/a\xe2\x80\xa8"
     "b",
     "has a resource that resourceprep refuses"},
    {"bob@example.org/a\xe2\x80\xae", "has a resource that resourceprep refuses"},
    {"a@b@example.org", has_bad_domain},
    {"bob@exa mple.org", has_bad_domain},
    {"example..org", has_bad_domain},
    {".example.org", has_bad_domain},
    {"example.org..", has_bad_domain},
    {"-a.example", has_bad_domain},
    {"a-.example", has_bad_domain},
    {"exa:mple", has_bad_domain},
    {"b\xc3\xbc cher.example", has_bad_domain},
    {"-b\xc3\xbc"
     "cher.example",
     has_bad_domain},
    {"b\xc3\xbc"
     "cher-.example",
     has_bad_domain},
    {"b\xc3\xbc\xe2\x80\xae.example", has_bad_domain},
    {"b\xc3\xbc"
     "cher..example",
     has_bad_domain},
    {"example.org:5222", has_bad_domain},
    {"\xe2\x98\x83.example", has_bad_domain}, /* IDNA 2008 has no snowmen */
    {"b\xc3\xbc"
     "cher.xn--zzzz99",
     has_bad_domain},
    {"0127.0.0.1", "has a domain that ends in a number but is no IPv4 address"},
    {"b\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cherb\xc3\xbc"
     "cher.example",
     "has a domain that is too long for DNS"},
    {"192.0.2.300", "has a domain that ends in a number but is no IPv4 address"},
    {"192.0.2", "has a domain that ends in a number but is no IPv4 address"},
    {"[192.0.2.1]", "has a domain in brackets that is no IPv6 address"},
    {"[::1", "has a domain in brackets that is no IPv6 address"},
    {"[]", "has a domain in brackets that is no IPv6 address"},
    {"[", "has a domain in brackets that is no IPv6 address"},
    {"[::1%eth0]", "has a domain in brackets that is no IPv6 address"},
    {"[::1]x", "has a domain in brackets that is no IPv6 address"},
    {"bob\xff@example.org", "is not valid UTF-8"},
    {"bob@example.org/\xe2\x82", "is not valid UTF-8"},
    {"\xc0\xaf@example.org", "is not valid UTF-8"},
    {"\xed\xa0\x80@example.org", "is not valid UTF-8"},
    {"bob@example.org\n", "holds a control character"},
    {"bob@example.org/a\tb", "holds a control character"},
    {"bob@example.org/a\x7f", "holds a control character"},
    {"bob@example.org/a\xc2\x85", "holds a control character"},
};

static const struct {
    const char *a;
    const char *b;
    bool equal;
    bool equal_bare;
} pairs[] = {
    {"Bob@Example.ORG/x", "bob@example.org/x", true, true},
    {"bob@example.org/x", "bob@example.org/X", false, true},
    {"bob@example.org", "bob@example.org/x", false, true},
    {"bob@example.org", "example.org", false, false},
    {"bob@example.org", "rob@example.org", false, false},
    {"bob@example.org", "bob@example.net", false, false},
    {"example.org", "example.org.", true, true},
    {"b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", true, true},
    {"b\xc3\xbc"
     "cher.example",
     "bu\xcc\x88"
     "cher.example",
     true, true},
    {"b\xc3\xbc"
     "cher.example",
     "bucher.example", false, false},
    {"stra\xc3\x9f"
     "e.example",
     "XN--STRAE-OQA.example", true, true},
    {"stra\xc3\x9f"
     "e.example",
     "strasse.example", false, false},
    {"[::1]", "[0:0::0:1]", true, true},
};

/* An account, and the JID that its server gave. */
static const struct {
    const char *account;
    const char *given;
    bool same;
} servers[] = {
    {"bob@example.org", "bob@example.org/x", true},
    {"bob@example.org", "rob@Example.org", true}, /* only the domain counts */
    {"bob@example.org", "bob@example.net", false},
    {"stra\xc3\x9f"
     "e.example",
     "stra\xc3\x9f"
     "e.example",
     true},
    {"stra\xc3\x9f"
     "e.example",
     "strasse.example", true}, /* as Prosody and ejabberd have it */
    {"strasse.example",
     "stra\xc3\x9f"
     "e.example",
     false},
    {"b\xc3\xbc"
     "cher.example",
     "bucher.example", false},
};

static const struct {
    const char *text;
    const char *alias;
} aliases[] = {
    {"example.org", "example_org"},
    {"Bob@Example.ORG/Home", "bob_example_org_home"},
    {"b\xc3\xbc"
     "cher.example",
     "b_cher_example"},
    {"\xe2\x82\xac"
     "1",
     "_1"},
    {"\xff\xfe"
     "1",
     "__1"},
    {"a_b-c", "a_b_c"},
    {"", ""},
};

static void check_valid(void)
{
    for (size_t i = 0; i < COUNT(valid); i++) {
        struct jid jid, again;
        const char *why = "";
        char out[256];
        if (!ok(jid_parse(valid[i].text, &jid, &why), "'%s' is a JID", valid[i].text))
            diag("%s", why);
        is_str(jid.node, valid[i].node, "'%s' has the local part '%s'", valid[i].text,
               valid[i].node ? valid[i].node : "");
        is_str(jid.domain, valid[i].domain, "'%s' has the domain '%s'", valid[i].text, valid[i].domain);
        is_str(jid.ascii, valid[i].ascii, "'%s' has the A-labels '%s'", valid[i].text, valid[i].ascii);
        is_str(jid.resource, valid[i].resource, "'%s' has the resource '%s'", valid[i].text,
               valid[i].resource ? valid[i].resource : "");
        ok(jid_parse(jid_format(&jid, out, sizeof out), &again, &why) && jid_equal(&jid, &again),
           "'%s' reads back as the same", out);
        jid_free(&again);
        jid_free(&jid);
        ok(!jid.node && !jid.domain && !jid.ascii && !jid.resource, "nothing of it is left");
    }
}

static void check_invalid(void)
{
    for (size_t i = 0; i < COUNT(invalid); i++) {
        struct jid jid;
        const char *why = "";
        ok(!jid_parse(invalid[i].text, &jid, &why), "'%s' is no JID", invalid[i].text);
        is_str(why, invalid[i].why, "'%s' %s", invalid[i].text, invalid[i].why);
        ok(!jid.node && !jid.domain && !jid.ascii && !jid.resource, "nothing of it is left");
    }
}

/* A JID with a local part, a label (of a domain with LABELS such labels) and a resource of these lengths. */
static bool parses(size_t node, size_t label, size_t labels, size_t resource)
{
    static char text[16384];
    char *out = text;
    memset(out, 'n', node);
    out += node;
    if (node > 0)
        *out++ = '@';
    for (size_t i = 0; i < labels; i++) {
        if (i > 0)
            *out++ = '.';
        memset(out, 'd', label);
        out += label;
    }
    if (resource > 0)
        *out++ = '/';
    memset(out, 'r', resource);
    out[resource] = '\0';
    struct jid jid;
    const char *why;
    bool done = jid_parse(text, &jid, &why);
    jid_free(&jid);
    return done;
}

static void check_lengths(void)
{
    ok(parses(1023, 1, 1, 1023), "a local part and a resource may have 1023 bytes");
    ok(!parses(1024, 1, 1, 0), "a local part of 1024 bytes is refused");
    ok(!parses(0, 1, 1, 1024), "a resource of 1024 bytes is refused");
    ok(!parses(0, 1, 1, 12000), "a resource of 12000 bytes is refused");
    ok(parses(0, 63, 3, 0), "a label may have 63 bytes");
    ok(!parses(0, 64, 1, 0), "a label of 64 bytes is refused");
    ok(parses(0, 1, 127, 0), "a domain may have 253 bytes");
    ok(!parses(0, 1, 128, 0), "a domain of 255 bytes is refused");
}

/* What is taken without asking libidn must be what libidn would have made of it. */
static void check_short_cuts(void)
{
    int wrong = 0;
    for (char c = 0x20; c < 0x7f; c++) {
        struct jid jid;
        const char *why;
        char *prepared = NULL;
        char in[4] = {'a', c, 'b', '\0'}, text[32];
        snprintf(text, sizeof text, "%s@example.org", in);
        bool taken = c != '/' && jid_parse(text, &jid, &why) && jid.node;
        bool expected = c != '/' && stringprep_profile(in, &prepared, "Nodeprep", 0) == STRINGPREP_OK;
        wrong += taken != expected || (taken && strcmp(jid.node, prepared) != 0);
        if (taken)
            jid_free(&jid);
        if (expected)
            free(prepared);
        snprintf(text, sizeof text, "example.org/%s", in);
        taken = jid_parse(text, &jid, &why);
        expected = stringprep_profile(in, &prepared, "Resourceprep", 0) == STRINGPREP_OK;
        wrong += taken != expected || (taken && strcmp(jid.resource, prepared) != 0);
        if (taken)
            jid_free(&jid);
        if (expected)
            free(prepared);
    }
    is_int(wrong, 0, "each ASCII character fares in a local part and a resource as libidn has it");
}

int main(void)
{
    check_valid();
    check_invalid();
    check_lengths();
    check_short_cuts();
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct jid a, b;
        const char *why;
        ok(jid_parse(pairs[i].a, &a, &why) && jid_parse(pairs[i].b, &b, &why), "'%s' and '%s' are JIDs", pairs[i].a,
           pairs[i].b);
        ok(jid_equal(&a, &b) == pairs[i].equal && jid_equal(&b, &a) == pairs[i].equal, "they are %s",
           pairs[i].equal ? "equal" : "different");
        ok(jid_equal_bare(&a, &b) == pairs[i].equal_bare, "their bare JIDs are %s",
           pairs[i].equal_bare ? "equal" : "different");
        jid_free(&a);
        jid_free(&b);
    }
    for (size_t i = 0; i < COUNT(servers); i++) {
        struct jid account, given;
        const char *why;
        ok(jid_parse(servers[i].account, &account, &why) && jid_parse(servers[i].given, &given, &why) &&
               jid_same_server(&account, &given) == servers[i].same,
           "the server of %s may%s give %s", servers[i].account, servers[i].same ? "" : " not", servers[i].given);
        jid_free(&account);
        jid_free(&given);
    }
    char out[64], small[8];
    for (size_t i = 0; i < COUNT(aliases); i++) {
        is_str(jid_alias(aliases[i].text, out, sizeof out), aliases[i].alias, "'%s' has the alias '%s'",
               aliases[i].text, aliases[i].alias);
        ok(jid_alias_valid(out) == (*out != '\0'), "and that is a valid one");
    }
    is_str(jid_alias("example.org", small, sizeof small), "example", "an alias is cut where there is no room");
    ok(jid_alias_valid("a_1") && !jid_alias_valid("") && !jid_alias_valid("A") && !jid_alias_valid("a-b"),
       "an alias is made of a-z, 0-9 and '_'");
    struct jid jid;
    const char *why;
    ok(jid_parse("bob@example.org", &jid, &why), "a JID for a small buffer");
    is_str(jid_format(&jid, small, sizeof small), "bob@exa", "is cut there");
    jid_free(&jid);
    done_testing();
    return exit_status();
}
