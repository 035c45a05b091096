/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of options: the parser, --help, the man page's list, the configuration file's keys and every other list
 * of options come from it. A new option is a row there, and a field in struct settings. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "line.h"
#include "mistakes.h"
#include "settings.h"

/* Room for a value that is shown: two ranges and more. */
#define OPTION_SHOWN_SIZE 160

/* What the argument is, and the type of the field that has it. */
enum option_type {
    OPTION_QUESTION, /* no setting: asks for help or the version */
    OPTION_STRING,   /* char *, NULL when not given; not empty */
    OPTION_SWITCH,   /* bool; has no argument */
    OPTION_LEVEL,    /* int: how often it is given; has no argument */
    OPTION_NUMBER,   /* int: whole, from least to most; one below least is "not given" */
    OPTION_DURATION, /* int64_t in ns, least or more; one below least is "not given" */
    OPTION_CHOICE,   /* an enum: the place among choices */
    OPTION_STRINGS,  /* char **, and a size_t in count_field: each adds one */
    OPTION_REMOTES,  /* these three: see lists.h */
    OPTION_LIMITS,
    OPTION_MAP,
    OPTION_SPECIAL /* as its functions say */
};

/* Checks of which some options make no part. */
enum {
    AT_NO_LOGIN = 1,  /* --no-login without --s2s */
    AT_S2S = 2,       /* --s2s */
    AT_COMPONENT = 4, /* --component */
    WITHOUT_PINGS = AT_NO_LOGIN | AT_S2S
};

struct option_row {
    int letter;           /* short option, 0 for none */
    const char *name;     /* long option; with '_' for '-' the configuration key */
    const char *argument; /* name of the argument in --help, NULL for a switch */
    const char *group;    /* heading in --help and the man page */
    enum option_type type;
    size_t field, count_field;  /* offsets in struct settings */
    int least, most;            /* of a number; most is that of others, too */
    const char *const *choices; /* ends with NULL */
    const char *help;           /* one sentence without a full stop; see option_help() */
    const char *standard;       /* the default in words, NULL for none */
    /* Of strings: looks at VALUE before it is kept, and may keep what it makes of it. On failure returns false and
     * writes a sentence fragment to WHY, to be read behind the option's name. NULL: any will do. */
    bool (*check)(struct settings *settings, const char *value, struct line *why);
    /* Of special rows: what option_apply() and option_show() do; show is NULL where there is nothing to show. */
    bool (*apply)(const struct option_row *row, struct settings *settings, const char *value, struct line *why);
    const char *(*show)(const struct option_row *row, const struct settings *settings, char buffer[OPTION_SHOWN_SIZE]);
    const char *key;      /* the configuration key when it is another than the name with '_' for '-' */
    const char *excludes; /* the row that is the same setting with another value; NULL for none */
    unsigned useless;     /* AT_...: checks that have no use for it, and where it is refused */
    unsigned of_target;   /* TARGET_GIVEN_...: a remote in the configuration may have its own; 0: it may not */
    bool number;          /* special, and the configuration file takes a number without quotes, too */
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

/* ROW's help, one sentence without a full stop, behind "one of " and its choices where it has some. */
struct line option_help(const struct option_row *row);

/* The bits in settings.given for a row of the table and for the one that it excludes. */
uint64_t option_bits(const struct option_row *row);

/* The bits in settings.given of all rows that are useless with what SETTINGS say so far. */
uint64_t options_useless(const struct settings *settings);

/* Whether SETTINGS have ROW and no use for it. A switch that is off does not count. */
bool option_is_misplaced(const struct option_row *row, const struct settings *settings);

/* Whether the configuration file may have a number without quotes for ROW. */
bool option_takes_number(const struct option_row *row);

/* Applies VALUE (NULL for a switch) to SETTINGS. On failure returns false and writes a sentence fragment to WHY, to be
 * read behind the option's name. */
bool option_apply(const struct option_row *row, struct settings *settings, const char *value, struct line *why);

/* The value in force as option_apply() takes it, "true" or "false" for a switch: a string of SETTINGS, a static one, or
 * BUFFER. NULL when there is none, for lists, and where it is useless. */
const char *option_show(const struct option_row *row, const struct settings *settings, char buffer[OPTION_SHOWN_SIZE]);

/* Appends to LINE the value with INDEX (from 0) of a row that is a list, as option_apply() takes it. False when there
 * are no more, where the row is useless, and for other rows. */
bool option_show_element(const struct option_row *row, const struct settings *settings, size_t index,
                         struct line *line);

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_ERROR };

/* Reads ARGV into SETTINGS (which settings_init() has filled), in order, and notes in settings.given which rows were
 * there; does not call settings_check(), and reads no configuration file. With OPTIONS_ERROR WHY holds one sentence
 * that names the option. Prints nothing. */
enum options_result options_parse(int argc, char *const argv[], struct settings *settings, struct line *why);

/* The timeout (ns) that ARGV asks for, whatever else is wrong with it; STANDARD where it asks for none that can be
 * read. For the time before the files are read that --extra-opts names. */
int64_t options_timeout(int argc, char *const argv[], int64_t standard);

/* Checks that can be made only when all is read: a JID is there, no password for clear text to an address that is not
 * loopback, options that mean nothing with one another, pauses at or above the timeout, --min-alive above the number of
 * remotes, CA files that cannot be read; thresholds are for limits_check(). Completes SETTINGS: the run's count,
 * interval, timeout and ranges for the targets that have none of their own, what --s2s and --component imply. Adds to
 * MISTAKES a sentence for each, which begins with the option at fault. False when MISTAKES has any. Touches no network.
 */
bool settings_check(struct settings *settings, struct mistakes *mistakes);

/* Prints what --help shows; 80 columns. */
void options_print_help(FILE *out);

/* Prints the program's version and those of its libraries; 80 columns. */
void options_print_version(FILE *out);

#endif
