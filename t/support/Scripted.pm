# SPDX-License-Identifier: GPL-3.0-or-later
# A server that takes any login, in clear text on loopback, and answers pings as the test wants:
#
#   my $server = Scripted->new(on_ping => sub { my ($link, $ping) = @_; $link->result($ping) });
#   Probe->run([$server->options('alice@example.org'), ...], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
#
# The code runs in the server's process. A ping is { id, to, number (1, 2, ... of those to the same JID) }; what it may do
# with $link stands below. Serves one connection after another.
package Scripted;

use strict;
use warnings;

use Carp qw(croak);
use IO::Socket::INET;

use Daemon qw(now);
use TempDir;

use constant ERRORS => 'urn:ietf:params:xml:ns:xmpp-stanzas';

# OPTION: on_ping, on_bound ($link: the session begins), on_answer ($link, { type, id, from, text }: what the client
# answers to the server's own iqs).
sub new {
    my ($class, %option) = @_;
    my $self = bless { %option, log => temp_dir() . '/notes' }, $class;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or croak "listen: $!";
    $self->{port} = $listener->sockport;
    $self->{daemon} = Daemon->run('scripted server', sub { $self->_serve($listener) });
    close $listener;
    return $self;
}

sub port { return $_[0]{port} }
sub stop { $_[0]{daemon}->stop; return }

# The options that log JID in here.
sub options { my ($self, $jid) = @_; return ('-j', $jid, '-H', '127.0.0.1', '-p', $self->{port}, '--tls=none') }

# What note() wrote, line by line.
sub notes { return split /\n/, read_file($_[0]{log}) }

# --- for the test's code: ---

sub domain { return $_[0]{domain} }

sub say {
    my ($self, $text) = @_;
    local $SIG{PIPE} = 'IGNORE';
    syswrite $self->{socket}, $text if $self->{socket};
    return;
}

# Runs CODE after SECONDS, if the connection is still there.
sub after {
    my ($self, $seconds, $code) = @_;
    push @{ $self->{timers} }, [now() + $seconds, $code];
    return;
}

sub hang_up { my ($self) = @_; $self->{socket}->close if $self->{socket}; undef $self->{socket}; return }

sub note { my ($self, $text) = @_; open my $out, '>>', $self->{log}; print {$out} "$text\n"; close $out; return }

# An answer to PING of TYPE, from FROM (who was asked; '' for nobody).
sub answer {
    my ($self, $ping, $type, $body, $from) = @_;
    $from //= $ping->{to};
    my $sender = $from eq '' ? '' : qq{ from="$from"};
    return $self->say(qq{<iq type="$type" id="$ping->{id}"$sender>$body</iq>});
}

sub result { my ($self, $ping, $from) = @_; return $self->answer($ping, 'result', '', $from) }

# A stanza error; MORE may hold type (cancel), by, text, from.
sub error {
    my ($self, $ping, $condition, %more) = @_;
    my $type = $more{type} // 'cancel';
    my $by = $more{by} ? qq{ by="$more{by}"} : '';
    my $text = defined $more{text} ? qq{<text xmlns="${\ERRORS}">$more{text}</text>} : '';
    my $error = $condition eq '' ? '' : qq{<$condition xmlns="${\ERRORS}"/>};
    return $self->answer($ping, 'error', qq{<error type="$type"$by>$error$text</error>}, $more{from});
}

# --- the server ---

sub _serve {
    my ($self, $listener) = @_;
    while (1) {
        $self->{socket} = $listener->accept or next;
        @$self{qw(buffer timers seen bound)} = ('', [], {}, 0);
        while ($self->{socket}) {
            $self->_turn;
        }
    }
    return;
}

sub _turn {
    my ($self) = @_;
    my ($next) = sort { $a <=> $b } 1, map { $_->[0] - now() } @{ $self->{timers} };
    my $ready = '';
    vec($ready, $self->{socket}->fileno, 1) = 1;
    if (select $ready, undef, undef, $next > 0 ? $next : 0) {
        return $self->hang_up if !sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
        $self->_take($1) while $self->{socket} && $self->{buffer} =~ s{\A\s*(<(?:\?xml[^>]*\?>|/?stream:stream[^>]*>|(\w+)[^>]*?/>|(\w+)\b.*?</\g{-1}>))}{}s;
    }
    my @due = grep { $_->[0] <= now() } @{ $self->{timers} };
    @{ $self->{timers} } = grep { my $timer = $_; !grep { $_ == $timer } @due } @{ $self->{timers} };
    $_->[1]->() for @due;
    return;
}

sub _attribute { my ($stanza, $name) = @_; return $stanza =~ /\A<\w+\b[^>]*?\s$name=["']([^"']*)["']/ ? $1 : '' }

sub _take {
    my ($self, $stanza) = @_;
    return if $stanza =~ /\A<\?xml/;
    if ($stanza =~ /\A<stream:stream/) {
        ($self->{domain}) = $stanza =~ /\sto=["']([^"']*)/;
        my $features = $self->{bound}
            ? '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>'
            : '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms>';
        $self->say(qq{<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"}
            . qq{ version="1.0" id="1" from="$self->{domain}"><stream:features>$features</stream:features>});
    } elsif ($stanza =~ m{\A</stream}) {
        $self->say('</stream:stream>');
        $self->hang_up;
    } elsif ($stanza =~ /\A<auth/) {
        $self->{bound} = 1;
        $self->say('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
    } elsif ($stanza =~ /urn:ietf:params:xml:ns:xmpp-bind/) {
        my $jid = "alice\@$self->{domain}/probe";
        $self->say(sprintf '<iq type="result" id="%s"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>%s</jid></bind></iq>',
            _attribute($stanza, 'id'), $jid);
        $self->{on_bound}->($self) if $self->{on_bound};
    } elsif ($stanza =~ /urn:xmpp:ping/ && _attribute($stanza, 'type') eq 'get') {
        my $to = _attribute($stanza, 'to');
        $self->{on_ping}->($self, { id => _attribute($stanza, 'id'), to => $to, number => ++$self->{seen}{$to} });
    } elsif ($stanza =~ /\A<iq/ && $self->{on_answer}) {
        $self->{on_answer}->($self, { text => $stanza, map { $_ => _attribute($stanza, $_) } qw(type id from to) });
    }
    return;
}

1;
