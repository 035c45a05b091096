/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, read by getopt_long(3) along the table of options. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "habits.h"
#include "text.h"

/* getopt's values: a row's letter, or this and its index for a row without. */
#define WITHOUT_LETTER 256

/* getopt would take --password for an abbreviation of --password-file, and the password for a name to be told. */
#define PASSWORD 255

struct parser {
    char letters[2 + 2 * 64]; /* there are no more letters than 62 */
    struct option *longs;     /* with --password, and the empty one that ends them */
    int argc;
    char *const *argv;
    struct line *why;
};

static int value_of(size_t index)
{
    return option_table[index].letter ? option_table[index].letter : WITHOUT_LETTER + (int)index;
}

/* NULL when no row has it. */
static const struct option_row *find_row(int value)
{
    for (size_t i = 0; i < option_count; i++) {
        if (value_of(i) == value)
            return &option_table[i];
    }
    return NULL;
}

/* "-" has getopt return stray arguments in order, ":" missing ones apart from unknown options. */
static void make_letters(char *letter)
{
    letter = stpcpy(letter, "-:");
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (row->letter)
            *letter++ = (char)row->letter;
        if (row->letter && row->argument)
            *letter++ = ':';
    }
    *letter = '\0';
}

/* NULL when out of memory. The caller frees it. */
static struct option *make_longs(void)
{
    struct option *longs = calloc(option_count + 2, sizeof *longs);
    if (!longs)
        return NULL;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        longs[i].name = row->name;
        longs[i].has_arg = !row->argument ? no_argument : row->optional ? optional_argument : required_argument;
        longs[i].val = value_of(i);
    }
    longs[option_count] = (struct option){.name = "password", .has_arg = optional_argument, .val = PASSWORD};
    return longs;
}

static bool refuse_stray(const struct parser *parser, const char *argument)
{
    char shown[TEXT_SHOWN_SIZE];
    text_show(argument, shown);
    return line_set(parser->why, "%s: an argument that belongs to no option", *shown != '\0' ? shown : "(empty)");
}

/* WORD, behind DASHES, is no option, nor the beginning of one. */
static bool refuse_unknown(const struct parser *parser, const char *dashes, const char *word)
{
    char shown[TEXT_SHOWN_SIZE];
    const char *answer = habit_answer(word);
    line_set(parser->why, "%s%s: unknown option%s%s", dashes, text_show(word, shown), answer ? ": " : "",
             answer ? answer : "");
    if (answer || strlen(word) < 2)
        return false;
    struct nearest nearest = nearest_to(word);
    for (size_t i = 0; i < option_count; i++)
        nearest_try(&nearest, option_table[i].name);
    return line_add_guess(parser->why, dashes, nearest.name);
}

static bool refuse_ambiguous(const struct parser *parser, const char *word)
{
    size_t length = strlen(word);
    const char *separator = "";
    line_set(parser->why, "--%s: ambiguous: ", word);
    for (size_t i = 0; i < option_count; i++) {
        if (strncmp(option_table[i].name, word, length) != 0)
            continue;
        line_add(parser->why, "%s--%s", separator, option_table[i].name);
        separator = ", ";
    }
    return false;
}

static bool is_prefix(const char *word)
{
    for (size_t i = 0; i < option_count; i++) {
        if (strncmp(option_table[i].name, word, strlen(word)) == 0)
            return true;
    }
    return false;
}

static bool refuse_password(const struct parser *parser)
{
    return line_set(parser->why, "--password: no option takes a password: use --password-file");
}

/* getopt has returned '?'. */
static bool refuse_word(const struct parser *parser)
{
    const struct option_row *row = find_row(optopt);
    if (row)
        return line_set(parser->why, "--%s: takes no argument", row->name);
    if (optopt != 0)
        return refuse_unknown(parser, "-", (char[]){(char)optopt, '\0'});
    /* "--" and the word, which getopt has just passed. */
    const char *given = parser->argv[optind - 1] + 2;
    char *word = strndup(given, strcspn(given, "="));
    if (!word)
        return line_set(parser->why, "out of memory");
    if (word[0] == 'p' && word[1] == 'a' && is_prefix(word))
        refuse_password(parser);
    else if (*word != '\0' && is_prefix(word))
        refuse_ambiguous(parser, word);
    else
        refuse_unknown(parser, "--", word);
    free(word);
    return false;
}

static bool refuse_missing(const struct parser *parser)
{
    const struct option_row *row = find_row(optopt);
    return line_set(parser->why, "--%s: needs an argument: %s", row->name, row->argument);
}

static bool apply(const struct parser *parser, const struct option_row *row, struct settings *settings)
{
    settings->given |= option_bits(row);
    return option_apply(row, settings, optarg, parser->why) || line_before(parser->why, "--%s: ", row->name);
}

/* One result of getopt. */
static bool take(const struct parser *parser, int value, struct settings *settings)
{
    if (value == 1)
        return refuse_stray(parser, optarg);
    if (value == '?')
        return refuse_word(parser);
    if (value == ':')
        return refuse_missing(parser);
    if (value == PASSWORD)
        return refuse_password(parser);
    return apply(parser, find_row(value), settings);
}

/* The next result of getopt; -1 behind the last. */
static int next(const struct parser *parser)
{
    return getopt_long(parser->argc, parser->argv, parser->letters, parser->longs, NULL);
}

static enum options_result parse(const struct parser *parser, struct settings *settings)
{
    for (int value; (value = next(parser)) != -1;) {
        if (value == 'h')
            return OPTIONS_HELP;
        if (value == 'V')
            return OPTIONS_VERSION;
        if (!take(parser, value, settings))
            return OPTIONS_ERROR;
    }
    if (optind >= parser->argc) /* nothing behind "--" */
        return OPTIONS_RUN;
    refuse_stray(parser, parser->argv[optind]);
    return OPTIONS_ERROR;
}

/* False when out of memory. The caller frees the longs in both cases. */
static bool start(struct parser *parser)
{
    opterr = 0;
    optind = 0; /* glibc starts anew */
    make_letters(parser->letters);
    parser->longs = make_longs();
    return parser->longs;
}

enum options_result options_parse(int argc, char *const argv[], struct settings *settings, struct line *why)
{
    struct parser parser = {.argc = argc, .argv = argv, .why = why};
    bool good = start(&parser) || line_set(why, "out of memory");
    enum options_result result = good ? parse(&parser, settings) : OPTIONS_ERROR;
    free(parser.longs);
    return result;
}

int64_t options_timeout(int argc, char *const argv[], int64_t standard)
{
    struct parser parser = {.argc = argc, .argv = argv};
    struct settings settings = {.timeout = standard};
    struct line why;
    bool good = start(&parser);
    for (int value; good && (value = next(&parser)) != -1;) {
        if (value == 't')
            option_apply(find_row(value), &settings, optarg, &why);
    }
    free(parser.longs);
    return settings.timeout;
}
