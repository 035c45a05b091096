/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures, in the order of the performance data. To be included with FIGURE defined:
 *
 * FIGURE(constant, label, label behind a remote's alias, name in sentences, unit, where it is, name of the family and
 *        help for Prometheus, both in base units)
 *
 * Without a label it is of remotes only, without the second one it is not of remotes; without a name its name is the
 * label.
 * A new figure is a row here and a case in judge_metrics.c, which the compiler asks for. */

FIGURE(RTT, "rtt", "rtt", NULL, METRIC_SECONDS, OF_LOGIN | EACH_LOGIN | OF_TARGETS, "rtt_seconds",
       "Mean round trip time of the pings after the first.")
FIGURE(MINIMUM, "rtt_min", NULL, NULL, METRIC_SECONDS, OF_LOGIN | OF_TARGETS, "rtt_min_seconds",
       "Minimum round trip time of the pings after the first.")
FIGURE(MAXIMUM, "rtt_max", NULL, NULL, METRIC_SECONDS, OF_LOGIN | OF_TARGETS, "rtt_max_seconds",
       "Maximum round trip time of the pings after the first.")
FIGURE(FIRST, "rtt_first", "first", "first rtt", METRIC_SECONDS, OF_LOGIN | OF_TARGETS, "rtt_first_seconds",
       "Round trip time of the first ping.")
FIGURE(BEYOND, NULL, "beyond", "beyond", METRIC_SECONDS, OF_LOGIN | OF_TARGETS | SIGNED, "rtt_beyond_seconds",
       "Mean round trip time minus that of the own server.")
FIGURE(LOSS, "loss", "loss", NULL, METRIC_PERCENT, OF_LOGIN | OF_TARGETS, "loss_ratio",
       "Share of the pings sent that were not answered.")
FIGURE(REMOTES_UP, "remotes_up", NULL, NULL, METRIC_COUNT, OF_LOGIN | OF_NO_LOGIN | WITH_REMOTES, "remotes_up",
       "Remotes that were reached.")
FIGURE(ENDPOINTS_UP, "endpoints_up", NULL, NULL, METRIC_COUNT, OF_SURVEY, "endpoints_up", "Endpoints that serve.")
FIGURE(TIME, "time", NULL, NULL, METRIC_SECONDS, OF_ALL | EACH_NO_LOGIN, "duration_seconds", "Time of the whole check.")
FIGURE(PHASE, "time_", NULL, NULL, METRIC_SECONDS, OF_ALL | OF_PHASES, "phase_seconds",
       "Time of one phase of the check.")
FIGURE(TCP_RTT, "tcp_rtt", NULL, NULL, METRIC_SECONDS, OF_LOGIN | OF_NO_LOGIN, "tcp_rtt_seconds",
       "The kernel's round trip time of the TCP connection.")
FIGURE(CERT_DAYS, "cert_days", NULL, NULL, METRIC_DAYS, OF_LOGIN | OF_NO_LOGIN | EACH_LOGIN | EACH_NO_LOGIN | OVER_TLS,
       "certificate_remaining_seconds", "Time until the first certificate of the chain expires, in whole days.")

#undef FIGURE
