/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One group of settings of a configuration file, the defaults or a profile: its keys are those of the table of options,
 * its values mean what they mean on the command line. */
#ifndef CONFIG_GROUP_H
#define CONFIG_GROUP_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "mistakes.h"
#include "settings.h"
#include "source.h"

/* Reads GROUP, of the text SOURCE, into SETTINGS: all that settings.given does not have yet, which then has it. Limits
 * and mapped conditions are added where there is none of their name. What settings.given has is not looked at, nor is
 * what means nothing with it (a count where a higher level says --no-login), so that a whole group is checked by
 * reading it into settings that are new. Adds to MISTAKES a sentence for each, which begins with file, line and key,
 * and returns false when there are any; SETTINGS then are good for nothing but settings_free(). */
bool config_group_read(const struct source *source, const config_setting_t *group, struct settings *settings,
                       struct mistakes *mistakes);

#endif
