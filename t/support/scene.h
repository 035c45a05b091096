/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole run as one row of a table, for tests of what comes behind the pipe: settings made by hand, events fed in,
 * judged. */
#ifndef SCENE_H
#define SCENE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bar.h"
#include "clock.h"
#include "names.h"
#include "tap.h"
#include "verdict.h"

#define SCENE_TARGETS 5
#define SCENE_START (100 * NS_PER_S)

struct scene {
    const char *name;
    /* the settings: "rtt=1" is a range; "LABEL=warning,critical"; "condition=state" */
    const char *jid;                 /* example.org */
    const char *jids[SCENE_TARGETS]; /* remotes from 1 on; else b.example, c.example, d.example, e.example */
    const char *warning, *critical, *loss_warning, *loss_critical, *cert_warning, *cert_critical;
    const char *label, *label_warning, *label_critical;
    const char *map;
    enum state timeout_state;
    bool min_alive_given;
    int min_alive;
    bool anonymous, insecure, no_tls, unverified, omit, quiet;
    int verbose;
    int64_t timeout; /* 0: 10 s */
    /* the pings of each target: "5" is a result after 5 ms, "x" a timeout, "?" pending, "-" not sent,
     * "condition/type[@by]" an error after 3 ms, with a text; "" for no further target */
    const char *pings[SCENE_TARGETS];
    /* the run */
    enum supervise_end end;
    int signal; /* SUPERVISE_FAILED: not 0 is a record that is not valid */
    bool failed, own_fault;
    bool unheard;    /* no byte had come from outside */
    int barred;      /* a system call that was not allowed; 0: none */
    enum phase last; /* the last phase begun; PHASE_DNS also stands for "all" */
    const char *condition, *cause;
    const char *mechanism;
    bool no_proof;    /* the child tells of no login in which the server proved itself */
    const char *flaw; /* its condition */
    bool sandboxed;   /* it has told BARS */
    unsigned bars;
    const char *endpoint_down; /* its condition */
    bool certificate;
    int days;
    bool memory;
    /* what must come out */
    enum state state;
    const char *found; /* condition */
    const char *summary;
};

struct staged {
    struct settings settings;
    struct target targets[SCENE_TARGETS];
    struct label_limits label;
    struct condition_map map;
    struct result result;
    struct verdict verdict;
    char texts[SCENE_TARGETS][160];
};

static inline void scene_range(struct range *range, const char *text, enum range_unit unit)
{
    const char *why;
    if (text && !range_parse(text, unit, range, &why))
        diag("'%s' %s", text, why);
}

static inline int scene_count(const char *pings)
{
    int count = 1;
    for (; *pings != '\0'; pings++)
        count += *pings == ' ';
    return count;
}

static inline void scene_settings(struct staged *staged, const struct scene *scene)
{
    static const char *const others[] = {"", "b.example", "c.example", "d.example", "e.example"};
    static const char *const aliases[] = {"", "b", "c", "d", "e"};
    struct settings *settings = &staged->settings;
    static char domain[200];
    snprintf(domain, sizeof domain, "%s", scene->jid ? scene->jid : "example.org");
    settings->jid.node = scene->anonymous ? NULL : (char *)"alice";
    settings->jid.domain = settings->jid.ascii = domain;
    settings->jid_text = (char *)"alice@example.org";
    settings->targets = staged->targets;
    for (size_t i = 0; i < SCENE_TARGETS && scene->pings[i]; i++) {
        struct target *target = &staged->targets[settings->target_count++];
        snprintf(staged->texts[i], sizeof staged->texts[i], "%s", scene->jids[i] ? scene->jids[i] : others[i]);
        target->alias = (char *)aliases[i];
        if (i > 0)
            target->jid_text = target->jid.domain = staged->texts[i];
        target->kind = i == 0 ? TARGET_SERVER : strchr(staged->texts[i], '/') ? TARGET_FULL : TARGET_BARE;
        target->count = scene_count(scene->pings[i]);
        scene_range(&target->rtt.warning, scene->warning, RANGE_TIME);
        scene_range(&target->rtt.critical, scene->critical, RANGE_TIME);
        scene_range(&target->loss.warning, scene->loss_warning, RANGE_NUMBER);
        scene_range(&target->loss.critical, scene->loss_critical, RANGE_NUMBER);
    }
    scene_range(&settings->certificate.warning, scene->cert_warning, RANGE_NUMBER);
    scene_range(&settings->certificate.critical, scene->cert_critical, RANGE_NUMBER);
    if (scene->label) {
        settings->labels = &staged->label;
        settings->label_count = 1;
        staged->label.label = (char *)scene->label;
        scene_range(&staged->label.limits.warning, scene->label_warning, RANGE_TIME);
        scene_range(&staged->label.limits.critical, scene->label_critical, RANGE_TIME);
    }
    if (scene->map) {
        const char *equals = strchr(scene->map, '=');
        settings->map = &staged->map;
        settings->map_count = 1;
        snprintf(staged->map.name, sizeof staged->map.name, "%.*s", (int)(equals - scene->map), scene->map);
        state_parse(equals + 1, &staged->map.state);
    }
    settings->min_alive = scene->min_alive_given ? scene->min_alive : -1;
    settings->timeout = scene->timeout ? scene->timeout : 10 * NS_PER_S;
    settings->timeout_state = scene->timeout_state;
    settings->tls = scene->no_tls ? TLS_NONE : TLS_AUTO;
    settings->insecure = scene->insecure;
    settings->omit_undetermined = scene->omit;
    settings->quiet = scene->quiet;
    settings->verbose = scene->verbose;
}

static inline void scene_ping(struct result *result, size_t target, uint32_t seq, const char *word)
{
    struct event event = event_new(EVENT_PING_SENT);
    event.target = (uint32_t)target;
    event.seq = seq;
    if (strcmp(word, "-") == 0)
        return;
    result_take(&event, result);
    if (strcmp(word, "?") == 0)
        return;
    char condition[80] = "", type[80] = "", by[80] = "";
    if (strcmp(word, "x") == 0) {
        event.kind = EVENT_PING_TIMEOUT;
        event.value = 5 * NS_PER_S;
    } else if (sscanf(word, "%79[^/]/%79[^@]@%79s", condition, type, by) >= 2) {
        event.kind = EVENT_PING_ERROR;
        event.value = 3 * NS_PER_MS;
        event_set_condition(&event, condition_named(condition, SPACE_STANZA));
        event_set(event.type, type);
        event_set(event.by, by);
        event_set(event.text, "so it is");
    } else {
        event.kind = EVENT_PING_RESULT;
        event.value = (int64_t)(atof(word) * 1e6);
    }
    result_take(&event, result);
}

static inline void scene_pings(struct result *result, size_t target, const char *pings)
{
    char words[256];
    snprintf(words, sizeof words, "%s", pings);
    uint32_t seq = 0;
    char *rest = words;
    for (char *word; (word = strsep(&rest, " ")) != NULL; seq++)
        scene_ping(result, target, seq, word);
}

/* Each phase takes 10 ms; the last one lasts until the end. */
static inline int64_t scene_phases(struct result *result, enum phase last)
{
    int64_t at = SCENE_START;
    for (int phase = PHASE_DNS; phase <= (int)last; phase++) {
        struct event event = event_new(EVENT_PHASE_BEGIN);
        event.phase = (uint32_t)phase;
        event.at = at;
        result_take(&event, result);
        at += 10 * NS_PER_MS;
        event.kind = EVENT_PHASE_END;
        event.at = at;
        if (phase < (int)last)
            result_take(&event, result);
    }
    return at;
}

static inline void scene_facts(struct result *result, const struct scene *scene, enum phase last)
{
    struct event event = event_new(EVENT_ENDPOINT);
    event.code = TLS_STARTTLS;
    event.value = 2 * NS_PER_MS;
    if (scene->endpoint_down) {
        event_set(event.text, "one.example.org 192.0.2.1:5222");
        event_set_condition(&event, condition_named(scene->endpoint_down, SPACE_ANY));
        event_set(event.name, "Connection refused");
        result_take(&event, result);
    }
    if (last == PHASE_CONNECT)
        return;
    event_set(event.text, "two.example.org 192.0.2.2:5222");
    event_set_condition(&event, condition_named("", SPACE_ANY));
    event_set(event.name, "");
    result_take(&event, result);
    if (last == PHASE_PING && !scene->no_tls) {
        event = event_new(EVENT_TLS);
        event.code = !scene->insecure && !scene->unverified;
        event_set(event.name, "TLSv1.3");
        event_set(event.text, "TLS_AES_256_GCM_SHA384");
        result_take(&event, result);
    }
    if (scene->certificate) {
        event = event_new(EVENT_CERTIFICATE);
        event.value = scene->days;
        event_set(event.text, "example.org");
        result_take(&event, result);
    }
    if (scene->mechanism) {
        event = event_new(EVENT_MECHANISM);
        event_set(event.name, scene->mechanism);
        result_take(&event, result);
    }
    if (last == PHASE_PING && !scene->no_proof) {
        event = event_new(EVENT_LOGIN);
        result_take(&event, result);
    }
    if (scene->flaw) {
        event = event_new(EVENT_FLAW);
        event.phase = PHASE_AUTH;
        event_set_condition(&event, condition_named(scene->flaw, SPACE_ANY));
        event_set(event.text, "so it is");
        result_take(&event, result);
    }
}

static inline void scene_bars(struct result *result, const struct scene *scene)
{
    struct event event = event_new(EVENT_SANDBOX);
    event.code = scene->bars;
    if (scene->sandboxed)
        result_take(&event, result);
}

static inline void scene_end(struct result *result, const struct scene *scene, enum phase last, int64_t at)
{
    struct event heard = event_new(EVENT_HEARD), barred = event_new(EVENT_BARRED);
    barred.value = scene->barred;
    if (!scene->unheard)
        result_take(&heard, result);
    if (scene->barred)
        result_take(&barred, result);
    struct supervision supervision = {.end = scene->end, .signal = scene->signal, .ended_at = at};
    if (scene->failed) {
        struct event event = event_new(EVENT_FAILURE);
        event.phase = (uint32_t)last;
        event.code = scene->own_fault;
        event_set_condition(&event, condition_named(scene->condition, SPACE_ANY));
        event_set(event.text, scene->cause);
        result_take(&event, result);
    }
    if (scene->end == SUPERVISE_DEADLINE)
        supervision.ended_at = SCENE_START + (scene->timeout ? scene->timeout : 10 * NS_PER_S);
    if (scene->end == SUPERVISE_FAILED)
        supervision.error = scene->signal ? EPROTO : EAGAIN;
    result_close(result, &supervision);
    if (scene->memory)
        result->out_of_memory = true;
}

/* A test of another output says so before it includes this: each has its own needs of the result. */
#ifndef SCENE_OUTPUT
#define SCENE_OUTPUT OUTPUT_NAGIOS
#endif

/* Plays a scene up to its verdict. STAGED holds it until scene_leave(). */
static inline void scene_play(struct staged *staged, const struct scene *scene)
{
    *staged = (struct staged){0};
    scene_settings(staged, scene);
    staged->settings.output = SCENE_OUTPUT;
    result_init(&staged->result, &staged->settings, SCENE_START);
    enum phase last = scene->last == PHASE_DNS ? PHASE_PING : scene->last;
    scene_bars(&staged->result, scene);
    int64_t at = scene_phases(&staged->result, last);
    if (last >= PHASE_CONNECT)
        scene_facts(&staged->result, scene, last);
    for (size_t i = 0; i < SCENE_TARGETS && scene->pings[i]; i++)
        scene_pings(&staged->result, i, scene->pings[i]);
    scene_end(&staged->result, scene, last, at);
    verdict_make(&staged->verdict, &staged->settings, &staged->result);
}

static inline void scene_leave(struct staged *staged)
{
    verdict_free(&staged->verdict);
    result_free(&staged->result);
}

#endif
