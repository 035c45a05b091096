/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings as a whole: what they come to. */
#include "settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "limits_check.h"
#include "options.h"
#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/settings.XXXXXX";

static bool check(struct settings *settings, struct line *why)
{
    struct mistakes mistakes = MISTAKES_NONE;
    settings_check(settings, &mistakes);
    limits_check(settings, &mistakes);
    return mistakes_end(&mistakes, why);
}

static void check_defaults(void)
{
    struct settings settings;
    ok(settings_init(&settings), "settings can be made");
    is_int((long long)settings.target_count, 1, "there is one target");
    is_int(settings.targets[0].kind, TARGET_SERVER, "it is the own server");
    is_str(settings.targets[0].alias, "", "it has an empty alias");
    is_int(settings.timeout, 10 * NS_PER_S, "the timeout is 10 s");
    is_int(settings.timeout_state, STATE_CRITICAL, "its state is CRITICAL");
    settings_free(&settings);
    ok(!settings.targets && settings.target_count == 0, "freed settings hold nothing");
}

static void check_targets(void)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    read_arguments(&settings,
                   "-j a@example.org -R b=b.example -n 7 -i 20ms --ping-timeout=2 -w 1,5% -c 2,50% -L b_rtt,30ms,4");
    ok(check(&settings, &why), "settings of two targets are good");
    for (size_t i = 0; i < settings.target_count; i++) {
        const struct target *target = &settings.targets[i];
        is_int(target->count, 7, "target %zu has its count", i);
        is_int(target->interval, 20 * NS_PER_MS, "target %zu has its interval", i);
        is_int(target->ping_timeout, 2 * NS_PER_S, "target %zu has its ping timeout", i);
        is_str(target->rtt.warning.text, "1", "target %zu has its RTT warning", i);
        is_str(target->rtt.critical.text, "2", "target %zu has its RTT critical", i);
        is_str(target->loss.warning.text, "5", "target %zu has its loss warning", i);
        is_str(target->loss.critical.text, "50", "target %zu has its loss critical", i);
    }
    is_str(settings.labels[0].limits.warning.text, "0.03", "the label's warning is in seconds");
    is_str(settings.labels[0].limits.critical.text, "4", "the label's critical is in seconds");
    settings_free(&settings);
}

static void check_component(void)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    read_arguments(&settings, "--component=a@probe.example.org -H ::1 -p 5347");
    ok(check(&settings, &why), "a component needs no --jid");
    is_str(settings.jid.ascii, "example.org", "its server is the domain above its own");
    is_int(settings.tls, TLS_NONE, "it has no TLS");
    ok(settings_use_password(&settings) && !settings_anonymous(&settings), "it has a password");
    settings_free(&settings);
    read_arguments(&settings, "--component=localhost -H ::1 -p 5347");
    check(&settings, &why);
    is_str(settings.jid_text, "localhost", "a domain of one label is above itself");
    settings_free(&settings);
    read_arguments(&settings, "--component=probe.example.org -H ::1 -p 5347 -j other.example");
    check(&settings, &why);
    is_str(settings.jid_text, "other.example", "--jid says another server");
    settings_free(&settings);
    read_arguments(&settings, "-j example.org --s2s");
    check(&settings, &why);
    ok(settings.no_login, "--s2s means --no-login");
    settings_free(&settings);
}

static void check_map(void)
{
    struct settings settings;
    read_arguments(&settings, "--map=gone=OK --map=deadline=1");
    is_int(settings_map(&settings, (struct any_condition){.wire = WIRE_STANZA_GONE}, STATE_CRITICAL), STATE_OK,
           "a mapped condition has its new state");
    is_int(settings_map(&settings, (struct any_condition){.own = CONDITION_DEADLINE}, STATE_CRITICAL), STATE_WARNING,
           "so has the second one");
    is_int(settings_map(&settings, (struct any_condition){.wire = WIRE_STANZA_REDIRECT}, STATE_UNKNOWN), STATE_UNKNOWN,
           "another keeps its state");
    is_int(settings_endpoint_down(&settings), STATE_OK, "an endpoint that is down is passed over");
    settings.each_endpoint = true;
    is_int(settings_endpoint_down(&settings), STATE_WARNING, "where each is checked it is a flaw");
    settings_free(&settings);
}

/* With "from-variable" in the environment unless VARIABLE says otherwise; PASSWORD is NULL for none. */
static const struct {
    const char *arguments;
    const char *variable;
    const char *password;
    const char *why;
} passwords[] = {
    {"-j a@example.org", "from-variable", "from-variable", NULL},
    {"-j a@example.org --password-file=secret", "from-variable", "from-file", NULL},
    {"-j a@example.org --password-file=secret", NULL, "from-file", NULL},
    {"-j a@example.org", NULL, NULL, "--password-file: no password: give a file or set CHECK_XMPP_PING_PASSWORD"},
    {"-j a@example.org", "", NULL, "--password-file: no password: give a file or set CHECK_XMPP_PING_PASSWORD"},
    {"-j a@example.org --password-file=public", "from-variable", NULL,
     "--password-file: public can be read by group or others"},
    {"-j a@example.org --password-file=nowhere", NULL, NULL,
     "--password-file: nowhere cannot be opened: No such file or directory"},
    {"--component=a.example -H ::1 -p 1", "from-variable", "from-variable", NULL},
    {"-j example.org --no-login", "from-variable", NULL, NULL},
    {"-j example.org --no-login --password-file=nowhere", NULL, NULL, NULL},
    {"-j example.org", NULL, NULL, NULL},
    {"-j example.org", "from-variable", NULL, NULL},
};

static void check_passwords(void)
{
    for (size_t i = 0; i < COUNT(passwords); i++) {
        struct settings settings;
        struct secret password = {0};
        struct line why = LINE_EMPTY;
        unsetenv(SECRET_VARIABLE);
        if (passwords[i].variable)
            setenv(SECRET_VARIABLE, passwords[i].variable, 1);
        read_arguments(&settings, passwords[i].arguments);
        settings.password = &password;
        bool good = settings_read_password(&settings, &why);
        ok(good == !passwords[i].why, "password %zu is %s", i, passwords[i].why ? "refused" : "taken");
        is_str(why.text, passwords[i].why ? passwords[i].why : "", "password %zu: '%s'", i, why.text);
        if (good)
            is_str(password.set ? password.value : NULL, passwords[i].password, "it is the right one");
        ok(!getenv(SECRET_VARIABLE), "the variable is gone");
        settings_free(&settings);
        ok(!settings.password, "freed settings hold no password");
    }
    char longest[2000];
    struct line why = LINE_EMPTY;
    struct settings settings;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    setenv(SECRET_VARIABLE, longest, 1);
    read_arguments(&settings, "-j a@example.org");
    struct secret password = {0};
    settings.password = &password;
    ok(!settings_read_password(&settings, &why), "a variable that is too long is refused");
    is_str(why.text, "CHECK_XMPP_PING_PASSWORD is too long", "it says so");
    settings_free(&settings);
}

int main(void)
{
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    write_file("secret", "from-file\n", 0600);
    write_file("public", "from-file\n", 0644);
    check_defaults();
    check_targets();
    check_component();
    check_map();
    check_passwords();
    unlink("secret");
    unlink("public");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        diag("%s is left", directory);
    done_testing();
    return exit_status();
}
