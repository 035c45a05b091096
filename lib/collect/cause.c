/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cause.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "line.h"
#include "text.h"

static void add_reason(struct line *line, unsigned long error)
{
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                     NULL);
    const char *reason = ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);
    if (reason)
        line_add(line, "%s", reason);
    else
        line_add(line, "OpenSSL error %lX", error);
}

void cause_take(const struct event *event, const char *words, char *out, size_t size)
{
    struct line line = LINE_EMPTY;
    line_add(&line, "%s", words);
    if (event->openssl != 0) {
        line_add(&line, "%s", *words ? ": " : "");
        add_reason(&line, (unsigned long)event->openssl);
        if (event->kind == EVENT_FAILURE && event->name[0] != '\0')
            line_add(&line, " (%s)", event->name);
    }
    text_clean_string(out, size, line.text);
}
