/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "why.h"

const char *const tls_mode_names[] = {"auto", "starttls", "direct", "none", NULL};
const char *const login_way_names[] = {"auto", "sasl2", "rfc6120", NULL};
const char *const server_feature_names[] = {
    [FEATURE_STARTTLS_REQUIRED] = "starttls-required",
    [FEATURE_PLAIN_BEFORE_TLS] = "plain-before-tls",
    [FEATURE_CHANNEL_BINDING] = "channel-binding",
    [FEATURE_SASL2] = "sasl2",
    [FEATURE_DIALBACK] = "dialback",
    [FEATURE_COUNT] = NULL,
};
const char *const output_format_names[] = {"nagios", "json", "prometheus", NULL};

static const char out_of_memory[] = "out of memory";

static void free_target(struct target *target)
{
    free(target->alias);
    free(target->jid_text);
    jid_free(&target->jid);
}

/* Takes TARGET over, also on failure. False when there is no memory, or was none for TARGET's texts. */
static bool add_target(struct settings *settings, struct target *target)
{
    struct target *targets = NULL;
    if (target->alias && (target->jid_text || target->kind == TARGET_SERVER))
        targets = realloc(settings->targets, (settings->target_count + 1) * sizeof *targets);
    if (!targets) {
        free_target(target);
        return false;
    }
    settings->targets = targets;
    targets[settings->target_count++] = *target;
    return true;
}

bool settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .family = AF_UNSPEC,
        .count = 3,
        .min_alive = -1,
        .timeout = 10 * NS_PER_S,
        .timeout_state = STATE_CRITICAL,
    };
    struct target own = {.alias = strdup(""), .kind = TARGET_SERVER};
    return add_target(settings, &own);
}

/* Splits "[ALIAS=]JID"; a JID may hold '=' too. *ALIAS is NULL when there is none, else the caller's. False when out of
 * memory. */
static bool split_alias(const char *text, char **alias, const char **jid)
{
    const char *equals = strchr(text, '=');
    *alias = NULL;
    *jid = text;
    if (!equals)
        return true;
    *alias = strndup(text, (size_t)(equals - text));
    if (!*alias)
        return false;
    if (jid_alias_valid(*alias)) {
        *jid = equals + 1;
        return true;
    }
    free(*alias);
    *alias = NULL;
    return true;
}

static bool refuse_remote(const char *text, const char *reason, bool has_alias, char *why, size_t why_size)
{
    if (!has_alias && strchr(text, '='))
        reason = "is no JID and begins with no alias of a-z, 0-9 and _";
    return why_value(why, why_size, text, reason);
}

/* Takes ALIAS, which may be NULL, over, also on failure. *REASON is then a static sentence fragment. */
static bool add_jid(struct settings *settings, char *alias, const char *jid, const char **reason)
{
    struct target target = {.alias = alias};
    if (!jid_parse(jid, &target.jid, reason)) {
        free_target(&target);
        return false;
    }
    *reason = out_of_memory;
    target.kind = target.jid.resource ? TARGET_FULL : TARGET_BARE;
    target.jid_text = strdup(jid);
    if (!target.alias) {
        size_t size = strlen(jid) + 1;
        target.alias = malloc(size);
        if (target.alias)
            jid_alias(jid, target.alias, size);
    }
    return add_target(settings, &target);
}

bool settings_add_remote(struct settings *settings, const char *text, char *why, size_t why_size)
{
    char *alias;
    const char *jid, *reason;
    if (!split_alias(text, &alias, &jid))
        return why_set(why, why_size, out_of_memory);
    bool has_alias = alias != NULL;
    return add_jid(settings, alias, jid, &reason) || refuse_remote(jid, reason, has_alias, why, why_size);
}

bool settings_add_target(struct settings *settings, const char *alias, const char *jid, char *why, size_t why_size)
{
    const char *reason;
    char *copy = alias ? strdup(alias) : NULL;
    if (alias && !copy)
        return why_set(why, why_size, out_of_memory);
    return add_jid(settings, copy, jid, &reason) || why_value(why, why_size, jid, reason);
}

void settings_copy_to_target(struct target *target, const struct settings *from, unsigned which)
{
    if (which & TARGET_OWN_COUNT)
        target->count = from->count;
    if (which & TARGET_OWN_INTERVAL)
        target->interval = from->interval;
    if (which & TARGET_OWN_PING_TIMEOUT)
        target->ping_timeout = from->ping_timeout;
    if (which & TARGET_OWN_WARNING) {
        target->rtt.warning = from->rtt.warning;
        target->loss.warning = from->loss.warning;
    }
    if (which & TARGET_OWN_CRITICAL) {
        target->rtt.critical = from->rtt.critical;
        target->loss.critical = from->loss.critical;
    }
}

static void free_label(struct label_limits *label)
{
    free(label->label);
    free(label->warning);
    free(label->critical);
}

static struct label_limits *find_label(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->label_count; i++) {
        if (strcmp(settings->labels[i].label, name) == 0)
            return &settings->labels[i];
    }
    return NULL;
}

bool settings_has_limit(const struct settings *settings, const char *label)
{
    return find_label(settings, label) != NULL;
}

/* Takes LABEL over, also on failure. */
static bool add_label(struct settings *settings, struct label_limits *label)
{
    struct label_limits *same = find_label(settings, label->label);
    if (same) {
        free_label(same);
        *same = *label;
        return true;
    }
    struct label_limits *labels = realloc(settings->labels, (settings->label_count + 1) * sizeof *labels);
    if (!labels) {
        free_label(label);
        return false;
    }
    settings->labels = labels;
    labels[settings->label_count++] = *label;
    return true;
}

bool settings_add_limit(struct settings *settings, const char *text, char *why, size_t why_size)
{
    const char *first = strchr(text, ',');
    const char *second = first ? strchr(first + 1, ',') : NULL;
    if (!second || strchr(second + 1, ','))
        return why_value(why, why_size, text, "is not METRIC,WARNING,CRITICAL");
    if (first == text)
        return why_value(why, why_size, text, "names no metric");
    if (second == first + 1 && second[1] == '\0')
        return why_value(why, why_size, text, "has neither a warning nor a critical range");
    struct label_limits label = {
        .label = strndup(text, (size_t)(first - text)),
        .warning = strndup(first + 1, (size_t)(second - first - 1)),
        .critical = strdup(second + 1),
    };
    if (!label.label || !label.warning || !label.critical) {
        free_label(&label);
        return why_set(why, why_size, out_of_memory);
    }
    return add_label(settings, &label) || why_set(why, why_size, out_of_memory);
}

static struct condition_map *find_map(const struct settings *settings, const char *condition)
{
    for (size_t i = 0; i < settings->map_count; i++) {
        if (strcmp(settings->map[i].name, condition) == 0)
            return &settings->map[i];
    }
    return NULL;
}

bool settings_has_map(const struct settings *settings, const char *condition)
{
    return find_map(settings, condition) != NULL;
}

static bool refuse_condition(const char *condition, char *why, size_t why_size)
{
    char shown[WHY_VALUE_SIZE];
    why_show(condition, shown);
    const char *nearest = condition_nearest(condition);
    if (nearest)
        return why_set(why, why_size, "%s is no condition: did you mean %s?", shown, nearest);
    return why_set(why, why_size, "%s is no condition: the man page lists them", shown);
}

bool settings_add_map(struct settings *settings, const char *text, char *why, size_t why_size)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return why_value(why, why_size, text, "is not CONDITION=STATE");
    /* A name that is cut is none of the known ones, as these are shorter than that. */
    struct condition_map row = {.state = STATE_UNKNOWN};
    size_t length = (size_t)(equals - text);
    memcpy(row.name, text, length < sizeof row.name ? length : sizeof row.name - 1);
    if (length >= sizeof row.name || !condition_known(row.name))
        return refuse_condition(row.name, why, why_size);
    if (!state_parse(equals + 1, &row.state))
        return why_value(why, why_size, text, "has an unknown state: use ok, warning, critical, unknown or 0-3");
    struct condition_map *same = find_map(settings, row.name);
    if (same) {
        *same = row;
        return true;
    }
    struct condition_map *map = realloc(settings->map, (settings->map_count + 1) * sizeof *map);
    if (!map)
        return why_set(why, why_size, out_of_memory);
    settings->map = map;
    map[settings->map_count++] = row;
    return true;
}

bool settings_read_password(struct settings *settings, char *why, size_t why_size)
{
    char reason[400];
    bool found = secret_take_environment(&settings->password, reason, sizeof reason);
    if (!settings_use_password(settings)) {
        secret_wipe(&settings->password);
        return true;
    }
    if (settings->password_file) {
        return secret_read_file(settings->password_file, &settings->password, reason, sizeof reason) ||
               why_set(why, why_size, "--password-file: %s", reason);
    }
    if (reason[0] != '\0')
        return why_set(why, why_size, "%s", reason);
    if (settings->client_cert)
        return true;
    if (found || settings->password.set)
        return true;
    return why_set(why, why_size, "--password-file: no password: give a file or set %s", SECRET_VARIABLE);
}

enum state settings_map(const struct settings *settings, struct any_condition condition, enum state fallback)
{
    const struct condition_map *row = find_map(settings, any_condition_name(condition));
    return row ? row->state : fallback;
}

enum state settings_endpoint_down(const struct settings *settings)
{
    enum state plain = settings->each_endpoint ? STATE_WARNING : condition_state(CONDITION_ENDPOINT_DOWN);
    return settings_map(settings, (struct any_condition){.own = CONDITION_ENDPOINT_DOWN}, plain);
}

uint16_t settings_port(const struct settings *settings)
{
    if (settings->port != 0)
        return (uint16_t)settings->port;
    /* XEP-0368 has none for direct TLS; these are the old customs */
    if (settings->s2s)
        return settings->tls == TLS_DIRECT ? 5270 : 5269;
    return settings->tls == TLS_DIRECT ? 5223 : 5222;
}

uint32_t settings_most_pings(const struct settings *settings)
{
    int most = 0;
    for (size_t i = 0; i < settings->target_count; i++)
        if (settings->targets[i].count > most)
            most = settings->targets[i].count;
    return (uint32_t)most;
}

bool settings_anonymous(const struct settings *settings)
{
    return !settings->jid.node && !settings->client_cert && !settings->component_text;
}

bool settings_use_password(const struct settings *settings)
{
    return !settings->no_login && !settings_anonymous(settings);
}

static void free_strings(char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(strings[i]);
    free(strings);
}

void settings_free(struct settings *settings)
{
    secret_wipe(&settings->password);
    jid_free(&settings->jid);
    free(settings->jid_text);
    free(settings->password_file);
    free(settings->client_cert);
    free(settings->client_key);
    free_strings(settings->required_mechanisms, settings->required_count);
    free_strings(settings->offers, settings->offers_count);
    free_strings(settings->offers_not, settings->offers_not_count);
    jid_free(&settings->from);
    free(settings->from_text);
    jid_free(&settings->component);
    free(settings->component_text);
    free(settings->hostname);
    free(settings->dns_server);
    free(settings->ca_file);
    free(settings->ca_path);
    for (size_t i = 0; i < settings->target_count; i++)
        free_target(&settings->targets[i]);
    free(settings->targets);
    for (size_t i = 0; i < settings->label_count; i++)
        free_label(&settings->labels[i]);
    free(settings->labels);
    free(settings->map);
    free(settings->config_file);
    free(settings->profile);
    *settings = (struct settings){0};
}
