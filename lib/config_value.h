/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value of the configuration file to settings, by the row of the table that its key names. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config.h"
#include "options.h"

/* The one key that no option has. */
#define CONFIG_PASSWORD "password"

/* Where values come from and go to, and where a sentence goes. */
struct config_taking {
    const struct config *config;
    struct settings *settings;
    char *why;
    size_t why_size;
};

/* The row of the table with that key, NULL for none. */
const struct option_row *config_row(const char *key);

/* Applies SETTING as the option ROW. False with a sentence that begins with file, line and key. */
bool config_take(const struct config_taking *taking, const struct option_row *row, const config_setting_t *setting);

/* The password, which only a file that is its owner's alone may hold. */
bool config_take_password(const struct config_taking *taking, const config_setting_t *setting);

/* Each writes "FILE:LINE: KEY: ..." and returns false: the reason given; a value of another type than EXPECTED; a key
 * that is none of the COUNT KNOWN ones. */
bool config_refuse(const struct config *config, const config_setting_t *setting, const char *key, const char *reason,
                   char *why, size_t why_size);
bool config_refuse_type(const struct config *config, const config_setting_t *setting, const char *key,
                        const char *expected, char *why, size_t why_size);
bool config_refuse_key(const struct config *config, const config_setting_t *setting, const char *const *known,
                       size_t count, char *why, size_t why_size);

#endif
