/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sentence.h"

#include <stdarg.h>

#include "text.h"

struct line sentence_begin(enum phase phase, struct any_condition condition)
{
    struct line sentence = LINE_EMPTY;
    sentence_add(&sentence, "%s", phase_name(phase));
    sentence_add(&sentence, "%s", any_condition_name(condition));
    return sentence;
}

void sentence_add(struct line *sentence, const char *format, ...)
{
    char piece[LINE_SIZE], clean[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    text_clean_string(clean, sizeof clean, piece);
    if (clean[0] != '\0')
        line_add(sentence, "%s%s", sentence->used > 0 ? ": " : "", clean);
}

void sentence_add_cause(struct line *sentence, struct any_condition condition, const char *cause)
{
    char clean[LINE_SIZE];
    text_clean_string(clean, sizeof clean, cause);
    sentence_add(sentence, "%s", clean[0] != '\0' ? clean : any_condition_meaning(condition));
}
