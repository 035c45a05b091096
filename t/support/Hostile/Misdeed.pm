# SPDX-License-Identifier: GPL-3.0-or-later
# What can be done wrong, in any phase, by name: each gets the connection (Hostile/Connection.pm) and its own arguments.
package Hostile::Misdeed;

use strict;
use warnings;

use Carp qw(croak);
use Time::HiRes qw(sleep);

use Hostile::Xmlns;

my %MISDEED = (
    silence => sub { return 0 },
    skip => sub { return 1 },
    send => sub { my ($c, $bytes) = @_; $c->send($bytes); return 0 },
    close => sub { my ($c) = @_; $c->close; return 0 },
    reset => sub { my ($c) = @_; $c->reset; return 0 },
    send_and_close => sub { my ($c, $bytes) = @_; $c->send($bytes); $c->close; return 0 },
    garbage => sub { my ($c) = @_; $c->send(join '', map { chr(($_ * 73 + 41) % 256) } 1 .. 500); return 0 },
    http => sub {
        my ($c) = @_;
        $c->send("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>No</html>\n");
        $c->close;
        return 0;
    },
    ssh => sub { my ($c) = @_; $c->send("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"); return 0 },
    bad_xml => sub { my ($c) = @_; $c->in_stream; $c->send('<a><b></a></b>'); return 0 },
    invalid_utf8 => sub { my ($c) = @_; $c->in_stream; $c->send("<a>\xff\xfe\xc0\x80</a>"); return 0 },
    nul => sub { my ($c) = @_; $c->in_stream; $c->send("<a>\0</a>"); return 0 },
    # The server's answer to the stream, byte by byte.
    slow => sub {
        my ($c, $pause) = @_;
        for my $byte (split //, $c->header_text . (' ' x 100)) {
            $c->send($byte);
            sleep($pause // 0.5);
        }
        return 0;
    },
    # What belongs here, or at least begins well, with half a second between two bytes.
    drip => sub {
        my ($c) = @_;
        my $text = $c->{phase} eq 'tls' ? "\x16\x03\x03\x02\x00\x02\x00\x01\xfc\x03\x03" . 'x' x 100
            : ($c->{opened} ? '' : $c->header_text) . '<message><body>' . 'x' x 100;
        for my $byte (split //, $text) {
            $c->send($byte);
            sleep 0.5;
        }
        return 0;
    },
    # Stanzas that nobody has asked for, RATE a second; only pings are answered all the same.
    flood => sub {
        my ($c, $rate) = @_;
        $c->in_stream;
        $c->iq_result('') if $c->{phase} eq 'ping';
        my $from = "from='flood\@$c->{server}{domain}/x'";
        my $four = "<message $from><body>unasked</body></message><presence $from/><iq type='result' $from id='unasked'/>"
            . "<iq type='get' $from id='asked'><ping xmlns='urn:xmpp:ping'/></iq>";
        my $batch = $four x (($rate // 10_000) / 400);
        while (1) {
            $c->send($batch);
            $c->fill or return 0 while $c->readable(0.01);
            while ($c->{in} =~ s{<iq ([^>]*)><ping\b}{}) {
                my $attributes = $1;
                ($c->{id}) = $attributes =~ /\bid=["']([^"']*)["']/;
                $c->{to} = $attributes =~ /\bto=["']([^"']*)["']/ ? $1 : '';
                $c->iq_result('') if $c->{phase} eq 'ping';
            }
            return 0 if $c->{in} =~ m{</stream:stream>};
        }
    },
    # Pings by the thousand, 10 MB of answers that it does not take.
    deaf => sub {
        my ($c) = @_;
        my $ping = "<iq type='get' id='" . 'x' x 1000 . "' from='$c->{server}{domain}'><ping xmlns='urn:xmpp:ping'/></iq>";
        $c->send($ping x 10) for 1 .. 1000;
        sleep 60;
        return 0;
    },
    # What belongs here by name, of another namespace.
    wrong_namespace => sub {
        my ($c) = @_;
        return $c->send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='urn:example' version='1.0'>"
                . '<stream:features/>') && 0 if !$c->{opened};
        my %element = (starttls => 'proceed', sasl => 'success', bind => 'iq', session => 'iq', ping => 'iq');
        my $element = $element{ $c->{phase} } // 'features';
        $c->send($element eq 'iq' ? "<iq type='result' id='$c->{id}' xmlns='jabber:server'/>" : "<$element xmlns='urn:example'/>");
        return 0;
    },
    # TLS 1.2: asks for another handshake, and goes on as if nothing were.
    renegotiate => sub {
        my ($c) = @_;
        my $ssl = $c->{socket}->_get_ssl_object;
        Net::SSLeay::renegotiate($ssl);
        Net::SSLeay::do_handshake($ssl);
        my $work = $c->can("do_$c->{phase}");
        return $work->($c);
    },
    # A billion laughs, before anything else could forbid it.
    entity_bomb => sub {
        my ($c) = @_;
        my $bomb = qq{<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "} . 'ha' x 32 . '">';
        $bomb .= sprintf '<!ENTITY a%d "%s">', $_, "&a${\ ($_ - 1)};" x 10 for 1 .. 9;
        $c->send($bomb . ']>' . ($c->{opened} ? '' : $c->header_text =~ s/\A<\?.*?\?>//r) . '<a>&a9;</a>');
        return 0;
    },
    # Text without end in one stanza.
    huge_stanza => sub {
        my ($c, $megabytes) = @_;
        $c->in_stream;
        $c->send('<message><body>');
        $c->send('x' x (1 << 20)) for 1 .. $megabytes // 1000;
        return 0;
    },
    deep_nesting => sub {
        my ($c, $depth) = @_;
        $c->in_stream;
        my $rest = $depth // 3_000_000;
        for (; $rest > 0; $rest -= 10_000) {
            $c->send('<a>' x 10_000);
        }
        $c->send('</a>' x 10_000) for 1 .. ($depth // 3_000_000) / 10_000;
        return 0;
    },
    stream_error => sub {
        my ($c, $condition, $text, $content) = @_;
        $c->in_stream;
        $c->stream_error($condition, $text, $content);
        $c->close;
        return 0;
    },
    # What servers answer to the start of a TLS handshake where they expect a stream.
    stream_wanted => sub {
        my ($c) = @_;
        $c->fill;
        $c->header;
        $c->stream_error('not-well-formed');
        return $c->close;
    },
    see_other_host => sub {
        my ($c, $host) = @_;
        $c->in_stream;
        $c->stream_error('see-other-host', undef, $host // 'other.example.org:5222');
        $c->close;
        return 0;
    },
    # features
    no_starttls => sub { my ($c) = @_; $c->features($c->mechanisms); return 0 },
    empty_features => sub { my ($c) = @_; $c->features(''); return 0 },
    # starttls
    injected => sub {
        my ($c, $bytes) = @_;
        my $plain = "<mechanisms xmlns='$SASL'><mechanism>PLAIN</mechanism></mechanisms>";
        $c->send("<proceed xmlns='$TLS'/>" . ($bytes // "<stream:features>$plain</stream:features>"));
        return 1;
    },
    starttls_failure => sub { my ($c) = @_; $c->send("<failure xmlns='$TLS'/></stream:stream>"); $c->close; return 0 },
    # sasl
    failure => sub {
        my ($c, $condition, $text) = @_;
        $c->sasl_failure($condition, $text);
        return 0;
    },
    # The success of the other login: SASL2's in that of RFC 6120, and the other way round.
    other_success => sub {
        my ($c) = @_;
        $c->in_stream;
        $c->{sasl2} = !$c->{sasl2};
        $c->success;
        return 0;
    },
    # SASL2 wants one of these tasks done, whatever it was told.
    continues => sub {
        my ($c, $data, @tasks) = @_;
        my $list = join '', map { "<task>$_</task>" } @tasks;
        $c->send("<continue xmlns='$SASL2'>" . (defined $data ? "<additional-data>$data</additional-data>" : '')
                . "<tasks>$list</tasks><text>in words</text></continue>");
        return 0;
    },
    # Says in its answer what it was told.
    echo => sub {
        my ($c, $padding) = @_;
        my $told = $c->{element} =~ s/[<>]/ /gr;
        $c->sasl_failure('not-authorized', ('-' x ($padding // 0)) . $told);
        return 0;
    },
    success => sub { my ($c, $data) = @_; return $c->success($data) },
    # With the features that offer the login, before anybody could have asked.
    hasty_success => sub { my ($c) = @_; $c->features($c->mechanisms); $c->success; return 0 },
    challenge => sub {
        my ($c, @data) = @_;
        for (@data) {
            $c->challenge($_);
            $c->read_element;
        }
        return 0;
    },
    # bind, session and ping: answers to the iq that was read
    error => sub { my ($c, @error) = @_; $c->iq_error(@error); return 1 },
    no_jid => sub { my ($c) = @_; $c->iq_result("<bind xmlns='$BIND'/>"); return 1 },
    bound => sub { my ($c, $jid) = @_; $c->iq_result("<bind xmlns='$BIND'><jid>$jid</jid></bind>"); return 1 },
    result => sub { my ($c) = @_; $c->iq_result(''); return 1 },
    silent_after => sub { my ($c, $count) = @_; $c->iq_result('') if $c->{pings} <= $count; return 1 },
    lost_after => sub { my ($c, $count) = @_; return $c->reset if $c->{pings} > $count; $c->iq_result(''); return 1 },
    stranger => sub { my ($c) = @_; $c->iq_result('', from => 'mallory@example.net/x'); return 1 },
    reflected => sub { my ($c) = @_; $c->send($c->{element}); return 1 },
    duplicate => sub { my ($c) = @_; $c->iq_result('') for 1 .. 2; return 1 },
    wrong_id => sub { my ($c) = @_; $c->iq_result('', id => 'another'); return 1 },
    late => sub { my ($c, $seconds) = @_; sleep $seconds; $c->iq_result(''); return 1 },
    pings_back => sub {
        my ($c) = @_;
        $c->send("<iq type='get' id='back-$c->{pings}' from='$c->{server}{domain}'><ping xmlns='urn:xmpp:ping'/></iq>");
        $c->iq_result('');
        return 1;
    },
);

sub misdeed { my ($name) = @_; return $MISDEED{$name} // croak "no misdeed '$name'" }

1;
