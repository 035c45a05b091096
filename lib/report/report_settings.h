/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings in force, for whoever wonders what was checked. */
#ifndef REPORT_SETTINGS_H
#define REPORT_SETTINGS_H

#include <stdio.h>

#include "settings.h"

/* Prints a line for each setting that has a value, as its option takes it, but for switches that are off. None of them
 * is a secret. */
void report_settings(FILE *out, const struct settings *settings);

#endif
