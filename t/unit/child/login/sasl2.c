/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elements of SASL2 and Bind 2 as the XEPs show them, and what servers offer. */
#include "sasl2.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "offer.h"
#include "stanza.h"
#include "xmlns.h"

static xmpp_ctx_t *ctx;

static void test_agent_id(void)
{
    char id[SASL2_ID_SIZE], again[SASL2_ID_SIZE];
    ok(sasl2_agent_id("alice@example.org", "monitor", id), "an id is made");
    is_int((long long)strlen(id), 36, "it is a UUID");
    ok(id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' && strspn(id, "0123456789abcdef-") == 36,
       "in its form");
    ok(id[14] == '4' && strchr("89ab", id[19]), "of version 4");
    sasl2_agent_id("alice@example.org", "monitor", again);
    is_str(again, id, "always the same");
    sasl2_agent_id("alice@example.org", "monitor2", again);
    ok(strcmp(again, id) != 0, "another on another host");
    sasl2_agent_id("bob@example.org", "monitor", again);
    ok(strcmp(again, id) != 0, "and for another account");
}

/* --- what is sent --- */

/* Writes the request as it goes over the wire; to be freed with xmpp_free(). */
static char *request_text(const struct sasl2_request *request)
{
    xmpp_stanza_t *stanza = sasl2_authenticate_new(ctx, request);
    char *text = NULL;
    size_t length;
    xmpp_stanza_to_text(stanza, &text, &length);
    xmpp_stanza_release(stanza);
    return text;
}

static const char *text_of(xmpp_stanza_t *parent, const char *name, const char *xmlns)
{
    xmpp_stanza_t *child = xmpp_stanza_get_child_by_name_and_ns(parent, name, xmlns);
    xmpp_stanza_t *content = child ? xmpp_stanza_get_children(child) : NULL;
    return content ? xmpp_stanza_get_text_ptr(content) : child ? "" : NULL;
}

static void test_authenticate(void)
{
    struct sasl2_request request = {
        .mechanism = "SCRAM-SHA-1-PLUS",
        .response = "biwsbj11c2Vy",
        .agent_id = "d4565fa7-4d72-4749-b3d3-740edbf87770",
        .software = "check_xmpp_ping",
    };
    char *text = request_text(&request);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
    ok(stanza_is(stanza, "authenticate", SASL2_XMLNS), "<authenticate/> is of SASL2");
    is_str(xmpp_stanza_get_attribute(stanza, "mechanism"), "SCRAM-SHA-1-PLUS", "its mechanism");
    is_str(text_of(stanza, "initial-response", SASL2_XMLNS), "biwsbj11c2Vy", "its initial response");
    xmpp_stanza_t *agent = xmpp_stanza_get_child_by_name_and_ns(stanza, "user-agent", SASL2_XMLNS);
    is_str(xmpp_stanza_get_id(agent), "d4565fa7-4d72-4749-b3d3-740edbf87770", "its user agent");
    is_str(text_of(agent, "software", SASL2_XMLNS), "check_xmpp_ping", "by name");
    ok(!strstr(text, "<bind") && !strstr(text, "<fast") && !strstr(text, "<request-token"), "and nothing else");
    xmpp_stanza_release(stanza);
    xmpp_free(ctx, text);

    request.response = "";
    request.bind = true;
    text = request_text(&request);
    stanza = xmpp_stanza_new_from_string(ctx, text);
    is_str(text_of(stanza, "initial-response", SASL2_XMLNS), "", "an initial response that is empty is there");
    xmpp_stanza_t *bind = xmpp_stanza_get_child_by_name_and_ns(stanza, "bind", BIND2_XMLNS);
    ok(bind && !xmpp_stanza_get_children(bind), "a resource of the server's choice is asked for");
    xmpp_stanza_release(stanza);
    xmpp_free(ctx, text);
}

/* --- what comes --- */

#define SUCCESS "<success xmlns='urn:xmpp:sasl:2'>"
#define BOUND "<bound xmlns='urn:xmpp:bind:0'><metadata xmlns='urn:xmpp:mam:2'/></bound>"
#define WHOM(jid) "<authorization-identifier>" jid "</authorization-identifier>"

static const struct {
    const char *name, *text, *data, *whom;
    bool bound, failed;
} successes[] = {
    {"XEP-0388's", SUCCESS "<additional-data>dj1t</additional-data>" WHOM("user@example.org") "</success>", "dj1t",
     "user@example.org", false, false},
    {"one with a resource", SUCCESS BOUND WHOM("user@example.com/check.4232f4d4") "</success>", NULL,
     "user@example.com/check.4232f4d4", true, false},
    {"one whose binding failed",
     SUCCESS WHOM(
         "a@b") "<failed xmlns='urn:xmpp:bind:0'><error type='wait' xmlns='jabber:client'><resource-constraint "
                "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></failed></success>",
     NULL, "a@b", false, true},
    {"an empty one", SUCCESS "</success>", NULL, NULL, false, false},
    {"one of other namespaces",
     SUCCESS "<bound xmlns='urn:x'/><additional-data xmlns='urn:x'>dj1t</additional-data></success>", NULL, NULL, false,
     false},
};

static void test_success(void)
{
    for (size_t i = 0; i < sizeof successes / sizeof *successes; i++) {
        xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, successes[i].text);
        char *data = sasl2_additional_data(stanza), *whom = sasl2_identifier(stanza);
        is_str(data, successes[i].data, "%s: data", successes[i].name);
        is_str(whom, successes[i].whom, "whom");
        is_int(sasl2_is_bound(stanza), successes[i].bound, "whether it is bound");
        is_int(sasl2_bind_failure(stanza) != NULL, successes[i].failed, "whether that failed");
        if (sasl2_bind_failure(stanza)) {
            const char *type, *by;
            char *text;
            enum wire_condition condition = stanza_read_error(sasl2_bind_failure(stanza), &type, &by, &text);
            is_str(wire_condition_name(condition), "resource-constraint", "and why");
            ok(!text, "without words");
        }
        if (data)
            xmpp_free(ctx, data);
        if (whom)
            xmpp_free(ctx, whom);
        xmpp_stanza_release(stanza);
    }
}

static const struct {
    const char *text, *words;
} continues[] = {
    {"<tasks><task>HOTP-EXAMPLE</task><task>TOTP-EXAMPLE</task></tasks><text>This account requires 2FA</text>",
     "HOTP-EXAMPLE or TOTP-EXAMPLE: This account requires 2FA"},
    {"<tasks><task>UPGR-SCRAM-SHA-256</task></tasks>", "UPGR-SCRAM-SHA-256"},
    {"<tasks/><text>Later</text>", "a further step: Later"},
    {"<tasks/>", "a further step"},
    {"", "a further step"},
};

static void test_continue(void)
{
    char text[300];
    for (size_t i = 0; i < sizeof continues / sizeof *continues; i++) {
        snprintf(text, sizeof text, "<continue xmlns='urn:xmpp:sasl:2'>%s</continue>", continues[i].text);
        xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
        char *words = sasl2_describe_tasks(stanza);
        is_str(words, continues[i].words, "what is wanted");
        free(words);
        xmpp_stanza_release(stanza);
    }
}

/* --- what is offered: ejabberd's, one after the other way --- */

#define FEATURES "<features xmlns='http://etherx.jabber.org/streams'>"
#define OLD                                                                                                            \
    "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism><mechanism "                     \
    "xmlns='urn:x'>X</mechanism></mechanisms>"
#define NEW                                                                                                            \
    "<authentication xmlns='urn:xmpp:sasl:2'><inline><bind xmlns='urn:xmpp:bind:0'><inline/></bind></inline>"          \
    "<mechanism>SCRAM-SHA-1-PLUS</mechanism><mechanism>SCRAM-SHA-1</mechanism></authentication>"
#define BINDINGS                                                                                                       \
    "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/><channel-binding/>"        \
    "</sasl-channel-binding>"

static void test_offer(void)
{
    struct sasl_offer offer;
    xmpp_stanza_t *features = xmpp_stanza_new_from_string(ctx, FEATURES OLD BINDINGS NEW "</features>");
    offer_read(features, &offer);
    is_int((long long)offer.mechanism_count, 1, "RFC 6120 has one mechanism");
    is_str(offer.mechanisms[0], "PLAIN", "of that name");
    ok(offer.sasl2 && offer.tells_bindings && !offer.cut, "there is SASL2, too");
    ok(offer_read_sasl2(features, &offer), "which is read");
    is_int((long long)offer.mechanism_count, 2, "with two mechanisms");
    is_str(offer.mechanisms[1], "SCRAM-SHA-1", "in their order");
    is_int((long long)offer.binding_count, 1, "and one binding");
    is_str(offer.bindings[0], "tls-exporter", "of that type");
    ok(offer_has_bind2(features), "it binds");
    xmpp_stanza_release(features);

    features = xmpp_stanza_new_from_string(ctx, FEATURES OLD "<bind xmlns='urn:xmpp:bind:0'/></features>");
    ok(!offer_read_sasl2(features, &offer) && !offer_has_bind2(features), "a server without SASL2");
    xmpp_stanza_release(features);
}

static void test_many(void)
{
    char text[4000] = FEATURES "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>";
    struct sasl_offer offer;
    for (int i = 0; i < SASL_MECHANISMS_MAX; i++)
        strcat(text, "<mechanism>X</mechanism>");
    size_t used = strlen(text);
    strcat(text, "</mechanisms></features>");
    xmpp_stanza_t *features = xmpp_stanza_new_from_string(ctx, text);
    offer_read(features, &offer);
    ok(offer.mechanism_count == SASL_MECHANISMS_MAX && !offer.cut, "as many as there is room for");
    xmpp_stanza_release(features);
    strcpy(text + used, "<mechanism>X</mechanism></mechanisms></features>");
    features = xmpp_stanza_new_from_string(ctx, text);
    offer_read(features, &offer);
    ok(offer.mechanism_count == SASL_MECHANISMS_MAX && offer.cut, "one more is cut");
    xmpp_stanza_release(features);
    snprintf(text, sizeof text, FEATURES "<mechanisms xmlns='%s'><mechanism>%064d</mechanism></mechanisms></features>",
             SASL_XMLNS, 0);
    features = xmpp_stanza_new_from_string(ctx, text);
    offer_read(features, &offer);
    ok(offer.mechanism_count == 1 && strlen(offer.mechanisms[0]) == 63 && offer.cut, "as is a name of 64 characters");
    xmpp_stanza_release(features);
}

int main(void)
{
    xmpp_initialize();
    ctx = xmpp_ctx_new(NULL, NULL);
    test_agent_id();
    test_authenticate();
    test_success();
    test_continue();
    test_offer();
    test_many();
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    done_testing();
    return exit_status();
}
