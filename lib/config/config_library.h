/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libconfig, which is loaded when a configuration file is to be read. */
#ifndef CONFIG_LIBRARY_H
#define CONFIG_LIBRARY_H

#include <stdbool.h>

/* To be called before any function of libconfig.h. False: it is not to be had. */
bool config_library_load(void);

#endif
