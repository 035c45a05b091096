# SPDX-License-Identifier: GPL-3.0-or-later
# Components (XEP-0114) in one process, each of which answers pings in its own way:
#
#   Component->new(host => $server->host, port => $server->component_port, secret => 'secret',
#       behaviour => { 'echo.a.example' => 'result', 'mute.a.example' => 'silent', 'no.a.example' => 'forbidden' });
#
# A behaviour that is neither result nor silent is a stanza error's condition. Returns when all are connected.
package Component;

use strict;
use warnings;

use Carp qw(croak);
use Digest::SHA qw(sha1_hex);
use IO::Select;
use IO::Socket::INET;

use Daemon;
use TempDir;

sub new {
    my ($class, %option) = @_;
    my $self = bless {%option, ready => temp_dir() . '/ready' }, $class;
    $self->{daemon} = Daemon->run('components', sub { $self->_serve });
    $self->{daemon}->wait_until(sub { -e $self->{ready} }, 15, 'connect');
    return $self;
}

sub stop { $_[0]{daemon}->stop; return }

sub _serve {
    my ($self) = @_;
    my $select = IO::Select->new;
    my %behaviour;
    for my $domain (sort keys %{ $self->{behaviour} }) {
        my $socket = $self->_log_in($domain);
        $select->add($socket);
        $behaviour{$socket} = $self->{behaviour}{$domain};
    }
    write_file($self->{ready}, '');
    my %buffer;
    while ($select->count) {
        for my $socket ($select->can_read) {
            if (!sysread $socket, $buffer{$socket}, 65536, length($buffer{$socket} // '')) {
                $select->remove($socket);
                next;
            }
            _answer($socket, $behaviour{$socket}, $1) while $buffer{$socket} =~ s{\A[^<]*(<iq\b.*?</iq>)}{}s;
        }
    }
    return;
}

sub _read_until {
    my ($socket, $wanted) = @_;
    my $text = '';
    while ($text !~ $wanted) {
        sysread $socket, $text, 4096, length $text or croak "component: the server closed after '$text'";
    }
    return $text;
}

sub _log_in {
    my ($self, $domain) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $self->{host}, PeerPort => $self->{port}) or croak "component: $!";
    syswrite $socket, '<stream:stream xmlns="jabber:component:accept" xmlns:stream="http://etherx.jabber.org/streams"'
        . qq{ to="$domain">};
    my ($id) = _read_until($socket, qr/<stream:stream[^>]*>/) =~ /\sid=["']([^"']*)/;
    syswrite $socket, '<handshake>' . sha1_hex($id . $self->{secret}) . '</handshake>';
    _read_until($socket, qr{<handshake\s*/>|</handshake>});
    return $socket;
}

sub _answer {
    my ($socket, $behaviour, $stanza) = @_;
    my %attribute = $stanza =~ /\A<iq\b[^>]*?>/ ? $& =~ /(\w+)=["']([^"']*)["']/g : ();
    return if $behaviour eq 'silent' || $attribute{type} ne 'get';
    my $type = $behaviour eq 'result' ? 'result' : 'error';
    my $body = $behaviour eq 'result'
        ? ''
        : qq{<error type="cancel"><$behaviour xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>};
    syswrite $socket, qq{<iq type="$type" id="$attribute{id}" from="$attribute{to}" to="$attribute{from}">$body</iq>};
    return;
}

1;
