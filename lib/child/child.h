/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program sees of the child. The child does the whole check (resolve, dial, login, ping) and tells it as
 * events. */
#ifndef CHILD_H
#define CHILD_H

/* A supervise_work: INPUT is a struct probe_input. Blocks; ends with EVENT_DONE or EVENT_FAILURE. */
void probe_run(const void *input, int fd);

/* The same, for --each-endpoint: resolves only, and tells each endpoint, by each family, as EVENT_CANDIDATE. */
void probe_discover(const void *input, int fd);

#endif
