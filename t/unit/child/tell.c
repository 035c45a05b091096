/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child tells, read back from the pipe. */
#include "tell.h"

#include <string.h>
#include <unistd.h>

#include "tap.h"

static int ends[2];

static struct event heard(void)
{
    struct event event = {0};
    ssize_t got = read(ends[0], &event, sizeof event);
    (void)got;
    return event;
}

static void check_masking(const struct teller *teller)
{
    struct event event = event_new(EVENT_PING_ERROR);
    event_set(event.type, "hunter2-hunter2");
    event_set(event.name, "say hunter2-hunter2");
    event_set(event.by, "hunter2-hunter2@example.org");
    event_set(event.text, "all is well");
    tell(teller, &event);
    event = heard();
    is_str(event.type, "[masked]", "a type that holds the password is masked");
    is_str(event.name, "[masked]", "a name");
    is_str(event.by, "[masked]", "a sender");
    is_str(event.text, "all is well", "what does not hold it stays");
    ok(!tell_masked(teller, NULL), "nothing stays nothing");
}

/* A password that is a word of the protocol's must not change what was found. */
static void check_words(const char *password, enum wire_condition condition, const char *type)
{
    struct secret secret = {.set = true, .length = strlen(password)};
    memcpy(secret.value, password, secret.length);
    struct secrets secrets;
    secrets_collect(&secrets, &secret);
    struct teller teller = {.fd = ends[1], .secrets = &secrets};
    struct event event = event_new(EVENT_PING_ERROR);
    event.wire = condition;
    event_set(event.type, type);
    tell(&teller, &event);
    event = heard();
    is_int(event.wire, condition, "with the password %s, the condition stays", password);
    is_str(event.type, type, "and the type %s", type);
}

static void check_flaw(const struct teller *teller)
{
    tell_flaw(teller, CONDITION_SCRAM_WEAK, "1 iteration, hunter2-hunter2");
    struct event event = heard();
    ok(event.kind == EVENT_FLAW && event.condition == CONDITION_SCRAM_WEAK, "a flaw has its condition");
    is_str(event.text, "[masked]", "and words, masked");
    tell_login(teller);
    is_int(heard().kind, EVENT_LOGIN, "a login is told");
}

/* A password that is a word of ours must not show by what is masked. */
static void check_own_words(void)
{
    struct secret secret = {.set = true, .length = 6, .value = "server"};
    struct secrets secrets;
    secrets_collect(&secrets, &secret);
    struct teller teller = {.fd = ends[1], .secrets = &secrets};
    struct failure failure;
    failure_set(&failure, PHASE_TLS, CONDITION_CONNECTION_LOST, "closed by the server");
    tell_failure(&teller, &failure);
    is_str(heard().text, "closed by the server", "with the password server, our own words stay");
    is_str(tell_masked(&teller, "your server is wrong"), "[masked]", "a stranger's are masked");
    failure_set(&failure, PHASE_TLS, CONDITION_CONNECTION_LOST, "the server says c2VydmVy");
    tell_failure(&teller, &failure);
    is_str(heard().text, "[masked]", "the password in base64 is no word of ours");
    tell_offer(&teller, OFFER_MECHANISM, "SERVER-server", true);
    is_str(heard().name, "[masked]", "nor is a mechanism that nobody knows");
    secret = (struct secret){.set = true, .length = 5, .value = "PLAIN"};
    secrets_collect(&secrets, &secret);
    tell_offer(&teller, OFFER_MECHANISM, "PLAIN", true);
    is_str(heard().name, "PLAIN", "one that all know stays, also when it is the password");
    tell_offer(&teller, OFFER_DIALBACK, NULL, true);
    struct event feature = heard();
    ok(feature.value == OFFER_DIALBACK && feature.name[0] == '\0', "a feature is told by its kind, not by a word");
    secret = (struct secret){.set = true, .length = 7, .value = "server1"};
    secrets_collect(&secrets, &secret);
    failure_set(&failure, PHASE_TLS, CONDITION_CONNECTION_LOST, "the server says server1");
    tell_failure(&teller, &failure);
    is_str(heard().text, "[masked]", "what is no word is masked wherever it stands");
    secrets_take_ours(&secrets, &secret, NULL);
    secrets_take_ours(&secrets, &secret, "alice@server1.example");
    failure_set(&failure, PHASE_CONNECT, CONDITION_CONNECT_REFUSED, "server1.example:5222");
    tell_failure(&teller, &failure);
    is_str(heard().text, "server1.example:5222", "but not where the user wrote it: that shows anyhow");
}

static void check_log(const struct teller *teller)
{
    struct event event = event_new(EVENT_LOG);
    event_set(event.text, "hunter2-hunter2");
    tell(teller, &event);
    is_str(heard().text, "[masked]", "a piece of the log is not the password");
}

static void check_phases(void)
{
    struct teller teller = {.fd = ends[1]};
    tell_phase(&teller, PHASE_TLS);
    tell_phase(&teller, PHASE_TLS);
    tell_phase(&teller, PHASE_AUTH);
    tell_phase_end(&teller);
    tell_phase_end(&teller);
    struct failure failure;
    failure_set(&failure, PHASE_AUTH, CONDITION_NO_MECHANISM, "%d times", 3);
    tell_failure(&teller, &failure);
    struct event event = heard();
    ok(event.kind == EVENT_PHASE_BEGIN && event.phase == PHASE_TLS, "a phase begins");
    event = heard();
    ok(event.kind == EVENT_PHASE_BEGIN && event.phase == PHASE_AUTH, "once, until the next");
    event = heard();
    ok(event.kind == EVENT_PHASE_END && event.phase == PHASE_AUTH, "which ends");
    event = heard();
    ok(event.kind == EVENT_FAILURE && event.phase == PHASE_AUTH && event.code == 0, "once; then a failure");
    is_int(event.condition, CONDITION_NO_MECHANISM, "with its condition");
    is_str(event.text, "3 times", "and words");
    failure_set_wire(&failure, PHASE_AUTH, WIRE_SASL_ABORTED, NULL);
    tell_failure(&teller, &failure);
    event = heard();
    ok(event.condition == CONDITION_NONE && event.wire == WIRE_SASL_ABORTED, "a server's condition is another");
    is_str(event.text, "", "which may have no words");
    failure_set_own_fault(&failure, PHASE_AUTH, "out of memory");
    tell_failure(&teller, &failure);
    event = heard();
    ok(event.code == 1 && event.condition == CONDITION_NONE && event.wire == WIRE_NONE, "a fault of our own has none");
}

int main(void)
{
    if (pipe(ends) != 0)
        return 1;
    struct secret secret = {.set = true, .length = 15, .value = "hunter2-hunter2"};
    struct secrets secrets;
    secrets_collect(&secrets, &secret);
    const struct teller teller = {.fd = ends[1], .secrets = &secrets};
    check_masking(&teller);
    check_words("conflict", WIRE_STANZA_CONFLICT, "cancel");
    check_words("cancel", WIRE_STANZA_GONE, "cancel");
    check_flaw(&teller);
    check_own_words();
    check_log(&teller);
    check_phases();
    done_testing();
    return exit_status();
}
