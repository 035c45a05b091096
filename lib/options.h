/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of options: the parser, --help, the man page's list and every other list of options come from it. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "settings.h"

struct option_row {
    const char *name;     /* long option; with '_' for '-' the configuration key */
    const char *argument; /* name of the argument in --help, NULL for a switch */
    const char *group;    /* heading in --help and the man page */
    const char *help;     /* one sentence without a full stop */
    const char *standard; /* the default in words, NULL for none */
    const char *choices;  /* all values there are, with spaces between; NULL when there is no such list */
    /* Applies VALUE (NULL for a switch) to SETTINGS. On failure returns false and writes a sentence fragment to WHY, to
     * be read behind the option's name. NULL for --help and --version. */
    bool (*apply)(struct settings *settings, const char *value, char *why, size_t why_size);
    int letter;             /* short option, 0 for none */
    bool repeatable;        /* each adds to those before; else the last one wins */
    bool number;            /* its configuration key may be a number too */
    bool command_line_only; /* it has no configuration key */
    bool optional;          /* the argument may be missing, and stands behind = if not */
};

/* The table and its length. */
extern const struct option_row option_table[];
extern const size_t option_count;

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_ERROR };

/* Reads ARGV into SETTINGS (which settings_init() has filled), in order; does not call settings_check(). GIVEN, unless
 * NULL, has a string for each row of the table: the last argument of its option, "" for a switch, borrowed from ARGV;
 * those of others are left alone. With OPTIONS_ERROR WHY holds one sentence that names the option. Prints nothing. */
enum options_result options_parse(int argc, char *const argv[], struct settings *settings, const char **given,
                                  char *why, size_t why_size);

/* Prints what --help shows; 80 columns. */
void options_print_help(FILE *out);

/* Prints the program's version and those of its libraries; 80 columns. */
void options_print_version(FILE *out);

#endif
