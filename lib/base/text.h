/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of strangers, made harmless for a line that monitoring systems, shells and browsers will see. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Copies at most SIZE-1 bytes of IN (LENGTH bytes, may hold anything) to OUT: white space and control characters (C0,
 * C1, DEL, U+2028/9) become one space, runs of spaces collapse, both ends are trimmed; invalid UTF-8, bidirectional
 * controls, zero-width characters, combining marks beyond two in a row and | $ \ become '?', < > & become ( ) +, and '
 * " ` become '_'. A text that is cut ends in "..." and never in half a character. Always terminates OUT. Returns OUT.
 */
char *text_clean(char *out, size_t size, const char *in, size_t length);

/* The same, but what XML is written with stays: | < > & ' " ` $ \. For terminals. */
char *text_clean_xml(char *out, size_t size, const char *in, size_t length);

/* text_clean() for a string that ends with NUL; NULL counts as empty. */
char *text_clean_string(char *out, size_t size, const char *in);

/* Whether IN begins, ends, with white space or a control character, which text_clean() drops there. */
void text_blank_ends(const char *in, bool *first, bool *last);

/* A user's value for a sentence about it, clean and cut. No quotes: reports replace them, and Nagios drops them.
 * Returns OUT. */
#define TEXT_SHOWN_SIZE 47
const char *text_show(const char *value, char out[TEXT_SHOWN_SIZE]);

/* The same for the name of a file, of which at least the last 80 bytes are shown. */
#define TEXT_PATH_SIZE 88
const char *text_show_path(const char *path, char out[TEXT_PATH_SIZE]);

/* snprintf() that cuts what has no room. */
void text_format(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* How many characters (not bytes) a clean text has. */
size_t text_width(const char *text);

/* Cuts a clean text in place to at most WIDTH characters, the last three of them dots if something was cut. */
void text_shorten(char *text, size_t width);

/* Looks for the name that is nearest to TEXT by edit distance, for "did you mean ...?". */
struct nearest {
    const char *text, *name; /* the name is NULL as long as none is near */
    size_t bound;            /* what a name must be nearer than */
};
struct nearest nearest_to(const char *text);
void nearest_try(struct nearest *nearest, const char *name);

/* Of the COUNT strings at NAMES the one nearest to TEXT; NULL when none is near. */
const char *text_nearest(const char *text, const char *const *names, size_t count);

#endif
