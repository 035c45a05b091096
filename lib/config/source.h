/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a configuration file with all that it includes, and where each of its lines comes from.
 *
 * libconfig could include by itself; but its scanner (1.5) ends the process when it is given a directory, waits for the
 * writer of a FIFO, and takes forms of numbers and strings that this program reads nowhere else. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Bytes, with all that is included. */
#define SOURCE_MOST 262144

/* Settings: libconfig takes time with the square of a group's length. */
#define SOURCE_SETTINGS_MOST 10000

/* Inclusions, each time that a file is included. */
#define SOURCE_FILES_MOST 1000

/* How deep files may include others. */
#define SOURCE_DEEPEST 10

#include "line.h"

struct source_file {
    char *name;
    dev_t device;
    ino_t inode;
    bool is_public; /* others can read it: see file_others() */
};

struct source_line {
    size_t file;       /* index into source.files */
    unsigned number;   /* from 1 on */
    size_t key;        /* where in the line the name of the one setting begins that is set there; */
    size_t key_length; /* 0 when there is none, or several */
};

struct source {
    char *text; /* terminated; each line, also the last one, ends in a newline */
    size_t length;
    struct source_line *lines; /* of text */
    size_t line_count;
    size_t setting_count;
    struct source_file *files; /* the first is the one that was asked for; at least one after a success */
    size_t file_count;
};

/* Reads FILE. A line that is `@include "NAME"`, outside of strings and comments, is replaced by the file NAME, which is
 * looked for in the directory of the file that includes it unless it begins with '/'.
 * Refuses: what cannot be opened, is no regular file or can be written to by others (they could have the password sent
 * to themselves), NUL bytes, a file that includes itself, more than SOURCE_MOST
 * bytes, SOURCE_SETTINGS_MOST settings or SOURCE_FILES_MOST files, strings that do not end on their line or have an
 * escape that libconfig does not know or that is a NUL, comments without an end, numbers that are no plain decimals of
 * at most 9 digits. WHY then has a sentence that begins with the place. The caller ends SOURCE with source_free() in
 * both cases. Never blocks on a FIFO. */
bool source_read(struct source *source, const char *file, struct line *why);

/* Room for a place, with a key. */
#define SOURCE_PLACE_SIZE 300

/* "FILE:LINE" of line NUMBER of the text, from 1 on. Returns OUT. */
const char *source_place(const struct source *source, unsigned number, char out[SOURCE_PLACE_SIZE]);

/* "FILE:LINE: KEY", or without the key where the line has none, or more than one. Returns OUT. */
const char *source_place_key(const struct source *source, unsigned number, char out[SOURCE_PLACE_SIZE]);

/* Whether others can read the file that line NUMBER comes from. */
bool source_is_public(const struct source *source, unsigned number);

/* Overwrites the text, as it may hold a password, and frees all. */
void source_free(struct source *source);

#endif
