/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --config-test: is a configuration file good, and what does it come to? */
#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stdio.h>

#include "mistakes.h"
#include "settings.h"
#include "state.h"

/* Completes settings, and adds to MISTAKES all that is wrong with them; false when there is anything. */
typedef bool config_report_check(struct settings *settings, struct mistakes *mistakes);

/* Checks the configuration file of the command line ARGV, which options_parse() has taken and read into SETTINGS, with
 * each of its profiles or the one that SETTINGS names; CHECK checks what each comes to. Touches no network. Prints to
 * OUT a first line as any check's, all that is wrong with each bad profile, and the settings in force of the good ones
 * in the file's own syntax, secrets masked. Returns OK or UNKNOWN. */
enum state config_report(FILE *out, int argc, char *const argv[], const struct settings *settings,
                         config_report_check *check);

/* Prints SETTINGS as a group called NAME of a configuration file, INDENT spaces to the right. */
void config_print(FILE *out, const char *name, const struct settings *settings, int indent);

#endif
