/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a run that did not reach the server: the endpoint where it ended, the look-up that had failed, who was silent. */
#ifndef WAY_H
#define WAY_H

#include <stdbool.h>

#include "line.h"
#include "result.h"

/* The endpoint that the failure of the run is about; NULL when it had not come to one. */
const struct endpoint_result *way_endpoint(const struct result *result);

/* Its port; 0 for a set of SRV records. */
unsigned way_port(const struct endpoint_result *endpoint);

/* Appends "xmpp.example.org:5222", "192.0.2.1:5222". */
void way_add_address(struct line *line, const struct endpoint_result *endpoint);

/* Whether it is no endpoint, but a set of SRV records that could not be asked. */
bool way_is_failed_lookup(const struct endpoint_result *endpoint);

/* The set of SRV records that could not be asked, when the run has failed at the domain's own address because of that:
 * what listens there may have nothing to do with XMPP (RFC 6120 section 3.2.2). NULL when that is not so. */
const struct endpoint_result *way_failed_lookup(const struct settings *settings, const struct result *result);

/* Appends "SERVFAIL for _xmpp-client._tcp.example.org". */
void way_add_lookup(struct line *line, const struct endpoint_result *lookup);

/* The first endpoint that took the connection and never said a word, when the last one that took it has not either, so
 * that it is this silence that took the time. Else NULL. */
const struct endpoint_result *way_silent(const struct result *result);

/* Appends "no answer from xmpp.example: 5222 and 5223 take connections and say nothing"; FIRST is what way_silent()
 * returned. */
void way_add_silence(struct line *line, const struct settings *settings, const struct result *result,
                     const struct endpoint_result *first);

#endif
