/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jansson, which is loaded when JSON is to be printed. */
#ifndef JSON_LIBRARY_H
#define JSON_LIBRARY_H

#include <stdbool.h>

/* To be called before any function of jansson.h. False: it is not to be had. */
bool json_library_load(void);

#endif
