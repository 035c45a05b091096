/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server must and must not offer, and checks without an account, up to the first line. */
#include "offered.h"

#include "scene.h"
#include "text.h"

#define BEFORE "starttls starttls-required"
#define BEHIND "SCRAM-SHA-256-PLUS SCRAM-SHA-1 PLAIN channel-binding =tls-exporter sasl2"
#define GOOD "example.org answers in 1 ms"
#define LOGINS "example.org takes logins over TLSv1.3"
#define SERVERS "example.org takes servers over TLSv1.3"

static const struct scene scenes[] = {
    /* --offers */
    {"a mechanism that is offered behind TLS", .pings = {"1"}, .before = BEFORE, .behind = BEHIND,
     .offers = "SCRAM-SHA-256-PLUS PLAIN", .summary = GOOD},
    {"one that is not is CRITICAL", .pings = {"1"}, .before = BEFORE, .behind = BEHIND, .offers = "PLAIN EXTERNAL",
     .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: EXTERNAL"},
    {"all that lack are named", .pings = {"1"}, .before = BEFORE, .behind = BEHIND, .offers = "EXTERNAL dialback",
     .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: EXTERNAL, dialback"},
    {"offered before TLS is not offered", .pings = {"1"}, .before = "starttls EXTERNAL", .behind = BEHIND,
     .offers = "EXTERNAL", .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: EXTERNAL"},
    {"without TLS it is offered where there is none", .pings = {"1"}, .no_tls = true, .before = "PLAIN",
     .offers = "PLAIN", .summary = GOOD},
    {"a part of a name is no name", .pings = {"1"}, .before = BEFORE, .behind = BEHIND, .offers = "SCRAM-SHA-256",
     .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: SCRAM-SHA-256"},
    {"features are offered by their words", .pings = {"1"}, .before = BEFORE, .behind = BEHIND,
     .offers = "starttls-required channel-binding sasl2", .summary = GOOD},
    {"a mechanism called like a feature is none", .pings = {"1"}, .before = BEFORE, .behind = "PLAIN",
     .offers = "sasl2 dialback", .state = STATE_CRITICAL, .found = "not-offered",
     .summary = "stream: not-offered: sasl2, dialback"},
    {"STARTTLS that is not required", .pings = {"1"}, .before = "starttls", .behind = BEHIND,
     .offers = "starttls-required", .state = STATE_CRITICAL, .found = "not-offered",
     .summary = "stream: not-offered: starttls-required"},
    {"direct TLS has no STARTTLS", .pings = {"1"}, .behind = BEHIND, .offers = "starttls-required",
     .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: starttls-required"},
    {"PLAIN before TLS can be asked for", .pings = {"1"}, .before = "starttls PLAIN", .behind = BEHIND,
     .offers = "plain-before-tls", .summary = GOOD},
    {"--map rules not-offered", .pings = {"1"}, .before = BEFORE, .behind = BEHIND, .offers = "EXTERNAL",
     .map = "not-offered=WARNING", .state = STATE_WARNING, .found = "not-offered",
     .summary = "stream: not-offered: EXTERNAL"},
    /* --offers-not */
    {"what must not be offered, and is not", .pings = {"1"}, .before = BEFORE, .behind = BEHIND,
     .offers_not = "DIGEST-MD5 dialback plain-before-tls", .summary = GOOD},
    {"what is offered all the same is CRITICAL", .pings = {"1"}, .before = BEFORE, .behind = BEHIND,
     .offers_not = "DIGEST-MD5 PLAIN sasl2", .state = STATE_CRITICAL, .found = "offered",
     .summary = "stream: offered: PLAIN, sasl2"},
    {"PLAIN before TLS is told apart", .pings = {"1"}, .before = "starttls PLAIN", .behind = "SCRAM-SHA-1",
     .offers_not = "PLAIN", .summary = GOOD},
    {"and is what it is", .pings = {"1"}, .before = "starttls PLAIN", .behind = "SCRAM-SHA-1",
     .offers_not = "plain-before-tls", .state = STATE_CRITICAL, .found = "offered",
     .summary = "stream: offered: plain-before-tls"},
    {"direct TLS has nothing before it", .pings = {"1"}, .behind = BEHIND,
     .offers_not = "plain-before-tls starttls-required", .summary = GOOD},
    {"both at once", .pings = {"1"}, .before = BEFORE, .behind = BEHIND, .offers = "EXTERNAL", .offers_not = "PLAIN",
     .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: EXTERNAL (+1 more)"},
    /* what is not known */
    {"before the features came nothing is judged", .pings = {"-"}, .offers = "EXTERNAL", .offers_not = "PLAIN",
     .failed = true, .last = PHASE_TLS, .condition = "tls-failed", .cause = "no", .state = STATE_CRITICAL,
     .found = "tls-failed", .summary = "tls: tls-failed: no"},
    {"the failure comes first", .pings = {"-"}, .before = BEFORE, .behind = "PLAIN", .offers = "SCRAM-SHA-1",
     .failed = true, .last = PHASE_AUTH, .condition = "no-mechanism", .cause = "no", .state = STATE_CRITICAL,
     .found = "no-mechanism", .summary = "auth: no-mechanism: no (+1 more)"},
    {"a login whose features nobody told of is no proof", .pings = {"1"}, .offers_not = "PLAIN", .state = STATE_UNKNOWN,
     .summary = "probe: no proof of what the server offers"},
    {"nor are features of which something was left out", .pings = {"1"}, .before = BEFORE, .behind = "SCRAM-SHA-1",
     .more_offers = true, .offers_not = "PLAIN", .state = STATE_UNKNOWN,
     .summary = "probe: no proof of what the server offers"},
    {"whatever --map says of answers", .pings = {"forbidden/auth"}, .map = "forbidden=OK", .offers_not = "PLAIN",
     .state = STATE_UNKNOWN, .summary = "probe: no proof of what the server offers"},
    {"what was found among them counts", .pings = {"1"}, .before = BEFORE, .behind = "SCRAM-SHA-1", .more_offers = true,
     .offers = "SCRAM-SHA-1", .summary = GOOD},
    /* without a login */
    {"features behind TLS are enough", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND,
     .certificate = true, .days = 89, .summary = LOGINS ", certificate good for 89 days"},
    {"one day is one", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND, .certificate = true,
     .days = 1, .summary = LOGINS ", certificate good for 1 day"},
    {"features before TLS are not", .pings = {"-"}, .no_login = true, .before = BEHIND, .state = STATE_UNKNOWN,
     .summary = "probe: no proof of what the server offers"},
    {"nor behind TLS that was not verified", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND,
     .unverified = true, .state = STATE_UNKNOWN, .summary = "probe: no proof of what the server offers"},
    {"unless that was asked for", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND,
     .insecure = true, .certificate = true, .days = 89, .summary = LOGINS ", certificate not verified"},
    {"without TLS it is said", .pings = {"-"}, .no_login = true, .no_tls = true, .before = BEHIND,
     .summary = "example.org takes logins without TLS"},
    {"where no mechanism is offered nobody is let in", .pings = {"-"}, .no_login = true, .before = BEFORE,
     .behind = "sasl2 mechanism", .summary = "example.org offers no login over TLSv1.3"},
    {"a certificate that expires soon", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND,
     .certificate = true, .days = 5, .cert_warning = "30:", .state = STATE_WARNING, .found = "cert-expiring",
     .summary = "tls: cert-expiring: certificate of example.org expires in 5 days (warning below 30)"},
    {"a limit for a figure", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND, .label = "time_tls",
     .label_warning = "1ms", .state = STATE_WARNING, .summary = "time_tls 10 ms is above 1 ms"},
    {"a failure is one as ever", .pings = {"-"}, .no_login = true, .failed = true, .last = PHASE_CONNECT,
     .condition = "connect-refused", .cause = "x", .state = STATE_CRITICAL, .found = "connect-refused",
     .summary = "connect: connect-refused: x"},
    {"so is the deadline", .pings = {"-"}, .no_login = true, .last = PHASE_TLS, .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_WARNING, .state = STATE_WARNING, .found = "deadline",
     .summary = "tls: deadline: no end after 10 s"},
    {"what must be offered", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND, .offers = "EXTERNAL",
     .state = STATE_CRITICAL, .found = "not-offered", .summary = "stream: not-offered: EXTERNAL"},
    /* --s2s */
    {"a server takes others by dialback", .pings = {"-"}, .s2s = true, .before = "starttls", .behind = "dialback",
     .certificate = true, .days = 89, .summary = SERVERS ", certificate good for 89 days"},
    {"or by EXTERNAL", .pings = {"-"}, .s2s = true, .before = "starttls", .behind = "EXTERNAL", .summary = SERVERS},
    {"by neither it takes none", .pings = {"-"}, .s2s = true, .before = "starttls dialback EXTERNAL",
     .behind = "SCRAM-SHA-1", .state = STATE_CRITICAL, .found = "no-federation",
     .summary = "stream: no-federation: neither SASL EXTERNAL nor dialback is offered"},
    {"before the features came nobody knows", .pings = {"-"}, .s2s = true, .before = "starttls", .failed = true,
     .last = PHASE_TLS, .condition = "tls-failed", .cause = "no", .state = STATE_CRITICAL, .found = "tls-failed",
     .summary = "tls: tls-failed: no"},
    {"--map rules no-federation", .pings = {"-"}, .s2s = true, .before = "starttls", .behind = "",
     .map = "no-federation=WARNING", .state = STATE_WARNING, .found = "no-federation",
     .summary = "stream: no-federation: neither SASL EXTERNAL nor dialback is offered"},
    {"without TLS the clear stream counts", .pings = {"-"}, .s2s = true, .no_tls = true, .before = "dialback",
     .summary = "example.org takes servers without TLS"},
    {"users' servers may have neither", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = "PLAIN",
     .summary = LOGINS},
    /* --component */
    {"a component's secret may be wrong", .pings = {"-"}, .component = true, .no_tls = true, .failed = true,
     .last = PHASE_AUTH, .condition = "not-authorized", .cause = "", .state = STATE_CRITICAL, .found = "not-authorized",
     .summary = "auth: not-authorized: login of c.example.org refused: the password may be wrong"},
};

/* The figures are the same whatever happened, and none is of a ping. */
static void check_shape(void)
{
    static const struct scene ends[] = {
        {"a good end", .pings = {"-"}, .no_login = true, .before = BEFORE, .behind = BEHIND, .certificate = true},
        {"a refused connection", .pings = {"-"}, .no_login = true, .failed = true, .last = PHASE_CONNECT,
         .condition = "connect-refused", .cause = "x"},
        {"the deadline", .pings = {"-"}, .no_login = true, .last = PHASE_TLS, .end = SUPERVISE_DEADLINE},
    };
    static const char *const labels[] = {"time",     "time_dns", "time_connect", "time_stream",
                                         "time_tls", "tcp_rtt",  "cert_days"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct staged staged;
        scene_play(&staged, &ends[i]);
        const struct metrics *metrics = &staged.check.verdict.metrics;
        is_int((long long)metrics->count, 7, "%s has seven figures", ends[i].name);
        for (size_t j = 0; j < metrics->count && j < 7; j++)
            is_str(metrics->list[j].label, labels[j], "  %s", labels[j]);
        ok(!staged.check.verdict.targets, "  and no target");
        scene_leave(&staged);
    }
}

int main(void)
{
    scenes_check(scenes, sizeof scenes / sizeof scenes[0]);
    check_shape();
    done_testing();
    return exit_status();
}
