/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offered.h"

#include <string.h>

const struct offers *offered_where_it_counts(const struct settings *settings, const struct result *result)
{
    return settings->tls == TLS_NONE ? &result->before_tls : &result->behind_tls;
}

static enum offered look_for(const struct offers *offers, const char *name)
{
    if (offers_have(offers, name))
        return OFFERED_INDEED;
    return offers->came && !offers->cut ? OFFERED_NOT : OFFERED_UNTOLD;
}

static enum offered look_before_tls(const struct result *result, const char *name)
{
    bool direct = result->behind_tls.came && !result->before_tls.came;
    return direct ? OFFERED_NOT : look_for(&result->before_tls, name);
}

enum offered offered_is(const struct settings *settings, const struct result *result, const char *name)
{
    if (strcmp(name, server_feature_names[FEATURE_STARTTLS_REQUIRED]) == 0)
        return look_before_tls(result, name);
    if (strcmp(name, server_feature_names[FEATURE_PLAIN_BEFORE_TLS]) == 0)
        return look_before_tls(result, "PLAIN");
    return look_for(offered_where_it_counts(settings, result), name);
}

static bool all_told(const struct settings *settings, const struct result *result, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (offered_is(settings, result, names[i]) == OFFERED_UNTOLD)
            return false;
    }
    return true;
}

bool offered_all_told(const struct settings *settings, const struct result *result)
{
    return all_told(settings, result, settings->offers, settings->offers_count) &&
           all_told(settings, result, settings->offers_not, settings->offers_not_count) &&
           (!settings->s2s || offered_to_servers(settings, result) != OFFERED_UNTOLD);
}

enum offered offered_to_servers(const struct settings *settings, const struct result *result)
{
    enum offered external = offered_is(settings, result, "EXTERNAL");
    return external == OFFERED_INDEED ? external : offered_is(settings, result, server_feature_names[FEATURE_DIALBACK]);
}
