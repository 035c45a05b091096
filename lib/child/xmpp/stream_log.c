/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream_log.h"

#include <stdio.h>
#include <string.h>

/* A SASL element is a secret as the password is: nothing of it is shown but its name. */
static bool is_secret(const char *stanza)
{
    static const char *const names[] = {"<auth",     "<response",     "<challenge", "<success",
                                        "<continue", "<authenticate", "<handshake"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(stanza, names[i], length) == 0 && strchr(" />", stanza[length]))
            return true;
    }
    return false;
}

/* An answer of ours: it repeats the id and the sender of what the server has asked. */
static bool repeats_server(const char *stanza)
{
    return strncmp(stanza, "<iq ", 4) == 0 && (strstr(stanza, "type=\"result\"") || strstr(stanza, "type=\"error\""));
}

static void log_line(const struct teller *teller, bool is_ours, const char *stanza)
{
    char masked[64];
    if (is_secret(stanza)) {
        snprintf(masked, sizeof masked, "%.*s> [masked]", (int)strcspn(stanza, " />"), stanza);
        stanza = masked;
    } else if (!is_ours || repeats_server(stanza)) {
        stanza = tell_masked(teller, stanza);
    } else if (teller->secrets && secrets_are_in_ours(teller->secrets, stanza)) {
        stanza = "[masked]";
    }
    struct event event = event_new(EVENT_LOG);
    size_t used = (size_t)snprintf(event.text, sizeof event.text, "%s", is_ours ? "sent: " : "received: ");
    size_t length = strlen(stanza);
    do {
        size_t part = sizeof event.text - 1 - used < length ? sizeof event.text - 1 - used : length;
        memcpy(event.text + used, stanza, part);
        event.text[used + part] = '\0';
        stanza += part;
        length -= part;
        event.code = length > 0;
        tell(teller, &event);
        used = 0;
    } while (length > 0);
}

static void on_log(void *userdata, xmpp_log_level_t level, const char *area, const char *message)
{
    (void)level, (void)area;
    const struct teller *teller = userdata;
    if (strncmp(message, "SENT: ", 6) == 0)
        log_line(teller, true, message + 6);
    else if (strncmp(message, "RECV: ", 6) == 0)
        log_line(teller, false, message + 6);
}

const xmpp_log_t *stream_log(const struct teller *teller)
{
    static xmpp_log_t logger;
    logger = (xmpp_log_t){.handler = on_log, .userdata = (void *)teller};
    return &logger;
}
