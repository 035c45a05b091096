/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what is made from the tables of options, conditions and phases: `bash` a completion, `icinga2` the
 * CheckCommand; `fill` copies a page, and puts its tables where the page has their marks. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "condition.h"
#include "mechanism.h"
#include "metric.h"
#include "options.h"
#include "phase.h"
#include "secret.h"

/* One character as roff wants it, so that none is taken for a request. Returns the bytes printed. */
static int print_roff_character(char c)
{
    const char *name = c == '\\' ? "\\e" : c == '-' ? "\\-" : c == '\'' ? "\\(aq" : NULL;
    return name ? printf("%s", name) : printf("%c", c);
}

static void print_roff(const char *text)
{
    for (; *text != '\0'; text++)
        print_roff_character(*text);
}

/* A sentence in lines of about 70 bytes. */
static void print_sentence(const char *begin, const char *text)
{
    int column = printf("%s%c", begin, *begin == '\0' ? toupper((unsigned char)*text) : *text);
    for (text++; *text != '\0'; text++) {
        if (*text == ' ' && column + (int)strcspn(text + 1, " ") > 70) {
            putchar('\n');
            column = 0;
        } else {
            column += print_roff_character(*text);
        }
    }
    fputs(".\n", stdout);
}

static void print_man_option(const struct option_row *row)
{
    fputs(".TP\n", stdout);
    if (row->letter)
        printf("\\fB\\-%c\\fR, ", row->letter);
    fputs("\\fB\\-\\-", stdout);
    print_roff(row->name);
    fputs("\\fR", stdout);
    if (row->argument) {
        fputs(row->optional ? "[=\\fI" : "=\\fI", stdout);
        print_roff(row->argument);
        fputs(row->optional ? "\\fR]" : "\\fR", stdout);
    }
    putchar('\n');
    print_sentence("", row->help);
    if (row->repeatable)
        fputs("May be given more than once.\n", stdout);
    if (row->standard)
        print_sentence("Default: ", row->standard);
}

static void print_man(void)
{
    const char *group = "";
    for (size_t i = 0; i < option_count; i++) {
        if (strcmp(option_table[i].group, group) != 0)
            printf(".SS %s\n", option_table[i].group);
        group = option_table[i].group;
        print_man_option(&option_table[i]);
    }
}

/* --- conditions --- */

/* What the probe's own conditions are about. */
enum group { GROUP_WAY, GROUP_LOGIN, GROUP_OFFER, GROUP_PING };

static const struct {
    const char *name;
    enum group group;
    enum state state;
    const char *meaning, *advice;
} own_rows[] = {
#define OWN(constant, ...) {__VA_ARGS__},
#define WIRE(...)
#include "condition_rows.h"
};

static const struct {
    const char *name;
    enum wire_space space;
    enum state server, bare, full;
    const char *meaning;
} wire_rows[] = {
#define OWN(...)
#define WIRE(constant, ...) {__VA_ARGS__},
#include "condition_rows.h"
};

/* All of them; some names are there for more than one namespace. */
static const char *const all_names[] = {
#define OWN(constant, name, ...) name,
#define WIRE(constant, name, ...) name,
#include "condition_rows.h"
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool is_in(size_t row, enum wire_space space)
{
    return wire_rows[row].space == space || (wire_rows[row].space == SPACE_ANY && space != SPACE_SASL);
}

/* Whether no name before is the same. */
static bool is_first(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(all_names[i], all_names[index]) == 0)
            return false;
    }
    return true;
}

static void print_man_condition(const char *name, const char *states, const char *meaning, const char *advice)
{
    fputs(".TP\n\\fB", stdout);
    print_roff(name);
    printf("\\fR (%s)\n", states);
    print_sentence("", meaning);
    if (advice)
        print_sentence("", advice);
}

static void print_man_own(enum group group, const char *title)
{
    printf(".SS %s\n", title);
    for (size_t i = 0; i < COUNT(own_rows); i++) {
        if (own_rows[i].group == group)
            print_man_condition(own_rows[i].name, state_name(own_rows[i].state), own_rows[i].meaning,
                                own_rows[i].advice);
    }
}

/* The state, or all three where they differ by who was pinged. */
static void print_man_wire(enum wire_space space, const char *title)
{
    if (title)
        printf(".SS %s\n", title);
    for (size_t i = 0; i < COUNT(wire_rows); i++) {
        char states[64];
        const char *server = state_name(wire_rows[i].server), *bare = state_name(wire_rows[i].bare);
        const char *full = state_name(wire_rows[i].full);
        bool same = server == bare && bare == full;
        snprintf(states, sizeof states, same ? "%s" : "%s, %s, %s", server, bare, full);
        if (is_in(i, space))
            print_man_condition(wire_rows[i].name, states, wire_rows[i].meaning, NULL);
    }
}

static void print_man_conditions(int unused)
{
    (void)unused;
    print_man_own(GROUP_WAY, "The way to the server");
    print_man_own(GROUP_LOGIN, "Login");
    print_man_wire(SPACE_SASL, "SASL failures, by which the server refuses the login");
    print_man_own(GROUP_OFFER, "What the server offers");
    print_man_wire(SPACE_STREAM, "Stream errors, by which the server ends the run");
    print_man_own(GROUP_PING, "Answers to a ping");
    puts("Where there are three states they are those of the own server, of a domain or a\n"
         "bare JID, and of a full JID. An error of the type \\fBwait\\fR is CRITICAL where\n"
         "another is OK.");
    print_man_wire(SPACE_STANZA, NULL);
}

static void print_page_own(int group)
{
    puts("| condition | meaning | state |\n|---|---|---|");
    for (size_t i = 0; i < COUNT(own_rows); i++) {
        if (own_rows[i].group == (enum group)group)
            printf("| `%s` | %s | %s |\n", own_rows[i].name, own_rows[i].meaning, state_name(own_rows[i].state));
    }
}

static void print_page_wire(int space)
{
    puts("| condition | meaning | state |\n|---|---|---|");
    for (size_t i = 0; i < COUNT(wire_rows); i++) {
        if (is_in(i, (enum wire_space)space))
            printf("| `%s` | %s | CRITICAL |\n", wire_rows[i].name, wire_rows[i].meaning);
    }
}

static void print_page_answers(int unused)
{
    (void)unused;
    puts("| answer | meaning | own server | domain, bare JID | full JID |\n|---|---|---|---|---|");
    for (size_t i = 0; i < COUNT(wire_rows); i++) {
        if (is_in(i, SPACE_STANZA))
            printf("| `%s` | %s | %s | %s | %s |\n", wire_rows[i].name, wire_rows[i].meaning,
                   state_name(wire_rows[i].server), state_name(wire_rows[i].bare), state_name(wire_rows[i].full));
    }
}

static void print_page_advice(int unused)
{
    (void)unused;
    puts("| condition | what to do first |\n|---|---|");
    for (size_t i = 0; i < COUNT(own_rows); i++)
        printf("| `%s` | %s |\n", own_rows[i].name, own_rows[i].advice);
}

/* --- JSON's schema --- */

static void print_phase_names(const char *before, const char *after)
{
    printf("%s[", before);
    for (int i = 0; i < PHASE_COUNT; i++)
        printf("%s\"%s\"", i > 0 ? ", " : "", phase_name((enum phase)i));
    fputs(after, stdout);
}

static void print_definitions(int unused)
{
    (void)unused;
    puts("    \"state\": {\"enum\": [\"OK\", \"WARNING\", \"CRITICAL\", \"UNKNOWN\"]},");
    print_phase_names("    \"phase\": {\"enum\": ", ", null]},\n");
    puts("    \"phases\": {\n"
         "      \"type\": \"object\",\n"
         "      \"additionalProperties\": false,");
    print_phase_names("      \"required\": ", "],\n      \"properties\": {\n");
    for (int i = 0; i < PHASE_COUNT; i++)
        printf(
            "        \"%s\": {\"description\": \"In seconds.\", \"type\": [\"number\", \"null\"], \"minimum\": 0}%s\n",
            phase_name((enum phase)i), i < PHASE_COUNT - 1 ? "," : "");
    puts("      }\n"
         "    },\n"
         "    \"condition\": {\n"
         "      \"enum\": [");
    for (size_t i = 0; i < COUNT(all_names); i++) {
        if (is_first(i))
            printf("        \"%s\",\n", all_names[i]);
    }
    puts("        null\n"
         "      ]\n"
         "    }");
}

/* --- pages --- */

static void print_options(int unused)
{
    (void)unused;
    print_man();
}

/* What a page has from the tables: behind the line BEGIN up to the line END, which both stay; without END in place of
 * the line BEGIN. */
static const struct block {
    const char *begin, *end;
    void (*print)(int argument);
    int argument;
} blocks[] = {
    {"@OPTIONS@", NULL, print_options, 0},
    {"@CONDITIONS@", NULL, print_man_conditions, 0},
    {"<!-- conditions: the way -->", "<!-- end -->", print_page_own, GROUP_WAY},
    {"<!-- conditions: the login -->", "<!-- end -->", print_page_own, GROUP_LOGIN},
    {"<!-- conditions: what is offered -->", "<!-- end -->", print_page_own, GROUP_OFFER},
    {"<!-- conditions: pings -->", "<!-- end -->", print_page_own, GROUP_PING},
    {"<!-- conditions: SASL -->", "<!-- end -->", print_page_wire, SPACE_SASL},
    {"<!-- conditions: streams -->", "<!-- end -->", print_page_wire, SPACE_STREAM},
    {"<!-- conditions: answers -->", "<!-- end -->", print_page_answers, 0},
    {"<!-- conditions: advice -->", "<!-- end -->", print_page_advice, 0},
    {"  \"$defs\": {", "  },", print_definitions, 0},
};

static bool is_line(const char *line, const char *text)
{
    size_t length = strlen(text);
    return strncmp(line, text, length) == 0 && strcmp(line + length, "\n") == 0;
}

/* The block that begins with LINE; NULL for none. */
static const struct block *find_block(const char *line)
{
    for (size_t i = 0; i < COUNT(blocks); i++) {
        if (is_line(line, blocks[i].begin))
            return &blocks[i];
    }
    return NULL;
}

static void fill(void)
{
    char line[1024];
    const struct block *open = NULL; /* whose old content is passed over */
    while (fgets(line, sizeof line, stdin)) {
        if (open && !is_line(line, open->end))
            continue;
        open = NULL;
        const struct block *block = find_block(line);
        if (!block || block->end)
            fputs(line, stdout);
        if (!block)
            continue;
        block->print(block->argument);
        open = block->end ? block : NULL;
    }
}

/* --- completion --- */

/* Words with spaces between, by a function each. */

static void print_conditions(void)
{
    for (size_t i = 0; i < COUNT(all_names); i++) {
        if (is_first(i))
            printf("%s%s", i > 0 ? " " : "", all_names[i]);
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

static void print_bash(void)
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
}

/* Whether a scheduler may set the option. --help, --version and --config-test check nothing, and of the formats that
 * --output has Icinga reads only the default. */
static bool is_for_schedulers(const char *name)
{
    static const char *const others[] = {"help", "version", "config-test", "output"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(name, others[i]) == 0)
            return false;
    }
    return true;
}

static void print_icinga_string(const char *text)
{
    for (; *text != '\0'; text++)
        printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void print_icinga_argument(const struct option_row *row)
{
    printf("\t\t\"--%s\" = {\n\t\t\t%s = \"$xmpp_ping_", row->name, row->argument ? "value" : "set_if");
    for (const char *c = row->name; *c != '\0'; c++)
        putchar(*c == '-' ? '_' : *c);
    fputs("$\"\n", stdout);
    if (row->argument && row->repeatable)
        puts("\t\t\trepeat_key = true");
    fputs("\t\t\tdescription = \"", stdout);
    if (row->argument)
        printf("%s: ", row->argument);
    print_icinga_string(row->help);
    if (row->argument && row->repeatable)
        fputs("; one, or a list of them", stdout);
    if (row->standard) {
        fputs(" (default: ", stdout);
        print_icinga_string(row->standard);
        putchar(')');
    }
    puts("\"\n\t\t}");
}

static void print_icinga(void)
{
    puts("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
         "/* Made by `make conf` from the plugin's table of options: for each long option a variable of that name. */\n"
         "\n"
         "object CheckCommand \"xmpp_ping\" {\n"
         "\timport \"ipv4-or-ipv6\"\n"
         "\n"
         "\tcommand = [ PluginContribDir + \"/check_xmpp_ping\" ]\n"
         "\n"
         "\targuments = {");
    for (size_t i = 0; i < option_count; i++) {
        if (is_for_schedulers(option_table[i].name))
            print_icinga_argument(&option_table[i]);
    }
    puts("\t}\n"
         "\n"
         "\t/* No option takes a password. An unset variable is an empty string here, which the plugin takes for none. "
         "*/\n"
         "\tenv = {\n"
         "\t\t" SECRET_VARIABLE " = \"$xmpp_ping_password$\"\n"
         "\t}\n"
         "\n"
         "\t/* SRV records of the JID's domain lead to the server. For the host's own address instead:\n"
         "\t * vars.xmpp_ping_hostname = \"$xmpp_ping_address$\" */\n"
         "\tvars.xmpp_ping_address = \"$check_address$\"\n"
         "\tvars.check_ipv4 = \"$xmpp_ping_use_ipv4$\"\n"
         "\tvars.check_ipv6 = \"$xmpp_ping_use_ipv6$\"\n"
         "\n"
         "\t/* Defaults: a service's variable wins over its host's, and that over what stands here. They are for those "
         "who\n"
         "\t * have chosen nothing: where one of the variables INSTEAD is set, there is no default. The command line "
         "wins\n"
         "\t * over the plugin's files, so a default would overrule what a profile says. */\n"
         "\tvar standard = function(value, instead) {\n"
         "\t\treturn function() use (value, instead) {\n"
         "\t\t\tfor (place in [ this.service, this.host, this.command ]) {\n"
         "\t\t\t\tfor (name in instead + [ \"config\", \"profile\", \"extra_opts\" ]) {\n"
         "\t\t\t\t\tvar chosen = place && place.vars && place.vars.get(\"xmpp_ping_\" + name)\n"
         "\t\t\t\t\tif (chosen && typeof(chosen) != Function) {\n"
         "\t\t\t\t\t\treturn [] // no argument at all\n"
         "\t\t\t\t\t}\n"
         "\t\t\t\t}\n"
         "\t\t\t}\n"
         "\t\t\treturn value\n"
         "\t\t}\n"
         "\t}\n"
         "\tvars.xmpp_ping_password_file = standard(\"/etc/check_xmpp_ping.password\",\n"
         "\t\t[ \"password\", \"client_cert\", \"no_login\", \"s2s\" ])\n"
         "\tvars.xmpp_ping_warning = standard(\"500ms,20%\", [ \"critical\", \"no_login\", \"s2s\" ])\n"
         "\tvars.xmpp_ping_critical = standard(\"2s,60%\", [ \"warning\", \"no_login\", \"s2s\" ])\n"
         "\tvars.xmpp_ping_certificate = standard(\"21,7\", [])\n"
         "}");
}

int main(int argc, char *argv[])
{
    if (argc == 2 && strcmp(argv[1], "fill") == 0)
        fill();
    else if (argc == 2 && strcmp(argv[1], "bash") == 0)
        print_bash();
    else if (argc == 2 && strcmp(argv[1], "icinga2") == 0)
        print_icinga();
    else
        return 2;
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
