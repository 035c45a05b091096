#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# One run of each kind under valgrind, which must find neither errors, in the parent or in the child, nor leaks in the parent. (The
# child ends as soon as it has told all, and frees nothing on purpose.) `make check-valgrind` builds the program for this: without
# the limit on memory, of which valgrind itself needs more, and the filter of system calls, and says how to call valgrind (VALGRIND).

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use Test::More;

use lib "$FindBin::Bin/../support";

use Certificates;
use Hostile;
use Probe;
use Prosody;
use TempDir;

my $certificates = Certificates->new(domain => 'example.org');
my $client = $certificates->client('alice@example.org');
my $password = password_file('secret');
my $broken = write_file(temp_dir() . '/broken.conf', "profiles : { x : { jid = 1; } }\n");

# valgrind reports to a socket: the child can write to no file.
my $log = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "log: $@\n";
my @valgrind = (split(' ', $ENV{VALGRIND}), '--log-socket=127.0.0.1:' . $log->sockport);
my $valgrind = shift @valgrind;

sub valgrind_ok {
    my ($name, $exit, @arguments) = @_;
    my $run = Probe->start([@valgrind, Probe->program, @arguments], program => $valgrind, input => '/dev/null', limit => 180);
    my $connection = $log->accept;
    my $said = do { local $/ = undef; <$connection> } // '';
    $said = join "\n", grep { /\A==/ } split /\n/, $said;    # the rest is about calls that valgrind does not know: Landlock's
    $run->finish;
    is $said, '', "$name: valgrind finds nothing";
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    return;
}

sub options {
    my ($server) = @_;
    return ('-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '-t', 150,
        $server->{mode} && $server->{mode} eq 'clear' ? '--tls=none' : ('--ca-file', $server->ca_file));
}

my @with_password = ('--password-file', $password);

# --- without a child ---

valgrind_ok('help', 3, '--help');
valgrind_ok('version', 3, '--version');
valgrind_ok('a usage error', 3, '-j', 'alice@example.org', '--limit', 'rtt,x');
valgrind_ok('a broken configuration', 3, '-f', $broken, '-P', 'x');

# --- a real server ---

{
    my $server = Prosody->new(certificates => $certificates, accounts => { alice => 'secret' }, anonymous => 'guests.example.org',
        muc => 'rooms.example.org');
    valgrind_ok('SCRAM, remotes, the whole log', 1, options($server), @with_password, '-vvv', '-n', 5, '-R', 'rooms.example.org',
        '-R', 'gone=nowhere.example.org', '-m', 1, '-C', '10,5', '-L', 'time_tls,100,101');
    valgrind_ok('a wrong password', 2, options($server), '--password-file', password_file('wrong'));
    valgrind_ok('ANONYMOUS', 0, '-j', 'guests.example.org', '-H', $server->host, '-p', $server->port, '-t', 150, '--insecure');
    valgrind_ok('direct TLS', 0, '-j', 'alice@example.org', '-H', $server->host, '-p', $server->direct_port, '--tls=direct',
        '--ca-file', $server->ca_file, '-t', 150, @with_password);
}
{
    my $server = Prosody->new(certificates => $certificates, accounts => { alice => 'secret' }, authentication => 'ccert',
        ssl => 'verify = { "peer", "client_once" }; cafile = "' . $certificates->ca_file . '"');
    valgrind_ok('a client certificate', 0, options($server), '--client-cert', $client->{cert}, '--client-key', $client->{key});
}

# --- servers that do one thing wrong ---

for my $case (
    ['PLAIN', 0, { mechanisms => ['PLAIN'] }],
    ['no TLS', 0, { mode => 'clear', mechanisms => ['SCRAM-SHA-256'] }],
    ['HTTP', 2, { stream => 'http' }],
    ['XML that is not well-formed', 2, { stream2 => 'bad_xml' }],
    ['an expired certificate', 2, { certificate => 'expired' }],
    ['something behind <proceed/>', 2, { starttls => 'injected' }],
    ['garbage instead of TLS', 2, { tls => 'garbage' }],
    ['success without proof', 2, { sasl => 'success' }],
    ['a stream error', 2, { features3 => ['stream_error', 'system-shutdown', 'good bye'] }],
    ['no JID', 2, { bind => 'no_jid' }],
    ['a ping error', 2, { ping => ['error', 'internal-server-error', 'wait', 'broken', 'example.org'] }],
    ['strangers', 3, { ping => 'stranger' }, '-t', '8:UNKNOWN'],
    ['second answers', 0, { ping => 'duplicate' }],
    ['a connection lost between pings', 2, { ping => [lost_after => 1] }],
) {
    my ($name, $exit, $option, @more) = @$case;
    my $server = Hostile->new(certificates => $certificates, %$option);
    valgrind_ok($name, $exit, options($server), @with_password, @more);
}

done_testing;
