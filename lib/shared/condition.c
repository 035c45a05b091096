/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "condition.h"

#include <string.h>

#include "text.h"

/* What --map may name: the probe's own conditions, then all of RFC 6120. Where no state stands it is CRITICAL. */
static const char *const names[] = {
    "dns-not-found",
    "dns-failed",
    "service-not-offered",
    "connect-refused",
    "connect-timeout",
    "connect-unreachable",
    "endpoint-down",
    "not-xmpp",
    "starttls-missing",
    "tls-failed",
    "cert-expired",
    "cert-not-yet-valid",
    "cert-hostname",
    "cert-untrusted",
    "cert-expiring",
    "no-mechanism",
    "mechanism-downgraded",
    "server-not-authenticated",
    "bind-failed",
    "connection-lost",
    "probe-crashed",
    "deadline",
    "ping-timeout",
    /* stream errors, 4.9.3, without those that stand below */
    "bad-format",
    "bad-namespace-prefix",
    "connection-timeout",
    "host-gone",
    "host-unknown",
    "improper-addressing",
    "invalid-from",
    "invalid-namespace",
    "invalid-xml",
    "not-well-formed",
    "remote-connection-failed",
    "reset",
    "restricted-xml",
    "see-other-host",
    "system-shutdown",
    "unsupported-encoding",
    "unsupported-feature",
    "unsupported-stanza-type",
    "unsupported-version",
    /* SASL failures, 6.5 */
    "aborted",
    "account-disabled",
    "credentials-expired",
    "encryption-required",
    "incorrect-encoding",
    "invalid-authzid",
    "invalid-mechanism",
    "malformed-request",
    "mechanism-too-weak",
    "temporary-auth-failure",
    /* stanza errors, 8.3.3 */
    "bad-request",
    "conflict",
    "feature-not-implemented",
    "forbidden",
    "gone",
    "internal-server-error",
    "item-not-found",
    "jid-malformed",
    "not-acceptable",
    "not-allowed",
    "not-authorized",
    "policy-violation",
    "recipient-unavailable",
    "redirect",
    "registration-required",
    "remote-server-not-found",
    "remote-server-timeout",
    "resource-constraint",
    "service-unavailable",
    "subscription-required",
    "undefined-condition",
    "unexpected-request",
};

static bool is_among(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, list[i]) == 0)
            return true;
    }
    return false;
}

bool condition_known(const char *name)
{
    return is_among(name, names, sizeof names / sizeof names[0]);
}

const char *condition_nearest(const char *name)
{
    return text_nearest(name, names, sizeof names / sizeof names[0]);
}

enum state condition_state(const char *name)
{
    if (strcmp(name, "endpoint-down") == 0)
        return STATE_OK;
    /* Whether it is CRITICAL is for the thresholds of -C to say. */
    if (strcmp(name, "cert-expiring") == 0)
        return STATE_WARNING;
    return STATE_CRITICAL;
}

enum state answer_state(enum target_kind kind, const char *condition, const char *type)
{
    static const char *const refusals[] = {
        "forbidden",      "not-allowed",           "not-authorized",        "policy-violation",
        "not-acceptable", "registration-required", "subscription-required", "redirect",
    };
    bool for_now = strcmp(type, "wait") == 0;
    if (strcmp(condition, "feature-not-implemented") == 0)
        return for_now ? STATE_CRITICAL : STATE_OK;
    /* A server answers so for each of its users' resources that is offline, RFC 6121 8.5.3.2.3. */
    if (strcmp(condition, "service-unavailable") == 0)
        return for_now || kind == TARGET_FULL ? STATE_CRITICAL : STATE_OK;
    if (strcmp(condition, "jid-malformed") == 0 || strcmp(condition, "bad-request") == 0)
        return STATE_UNKNOWN;
    if (kind != TARGET_SERVER && is_among(condition, refusals, sizeof refusals / sizeof refusals[0]))
        return STATE_WARNING;
    return STATE_CRITICAL;
}

bool answer_is_alive(enum target_kind kind, const char *condition, const char *type)
{
    enum state state = answer_state(kind, condition, type);
    return state == STATE_OK || state == STATE_WARNING;
}
