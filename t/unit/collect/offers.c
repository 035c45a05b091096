/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offers.h"

#include <stdio.h>
#include <string.h>

#include "taken.h"
#include "tap.h"

static void offer(struct result *result, enum offer_kind kind, const char *name, uint32_t code)
{
    struct event event = {.kind = EVENT_OFFER, .value = kind, .code = code};
    event_set(event.name, name);
    take(result, event);
}

/* All names of OFFERS, with '+' behind each. */
static const char *names_of(const struct offers *offers)
{
    static char names[OFFERS_MAX * sizeof offers->names[0]];
    names[0] = '\0';
    for (size_t i = 0; i < offers->count; i++)
        strcat(strcat(names, offers->names[i]), "+");
    return names;
}

static void check_offers(void)
{
    struct result result;
    result_init(&result, &settings, 0);
    offer(&result, OFFER_STARTTLS, "", 0);
    offer(&result, OFFER_STARTTLS_REQUIRED, "ignored", 0);
    ok(!result.before_tls.came && !result.behind_tls.came, "features come when they have been told whole");
    take(&result, (struct event){.kind = EVENT_FEATURES});
    ok(result.before_tls.came && !result.behind_tls.came, "those before TLS");
    is_str(names_of(&result.before_tls), "starttls+starttls-required+", "with what they offer, by our words");
    offer(&result, OFFER_MECHANISM, "SCRAM-SHA-1", 1);
    offer(&result, OFFER_MECHANISM, "SCRAM-SHA-1", 1);
    offer(&result, OFFER_MECHANISM, "sasl2", 1);
    offer(&result, OFFER_MECHANISM, " PLAIN ", 1);
    offer(&result, OFFER_MECHANISM, "", 1);
    offer(&result, OFFER_MECHANISM, "A23456789012345678901", 1);
    offer(&result, OFFER_BINDING, "tls-exporter", 1);
    offer(&result, OFFER_BINDING, "<b>|\x1b", 1);
    static const enum offer_kind kinds[] = {OFFER_CHANNEL_BINDING, OFFER_SASL2, OFFER_BIND2, OFFER_DIALBACK};
    for (size_t i = 0; i < 4; i++)
        offer(&result, kinds[i], "", 1);
    take(&result, (struct event){.kind = EVENT_FEATURES, .code = 1});
    is_str(names_of(&result.behind_tls),
           "SCRAM-SHA-1+mechanism:sasl2+mechanism:PLAIN+mechanism:+mechanism:A23456789012345678901+"
           "channel-binding:tls-exporter+channel-binding:(b)?+channel-binding+sasl2+bind2+dialback+",
           "no word of a server is one of ours, nor a mechanism if it is no name of one; each stands there once");
    for (int i = 0; i < FEATURE_COUNT; i++)
        ok(i == FEATURE_PLAIN_BEFORE_TLS || offers_have(&result.behind_tls, server_feature_names[i]) ||
               offers_have(&result.before_tls, server_feature_names[i]),
           "%s can be offered", server_feature_names[i]);
    ok(offers_have_mechanism(&result.behind_tls) && !offers_have_mechanism(&result.before_tls),
       "mechanisms are told from all else");
    ok(!result.behind_tls.cut, "all is there");
    for (int i = 0; i < 1000; i++) {
        char name[24];
        snprintf(name, sizeof name, "X-%d", i);
        offer(&result, OFFER_MECHANISM, name, 1);
    }
    ok(result.behind_tls.count == OFFERS_MAX && result.behind_tls.cut, "of too many it is known that there were more");
    take(&result, (struct event){.kind = EVENT_FEATURES, .value = 1});
    ok(result.before_tls.cut, "so it is when the child says so");
    take(&result, (struct event){.kind = EVENT_PHASE_BEGIN, .phase = PHASE_CONNECT});
    ok(!result.before_tls.came && !result.behind_tls.came && result.behind_tls.count == 0 && !result.behind_tls.cut,
       "another connection begins anew");
    result_free(&result);
}

int main(void)
{
    check_offers();
    done_testing();
    return exit_status();
}
