/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What --help and --version print. */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "tap.h"

/* Every line of TEXT. */
static void check_width(const char *text, const char *name)
{
    size_t longest = 0;
    bool trailing = false;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        longest = length > longest ? length : longest;
        trailing = trailing || (length > 0 && line[length - 1] == ' ');
        line += length + (line[length] == '\n');
    }
    ok(longest <= 80, "%s has at most 80 columns", name);
    ok(!trailing, "no line of %s ends in a space", name);
}

static void check_help(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    options_print_help(out);
    fclose(out);
    check_width(text, "the help");
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        char head[80];
        const char *equals = row->optional ? "[=" : row->argument ? "=" : "";
        if (row->letter)
            snprintf(head, sizeof head, "\n  -%c, --%s%s%s", row->letter, row->name, equals,
                     row->argument ? row->argument : "");
        else
            snprintf(head, sizeof head, "\n      --%s%s%s", row->name, equals, row->argument ? row->argument : "");
        ok(strstr(text, head) != NULL, "the help shows --%s", row->name);
    }
    ok(strstr(text, "(default: 10s:CRITICAL)") != NULL, "the help shows defaults");
    free(text);

    out = open_memstream(&text, &size);
    options_print_version(out);
    fclose(out);
    check_width(text, "the version");
    ok(strncmp(text, "check_xmpp_ping " VERSION " (libstrophe 0.1", 33) == 0,
       "the version begins with the program and libstrophe");
    free(text);
}

int main(void)
{
    check_help();
    done_testing();
    return exit_status();
}
