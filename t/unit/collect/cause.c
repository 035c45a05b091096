/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cause.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <string.h>

#include "tap.h"

static const char *take(enum event_kind kind, unsigned long error, const char *words, const char *detail)
{
    static char out[216];
    struct event event = event_new(kind);
    event.openssl = error;
    if (kind == EVENT_FAILURE) {
        event_set(event.text, words);
        event_set(event.name, detail);
    } else {
        event_set(event.name, words);
    }
    cause_take(&event, kind == EVENT_FAILURE ? event.text : event.name, out, sizeof out);
    return out;
}

int main(void)
{
    unsigned long no_ciphers = ERR_PACK(ERR_LIB_SSL, 0, SSL_R_NO_CIPHERS_AVAILABLE);
    unsigned long not_supported = ERR_PACK(ERR_LIB_EVP, 0, ERR_R_UNSUPPORTED);
    is_str(take(EVENT_FAILURE, 0, "no pipe", ""), "no pipe", "what is none of OpenSSL's stays as it is");
    is_str(take(EVENT_FAILURE, no_ciphers, "OpenSSL cannot be used here", ""),
           "OpenSSL cannot be used here: no ciphers available", "the reason stands behind the words");
    is_str(take(EVENT_FAILURE, not_supported, "OpenSSL cannot be used here", "Global default library context"),
           "OpenSSL cannot be used here: unsupported (Global default library context)", "and its details behind that");
    is_str(take(EVENT_FAILURE, no_ciphers, "", ""), "no ciphers available", "without words the reason stands alone");
    is_str(take(EVENT_ENDPOINT, no_ciphers, "", ""), "no ciphers available", "an endpoint's cause has it, too");
    is_str(take(EVENT_FAILURE, ERR_SYSTEM_FLAG | EACCES, "x", ""), "x: Permission denied",
           "an error of the system has the system's words");
    is_str(take(EVENT_FAILURE, ERR_PACK(99, 0, 99), "x", ""), "x: OpenSSL error 31800063",
           "one that OpenSSL does not know has its number");
    is_str(take(EVENT_FAILURE, no_ciphers, "x", "\033[2J"), "x: no ciphers available ( [2J)",
           "and nothing of it reaches a terminal");
    done_testing();
    return exit_status();
}
