# SPDX-License-Identifier: GPL-3.0-or-later
# An XMPP server that does what it is told to. By default it is a correct, minimal one (STARTTLS or direct TLS, SASL PLAIN and
# SCRAM, really verified, bind, pongs); each phase can be another:
#
#   my $server = Hostile->new(password => 'secret', sasl => [failure => 'account-disabled', 'gone']);
#   $server->port, $server->received, $server->stop
#
# A phase is one of @PHASES below. In each, the server first reads what the client has to say there, and then acts: by a name
# of %MISDEED, by a list of a name and its arguments, or by a code reference that gets the connection (sub ($c) { ... }, see the
# methods from read_element() on). An action that returns true goes on to the next phase, one that returns false keeps the
# connection open, silently, until the client leaves. Where there is no action, the phase is as it should be.
package Hostile;

use strict;
use warnings;

use Carp qw(croak);
use IO::Handle;
use IO::Socket::INET;
use IO::Socket::SSL qw();
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX ();
use Socket qw(IPPROTO_TCP SO_LINGER SOL_SOCKET TCP_NODELAY);
use Time::HiRes qw(sleep);

use Certificates;
use Daemon qw(die_with_parent);
use Scram qw(scram_hash scram_hmac scram_keys);
use TempDir;

my @PHASES = qw(accept stream features starttls tls stream2 features2 sasl stream3 features3 bind session ping close);

my $STREAM = 'http://etherx.jabber.org/streams';
my $TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
my $SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
my $SASL2 = 'urn:xmpp:sasl:2';
my $BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
my $BIND2 = 'urn:xmpp:bind:0';
my $SESSION = 'urn:ietf:params:xml:ns:xmpp-session';
my $STANZA_ERROR = 'urn:ietf:params:xml:ns:xmpp-stanzas';
my $DIALBACK = 'urn:xmpp:features:dialback';
my $STREAM_ERROR = 'urn:ietf:params:xml:ns:xmpp-streams';

# OPTION, all optional: domain ('example.org'), user ('alice'), password ('secret'), mode ('starttls', 'direct', 'clear'),
# certificates and certificate as in Prosody.pm, tls_options (for IO::Socket::SSL), mechanisms (a list of names in order;
# SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN), scram (what differs in SCRAM: see _scram()), asks (how many empty challenges stand behind
# ANONYMOUS' only message), bindings (a list of types to tell of by XEP-0440; of these tls-server-end-point is really bound to),
# sasl2 (1: it offers SASL2, too, XEP-0388; 'only': nothing else), bind2 (1: which binds, XEP-0386: see success()), wants_session (1), s2s (1: it is the port for servers, and offers EXTERNAL and dialback; dialback 0: it does not), and a
# PHASE => action for each.
sub new {
    my ($class, %option) = @_;
    my $self = bless {
        host => '127.0.0.1', domain => 'example.org', user => 'alice', password => 'secret', mode => 'starttls',
        certificate => 'good', mechanisms => [$option{s2s} ? 'EXTERNAL' : qw(SCRAM-SHA-256 SCRAM-SHA-1 PLAIN)],
        dialback => $option{s2s}, scram => {}, dir => temp_dir(), %option
    }, $class;
    if ($self->{mode} ne 'clear') {
        $self->{certificates} //= Certificates->new(domain => $self->{domain});
        $self->{leaf} = ref $self->{certificate} ? $self->{certificate} : $self->{certificates}->leaf($self->{certificate});
        $self->{context} = IO::Socket::SSL::SSL_Context->new(
            SSL_server => 1,
            SSL_cert_file => $self->{leaf}{cert},
            SSL_key_file => $self->{leaf}{key},
            SSL_ca => [],    # instead of the system's, which take 30 ms to read
            $self->{mode} eq 'direct' ? (SSL_alpn_protocols => [$self->{s2s} ? 'xmpp-server' : 'xmpp-client']) : (),
            %{ $self->{tls_options} // {} },
        ) // croak "TLS: $IO::Socket::SSL::SSL_ERROR";
    }
    my $listener = IO::Socket::INET->new(LocalAddr => $self->{host}, LocalPort => 0, Listen => 20) or croak "listen: $@";
    $self->{port} = $listener->sockport;
    $self->{daemon} = Daemon->run(hostile => sub { $self->_accept($listener) });
    return $self;
}

sub host { return $_[0]{host} }
sub port { return $_[0]{port} }
sub domain { return $_[0]{domain} }
sub certificates { return $_[0]{certificates} }
sub ca_file { return $_[0]{certificates}->ca_file }
sub stop { $_[0]{daemon}->stop; return }

# What clients have sent, as bytes: in clear ('clear'), through TLS ('tls', decrypted), or both.
sub received {
    my ($self, $how) = @_;
    return join '', map { read_file($_) } glob "$self->{dir}/*." . ($how // '*');
}

# Waits until clients have sent, through TLS, what PATTERN matches: one that has ended may have sent more than was read.
sub await {
    my ($self, $pattern) = @_;
    $self->{daemon}->wait_until(sub { $self->received('tls') =~ $pattern }, 15, "receive $pattern");
    return;
}

# How many connections there were.
sub connections {
    my ($self) = @_;
    return scalar(() = glob "$self->{dir}/*.clear");
}

# What the server noted with note(), one per line: 'login NAME' for a password that was right, 'ping', 'alpn NAME', 'sni NAME'.
sub notes {
    my ($self) = @_;
    return split /\n/, join '', map { read_file($_) } glob "$self->{dir}/*.notes";
}

sub _accept {
    my ($self, $listener) = @_;
    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';
    my $count = 0;
    while (1) {
        my $socket = $listener->accept or next;
        my $parent = $$;
        my $name = sprintf '%s/%03d', $self->{dir}, ++$count;
        write_file("$name.clear", '');
        my $pid = fork() // die "fork: $!\n";
        next if $pid;
        die_with_parent($parent);
        close $listener;
        eval { Hostile::Connection->new($self, $socket, $name)->serve };
        print STDERR $@ if $@ && $@ ne "gone\n" && $ENV{HOSTILE_DEBUG};
        POSIX::_exit(0);
    }
    return;
}

# --- what can be done wrong, in any phase ---

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

package Hostile::Connection;

use Digest::SHA qw(sha256);
use MIME::Base64 qw(decode_base64 encode_base64);
use Socket qw(SO_LINGER SOL_SOCKET);

use TempDir;

sub new {
    my ($class, $server, $socket, $name) = @_;
    binmode $socket;
    setsockopt $socket, Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1;
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
            my $work = !defined $name ? $self->can("do_$phase") : ref $name eq 'CODE' ? $name : Hostile::misdeed($name);
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

sub read_sasl {
    my ($self) = @_;
    my $auth = $self->read_element;
    (my $element, $self->{mechanism}) = $auth =~ /\A<(auth|authenticate)\s[^>]*\bmechanism=["']([\w-]+)["']/ or die "no <auth/>: $auth\n";
    $self->{sasl2} = $element eq 'authenticate';
    $self->{message} = decode_base64($auth =~ ($self->{sasl2} ? qr{<initial-response>([^<]*)</} : qr/>([^<]*)</) ? $1 : '');
    $self->note("$element $self->{mechanism}");
    return 1 if !$self->{sasl2};
    $self->{asks_bind} = $auth =~ m{<bind xmlns=["']$BIND2["']};
    $self->note('agent ' . ($auth =~ /<user-agent\b[^>]*\bid=["']([^"']*)/ ? $1 : ''));
    return 1;
}

sub do_sasl {
    my ($self) = @_;
    my $server = $self->{server};
    return $self->_scram($1) if $self->{mechanism} =~ /\ASCRAM-(SHA-(?:1|256|512))(?:-PLUS)?\z/;
    for (1 .. $server->{asks} // 0) {
        $self->challenge('');
        my $response = $self->read_element;
        my $empty = $self->{sasl2} ? qr{\A<response\b[^>]*(?:/>|></response>)\z} : qr{\A<response\b[^>]*>=</response>\z};
        $response =~ $empty or die "not empty: $response\n";
    }
    my (undef, $user, $password) = split /\0/, $self->{message};
    if ($self->{mechanism} ne 'ANONYMOUS' && !($user eq $server->{user} && $password eq $server->{password})) {
        return $self->sasl_failure('not-authorized');
    }
    $self->note("login $server->{user}");
    return $self->success;
}

# What $server->{scram} may change: iterations and salt64 in what is sent (salt in what is computed too), nonce (a code reference
# that gets the client's), mandatory and extension (attributes before and behind the others), signature (bytes), final: 'none'
# (success without it), 'challenge' (in a challenge of its own), 'error'; binds (1: it has offered -PLUS, and refuses a client to
# which that was not told).
sub _scram {
    my ($self, $hash) = @_;
    my $server = $self->{server};
    my $change = $server->{scram};
    my ($gs2, $bare) = $self->{message} =~ /\A((?:[ny]|p=tls-server-end-point),[^,]*,)(.*)\z/s or return $self->sasl_failure('malformed-request');
    my ($flag) = split /,/, $gs2;
    $self->note("channel binding $flag");
    return $self->sasl_failure('malformed-request') if ($flag =~ /=/) != ($self->{mechanism} =~ /-PLUS/);
    my ($leaf) = $flag =~ /=/ ? read_file($server->{leaf}{cert}) =~ /-----\n(.*?)-----END/s : ();
    my $channel = $leaf ? sha256(decode_base64($leaf)) : '';
    return $self->sasl_failure('malformed-request') if $change->{binds} && $gs2 =~ /\Ay/;
    my ($user, $nonce) = $bare =~ /\An=([^,]*),r=([^,]+)\z/ or return $self->sasl_failure('malformed-request');
    my $salt = $change->{salt} // 'sixteen bytes...';
    my $iterations = $change->{iterations} // 4096;
    my $full = $change->{nonce} ? $change->{nonce}->($nonce) : "${nonce}Server$$";
    my $first = sprintf 'r=%s,s=%s,i=%s', $full, $change->{salt64} // encode_base64($salt, ''), $iterations;
    $first .= ",$change->{extension}" if $change->{extension};
    $first = "m=$change->{mandatory},$first" if $change->{mandatory};
    $self->challenge($first);
    my $response = $self->read_element;
    my ($data) = $response =~ m{\A<response\b[^>]*>([^<]+)</} or die "no <response/>: $response\n";
    my ($without_proof, $proof) = decode_base64($data) =~ /\A(.*),p=([^,]+)\z/
        or return $self->sasl_failure('malformed-request');
    my ($stored, $key) = Scram::scram_keys($hash, $server->{password}, $salt, $iterations);
    my $message = "$bare,$first,$without_proof";
    my $client_key = decode_base64($proof) ^ Scram::scram_hmac($hash, $stored, $message);
    my $right = Scram::scram_hash($hash, $client_key) eq $stored && $user eq $server->{user}
        && $without_proof eq 'c=' . encode_base64($gs2 . $channel, '') . ",r=$full";
    return $self->sasl_failure('not-authorized') if !$right;
    $self->note("login $user");
    my $signature = $change->{signature} // Scram::scram_hmac($hash, $key, $message);
    my $final = 'v=' . encode_base64($signature, '');
    my $how = $change->{final} // 'success';
    $final = 'e=invalid-proof' if $how eq 'error';
    $final = undef if $how eq 'none';
    if ($how eq 'challenge') {
        $self->challenge($final);
        $self->read_element;
        $final = undef;
    }
    return $self->success(defined $final ? encode_base64($final, '') : undef);
}

sub challenge {
    my ($self, $message) = @_;
    my $xmlns = $self->{sasl2} ? $SASL2 : $SASL;
    $self->send("<challenge xmlns='$xmlns'>" . encode_base64($message, '') . '</challenge>');
    return 1;
}

# DATA is base64. Of SASL2 the server's option success2 may change: identifier ('' for none), bound (XML: what stands there when
# Bind 2 was offered and asked for).
sub success {
    my ($self, $data) = @_;
    if (!$self->{sasl2}) {
        $self->send("<success xmlns='$SASL'>" . ($data // '') . '</success>');
        return 1;
    }
    my $server = $self->{server};
    my $change = $server->{success2} // {};
    my $binds = $server->{bind2} && $self->{asks_bind};
    my $bound = $change->{bound} // "<bound xmlns='$BIND2'/>";
    my $identifier = $change->{identifier} // "$server->{user}\@$server->{domain}" . ($binds ? '/inline' : '');
    $self->send("<success xmlns='$SASL2'>" . (defined $data ? "<additional-data>$data</additional-data>" : '')
            . ($identifier ne '' ? "<authorization-identifier>$identifier</authorization-identifier>" : '')
            . ($binds ? $bound : '') . '</success>');
    # The features follow in the same stream; where a resource is bound, pings come next.
    $self->{done}{$_} = 1 for 'stream3', $binds && $bound =~ /<bound xmlns='$BIND2'/ ? qw(bind session) : ();
    return 1;
}

sub sasl_failure {
    my ($self, $condition, $text) = @_;
    my $words = defined $text ? "<text>$text</text>" : '';
    $self->send($self->{sasl2} ? "<failure xmlns='$SASL2'><$condition xmlns='$SASL'/>$words</failure>"
        : "<failure xmlns='$SASL'><$condition/>$words</failure>");
    return 0;
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

sub mechanisms {
    my ($self) = @_;
    my $server = $self->{server};
    my $list = join '', map { "<mechanism>$_</mechanism>" } @{ $server->{mechanisms} };
    my $bindings = join '', map { "<channel-binding type='$_'/>" } @{ $server->{bindings} // [] };
    $bindings = "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>$bindings</sasl-channel-binding>" if $server->{bindings};
    my $way = $server->{sasl2} // '';
    my $inline = $server->{bind2} ? "<inline><bind xmlns='$BIND2'/></inline>" : '';
    return ($way eq 'only' ? '' : "<mechanisms xmlns='$SASL'>$list</mechanisms>")
        . ($way ? "<authentication xmlns='$SASL2'>$list$inline</authentication>" : '') . $bindings;
}

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
