/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secret.h"

#include <errno.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "file.h"
#include "text.h"
#include "utf8.h"

/* Editors of another system put it before the text; it is not part of it. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool keep(struct secret *secret, const char *text, size_t length)
{
    secret_wipe(secret);
    memcpy(secret->value, text, length);
    secret->length = length;
    secret->set = true;
    return true;
}

/* Takes the first line of the USED bytes in BUFFER. */
static bool take_line(const char *buffer, size_t used, const char *file, struct secret *secret, struct line *why)
{
    size_t mark = strlen(BYTE_ORDER_MARK);
    if (used >= mark && memcmp(buffer, BYTE_ORDER_MARK, mark) == 0) {
        buffer += mark;
        used -= mark;
    }
    const char *newline = memchr(buffer, '\n', used);
    size_t length = newline ? (size_t)(newline - buffer) : used;
    if (newline && length > 0 && buffer[length - 1] == '\r')
        length--;
    if (length == 0)
        return line_set(why, "%s has an empty first line", file);
    if (length >= sizeof secret->value)
        return line_set(why, "%s has a first line that is too long", file);
    if (!utf8_valid(buffer, length)) /* UTF-16 too, which is full of NUL */
        return line_set(why, "%s is not UTF-8", file);
    if (memchr(buffer, '\0', length))
        return line_set(why, "%s holds a NUL byte in its first line", file);
    return keep(secret, buffer, length);
}

static bool read_open_file(int fd, const char *file, struct secret *secret, struct line *why)
{
    char buffer[sizeof BYTE_ORDER_MARK + sizeof secret->value]; /* the mark, the longest value, CR and LF */
    ssize_t used = file_read(fd, buffer, sizeof buffer);
    bool done = used >= 0 ? take_line(buffer, (size_t)used, file, secret, why)
                          : line_set(why, "%s cannot be read: %s", file, strerror(errno));
    explicit_bzero(buffer, sizeof buffer);
    return done;
}

bool secret_read_file(const char *name, struct secret *secret, struct line *why)
{
    struct stat status;
    char others[FILE_OTHERS_SIZE], file[TEXT_PATH_SIZE];
    int fd = file_open(name, &status), error = errno;
    text_show_path(name, file);
    if (fd < 0)
        return error != 0 ? line_set(why, "%s cannot be opened: %s", file, strerror(error))
                          : line_set(why, "%s is not a regular file", file);
    bool done = file_others(fd, &status, FILE_READ, others) ? line_set(why, "%s can be read by %s", file, others)
                                                            : read_open_file(fd, file, secret, why);
    close(fd);
    return done;
}

bool secret_set(struct secret *secret, const char *text, struct line *why)
{
    size_t length = strlen(text);
    if (length == 0 || length >= sizeof secret->value)
        return line_set(why, length == 0 ? "is empty" : "is too long");
    return utf8_valid(text, length) ? keep(secret, text, length) : line_set(why, "is not UTF-8");
}

bool secret_take_environment(struct secret *secret, struct line *why)
{
    *why = LINE_EMPTY;
    const char *value = getenv(SECRET_VARIABLE);
    if (!value)
        return false;
    bool done = *value != '\0' && (secret_set(secret, value, why) || line_before(why, SECRET_VARIABLE " "));
    /* In place, as /proc/PID/environ shows this memory; each copy, as an environment may name a variable twice. */
    const size_t name_length = strlen(SECRET_VARIABLE "=");
    for (char **entry = environ; *entry; entry++) {
        if (strncmp(*entry, SECRET_VARIABLE "=", name_length) == 0)
            explicit_bzero(*entry + name_length, strlen(*entry + name_length));
    }
    unsetenv(SECRET_VARIABLE);
    return done;
}

void secret_wipe(struct secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

/* --- what must not be shown --- */

/* A shorter password would be found in any text. */
#define SHORTEST_TOLD 4
#define SHORTEST_MESSAGE 8

/* The places of the password's forms. */
enum { FORM_PLAIN, FORM_ESCAPED, FORM_ENCODED, FORM_HEX = FORM_ENCODED, FORM_HEX_CAPITAL, FORM_BASE64 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The longest form: a password of entities. */
#define FORM_SIZE (6 * sizeof(((struct secret *)NULL)->value))

static bool digest(const struct secrets *secrets, const char *text, size_t length, unsigned char out[32])
{
    unsigned char keyed[sizeof secrets->key + FORM_SIZE];
    memcpy(keyed, secrets->key, sizeof secrets->key);
    memcpy(keyed + sizeof secrets->key, text, length);
    bool done = SHA256(keyed, sizeof secrets->key + length, out) != NULL;
    explicit_bzero(keyed, sizeof secrets->key + length);
    return done;
}

static unsigned sum_bytes(const char *text, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += (unsigned char)text[i];
    return sum;
}

static void add_form(struct secrets *secrets, struct secret_form *form, const char *text, size_t length)
{
    if (digest(secrets, text, length, form->digest)) {
        form->length = length;
        form->sum = sum_bytes(text, length);
    }
}

static void add_hex(struct secrets *secrets, struct secret_form *form, const struct secret *secret, const char *digits)
{
    char text[2 * sizeof secret->value];
    for (size_t i = 0; i < secret->length; i++) {
        unsigned char byte = (unsigned char)secret->value[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 0xf];
    }
    add_form(secrets, form, text, 2 * secret->length);
    explicit_bzero(text, sizeof text);
}

/* Of a text in base64 that has so many bytes BEFORE the password, and maybe some behind it: what the password alone
 * decides on. */
static void add_base64(struct secrets *secrets, struct secret_form *form, const struct secret *secret, size_t before)
{
    char text[2 + sizeof secret->value] = {0}, encoded[BASE64_SIZE(sizeof text)];
    memcpy(text + before, secret->value, secret->length);
    base64_encode(text, before + secret->length, encoded);
    size_t first = (8 * before + 5) / 6, end = 8 * (before + secret->length) / 6;
    add_form(secrets, form, encoded + first, end - first);
    explicit_bzero(text, sizeof text);
    explicit_bzero(encoded, sizeof encoded);
}

/* As libstrophe writes a stanza into the stream log. It has room for a password of entities alone. */
static void escape(char *out, const char *in)
{
    for (; *in != '\0'; in++) {
        switch (*in) {
        case '&':
            out = stpcpy(out, "&amp;");
            break;
        case '<':
            out = stpcpy(out, "&lt;");
            break;
        case '>':
            out = stpcpy(out, "&gt;");
            break;
        case '"':
            out = stpcpy(out, "&quot;");
            break;
        default:
            *out++ = *in;
        }
    }
    *out = '\0';
}

void secrets_collect(struct secrets *secrets, const struct secret *secret)
{
    memset(secrets, 0, sizeof *secrets);
    RAND_bytes(secrets->key, sizeof secrets->key); /* if it fails, the digests are plain ones */
    if (!secret->set || secret->length < SHORTEST_TOLD)
        return;
    secrets->is_word = strspn(secret->value, letters) == secret->length;
    add_form(secrets, &secrets->forms[FORM_PLAIN], secret->value, secret->length);
    add_hex(secrets, &secrets->forms[FORM_HEX], secret, "0123456789abcdef");
    add_hex(secrets, &secrets->forms[FORM_HEX_CAPITAL], secret, "0123456789ABCDEF");
    for (size_t before = 0; before < 3; before++)
        add_base64(secrets, &secrets->forms[FORM_BASE64 + before], secret, before);
    char escaped[FORM_SIZE];
    escape(escaped, secret->value);
    add_form(secrets, &secrets->forms[FORM_ESCAPED], escaped, strlen(escaped));
    explicit_bzero(escaped, sizeof escaped);
}

void secrets_take_ours(struct secrets *secrets, const struct secret *secret, const char *text)
{
    secrets->is_word = secrets->is_word || (secret->set && text && strstr(text, secret->value));
}

void secrets_add(struct secrets *secrets, const char *message)
{
    if (strlen(message) < SHORTEST_MESSAGE)
        return;
    size_t place = SECRET_PASSWORD_FORMS;
    while (place < SECRET_FORMS - 1 && secrets->forms[place].length > 0)
        place++;
    size_t length = strcspn(message, "=");
    add_form(secrets, &secrets->forms[place], message, length < FORM_SIZE ? length : FORM_SIZE);
}

static bool form_is_in(const struct secrets *secrets, const struct secret_form *form, const char *text, size_t length)
{
    if (form->length == 0 || length < form->length)
        return false;
    unsigned sum = sum_bytes(text, form->length);
    for (size_t i = 0;; i++) {
        unsigned char found[sizeof form->digest];
        if (sum == form->sum && digest(secrets, text + i, form->length, found) &&
            memcmp(found, form->digest, sizeof found) == 0)
            return true;
        if (i + form->length >= length)
            return false;
        sum += (unsigned)(unsigned char)text[i + form->length] - (unsigned char)text[i];
    }
}

static bool any_is_in(const struct secrets *secrets, size_t first, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = first; i < SECRET_FORMS; i++)
        if (form_is_in(secrets, &secrets->forms[i], text, length))
            return true;
    return false;
}

bool secrets_are_in(const struct secrets *secrets, const char *text)
{
    return any_is_in(secrets, 0, text);
}

bool secrets_are_in_ours(const struct secrets *secrets, const char *text)
{
    return any_is_in(secrets, secrets->is_word ? FORM_ENCODED : 0, text);
}

void secrets_wipe(struct secrets *secrets)
{
    explicit_bzero(secrets, sizeof *secrets);
}
