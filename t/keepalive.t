#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The ping library in a client that is not the probe: doc/examples/keepalive.c stays connected, answers pings, and finds
# out when its connection is dead.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(now);
use Probe;
use Prosody;
use TempDir;

my $program = ($ENV{OBJECTS} // 'obj') . '/doc/examples/keepalive';
my $server = Prosody->new(
    domain => 'localhost', accounts => { alice => 'secret', bob => 'secret' },
);

# Starts it with INTERVAL and TIMEOUT in ms; ready when it is connected.
sub start {
    my ($jid, $interval, $timeout) = @_;
    my $client = Daemon->spawn(
        name => 'keepalive',
        command => [$program, $jid, $server->host, $server->port, $server->ca_file, $interval, $timeout],
        env => { KEEPALIVE_PASSWORD => 'secret' },
        log => temp_dir() . '/log',
    );
    return $client->wait_until(sub { $client->log_text =~ /^connected$/m }, 20, 'connect');
}

# Waits for the end and returns the exit code.
sub finish {
    my ($client) = @_;
    my $end = now() + 20;
    while ($client->alive) {
        return 'still running' if now() > $end;
        select undef, undef, undef, 0.01;
    }
    return $client->{status} & 127 ? "signal $client->{status}" : $client->{status} >> 8;
}

# --- a live server: it stays and answers ---

my $live = start('alice@localhost/live', 20, 10_000);
$live->wait_until(sub { $live->log_text =~ /^pong: [\d.]+ ms$/m }, 20, 'get a pong');
pass 'the server answers its ping';

my $probe = Probe->run(
    ['-j', 'bob@localhost', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file,
        '-R', 'it=alice@localhost/live', '-n', 50, '-i', '5ms'],
    env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
);
is $probe->state, 'OK', 'it answers the pings of another client' or diag $probe->explain;
is $probe->metric('it_loss'), 0, 'all of them';
like $probe->long, qr{^alice\@localhost/live: OK, 50 of 50 answered, rtt}m, 'and with a result';
ok $live->alive, 'many intervals later it is still there';
unlike $live->log_text, qr/dead|disconnected/, 'and content';
is_deeply [$live->log_text =~ /^(pong)/mg], ['pong'], 'its own ping was called back once';

# --- a server that freezes ---

my $dead = start('bob@localhost/dead', 100, 300);
$dead->wait_until(sub { $dead->log_text =~ /^pong/m }, 20, 'get a pong');
kill 'STOP', $server->daemon->pid;
my $stopped_at = now();
my $exit = finish($dead);
my $took = now() - $stopped_at;
kill 'CONT', $server->daemon->pid;
is $exit, 2, 'a server that does not answer is dead';
like $dead->log_text, qr/^dead: /m, 'it says so';
cmp_ok $took, '>=', 0.25, 'not before the timeout';
cmp_ok $took, '<', 15, 'and soon after';
ok $live->alive, 'with more patience the same freeze is survived';

# --- a server that ends ---

$server->stop;
is finish($live), 0, 'when the server closes the stream it ends well';
like $live->log_text, qr/^disconnected$/m, 'and says so';
unlike $live->log_text, qr/^dead/m, 'that is no dead connection';

done_testing;
