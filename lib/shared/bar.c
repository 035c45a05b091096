/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bar.h"

const char *bar_name(enum bar bar)
{
    static const char *const names[BAR_COUNT] = {
        [BAR_CALLS] = "calls",
        [BAR_FILES] = "files",
        [BAR_PORTS] = "ports",
    };
    return names[bar];
}
