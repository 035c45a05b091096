/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "habits.h"

#include <stddef.h>
#include <string.h>

#define TLS "TLS is used without it; --tls=direct is for ports without STARTTLS"
#define STARTTLS "STARTTLS is used without it, or by --tls=starttls"
#define SNI "the domain of the JID is always sent as the name of the server"
#define ACCOUNT "the account is the JID of -j"
#define DAYS "the days that a certificate has left are -C WARN,CRIT"
#define INSECURE "--insecure leaves the certificate unverified"
#define TALK "nothing is to be sent or expected: the program itself speaks XMPP"

static const struct habit {
    const char *option, *answer;
} habits[] = {
    {"D", DAYS},
    {"days", DAYS},
    {"S", TLS},
    {"ssl", TLS},
    {"starttls", STARTTLS},
    {"sni", SNI},
    {"E", TALK},
    {"escape", TALK},
    {"e", TALK},
    {"expect", TALK},
    {"s", TALK},
    {"send", TALK},
    {"k", INSECURE},
    {"u", ACCOUNT},
    {"U", ACCOUNT},
    {"l", ACCOUNT},
    {"user", ACCOUNT},
    {"username", ACCOUNT},
    {"json", "-o json prints JSON"},
    {"prometheus", "-o prometheus prints metrics"},
    {"ipv4", "IPv4 only is -4"},
    {"ipv6", "IPv6 only is -6"},
};

const char *habit_answer(const char *option)
{
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++) {
        if (strcmp(habits[i].option, option) == 0)
            return habits[i].answer;
    }
    return NULL;
}
