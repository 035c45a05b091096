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
#include "check.h"
#include "clock.h"
#include "names.h"
#include "tap.h"
#include "text.h"

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
    bool no_login, s2s, component;
    const char *offers, *offers_not; /* names with blanks between */
    int verbose;
    int64_t timeout; /* 0: 10 s */
    /* the pings of each target: "5" is a result after 5 ms, "x" a timeout, "?" pending, "-" not sent,
     * "condition/type[@by]" an error after 3 ms, with a text; "" for no further target */
    const char *pings[SCENE_TARGETS];
    /* the run */
    enum supervise_end end;
    int signal; /* SUPERVISE_FAILED: not 0 is a record that is not valid */
    bool failed, own_fault;
    bool unheard; /* no byte had come from outside */
    int barred;   /* a system call that was not allowed; 0: none */
    enum phase
        last; /* the last phase begun; PHASE_DNS also stands for "all": up to the pings, without a login to TLS */
    const char *condition, *cause;
    const char *mechanism;
    bool no_proof;               /* the child tells of no login in which the server proved itself */
    const char *flaw;            /* its condition */
    const char *before, *behind; /* what is offered before and behind TLS, with blanks between, as scene_offer() has it;
                                  * NULL: features did not come */
    bool more_offers;            /* and more than that */
    bool sandboxed;              /* it has told BARS */
    unsigned bars;
    const char *endpoint_down; /* its condition */
    bool certificate, chain;   /* chain: of that certificate and its issuer */
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
    char *offers[8], *offers_not[8], names[2][160];
    struct check check;
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

/* Splits TEXT into LIST. Returns how many there are. COPY has room for TEXT and lives as long as LIST. */
static inline size_t scene_split(const char *text, char copy[160], char *list[8])
{
    size_t count = 0;
    snprintf(copy, 160, "%s", text ? text : "");
    for (char *rest = copy, *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0' && count < 8)
            list[count++] = word;
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
        if (strchr(staged->texts[i], '@'))
            target->jid.node = (char *)"bob";
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
    settings->offers = staged->offers;
    settings->offers_count = scene_split(scene->offers, staged->names[0], staged->offers);
    settings->offers_not = staged->offers_not;
    settings->offers_not_count = scene_split(scene->offers_not, staged->names[1], staged->offers_not);
    settings->s2s = scene->s2s;
    settings->no_login = scene->no_login || scene->s2s;
    settings->component_text = scene->component ? (char *)"c.example.org" : NULL;
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

/* One offer: the words that have a kind of their own, "=TYPE" a channel binding; all else is a mechanism. */
static inline void scene_offer(struct result *result, const char *word, bool behind)
{
    static const char *const kinds[OFFER_KIND_END] = {
        [OFFER_STARTTLS] = "starttls",
        [OFFER_STARTTLS_REQUIRED] = "starttls-required",
        [OFFER_CHANNEL_BINDING] = "channel-binding",
        [OFFER_SASL2] = "sasl2",
        [OFFER_BIND2] = "bind2",
        [OFFER_DIALBACK] = "dialback",
    };
    struct event event = event_new(EVENT_OFFER);
    event.code = behind;
    event.value = *word == '=' ? OFFER_BINDING : OFFER_MECHANISM;
    for (int kind = OFFER_STARTTLS; kind < OFFER_KIND_END; kind++)
        if (strcmp(word, kinds[kind]) == 0)
            event.value = kind;
    if (event.value <= OFFER_BINDING)
        event_set(event.name, *word == '=' ? word + 1 : word);
    result_take(&event, result);
}

static inline void scene_features(struct result *result, const char *words, bool behind, bool more)
{
    char copy[512];
    if (!words)
        return;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *rest = copy, *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0')
            scene_offer(result, word, behind);
    struct event event = event_new(EVENT_FEATURES);
    event.code = behind;
    event.value = more;
    result_take(&event, result);
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
    bool whole = last == (scene->no_login || scene->s2s ? PHASE_TLS : PHASE_PING);
    if (whole && !scene->no_tls) {
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
    for (uint32_t i = 0; i < 2 && scene->chain; i++) {
        event = event_new(EVENT_CHAIN);
        event.value = scene->days + 1000 * (int)i;
        event.code = i == 0 ? 256 : 4096;
        event_set(event.name, i == 0 ? "EC" : "RSA");
        event_set(event.by, "2027-02-25T12:00:00Z");
        event_set(event.text, i == 0 ? "example.org" : "Root|CA");
        result_take(&event, result);
    }
    scene_features(result, scene->before, false, scene->more_offers);
    scene_features(result, scene->behind, true, scene->more_offers);
    if (scene->mechanism) {
        event = event_new(EVENT_MECHANISM);
        event_set(event.name, scene->mechanism);
        result_take(&event, result);
    }
    if (whole && !scene->no_login && !scene->s2s && !scene->no_proof) {
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
        event_set_condition(&event, condition_named(scene->condition, scene->component ? SPACE_STREAM : SPACE_ANY));
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
    staged->check.settings = &staged->settings;
    scene_settings(staged, scene);
    staged->settings.output = SCENE_OUTPUT;
    result_init(&staged->check.result, &staged->settings, SCENE_START);
    enum phase last = scene->last ? scene->last : scene->no_login || scene->s2s ? PHASE_TLS : PHASE_PING;
    scene_bars(&staged->check.result, scene);
    int64_t at = scene_phases(&staged->check.result, last);
    if (last >= PHASE_CONNECT)
        scene_facts(&staged->check.result, scene, last);
    for (size_t i = 0; i < SCENE_TARGETS && scene->pings[i]; i++)
        scene_pings(&staged->check.result, i, scene->pings[i]);
    scene_end(&staged->check.result, scene, last, at);
    check_judge(&staged->check);
}

static inline void scene_leave(struct staged *staged)
{
    check_free(&staged->check);
}

/* Plays COUNT scenes and checks that what must come out does. */
static inline void scenes_check(const struct scene *scenes, size_t count)
{
    for (const struct scene *scene = scenes; scene < scenes + count; scene++) {
        struct staged staged;
        scene_play(&staged, scene);
        const struct verdict *verdict = &staged.check.verdict;
        is_str(state_name(verdict->state), state_name(scene->state), "%s", scene->name);
        is_str(any_condition_name(verdict->condition), scene->found ? scene->found : "", "  its condition");
        is_str(verdict->summary, scene->summary, "  its sentence");
        ok(text_width(verdict->summary) <= FIRST_LINE_WIDTH, "  which is short enough");
        scene_leave(&staged);
    }
}

#endif
