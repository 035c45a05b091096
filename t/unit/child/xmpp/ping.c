/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ping library on a bare libstrophe connection; the test itself is the server at the other end. */
#include "ping.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "tap.h"
#include "two_ends.h"

static const struct {
    const char *to;   /* NULL: the own server */
    const char *type; /* of the answer */
    const char *from;
    bool counts;
} senders[] = {
    {NULL, "result", "", true},
    {NULL, "result", "example.org", true},
    {NULL, "result", "alice@example.org", true},
    {NULL, "result", "EXAMPLE.org", true},
    {NULL, "result", "alice@example.org/home", false},
    {NULL, "result", "example.com", false},
    {NULL, "result", "mallory@example.org", false},
    {NULL, "result", "@@", false},
    {"Bob@B.Example", "result", "bob@b.example", true},
    {"Bob@B.Example", "result", "bob@b.example/x", false},
    {"Bob@B.Example", "result", "b.example", false},
    {"Bob@B.Example", "result", "", false},
    {"Bob@B.Example", "get", "bob@b.example", false},
    {"Bob@B.Example", "set", "bob@b.example", false},
    {"Bob@B.Example", "error", "bob@b.example", true},
    {"bob@b.example/Home", "result", "bob@b.example/Home", true},
    {"bob@b.example/Home", "result", "bob@b.example/home", false},
    {"example.org", "result", "", true},
    {"b\xc3\xbc"
     "cher.example",
     "result", "xn--bcher-kva.example", true},
};

static void test_senders(struct ping_context *context, struct pinger *pinger)
{
    (void)context;
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        struct told told = {0};
        uint64_t number = ping_send(pinger, senders[i].to, NULL, PING_NO_TIMEOUT, on_answer, &told);
        const char *id = take_id();
        answer(id, senders[i].type, senders[i].from, "");
        if (senders[i].counts)
            wait_for(&told, 1);
        else
            settle();
        is_int(told.count, senders[i].counts, "a ping to %s: %s from %s %s",
               senders[i].to ? senders[i].to : "the own server", senders[i].type,
               *senders[i].from ? senders[i].from : "nobody", senders[i].counts ? "counts" : "does not count");
        ok(ping_cancel(pinger, number) == !senders[i].counts, "and the ping is %s",
           senders[i].counts ? "closed" : "still open");
        is_int(told.count, 1, "one callback for it in the end");
    }
    ok(ping_send(pinger, "a@@b", NULL, 0, on_answer, NULL) == 0, "what is not a JID is not pinged");
}

static void test_ignored(struct pinger *pinger)
{
    struct told told = {0};
    memset(ignored, 0, sizeof ignored);
    ping_send(pinger, NULL, NULL, PING_NO_TIMEOUT, on_answer, &told);
    char id[80];
    snprintf(id, sizeof id, "%s", take_id());
    answer(id, "get", "", "<ping xmlns='urn:xmpp:ping'/>");
    answer(id, "result", "mallory@example.org", "");
    answer("nobody-asked", "result", "", "");
    answer(id, "result", "", "");
    answer(id, "result", "", "");
    wait_for(&told, 1);
    settle();
    is_int(told.count, 1, "two answers, one callback");
    is_int(ignored[PING_IGNORED_REFLECTED], 1, "the reflected get was counted");
    is_int(ignored[PING_IGNORED_STRANGER], 1, "the stranger was counted");
    is_int(ignored[PING_IGNORED_UNASKED], 1, "the unasked answer was counted");
    is_int(ignored[PING_IGNORED_DUPLICATE], 1, "the second answer was counted");
    ok(!strstr(link_.received, id), "a reflected ping is not answered");
}

static void test_errors(struct pinger *pinger)
{
    struct told told = {0};
    ping_send(pinger, "b.example", NULL, PING_NO_TIMEOUT, on_answer, &told);
    answer(take_id(), "error", "b.example",
           "<ping xmlns='urn:xmpp:ping'/><error type='cancel' by='example.org'>"
           "<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
           "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No route</text></error>");
    wait_for(&told, 1);
    is_int(told.end, PING_REFUSED, "an error is a refusal");
    is_str(told.condition, "remote-server-not-found", "with its condition");
    is_str(told.type, "cancel", "its type");
    is_str(told.by, "example.org", "its origin");
    is_str(told.text, "No route", "and its text");
    ok(told.rtt > 0, "and the time it took");

    struct told bare = {0};
    ping_send(pinger, "b.example", NULL, PING_NO_TIMEOUT, on_answer, &bare);
    answer(take_id(), "error", "b.example", "");
    wait_for(&bare, 1);
    is_str(bare.condition, "undefined-condition", "an error that says nothing is undefined");
    is_str(bare.by, "b.example", "and its sender's");
}

static void test_timeouts(struct ping_context *context, struct pinger *pinger)
{
    struct told told = {0};
    ping_send(pinger, NULL, NULL, 30 * NS_PER_MS, on_answer, &told);
    char id[80];
    snprintf(id, sizeof id, "%s", take_id());
    wait_for(&told, 1);
    is_int(told.end, PING_NO_ANSWER, "a ping ends when its time is up");
    ok(told.rtt >= 30 * NS_PER_MS, "and not before");
    memset(ignored, 0, sizeof ignored);
    answer(id, "result", "", "");
    settle();
    is_int(told.count, 1, "a late answer is no second callback");
    is_int(ignored[PING_IGNORED_DUPLICATE], 1, "it is counted");

    struct told standard = {0};
    ping_set_timeout(context, 20 * NS_PER_MS);
    ping_send(pinger, NULL, NULL, 0, on_answer, &standard);
    take_id();
    wait_for(&standard, 1);
    is_int(standard.end, PING_NO_ANSWER, "timeout 0 is the context's");
    ping_set_timeout(context, PING_TIMEOUT_DEFAULT);
}

static void test_pongs(struct ping_context *context)
{
    static const char ping[] =
        "<iq type='get' id='p1' from='bob@b.example/x' to='alice@example.org/home'><ping xmlns='urn:xmpp:ping'/></iq>";
    link_.received[0] = '\0';
    say(ping);
    ok(expect("id=\"p1\""), "a ping is answered");
    ok(strstr(link_.received, "type=\"result\""), "with a result");
    ok(strstr(link_.received, "to=\"bob@b.example/x\""), "to whoever asked");
    ok(!strstr(link_.received, "from="), "a client does not say from whom");
    ok(!strstr(link_.received, "<ping"), "and the result is empty");
    link_.received[0] = '\0';
    ping_respond(context, false);
    say(ping);
    settle();
    is_str(link_.received, "", "and not when told to be silent");
    ping_respond(context, true);
}

static void on_dead(struct pinger *pinger, void *userdata)
{
    (void)pinger;
    ++*(int *)userdata;
}

static void test_keepalive(struct pinger *pinger)
{
    int dead = 0;
    ping_keepalive(pinger, 10 * NS_PER_MS, 50 * NS_PER_MS, on_dead, &dead);
    for (int i = 0; i < 3; i++)
        answer(take_id(), "result", "", "");
    is_int(dead, 0, "a connection that answers keepalive pings lives");
    take_id();
    int64_t until = clock_now() + 20 * NS_PER_S;
    while (!dead && clock_now() < until)
        pump();
    is_int(dead, 1, "one that does not is dead");
    settle();
    is_int(dead, 1, "which is told once");
    link_.received[0] = '\0';
    int none = 0;
    ping_keepalive(pinger, 10 * NS_PER_MS, 0, NULL, &none);
    settle();
    is_str(link_.received, "", "without a callback there is no keepalive");
}

static void test_ends(struct ping_context *context)
{
    struct pinger *pinger = ping_attach(context, link_.conn, "alice@example.org/home");
    struct told open[3] = {{0}};
    for (int i = 0; i < 3; i++)
        ping_send(pinger, NULL, NULL, PING_NO_TIMEOUT, on_answer, &open[i]);
    ping_detach(pinger);
    for (int i = 0; i < 3; i++)
        ok(open[i].count == 1 && open[i].end == PING_DISCONNECTED, "ping %d that was open is told of the end once", i);

    settle(); /* what was queued leaves all the same */
    link_.received[0] = '\0';
    pinger = ping_attach(context, link_.conn, "alice@example.org/home");
    struct told told = {.detach = true};
    ping_send(pinger, NULL, NULL, PING_NO_TIMEOUT, on_answer, &told);
    struct told other = {0};
    ping_send(pinger, NULL, NULL, PING_NO_TIMEOUT, on_answer, &other);
    answer(take_id(), "result", "", "");
    wait_for(&other, 1);
    ok(told.count == 1 && told.end == PING_ANSWERED, "a callback that detaches on an answer has had the answer");
    is_int(other.end, PING_DISCONNECTED, "and ends the others");

    pinger = ping_attach(context, link_.conn, "alice@example.org/home");
    told = (struct told){.detach = true};
    ping_send(pinger, NULL, NULL, 5 * NS_PER_MS, on_answer, &told);
    wait_for(&told, 1);
    is_int(told.end, PING_NO_ANSWER, "a callback may detach on a timeout too");
    settle();
}

static void test_all(struct ping_context *context)
{
    int dead = 0;
    ping_keepalive_all(context, 5 * NS_PER_MS, 20 * NS_PER_MS, on_dead, &dead);
    link_.received[0] = '\0';
    struct pinger *pinger = ping_attach(context, link_.conn, NULL);
    ok(expect("urn:xmpp:ping"), "keepalive for all applies to a connection that is attached later");
    ping_detach(pinger);
    ping_keepalive_all(context, 0, 0, NULL, NULL);
}

static void test_component(struct ping_context *context)
{
    struct pinger *pinger = ping_attach(context, link_.conn, "component.example.org");
    struct told told = {0};
    settle();
    link_.received[0] = '\0';
    ping_send(pinger, "bob@b.example", "bot@component.example.org", PING_NO_TIMEOUT, on_answer, &told);
    ok(expect("from=\"bot@component.example.org\""), "a component says from whom");
    answer(take_id(), "result", "bob@b.example", "");
    wait_for(&told, 1);
    ok(told.count == 1 && told.end == PING_ANSWERED, "and is answered");
    say("<iq type='get' id='p2' from='bob@b.example' to='bot@component.example.org'><ping "
        "xmlns='urn:xmpp:ping'/></iq>");
    ok(expect("from=\"bot@component.example.org\""), "its pong too");

    static const char *const own_addresses[] = {NULL, "bot@component.example.org"};
    for (size_t i = 0; i < 2; i++) {
        struct told own = {0};
        const char *to = own_addresses[i] ? own_addresses[i] : "component.example.org";
        link_.received[0] = '\0';
        ping_send(pinger, own_addresses[i], "component.example.org", PING_NO_TIMEOUT, on_answer, &own);
        char id[80], get[256], pong[100];
        snprintf(id, sizeof id, "%s", take_id());
        snprintf(get, sizeof get,
                 "<iq type='get' id='%s' from='component.example.org' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", id,
                 to);
        snprintf(pong, sizeof pong, "id=\"%s\"", id);
        say(get);
        ok(expect(pong) && strstr(link_.received, "type=\"result\""),
           "a component answers its own ping to %s when it gets it", to);
        answer(id, "result", to, "");
        wait_for(&own, 1);
        ok(own.count == 1 && own.end == PING_ANSWERED, "and so knows that its connection lives");
    }

    int dead = 0;
    ping_keepalive(pinger, NS_PER_MS, PING_NO_TIMEOUT, on_dead, &dead);
    ok(expect("from=\"component.example.org\""), "its keepalive pings say from whom, too");
    ping_detach(pinger);
}

int main(void)
{
    xmpp_initialize();
    connect_both("alice@example.org");
    struct ping_context *context = ping_context_new(link_.ctx);
    ping_on_ignored(context, on_ignored, NULL);
    struct pinger *pinger = ping_attach(context, link_.conn, "alice@example.org/home");
    ok(ping_connection(pinger) == link_.conn, "a pinger knows its connection");
    test_senders(context, pinger);
    test_ignored(pinger);
    test_errors(pinger);
    test_timeouts(context, pinger);
    test_pongs(context);
    test_keepalive(pinger);
    ping_detach(pinger);
    test_ends(context);
    test_all(context);
    test_component(context);
    ping_context_free(context);
    disconnect_both();
    xmpp_shutdown();
    done_testing();
    return exit_status();
}
