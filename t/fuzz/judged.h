/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be true of the report on any run. */
#ifndef JUDGED_H
#define JUDGED_H

#include "settings.h"
#include "verdict.h"

/* Reads LINE, words with spaces between, as a command line into *SETTINGS, and checks it. False when it is refused; the
 * settings are to be freed in both cases. */
bool fuzz_settings(struct settings *settings, const char *line);

/* Ends the run, judges it, prints it and looks at every line. With FUZZ_SHOW in the environment
 * the report goes to standard output too. */
void fuzz_report(const struct settings *settings, struct result *result, const struct supervision *supervision);

/* settings_check() and limits_check(): whether all is well, else WHY gets the first mistake. */
bool fuzz_check(struct settings *settings, struct line *why);

#endif
