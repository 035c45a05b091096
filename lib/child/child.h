/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that the program sees of the child: what it does, from the name to the last pong: resolve, dial, login, ping;
 * told as events. */
#ifndef CHILD_H
#define CHILD_H

/* A supervise_work: INPUT is a struct probe_input. Blocks; ends with EVENT_DONE or EVENT_FAILURE. */
void probe_run(const void *input, int fd);

/* The same, for --each-endpoint: resolves only, and tells each endpoint, by each family, as EVENT_CANDIDATE. */
void probe_discover(const void *input, int fd);

#endif
