/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <signal.h>

#include "text.h"
#include "scene.h"

#define LONG_DOMAIN                                                                                                    \
    "a-very-long-name-for-a-server.of-a-department-that-nobody-has-ever-visited."                                      \
    "of-a-very-large.organisation.with-a-long-name.example"

static const struct scene scenes[] = {
    /* good */
    {"an own server that answers is OK", .pings = {"9 1 2"}, .summary = "example.org answers in 1.5 ms"},
    {"one ping is the RTT", .pings = {"9"}, .summary = "example.org answers in 9 ms"},
    {"remotes that answer are counted", .pings = {"9 1", "20 5", "30 6"},
     .summary = "example.org answers in 1 ms, 2 of 2 remotes up"},
    {"a server without ping support answers", .pings = {"service-unavailable/cancel"},
     .summary = "example.org answers in 3 ms, no ping support"},
    {"so does one whose error is feature-not-implemented", .pings = {"feature-not-implemented/cancel"},
     .summary = "example.org answers in 3 ms, no ping support"},
    {"a remote without ping support is up", .pings = {"1", "feature-not-implemented/cancel@b.example"},
     .summary = "example.org answers in 1 ms, 1 of 1 remotes up"},
    {"the first line says that the certificate was not verified", .pings = {"1"}, .insecure = true, .certificate = true,
     .summary = "example.org answers in 1 ms, certificate not verified"},
    {"a long name gives way", .jid = LONG_DOMAIN, .pings = {"1", "1"}, .insecure = true, .certificate = true,
     .summary = "a-very-long-name-for-a-server.of-a-department-that-nobody-has-ever-visited.of-a-very-large.organ... "
                "answers in 1 ms, 1 of 1 remotes up, certificate not verified"},
    /* answers */
    {"service-unavailable of type wait is CRITICAL", .pings = {"service-unavailable/wait"}, .state = STATE_CRITICAL,
     .found = "service-unavailable", .summary = "example.org: service-unavailable: so it is"},
    {"a remote that refuses is there, but WARNING", .pings = {"1", "forbidden/auth@b.example"}, .state = STATE_WARNING,
     .found = "forbidden", .summary = "b.example: forbidden: by b.example: so it is"},
    {"an own server that refuses is CRITICAL", .pings = {"forbidden/auth"}, .state = STATE_CRITICAL,
     .found = "forbidden", .summary = "example.org: forbidden: so it is"},
    {"remote-server-not-found is the own server's word", .pings = {"1", "remote-server-not-found/cancel@b.example"},
     .state = STATE_CRITICAL, .found = "remote-server-not-found",
     .summary = "b.example: remote-server-not-found: by example.org: so it is"},
    {"jid-malformed is UNKNOWN", .pings = {"1", "jid-malformed/modify"}, .state = STATE_UNKNOWN,
     .found = "jid-malformed", .summary = "b.example: jid-malformed: so it is"},
    {"an offline resource is CRITICAL", .pings = {"1", "service-unavailable/cancel"}, .jids = {NULL, "bob@b.example/r"},
     .state = STATE_CRITICAL, .found = "service-unavailable",
     .summary = "bob@b.example/r: service-unavailable: so it is"},
    {"the worst answer of a target counts", .pings = {"1", "1 forbidden/auth gone/cancel 1"}, .state = STATE_CRITICAL,
     .found = "gone", .summary = "b.example: gone: so it is"},
    {"the worst target counts, however many there are", .pings = {"1", "forbidden/auth", "gone/cancel"},
     .state = STATE_CRITICAL, .found = "gone", .summary = "c.example: gone: so it is (+1 more)"},
    {"of two that are equally bad the first is named", .pings = {"gone/cancel", "gone/cancel", "gone/cancel"},
     .state = STATE_CRITICAL, .found = "gone", .summary = "example.org: gone: so it is (+2 more)"},
    /* loss */
    {"some pings unanswered is WARNING", .pings = {"1", "1 x 1"}, .state = STATE_WARNING, .found = "ping-timeout",
     .summary = "b.example: loss 33.33%, 1 of 3 pings unanswered (ping-timeout)"},
    {"all pings unanswered is CRITICAL", .pings = {"x x x"}, .state = STATE_CRITICAL, .found = "ping-timeout",
     .summary = "example.org: ping-timeout: none of 3 pings answered"},
    {"the one ping unanswered is CRITICAL", .pings = {"x"}, .state = STATE_CRITICAL, .found = "ping-timeout",
     .summary = "example.org: ping-timeout: no answer in 5 s"},
    {"only the loss range decides where there is one", .pings = {"1 x 1"}, .loss_warning = "50",
     .summary = "example.org answers in 1 ms"},
    {"a loss above its range alerts", .pings = {"1 x 1"}, .loss_warning = "10", .loss_critical = "30",
     .state = STATE_CRITICAL, .summary = "example.org: loss 33.33% is above 30%"},
    {"all unanswered is CRITICAL whatever the range", .pings = {"x x"}, .loss_warning = "~:", .state = STATE_CRITICAL,
     .found = "ping-timeout", .summary = "example.org: ping-timeout: none of 2 pings answered"},
    {"it is counted once", .pings = {"x x"}, .loss_warning = "10", .loss_critical = "30", .state = STATE_CRITICAL,
     .found = "ping-timeout", .summary = "example.org: ping-timeout: none of 2 pings answered"},
    {"unless --map has made less of it", .pings = {"x x"}, .loss_critical = "30", .map = "ping-timeout=WARNING",
     .state = STATE_CRITICAL, .summary = "example.org: loss 100% is above 30% (+1 more)"},
    {"an error is an answer", .pings = {"1 service-unavailable/cancel 1"},
     .summary = "example.org answers in 2 ms, no ping support"},
    /* thresholds */
    {"an RTT above warning is WARNING", .pings = {"1", "9 1500"}, .warning = "1", .critical = "2",
     .state = STATE_WARNING, .summary = "b.example: rtt 1.5 s is above 1 s"},
    {"an RTT above critical is CRITICAL", .pings = {"1", "9 2500"}, .warning = "1", .critical = "2",
     .state = STATE_CRITICAL, .summary = "b.example: rtt 2.5 s is above 2 s"},
    {"the first ping is no part of the RTT", .pings = {"9000 1"}, .warning = "1", .critical = "2",
     .summary = "example.org answers in 1 ms"},
    {"a threshold that is hardly passed is shown exactly", .pings = {"1000.4"}, .warning = "1", .state = STATE_WARNING,
     .summary = "example.org: rtt 1.0004 s is above 1 s"},
    {"a threshold may be a minimum", .pings = {"1"}, .warning = "5ms:", .state = STATE_WARNING,
     .summary = "example.org: rtt 1 ms is below 5 ms"},
    {"or a range to stay out of", .pings = {"1"}, .warning = "@0:5ms", .state = STATE_WARNING,
     .summary = "example.org: rtt 1 ms is inside 0:0.005 s"},
    {"any figure may have one", .pings = {"1"}, .label = "time", .label_warning = "1ms", .label_critical = "20ms",
     .state = STATE_CRITICAL, .summary = "time 70 ms is above 20 ms"},
    {"also a phase", .pings = {"1"}, .label = "time_tls", .label_warning = "1ms", .state = STATE_WARNING,
     .summary = "time_tls 10 ms is above 1 ms"},
    {"also the number of remotes", .pings = {"1", "1"}, .label = "remotes_up",
     .label_warning = "2:", .state = STATE_WARNING, .summary = "remotes_up 1 is below 2"},
    {"also what lies beyond the server", .pings = {"5", "1"}, .label = "b_beyond", .label_warning = "0:1",
     .state = STATE_WARNING, .summary = "b.example: beyond -4 ms is below 0 s"},
    {"a figure of one target wins over -w", .pings = {"1", "1500"}, .warning = "1", .label = "b_rtt",
     .label_warning = "5", .summary = "example.org answers in 1 ms, 1 of 1 remotes up"},
    {"what is not known breaks no threshold", .pings = {"x"}, .warning = "1:", .state = STATE_CRITICAL,
     .found = "ping-timeout", .summary = "example.org: ping-timeout: no answer in 5 s"},
    /* certificates */
    {"a certificate that expires soon is WARNING", .pings = {"1"}, .certificate = true, .days = 5,
     .cert_warning = "30:", .cert_critical = "3:", .state = STATE_WARNING, .found = "cert-expiring",
     .summary = "tls: cert-expiring: certificate of example.org expires in 5 days (warning below 30)"},
    {"one that expires sooner is CRITICAL", .pings = {"1"}, .certificate = true, .days = 1,
     .cert_warning = "30:", .cert_critical = "3:", .state = STATE_CRITICAL, .found = "cert-expiring",
     .summary = "tls: cert-expiring: certificate of example.org expires in 1 day (critical below 3)"},
    {"one that expires today has not expired", .pings = {"1"}, .certificate = true,
     .cert_critical = "3:", .state = STATE_CRITICAL, .found = "cert-expiring",
     .summary = "tls: cert-expiring: certificate of example.org expires within 1 day (critical below 3)"},
    {"one that is valid long enough is OK", .pings = {"1"}, .certificate = true, .days = 30,
     .cert_warning = "30:", .summary = "example.org answers in 1 ms"},
    {"one that has expired says since when", .pings = {"1"}, .certificate = true, .days = -3,
     .cert_warning = "30:", .insecure = true, .state = STATE_WARNING, .found = "cert-expiring",
     .summary = "tls: cert-expiring: certificate of example.org expired 3 days ago (warning below 30), certificate not "
                "verified"},
    {"--map rules cert-expiring", .pings = {"1"}, .certificate = true, .days = 1,
     .cert_critical = "3:", .map = "cert-expiring=WARNING", .state = STATE_WARNING, .found = "cert-expiring",
     .summary = "tls: cert-expiring: certificate of example.org expires in 1 day (critical below 3)"},
    /* --min-alive */
    {"enough remotes: a missing one is WARNING", .pings = {"1", "1", "gone/cancel"}, .min_alive_given = true,
     .min_alive = 1, .state = STATE_WARNING, .found = "gone", .summary = "c.example: gone: so it is"},
    {"too few remotes is CRITICAL", .pings = {"1", "1", "gone/cancel"}, .min_alive_given = true, .min_alive = 2,
     .state = STATE_CRITICAL, .summary = "remotes: 1 of 2 up, 2 needed (+1 more)"},
    {"a silent one is missing too", .pings = {"1", "1", "x x"}, .min_alive_given = true, .min_alive = 1,
     .state = STATE_WARNING, .found = "ping-timeout", .summary = "c.example: ping-timeout: none of 2 pings answered"},
    {"whatever its loss", .pings = {"1", "1", "x x"}, .loss_critical = "60", .min_alive_given = true, .min_alive = 1,
     .state = STATE_WARNING, .found = "ping-timeout", .summary = "c.example: ping-timeout: none of 2 pings answered"},
    {"the loss of one that is up counts", .pings = {"1", "1", "1 x"}, .loss_critical = "20", .min_alive_given = true,
     .min_alive = 1, .state = STATE_CRITICAL, .summary = "c.example: loss 50% is above 20%"},
    {"all may be missing with 0", .pings = {"1", "x"}, .min_alive_given = true, .state = STATE_WARNING,
     .found = "ping-timeout", .summary = "b.example: ping-timeout: no answer in 5 s"},
    {"nor is one that answers badly at times", .pings = {"1", "1", "1 gone/cancel"}, .min_alive_given = true,
     .min_alive = 1, .state = STATE_CRITICAL, .found = "gone", .summary = "c.example: gone: so it is"},
    {"a slow one is not missing", .pings = {"1", "1", "2500"}, .critical = "2", .min_alive_given = true, .min_alive = 1,
     .state = STATE_CRITICAL, .summary = "c.example: rtt 2.5 s is above 2 s"},
    {"the own server is never one of them", .pings = {"x", "1"}, .min_alive_given = true, .min_alive = 1,
     .state = STATE_CRITICAL, .found = "ping-timeout", .summary = "example.org: ping-timeout: no answer in 5 s"},
    {"pending ones are not missing", .pings = {"1", "?", "?"}, .min_alive_given = true, .min_alive = 2,
     .end = SUPERVISE_DEADLINE, .timeout_state = STATE_WARNING, .state = STATE_WARNING, .found = "deadline",
     .summary = "ping: deadline: after 10 s, pending: b.example, c.example"},
    {"the own server's word is no sign of life", .pings = {"1", "forbidden/auth@example.org"}, .min_alive_given = true,
     .min_alive = 1, .state = STATE_CRITICAL, .summary = "remotes: 0 of 1 up, 1 needed (+1 more)"},
    /* how runs end */
    {"a failure names phase and condition", .pings = {"-"}, .failed = true, .last = PHASE_CONNECT,
     .condition = "connect-refused", .cause = "xmpp.example.org 192.0.2.1:5222", .state = STATE_CRITICAL,
     .found = "connect-refused", .summary = "connect: connect-refused: xmpp.example.org 192.0.2.1:5222"},
    {"a refused password may be wrong", .pings = {"-"}, .failed = true, .last = PHASE_AUTH,
     .condition = "not-authorized", .cause = "", .mechanism = "SCRAM-SHA-1", .state = STATE_CRITICAL,
     .found = "not-authorized",
     .summary =
         "auth: not-authorized: login of alice@example.org refused: the password may be wrong, or there is no such "
         "account"},
    {"also where the server says the same", .pings = {"-"}, .failed = true, .last = PHASE_AUTH,
     .condition = "not-authorized", .cause = "Invalid username or Password", .mechanism = "PLAIN",
     .state = STATE_CRITICAL, .found = "not-authorized",
     .summary =
         "auth: not-authorized: login of alice@example.org refused: the password may be wrong, or there is no such "
         "account: Invalid username or Password"},
    {"also where it has words of its own", .pings = {"-"}, .failed = true, .last = PHASE_AUTH,
     .condition = "not-authorized", .cause = "invalid-proof", .mechanism = "SCRAM-SHA-1", .state = STATE_CRITICAL,
     .found = "not-authorized",
     .summary =
         "auth: not-authorized: login of alice@example.org refused: the password may be wrong, or there is no such "
         "account: invalid-proof"},
    {"but not where it speaks of the channel", .pings = {"-"}, .failed = true, .last = PHASE_AUTH,
     .condition = "not-authorized", .cause = "Invalid channel binding", .mechanism = "SCRAM-SHA-1-PLUS",
     .state = STATE_CRITICAL, .found = "not-authorized",
     .summary = "auth: not-authorized: login of alice@example.org refused: Invalid channel binding"},
    {"nor where a certificate was what it asked for", .pings = {"-"}, .failed = true, .last = PHASE_AUTH,
     .condition = "not-authorized", .cause = "", .mechanism = "EXTERNAL", .state = STATE_CRITICAL,
     .found = "not-authorized", .summary = "auth: not-authorized: login of alice@example.org refused"},
    {"any other refusal says what it means", .pings = {"-"}, .failed = true, .last = PHASE_AUTH,
     .condition = "account-disabled", .cause = "", .mechanism = "PLAIN", .state = STATE_CRITICAL,
     .found = "account-disabled",
     .summary = "auth: account-disabled: login of alice@example.org refused: the account is locked"},
    {"who is anonymous has no password", .pings = {"-"}, .anonymous = true, .failed = true, .last = PHASE_AUTH,
     .condition = "not-authorized", .cause = "", .state = STATE_CRITICAL, .found = "not-authorized",
     .summary = "auth: not-authorized: anonymous login refused"},
    {"a stranger's condition is CRITICAL", .pings = {"-"}, .failed = true, .last = PHASE_STREAM,
     .condition = "no-such-thing", .cause = "", .state = STATE_CRITICAL, .found = "undefined-condition",
     .summary = "stream: undefined-condition"},
    {"the probe's own fault is UNKNOWN", .pings = {"-"}, .failed = true, .own_fault = true, .last = PHASE_TLS,
     .cause = "out of memory", .state = STATE_UNKNOWN, .summary = "tls: out of memory"},
    {"an option at fault is named, not the phase", .pings = {"-"}, .failed = true, .own_fault = true, .last = PHASE_DNS,
     .cause = "--ca-file: x", .state = STATE_UNKNOWN, .summary = "--ca-file: x"},
    {"a long cause is cut, the rest is kept", .pings = {"-"}, .failed = true, .last = PHASE_AUTH, .insecure = true,
     .condition = "aborted",
     .cause = "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
              "456789012345678901234567890123456789",
     .state = STATE_CRITICAL, .found = "aborted",
     .summary = "auth: aborted: login of alice@example.org refused: "
                "01234567890123456789012345678901234567890123456789012345678901234567890123456789..., certificate not "
                "verified"},
    {"a strangers text is harmless", .pings = {"-"}, .failed = true, .last = PHASE_AUTH, .condition = "aborted",
     .cause = "a|b\n<c>", .state = STATE_CRITICAL, .found = "aborted",
     .summary = "auth: aborted: login of alice@example.org refused: a?b (c)"},
    {"a lost connection keeps what was measured", .pings = {"1 1 ?"}, .failed = true, .last = PHASE_PING,
     .condition = "connection-lost", .cause = "reset", .state = STATE_CRITICAL, .found = "connection-lost",
     .summary = "ping: connection-lost: reset"},
    {"--map=connection-lost leaves pending pings without a state", .pings = {"1 1 ?", "?"}, .failed = true,
     .last = PHASE_PING, .condition = "connection-lost", .cause = "reset", .map = "connection-lost=WARNING",
     .state = STATE_WARNING, .found = "connection-lost", .summary = "ping: connection-lost: reset"},
    {"the deadline has -t's state", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_WARNING, .state = STATE_WARNING, .found = "deadline",
     .summary = "tls: deadline: no end after 10 s"},
    {"--map wins over -t", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_CRITICAL, .map = "deadline=UNKNOWN", .state = STATE_UNKNOWN, .found = "deadline",
     .summary = "tls: deadline: no end after 10 s"},
    {"a deadline that is OK is told of all the same", .pings = {"1 ?"}, .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_OK, .found = "deadline", .summary = "ping: deadline: after 10 s, pending: example.org"},
    {"a loss range does not count pending pings", .pings = {"1 1 ?"}, .loss_critical = "10", .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_OK, .found = "deadline", .summary = "ping: deadline: after 10 s, pending: example.org"},
    {"a deadline names those that are not reached, and how many more", .pings = {"1", "?", "-", "?", "?"},
     .jids = {NULL, "conference.the-first.example", "conference.the-second.example", "conference.the-third.example",
              "conference.the-fourth.example"},
     .end = SUPERVISE_DEADLINE, .timeout_state = STATE_CRITICAL, .state = STATE_CRITICAL, .found = "deadline",
     .summary = "ping: deadline: after 10 s, pending: conference.the-first.example, conference.the-second.example, "
                "conference.the-third.example and 1 more"},
    {"what was found before the deadline counts", .pings = {"1", "gone/cancel", "?"}, .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_WARNING, .state = STATE_CRITICAL, .found = "gone",
     .summary = "b.example: gone: so it is (+1 more)"},
    {"a failure that comes behind the deadline does not count", .pings = {"-"}, .last = PHASE_TLS, .failed = true,
     .condition = "tls-failed", .cause = "late", .end = SUPERVISE_DEADLINE, .timeout_state = STATE_WARNING,
     .state = STATE_WARNING, .found = "deadline", .summary = "tls: deadline: no end after 10 s"},
    {"a crash names the signal", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_CRASHED, .signal = SIGSEGV,
     .state = STATE_CRITICAL, .found = "probe-crashed", .summary = "tls: probe-crashed: child died of SIGSEGV"},
    {"a child that just ends has crashed too", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_CRASHED,
     .map = "probe-crashed=WARNING", .state = STATE_WARNING, .found = "probe-crashed",
     .summary = "tls: probe-crashed: child ended without a result"},
    {"a crash before a byte had come is the probe's own fault", .pings = {"-"}, .last = PHASE_TLS, .unheard = true,
     .end = SUPERVISE_CRASHED, .signal = SIGSEGV, .map = "probe-crashed=OK", .state = STATE_UNKNOWN,
     .summary = "probe: child died of SIGSEGV before a byte had come from outside"},
    {"so is an end before one", .pings = {"-"}, .unheard = true, .end = SUPERVISE_CRASHED, .state = STATE_UNKNOWN,
     .summary = "probe: child ended without a result before a byte had come from outside"},
    {"and a death by the sandbox, whenever", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_CRASHED,
     .signal = SIGSYS, .map = "probe-crashed=OK", .state = STATE_UNKNOWN, .summary = "probe: child died of SIGSYS"},
    {"which names the system call", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_CRASHED, .signal = SIGSYS,
     .barred = 59, .state = STATE_UNKNOWN, .summary = "probe: child died of SIGSYS: system call 59 is not allowed"},
    {"also where the child could but end", .pings = {"-"}, .last = PHASE_TLS, .unheard = true, .end = SUPERVISE_CRASHED,
     .barred = 59, .state = STATE_UNKNOWN, .summary = "probe: child died of SIGSYS: system call 59 is not allowed"},
    {"a child that goes on behind a call that is not allowed is judged by its end", .pings = {"-"}, .last = PHASE_TLS,
     .barred = 59, .end = SUPERVISE_DEADLINE, .timeout_state = STATE_CRITICAL, .state = STATE_CRITICAL,
     .found = "deadline", .summary = "tls: deadline: no end after 10 s"},
    {"a kill names signal and phase", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_INTERRUPTED,
     .signal = SIGTERM, .state = STATE_UNKNOWN, .summary = "killed by SIGTERM in phase tls"},
    {"no child is UNKNOWN", .pings = {"-"}, .last = PHASE_CONNECT, .end = SUPERVISE_FAILED, .state = STATE_UNKNOWN,
     .summary = "probe: the child cannot run: Resource temporarily unavailable"},
    {"a child that cannot be understood is UNKNOWN", .pings = {"-"}, .last = PHASE_TLS, .end = SUPERVISE_FAILED,
     .signal = 1, .state = STATE_UNKNOWN, .summary = "probe: the child told something that makes no sense"},
    {"pings that are pending are not counted as unanswered", .pings = {"1 x ?"}, .end = SUPERVISE_DEADLINE,
     .timeout_state = STATE_UNKNOWN, .state = STATE_WARNING, .found = "ping-timeout",
     .summary = "example.org: loss 50%, 1 of 2 pings unanswered (ping-timeout) (+1 more)"},
    {"no memory is UNKNOWN", .pings = {"1"}, .memory = true, .state = STATE_UNKNOWN, .summary = "probe: out of memory"},
    {"but hides nothing worse", .pings = {"x"}, .memory = true, .state = STATE_CRITICAL, .found = "ping-timeout",
     .summary = "example.org: ping-timeout: no answer in 5 s (+1 more)"},
    {"a child that says that it is done leaves no ping out", .pings = {"1 ? -"}, .state = STATE_UNKNOWN,
     .summary = "example.org: the probe left 2 pings open"},
    /* --map */
    {"--map lowers an answer, which is still told of", .pings = {"1", "gone/cancel"}, .map = "gone=OK", .found = "gone",
     .summary = "b.example: gone: so it is"},
    {"--map raises an answer", .pings = {"service-unavailable/cancel"}, .map = "service-unavailable=WARNING",
     .state = STATE_WARNING, .found = "service-unavailable", .summary = "example.org: service-unavailable: so it is"},
    {"--map lowers silence", .pings = {"1", "x x"}, .map = "ping-timeout=WARNING", .state = STATE_WARNING,
     .found = "ping-timeout", .summary = "b.example: ping-timeout: none of 2 pings answered"},
    {"--map rules the failure of a run", .pings = {"-"}, .failed = true, .last = PHASE_CONNECT,
     .condition = "connect-timeout", .cause = "x", .map = "connect-timeout=WARNING", .state = STATE_WARNING,
     .found = "connect-timeout", .summary = "connect: connect-timeout: x"},
    {"an endpoint that is down is OK", .pings = {"1"}, .endpoint_down = "connect-refused",
     .summary = "example.org answers in 1 ms"},
    {"unless --map says otherwise", .pings = {"1"}, .endpoint_down = "connect-refused", .map = "endpoint-down=WARNING",
     .state = STATE_WARNING, .found = "endpoint-down",
     .summary = "connect: endpoint-down: one.example.org 192.0.2.1:5222: connect-refused"},
    {"endpoints that are all down are the failure itself", .pings = {"-"}, .endpoint_down = "connect-refused",
     .last = PHASE_CONNECT, .failed = true, .condition = "connect-refused", .cause = "x",
     .map = "endpoint-down=WARNING", .state = STATE_CRITICAL, .found = "connect-refused",
     .summary = "connect: connect-refused: x"},
    /* the guard */
    {"no login that was proven, no OK", .pings = {"1"}, .no_proof = true, .state = STATE_UNKNOWN,
     .summary = "probe: no proof of a login"},
    {"and no WARNING", .pings = {"2", "1"}, .no_proof = true, .warning = "0.0001", .state = STATE_UNKNOWN,
     .summary = "probe: no proof of a login (+2 more)"},
    {"nor by what the own server answered, whatever --map says", .pings = {"forbidden/auth"}, .no_proof = true,
     .map = "forbidden=OK", .state = STATE_UNKNOWN, .summary = "probe: no proof of a login"},
    {"a certificate that was not verified proves nothing", .pings = {"1"}, .unverified = true, .state = STATE_UNKNOWN,
     .summary = "probe: no proof of a login"},
    {"without TLS there is none to verify", .pings = {"1"}, .no_tls = true, .summary = "example.org answers in 1 ms"},
    {"no word that is OK by itself ends a run well", .pings = {"-"}, .failed = true, .last = PHASE_STREAM,
     .condition = "endpoint-down", .state = STATE_UNKNOWN, .summary = "probe: no proof of a login"},
    {"what is UNKNOWN anyway says why", .pings = {"bad-request/modify"}, .label = "time", .label_warning = "0",
     .state = STATE_UNKNOWN, .found = "bad-request", .summary = "example.org: bad-request: so it is (+1 more)"},
    {"what the user asks for stands: how the run ended", .pings = {"-"}, .failed = true, .last = PHASE_STREAM,
     .condition = "host-unknown", .map = "host-unknown=OK", .found = "host-unknown",
     .summary = "stream: host-unknown: the server does not serve this domain"},
    {"and what the own server answered", .pings = {"forbidden/auth"}, .map = "forbidden=WARNING",
     .state = STATE_WARNING, .found = "forbidden", .summary = "example.org: forbidden: so it is"},
    {"but not what no one asked for", .pings = {"-"}, .failed = true, .last = PHASE_STREAM,
     .condition = "endpoint-down", .map = "host-unknown=OK", .state = STATE_UNKNOWN,
     .summary = "probe: no proof of a login"},
    /* flaws */
    {"a flaw is a WARNING", .pings = {"1"}, .flaw = "scram-weak", .state = STATE_WARNING, .found = "scram-weak",
     .summary = "auth: scram-weak: so it is"},
    {"of which --map says otherwise", .pings = {"1"}, .flaw = "scram-weak", .map = "scram-weak=CRITICAL",
     .state = STATE_CRITICAL, .found = "scram-weak", .summary = "auth: scram-weak: so it is"},
    {"a bad certificate is one, too, where a later endpoint serves", .pings = {"1"}, .endpoint_down = "cert-expired",
     .state = STATE_WARNING, .found = "cert-expired",
     .summary = "tls: cert-expired: Connection refused (one.example.org:5222)"},
    {"of which --map says otherwise as well", .pings = {"1"}, .endpoint_down = "cert-expired", .map = "cert-expired=OK",
     .found = "cert-expired", .summary = "tls: cert-expired: Connection refused (one.example.org:5222)"},
};

static void is_metric(const struct metrics *metrics, const char *label, double expected)
{
    const struct metric *metric = metrics_find(metrics, label);
    if (ok(metric && metric->known, "%s is known", label))
        is_double(metric->value, expected, "  %s is %g", label, expected);
}

static void is_unknown(const struct metrics *metrics, const char *label)
{
    const struct metric *metric = metrics_find(metrics, label);
    ok(metric && !metric->known, "%s is not known", label);
}

static void check_figures(void)
{
    static const struct scene scene = {
        .pings = {"9 1 2 x", "30 service-unavailable/cancel@b.example 5 remote-server-not-found/cancel", "x x"},
        .certificate = true,
        .days = 12,
    };
    struct staged staged;
    scene_play(&staged, &scene);
    const struct metrics *metrics = &staged.check.verdict.metrics;
    is_metric(metrics, "rtt", 0.0015);
    is_metric(metrics, "rtt_min", 0.001);
    is_metric(metrics, "rtt_max", 0.002);
    is_metric(metrics, "rtt_first", 0.009);
    is_metric(metrics, "loss", 25);
    is_metric(metrics, "b_rtt", 0.004);
    is_metric(metrics, "b_first", 0.03);
    is_metric(metrics, "b_loss", 0);
    is_metric(metrics, "b_beyond", 0.0025);
    is_unknown(metrics, "c_rtt");
    is_unknown(metrics, "c_first");
    is_metric(metrics, "c_loss", 100);
    is_unknown(metrics, "c_beyond");
    is_metric(metrics, "remotes_up", 1);
    is_metric(metrics, "time", 0.07);
    is_metric(metrics, "time_dns", 0.01);
    is_metric(metrics, "time_bind", 0.01);
    is_metric(metrics, "cert_days", 12);
    is_unknown(metrics, "tcp_rtt");
    is_str(staged.check.verdict.targets[0].text,
           "3 of 4 answered, rtt 1.5 ms (min 1 ms, max 2 ms, first 9 ms), loss 25%, 1 of 4 pings unanswered "
           "(ping-timeout)",
           "a target's line has all its figures");
    is_int(staged.check.verdict.targets[1].state, STATE_CRITICAL, "a target has a state of its own");
    ok(staged.check.verdict.targets[1].alive && !staged.check.verdict.targets[2].alive, "and may be alive or not");
    is_str(any_condition_name(staged.check.verdict.targets[1].condition), "remote-server-not-found", "and a condition");
    scene_leave(&staged);

    static const struct scene first_only = {.pings = {"9 x"}, .loss_warning = "60"};
    scene_play(&staged, &first_only);
    is_unknown(&staged.check.verdict.metrics, "rtt");
    is_metric(&staged.check.verdict.metrics, "rtt_first", 0.009);
    is_str(staged.check.verdict.summary, "example.org answers in 9 ms", "the first answer stands in for the others");
    scene_leave(&staged);

    static const struct scene single = {.pings = {"9", "4"}};
    scene_play(&staged, &single);
    is_metric(&staged.check.verdict.metrics, "rtt", 0.009);
    is_metric(&staged.check.verdict.metrics, "rtt_min", 0.009);
    is_metric(&staged.check.verdict.metrics, "rtt_first", 0.009);
    is_metric(&staged.check.verdict.metrics, "b_beyond", -0.005);
    is_str(staged.check.verdict.targets[1].text, "1 of 1 answered, rtt 4 ms", "one ping needs no minimum");
    scene_leave(&staged);

    static const struct scene cut = {.pings = {"9 1 ? -", "- - -"}, .end = SUPERVISE_DEADLINE};
    scene_play(&staged, &cut);
    is_double(metrics_find(&staged.check.verdict.metrics, "loss")->value, 100.0 / 3, "a pending ping is not answered");
    is_unknown(&staged.check.verdict.metrics, "b_loss");
    is_metric(&staged.check.verdict.metrics, "remotes_up", 0);
    is_metric(&staged.check.verdict.metrics, "time", 10);
    is_str(staged.check.verdict.targets[0].text,
           "2 of 3 answered, 1 pending, 1 not sent, rtt 1 ms (min 1 ms, max 1 ms, first 9 ms)",
           "it is listed as pending");
    is_int(staged.check.verdict.targets[0].state, STATE_OK, "and makes no state of the target");
    is_str(staged.check.verdict.targets[1].text, "not pinged", "one that was not reached is listed too");
    is_int(staged.check.verdict.targets[1].state, STATE_UNKNOWN, "and its own state is not known");
    is_int(staged.check.verdict.phase, PHASE_PING, "the phase is where it ended");
    scene_leave(&staged);

    static const struct scene errors = {
        .pings = {"1 2", "gone/cancel gone/cancel", "1 remote-server-timeout/wait", "gone/cancel x", "forbidden/auth"},
        .jids = {NULL, NULL, "bob@c.example"}};
    scene_play(&staged, &errors);
    is_unknown(&staged.check.verdict.metrics, "b_loss");
    is_str(staged.check.verdict.targets[1].text, "2 errors, gone: so it is", "errors only are no answers");
    is_metric(&staged.check.verdict.metrics, "c_loss", 0);
    is_str(staged.check.verdict.targets[2].text,
           "1 of 2 answered, 1 error, first 1 ms, its server answers for it, whether it exists or not, "
           "remote-server-timeout: so it is",
           "errors are counted beside answers, and of a bare JID it is said whose they are");
    is_unknown(&staged.check.verdict.metrics, "d_loss");
    is_str(staged.check.verdict.targets[3].text, "0 of 2 answered, 1 error, gone: so it is",
           "an error is no sign of life");
    is_metric(&staged.check.verdict.metrics, "e_loss", 0);
    is_str(staged.check.verdict.targets[4].text, "1 of 1 answered, rtt 3 ms, forbidden: so it is",
           "a refusal of its own is");
    scene_leave(&staged);

    static const struct scene slow = {.pings = {"x", "1 1500 gone/cancel"}, .warning = "1"};
    scene_play(&staged, &slow);
    is_unknown(&staged.check.verdict.metrics, "b_beyond");
    is_int(staged.check.verdict.targets[1].state, STATE_CRITICAL, "a target's worst fault makes its state");
    scene_leave(&staged);

    static const struct scene early = {
        .pings = {"-", "-"}, .failed = true, .last = PHASE_TLS, .condition = "tls-failed", .cause = ""};
    scene_play(&staged, &early);
    is_unknown(&staged.check.verdict.metrics, "remotes_up");
    is_unknown(&staged.check.verdict.metrics, "loss");
    is_unknown(&staged.check.verdict.metrics, "time_auth");
    is_metric(&staged.check.verdict.metrics, "time_tls", 0.01);
    is_int(staged.check.verdict.phase, PHASE_TLS, "an early end is in its phase");
    scene_leave(&staged);
}

int main(void)
{
    scenes_check(scenes, sizeof scenes / sizeof scenes[0]);
    check_figures();
    done_testing();
    return exit_status();
}
