/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings in force, in words, for whoever wonders what was checked. */
#ifndef REPORT_SETTINGS_H
#define REPORT_SETTINGS_H

#include <stdio.h>

#include "settings.h"

/* Prints the settings, but for thresholds, which the performance data has, and secrets. */
void report_settings(FILE *out, const struct settings *settings);

#endif
