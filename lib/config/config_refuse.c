/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_refuse.h"

#include <string.h>

#include "text.h"

/* "a string", "a group" ...: what SETTING is. */
static const char *type_name(const config_setting_t *setting)
{
    static const char *const names[] = {
        [CONFIG_TYPE_NONE] = "nothing",     [CONFIG_TYPE_GROUP] = "a group",  [CONFIG_TYPE_INT] = "an integer",
        [CONFIG_TYPE_INT64] = "an integer", [CONFIG_TYPE_FLOAT] = "a float",  [CONFIG_TYPE_STRING] = "a string",
        [CONFIG_TYPE_BOOL] = "a boolean",   [CONFIG_TYPE_ARRAY] = "an array", [CONFIG_TYPE_LIST] = "a list"};
    return names[config_setting_type(setting)];
}

/* Where SETTING is: its own line if it has a name, as libconfig knows that; an element of a list may have the line of
 * the token behind it, so it has the list's. */
static unsigned line_of(const config_setting_t *setting)
{
    while (!config_setting_name(setting) && config_setting_parent(setting) && !config_setting_is_group(setting))
        setting = config_setting_parent(setting);
    return config_setting_source_line(setting);
}

/* "count", "limits.rtt", "remotes[2].count": from below the profile on. */
static void add_path(const config_setting_t *setting, char *out, size_t size)
{
    char shown[TEXT_SHOWN_SIZE];
    const config_setting_t *parent = config_setting_parent(setting);
    bool in_list = parent && !config_setting_is_group(parent);
    bool in_nested =
        parent && (in_list || !config_setting_name(parent) || strcmp(config_setting_name(parent), "map") == 0 ||
                   strcmp(config_setting_name(parent), "limits") == 0);
    if (in_nested)
        add_path(parent, out, size);
    size_t used = strlen(out);
    if (in_list)
        text_format(out + used, size - used, "[%d]", config_setting_index(setting) + 1);
    else
        text_format(out + used, size - used, "%s%s", used > 0 ? "." : "",
                    text_show(config_setting_name(setting) ? config_setting_name(setting) : "", shown));
}

bool config_refuse(const struct source *source, const config_setting_t *setting, const char *reason,
                   struct mistakes *mistakes)
{
    char place[SOURCE_PLACE_SIZE], path[160] = "";
    add_path(setting, path, sizeof path);
    return mistakes_add(mistakes, "%s: %s: %s", source_place(source, line_of(setting), place), path, reason);
}

bool config_refuse_type(const struct source *source, const config_setting_t *setting, const char *expected,
                        struct mistakes *mistakes)
{
    struct line reason = LINE_EMPTY;
    line_add(&reason, "found %s, expected %s", type_name(setting), expected);
    return config_refuse(source, setting, reason.text, mistakes);
}

bool config_refuse_key(const struct source *source, const config_setting_t *setting, const char *nearest,
                       struct mistakes *mistakes)
{
    struct line reason = LINE_EMPTY;
    line_add(&reason, "unknown key");
    line_add_guess(&reason, "", nearest);
    return config_refuse(source, setting, reason.text, mistakes);
}
