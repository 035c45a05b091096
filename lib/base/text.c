/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mark.h"
#include "utf8.h"

#define DOTS 3

/* On one character; more of them cover the lines around. */
#define MARKS_MOST 2

/* White space and controls. */
static bool is_blank(uint32_t code)
{
    static const struct interval blanks[] = {
        {0x00, 0x20},     {0x7f, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
        {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
    };
    return interval_has(code, blanks, sizeof blanks / sizeof blanks[0]);
}

/* Characters that nobody sees, or that change how their neighbours are seen: Unicode's Default_Ignorable_Code_Point
 * with the bidirectional controls, the interlinear annotations, the noncharacters and Braille's blank. */
static bool is_deceptive(uint32_t code)
{
    static const struct interval invisible[] = {
        {0x00ad, 0x00ad}, {0x034f, 0x034f},   {0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},
        {0x180b, 0x180f}, {0x200b, 0x200f},   {0x202a, 0x202e},   {0x2060, 0x206f},   {0x2800, 0x2800},
        {0x3164, 0x3164}, {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    return (code & 0xfffe) == 0xfffe || interval_has(code, invisible, sizeof invisible / sizeof invisible[0]);
}

/* ASCII that means something to monitoring systems, shells and browsers. */
static bool is_special(uint32_t code)
{
    return code < 0x80 && strchr("|<>&'\"`$\\", (int)code);
}

/* What stands for a character that must not pass: the nearest that may, so that a stream log or "doesn't" can still be
 * read. */
static const char *stand_in(uint32_t code)
{
    static const char passing[] = "<>&'\"`", standing_in[] = "()+___";
    const char *place = code > 0 && code < 0x80 ? strchr(passing, (int)code) : NULL;
    return place ? &standing_in[place - passing] : "?";
}

static char *clean_text(char *out, size_t size, const char *in, size_t length, bool as_xml)
{
    if (size == 0)
        return out;
    size_t room = size - 1;
    size_t used = 0;
    size_t keep = 0; /* how much of it leaves room for the dots */
    bool blank = false;
    int marks = 0; /* how many have come in a row */
    while (length > 0) {
        uint32_t code = 0;
        size_t bytes = utf8_decode(in, length, &code);
        marks = mark_is(code) ? marks + 1 : 0;
        bool bad = bytes == 0 || marks > MARKS_MOST ||
                   (!is_blank(code) && (is_deceptive(code) || (!as_xml && is_special(code))));
        const char *put = !bad ? in : bytes == 0 ? "?" : stand_in(code);
        size_t put_bytes = bad ? 1 : bytes;
        if (bytes == 0)
            bytes = 1;
        in += bytes;
        length -= bytes;
        if (!bad && is_blank(code)) {
            blank = used > 0;
            continue;
        }
        if (used + blank + put_bytes > room) {
            for (used = keep; used < room && used < keep + DOTS; used++)
                out[used] = '.';
            break;
        }
        if (blank)
            out[used++] = ' ';
        blank = false;
        memcpy(out + used, put, put_bytes);
        used += put_bytes;
        if (used + DOTS <= room)
            keep = used;
    }
    out[used] = '\0';
    return out;
}

char *text_clean(char *out, size_t size, const char *in, size_t length)
{
    return clean_text(out, size, in, length, false);
}

char *text_clean_xml(char *out, size_t size, const char *in, size_t length)
{
    return clean_text(out, size, in, length, true);
}

char *text_clean_string(char *out, size_t size, const char *in)
{
    return text_clean(out, size, in, in ? strlen(in) : 0);
}

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

void text_blank_ends(const char *in, bool *first, bool *last)
{
    uint32_t code = 0;
    size_t length = strlen(in), start = length;
    *first = utf8_decode(in, length, &code) > 0 && is_blank(code);
    while (start > 0 && !begins_character(in[--start]))
        ;
    *last = utf8_decode(in + start, length - start, &code) > 0 && is_blank(code);
}

void text_format(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out, size, format, arguments);
    va_end(arguments);
}

/* U+2423, the sign for a blank that would not be seen. */
static const char open_box[] = "\xe2\x90\xa3";

const char *text_show(const char *value, char out[TEXT_SHOWN_SIZE])
{
    char clean[TEXT_SHOWN_SIZE - 2 * (sizeof open_box - 1)];
    bool first, last;
    text_blank_ends(value, &first, &last);
    text_clean_string(clean, sizeof clean, value);
    text_format(out, TEXT_SHOWN_SIZE, "%s%s%s", first ? open_box : "", clean, last && *clean != '\0' ? open_box : "");
    return out;
}

const char *text_show_path(const char *path, char out[TEXT_PATH_SIZE])
{
    char clean[TEXT_PATH_SIZE - 2 * (sizeof open_box - 1)];
    bool first, last, cut = strlen(path) >= sizeof clean;
    text_blank_ends(path, &first, &last);
    if (cut)
        path += strlen(path) - (sizeof clean - 1);
    while (cut && !begins_character(*path))
        path++;
    text_clean_string(clean, sizeof clean, path);
    text_format(out, TEXT_PATH_SIZE, "%s%s%s",
                cut     ? "..."
                : first ? open_box
                        : "",
                clean, last && *clean != '\0' ? open_box : "");
    return out;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += begins_character(*text);
    return width;
}

void text_shorten(char *text, size_t width)
{
    if (text_width(text) <= width)
        return;
    size_t dots = width < DOTS ? width : DOTS;
    char *end = text;
    for (size_t kept = 0; *end != '\0'; end++) {
        if (!begins_character(*end))
            continue;
        if (kept == width - dots)
            break;
        kept++;
    }
    if (end > text && end[-1] == ' ')
        end--;
    memset(end, '.', dots);
    end[dots] = '\0';
}

#define NEAREST_LENGTH 64

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Insertions, deletions, replacements and swaps of two neighbours. B is shorter than NEAREST_LENGTH. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][NEAREST_LENGTH]; /* of A's last character, the one before and the one before that */
    size_t *row = rows[0], *above = rows[1], *higher = rows[2];
    size_t columns = strlen(b);
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t *oldest = higher;
        higher = above;
        above = row;
        row = oldest;
        row[0] = i + 1;
        for (size_t j = 0; j < columns; j++) {
            row[j + 1] = least(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] != b[j]));
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] && higher[j - 1] + 1 < row[j + 1])
                row[j + 1] = higher[j - 1] + 1;
        }
    }
    return row[columns];
}

struct nearest nearest_to(const char *text)
{
    size_t length = strlen(text);
    size_t bound = length == 0 || length >= NEAREST_LENGTH ? 0 : (length < 3 ? 1 : length / 3) + 1;
    return (struct nearest){.text = text, .bound = bound};
}

void nearest_try(struct nearest *nearest, const char *name)
{
    size_t distance = nearest->bound > 0 ? edit_distance(name, nearest->text) : 0;
    if (distance >= nearest->bound)
        return;
    nearest->bound = distance;
    nearest->name = name;
}

const char *text_nearest(const char *text, const char *const *names, size_t count)
{
    struct nearest nearest = nearest_to(text);
    for (size_t i = 0; i < count; i++)
        nearest_try(&nearest, names[i]);
    return nearest.name;
}
