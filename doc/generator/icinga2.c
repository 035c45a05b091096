/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CheckCommand for Icinga 2. */
#include <stdio.h>
#include <string.h>

#include "generate.h"
#include "options.h"
#include "secret.h"

bool is_for_schedulers(const char *option)
{
    static const char *const others[] = {"help", "version", "config-test", "output"};
    for (size_t i = 0; i < COUNT(others); i++) {
        if (strcmp(option, others[i]) == 0)
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
    print_icinga_string(option_help(row).text);
    if (row->argument && row->repeatable)
        fputs("; one, or a list of them", stdout);
    if (row->standard) {
        fputs(" (default: ", stdout);
        print_icinga_string(row->standard);
        putchar(')');
    }
    puts("\"\n\t\t}");
}

bool print_icinga2(void)
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
    return true;
}
