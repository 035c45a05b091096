#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# 1,000 remotes in one run over one login: all right, in time and in little memory; and one silent target among 50 delays no other.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(children_of now);
use Probe;
use Prosody;
use Scripted;
use TempDir;

my $server = Prosody->new(domain => 'example.org', accounts => { alice => 'secret' });

sub start {
    my (@remotes) = @_;
    return Probe->start(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, '-t', 60, '-n', 3,
            map { ('-R', $_) } @remotes],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
}

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[@sorted / 2];
}

sub status { my ($pid, $field) = @_; return read_file("/proc/$pid/status") =~ /^$field:\s+(\w+)/m ? $1 : '' }

# The most memory that RUN and its child have had, in kB, when it has ended.
sub watch {
    my ($run) = @_;
    my ($child, %peak);
    while (status($run->pid, 'State') =~ /\A[^Z]/) {
        ($child) = children_of($run->pid) if !$child;
        for my $pid ($run->pid, $child // ()) {
            $peak{$pid} = status($pid, 'VmHWM') || $peak{$pid} || 0;
        }
        select undef, undef, undef, 0.005;
    }
    return $peak{ $run->pid }, $child ? $peak{$child} : 0;
}

# --- 1,000 targets ---

my @remotes = map { "u$_=user$_\@example.org" } 1 .. 1000;
my $run = start(@remotes);
my @peaks = watch($run);
$run->finish;
$run->is_valid('1,000 remotes');
is $run->state, 'OK', 'it is OK' or diag $run->explain;
is $run->metric('remotes_up'), 1000, 'all are up';
is scalar(() = $run->long =~ /^user\d+\@example\.org: OK, 3 of 3 answered, rtt /mg), 1000, 'and each has a line with its figures';
is scalar(grep { ($run->metric("u${_}_rtt") // 'U') ne 'U' } 1 .. 1000), 1000, 'and each has an RTT';
is_deeply [($run->labels)[5, 6, 4004]], [qw(u1_rtt u1_first u1000_beyond)], 'the labels are in their order';
cmp_ok $run->elapsed, '<', 50, 'it is done in time';
ok $peaks[1], 'both processes were seen';
my $limit = (grep { /asan/ } Probe->program) ? 4096 : 64;    # MiB; sanitizers need more
cmp_ok $peaks[0] + $peaks[1], '<', $limit * 1024, "their memory is below $limit MiB together";
note sprintf '%.2f s, %d + %d kB', $run->elapsed, @peaks;

# --- a silent one among 50 ---

my $scripted = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        $link->note(sprintf '%s %.6f', $ping->{to}, now());
        $link->result($ping) if $ping->{to} ne 'dead.example';
    },
);

# Pings 49 others and JID 10 times each. Returns the run, the others' median RTT and how long their pings took together.
sub with_one {
    my ($jid, @more) = @_;
    my $before = () = $scripted->notes;
    my $run = Probe->run(
        [$scripted->options('alice@home.example'), '-n', 10, @more, '-R', "it=$jid", map { ('-R', "r$_=r$_.example") } 1 .. 49],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
    my @notes = $scripted->notes;
    my @times = map { /\Ar\d+\.example (.*)/ ? $1 : () } @notes[$before .. $#notes];
    is scalar(@times), 490, "with $jid: the others are pinged 10 times each" or diag $run->explain;
    is scalar(() = $run->long =~ /^r\d+\.example: OK, 10 of 10 answered/mg), 49, 'and get all their answers';
    return ($run, median(map { $run->metric("r${_}_rtt") } 1 .. 49), $times[-1] - $times[0]);
}

my ($healthy, $usual_rtt, $usual_span) = with_one('alive.example');
is $healthy->state, 'OK', 'nobody is silent';
my ($silent, $rtt, $span) = with_one('dead.example', '-t', '6s');
is $silent->state, 'CRITICAL', 'one is silent until the deadline';
is $silent->metric('remotes_up'), 49, 'the others are up';
is $silent->metric('it_loss'), 100, 'its ping is lost';
# Its silence lasts for all of the six seconds.
cmp_ok $rtt, '<', 2, 'their RTTs do not contain its silence';
cmp_ok $span, '<', 5, 'and they do not wait for it';
note sprintf '50 remotes: median RTT %.6f s, all pings in %.3f s; with a silent one %.6f s, %.3f s',
    $usual_rtt, $usual_span, $rtt, $span;

my ($short) = with_one('dead.example', '--ping-timeout=1s', '-t', '60s');
is $short->state, 'CRITICAL', 'one times out ten times';
like $short->text, qr/\Adead\.example: ping-timeout: none of 10 pings answered\z/, 'and the line says so';
cmp_ok $short->elapsed, '>=', 10, 'its series takes its ten timeouts';
cmp_ok $short->elapsed, '<', 40, 'and not much more';

done_testing;
