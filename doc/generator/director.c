/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A basket for Icinga Director: the command,
 * a data field for each of its variables, and a service template that has them. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "generate.h"
#include "json_library.h"
#include "options.h"

static const char *variable(const struct option_row *row)
{
    static char name[80];
    snprintf(name, sizeof name, "xmpp_ping_%s", row->name);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
    return name;
}

static bool is_switch(const struct option_row *row)
{
    return !row->argument;
}

static bool is_list(const struct option_row *row)
{
    return row->argument && row->repeatable;
}

static json_t *argument(const struct option_row *row)
{
    json_t *macro = json_sprintf("$%s$", variable(row));
    if (is_switch(row))
        return json_pack("{s:o, s:s}", "set_if", macro, "description", option_help(row).text);
    json_t *description =
        json_sprintf("%s: %s%s", row->argument, option_help(row).text, is_list(row) ? "; a list" : "");
    json_t *made = json_pack("{s:o, s:o}", "value", macro, "description", description);
    if (is_list(row))
        json_object_set_new(made, "repeat_key", json_true());
    return made;
}

static json_t *datafield(const struct option_row *row)
{
    const char *type = is_switch(row) ? "DataTypeBoolean" : is_list(row) ? "DataTypeArray" : "DataTypeString";
    json_t *settings = is_switch(row) || is_list(row) ? json_object() : json_pack("{s:s}", "visibility", "visible");
    return json_pack("{s:s, s:o, s:s, s:o, s:n, s:o}", "varname", variable(row), "caption",
                     json_sprintf("XMPP ping: --%s", row->name), "description", option_help(row).text, "datatype",
                     json_sprintf("Icinga\\Module\\Director\\DataType\\%s", type), "format", "settings", settings);
}

bool print_director(void)
{
    if (!json_library_load())
        return false;
    json_t *arguments = json_object(), *datafields = json_object(), *fields = json_array();
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (!is_for_schedulers(row->name))
            continue;
        char key[80], id[24];
        snprintf(key, sizeof key, "--%s", row->name);
        snprintf(id, sizeof id, "%zu", i + 1);
        json_object_set_new(arguments, key, argument(row));
        json_object_set_new(datafields, id, datafield(row));
        json_array_append_new(fields, json_pack("{s:i, s:s, s:n}", "datafield_id", (int)(i + 1), "is_required",
                                                strcmp(row->name, "jid") == 0 ? "y" : "n", "var_filter"));
    }
    json_t *command = json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:[], s:[], s:{s:s}}", "object_name", "xmpp_ping",
                                "object_type", "object", "methods_execute", "PluginCheck", "command",
                                "PluginContribDir + /check_xmpp_ping", "timeout", 60, "arguments", arguments, "fields",
                                "imports", "vars", "xmpp_ping_password_file", "/etc/check_xmpp_ping.password");
    json_t *service = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:[], s:o}", "object_name", "xmpp-ping", "object_type",
                                "template", "check_command", "xmpp_ping", "max_check_attempts", 3, "check_interval", 60,
                                "retry_interval", 30, "imports", "fields", fields);
    json_t *basket = json_pack("{s:{s:o}, s:{s:o}, s:o}", "Command", "xmpp_ping", command, "ServiceTemplate",
                               "xmpp-ping", service, "Datafield", datafields);
    bool printed = basket && json_dumpf(basket, stdout, JSON_INDENT(4)) == 0;
    json_decref(basket);
    putchar('\n');
    return printed;
}
