# SPDX-License-Identifier: GPL-3.0-or-later
# One connection to a hostile server (Hostile.pm): goes through the phases, and does in each what the server was told to.
package Hostile::Connection;

use strict;
use warnings;

use IO::Handle;
use IO::Socket::SSL qw();
use POSIX ();
use Socket qw(IPPROTO_TCP SO_LINGER SOL_SOCKET TCP_NODELAY);

use parent 'Hostile::Sasl';

use Hostile::Misdeed;
use Hostile::Xmlns;
use TempDir;

my @PHASES = qw(accept stream features starttls tls stream2 features2 sasl stream3 features3 bind session ping close);

sub new {
    my ($class, $server, $socket, $name) = @_;
    binmode $socket;
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    return bless { server => $server, socket => $socket, name => $name, in => '', how => 'clear', pings => 0, done => {},
        sasl2 => !!$server->{sasl2} }, $class;
}

sub serve {
    my ($self) = @_;
    my $server = $self->{server};
    my @phases = $server->{mode} eq 'starttls' ? @PHASES : grep { !/\A(?:stream|features|starttls)\z/ } @PHASES;
    @phases = grep { $_ ne 'tls' } @phases if $server->{mode} eq 'clear';
    @phases = grep { $_ ne 'session' } @phases if !$server->{wants_session};
    for my $phase (@phases) {
        next if $self->{done}{$phase};
        $self->{phase} = $phase;
        my $read = $self->can("read_$phase");
        my $act = $server->{$phase};
        my ($name, @arguments) = ref $act eq 'ARRAY' ? @$act : ($act);
        do {
            if ($read && !$read->($self)) {
                next if $phase eq 'ping';    # on to the end of the stream
                last;
            }
            # A handshake begins with the client's word; what comes before it is injected.
            last if $phase eq 'tls' && defined $name && !$self->fill;
            my $work = !defined $name ? $self->can("do_$phase") : ref $name eq 'CODE' ? $name : Hostile::Misdeed::misdeed($name);
            if ($work && !$work->($self, @arguments)) {
                $self->read_to_end;
                return;
            }
        } while $phase eq 'ping';
    }
    $self->close;
    return;
}

# --- the phases as they should be: what is read, and what is done ---

sub read_stream { return $_[0]->read_header }
sub read_stream2 { return $_[0]->read_header }
sub read_stream3 { return $_[0]->read_header }
sub do_stream { return $_[0]->header }
sub do_stream2 { return $_[0]->header }
sub do_stream3 { return $_[0]->header }
sub do_features { return $_[0]->features("<starttls xmlns='$TLS'><required/></starttls>") }

sub do_features2 {
    my ($self) = @_;
    return $self->features($self->mechanisms . ($self->{server}{dialback} ? "<dialback xmlns='$DIALBACK'/>" : ''));
}

sub do_features3 {
    my ($self) = @_;
    return $self->features('') if $self->{done}{bind};
    return $self->features("<bind xmlns='$BIND'/>" . ($self->{server}{wants_session} ? "<session xmlns='$SESSION'/>" : ''));
}

sub read_starttls { return $_[0]->read_element =~ /\A<starttls\b/ }
sub do_starttls { my ($self) = @_; $self->send("<proceed xmlns='$TLS'/>"); return 1 }

sub do_tls {
    my ($self) = @_;
    my $server = $self->{server};
    my $tls = IO::Socket::SSL->start_SSL($self->{socket}, SSL_server => 1, SSL_reuse_ctx => $server->{context});
    if (!$tls) {
        $self->note("tls failed: $IO::Socket::SSL::SSL_ERROR");
        die "gone\n";
    }
    $self->{how} = 'tls';
    $self->note('sni ' . ($tls->get_servername // ''));
    $self->note('alpn ' . ($tls->alpn_selected // ''));
    return 1;
}

sub read_bind { return $_[0]->read_iq }

sub do_bind {
    my ($self) = @_;
    my ($resource) = $self->{element} =~ m{<resource>([^<]*)</resource>};
    my $jid = sprintf '%s@%s/%s', @{ $self->{server} }{qw(user domain)}, $resource // 'assigned';
    $self->iq_result("<bind xmlns='$BIND'><jid>$jid</jid></bind>");
    return 1;
}

sub read_session { return $_[0]->read_iq }
sub do_session { my ($self) = @_; $self->iq_result(''); return 1 }

sub read_ping {
    my ($self) = @_;
    while (1) {
        $self->read_iq or return 0;
        last if $self->{element} =~ /<ping\b/;
        $self->note($self->{element}) if $self->{element} =~ /\A<iq\b[^>]*\btype=["'](?:result|error)/;
    }
    $self->{pings}++;
    $self->note("ping $self->{to}");
    return 1;
}

sub do_ping { my ($self) = @_; $self->iq_result(''); return 1 }

# --- what actions are made of ---

# The next element that the client sends, as text. Ends the connection when the client does.
sub read_element {
    my ($self) = @_;
    while (1) {
        $self->{in} =~ s/\A\s+//;
        die "gone\n" if $self->{in} =~ m{\A</stream:stream\s*>};
        return $self->{element} = $1 if $self->{in} =~ s{\A(<([\w:]+)(?:\s[^<>]*)?(?:/>|(?<!/)>.*?</\2\s*>))}{}s;
        $self->fill or die "gone\n";
    }
    return;
}

# The next <iq/>, with its id and addressee. False at the end of the stream.
sub read_iq {
    my ($self) = @_;
    while (1) {
        my $element = eval { $self->read_element } // return 0;
        next if $element !~ /\A<iq\b([^>]*)>/;
        my $attributes = $1;
        ($self->{id}) = $attributes =~ /\bid=["']([^"']*)["']/;
        $self->{to} = $attributes =~ /\bto=["']([^"']*)["']/ ? $1 : '';
        return 1;
    }
    return;
}

# Reads the client's stream header.
sub read_header {
    my ($self) = @_;
    until ($self->{in} =~ s/\A\s*(?:<\?xml[^>]*\?>\s*)?(<stream:stream\b[^>]*>)//) {
        $self->fill or die "gone\n";
    }
    $self->{client_header} = $1;
    $self->{opened} = 0;
    return 1;
}

sub header_text {
    my ($self) = @_;
    my $xmlns = $self->{server}{s2s} ? "'jabber:server' xmlns:db='jabber:server:dialback'" : "'jabber:client'";
    return "<?xml version='1.0'?><stream:stream xmlns=$xmlns xmlns:stream='$STREAM' id='s$$'"
        . " from='$self->{server}{domain}' version='1.0'>";
}

sub header { my ($self) = @_; $self->send($self->header_text); $self->{opened} = 1; return 1 }

# Opens the stream if that has not been done.
sub in_stream { my ($self) = @_; return $self->{opened} || $self->header }
sub features { my ($self, $content) = @_; $self->send("<stream:features>$content</stream:features>"); return 1 }

sub stream_error {
    my ($self, $condition, $text, $content) = @_;
    $self->send("<stream:error><$condition xmlns='$STREAM_ERROR'>" . ($content // '') . "</$condition>"
            . (defined $text ? "<text xmlns='$STREAM_ERROR'>$text</text>" : '') . '</stream:error></stream:stream>');
    return 1;
}

# Answers the iq that was read. OPTION: id and from other than the right ones.
sub iq_result {
    my ($self, $content, %option) = @_;
    my $from = $option{from} // $self->{to};
    my $id = $option{id} // $self->{id};
    $self->send("<iq type='result' id='$id'" . ($from ne '' ? " from='$from'" : '') . ">$content</iq>");
    return 1;
}

sub iq_error {
    my ($self, $condition, $type, $text, $by) = @_;
    my $from = $self->{to} ne '' ? " from='$self->{to}'" : '';
    my $attributes = sprintf "type='%s'%s", $type // 'cancel', defined $by ? " by='$by'" : '';
    my $words = defined $text ? "<text xmlns='$STANZA_ERROR'>$text</text>" : '';
    $self->send("<iq type='error' id='$self->{id}'$from><error $attributes><$condition xmlns='$STANZA_ERROR'/>$words</error></iq>");
    return 1;
}

sub send {
    my ($self, $bytes) = @_;
    for (my $sent = 0; $sent < length $bytes;) {
        $sent += syswrite($self->{socket}, $bytes, length($bytes) - $sent, $sent) || die "gone\n";
    }
    return 1;
}

# Reads some bytes and keeps them for received(). False at the end.
sub fill {
    my ($self) = @_;
    sysread($self->{socket}, my $bytes, 65536) or return 0;
    $self->{in} .= $bytes;
    _append("$self->{name}.$self->{how}", $bytes);
    return 1;
}

# Whether something comes within SECONDS.
sub readable {
    my ($self, $seconds) = @_;
    return 1 if $self->{how} eq 'tls' && $self->{socket}->pending;
    my $wanted = '';
    vec($wanted, fileno $self->{socket}, 1) = 1;
    return select($wanted, undef, undef, $seconds) > 0;
}

sub read_to_end {
    my ($self) = @_;
    while ($self->{socket} && $self->fill) {
        $self->{in} = '';
    }
    return;
}

sub note { my ($self, $text) = @_; return _append("$self->{name}.notes", "$text\n") }

sub _append {
    my ($file, $bytes) = @_;
    open my $out, '>>:raw', $file or die "$file: $!\n";
    syswrite $out, $bytes;
    close $out;
    return;
}

# Ends the connection politely: nothing that was sent is lost to a reset.
sub close {
    my ($self) = @_;
    my $socket = delete $self->{socket} or return 0;
    $socket->stop_SSL(SSL_fast_shutdown => 1) if $self->{how} eq 'tls';
    shutdown $socket, 1;
    1 while sysread $socket, my $ignored, 65536;
    close $socket;
    return 0;
}

# Ends the connection with RST.
sub reset {
    my ($self) = @_;
    my $socket = delete $self->{socket} or return 0;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0;
    POSIX::close(fileno $socket);
    die "gone\n";
}

1;
