/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints what is made from the table of options: `man` the OPTIONS of the man page in man(7), `bash` a completion,
 * `icinga2` the CheckCommand. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
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

static void print_bash_reply(const char *action, const char *words)
{
    printf("            mapfile -t COMPREPLY < <(compgen %s%s%s%s -- \"$current\")\n", action, words ? " '" : "",
           words ? words : "", words ? "'" : "");
}

/* What completes the argument of ROW; nothing does most. */
static void print_bash_case(const struct option_row *row)
{
    fputs("        ", stdout);
    if (row->letter)
        printf("-%c | ", row->letter);
    printf("--%s)\n", row->name);
    bool directory = strcmp(row->argument, "DIR") == 0;
    if (row->choices) {
        print_bash_reply("-W", row->choices);
    } else if (directory || strcmp(row->argument, "FILE") == 0) {
        puts("            compopt -o filenames");
        print_bash_reply(directory ? "-d" : "-f", NULL);
    }
    puts("            return\n"
         "            ;;");
}

static void print_bash(void)
{
    puts("# bash completion of check_xmpp_ping, made from its table of options\n"
         "# shellcheck shell=bash\n"
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
    if (argc == 2 && strcmp(argv[1], "man") == 0)
        print_man();
    else if (argc == 2 && strcmp(argv[1], "bash") == 0)
        print_bash();
    else if (argc == 2 && strcmp(argv[1], "icinga2") == 0)
        print_icinga();
    else
        return 2;
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
