/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --config-test: a configuration file and all its profiles, checked without a network. */
#ifndef CONFIG_TEST_H
#define CONFIG_TEST_H

#include <stdio.h>

#include "settings.h"

/* Checks the file that SETTINGS ask for, with the command line over it: the profile given, else every profile, else the
 * defaults. Prints a first line as any check's, the errors of all profiles, and of the good ones the settings in force
 * in the file's own syntax, passwords masked. Returns OK or UNKNOWN. */
enum state config_test(FILE *out, int argc, char *const argv[], const struct settings *settings);

#endif
