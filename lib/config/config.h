/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file (libconfig): `defaults` with settings for all profiles, and a group for each in `profiles`.
 * What the command line says wins over the profile, that over the defaults. */
#ifndef CONFIG_H
#define CONFIG_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "settings.h"
#include "source.h"

struct config {
    struct source source;
    config_t tree;
    const config_setting_t *defaults, *profiles; /* of the tree; NULL for none */
};

/* Reads FILE and checks its outer form. On failure returns false and writes to WHY a sentence that begins with the
 * file, and the line where there is one. The caller ends CONFIG with config_close() in both cases. */
bool config_open(struct config *config, const char *file, char *why, size_t why_size);

/* How many profiles there are, and the name of one of them. */
size_t config_profile_count(const struct config *config);
const char *config_profile_name(const struct config *config, size_t index);

/* Checks each key and value of the defaults, and of the profile NAME (NULL: of no profile). On failure returns false
 * and writes to WHY a sentence that begins with file, line and key, or with the option for a profile that is not there.
 */
bool config_check(const struct config *config, const char *name, char *why, size_t why_size);

/* Applies settings.profile, if there is one, and the defaults, where the command line has said nothing. Fails and tells
 * as config_check() does, which has to be asked first. */
bool config_apply(const struct config *config, struct settings *settings, char *why, size_t why_size);

/* Overwrites all strings and frees all. */
void config_close(struct config *config);

/* All of the above for a run that is not --config-test: checks the whole file, and applies what settings.config_file
 * and settings.profile say; nothing when neither is set. */
bool config_load(struct settings *settings, char *why, size_t why_size);

/* The file of these settings. */
const char *config_file_name(const struct settings *settings);

/* Appends to WHY, which says what is wrong with SETTINGS, the file and the profile that they come from. False when they
 * come from the command line alone. */
bool config_tell_origin(const struct settings *settings, char *why, size_t why_size);

#endif
