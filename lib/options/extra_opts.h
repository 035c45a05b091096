/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --extra-opts[=[SECTION][@FILE]]: options from the file that sites keep for all of their monitoring plugins. */
#ifndef EXTRA_OPTS_H
#define EXTRA_OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "line.h"

/* A command line. */
struct extra_opts {
    int argc;
    char **argv; /* ends with NULL */
    int added;   /* argv[1] to argv[added] are owned, the others borrowed */
};

/* Makes a command line without --extra-opts of ARGV: the options of its sections, in the order in which they are asked
 * for, then all other arguments, so that the command line wins over the file, as with the monitoring plugins. As there,
 * a word behind --extra-opts that begins with no dash is its argument.
 *
 * SECTION is the program's name unless given, FILE what MP_CONFIG_FILE names, else the first that is found along
 * NAGIOS_CONFIG_PATH or in the standard places. "key=value" becomes --key=value; a key of one letter is that short
 * option; a switch has an empty value. Each entry is read as an option of its own, so that WHY can name its line.
 *
 * False when the file or the section is not there or not good; WHY then has a sentence that begins with the option. The
 * caller ends EXTRA with extra_opts_free() in both cases. Reads only regular files, of 1 MiB at most,
 * that others cannot write to: they could have the password sent to themselves. */
bool extra_opts_expand(int argc, char *const argv[], struct extra_opts *extra, struct line *why);

void extra_opts_free(struct extra_opts *extra);

#endif
