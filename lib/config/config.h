/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file (libconfig): `defaults` with settings for all profiles, and a group for each in `profiles`.
 * What the command line says wins over the profile, that over the defaults. */
#ifndef CONFIG_H
#define CONFIG_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "line.h"
#include "mistakes.h"
#include "settings.h"
#include "source.h"

struct config {
    struct source source;
    config_t tree;
    const config_setting_t *defaults, *profiles; /* of the tree; NULL for none */
};

/* Reads FILE. On failure, that is when it is no text of libconfig's syntax, returns false and writes to WHY a sentence
 * that begins with the file, and the line where there is one. The caller ends CONFIG with config_close() in both cases.
 */
bool config_open(struct config *config, const char *file, struct line *why);

/* How many profiles there are, and the name of one of them. */
size_t config_profile_count(const struct config *config);
const char *config_profile_name(const struct config *config, size_t index);

/* Checks each key and value of the defaults, and what else stands beside them; of the profile NAME (NULL: of none).
 * Adds to MISTAKES a sentence for each, which begins with file, line and key, or with the option for a profile that is
 * not there, and returns false when there are any. */
bool config_check_defaults(const struct config *config, struct mistakes *mistakes);
bool config_check_profile(const struct config *config, const char *name, struct mistakes *mistakes);

/* Applies settings.profile, if there is one, and the defaults, where the command line has said nothing. Both are to be
 * checked first. Tells what is wrong as the checks do. */
bool config_apply(const struct config *config, struct settings *settings, struct mistakes *mistakes);

/* Overwrites all strings and frees all. */
void config_close(struct config *config);

/* All of the above for a run that is not --config-test: checks the whole file, and applies what settings.config_file
 * and settings.profile say; nothing when neither is set. WHY gets the first mistake. */
bool config_load(struct settings *settings, struct line *why);

/* The file of these settings. */
const char *config_file_name(const struct settings *settings);

/* Appends to WHY, which says what is wrong with SETTINGS, the file and the profile that they come from. False when they
 * come from the command line alone. */
bool config_tell_origin(const struct settings *settings, struct line *why);

#endif
