# SPDX-License-Identifier: GPL-3.0-or-later
# An XMPP server that does what it is told to. By default it is a correct, minimal one (STARTTLS or direct TLS, SASL PLAIN and
# SCRAM, really verified, bind, pongs); each phase can be another:
#
#   my $server = Hostile->new(password => 'secret', sasl => [failure => 'account-disabled', 'gone']);
#   $server->port, $server->received, $server->stop
#
# A phase is one of @PHASES in Hostile/Connection.pm. In each, the server first reads what the client has to say there, and then
# acts: by a name of Hostile/Misdeed.pm, by a list of a name and its arguments, or by a code reference that gets the connection
# (sub ($c) { ... }, see the methods of Hostile/Connection.pm). An action that returns true goes on to the next phase, one that
# returns false keeps the connection open, silently, until the client leaves. Where there is no action, the phase is as it should
# be.
package Hostile;

use strict;
use warnings;

use Carp qw(croak);
use IO::Socket::INET;
use IO::Socket::SSL qw();
use POSIX ();

use Certificates;
use Daemon qw(die_with_parent);
use Hostile::Connection;
use TempDir;

# OPTION, all optional: domain ('example.org'), user ('alice'), password ('secret'), mode ('starttls', 'direct', 'clear'),
# certificates and certificate as in Prosody.pm, tls_options (for IO::Socket::SSL), mechanisms (a list of names in order;
# SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN), scram (what differs in SCRAM: see Hostile/Sasl.pm), asks (how many empty challenges stand
# behind ANONYMOUS' only message), bindings (a list of types to tell of by XEP-0440; of these tls-server-end-point is really bound
# to), sasl2 (1: it offers SASL2, too, XEP-0388; 'only': nothing else), bind2 (1: which binds, XEP-0386: see Hostile/Sasl.pm),
# wants_session (1), s2s (1: it is the port for servers, and offers EXTERNAL and dialback; dialback 0: it does not), and a
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

1;
