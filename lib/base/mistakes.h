/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is wrong with what a user gave, a sentence each, in the order in which it was found. */
#ifndef MISTAKES_H
#define MISTAKES_H

#include <stdbool.h>
#include <stddef.h>

#include "line.h"

struct mistakes {
    char **sentences;
    size_t count;
    bool lost; /* there was no memory for one */
};

#define MISTAKES_NONE ((struct mistakes){0})

/* Adds a sentence. Always returns false, so that a failing function can end with it. */
bool mistakes_add(struct mistakes *mistakes, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool mistakes_none(const struct mistakes *mistakes);

/* The first of them; "out of memory" when it was lost. */
const char *mistakes_first(const struct mistakes *mistakes);

/* Writes the first of them, if there is one, to WHY, and frees all. True when there was none. */
bool mistakes_end(struct mistakes *mistakes, struct line *why);

/* Moves all of MORE to the end of MISTAKES, each with SUFFIX behind it. */
void mistakes_move(struct mistakes *mistakes, struct mistakes *more, const char *suffix);

void mistakes_free(struct mistakes *mistakes);

#endif
