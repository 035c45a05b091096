/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expect.h"

#include <string.h>

#include "stanza.h"
#include "xmlns.h"

static const struct {
    enum login_step step;
    const char *name, *xmlns;
} expected[] = {
    {LOGIN_FEATURES, "features", STREAM_XMLNS},
    {LOGIN_PROCEED, "proceed", TLS_XMLNS},
    {LOGIN_PROCEED, "failure", TLS_XMLNS},
    {LOGIN_AUTH_FEATURES, "features", STREAM_XMLNS},
    {LOGIN_AUTH, "challenge", SASL_XMLNS},
    {LOGIN_AUTH, "success", SASL_XMLNS},
    {LOGIN_AUTH, "failure", SASL_XMLNS},
    {LOGIN_BIND_FEATURES, "features", STREAM_XMLNS},
    {LOGIN_AUTH2, "challenge", SASL2_XMLNS},
    {LOGIN_AUTH2, "success", SASL2_XMLNS},
    {LOGIN_AUTH2, "failure", SASL2_XMLNS},
    {LOGIN_AUTH2, "continue", SASL2_XMLNS},
    {LOGIN_COMPONENT, "handshake", COMPONENT_XMLNS},
};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Names and namespaces belong together (RFC 6120 sections 4.8 and 8); extensions have their own of both. What belongs
 * to TLS and to the login is over. */
static bool is_well_named(const char *content, xmpp_stanza_t *element)
{
    static const char *const stanzas[] = {"iq", "message", "presence"};
    static const char *const of_stream[] = {"features", "error"};
    static const char *const past[] = {TLS_XMLNS, SASL_XMLNS, SASL2_XMLNS};
    const char *name = xmpp_stanza_get_name(element);
    const char *xmlns = xmpp_stanza_get_ns(element);
    if (!name || !xmlns)
        return false;
    if (is_among(name, stanzas, 3) || strcmp(xmlns, content) == 0)
        return is_among(name, stanzas, 3) && strcmp(xmlns, content) == 0;
    if (strcmp(xmlns, STREAM_XMLNS) == 0)
        return is_among(name, of_stream, 2);
    return !is_among(xmlns, past, 3);
}

bool expect_allows(enum login_step step, const char *content, xmpp_stanza_t *element)
{
    if (stanza_is(element, "error", STREAM_XMLNS))
        return true;
    if (step >= LOGIN_BIND)
        return is_well_named(content, element);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (expected[i].step == step && stanza_is(element, expected[i].name, expected[i].xmlns))
            return true;
    return false;
}

bool expect_is_success(xmpp_stanza_t *element)
{
    return stanza_is(element, "success", SASL_XMLNS) || stanza_is(element, "success", SASL2_XMLNS);
}
