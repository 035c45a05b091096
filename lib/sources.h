/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where settings come from, in their precedence: the command line, the profile and the defaults of the configuration
 * file, what is built in. */
#ifndef SOURCES_H
#define SOURCES_H

#include "config.h"
#include "options.h"

enum sources_result {
    SOURCES_RUN,  /* the settings are whole and checked, but for the password */
    SOURCES_TEST, /* --config-test: the configuration file is to be tested */
    SOURCES_HELP,
    SOURCES_VERSION,
    SOURCES_USAGE_ERROR, /* on the command line */
    SOURCES_FILE_ERROR   /* in the configuration file */
};

/* Reads all sources into SETTINGS, which settings_init() has filled. With an error WHY has a sentence that begins with
 * the option, or with file, line and key. Prints nothing; may block as reading files does. */
enum sources_result sources_read(int argc, char *const argv[], struct settings *settings, char *why, size_t why_size);

/* The configuration file that SETTINGS ask for, NULL for none. */
const char *sources_config_file(const struct settings *settings);

/* Fills SETTINGS from CONFIG with that PROFILE (NULL: the defaults only) and from the command line, of which
 * options_parse() has found GIVEN, and checks them. Returns SOURCES_RUN or an error. The caller ends SETTINGS with
 * settings_free() in any case. */
enum sources_result sources_combine(const struct config *config, const char *profile, int argc, char *const argv[],
                                    const char *const *given, struct settings *settings, char *why, size_t why_size);

/* WHY begins with "--OPTION:". Where the value at fault comes from the file, its place and key take that beginning, and
 * it returns true. */
bool sources_blame(const struct config *config, const char *profile, const char *const *given, char *why,
                   size_t why_size);

#endif
