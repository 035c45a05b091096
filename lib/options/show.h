/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings as the text that sets them: what the rows of the table of options show. */
#ifndef SHOW_H
#define SHOW_H

#include "options.h"

/* Each is a `show` of struct option_row. */
#define SHOW(name) const char *show_##name(const struct settings *settings, char buffer[OPTION_SHOWN_SIZE])

SHOW(jid);
SHOW(password_file);
SHOW(client_cert);
SHOW(client_key);
SHOW(hostname);
SHOW(port);
SHOW(use_ipv4);
SHOW(use_ipv6);
SHOW(tls);
SHOW(ca_file);
SHOW(ca_path);
SHOW(insecure);
SHOW(dns_server);
SHOW(each_endpoint);
SHOW(count);
SHOW(interval);
SHOW(ping_timeout);
SHOW(warning);
SHOW(critical);
SHOW(certificate);
SHOW(min_alive);
SHOW(timeout);
SHOW(output);
SHOW(omit_undetermined);
SHOW(quiet);
SHOW(verbose);

#endif
