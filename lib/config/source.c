/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "source.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "file.h"
#include "line.h"
#include "scan.h"
#include "text.h"

#define BUFFER_SIZE (SOURCE_MOST + 2)

/* Reads one file; those that it includes have a reader each. */
struct reader {
    struct source *source;
    const struct reader *parent; /* of the file that includes this one; NULL for none */
    size_t file;                 /* index into source->files */
    unsigned line;
    struct scan scan;
    struct line *why;
};

static bool read_file(struct source *source, const struct reader *parent, const char *name, struct line *why);

static const char *place(const char *file, unsigned line, char out[SOURCE_PLACE_SIZE])
{
    char shown[TEXT_PATH_SIZE];
    text_format(out, SOURCE_PLACE_SIZE, "%s:%u", text_show_path(file, shown), line);
    return out;
}

/* Writes "PLACE: REASON". Always returns false. */
static bool refuse_line(const struct reader *reader, const char *reason)
{
    char where[SOURCE_PLACE_SIZE];
    const char *name = reader->source->files[reader->file].name;
    return line_set(reader->why, "%s: %s", place(name, reader->line, where), reason);
}

static bool refuse_size(const struct reader *reader, int most, const char *what)
{
    char reason[80];
    text_format(reason, sizeof reason, "more than %d %s, with all that is included", most, what);
    return refuse_line(reader, reason);
}

static bool check_line(struct reader *reader, const char *line)
{
    char where[SOURCE_PLACE_SIZE];
    if (scan_line(&reader->scan, line, reader->why))
        return true;
    return line_before(reader->why, "%s: ", place(reader->source->files[reader->file].name, reader->line, where));
}

static bool add_line(const struct reader *reader, const char *line, size_t length)
{
    struct source *source = reader->source;
    const struct scan *scan = &reader->scan;
    source->setting_count += scan->settings;
    if (source->length + length > SOURCE_MOST)
        return refuse_size(reader, SOURCE_MOST, "bytes");
    if (source->setting_count > SOURCE_SETTINGS_MOST)
        return refuse_size(reader, SOURCE_SETTINGS_MOST, "settings");
    struct source_line *lines = array_grow(source->lines, source->line_count, sizeof *lines);
    if (!lines)
        return refuse_line(reader, "out of memory");
    source->lines = lines;
    memcpy(source->text + source->length, line, length);
    source->length += length;
    source->text[source->length] = '\0';
    size_t key = scan->name ? (size_t)(scan->name - line) : 0;
    source->lines[source->line_count++] = (struct source_line){reader->file, reader->line, key, scan->length};
    return true;
}

/* NAME as the file of READER, or the working directory for none, sees it. The caller frees it; NULL without memory. */
static char *join(const struct reader *reader, const char *name, size_t length)
{
    const char *from = reader ? reader->source->files[reader->file].name : "";
    const char *slash = strrchr(from, '/');
    size_t directory = slash && *name != '/' ? (size_t)(slash - from) + 1 : 0;
    char *path = malloc(directory + length + 1);
    if (!path)
        return NULL;
    memcpy(path, from, directory);
    memcpy(path + directory, name, length);
    path[directory + length] = '\0';
    return path;
}

/* TEXT stands behind "@include" and white space. */
static bool include(const struct reader *reader, const char *text)
{
    size_t length = strcspn(text + 1, "\"\\\n");
    const char *rest = text + 1 + length;
    if (*rest != '"' || length == 0)
        return refuse_line(reader, "@include: expected the name of one file in quotes, without a backslash");
    rest++;
    rest += strspn(rest, " \t\r");
    if (*rest != '\n' && *rest != '#' && strncmp(rest, "//", 2) != 0)
        return refuse_line(reader, "@include: found something behind the name");
    char *name = join(reader, text + 1, length);
    if (!name)
        return refuse_line(reader, "out of memory");
    bool good = read_file(reader->source, reader, name, reader->why);
    free(name);
    return good;
}

/* What follows "@include" when LINE is one, from the quote on; else NULL. */
static const char *find_include(const char *line)
{
    line += strspn(line, " \t");
    if (strncmp(line, "@include", 8) != 0 || strspn(line + 8, " \t") == 0)
        return NULL;
    line += 8 + strspn(line + 8, " \t");
    return *line == '"' ? line : NULL;
}

/* TEXT ends in a newline. */
static bool take_lines(struct reader *reader, const char *text)
{
    for (reader->line = 1; *text != '\0'; reader->line++) {
        size_t length = strcspn(text, "\n") + 1;
        const char *name = reader->scan.in_comment ? NULL : find_include(text);
        bool good = name ? include(reader, name) : check_line(reader, text) && add_line(reader, text, length);
        if (!good)
            return false;
        text += length;
    }
    reader->line--;
    return !reader->scan.in_comment || refuse_line(reader, "a comment does not end");
}

/* BUFFER holds the file's USED bytes, and has room for a newline and a NUL behind them. */
static bool take_text(struct reader *reader, char *buffer, size_t used)
{
    if (used > SOURCE_MOST)
        return refuse_size(reader, SOURCE_MOST, "bytes");
    if (memchr(buffer, '\0', used))
        return refuse_line(reader, "a NUL byte is in the file");
    if (used > 0 && buffer[used - 1] != '\n')
        buffer[used++] = '\n';
    buffer[used] = '\0';
    return take_lines(reader, buffer);
}

static bool take_file(struct reader *reader, int fd)
{
    char *buffer = malloc(BUFFER_SIZE);
    if (!buffer)
        return refuse_line(reader, "out of memory");
    ssize_t used = file_read(fd, buffer, SOURCE_MOST + 1);
    bool good = used < 0 ? refuse_line(reader, strerror(errno)) : take_text(reader, buffer, (size_t)used);
    explicit_bzero(buffer, used < 0 ? BUFFER_SIZE : (size_t)used);
    free(buffer);
    return good;
}

/* Whether PARENT or a file that includes it is the file of STATUS. */
static bool is_open(const struct reader *parent, const struct stat *status)
{
    for (; parent; parent = parent->parent) {
        const struct source_file *file = &parent->source->files[parent->file];
        if (file->device == status->st_dev && file->inode == status->st_ino)
            return true;
    }
    return false;
}

static size_t depth(const struct reader *reader)
{
    return reader ? 1 + depth(reader->parent) : 0;
}

/* What cannot be opened is told at the place of the @include, if there is one. */
static bool refuse_file(const struct reader *parent, const char *name, const char *reason, struct line *why)
{
    char shown[TEXT_PATH_SIZE], sentence[TEXT_PATH_SIZE + 100];
    text_show_path(name, shown);
    if (!parent)
        return line_set(why, "%s: %s", shown, reason);
    text_format(sentence, sizeof sentence, "@include: %s: %s", shown, reason);
    return refuse_line(parent, sentence);
}

static bool add_file(struct source *source, const char *name, const struct stat *status, bool is_public)
{
    struct source_file *files = array_grow(source->files, source->file_count, sizeof *files);
    if (!files)
        return false;
    source->files = files;
    files[source->file_count] = (struct source_file){strdup(name), status->st_dev, status->st_ino, is_public};
    return files[source->file_count].name && ++source->file_count;
}

static bool read_open_file(struct source *source, const struct reader *parent, const char *name, int fd,
                           const struct stat *status, struct line *why)
{
    if (is_open(parent, status))
        return refuse_file(parent, name, "includes itself", why);
    if (source->file_count == SOURCE_FILES_MOST)
        return refuse_file(parent, name, "is one file too many", why);
    char others[FILE_OTHERS_SIZE], reason[FILE_OTHERS_SIZE + 40];
    if (file_others(fd, status, FILE_WRITE, others)) {
        text_format(reason, sizeof reason, "can be written to by %s", others);
        return refuse_file(parent, name, reason, why);
    }
    if (!add_file(source, name, status, file_others(fd, status, FILE_READ, others) != NULL))
        return refuse_file(parent, name, "out of memory", why);
    struct reader reader = {.source = source, .parent = parent, .file = source->file_count - 1, .line = 1, .why = why};
    return take_file(&reader, fd);
}

static bool read_file(struct source *source, const struct reader *parent, const char *name, struct line *why)
{
    struct stat status;
    if (depth(parent) > SOURCE_DEEPEST)
        return refuse_file(parent, name, "is included too deep", why);
    int fd = file_open(name, &status);
    if (fd < 0)
        return refuse_file(parent, name, errno != 0 ? strerror(errno) : "is not a regular file", why);
    bool good = read_open_file(source, parent, name, fd, &status, why);
    close(fd);
    return good;
}

bool source_read(struct source *source, const char *file, struct line *why)
{
    *source = (struct source){.text = malloc(SOURCE_MOST + 1)};
    if (!source->text)
        return line_set(why, "out of memory");
    source->text[0] = '\0';
    return read_file(source, NULL, file, why);
}

static const struct source_line *find_line(const struct source *source, unsigned number)
{
    static const struct source_line first = {.number = 1};
    if (source->line_count == 0)
        return &first;
    size_t index = number > 0 ? number - 1 : 0;
    return &source->lines[index < source->line_count ? index : source->line_count - 1];
}

const char *source_place(const struct source *source, unsigned number, char out[SOURCE_PLACE_SIZE])
{
    const struct source_line *line = find_line(source, number);
    return place(source->files[line->file].name, line->number, out);
}

const char *source_place_key(const struct source *source, unsigned number, char out[SOURCE_PLACE_SIZE])
{
    const struct source_line *line = find_line(source, number);
    const char *text = source->text;
    for (const struct source_line *before = source->lines; before < line; before++)
        text += strcspn(text, "\n") + 1;
    source_place(source, number, out);
    size_t used = strlen(out);
    if (line->key_length > 0)
        text_format(out + used, SOURCE_PLACE_SIZE - used, ": %.*s", (int)line->key_length, text + line->key);
    return out;
}

bool source_is_public(const struct source *source, unsigned number)
{
    return source->files[find_line(source, number)->file].is_public;
}

void source_free(struct source *source)
{
    if (source->text)
        explicit_bzero(source->text, source->length);
    free(source->text);
    free(source->lines);
    for (size_t i = 0; i < source->file_count; i++)
        free(source->files[i].name);
    free(source->files);
    *source = (struct source){0};
}
