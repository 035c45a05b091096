/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures, in the order of the performance data. To be included with FIGURE defined:
 *
 * FIGURE(constant, label, label behind a remote's alias, name in sentences, unit, where it is, name of the family and
 *        help for Prometheus, both in base units, more that the pages say)
 *
 * Without a label it is of remotes only, without the second one it is not of remotes; without a name its name is the
 * label. Pages have label, help and what is more from here: `make conf` writes them.
 * A new figure is a row here and a case in judge_metrics.c, which the compiler asks for. */

FIGURE(RTT, "rtt", "rtt", NULL, METRIC_SECONDS, OF_LOGIN | EACH_LOGIN | OF_TARGETS, "rtt_seconds",
       "Mean round trip time of the pings after the first.", "With -n 1 this and the next two are of the one ping.")
FIGURE(MINIMUM, "rtt_min", NULL, NULL, METRIC_SECONDS, OF_LOGIN | OF_TARGETS, "rtt_min_seconds",
       "Minimum round trip time of the pings after the first.", NULL)
FIGURE(MAXIMUM, "rtt_max", NULL, NULL, METRIC_SECONDS, OF_LOGIN | OF_TARGETS, "rtt_max_seconds",
       "Maximum round trip time of the pings after the first.", NULL)
FIGURE(FIRST, "rtt_first", "first", "first rtt", METRIC_SECONDS, OF_LOGIN | OF_TARGETS, "rtt_first_seconds",
       "Round trip time of the first ping.",
       "A remote's pays for a new connection between the servers, so it stands alone.")
FIGURE(BEYOND, NULL, "beyond", "beyond", METRIC_SECONDS, OF_LOGIN | OF_TARGETS | SIGNED, "rtt_beyond_seconds",
       "Mean round trip time minus that of the own server.", "It is what lies behind the own server.")
FIGURE(LOSS, "loss", "loss", NULL, METRIC_PERCENT, OF_LOGIN | OF_TARGETS, "loss_ratio",
       "Share of the pings sent that were not answered.",
       "Not known where only errors came, and none that the target itself can have sent.")
FIGURE(REMOTES_UP, "remotes_up", NULL, NULL, METRIC_COUNT, OF_LOGIN | OF_NO_LOGIN | WITH_REMOTES, "remotes_up",
       "Remotes that were reached.", NULL)
FIGURE(ENDPOINTS_UP, "endpoints_up", NULL, NULL, METRIC_COUNT, OF_SURVEY, "endpoints_up", "Endpoints that serve.",
       "In the performance data its maximum is how many there are.")
FIGURE(TIME, "time", NULL, NULL, METRIC_SECONDS, OF_ALL | EACH_NO_LOGIN, "duration_seconds", "Time of the whole check.",
       NULL)
FIGURE(PHASE, "time_", NULL, NULL, METRIC_SECONDS, OF_ALL | OF_PHASES, "phase_seconds",
       "Time of one phase of the check.", NULL)
FIGURE(TCP_RTT, "tcp_rtt", NULL, NULL, METRIC_SECONDS, OF_LOGIN | OF_NO_LOGIN, "tcp_rtt_seconds",
       "The kernel's round trip time of the TCP connection.", "It is the network's share of rtt.")
FIGURE(CERT_DAYS, "cert_days", NULL, NULL, METRIC_DAYS, OF_LOGIN | OF_NO_LOGIN | EACH_LOGIN | EACH_NO_LOGIN | OVER_TLS,
       "certificate_remaining_seconds", "Time until the first certificate of the chain expires, in whole days.",
       "Negative when it has; only with TLS.")

#undef FIGURE
