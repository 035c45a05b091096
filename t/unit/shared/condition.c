/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "condition.h"

#include <string.h>

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* "Getting there" and the names of RFC 6120 that may end a run. */
static const struct {
    const char *name;
    enum state state;
} runs[] = {
    {"dns-not-found", STATE_CRITICAL},
    {"dns-failed", STATE_CRITICAL},
    {"service-not-offered", STATE_CRITICAL},
    {"connect-refused", STATE_CRITICAL},
    {"connect-timeout", STATE_CRITICAL},
    {"connect-unreachable", STATE_CRITICAL},
    {"endpoint-down", STATE_OK},
    {"not-xmpp", STATE_CRITICAL},
    {"starttls-missing", STATE_CRITICAL},
    {"tls-failed", STATE_CRITICAL},
    {"cert-expired", STATE_CRITICAL},
    {"cert-not-yet-valid", STATE_CRITICAL},
    {"cert-hostname", STATE_CRITICAL},
    {"cert-untrusted", STATE_CRITICAL},
    {"cert-expiring", STATE_WARNING},
    {"no-mechanism", STATE_CRITICAL},
    {"mechanism-downgraded", STATE_CRITICAL},
    {"server-not-authenticated", STATE_CRITICAL},
    {"bind-failed", STATE_CRITICAL},
    {"connection-lost", STATE_CRITICAL},
    {"probe-crashed", STATE_CRITICAL},
    {"deadline", STATE_CRITICAL},
    {"ping-timeout", STATE_CRITICAL},
};

static const char *const rfc6120[] = {
    /* 4.9.3 */
    "bad-format", "bad-namespace-prefix", "conflict", "connection-timeout", "host-gone", "host-unknown",
    "improper-addressing", "internal-server-error", "invalid-from", "invalid-namespace", "invalid-xml",
    "not-authorized", "not-well-formed", "policy-violation", "remote-connection-failed", "reset", "resource-constraint",
    "restricted-xml", "see-other-host", "system-shutdown", "undefined-condition", "unsupported-encoding",
    "unsupported-feature", "unsupported-stanza-type", "unsupported-version",
    /* 6.5 */
    "aborted", "account-disabled", "credentials-expired", "encryption-required", "incorrect-encoding",
    "invalid-authzid", "invalid-mechanism", "malformed-request", "mechanism-too-weak", "not-authorized",
    "temporary-auth-failure",
    /* 8.3.3 */
    "bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error",
    "item-not-found", "jid-malformed", "not-acceptable", "not-allowed", "not-authorized", "policy-violation",
    "recipient-unavailable", "redirect", "registration-required", "remote-server-not-found", "remote-server-timeout",
    "resource-constraint", "service-unavailable", "subscription-required", "undefined-condition", "unexpected-request"};

static const char *const unknown[] = {"", "result", "ping", "dns", "tls", "Deadline", "deadline ", "foo", "dns_failed"};

/* "Answers to a ping": own server, domain or bare JID, full JID. */
#define O STATE_OK
#define W STATE_WARNING
#define C STATE_CRITICAL
#define U STATE_UNKNOWN
static const struct {
    const char *condition;
    const char *type;
    enum state states[3];
} answers[] = {
    {"service-unavailable", "cancel", {O, O, C}},
    {"service-unavailable", "modify", {O, O, C}},
    {"service-unavailable", "auth", {O, O, C}},
    {"service-unavailable", "", {O, O, C}},
    {"service-unavailable", "wait", {C, C, C}},
    {"feature-not-implemented", "cancel", {O, O, O}},
    {"feature-not-implemented", "modify", {O, O, O}},
    {"feature-not-implemented", "", {O, O, O}},
    {"feature-not-implemented", "wait", {C, C, C}},
    {"remote-server-not-found", "cancel", {C, C, C}},
    {"remote-server-timeout", "wait", {C, C, C}},
    {"remote-server-timeout", "cancel", {C, C, C}},
    {"item-not-found", "cancel", {C, C, C}},
    {"recipient-unavailable", "wait", {C, C, C}},
    {"gone", "cancel", {C, C, C}},
    {"forbidden", "auth", {C, W, W}},
    {"forbidden", "wait", {C, W, W}},
    {"not-allowed", "cancel", {C, W, W}},
    {"not-authorized", "auth", {C, W, W}},
    {"policy-violation", "modify", {C, W, W}},
    {"registration-required", "auth", {C, W, W}},
    {"subscription-required", "auth", {C, W, W}},
    {"not-acceptable", "modify", {C, W, W}},
    {"redirect", "modify", {C, W, W}},
    {"jid-malformed", "modify", {U, U, U}},
    {"bad-request", "modify", {U, U, U}},
    {"bad-request", "wait", {U, U, U}},
    {"conflict", "cancel", {C, C, C}},
    {"internal-server-error", "cancel", {C, C, C}},
    {"resource-constraint", "wait", {C, C, C}},
    {"undefined-condition", "cancel", {C, C, C}},
    {"unexpected-request", "modify", {C, C, C}},
    {"ping-timeout", "", {C, C, C}},
    {"something-of-a-stranger", "cancel", {C, C, C}},
    {"", "", {C, C, C}},
};

static void check_answers(void)
{
    static const char *const kinds[] = {
        [TARGET_SERVER] = "the own server", [TARGET_BARE] = "a domain or bare JID", [TARGET_FULL] = "a full JID"};
    for (size_t i = 0; i < COUNT(answers); i++) {
        for (int kind = TARGET_SERVER; kind <= TARGET_FULL; kind++) {
            enum state state = answers[i].states[kind];
            bool alive = state == STATE_OK || state == STATE_WARNING;
            is_int(answer_state((enum target_kind)kind, answers[i].condition, answers[i].type), state,
                   "'%s' of type '%s' from %s is %s", answers[i].condition, answers[i].type, kinds[kind],
                   state_name(state));
            ok(answer_is_alive((enum target_kind)kind, answers[i].condition, answers[i].type) == alive,
               "'%s' of type '%s' from %s proves %s", answers[i].condition, answers[i].type, kinds[kind],
               alive ? "it alive" : "nothing");
        }
    }
}

int main(void)
{
    for (size_t i = 0; i < COUNT(runs); i++) {
        ok(condition_known(runs[i].name), "'%s' is a condition", runs[i].name);
        is_int(condition_state(runs[i].name), runs[i].state, "'%s' is %s for the run", runs[i].name,
               state_name(runs[i].state));
    }
    for (size_t i = 0; i < COUNT(rfc6120); i++) {
        ok(condition_known(rfc6120[i]) && strlen(rfc6120[i]) < CONDITION_SIZE, "'%s' is a condition", rfc6120[i]);
        is_int(condition_state(rfc6120[i]), STATE_CRITICAL, "'%s' is CRITICAL for the run", rfc6120[i]);
    }
    for (size_t i = 0; i < COUNT(unknown); i++)
        ok(!condition_known(unknown[i]), "'%s' is no condition", unknown[i]);
    is_int(condition_state("something-of-a-stranger"), STATE_CRITICAL, "a stranger's condition is CRITICAL");
    check_answers();
    is_str(condition_nearest("dns-notfound"), "dns-not-found", "a slip finds the name that was meant");
    is_str(condition_nearest("dead-line"), "deadline", "so does another");
    is_str(condition_nearest("gone"), "gone", "a name finds itself");
    ok(!condition_nearest("xyzzy"), "nonsense finds nothing");
    done_testing();
    return exit_status();
}
