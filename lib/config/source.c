/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "source.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "why.h"

/* An int has every number of so many digits, and libconfig (1.5) takes some larger ones for others; a double has every
 * decimal of them. */
#define DIGITS_MOST 9

#define BUFFER_SIZE (SOURCE_MOST + 2)

/* How much of a file's name a place shows at most: its end. */
#define NAME_MOST 220

/* Reads one file; those that it includes have a reader each. */
struct reader {
    struct source *source;
    const struct reader *parent; /* of the file that includes this one; NULL for none */
    size_t file;                 /* index into source->files */
    unsigned line;
    bool in_comment;
    char key[40];          /* the name last seen, cut: a number's key */
    const char *setting;   /* the name that the line sets; NULL for none */
    size_t setting_length; /* 0: several */
    char *why;
    size_t why_size;
};

static bool read_file(struct source *source, const struct reader *parent, const char *name, char *why, size_t why_size);

static const char *place(const char *file, unsigned line, char out[SOURCE_PLACE_SIZE])
{
    size_t length = strlen(file);
    bool cut = length > NAME_MOST;
    why_set(out, SOURCE_PLACE_SIZE, "%s%s:%u", cut ? "..." : "", cut ? file + length - NAME_MOST : file, line);
    return out;
}

/* Writes "PLACE: REASON". Always returns false. */
static bool refuse(const struct reader *reader, const char *reason)
{
    char where[SOURCE_PLACE_SIZE];
    const char *name = reader->source->files[reader->file].name;
    return why_set(reader->why, reader->why_size, "%s: %s", place(name, reader->line, where), reason);
}

/* --- tokens --- */

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
static size_t read_number(const struct reader *reader, const char *text)
{
    size_t length = 1;
    while (is_digit(text[length]) || is_letter(text[length]) || (text[length] && strchr("._+-", text[length])))
        length++;
    if (is_decimal(text, length))
        return length;
    char number[WHY_VALUE_SIZE], shown[WHY_VALUE_SIZE], reason[160];
    why_set(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : sizeof number), text);
    bool secret = strcmp(reader->key, "password") == 0;
    why_set(reason, sizeof reason, "%s: %s is not a decimal number of at most %d digits", reader->key,
            secret ? "what stands here" : why_show(number, shown), DIGITS_MOST);
    refuse(reader, reason);
    return 0;
}

/* Notes the name that TEXT begins with if it is set there. */
static void note_setting(struct reader *reader, const char *text, size_t length)
{
    const char *next = text + length + strspn(text + length, " \t");
    if (*next != '=' && *next != ':')
        return;
    bool same = reader->setting && reader->setting_length == length && memcmp(reader->setting, text, length) == 0;
    reader->setting_length = !reader->setting || same ? length : 0;
    reader->source->setting_count++;
    reader->setting = text;
}

/* Returns the length of the name that TEXT begins with. */
static size_t read_name(struct reader *reader, const char *text)
{
    size_t length = 1;
    while (is_digit(text[length]) || is_letter(text[length]) || (text[length] && strchr("*-_", text[length])))
        length++;
    size_t kept = length < sizeof reader->key ? length : sizeof reader->key - 1;
    memcpy(reader->key, text, kept);
    reader->key[kept] = '\0';
    note_setting(reader, text, length);
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
static size_t read_string(const struct reader *reader, const char *text)
{
    size_t length = 1;
    while (text[length] != '\n' && text[length] != '"') {
        size_t step = text[length] == '\\' ? read_escape(text + length) : 1;
        if (step == 0) {
            refuse(reader, "a string has an unknown escape: a backslash itself is written twice");
            return 0;
        }
        length += step;
    }
    if (text[length] == '"')
        return length + 1;
    refuse(reader, "a string does not end on its line");
    return 0;
}

/* Looks through LINE, which ends in a newline, as libconfig's scanner does. */
static bool check_line(struct reader *reader, const char *line)
{
    reader->setting = NULL;
    reader->setting_length = 0;
    while (*line != '\n') {
        size_t length = 1;
        if (reader->in_comment) {
            reader->in_comment = strncmp(line, "*/", 2) != 0;
            length = reader->in_comment ? 1 : 2;
        } else if (*line == '#' || strncmp(line, "//", 2) == 0) {
            return true;
        } else if (strncmp(line, "/*", 2) == 0) {
            reader->in_comment = true;
            length = 2;
        } else if (*line == '"') {
            length = read_string(reader, line);
        } else if (is_letter(*line) || *line == '*') {
            length = read_name(reader, line);
        } else if (is_digit(*line) || strchr("+-.", *line)) {
            length = read_number(reader, line);
        }
        if (length == 0)
            return false;
        line += length;
    }
    return true;
}

/* --- files --- */

static bool refuse_size(const struct reader *reader, int most, const char *what)
{
    char reason[80];
    why_set(reason, sizeof reason, "more than %d %s, with all that is included", most, what);
    return refuse(reader, reason);
}

static bool add_line(const struct reader *reader, const char *line, size_t length)
{
    struct source *source = reader->source;
    if (source->length + length > SOURCE_MOST)
        return refuse_size(reader, SOURCE_MOST, "bytes");
    if (source->setting_count > SOURCE_SETTINGS_MOST)
        return refuse_size(reader, SOURCE_SETTINGS_MOST, "settings");
    if ((source->line_count & (source->line_count - 1)) == 0) { /* its room is a power of two */
        size_t room = source->line_count > 0 ? 2 * source->line_count : 1;
        struct source_line *lines = realloc(source->lines, room * sizeof *lines);
        if (!lines)
            return refuse(reader, "out of memory");
        source->lines = lines;
    }
    memcpy(source->text + source->length, line, length);
    source->length += length;
    source->text[source->length] = '\0';
    size_t key = reader->setting ? (size_t)(reader->setting - line) : 0;
    source->lines[source->line_count++] = (struct source_line){reader->file, reader->line, key, reader->setting_length};
    return true;
}

/* NAME as the file of READER, or the working directory for none, sees it. The caller frees it; NULL without memory. */
static char *resolve(const struct reader *reader, const char *name, size_t length)
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
        return refuse(reader, "@include: expected the name of one file in quotes, without a backslash");
    rest++;
    rest += strspn(rest, " \t\r");
    if (*rest != '\n' && *rest != '#' && strncmp(rest, "//", 2) != 0)
        return refuse(reader, "@include: found something behind the name");
    char *name = resolve(reader, text + 1, length);
    if (!name)
        return refuse(reader, "out of memory");
    bool good = read_file(reader->source, reader, name, reader->why, reader->why_size);
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
        const char *name = reader->in_comment ? NULL : find_include(text);
        bool good = name ? include(reader, name) : check_line(reader, text) && add_line(reader, text, length);
        if (!good)
            return false;
        text += length;
    }
    reader->line--;
    return !reader->in_comment || refuse(reader, "a comment does not end");
}

/* BUFFER holds the file's USED bytes, and has room for a newline and a NUL behind them. */
static bool take_text(struct reader *reader, char *buffer, size_t used)
{
    if (used > SOURCE_MOST)
        return refuse_size(reader, SOURCE_MOST, "bytes");
    if (memchr(buffer, '\0', used))
        return refuse(reader, "a NUL byte is in the file");
    if (used > 0 && buffer[used - 1] != '\n')
        buffer[used++] = '\n';
    buffer[used] = '\0';
    return take_lines(reader, buffer);
}

static bool take_file(struct reader *reader, int fd)
{
    char *buffer = malloc(BUFFER_SIZE);
    if (!buffer)
        return refuse(reader, "out of memory");
    ssize_t used = file_read(fd, buffer, SOURCE_MOST + 1);
    bool good = used < 0 ? refuse(reader, strerror(errno)) : take_text(reader, buffer, (size_t)used);
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
static bool refuse_file(const struct reader *parent, const char *name, const char *reason, char *why, size_t why_size)
{
    char where[SOURCE_PLACE_SIZE], sentence[SOURCE_PLACE_SIZE + 100];
    place(name, 0, where);
    *strrchr(where, ':') = '\0';
    if (!parent)
        return why_set(why, why_size, "%s: %s", where, reason);
    why_set(sentence, sizeof sentence, "@include: %s: %s", where, reason);
    return refuse(parent, sentence);
}

static bool add_file(struct source *source, const char *name, const struct stat *status, bool is_public)
{
    struct source_file *files = realloc(source->files, (source->file_count + 1) * sizeof *files);
    if (!files)
        return false;
    source->files = files;
    files[source->file_count] = (struct source_file){strdup(name), status->st_dev, status->st_ino, is_public};
    return files[source->file_count].name && ++source->file_count;
}

static bool read_open_file(struct source *source, const struct reader *parent, const char *name, int fd,
                           const struct stat *status, char *why, size_t why_size)
{
    if (is_open(parent, status))
        return refuse_file(parent, name, "includes itself", why, why_size);
    if (source->file_count == SOURCE_FILES_MOST)
        return refuse_file(parent, name, "is one file too many", why, why_size);
    char others[FILE_OTHERS_SIZE], reason[FILE_OTHERS_SIZE + 40];
    if (file_others(fd, status, FILE_WRITE, others)) {
        why_set(reason, sizeof reason, "can be written to by %s", others);
        return refuse_file(parent, name, reason, why, why_size);
    }
    if (!add_file(source, name, status, file_others(fd, status, FILE_READ, others) != NULL))
        return refuse_file(parent, name, "out of memory", why, why_size);
    struct reader reader = {.source = source,
                            .parent = parent,
                            .file = source->file_count - 1,
                            .line = 1,
                            .why = why,
                            .why_size = why_size};
    return take_file(&reader, fd);
}

static bool read_file(struct source *source, const struct reader *parent, const char *name, char *why, size_t why_size)
{
    struct stat status;
    if (depth(parent) > SOURCE_DEEPEST)
        return refuse_file(parent, name, "is included too deep", why, why_size);
    int fd = file_open(name, &status);
    if (fd < 0)
        return refuse_file(parent, name, errno != 0 ? strerror(errno) : "is not a regular file", why, why_size);
    bool good = read_open_file(source, parent, name, fd, &status, why, why_size);
    close(fd);
    return good;
}

bool source_read(struct source *source, const char *file, char *why, size_t why_size)
{
    *source = (struct source){.text = malloc(SOURCE_MOST + 1)};
    if (!source->text)
        return why_set(why, why_size, "out of memory");
    source->text[0] = '\0';
    return read_file(source, NULL, file, why, why_size);
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
        why_set(out + used, SOURCE_PLACE_SIZE - used, ": %.*s", (int)line->key_length, text + line->key);
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
