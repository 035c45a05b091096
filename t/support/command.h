/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user writes: command lines and files. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "options.h"
#include "tap.h"

struct command {
    char text[4096];
    char *argv[256];
    int argc;
};

/* The command line with ARGUMENTS, words apart by spaces; '' is an empty word. */
static inline void command_split(struct command *command, const char *arguments)
{
    *command = (struct command){.argv = {(char *)"check_xmpp_ping"}, .argc = 1};
    snprintf(command->text, sizeof command->text, "%s", arguments);
    char *rest = command->text;
    for (char *word; *arguments != '\0' && (word = strsep(&rest, " ")) != NULL;)
        command->argv[command->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
}

/* The settings that ARGUMENTS make. The last two that were made have a password each, without a value. */
static inline void read_arguments(struct settings *settings, const char *arguments)
{
    static struct secret passwords[2];
    static int next;
    struct command command;
    struct line why = LINE_EMPTY;
    command_split(&command, arguments);
    settings_init(settings);
    settings->password = &passwords[next++ % 2];
    secret_wipe(settings->password);
    if (options_parse(command.argc, command.argv, settings, &why) != OPTIONS_RUN)
        diag("%s", why.text);
}

static inline void write_file(const char *name, const char *content, mode_t mode)
{
    FILE *file = fopen(name, "w");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0 || chmod(name, mode) != 0)
        diag("cannot write %s", name);
}

#endif
