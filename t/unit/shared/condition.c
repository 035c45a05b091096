/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "condition.h"

#include <string.h>

#include "tap.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

#define O STATE_OK
#define W STATE_WARNING
#define C STATE_CRITICAL
#define U STATE_UNKNOWN

/* "Getting there". */
static const struct {
    enum condition condition;
    const char *name;
    enum state state;
} own[] = {
    {CONDITION_DNS_NOT_FOUND, "dns-not-found", C},
    {CONDITION_DNS_FAILED, "dns-failed", C},
    {CONDITION_SERVICE_NOT_OFFERED, "service-not-offered", C},
    {CONDITION_CONNECT_REFUSED, "connect-refused", C},
    {CONDITION_CONNECT_TIMEOUT, "connect-timeout", C},
    {CONDITION_CONNECT_UNREACHABLE, "connect-unreachable", C},
    {CONDITION_ENDPOINT_DOWN, "endpoint-down", O},
    {CONDITION_NOT_XMPP, "not-xmpp", C},
    {CONDITION_STARTTLS_MISSING, "starttls-missing", C},
    {CONDITION_TLS_FAILED, "tls-failed", C},
    {CONDITION_CERT_EXPIRED, "cert-expired", C},
    {CONDITION_CERT_NOT_YET_VALID, "cert-not-yet-valid", C},
    {CONDITION_CERT_HOSTNAME, "cert-hostname", C},
    {CONDITION_CERT_UNTRUSTED, "cert-untrusted", C},
    {CONDITION_CERT_EXPIRING, "cert-expiring", W},
    {CONDITION_SASL2_MISSING, "sasl2-missing", C},
    {CONDITION_LOGIN_CONTINUES, "login-continues", C},
    {CONDITION_NOT_OFFERED, "not-offered", C},
    {CONDITION_OFFERED, "offered", C},
    {CONDITION_NO_FEDERATION, "no-federation", C},
    {CONDITION_NO_MECHANISM, "no-mechanism", C},
    {CONDITION_MECHANISM_DOWNGRADED, "mechanism-downgraded", C},
    {CONDITION_SERVER_NOT_AUTHENTICATED, "server-not-authenticated", C},
    {CONDITION_SCRAM_WEAK, "scram-weak", W},
    {CONDITION_BIND_FAILED, "bind-failed", C},
    {CONDITION_FLOODED, "flooded", C},
    {CONDITION_CONNECTION_LOST, "connection-lost", C},
    {CONDITION_PROBE_CRASHED, "probe-crashed", C},
    {CONDITION_DEADLINE, "deadline", C},
    {CONDITION_PING_TIMEOUT, "ping-timeout", C},
};

/* RFC 6120's, by section; each ends with NULL. */
static const char *const rfc6120[][30] = {
    [SPACE_STREAM] = {"bad-format",
                      "bad-namespace-prefix",
                      "conflict",
                      "connection-timeout",
                      "host-gone",
                      "host-unknown",
                      "improper-addressing",
                      "internal-server-error",
                      "invalid-from",
                      "invalid-namespace",
                      "invalid-xml",
                      "not-authorized",
                      "not-well-formed",
                      "policy-violation",
                      "remote-connection-failed",
                      "reset",
                      "resource-constraint",
                      "restricted-xml",
                      "see-other-host",
                      "system-shutdown",
                      "unsupported-encoding",
                      "unsupported-feature",
                      "unsupported-stanza-type",
                      "unsupported-version",
                      "xml-not-well-formed"},
    [SPACE_SASL] = {"aborted", "account-disabled", "credentials-expired", "encryption-required", "incorrect-encoding",
                    "invalid-authzid", "invalid-mechanism", "malformed-request", "mechanism-too-weak", "not-authorized",
                    "temporary-auth-failure"},
    [SPACE_STANZA] = {"bad-request",
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
                      "unexpected-request"},
};

static const char *const unknown[] = {"", "result", "ping", "dns", "tls", "Deadline", "deadline ", "foo", "dns_failed"};

/* "Answers to a ping": own server, domain or bare JID, full JID. */
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
    {"endpoint-down", "cancel", {C, C, C}}, /* as a stranger's word */
    {"", "", {C, C, C}},
};

static void check_answers(void)
{
    static const char *const kinds[] = {
        [TARGET_SERVER] = "the own server", [TARGET_BARE] = "a domain or bare JID", [TARGET_FULL] = "a full JID"};
    for (size_t i = 0; i < COUNT(answers); i++) {
        for (int kind = TARGET_SERVER; kind <= TARGET_FULL; kind++) {
            enum wire_condition condition = wire_condition_find(SPACE_STANZA, answers[i].condition);
            enum state state = answers[i].states[kind];
            bool alive = state == STATE_OK || state == STATE_WARNING;
            is_int(answer_state((enum target_kind)kind, condition, answers[i].type), state,
                   "'%s' of type '%s' from %s is %s", answers[i].condition, answers[i].type, kinds[kind],
                   state_name(state));
            ok(answer_is_alive((enum target_kind)kind, condition, answers[i].type) == alive,
               "'%s' of type '%s' from %s proves %s", answers[i].condition, answers[i].type, kinds[kind],
               alive ? "it alive" : "nothing");
        }
    }
}

static void check_own(void)
{
    for (size_t i = 0; i < COUNT(own); i++) {
        is_str(condition_name(own[i].condition), own[i].name, "'%s' has its name", own[i].name);
        ok(condition_known(own[i].name), "--map knows '%s'", own[i].name);
        is_int(condition_state(own[i].condition), own[i].state, "'%s' is %s for the run", own[i].name,
               state_name(own[i].state));
    }
    is_int(CONDITION_COUNT - 1, COUNT(own), "there are no others");
    is_int(condition_state(CONDITION_NONE), STATE_CRITICAL, "none is CRITICAL");
}

static void check_wire(void)
{
    int found = 0;
    for (enum wire_space space = SPACE_STREAM; space < SPACE_ANY; space++) {
        for (const char *const *name = rfc6120[space]; *name; name++, found++) {
            enum wire_condition condition = wire_condition_find(space, *name);
            is_str(wire_condition_name(condition), *name, "'%s' is found in its namespace", *name);
            ok(wire_condition_space(condition) == space && condition_known(*name), "and known by --map");
        }
    }
    is_int(WIRE_COUNT - 1, found + 1, "there are no others but undefined-condition");
    is_int(wire_condition_find(SPACE_SASL, "conflict"), WIRE_UNDEFINED_CONDITION, "a name counts in its own namespace");
    is_int(wire_condition_find(SPACE_STREAM, "Conflict"), WIRE_UNDEFINED_CONDITION, "and as it is written");
    is_int(wire_condition_find(SPACE_STANZA, ""), WIRE_UNDEFINED_CONDITION, "no name is none of them");
}

/* No word of a server is one of ours, whatever it is. */
static void check_apart(void)
{
    for (int i = CONDITION_NONE + 1; i < CONDITION_COUNT; i++) {
        const char *name = condition_name((enum condition)i);
        for (enum wire_space space = SPACE_STREAM; space < SPACE_ANY; space++)
            is_int(wire_condition_find(space, name), WIRE_UNDEFINED_CONDITION, "'%s' cannot come from a server", name);
    }
    for (int i = WIRE_NONE; i < WIRE_COUNT; i++)
        is_int(any_condition_state((struct any_condition){.wire = (enum wire_condition)i}), STATE_CRITICAL,
               "'%s' never leaves a run good", wire_condition_name((enum wire_condition)i));
}

/* The words of each row, for pages and messages. */
static const struct {
    const char *name, *meaning, *advice;
} rows[] = {
#define OWN(constant, name, group, state, meaning, advice) {name, meaning, advice},
#define WIRE(constant, name, space, server, bare, full, meaning) {name, meaning, "none"},
#include "condition_rows.h"
};

static void check_words(const char *words)
{
    ok(*words != '\0' && !strpbrk(words, "|`\\\n\"<>") && words[strlen(words) - 1] != '.',
       "it can stand on any page: %s", words);
}

static void check_rows(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *name = rows[i].name;
        ok(strlen(name) < CONDITION_SIZE && strspn(name, "abcdefghijklmnopqrstuvwxyz-0123456789") == strlen(name),
           "'%s' is a name", name);
        check_words(rows[i].meaning);
        char clean[200];
        is_str(text_clean_string(clean, sizeof clean, rows[i].meaning), rows[i].meaning, "and is printed as it is");
        check_words(rows[i].advice);
    }
}

int main(void)
{
    check_own();
    check_wire();
    check_apart();
    check_rows();
    for (size_t i = 0; i < COUNT(unknown); i++)
        ok(!condition_known(unknown[i]), "'%s' is no condition", unknown[i]);
    check_answers();
    is_str(condition_nearest("dns-notfound"), "dns-not-found", "a slip finds the name that was meant");
    is_str(condition_nearest("dead-line"), "deadline", "so does another");
    is_str(condition_nearest("gone"), "gone", "a name finds itself");
    ok(!condition_nearest("xyzzy"), "nonsense finds nothing");
    done_testing();
    return exit_status();
}
