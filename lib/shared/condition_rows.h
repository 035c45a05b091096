/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of conditions: a new condition is a new row here and nothing else. No header in the usual sense: it is
 * included where the rows are needed, with what a row is to become. Meaning and advice, in words without capital and
 * full stop, are for the pages; `make conf` writes them there.
 *
 * OWN(CONSTANT, "name", group, state, "meaning", "advice")
 *   What the probe itself finds. The state is the one without --map.
 *
 * WIRE(CONSTANT, "name", space, own server, domain or bare JID, full JID, "meaning")
 *   What a server says. One that ends the run is CRITICAL. As the answer to a ping its state depends on who was pinged;
 *   only stanzas can answer one. */

/* --- the probe's own --- */

OWN(DNS_NOT_FOUND, "dns-not-found", GROUP_WAY, STATE_CRITICAL, "the name does not exist, or has no address",
    "ask the name servers for the domain's SRV records, as the probe's user")
OWN(DNS_FAILED, "dns-failed", GROUP_WAY, STATE_CRITICAL, "the name servers failed, or did not answer in time",
    "see whether the name servers answer, and whether this machine may ask them")
OWN(SERVICE_NOT_OFFERED, "service-not-offered", GROUP_WAY, STATE_CRITICAL,
    "SRV records say that the domain offers no XMPP",
    "look at the domain's SRV records: the target of one is a dot, or its port is 0")
OWN(CONNECT_REFUSED, "connect-refused", GROUP_WAY, STATE_CRITICAL, "no endpoint took the connection: refused",
    "see whether the server runs, and listens at this port")
OWN(CONNECT_TIMEOUT, "connect-timeout", GROUP_WAY, STATE_CRITICAL, "no endpoint took the connection: no answer",
    "see whether the host is up, and what a firewall drops")
OWN(CONNECT_UNREACHABLE, "connect-unreachable", GROUP_WAY, STATE_CRITICAL,
    "no endpoint took the connection: there is no way to it", "look at this machine's routes and address families")
OWN(ENDPOINT_DOWN, "endpoint-down", GROUP_WAY, STATE_OK,
    "some endpoint failed before another one worked; WARNING with --each-endpoint",
    "look at the endpoint that the long output names, before the others fail, too")
OWN(NOT_XMPP, "not-xmpp", GROUP_WAY, STATE_CRITICAL, "something else answered, or XML that is not well formed",
    "see what listens at this port")
OWN(STARTTLS_MISSING, "starttls-missing", GROUP_WAY, STATE_CRITICAL,
    "TLS is required and was not offered; no password is sent",
    "give the server a certificate, or see who stands between")
OWN(TLS_FAILED, "tls-failed", GROUP_WAY, STATE_CRITICAL,
    "the handshake failed or stalled, or something came in clear where TLS had to begin",
    "compare the protocol versions and ciphers of both sides; look into the server's log")
OWN(CERT_EXPIRED, "cert-expired", GROUP_WAY, STATE_CRITICAL, "the certificate, or that of an issuer, has expired",
    "renew the certificate, and load it")
OWN(CERT_NOT_YET_VALID, "cert-not-yet-valid", GROUP_WAY, STATE_CRITICAL,
    "the certificate, or that of an issuer, is not valid yet", "compare the clocks")
OWN(CERT_HOSTNAME, "cert-hostname", GROUP_WAY, STATE_CRITICAL, "the certificate is for another name",
    "give the server a certificate for the domain of its JIDs")
OWN(CERT_UNTRUSTED, "cert-untrusted", GROUP_WAY, STATE_CRITICAL, "no authority that is trusted signed the certificate",
    "let the server send its intermediate certificates, or trust its authority here")
OWN(CERT_EXPIRING, "cert-expiring", GROUP_WAY, STATE_WARNING,
    "fewer days are left than -C asks for; CRITICAL below its second number", "renew the certificate, and load it")
OWN(CONNECTION_LOST, "connection-lost", GROUP_WAY, STATE_CRITICAL,
    "the connection was reset or closed before the end; what was measured is kept",
    "look into the server's log at this time")
OWN(FLOODED, "flooded", GROUP_WAY, STATE_CRITICAL, "the server sends without end and answers nothing",
    "look at the stream, and at what the server does")
OWN(PROBE_CRASHED, "probe-crashed", GROUP_WAY, STATE_CRITICAL,
    "the process that talks to the server died by a signal, or broke a limit, after the first byte from outside",
    "run it again, and report what it prints")
OWN(DEADLINE, "deadline", GROUP_WAY, STATE_CRITICAL, "-t struck; the state is the one that -t names, if any",
    "look at the phase that took the time")

OWN(NO_MECHANISM, "no-mechanism", GROUP_LOGIN, STATE_CRITICAL, "none of the mechanisms of the server can be used",
    "compare what the server offers with what the account can use")
OWN(MECHANISM_DOWNGRADED, "mechanism-downgraded", GROUP_LOGIN, STATE_CRITICAL,
    "the server does not offer what --require-mechanism asks for; nothing weaker is tried",
    "see what has changed at the server, or who stands between")
OWN(SERVER_NOT_AUTHENTICATED, "server-not-authenticated", GROUP_LOGIN, STATE_CRITICAL,
    "the server did not prove that it knows the password",
    "see whether this is your server: it does not know the account's password")
OWN(SCRAM_WEAK, "scram-weak", GROUP_LOGIN, STATE_WARNING, "SCRAM with fewer than 4,096 iterations",
    "set the server's iteration count higher, and the account's password anew")
OWN(SASL2_MISSING, "sasl2-missing", GROUP_LOGIN, STATE_CRITICAL,
    "SASL2 was asked for, and the server does not offer it", "enable SASL2 at the server, or do not ask for it")
OWN(LOGIN_CONTINUES, "login-continues", GROUP_LOGIN, STATE_CRITICAL,
    "SASL2 wants a further step that no probe can take", "give the probe an account that needs no second step")
OWN(BIND_FAILED, "bind-failed", GROUP_LOGIN, STATE_CRITICAL, "the server gave no resource, or a JID of another account",
    "see what the server has against another session of this account")

OWN(NOT_OFFERED, "not-offered", GROUP_OFFER, STATE_CRITICAL, "the server does not offer what it has to",
    "look at the server's configuration")
OWN(OFFERED, "offered", GROUP_OFFER, STATE_CRITICAL, "the server offers what it must not",
    "look at the server's configuration")
OWN(NO_FEDERATION, "no-federation", GROUP_OFFER, STATE_CRITICAL,
    "the server offers other servers neither SASL EXTERNAL nor dialback",
    "look at the server's configuration for other servers")

OWN(PING_TIMEOUT, "ping-timeout", GROUP_PING, STATE_CRITICAL,
    "no answer in time; WARNING where only some pings of the target have none",
    "ask again with more time, and look at the load of the server that is silent")

/* --- stream errors: RFC 6120, 4.9.3 --- */

#define STREAM(CONSTANT, name, meaning)                                                                                \
    WIRE(STREAM_##CONSTANT, name, SPACE_STREAM, STATE_CRITICAL, STATE_CRITICAL, STATE_CRITICAL, meaning)

STREAM(BAD_FORMAT, "bad-format", "the server cannot process what was sent")
STREAM(BAD_NAMESPACE_PREFIX, "bad-namespace-prefix", "the server does not take a namespace prefix that was sent")
STREAM(CONFLICT, "conflict", "another session takes the place of this one")
STREAM(CONNECTION_TIMEOUT, "connection-timeout", "the server heard nothing for too long")
STREAM(HOST_GONE, "host-gone", "the server no longer serves this domain")
STREAM(HOST_UNKNOWN, "host-unknown", "the server does not serve this domain")
STREAM(IMPROPER_ADDRESSING, "improper-addressing", "a stanza lacks a sender or an addressee")
STREAM(INTERNAL_SERVER_ERROR, "internal-server-error", "the server cannot go on")
STREAM(INVALID_FROM, "invalid-from", "the server does not take the address of the sender")
STREAM(INVALID_NAMESPACE, "invalid-namespace", "the server does not know the namespace of the stream")
STREAM(INVALID_XML, "invalid-xml", "the server found the XML not valid")
STREAM(NOT_AUTHORIZED, "not-authorized", "something was sent before the login that needs one")
STREAM(NOT_WELL_FORMED, "not-well-formed", "the server found the XML not well formed")
STREAM(POLICY_VIOLATION, "policy-violation", "the rules of the server forbid this connection: often too many of them")
STREAM(REMOTE_CONNECTION_FAILED, "remote-connection-failed", "the server cannot reach another one that it needs")
STREAM(RESET, "reset", "the server wants the stream to be opened anew")
STREAM(RESOURCE_CONSTRAINT, "resource-constraint", "the server lacks what it needs to serve")
STREAM(RESTRICTED_XML, "restricted-xml", "XML was sent that XMPP forbids")
STREAM(SEE_OTHER_HOST, "see-other-host", "the server sends its clients elsewhere")
STREAM(SYSTEM_SHUTDOWN, "system-shutdown", "the server is being shut down")
STREAM(UNSUPPORTED_ENCODING, "unsupported-encoding", "the server does not take the encoding")
STREAM(UNSUPPORTED_FEATURE, "unsupported-feature", "the server lacks a feature that it needs of its peer")
STREAM(UNSUPPORTED_STANZA_TYPE, "unsupported-stanza-type", "the server does not know a stanza that was sent")
STREAM(UNSUPPORTED_VERSION, "unsupported-version", "the server does not speak this version of XMPP")
STREAM(XML_NOT_WELL_FORMED, "xml-not-well-formed", "not-well-formed, by the name that RFC 3920 had for it")

/* --- SASL failures: RFC 6120, 6.5; also those of SASL2 (XEP-0388) --- */

#define SASL(CONSTANT, name, meaning)                                                                                  \
    WIRE(SASL_##CONSTANT, name, SPACE_SASL, STATE_CRITICAL, STATE_CRITICAL, STATE_CRITICAL, meaning)

SASL(ABORTED, "aborted", "the server says that the login was given up")
SASL(ACCOUNT_DISABLED, "account-disabled", "the account is locked")
SASL(CREDENTIALS_EXPIRED, "credentials-expired", "the password has expired")
SASL(ENCRYPTION_REQUIRED, "encryption-required", "the mechanism needs TLS")
SASL(INCORRECT_ENCODING, "incorrect-encoding", "the server cannot decode what was sent")
SASL(INVALID_AUTHZID, "invalid-authzid", "the account may not act in that name")
SASL(INVALID_MECHANISM, "invalid-mechanism", "the server does not know the mechanism that it offered")
SASL(MALFORMED_REQUEST, "malformed-request", "the server does not understand what was sent")
SASL(MECHANISM_TOO_WEAK, "mechanism-too-weak", "the account needs a stronger mechanism")
SASL(NOT_AUTHORIZED, "not-authorized", "the login was refused; the password may be wrong")
SASL(TEMPORARY_AUTH_FAILURE, "temporary-auth-failure", "the server cannot check a password now")

/* --- stanza errors: RFC 6120, 8.3.3 --- */

#define STANZA(CONSTANT, name, server, bare, full, meaning)                                                            \
    WIRE(STANZA_##CONSTANT, name, SPACE_STANZA, STATE_##server, STATE_##bare, STATE_##full, meaning)

STANZA(BAD_REQUEST, "bad-request", UNKNOWN, UNKNOWN, UNKNOWN, "the question was wrong")
STANZA(CONFLICT, "conflict", CRITICAL, CRITICAL, CRITICAL, "there is such a resource or session already")
STANZA(FEATURE_NOT_IMPLEMENTED, "feature-not-implemented", OK, OK, OK, "it answers, and does not know pings")
STANZA(FORBIDDEN, "forbidden", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(GONE, "gone", CRITICAL, CRITICAL, CRITICAL, "it is no longer there")
STANZA(INTERNAL_SERVER_ERROR, "internal-server-error", CRITICAL, CRITICAL, CRITICAL, "it cannot answer")
STANZA(ITEM_NOT_FOUND, "item-not-found", CRITICAL, CRITICAL, CRITICAL, "it is not there")
STANZA(JID_MALFORMED, "jid-malformed", UNKNOWN, UNKNOWN, UNKNOWN,
       "the question was wrong: the server takes this for no JID")
STANZA(NOT_ACCEPTABLE, "not-acceptable", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(NOT_ALLOWED, "not-allowed", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(NOT_AUTHORIZED, "not-authorized", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(POLICY_VIOLATION, "policy-violation", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(RECIPIENT_UNAVAILABLE, "recipient-unavailable", CRITICAL, CRITICAL, CRITICAL, "it is not there now")
STANZA(REDIRECT, "redirect", CRITICAL, WARNING, WARNING, "it is there, and sends elsewhere")
STANZA(REGISTRATION_REQUIRED, "registration-required", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(REMOTE_SERVER_NOT_FOUND, "remote-server-not-found", CRITICAL, CRITICAL, CRITICAL,
       "the own server found no way to that of the remote")
STANZA(REMOTE_SERVER_TIMEOUT, "remote-server-timeout", CRITICAL, CRITICAL, CRITICAL,
       "the own server could not reach that of the remote in time")
STANZA(RESOURCE_CONSTRAINT, "resource-constraint", CRITICAL, CRITICAL, CRITICAL, "it lacks what it needs to answer")
STANZA(SERVICE_UNAVAILABLE, "service-unavailable", OK, OK, CRITICAL,
       "it answers, and does not know pings; a full JID is offline")
STANZA(SUBSCRIPTION_REQUIRED, "subscription-required", CRITICAL, WARNING, WARNING, "it is there, and refuses")
STANZA(UNEXPECTED_REQUEST, "unexpected-request", CRITICAL, CRITICAL, CRITICAL, "it did not expect the question now")

/* --- in each of the three namespaces --- */

WIRE(UNDEFINED_CONDITION, "undefined-condition", SPACE_ANY, STATE_CRITICAL, STATE_CRITICAL, STATE_CRITICAL,
     "all other names that a server may say; the text has the name")

#undef STREAM
#undef SASL
#undef STANZA
#undef OWN
#undef WIRE
