/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "starttls.h"

#include <string.h>

#include "tap.h"

static const struct {
    const char *chunk;
    bool clean;
    const char *name;
} cases[] = {
    {"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", true, "an empty element alone"},
    {"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>", true, "a start and an end tag"},
    {"<tls:proceed/>", true, "a prefix"},
    {"eed xmlns='x'/>", true, "the end of an element that began in an earlier piece"},
    {"</proceed>", true, "an end tag that came alone"},
    {"<features/><proceed/>", true, "something before it"},
    {"<proceed/>\n", false, "white space behind it"},
    {"<proceed/><iq/>", false, "an element behind it"},
    {"<proceed/><iq>", false, "the beginning of an element behind it"},
    {"<proceed/>x", false, "text behind it"},
    {"<proceed></proceed><a>", false, "an element behind an end tag"},
    {"</proceed><a>", false, "an element behind an end tag that came alone"},
    {"eed/><a/>", false, "an element behind the end of an element"},
    {"<proceed/><proceed/>", false, "a second one"},
    {"eed xmlns='x'/><proceed/>", false, "a second one behind the end of an element"},
    {"<proceed", false, "no end at all"},
    {"<failure/>", false, "another element"},
    {"", false, "nothing"},
};

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(starttls_is_clean(cases[i].chunk, strlen(cases[i].chunk)) == cases[i].clean, "%s: %s",
           cases[i].clean ? "clean" : "not clean", cases[i].name);
    done_testing();
    return exit_status();
}
