/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "array.h"

/* Takes SENTENCE over, which is NULL when there was no memory. */
static void add(struct mistakes *mistakes, char *sentence)
{
    char **grown = sentence ? array_grow(mistakes->sentences, mistakes->count, sizeof *grown) : NULL;
    if (!grown) {
        free(sentence);
        mistakes->lost = true;
        return;
    }
    mistakes->sentences = grown;
    grown[mistakes->count++] = sentence;
}

bool mistakes_add(struct mistakes *mistakes, const char *format, ...)
{
    char *sentence;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&sentence, format, arguments) < 0)
        sentence = NULL;
    va_end(arguments);
    add(mistakes, sentence);
    return false;
}

bool mistakes_none(const struct mistakes *mistakes)
{
    return mistakes->count == 0 && !mistakes->lost;
}

const char *mistakes_first(const struct mistakes *mistakes)
{
    return mistakes->count > 0 ? mistakes->sentences[0] : "out of memory";
}

bool mistakes_end(struct mistakes *mistakes, struct line *why)
{
    bool none = mistakes_none(mistakes) || line_set(why, "%s", mistakes_first(mistakes));
    mistakes_free(mistakes);
    return none;
}

void mistakes_move(struct mistakes *mistakes, struct mistakes *more, const char *suffix)
{
    for (size_t i = 0; i < more->count; i++)
        mistakes_add(mistakes, "%s%s", more->sentences[i], suffix);
    mistakes->lost = mistakes->lost || more->lost;
    mistakes_free(more);
}

void mistakes_free(struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        free(mistakes->sentences[i]);
    free(mistakes->sentences);
    *mistakes = MISTAKES_NONE;
}
