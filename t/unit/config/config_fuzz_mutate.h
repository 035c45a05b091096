/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For config_fuzz.c: files made of the example by chance. */
#ifndef CONFIG_FUZZ_MUTATE_H
#define CONFIG_FUZZ_MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PASSWORD "horse" /* a word of the example's */
#define SEED UINT64_C(0x9e3779b97f4a7c15)
#define TEXT_MOST 16384

static char example[TEXT_MOST]; /* what all are made of */
static uint64_t chance = SEED;

/* 0 to BELOW - 1, by xorshift64*. */
static size_t pick(size_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return below == 0 ? 0 : (size_t)((chance * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % below;
}

struct text {
    char bytes[TEXT_MOST];
    size_t length;
};

/* Puts LENGTH bytes at WITH in the place of the GONE bytes at AT. */
static void replace(struct text *text, size_t at, size_t gone, const char *with, size_t length)
{
    if (text->length - gone + length >= TEXT_MOST)
        return;
    memmove(text->bytes + at + length, text->bytes + at + gone, text->length - at - gone);
    memmove(text->bytes + at, with, length);
    text->length = text->length - gone + length;
}

static const char *const fragments[] = {
    "0x10",
    "1e3",
    "1.",
    ".5",
    "0.25",
    "-1",
    "+1",
    "0",
    "7",
    "010",
    "2147483648",
    "99999999999",
    "5L",
    "true",
    "FALSE",
    "\"",
    "\"\"",
    "\"8s\"",
    "\"5\"",
    "\"a\" \"b\"",
    "\"a.example\"",
    "\"1,2\"",
    "\"\\x41\"",
    "\"\\x00\"",
    "\\",
    "/*",
    "*/",
    "//",
    "#",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "()",
    "{}",
    ";",
    ",",
    "=",
    ":",
    "\n",
    "\r\n",
    "\t",
    "@include \"none\"\n",
    "\n@include \"/dev/null\"\n",
    "\n@include \"/tmp\"\n",
    "count = 2;",
    "jid = \"x.example\";",
    "quiet = true;",
    "\xff",
    "\xc3\xa9",
    "\x01",
    "a = b",
    "use_ipv4 = false;",
    "use_ipv6 = true;",
    "verbose = 2;",
    "warning = 0.125;",
};
#define FRAGMENTS (sizeof fragments / sizeof fragments[0])

static size_t line_begin(const struct text *text, size_t at)
{
    while (at > 0 && text->bytes[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_length(const struct text *text, size_t begin)
{
    size_t end = begin;
    while (end < text->length && text->bytes[end] != '\n')
        end++;
    return end - begin + (end < text->length);
}

/* A line, or its copy, goes somewhere else. */
static void move_line(struct text *text, bool copy)
{
    char line[512];
    size_t begin = line_begin(text, pick(text->length)), length = line_length(text, begin);
    if (length >= sizeof line)
        return;
    memcpy(line, text->bytes + begin, length);
    if (!copy)
        replace(text, begin, length, "", 0);
    replace(text, line_begin(text, pick(text->length)), 0, line, length);
}

/* What stands behind an equals sign, up to the semicolon, gives way to a fragment, or to another such. */
static void change_value(struct text *text)
{
    char value[256];
    size_t from = pick(text->length);
    const char *equals = memchr(text->bytes + from, '=', text->length - from);
    size_t at = equals ? (size_t)(equals - text->bytes) + 1 : text->length;
    if (at >= text->length)
        return;
    size_t gone = strcspn(text->bytes + at, ";\n");
    const char *with = fragments[pick(FRAGMENTS)];
    if (pick(3) == 0) {
        const char *other = strchr(example + pick(strlen(example)), '=');
        snprintf(value, sizeof value, "%.*s", other ? (int)strcspn(other, ";\n") - 1 : 0, other ? other + 1 : "");
        if (!strstr(value, PASSWORD))
            with = value;
    }
    if (at + gone <= text->length)
        replace(text, at, gone, with, strlen(with));
}

/* A digit becomes another one: most such files are good. */
static void change_digit(struct text *text)
{
    size_t at = pick(text->length);
    while (at < text->length && (text->bytes[at] < '0' || text->bytes[at] > '9'))
        at++;
    if (at < text->length)
        text->bytes[at] = (char)('0' + pick(10));
}

static void mutate(struct text *text)
{
    if (text->length == 0)
        return;
    size_t at = pick(text->length), left = text->length - at;
    char byte = (char)pick(256);
    const char *fragment = fragments[pick(FRAGMENTS)];
    switch (pick(10)) {
    case 0:
        text->bytes[at] = (char)(text->bytes[at] ^ (1 << pick(8)));
        break;
    case 1:
        replace(text, at, 0, &byte, 1);
        break;
    case 2:
        replace(text, at, 1 + pick(left < 8 ? left : 8), "", 0);
        break;
    case 3:
        replace(text, at, 0, fragment, strlen(fragment));
        break;
    case 4:
    case 5:
        move_line(text, pick(2) == 0);
        break;
    case 6:
        replace(text, line_begin(text, at), line_length(text, line_begin(text, at)), "", 0);
        break;
    case 7:
        if (pick(20) == 0)
            text->length = at;
        else
            change_digit(text);
        break;
    default:
        change_value(text);
    }
    text->bytes[text->length] = '\0';
}

#endif
