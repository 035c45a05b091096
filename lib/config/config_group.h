/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One group of settings of a configuration file, the defaults or a profile: its keys are those of the table of options,
 * its values mean what they mean on the command line. */
#ifndef CONFIG_GROUP_H
#define CONFIG_GROUP_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "settings.h"
#include "source.h"

/* Reads GROUP, of the text SOURCE, into SETTINGS: all that settings.given does not have yet, which then has it. Limits
 * and mapped conditions are added where there is none of their name. What settings.given has is not looked at, nor is
 * what means nothing with it (a count where a higher level says --no-login), so that a whole group is checked by
 * reading it into settings that are new. On failure returns false, SETTINGS is to be freed, and WHY has a sentence that
 * begins with file, line and key. */
bool config_group_read(const struct source *source, const config_setting_t *group, struct settings *settings, char *why,
                       size_t why_size);

/* Writes to WHY "FILE:LINE: KEY: unknown key", and which one of the COUNT names is meant. Always returns false. */
bool config_refuse_key(const struct source *source, const config_setting_t *setting, const char *const *names,
                       size_t count, char *why, size_t why_size);

/* Writes to WHY "FILE:LINE: KEY: found TYPE, expected EXPECTED". Always returns false. */
bool config_refuse_type(const struct source *source, const config_setting_t *setting, const char *expected, char *why,
                        size_t why_size);

#endif
