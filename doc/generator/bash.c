/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The completion for bash. */
#include <stdio.h>
#include <string.h>

#include "generate.h"
#include "mechanism.h"
#include "metric.h"
#include "options.h"

/* Words with spaces between, by a function each. */

static void print_conditions(void)
{
    for (int i = 0; i < condition_name_count; i++) {
        if (is_first_of_name(i))
            printf("%s%s", i > 0 ? " " : "", condition_names[i]);
    }
}

/* Of any check, those of a plain one first; those of remotes and endpoints are the user's. */
static void print_labels(void)
{
    struct settings settings;
    struct metrics metrics = {0};
    if (settings_init(&settings) && metrics_init(&metrics, &settings)) {
        for (size_t i = 0; i < metrics.count; i++)
            printf("%s ", metrics.list[i].label);
    }
    const char *separator = "";
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (!figure_table[i].label || (figure_table[i].where & OF_PHASES) || metrics_get(&metrics, (enum figure)i))
            continue;
        printf("%s%s", separator, figure_table[i].label);
        separator = " ";
    }
    metrics_free(&metrics);
    settings_free(&settings);
}

static void print_words(const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        printf("%s%s", i > 0 ? " " : "", words[i]);
}

static void print_mechanisms(void)
{
    for (size_t i = 0; i < mechanism_count; i++)
        printf("%s%s", i > 0 ? " " : "", mechanism_table[i].name);
}

static void print_offers(void)
{
    print_mechanisms();
    putchar(' ');
    print_words(server_feature_names);
}

/* The arguments that are names of other tables. */
static const struct completion {
    const char *option;
    void (*print)(void);
    const char *end; /* what goes on behind the name */
} completions[] = {
    {"map", print_conditions, "="}, {"limit", print_labels, ","},     {"require-mechanism", print_mechanisms, ""},
    {"offers", print_offers, ""},   {"offers-not", print_offers, ""},
};

static const struct completion *find_completion(const char *option)
{
    for (size_t i = 0; i < COUNT(completions); i++) {
        if (strcmp(completions[i].option, option) == 0)
            return &completions[i];
    }
    return NULL;
}

/* What completes the argument of ROW; nothing does most. */
static void print_bash_action(const struct option_row *row)
{
    const struct completion *completion = find_completion(row->name);
    bool directory = strcmp(row->argument, "DIR") == 0;
    if (completion) {
        fputs("            _check_xmpp_ping_words '", stdout);
        completion->print();
        printf("' %s\n", completion->end);
    } else if (row->choices) {
        fputs("            _check_xmpp_ping_words '", stdout);
        print_words(row->choices);
        puts("'");
    } else if (strcmp(row->name, "profile") == 0) {
        puts("            _check_xmpp_ping_words \"$(_check_xmpp_ping_profiles)\"");
    } else if (directory || strcmp(row->argument, "FILE") == 0) {
        puts("            compopt -o filenames");
        printf("            mapfile -t COMPREPLY < <(compgen %s -- \"$current\")\n", directory ? "-d" : "-f");
    }
}

static void print_bash_case(const struct option_row *row)
{
    fputs("        ", stdout);
    if (row->letter)
        printf("-%c | ", row->letter);
    printf("--%s)\n", row->name);
    print_bash_action(row);
    puts("            return\n"
         "            ;;");
}

bool print_bash(void)
{
    puts("# bash completion of check_xmpp_ping, made from its table of options\n"
         "# shellcheck shell=bash\n"
         "# The words of $1 that fit, each with $2 behind it.\n"
         "_check_xmpp_ping_words()\n"
         "{\n"
         "    [[ -z ${2-} ]] || compopt -o nospace\n"
         "    mapfile -t COMPREPLY < <(compgen -S \"${2-}\" -W \"$1\" -- \"$current\")\n"
         "}\n"
         "# The profiles of the file that the command line names, else of the standard one.\n"
         "_check_xmpp_ping_profiles()\n"
         "{\n"
         "    local i file=()\n"
         "    for ((i = 1; i + 1 < COMP_CWORD; i++)); do\n"
         "        case ${COMP_WORDS[i]} in\n"
         "            -f | --config) file=(-f \"${COMP_WORDS[i + 1]/#=/${COMP_WORDS[i + 2]}}\") ;;\n"
         "        esac\n"
         "    done\n"
         "    \"${COMP_WORDS[0]}\" \"${file[@]}\" --config-test 2>/dev/null |\n"
         "        sed -n -e 's/^    \\([^ ]*\\) = {$/\\1/p' -e 's/^.*, profile \\([^ ]*\\))$/\\1/p' | sort -u\n"
         "}\n"
         "_check_xmpp_ping()\n"
         "{\n"
         "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "    COMPREPLY=()\n"
         "    # bash splits --option=value at the equals sign.\n"
         "    if [[ $current == '=' ]]; then\n"
         "        current=\n"
         "    elif [[ $previous == '=' && $COMP_CWORD -ge 2 ]]; then\n"
         "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
         "    fi\n"
         "    case $previous in");
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].argument)
            print_bash_case(&option_table[i]);
    }
    fputs("    esac\n"
          "    mapfile -t COMPREPLY < <(compgen -W '",
          stdout);
    for (size_t i = 0; i < option_count; i++)
        printf("%s--%s%s", i > 0 ? " " : "", option_table[i].name,
               option_table[i].argument && !option_table[i].optional ? "=" : "");
    puts("' -- \"$current\")\n"
         "    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then\n"
         "        compopt -o nospace\n"
         "    fi\n"
         "}\n"
         "complete -F _check_xmpp_ping check_xmpp_ping");
    return true;
}
