#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/checkmk/mrpe.cfg: read as Checkmk's agent reads it (a name, its options in brackets, a command for the shell), and run: what the
# agent would send when the server is up and when it is down. Debian has no Checkmk.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Prosody;
use TempDir;

my $text = read_file("$FindBin::Bin/../conf/checkmk/mrpe.cfg");
my @lines = grep { !/\A\s*(?:#|\z)/ } split /\n/, $text;
my @services = map { /\A(\S+) +(?:\(([^()]*)\) +)?(\S.*)\z/ ? [$1, $2, $3] : () } @lines;
is scalar(@services), scalar(@lines), 'each line is a comment or a service';
cmp_ok scalar(@services), '>=', 1, 'there is one';

my $server = Prosody->new(accounts => { probe => 'secret' });
my $password = password_file('secret');
my $program = Probe->program;
my $way = sprintf '-H 127.0.0.1 -p %d --ca-file %s', $server->port, $server->ca_file;

# Returns the exit code of COMMAND and its output, as the agent has them.
sub run {
    my ($command) = @_;
    open my $pipe, '-|', '/bin/sh', '-c', "exec 2>&1 </dev/null; $command" or die "sh: $!\n";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return ($? >> 8, $output);
}

for my $service (@services) {
    my ($name, $options, $command) = @$service;
    my ($seconds) = $options =~ /\Ainterval=(\d+)(?::appendage)?\z/;
    my ($timeout) = $command =~ / -t (\d+) /;
    cmp_ok $timeout, '<', $seconds, "$name ends before it is started again";
    is scalar($command =~ s{\A/usr/lib/nagios/plugins/check_xmpp_ping (.*)}{$program $1 $way}), 1, "$name runs the plugin";
    is scalar($command =~ s{/etc/check_xmpp_ping\.password}{$password}), 1, "$name has a password file";
    my ($exit, $output) = run($command);
    is $exit, 0, "$name, up: OK" or diag $output;
    like $output, qr/\AXMPP PING OK - [^|\n]+ \| rtt=0\.\d+s;0\.5;2;.* cert_days=\d+;21:;7:\n/, "$name, up: the line";
    $server->stop;
    ($exit, $output) = run($command);
    is $exit, 2, "$name, down: CRITICAL";
    like $output, qr/\AXMPP PING CRITICAL - connect: connect-refused: [^|\n]+ \| rtt=U;/, "$name, down: the line";
    $server->start;
}

done_testing;
