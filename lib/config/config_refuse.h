/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with a setting of a configuration file, and where it stands. */
#ifndef CONFIG_REFUSE_H
#define CONFIG_REFUSE_H

#include <libconfig.h>
#include <stdbool.h>

#include "mistakes.h"
#include "source.h"

/* Adds "FILE:LINE: KEY: REASON". Always returns false. */
bool config_refuse(const struct source *source, const config_setting_t *setting, const char *reason,
                   struct mistakes *mistakes);

/* Adds "FILE:LINE: KEY: unknown key", and that NEAREST may be meant unless it is NULL. Always returns false. */
bool config_refuse_key(const struct source *source, const config_setting_t *setting, const char *nearest,
                       struct mistakes *mistakes);

/* Adds "FILE:LINE: KEY: found TYPE, expected EXPECTED". Always returns false. */
bool config_refuse_type(const struct source *source, const config_setting_t *setting, const char *expected,
                        struct mistakes *mistakes);

#endif
