/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of options: the parser, --help, the man page's list and every other list of options come from it. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "settings.h"

/* Room for a value that is shown: two ranges and more. */
#define OPTION_SHOWN_SIZE 160

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
    /* The value in force as apply() takes it, "true" or "false" for a switch: a string of SETTINGS, a static one, or
     * BUFFER. NULL when there is none. The function is NULL for lists, and for rows that are no keys. */
    const char *(*show)(const struct settings *settings, char buffer[OPTION_SHOWN_SIZE]);
    const char *key;      /* the configuration key when it is another than the name with '_' for '-' */
    const char *excludes; /* the row that is the same setting with another value; NULL for none */
    unsigned own;         /* TARGET_OWN_...: a remote in the configuration may have its own; 0: it may not */
    bool number;          /* the configuration file takes a number without quotes, too */
    int letter;           /* short option, 0 for none */
    bool repeatable;      /* each adds to those before; else the last one wins */
    bool optional;        /* the argument may be missing, and stands behind = if not */
};

/* The table and its length. */
extern const struct option_row option_table[];
extern const size_t option_count;

/* Room for any key. */
#define OPTION_KEY_SIZE 40

/* The configuration key of ROW; "" for a row that is none: what asks for help, or says which files to read. Returns
 * OUT.
 */
char *option_key(const struct option_row *row, char out[OPTION_KEY_SIZE]);

/* The bits in settings.given for a row of the table and for the one that it excludes. */
uint64_t option_bits(const struct option_row *row);

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_ERROR };

/* Reads ARGV into SETTINGS (which settings_init() has filled), in order, and notes in settings.given which rows were
 * there; does not call settings_check(), and reads no configuration file. With OPTIONS_ERROR WHY holds one sentence
 * that names the option. Prints nothing. */
enum options_result options_parse(int argc, char *const argv[], struct settings *settings, char *why, size_t why_size);

/* Checks that can be made only when all is read: a JID is there, no password for clear text to an address that is not
 * loopback, shadowed ranges, thresholds at or above the timeout, labels of -L that exist, aliases that collide,
 * --min-alive above the number of remotes, CA files that cannot be read; copies the run's count, interval, timeout and
 * ranges into the targets that have none of their own. On failure returns false and writes to WHY a sentence that
 * begins with the option at fault. Touches no network. */
bool settings_check(struct settings *settings, char *why, size_t why_size);

/* Prints what --help shows; 80 columns. */
void options_print_help(FILE *out);

/* Prints the program's version and those of its libraries; 80 columns. */
void options_print_version(FILE *out);

#endif
