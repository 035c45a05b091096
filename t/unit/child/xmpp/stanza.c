/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of a server say: streams, SASL, stanzas. */
#include "stanza.h"

#include <stdlib.h>

#include "tap.h"

#define STREAM "'urn:ietf:params:xml:ns:xmpp-streams'"
#define SASL "'urn:ietf:params:xml:ns:xmpp-sasl'"
#define STANZA "'urn:ietf:params:xml:ns:xmpp-stanzas'"

static const struct {
    const char *name;
    enum wire_space space;
    const char *xml;
    enum wire_condition condition;
    const char *text;
} errors[] = {
    {"a stream error", SPACE_STREAM, "<error><host-unknown xmlns=" STREAM "/></error>", WIRE_STREAM_HOST_UNKNOWN, NULL},
    {"one with a text", SPACE_STREAM,
     "<error><text xmlns=" STREAM ">gone fishing</text><host-gone xmlns=" STREAM "/></error>", WIRE_STREAM_HOST_GONE,
     "gone fishing"},
    {"the first one counts", SPACE_STREAM, "<error><reset xmlns=" STREAM "/><conflict xmlns=" STREAM "/></error>",
     WIRE_STREAM_RESET, NULL},
    {"what the application adds is no condition", SPACE_STREAM,
     "<error><too-many xmlns='urn:example'/><policy-violation xmlns=" STREAM "/></error>", WIRE_STREAM_POLICY_VIOLATION,
     NULL},
    {"a SASL failure", SPACE_SASL, "<failure xmlns=" SASL "><account-disabled/><text>bye</text></failure>",
     WIRE_SASL_ACCOUNT_DISABLED, "bye"},
    {"a SASL2 failure", SPACE_SASL,
     "<failure xmlns='urn:xmpp:sasl:2'><aborted xmlns=" SASL "/><text>bye</text></failure>", WIRE_SASL_ABORTED, "bye"},
    {"a stanza error", SPACE_STANZA, "<error><gone xmlns=" STANZA ">xmpp:b@example</gone></error>", WIRE_STANZA_GONE,
     NULL},
    {"undefined-condition by its name", SPACE_STREAM, "<error><undefined-condition xmlns=" STREAM "/></error>",
     WIRE_UNDEFINED_CONDITION, NULL},
    {"nothing", SPACE_STREAM, "<error/>", WIRE_UNDEFINED_CONDITION, NULL},
    {"no more than a text", SPACE_SASL, "<failure xmlns=" SASL "><text>no</text></failure>", WIRE_UNDEFINED_CONDITION,
     "no"},
    {"a name that nobody knows", SPACE_STREAM, "<error><no-such-thing xmlns=" STREAM "/></error>",
     WIRE_UNDEFINED_CONDITION, "no-such-thing"},
    {"one of ours", SPACE_STREAM, "<error><endpoint-down xmlns=" STREAM "/></error>", WIRE_UNDEFINED_CONDITION,
     "endpoint-down"},
    {"one of ours with a text", SPACE_SASL, "<failure xmlns=" SASL "><cert-expiring/><text>soon</text></failure>",
     WIRE_UNDEFINED_CONDITION, "cert-expiring: soon"},
    {"a name of another place", SPACE_SASL, "<failure xmlns=" SASL "><host-unknown/></failure>",
     WIRE_UNDEFINED_CONDITION, "host-unknown"},
    {"a name in another namespace", SPACE_STREAM, "<error><host-unknown xmlns=" STANZA "/></error>",
     WIRE_UNDEFINED_CONDITION, "host-unknown"},
    {"a name without a namespace", SPACE_STANZA, "<error><gone/></error>", WIRE_UNDEFINED_CONDITION, "gone"},
};

static void check_error(xmpp_ctx_t *ctx, size_t index)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, errors[index].xml);
    char *text = NULL;
    enum wire_condition condition = stanza_condition(stanza, errors[index].space, &text);
    is_str(wire_condition_name(condition), wire_condition_name(errors[index].condition), "%s: the condition",
           errors[index].name);
    is_int(condition, errors[index].condition, "  of its own namespace");
    is_str(text, errors[index].text, "  the text");
    free(text);
    xmpp_stanza_release(stanza);
}

static void check_read_error(xmpp_ctx_t *ctx)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(
        ctx, "<iq type='error' from='a.example'><error type='wait' by='b.example'><resource-constraint xmlns=" STANZA
             "/><text xmlns=" STANZA ">later</text></error></iq>");
    const char *type, *by;
    char *text;
    is_int(stanza_read_error(stanza, &type, &by, &text), WIRE_STANZA_RESOURCE_CONSTRAINT,
           "an answer has its condition");
    is_str(type, "wait", "its type");
    is_str(by, "b.example", "its origin");
    is_str(text, "later", "its text");
    free(text);
    xmpp_stanza_release(stanza);
    stanza = xmpp_stanza_new_from_string(ctx, "<iq type='error' from='a.example'/>");
    is_int(stanza_read_error(stanza, &type, &by, &text), WIRE_UNDEFINED_CONDITION, "one without an error is undefined");
    ok(!type && !text, "has no type and no text");
    is_str(by, "a.example", "and is its sender's");
    xmpp_stanza_release(stanza);
}

int main(void)
{
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        check_error(ctx, i);
    check_read_error(ctx);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    done_testing();
    return exit_status();
}
