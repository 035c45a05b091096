# SPDX-License-Identifier: GPL-3.0-or-later
# The XML namespaces that a hostile server speaks of.
package Hostile::Xmlns;

use strict;
use warnings;

use Exporter 'import';

our @EXPORT = qw($STREAM $TLS $SASL $SASL2 $BIND $BIND2 $SESSION $STANZA_ERROR $DIALBACK $STREAM_ERROR);

our $STREAM = 'http://etherx.jabber.org/streams';
our $TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
our $SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
our $SASL2 = 'urn:xmpp:sasl:2';
our $BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
our $BIND2 = 'urn:xmpp:bind:0';
our $SESSION = 'urn:ietf:params:xml:ns:xmpp-session';
our $STANZA_ERROR = 'urn:ietf:params:xml:ns:xmpp-stanzas';
our $DIALBACK = 'urn:xmpp:features:dialback';
our $STREAM_ERROR = 'urn:ietf:params:xml:ns:xmpp-streams';

1;
