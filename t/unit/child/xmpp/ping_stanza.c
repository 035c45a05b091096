/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ping.h"

#include "tap.h"

static void test_stanzas(xmpp_ctx_t *ctx)
{
    static const struct {
        const char *text;
        bool is_ping;
    } cases[] = {
        {"<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", true},
        {"<iq xmlns='jabber:client' type='set' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", false},
        {"<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:pong'/></iq>", false},
        {"<iq xmlns='jabber:client' type='get' id='1'><pong xmlns='urn:xmpp:ping'/></iq>", false},
        {"<iq xmlns='jabber:client' type='get' id='1'/>", false},
        {"<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/><x xmlns='y'/></iq>", false},
        {"<message xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></message>", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, cases[i].text);
        is_int(ping_is_ping(stanza), cases[i].is_ping, "%s a ping: %s", cases[i].is_ping ? "is" : "is not",
               cases[i].text);
        xmpp_stanza_release(stanza);
    }
    xmpp_stanza_t *ping = ping_stanza_new(ctx, "7", "b.example", NULL);
    ok(ping_is_ping(ping), "a ping that was made is one");
    is_str(xmpp_stanza_get_to(ping), "b.example", "for whom it was made");
    xmpp_stanza_release(ping);
}

int main(void)
{
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    test_stanzas(ctx);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    done_testing();
    return exit_status();
}
