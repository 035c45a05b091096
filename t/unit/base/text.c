/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"
#include "utf8.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct {
    const char *in;
    const char *out;
    const char *what;
} cleaned[] = {
    {"", "", "nothing stays nothing"},
    {"plain text, 100% of it; #1", "plain text, 100% of it; #1", "plain text stays"},
    {"Gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "Gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
     "UTF-8 stays"},
    {"  a  b  ", "a b", "spaces collapse and the ends are trimmed"},
    {"a\r\n\tb\n", "a b", "line ends and tabs are spaces"},
    {"a\x1b[31mb\x7f", "a [31mb", "escape and DEL are spaces"},
    {"\x01\x02", "", "controls alone leave nothing"},
    {"a\xc2\x85"
     "b\xc2\x9b"
     "c",
     "a b c", "C1 controls are spaces"},
    {"a\xe2\x80\xa8"
     "b\xe2\x80\xa9"
     "c",
     "a b c", "line and paragraph separators are spaces"},
    {"a\xc2\xa0"
     "b\xe3\x80\x80"
     "c\xe2\x80\x83"
     "d",
     "a b c d", "white space of Unicode is a space"},
    {"|<>&'\"`$\\", "?()+___??", "each character that a shell, browser or monitoring system minds is replaced"},
    {"a\xff"
     "b\xfe\x80",
     "a?b??", "bytes that are not UTF-8 are replaced one by one"},
    {"\xc0\xaf", "??", "an overlong form of two bytes is replaced"},
    {"\xe0\x80\xaf", "???", "one of three bytes"},
    {"\xf0\x80\x80\xaf", "????", "one of four bytes"},
    {"\xed\xa0\x80", "???", "a surrogate is replaced"},
    {"\xf4\x90\x80\x80", "????", "what lies above U+10FFFF is replaced"},
    {"\xf8\x88\x80\x80\x80", "?????", "a form of five bytes is replaced"},
    {"a\xe2\x82", "a??", "a character that was cut is replaced"},
    {"\xe2\x82x", "??x", "what follows it stays"},
    {"a\xe2\x80\xae"
     "b",
     "a?b", "a right-to-left override is replaced"},
    {"\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c\xe2\x80\x8f", "????", "isolates and marks are replaced"},
    {"a\xe2\x80\x8b"
     "b\xef\xbb\xbf\xe2\x80\x8d\xe2\x81\xa0\xc2\xad",
     "a?b????", "zero-width characters are replaced"},
    {"\xf3\xa0\x81\x81", "?", "tag characters are replaced"},
    {"a\xe2\xa0\x80"
     "b",
     "a?b", "so is Braille's blank"},
    {"e\xcc\x81\xcc\xa7x", "e\xcc\x81\xcc\xa7x", "two marks on a character stay"},
    {"e\xcc\x81\xcc\xa7\xcc\x88\xd2\x89x\xcc\x81", "e\xcc\x81\xcc\xa7??x\xcc\x81", "those beyond are replaced"},
    {"\xe0\xb8\x94\xe0\xb9\x89\xe0\xb9\x89\xe0\xb9\x89\xe0\xb9\x87", "\xe0\xb8\x94\xe0\xb9\x89\xe0\xb9\x89??",
     "of any script"},
    {"\xe2\x83\x9d\xf0\x9d\x85\xa7\xef\xb8\xa0\xf0\x9d\x85\xa7\xf0\x9e\xa5\x8a", "\xe2\x83\x9d\xf0\x9d\x85\xa7???",
     "from wherever in Unicode"},
    {"\xef\xbf\xbe\xf0\x9f\xbf\xbf", "??", "noncharacters are replaced"},
};

static const struct {
    const char *in;
    size_t size;
    const char *out;
} cut[] = {
    {"abcdefgh", 9, "abcdefgh"},
    {"abcdefgh", 8, "abcd..."},
    {"abcdefgh   ", 9, "abcdefgh"},
    {"abcd efgh", 9, "abcd..."},
    {"abc defgh", 8, "abc..."},
    {"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 9, "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"},
    {"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 8, "\xc3\xbc\xc3\xbc..."},
    {"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 7, "\xc3\xbc..."},
    {"abcdefgh", 4, "..."},
    {"abcdefgh", 3, ".."},
    {"abcdefgh", 1, ""},
    {"ab", 3, "ab"},
};

static const struct {
    const char *in;
    size_t width;
    const char *out;
} shortened[] = {
    {"abcdefgh", 8, "abcdefgh"},
    {"abcdefgh", 7, "abcd..."},
    {"abc defgh", 7, "abc..."},
    {"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80xyz", 6, "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80xyz"},
    {"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80xyz", 5, "\xc3\xbc\xe2\x82\xac..."},
    {"abcdefgh", 3, "..."},
    {"abcdefgh", 2, ".."},
    {"abcdefgh", 0, ""},
    {"", 0, ""},
};

static const char *const names[] = {"timeout", "ping-timeout", "hostname", "jid", "port"};

static const struct {
    const char *text;
    const char *nearest;
} near[] = {
    {"timeout", "timeout"},
    {"tiemout", "timeout"},
    {"timeuot", "timeout"},
    {"hostnmae", "hostname"},
    {"host-name", "hostname"},
    {"ping-timout", "ping-timeout"},
    {"jd", "jid"},
    {"prt", "port"},
    {"", NULL},
    {"x", NULL},
    {"completely-else", NULL},
    {"pxyz", NULL},
    {"hxxxname", NULL},
    {"a-text-that-is-much-longer-than-any-name-could-ever-be-in-this-program", NULL},
};

/* Each size must give valid UTF-8 that fits, whatever the input is. */
static void check_all_sizes(void)
{
    static const char in[] = "a\xc3\xbc \xe2\x82\xac\xff |\n\xf0\x9f\x98\x80\xe2\x82 \xed\xa0\x80 end of it";
    int wrong = 0;
    for (size_t length = 0; length < sizeof in; length++) {
        for (size_t size = 1; size < sizeof in + 2; size++) {
            char out[64];
            memset(out, 'X', sizeof out);
            text_clean(out, size, in, length);
            size_t used = strlen(out);
            wrong += used >= size || out[size] != 'X';
            for (size_t at = 0; at < used;) {
                uint32_t code;
                size_t bytes = utf8_decode(out + at, used - at, &code);
                wrong += bytes == 0;
                at += bytes > 0 ? bytes : 1;
            }
        }
    }
    is_int(wrong, 0, "each length of input at each size of output gives whole characters that fit");
}

int main(void)
{
    char out[128];
    for (size_t i = 0; i < COUNT(cleaned); i++)
        is_str(text_clean_string(out, sizeof out, cleaned[i].in), cleaned[i].out, "%s", cleaned[i].what);
    is_str(text_clean(out, sizeof out, "a\0b", 3), "a b", "a NUL is a space");
    is_str(text_clean(out, sizeof out, "a\xc3\xbc", 2), "a?", "what lies behind the length is not looked at");
    is_str(text_clean_string(out, sizeof out, NULL), "", "NULL is empty");
    for (size_t i = 0; i < COUNT(cut); i++)
        is_str(text_clean_string(out, cut[i].size, cut[i].in), cut[i].out, "'%s' in %zu bytes is '%s'", cut[i].in,
               cut[i].size, cut[i].out);
    check_all_sizes();
    for (size_t i = 0; i < COUNT(shortened); i++) {
        strcpy(out, shortened[i].in);
        text_shorten(out, shortened[i].width);
        is_str(out, shortened[i].out, "'%s' in %zu characters is '%s'", shortened[i].in, shortened[i].width,
               shortened[i].out);
    }
    is_int((long long)text_width("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80"), 4, "the width counts characters");
    is_int((long long)text_width(""), 0, "nothing has no width");
    for (size_t i = 0; i < COUNT(near); i++)
        is_str(text_nearest(near[i].text, names, COUNT(names)), near[i].nearest, "'%s' is near to %s", near[i].text,
               near[i].nearest ? near[i].nearest : "nothing");
    char path[TEXT_PATH_SIZE];
    is_str(text_show_path("/etc/x.conf", path), "/etc/x.conf", "a path is shown as it is");
    is_str(text_show_path(" /etc/x.conf ", path), "\xe2\x90\xa3/etc/x.conf\xe2\x90\xa3", "with blanks at its ends");
    char name[TEXT_PATH_SIZE], end[TEXT_PATH_SIZE];
    snprintf(name, sizeof name, "/\xc3\xbc%080d", 1);
    snprintf(end, sizeof end, "...%080d", 1);
    is_str(text_show_path(name, path), end, "of a long one the end, from a whole character on");
    done_testing();
    return exit_status();
}
