/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scan.h"

#include <string.h>

#include "text.h"

/* An int has every number of so many digits, and libconfig (1.5) takes some larger ones for others; a double has every
 * decimal of them. */
#define DIGITS_MOST 9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_hexadecimal(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* -?(digits[.digits]|.digits), which is the grammar of number.h. */
static bool is_decimal(const char *text, size_t length)
{
    size_t digits = 0, points = 0;
    for (size_t i = length > 0 && *text == '-'; i < length; i++) {
        digits += is_digit(text[i]);
        points += text[i] == '.';
        if (!is_digit(text[i]) && text[i] != '.')
            return false;
    }
    return digits > 0 && digits <= DIGITS_MOST && points <= 1 && text[length - 1] != '.';
}

/* TEXT begins with a number, or what looks like one. Returns its length, 0 when it is refused. libconfig would take
 * "5L", "0x10", "1e3" and "1.", and "5count = 3" for two settings. */
static size_t read_number(const struct scan *scan, const char *text, struct line *why)
{
    size_t length = 1;
    while (is_digit(text[length]) || is_letter(text[length]) || (text[length] && strchr("._+-", text[length])))
        length++;
    if (is_decimal(text, length))
        return length;
    char number[TEXT_SHOWN_SIZE], shown[TEXT_SHOWN_SIZE];
    text_format(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : sizeof number), text);
    bool secret = strcmp(scan->key, "password") == 0;
    line_set(why, "%s: %s is not a decimal number of at most %d digits", scan->key,
             secret ? "what stands here" : text_show(number, shown), DIGITS_MOST);
    return 0;
}

/* Notes the name that TEXT begins with if it is set there. */
static void note_setting(struct scan *scan, const char *text, size_t length)
{
    const char *next = text + length + strspn(text + length, " \t");
    if (*next != '=' && *next != ':')
        return;
    bool same = scan->name && scan->length == length && memcmp(scan->name, text, length) == 0;
    scan->length = !scan->name || same ? length : 0;
    scan->settings++;
    scan->name = text;
}

/* Returns the length of the name that TEXT begins with. */
static size_t read_name(struct scan *scan, const char *text)
{
    size_t length = 1;
    while (is_digit(text[length]) || is_letter(text[length]) || (text[length] && strchr("*-_", text[length])))
        length++;
    size_t kept = length < sizeof scan->key ? length : sizeof scan->key - 1;
    memcpy(scan->key, text, kept);
    scan->key[kept] = '\0';
    note_setting(scan, text, length);
    return length;
}

/* The length of the escape that TEXT begins with, 0 for one that libconfig would not take for the character meant. */
static size_t read_escape(const char *text)
{
    if (text[1] != '\0' && strchr("nrtf\\\"", text[1]))
        return 2;
    bool hexadecimal = (text[1] == 'x' || text[1] == 'X') && is_hexadecimal(text[2]) && is_hexadecimal(text[3]);
    return hexadecimal && (text[2] != '0' || text[3] != '0') ? 4 : 0;
}

/* TEXT begins with a quote. Returns the string's length, 0 when it is refused. */
static size_t read_string(const char *text, struct line *why)
{
    size_t length = 1;
    while (text[length] != '\n' && text[length] != '"') {
        size_t step = text[length] == '\\' ? read_escape(text + length) : 1;
        if (step == 0) {
            line_set(why, "a string has an unknown escape: a backslash itself is written twice");
            return 0;
        }
        length += step;
    }
    if (text[length] == '"')
        return length + 1;
    line_set(why, "a string does not end on its line");
    return 0;
}

bool scan_line(struct scan *scan, const char *line, struct line *why)
{
    scan->name = NULL;
    scan->length = scan->settings = 0;
    while (*line != '\n') {
        size_t length = 1;
        if (scan->in_comment) {
            scan->in_comment = strncmp(line, "*/", 2) != 0;
            length = scan->in_comment ? 1 : 2;
        } else if (*line == '#' || strncmp(line, "//", 2) == 0) {
            return true;
        } else if (strncmp(line, "/*", 2) == 0) {
            scan->in_comment = true;
            length = 2;
        } else if (*line == '"') {
            length = read_string(line, why);
        } else if (is_letter(*line) || *line == '*') {
            length = read_name(scan, line);
        } else if (is_digit(*line) || strchr("+-.", *line)) {
            length = read_number(scan, line, why);
        }
        if (length == 0)
            return false;
        line += length;
    }
    return true;
}
