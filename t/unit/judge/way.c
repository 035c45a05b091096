/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "way.h"

#include <string.h>

#include "clock.h"
#include "names.h"
#include "summary.h"
#include "tap.h"
#include "verdict.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define STEPS 12

/* What the child told, in order: "@phase"; "?NAME" is tried; "+NAME" takes the connection, "!" says something, "=NAME"
 * is one for direct TLS that takes it; "NAME|condition|cause" failed; "tls" is done; ".phase|condition|cause" ends the
 * run. */
static const struct {
    const char *name;
    const char *steps[STEPS];
    const char *condition;
    const char *sentence;
} runs[] = {
    {"nobody has said a word",
     {"@connect", "+xmpp.example 192.0.2.1:5222", "@stream", "xmpp.example 192.0.2.1:5222|connection-lost|no answer",
      "@connect", "=xmpp.example 192.0.2.1:5223", "@tls"},
     "deadline",
     "stream: deadline: no answer from xmpp.example: 5222 and 5223 take connections and say nothing"},
    {"one endpoint has not",
     {"@connect", "+192.0.2.1:5222", "@stream"},
     "deadline",
     "stream: deadline: no answer from 192.0.2.1:5222, which takes connections and says nothing"},
    {"one for direct TLS has not",
     {"@connect", "=[2001:db8::1]:5223", "@tls"},
     "deadline",
     "tls: deadline: no answer from [2001:db8::1]:5223, which takes connections and says nothing"},
    {"two addresses of one endpoint have not",
     {"@connect", "+x.example [2001:db8::1]:5222", "@stream", "x.example [2001:db8::1]:5222|connection-lost|no answer",
      "@connect", "+x.example 192.0.2.1:5222", "@stream"},
     "deadline",
     "stream: deadline: no answer from x.example:5222, which takes connections and says nothing"},
    {"endpoints of several hosts have not",
     {"@connect", "+a.example 192.0.2.1:5222", "@stream", "@connect", "+b.example 192.0.2.2:5222", "@stream"},
     "deadline",
     "stream: deadline: no answer from example.org: a.example:5222 and b.example:5222 take connections and say "
     "nothing"},
    {"there are many of them",
     {"@connect", "+a.example 192.0.2.1:1", "@connect", "+a.example 192.0.2.2:2", "@connect", "+a.example 192.0.2.3:3",
      "@connect", "+a.example 192.0.2.3:4", "@connect", "+a.example 192.0.2.3:5", "@stream"},
     "deadline",
     "stream: deadline: no answer from a.example: 1, 2, 3 and 2 more take connections and say nothing"},
    {"one that is not 5222 goes without a word",
     {"@connect", "+x.example 192.0.2.1:5223", "@stream", ".stream|connection-lost|reset by peer"},
     "connection-lost",
     "stream: connection-lost: reset by peer, port 5223: does it want --tls=direct?"},
    {"one for STARTTLS does not take TLS",
     {"@connect", "=x.example 192.0.2.1:5222", "!", "@tls", ".tls|tls-failed|wrong version number"},
     "tls-failed",
     "tls: tls-failed: wrong version number, port 5222: does it want --tls=starttls?"},
    {"one that has direct TLS does so",
     {"@connect", "=x.example 192.0.2.1:5223", "@stream", ".stream|connection-lost|reset by peer"},
     "connection-lost",
     "stream: connection-lost: reset by peer"},
    {"one that has said something does so",
     {"@connect", "+x.example 192.0.2.1:5223", "!", "@stream", ".stream|connection-lost|reset by peer"},
     "connection-lost",
     "stream: connection-lost: reset by peer"},
    {"the servers' port",
     {"@connect", "+192.0.2.1:5269", "@stream", "!", ".stream|host-unknown|not here"},
     "host-unknown",
     "stream: host-unknown: no client login here: is this the server-to-server port? (not here)"},
    {"the servers' port, with nothing to say",
     {"@connect", "+192.0.2.1:5269", "@stream", ".stream|connection-lost|"},
     "connection-lost",
     "stream: connection-lost: no client login here: is this the server-to-server port?"},
    {"the servers' port, and what it offers instead",
     {"@connect", "+192.0.2.1:5269", "@stream", "!", "@tls",
      ".auth|no-mechanism|the server offers none but dialback: this is a port for servers"},
     "no-mechanism",
     "auth: no-mechanism: no client login here: is this the server-to-server port?"},
    {"the servers' port with a bad certificate",
     {"@connect", "+x.example 192.0.2.1:5269", "@stream", "!", "@tls",
      ".tls|cert-hostname|certificate is for y, not z"},
     "cert-hostname",
     "tls: cert-hostname: certificate is for y, not z (x.example:5269)"},
    {"a bad certificate before an endpoint that is down",
     {"@connect", "+x.example 192.0.2.1:5222", "@tls", "x.example 192.0.2.1:5222|cert-expired|it has", "@connect",
      "y.example 192.0.2.2:5222|connect-refused|no", ".tls|cert-expired|it has"},
     "cert-expired",
     "tls: cert-expired: it has (x.example:5222)"},
    {"one has said something",
     {"@connect", "+x.example 192.0.2.1:5222", "@stream", "!"},
     "deadline",
     "stream: deadline: no end after 10 s"},
    {"the one before has said something",
     {"@connect", "+x.example 192.0.2.1:5222", "@stream", "!", "x.example 192.0.2.1:5222|starttls-missing|no",
      "@connect", "=x.example 192.0.2.1:5223", "@tls"},
     "deadline",
     "tls: deadline: no answer from x.example:5223, which takes connections and says nothing"},
    {"the last one has said something",
     {"@connect", "+x.example 192.0.2.1:5222", "@stream", "@connect", "=x.example 192.0.2.1:5223", "@tls", "!"},
     "deadline",
     "tls: deadline: no end after 10 s"},
    {"the server was reached",
     {"@connect", "+x.example 192.0.2.1:5222", "@stream", "!", "@tls", "tls", "@auth"},
     "deadline",
     "auth: deadline: no end after 10 s"},
    {"the next one is being tried",
     {"@connect", "+x.example 192.0.2.1:5222", "@stream", "@connect", "?x.example 192.0.2.1:5223"},
     "deadline",
     "connect: deadline: no answer from x.example:5222, which takes connections and says nothing, trying x.example "
     "192.0.2.1:5223"},
    {"an attempt has lost the race to one that was no good",
     {"@connect", "?x.example [2001:db8::1]:5222", "+x.example 192.0.2.1:5222", "@stream", "!",
      "x.example 192.0.2.1:5222|not-xmpp|no", "@connect", "?y.example 192.0.2.2:5222"},
     "deadline",
     "connect: deadline: no end after 10 s, trying y.example 192.0.2.2:5222"},

    {"the domain's own address refuses what no SRV record asked for",
     {"@dns", "@connect", "_xmpp-client._tcp.example.org|dns-failed|SERVFAIL",
      "_xmpps-client._tcp.example.org|dns-failed|REFUSED", "example.org 192.0.2.1:5222|connect-refused|refused",
      ".connect|connect-refused|example.org 192.0.2.1:5222: refused"},
     "dns-failed",
     "dns: dns-failed: SERVFAIL for _xmpp-client._tcp.example.org; connect: connect-refused: example.org "
     "192.0.2.1:5222: refused"},
    {"a web server is there",
     {"@dns", "@connect", "_xmpp-client._tcp.example.org|dns-failed|no answer from 192.0.2.53:53",
      "+example.org 192.0.2.1:5222", "@stream", "!", ".stream|not-xmpp|the server sends HTTP"},
     "dns-failed",
     "dns: dns-failed: no answer from 192.0.2.53:53 for _xmpp-client._tcp.example.org; stream: not-xmpp: the server "
     "sends HTTP"},
    {"nobody answers there",
     {"@dns", "@connect", "_xmpp-client._tcp.example.org|dns-failed|SERVFAIL", "?example.org 192.0.2.1:5222"},
     "deadline",
     "connect: deadline: SERVFAIL for _xmpp-client._tcp.example.org, then no end after 10 s, trying example.org "
     "192.0.2.1:5222"},
    {"an XMPP server is there",
     {"@dns", "@connect", "_xmpp-client._tcp.example.org|dns-failed|SERVFAIL", "+example.org 192.0.2.1:5222", "@stream",
      "!", "@tls", "tls", "@auth", ".auth|temporary-auth-failure|"},
     "temporary-auth-failure",
     "auth: temporary-auth-failure: anonymous login refused: the server cannot check a password now"},
    {"the other set of records led somewhere",
     {"@dns", "@connect", "_xmpps-client._tcp.example.org|dns-failed|SERVFAIL",
      "a.example.org 192.0.2.1:5222|connect-refused|refused", ".connect|connect-refused|a.example.org: refused"},
     "connect-refused",
     "connect: connect-refused: a.example.org: refused"},
};

static enum phase phase_named(const char *name)
{
    int phase = PHASE_DNS;
    while (phase < PHASE_COUNT - 1 && strcmp(phase_name((enum phase)phase), name) != 0)
        phase++;
    return (enum phase)phase;
}

/* Splits TEXT, "A|B|C". */
static void split(char *text, char *fields[3])
{
    for (int i = 0; i < 3; i++) {
        fields[i] = text;
        text += strcspn(text, "|");
        if (*text != '\0')
            *text++ = '\0';
    }
}

static struct event read_step(const char *step)
{
    char text[256], *fields[3];
    snprintf(text, sizeof text, "%s", step);
    split(text + strspn(text, "@?+=."), fields);
    enum event_kind kind = EVENT_ENDPOINT;
    if (*step == '@')
        kind = EVENT_PHASE_BEGIN;
    else if (*step == '?')
        kind = EVENT_ATTEMPT;
    else if (*step == '.')
        kind = EVENT_FAILURE;
    else if (*step == '!')
        kind = EVENT_HEARD;
    else if (strcmp(step, "tls") == 0)
        kind = EVENT_TLS;
    struct event event = event_new(kind);
    event.at = 100 * NS_PER_S;
    event.phase = phase_named(fields[0]);
    event.code = kind == EVENT_FAILURE ? 0 : *step == '=' ? TLS_DIRECT : TLS_STARTTLS;
    if (*fields[1] != '\0')
        event_set_condition(&event, condition_named(fields[1], SPACE_ANY));
    event_set(event.text, kind == EVENT_FAILURE ? fields[2] : fields[0]);
    event_set(event.name, fields[2]);
    return event;
}

static void check(size_t index)
{
    char domain[] = "example.org";
    struct settings settings;
    struct result result;
    struct verdict verdict;
    struct supervision supervision = {.end = SUPERVISE_DEADLINE, .ended_at = 110 * NS_PER_S};
    settings_init(&settings);
    settings.jid = (struct jid){.domain = domain, .ascii = domain};
    result_init(&result, &settings, 100 * NS_PER_S);
    for (size_t i = 0; i < STEPS && runs[index].steps[i]; i++) {
        struct event event = read_step(runs[index].steps[i]);
        ok(event_valid(&event, 1, 3), "an event that is valid");
        result_take(&event, &result);
        if (event.kind == EVENT_FAILURE)
            supervision.end = SUPERVISE_DONE;
    }
    result_close(&result, &supervision);
    ok(verdict_make(&verdict, &settings, &result), "%s", runs[index].name);
    is_str(verdict.findings[0].text, runs[index].sentence, "it is told");
    is_str(any_condition_name(verdict.findings[0].condition), runs[index].condition, "its condition");
    is_int(verdict.state, STATE_CRITICAL, "it is CRITICAL");
    verdict_free(&verdict);
    result_free(&result);
    settings.jid = (struct jid){0};
    settings_free(&settings);
}

int main(void)
{
    for (size_t i = 0; i < COUNT(runs); i++)
        check(i);
    done_testing();
    return exit_status();
}
