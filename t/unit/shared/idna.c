/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "idna.h"

#include <idn2.h>
#include <stdlib.h>

#include "host.h"
#include "jid.h"
#include "tap.h"

static const char domain[] = "b\xc3\xbc"
                             "cher.example";
static const char encoded[] = "xn--bcher-kva.example";

static void check_unloaded(void)
{
    struct jid jid;
    char *out = (char *)domain, name[256];
    const char *why = "";
    bool absolute;
    is_int(idna_to_ascii(domain, &out), IDN2_DISALLOWED, "without libidn2 no domain is encoded");
    ok(!out, "and there is nothing to free");
    is_int(idna_to_unicode(encoded, &out), IDN2_DISALLOWED, "nor decoded");
    ok(!host_name(domain, name, &absolute), "nor is it a host");
    ok(jid_parse_told(domain, &jid, &why), "what a stranger calls so is read: %s", why);
    is_str(jid.domain, domain, "and stays what it is");
    jid_free(&jid);
    ok(jid_parse_told("example.org", &jid, &why), "any other domain is read");
    jid_free(&jid);
    ok(jid_parse_told(encoded, &jid, &why), "and A-labels");
    is_str(jid.domain, encoded, "which stay what they are");
    jid_free(&jid);
    ok(idna_load("example.org"), "a domain in ASCII needs nothing");
    is_int(idna_to_ascii(domain, &out), IDN2_DISALLOWED, "and loads nothing");
}

static void check_loaded(void)
{
    struct jid jid;
    char *out;
    const char *why = "";
    ok(jid_parse(domain, &jid, &why), "what the user calls so is read: %s", why);
    is_str(jid.ascii, encoded, "with its A-labels");
    is_int(idna_to_ascii(domain, &out), IDN2_OK, "from then on domains are encoded");
    is_str(out, encoded, "as IDNA 2008 has it");
    free(out);
    is_int(idna_to_unicode(encoded, &out), IDN2_OK, "and decoded");
    is_str(out, domain, "back");
    free(out);
    struct jid told;
    ok(jid_parse_told(encoded, &told, &why) && jid_equal(&told, &jid), "a stranger may say either of both");
    jid_free(&told);
    jid_free(&jid);
    ok(idna_load(domain) && idna_version(), "its version is %s", idna_version());
}

int main(void)
{
    static const struct {
        const char *domain;
        bool is_for;
    } domains[] = {{"", false},
                   {"example.org", false},
                   {"a.xn--bcher-kva.example", true},
                   {"XN--bcher-kva.example", true},
                   {"axn--b.example", false},
                   {"example.xn-", false},
                   {domain, true}};
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++)
        ok(idna_is_for(domains[i].domain) == domains[i].is_for, "'%s' is%s for IDNA", domains[i].domain,
           domains[i].is_for ? "" : " not");
    check_unloaded();
    check_loaded();
    done_testing();
    return exit_status();
}
