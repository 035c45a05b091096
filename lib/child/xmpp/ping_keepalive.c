/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ping to the own server from time to time, until one gets no answer. */
#include "ping_parts.h"

#include "clock.h"

static void on_keepalive_end(struct pinger *pinger, const struct ping_answer *answer, void *userdata)
{
    (void)userdata;
    ping_dead_callback dead = pinger->keepalive.dead;
    if (!dead)
        return;
    if (answer->end == PING_NO_ANSWER) {
        void *dead_userdata = pinger->keepalive.userdata;
        pinger->keepalive.dead = NULL;
        dead(pinger, dead_userdata);
    } else if (answer->end == PING_ANSWERED || answer->end == PING_REFUSED) {
        pinger->keepalive_at = clock_now() + pinger->keepalive.interval;
    }
}

static void set_keepalive(struct keepalive *keepalive, int64_t interval, int64_t timeout, ping_dead_callback dead,
                          void *userdata)
{
    *keepalive = (struct keepalive){.interval = interval > 0 ? interval : PING_KEEPALIVE_INTERVAL_DEFAULT,
                                    .timeout = timeout > 0 ? timeout : PING_KEEPALIVE_TIMEOUT_DEFAULT,
                                    .dead = dead,
                                    .userdata = userdata};
}

void ping_keepalive(struct pinger *pinger, int64_t interval, int64_t timeout, ping_dead_callback dead, void *userdata)
{
    set_keepalive(&pinger->keepalive, interval, timeout, dead, userdata);
    pinger->keepalive_at = dead ? clock_now() + pinger->keepalive.interval : INT64_MAX;
}

void ping_keepalive_all(struct ping_context *context, int64_t interval, int64_t timeout, ping_dead_callback dead,
                        void *userdata)
{
    set_keepalive(&context->keepalive, interval, timeout, dead, userdata);
}

void pinger_keep_alive(struct pinger *pinger)
{
    pinger->keepalive_at = INT64_MAX;
    const char *from = pinger->self.node ? NULL : pinger->self.domain; /* as in reply() of ping_request.c */
    ping_send(pinger, NULL, from, pinger->keepalive.timeout, on_keepalive_end, NULL);
}
