/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ini.h"

#include <stddef.h>
#include <string.h>

/* As isspace() in the C locale. */
#define SPACE " \t\r\v\f"

struct ini ini_open(char *text, const char *section)
{
    return (struct ini){.section = section, .rest = text};
}

/* Cuts white space off both ends. */
static char *trim(char *text)
{
    text += strspn(text, SPACE);
    size_t length = strlen(text);
    while (length > 0 && strchr(SPACE, text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

static bool is_comment(const char *text)
{
    return *text == '#' || *text == ';';
}

/* LINE begins with a bracket. A heading that is not closed counts only where the wanted name stands in it. */
static bool take_heading(struct ini *ini, char *line)
{
    char *end = strchr(line, ']');
    if (end)
        *end = '\0';
    bool wanted = strcmp(trim(line + 1), ini->section) == 0;
    ini->place = wanted ? INI_INSIDE : INI_ELSEWHERE;
    if (!wanted)
        return true;
    ini->found = true;
    if (!end) {
        ini->why = "has no ] behind the name of the section";
        return false;
    }
    const char *behind = trim(end + 1);
    if (*behind == '\0' || is_comment(behind))
        return true;
    ini->why = "has something behind ]";
    return false;
}

static bool take_entry(struct ini *ini, char *line)
{
    char *equals = strchr(line, '=');
    if (!equals) {
        ini->why = "has no =, which a switch needs too";
        return false;
    }
    *equals = '\0';
    ini->key = trim(line);
    ini->value = trim(equals + 1);
    if (*ini->key == '\0')
        ini->why = "has no key before =";
    else if (*ini->key == '-')
        ini->why = "has a key that begins with -: leave the dashes out";
    else if (ini->key[strcspn(ini->key, SPACE)] != '\0')
        ini->why = "has white space inside its key";
    return !ini->why;
}

bool ini_next(struct ini *ini)
{
    char *line;
    while ((line = strsep(&ini->rest, "\n")) != NULL) {
        ini->line++;
        line = trim(line);
        if (*line == '\0' || is_comment(line))
            continue;
        if (*line == '[') {
            if (!take_heading(ini, line))
                return false;
        } else if (ini->place == INI_INSIDE) {
            return take_entry(ini, line);
        } else if (ini->place == INI_NOWHERE) {
            ini->why = "stands before the first section";
            return false;
        }
    }
    return false;
}
