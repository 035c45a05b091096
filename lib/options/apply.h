/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments of options to settings: what the rows of the table of options apply. */
#ifndef APPLY_H
#define APPLY_H

#include "options.h"

/* The words of --tls and --output, in the order of their enums. */
#define TLS_MODES "auto starttls direct none"
#define OUTPUT_FORMATS "nagios json prometheus"

/* Each is an `apply` of struct option_row. */
#define APPLY(name) bool apply_##name(struct settings *settings, const char *value, char *why, size_t why_size)

APPLY(jid);
APPLY(password_file);
APPLY(client_cert);
APPLY(client_key);
APPLY(hostname);
APPLY(port);
APPLY(use_ipv4);
APPLY(use_ipv6);
APPLY(tls);
APPLY(ca_file);
APPLY(ca_path);
APPLY(insecure);
APPLY(each_endpoint);
APPLY(dns_server);
APPLY(count);
APPLY(interval);
APPLY(ping_timeout);
APPLY(min_alive);
APPLY(warning);
APPLY(critical);
APPLY(certificate);
APPLY(timeout);
APPLY(output);
APPLY(omit_undetermined);
APPLY(quiet);
APPLY(verbose);
APPLY(config);
APPLY(profile);
APPLY(config_test);
APPLY(extra_opts);

#endif
