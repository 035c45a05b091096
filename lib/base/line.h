/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of text that is put together piece by piece, in bounded room: what is told, and why something failed. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define LINE_SIZE 1024

struct line {
    size_t used;
    char text[LINE_SIZE]; /* always terminated */
};

/* An empty line. */
#define LINE_EMPTY ((struct line){.used = 0})

/* Appends; what has no room is left out. */
void line_add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* These begin anew, or put a text in front. They always return false, so that a failing function can end with them. */
bool line_set(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool line_before(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* line_set() to "VALUE REASON", VALUE as text_show() has it; "is empty" for an empty one. Always returns false. */
bool line_value(struct line *line, const char *value, const char *reason);

/* Appends ": did you mean DASHES NAME?", without the blank; nothing when NAME is NULL. Always returns false. */
bool line_add_guess(struct line *line, const char *dashes, const char *name);

/* "1 ping", "3 pings": appends NUMBER and NOUN with its plural. */
void line_add_count(struct line *line, long long number, const char *noun);

/* Appends TIME (ns) as duration_format() writes it. */
void line_add_time(struct line *line, long long time);

/* Appends SECONDS with six decimals. */
void line_add_seconds(struct line *line, double seconds);

/* Prints the line, clean: whatever it holds, it puts no second '|' into the output. */
void line_print(const struct line *line, FILE *out);

/* Appends VALUE with two decimals at most. */
void line_add_decimal(struct line *line, double value);

#endif
