/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The namespaces of a login. */
#ifndef XMLNS_H
#define XMLNS_H

#define STREAM_XMLNS "http://etherx.jabber.org/streams"
#define CLIENT_XMLNS "jabber:client"
#define SERVER_XMLNS "jabber:server"
#define COMPONENT_XMLNS "jabber:component:accept"
#define STANZAS_XMLNS "urn:ietf:params:xml:ns:xmpp-stanzas" /* of stanza errors */
#define TLS_XMLNS "urn:ietf:params:xml:ns:xmpp-tls"
#define SASL_XMLNS "urn:ietf:params:xml:ns:xmpp-sasl"
#define SASL2_XMLNS "urn:xmpp:sasl:2"
#define IQ_AUTH_XMLNS "http://jabber.org/features/iq-auth"
#define DIALBACK_XMLNS "urn:xmpp:features:dialback"
#define DB_XMLNS "jabber:server:dialback"
#define BINDING_XMLNS "urn:xmpp:sasl-cb:0"
#define BIND_XMLNS "urn:ietf:params:xml:ns:xmpp-bind"
#define BIND2_XMLNS "urn:xmpp:bind:0"
#define SESSION_XMLNS "urn:ietf:params:xml:ns:xmpp-session"

#endif
