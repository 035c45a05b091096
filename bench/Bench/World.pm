# SPDX-License-Identifier: GPL-3.0-or-later
# The servers that are measured against, and the command of each client. All are private, on loopback, with the certificates of one
# authority, an account probe@example.org, and 10,000 iterations of SCRAM-SHA-1, which is what Prosody stores unless told otherwise.
package Bench::World;

use strict;
use warnings;

use FindBin;

use Certificates;
use Prosody;
use TempDir;

use constant PASSWORD => 'correct horse';

my $root = "$FindBin::Bin/..";
my $build = $ENV{OBJECTS} // "$root/obj";
my $program = $ENV{PROBE} // "$root/check_xmpp_ping";

# Prosody has SASL2 from 13 on; mod_sasl2 does not fit what is older.
sub prosody_version { return `prosodyctl about 2>/dev/null` =~ /^Prosody (\d+(?:\.\d+)?)/m ? $1 : die "no version of Prosody\n" }

sub new {
    my ($class) = @_;
    my $self = bless {
        certificates => Certificates->new(domain => 'example.org'), secret => password_file(PASSWORD), sasl2 => prosody_version() >= 13
    }, $class;
    $self->{main} = $self->_server(modules => $self->{sasl2} ? [qw(sasl2 sasl2_bind2)] : []);
    $self->{plain} = $self->_server(authentication => 'internal_plain');
    $self->{external} = $self->_server(authentication => 'ccert', config => qq(certificate_match = "xmppaddr"\n));
    return $self;
}

sub _server {
    my ($self, %option) = @_;
    return Prosody->new(certificates => $self->{certificates}, accounts => { probe => PASSWORD }, iterations => 10_000, %option);
}

sub main { return $_[0]{main} }
sub has_sasl2 { return $_[0]{sasl2} }

# The plugin, or another PROGRAM that takes its options, at PORT of the main server unless told otherwise.
sub own {
    my ($self, $name, $port, @options) = @_;
    return { name => $name, command => [$program, '-j', 'probe@example.org', '--password-file', $self->{secret}, '-H', '127.0.0.1', '-p', $port,
            '--ca-file', $self->{main}->ca_file, '-t', 60, @options] };
}

sub no_login {
    my ($self, $name, $port, @options) = @_;
    return { name => $name, command => [$program, '-j', 'example.org', '--no-login', '-H', '127.0.0.1', '-p', $port,
            '--ca-file', $self->{main}->ca_file, '-t', 60, @options] };
}

# The same without fork, pipe, limits and sandbox.
sub unsupervised {
    my ($self, $client) = @_;
    my (undef, @options) = @{ $client->{command} };
    return { name => "$client->{name}, unsupervised", command => ["$build/bench/unsupervised", @options] };
}

# The floor and the other clients at PORT: PINGS pings, PAUSE seconds between two.
sub other {
    my ($self, $name, $port, $pings, $pause) = @_;
    my %file = (floor => "$build/bench/floor", 'AnyEvent::XMPP' => "$root/bench/peer_anyevent.pl", slixmpp => "$root/bench/peer_slixmpp.py");
    return { name => $name, $name eq 'floor' ? () : (rounds => 5),
        command => [$file{$name}, '127.0.0.1', $port, 'example.org', 'probe', $self->{secret}, $self->{main}->ca_file, $pings // 3, $pause // ()] };
}

# A login with another number of pings each ROUND.
sub filler { my ($self, $round) = @_; return $self->other('floor', $self->{main}->port, 1 + 37 * $round % 101) }

# The system's authorities with ours among them, as OpenSSL looks for them: a bundle, and a directory by hashes.
sub system_trust {
    my ($self) = @_;
    my $dir = temp_dir();
    my @hashed = glob '/etc/ssl/certs/*.[0-9]';
    die "no authorities in /etc/ssl/certs: is ca-certificates installed?\n" if !@hashed;
    symlink $_, "$dir/" . s{.*/}{}r for @hashed, glob $self->{certificates}->ca_path . '/*.0';
    my $bundle = read_file('/etc/ssl/certs/ca-certificates.crt') . read_file($self->{main}->ca_file);
    return { SSL_CERT_DIR => $dir, SSL_CERT_FILE => write_file("$dir/bundle.crt", $bundle) };
}

# The ways to log in, the plain one first.
sub ways {
    my ($self) = @_;
    my ($main, $plain, $external) = @$self{qw(main plain external)};
    my $client = $self->{certificates}->client('probe@example.org');
    my @rfc6120 = '--login=rfc6120';
    my $trusting = $self->own('STARTTLS, trusting the system', $main->port, @rfc6120);
    my @command = @{ $trusting->{command} };
    my ($at) = grep { $command[$_] eq '--ca-file' } 0 .. $#command;
    splice @command, $at, 2;
    @$trusting{qw(command env)} = (\@command, $self->system_trust);
    return (
        $self->own('STARTTLS', $main->port, @rfc6120),
        $self->own('direct TLS', $main->direct_port, '--tls=direct', @rfc6120),
        $self->{sasl2} ? $self->own('direct TLS, SASL2 and Bind 2', $main->direct_port, '--tls=direct', '--login=sasl2') : (),
        $self->own('STARTTLS, PLAIN', $plain->port, @rfc6120, '--require-mechanism=PLAIN'),
        $self->own('STARTTLS, EXTERNAL', $external->port, @rfc6120, '--client-cert', $client->{cert}, '--client-key', $client->{key}),
        $trusting,
        $self->no_login('STARTTLS, no login', $main->port),
    );
}

1;
