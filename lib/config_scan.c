/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_scan.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "why.h"

#define FILE_MOST ((size_t)1 << 20)

/* libconfig's own limit is 10 deep; it has none on how many. */
#define DEPTH_MOST 10
#define FILES_MOST 1000

struct scan {
    const char *file;
    const char *directory;
    int depth;  /* of includes */
    int *files; /* read so far, of all */
    int line;
    const char *at, *end;
    char *why;
    size_t why_size;
};

static bool refuse(const struct scan *scan, const char *reason)
{
    return why_set(scan->why, scan->why_size, "%s:%d: %s", scan->file, scan->line, reason);
}

/* Reads all of a file. NULL with the reason in WHY; else the caller wipes and frees it. */
static char *slurp(const char *file, size_t *length, char *why, size_t why_size)
{
    /* Without O_NONBLOCK the opening of a FIFO would wait for its writer. */
    int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        why_set(why, why_size, "%s: cannot be opened: %s", file, strerror(errno));
        return NULL;
    }
    struct stat status;
    char *text = NULL;
    *length = 0;
    if (fstat(fd, &status) != 0)
        why_set(why, why_size, "%s: cannot be examined: %s", file, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        why_set(why, why_size, "%s: is not a regular file", file);
    else if ((text = malloc(FILE_MOST + 1)) == NULL)
        why_set(why, why_size, "%s: out of memory", file);
    ssize_t got = 1;
    while (text && got > 0 && *length <= FILE_MOST) {
        got = read(fd, text + *length, FILE_MOST + 1 - *length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            *length += (size_t)got;
    }
    if (text && (got < 0 || *length > FILE_MOST)) {
        why_set(why, why_size, "%s: %s", file, got < 0 ? strerror(errno) : "is larger than 1 MiB");
        explicit_bzero(text, *length);
        free(text);
        text = NULL;
    }
    close(fd);
    return text;
}

static bool scan_file(struct scan *scan);

/* The rest of a line that begins with @include. */
static bool scan_include(struct scan *scan, const char *name)
{
    size_t length = 0;
    while (name + length < scan->end && name[length] != '"' && name[length] != '\n')
        length++;
    char path[PATH_MAX];
    bool absolute = length > 0 && name[0] == '/';
    int wanted = snprintf(path, sizeof path, "%s%s%.*s", absolute ? "" : scan->directory, absolute ? "" : "/",
                          (int)(length < PATH_MAX ? length : PATH_MAX), name);
    if (wanted < 0 || (size_t)wanted >= sizeof path)
        return refuse(scan, "@include: the name is too long");
    if (scan->depth == DEPTH_MOST)
        return refuse(scan, "@include: more than 10 files deep");
    if (++*scan->files > FILES_MOST)
        return refuse(scan, "@include: more than 1000 files");
    struct scan inner = {.file = path,
                         .directory = scan->directory,
                         .depth = scan->depth + 1,
                         .files = scan->files,
                         .why = scan->why,
                         .why_size = scan->why_size};
    scan->at = name + length;
    return scan_file(&inner);
}

static bool scan_string(struct scan *scan)
{
    for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++) {
        if (*scan->at == '\n')
            scan->line++;
        if (*scan->at != '\\' || scan->at + 1 == scan->end)
            continue;
        scan->at++;
        if (scan->end - scan->at >= 3 && strncmp(scan->at, "x00", 3) == 0)
            return refuse(scan, "a string holds a NUL");
        scan->line += *scan->at == '\n';
    }
    scan->at += scan->at < scan->end;
    return true;
}

static void scan_comment(struct scan *scan)
{
    bool block = scan->at[0] == '/' && scan->at[1] == '*';
    for (scan->at += block ? 2 : 1; scan->at < scan->end; scan->at++) {
        if (block && scan->at + 1 < scan->end && scan->at[0] == '*' && scan->at[1] == '/') {
            scan->at += 2;
            return;
        }
        if (*scan->at != '\n')
            continue;
        if (!block)
            return;
        scan->line++;
    }
}

/* A word: a name, true, a number. */
static bool scan_word(struct scan *scan)
{
    const char *begin = scan->at;
    bool decimal = true;
    while (scan->at < scan->end && (isalnum((unsigned char)*scan->at) || strchr("_-.+*", *scan->at))) {
        decimal = decimal && (isdigit((unsigned char)*scan->at) || (scan->at == begin && strchr("+-", *begin)));
        scan->at++;
    }
    size_t length = (size_t)(scan->at - begin);
    if (length > 1 && begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X'))
        return refuse(scan, "a hexadecimal number: write it in decimal");
    if (!decimal)
        return true;
    if (length > 1 && begin[0] == '0')
        return refuse(scan, "a number with a leading zero");
    char digits[16];
    if (length < sizeof digits) {
        snprintf(digits, sizeof digits, "%.*s", (int)length, begin);
        long long number = strtoll(digits, NULL, 10);
        if (number >= INT_MIN && number <= INT_MAX)
            return true;
    }
    return refuse(scan, "a number that is too large");
}

static bool begins_line(const struct scan *scan, const char *text)
{
    const char *before = scan->at;
    while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
        before--;
    return before == text || before[-1] == '\n';
}

static bool scan_text(struct scan *scan, const char *text)
{
    static const char include[] = "@include";
    const size_t include_length = sizeof include - 1;
    while (scan->at < scan->end) {
        size_t left = (size_t)(scan->end - scan->at);
        bool good = true;
        if (*scan->at == '"') {
            good = scan_string(scan);
        } else if (*scan->at == '#' || (left > 1 && scan->at[0] == '/' && strchr("/*", scan->at[1]))) {
            scan_comment(scan);
        } else if (left > include_length && strncmp(scan->at, include, include_length) == 0 &&
                   begins_line(scan, text)) {
            const char *name = scan->at + include_length;
            name += strspn(name, " \t");
            if (name < scan->end && *name == '"')
                good = scan_include(scan, name + 1);
            scan->at += *scan->at == '@' ? 1 : *scan->at == '"';
        } else if (isalnum((unsigned char)*scan->at) || strchr("_-+.", *scan->at)) {
            good = scan_word(scan);
        } else {
            scan->line += *scan->at == '\n';
            scan->at++;
        }
        if (!good)
            return false;
    }
    return true;
}

static bool scan_file(struct scan *scan)
{
    size_t length;
    char *text = slurp(scan->file, &length, scan->why, scan->why_size);
    if (!text)
        return false;
    text[length] = '\0'; /* there is room: FILE_MOST + 1 */
    scan->line = 1;
    scan->at = text;
    scan->end = text + length;
    bool good = true;
    const char *nul = memchr(text, '\0', length);
    if (nul) {
        for (const char *c = text; c < nul; c++)
            scan->line += *c == '\n';
        good = refuse(scan, "a NUL byte");
    }
    good = good && scan_text(scan, text);
    explicit_bzero(text, length);
    free(text);
    return good;
}

bool config_scan(const char *file, const char *directory, char *why, size_t why_size)
{
    int files = 1;
    struct scan scan = {.file = file, .directory = directory, .files = &files, .why = why, .why_size = why_size};
    return scan_file(&scan);
}
