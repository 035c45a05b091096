/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way from a connected wire to a session: stream, STARTTLS or direct TLS, SASL, bind (RFC 6120, or SASL2 and Bind
 * 2), the login of a component (XEP-0114), or no login at all, only the features. It is clear where each phase begins
 * and ends, and each failure is told where it is found. */
#ifndef LOGIN_H
#define LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "id.h"
#include "ping.h"
#include "sasl.h"
#include "settings.h"
#include "stream.h"

enum login_step {
    LOGIN_FEATURES,         /* waiting for the features before TLS */
    LOGIN_PROCEED,          /* for <proceed/> */
    LOGIN_PROCEEDED,        /* <proceed/> came */
    LOGIN_HANDSHAKE,        /* for the end of the TLS handshake */
    LOGIN_AUTH_FEATURES,    /* for the features that offer mechanisms */
    LOGIN_AUTH,             /* in the SASL exchange of RFC 6120 */
    LOGIN_AUTH2,            /* in that of SASL2 (XEP-0388) */
    LOGIN_COMPONENT_HEADER, /* for the stream's header, which a component answers (XEP-0114) */
    LOGIN_COMPONENT,        /* for <handshake/> */
    LOGIN_BIND_FEATURES,    /* for the features that offer bind */
    LOGIN_BIND,
    LOGIN_SESSION,
    LOGIN_DONE,
    LOGIN_FAILED
};

struct login {
    const struct settings *settings; /* its password is wiped when it has been used */
    struct stream *stream;
    const struct tls_context *tls_context; /* NULL with tls NONE */
    struct teller *teller;
    struct secrets *secrets; /* the teller's: gets what SASL sends */
    enum tls_mode tls;       /* STARTTLS, DIRECT or NONE */
    enum login_step step;
    struct sasl *sasl;
    bool sasl2;       /* the exchange is SASL2's */
    bool bind2;       /* and binds a resource, too (XEP-0386) */
    char id[ID_SIZE]; /* of our last iq */
    bool session_wanted;
    bool arrived; /* at the end of TLS (of direct TLS, if XMPP is behind it), without TLS at the features, as a
                   * component at the id: no other endpoint is better than this one */
    struct ping_context
        *pings;             /* whose pinger answers pings from the bind on, as servers kick clients that stay silent */
    struct pinger *pinger;  /* from the bind on; NULL without a login */
    struct failure failure; /* after LOGIN_FAILED */
};

/* Logs in on STREAM, or with --no-login comes to the features behind TLS. Blocks until it is done, has failed, or the
 * parent's deadline ends the process; before the end of TLS also no longer than LIMIT (clock_now(), ns; INT64_MAX
 * for none). False with login->failure. Stream errors are watched for further on: they make the step LOGIN_FAILED. */
bool login_run(struct login *login, int64_t limit);

/* Whether another endpoint may serve where this one has failed: it was down, or no XMPP, or worth no trust. */
bool login_may_try_next(const struct login *login);

#endif
