/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "clock.h"

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

void target_free(struct target *target)
{
    free(target->alias);
    free(target->jid_text);
    jid_free(&target->jid);
}

bool settings_add_target(struct settings *settings, struct target *target)
{
    struct target *targets = NULL;
    if (target->alias && (target->jid_text || target->kind == TARGET_SERVER))
        targets = array_grow(settings->targets, settings->target_count, sizeof *targets);
    if (!targets) {
        target_free(target);
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
    return settings_add_target(settings, &own);
}

char *settings_keep(struct settings *settings, const char *text)
{
    char **kept = array_grow(settings->kept, settings->kept_count, sizeof *kept);
    if (!kept)
        return NULL;
    settings->kept = kept;
    kept[settings->kept_count] = strdup(text);
    return kept[settings->kept_count] ? kept[settings->kept_count++] : NULL;
}

void settings_copy_to_target(struct target *target, const struct settings *from, unsigned which)
{
    if (which & TARGET_GIVEN_COUNT)
        target->count = from->count;
    if (which & TARGET_GIVEN_INTERVAL)
        target->interval = from->interval;
    if (which & TARGET_GIVEN_PING_TIMEOUT)
        target->ping_timeout = from->ping_timeout;
    if (which & TARGET_GIVEN_WARNING) {
        target->rtt.warning = from->rtt.warning;
        target->loss.warning = from->loss.warning;
    }
    if (which & TARGET_GIVEN_CRITICAL) {
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

bool settings_add_limits(struct settings *settings, struct label_limits *label)
{
    struct label_limits *same = NULL, *labels = NULL;
    if (label->label && label->warning && label->critical) {
        same = find_label(settings, label->label);
        labels = same ? NULL : array_grow(settings->labels, settings->label_count, sizeof *labels);
    }
    if (!same && !labels) {
        free_label(label);
        return false;
    }
    if (same)
        free_label(same);
    else
        settings->labels = labels;
    *(same ? same : &labels[settings->label_count++]) = *label;
    return true;
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

bool settings_add_map(struct settings *settings, const struct condition_map *row)
{
    struct condition_map *map = find_map(settings, row->name);
    if (!map) {
        map = array_grow(settings->map, settings->map_count, sizeof *map);
        if (!map)
            return false;
        settings->map = map;
        map += settings->map_count++;
    }
    *map = *row;
    return true;
}

bool settings_read_password(const struct settings *settings, struct line *why)
{
    struct secret *password = settings->password;
    struct line reason;
    bool found = secret_take_environment(password, &reason);
    if (!settings_use_password(settings)) {
        secret_wipe(password);
        return true;
    }
    if (settings->password_file)
        return secret_read_file(settings->password_file, password, why) || line_before(why, "--password-file: ");
    if (reason.used > 0)
        return line_set(why, "%s", reason.text);
    return settings->client_cert || found || password->set ||
           line_set(why, "--password-file: no password: give a file or set %s", SECRET_VARIABLE);
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
    if (settings->s2s)
        return settings->tls == TLS_DIRECT ? PORT_SERVER_TLS : PORT_SERVER;
    return settings->tls == TLS_DIRECT ? PORT_CLIENT_TLS : PORT_CLIENT;
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

void settings_free(struct settings *settings)
{
    jid_free(&settings->jid);
    jid_free(&settings->from);
    jid_free(&settings->component);
    free(settings->required_mechanisms);
    free(settings->offers);
    free(settings->offers_not);
    for (size_t i = 0; i < settings->target_count; i++)
        target_free(&settings->targets[i]);
    free(settings->targets);
    for (size_t i = 0; i < settings->label_count; i++)
        free_label(&settings->labels[i]);
    free(settings->labels);
    free(settings->map);
    for (size_t i = 0; i < settings->kept_count; i++)
        free(settings->kept[i]);
    free(settings->kept);
    *settings = (struct settings){0};
}
