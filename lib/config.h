/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file: libconfig syntax, a group "defaults" and one of "profiles" by name. Its keys are the long
 * options with '_' for '-', from the one table of options, and mean what those mean. */
#ifndef CONFIG_H
#define CONFIG_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

struct config {
    config_t tree;
    const char *file; /* as given */
};

/* Reads FILE and what it includes, and checks its outline. False with a sentence in WHY that begins with file and line:
 * not there, no regular file, a syntax error, a number that does not fit, an unknown key at the top; a password in a
 * file that group or others can read. FILE is borrowed. May block as reading files does. The caller ends it with
 * config_close() in both cases. */
bool config_open(struct config *config, const char *file, char *why, size_t why_size);

/* How many profiles there are, and the name of one. */
size_t config_profile_count(const struct config *config);
const char *config_profile_name(const struct config *config, size_t index);

/* Whether there is a profile NAME; NULL stands for no profile. Else WHY names those that there are. */
bool config_profile_known(const struct config *config, const char *name, char *why, size_t why_size);

/* Applies the defaults and, over them, PROFILE (NULL: none) to SETTINGS. What the options of the command line give is
 * left out: GIVEN is that of options_parse(). All values are checked, also those that are left out. False
 * with a sentence in WHY that begins with file, line and key. */
bool config_apply(const struct config *config, const char *profile, const char *const *given, struct settings *settings,
                  char *why, size_t why_size);

/* Finds the setting in force for KEY, NULL when the file has none: the profile's, else the defaults'. */
const config_setting_t *config_find(const struct config *config, const char *profile, const char *key);

/* The key of an option: '_' for '-', and the plural of lists. Returns OUT. */
char *config_key(const char *option, char out[40]);

/* Where SETTING stands: "FILE:LINE". Returns OUT. */
char *config_place(const struct config *config, const config_setting_t *setting, char *out, size_t size);

/* The text of a scalar, as an option would be given it. False when it has none. */
bool config_scalar(const config_setting_t *setting, char *out, size_t size);

/* Wipes the passwords in it and frees all. */
void config_close(struct config *config);

#endif
