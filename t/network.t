#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Networks that break, before the check and in the middle of it: the right state and condition, in time, and no more delay
# than a way around costs.

use strict;
use warnings;
use FindBin;
use List::Util qw(min);
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/support";

use NameServer;
use Netns;
use Probe;
use Prosody;
use Readme qw(readme_says);
use Tun;

my $forbidden = Netns->enter;
plan skip_all => "the kernel forbids it: $forbidden" if $forbidden;
my $no_tun = Tun->unavailable;

# How much later than its deadline or its answer a run may end, on a slow machine that has much else to do.
use constant NOISE => 3;

# Each case that starts well has an account of its own, by which the server's log tells how far it has got.
my @accounts = map { "user$_" } 1 .. 40;
my @domains = qw(first-dead.test first-narrow.test);
my $server = Prosody->new(
    domain => 'example.org', host => '0.0.0.0', iterations => 4096, domains => \@domains,
    accounts => { map { $_ => 'secret' } @accounts, map { "alice\@$_" } @domains },
    components => { 'probe.example.org' => 'secret' }, modules => ['witness'], global => qq{plugin_paths = { "$FindBin::Bin/support/prosody" }},
);
my $port = $server->port;

sub start_with {
    my (@arguments) = @_;
    return Probe->start(['--ca-file', $server->ca_file, @arguments], env => { CHECK_XMPP_PING_PASSWORD => 'secret' }, limit => 90);
}

# Starts a check of HOST by ACCOUNT.
sub start {
    my ($account, $host, @arguments) = @_;
    return start_with('-j', "$account\@example.org", '-H', $host, '-p', $port, @arguments);
}

my @running;    # what judge() takes

sub wait_for_pings {
    my ($account) = @_;
    $server->daemon->wait_until(sub { $server->log_text =~ /(?:ping from $account\@.*){3}/s }, 20, "get pings of $account");
    return;
}

# Notes which runs have ended by now: their time is taken when somebody looks, which is at once.
sub look { $_->[1]->ended for @running; return }
$SIG{CHLD} = sub { local ($!, $?); look() };

# Judges all runs as they end.
sub judge_all {
    while (@running) {
        my @ended = grep { $_->[1]->ended } @running;
        @running = grep { my $one = $_; !grep { $_ == $one } @ended } @running;
        judge(@$_) for @ended;
        sleep 0.005 if !@ended;
    }
    return;
}

# EXPECTED: state, phase, condition; like, long, patterns for the sentence and for the long output; time, from and to in
# seconds; more, a function with more tests.
my $judged = 0;
sub judge {
    my ($name, $run, %expected) = @_;
    $judged++;
    note sprintf '%s: %.2f s', $name, $run->elapsed;
    subtest "$name: $expected{state} " . ($expected{condition} // '') => sub {
        $run->is_valid($name);
        is $run->state, $expected{state}, 'state' or diag $run->explain;
        is $run->phase, $expected{phase}, 'phase' or diag $run->explain if $expected{phase};
        is $run->condition, $expected{condition}, 'condition' or diag $run->explain if $expected{condition};
        like $run->text, $expected{like}, 'sentence' or diag $run->explain if $expected{like};
        like $run->long, $expected{long}, 'long output' or diag $run->explain if $expected{long};
        my ($from, $to) = @{ $expected{time} };
        cmp_ok $run->elapsed, '>=', $from, 'not before its time' or diag $run->explain;
        cmp_ok $run->elapsed, '<', $to + NOISE, 'in time' or diag $run->explain;
        $expected{more}->($run) if $expected{more};
    };
    return;
}

# --- before the connection is there ---

# By the kernel's tables and by packet filters, who answer a SYN in the ways that routers and hosts do.
ip('route add prohibit 198.51.100.1');
ip('route add blackhole 198.51.100.2');
ip('route add unreachable 198.51.100.3');
ip('link add name near type veth peer name far');
ip("link set $_ up") for qw(near far);
ip('address add 203.0.113.1/24 dev near');
ip('address add 2001:db8::1/64 dev lo nodad');
ip("address add 2001:db8:0:$_\::1/128 dev lo nodad") for 1 .. 9;

my %answer = (    # to a SYN for 127.0.1.N and 2001:db8:0:N::1
    1 => ['drop', 'drop'],
    2 => ['reject with tcp reset', 'reject with tcp reset'],
    3 => ['reject with icmp type host-unreachable', 'reject with icmpv6 type addr-unreachable'],
    4 => ['reject with icmp type net-unreachable', 'reject with icmpv6 type no-route'],
    5 => ['reject with icmp type port-unreachable', 'reject with icmpv6 type port-unreachable'],
    6 => ['reject with icmp type admin-prohibited', 'reject with icmpv6 type admin-prohibited'],
);
for my $n (sort keys %answer) {
    nft("add rule inet faults out ip daddr 127.0.1.$n tcp dport $port $answer{$n}[0]");
    nft("add rule inet faults out ip6 daddr 2001:db8:0:$n\::1 tcp dport $port $answer{$n}[1]");
}

my @at_once = (0, 1);
my @soon = (0, 2);    # Linux minds some ICMPv6 errors only when it sends the second SYN
for my $case (
    # Nothing says no, so only time does.
    ['SYNs are dropped', '127.0.1.1', 'deadline', [1.9, 2], '-t', 2],
    ['SYNs are dropped, IPv6', '2001:db8:0:1::1', 'deadline', [1.9, 2], '-t', 2],
    # The host is there and the port is shut, whichever way it is said.
    ['a reset', '127.0.1.2', 'connect-refused', \@at_once],
    ['a reset, IPv6', '2001:db8:0:2::1', 'connect-refused', \@at_once],
    ['port unreachable', '127.0.1.5', 'connect-refused', \@at_once],
    ['port unreachable, IPv6', '2001:db8:0:5::1', 'connect-refused', \@soon],
    # A router says no, or our own tables: the host is not to be had.
    ['host unreachable', '127.0.1.3', 'connect-unreachable', \@at_once],
    ['host unreachable, IPv6', '2001:db8:0:3::1', 'connect-unreachable', \@soon],
    ['net unreachable', '127.0.1.4', 'connect-unreachable', \@at_once],
    ['no route at a router, IPv6', '2001:db8:0:4::1', 'connect-unreachable', \@soon],
    ['prohibited by a filter', '127.0.1.6', 'connect-unreachable', \@at_once],
    ['prohibited by a filter, IPv6', '2001:db8:0:6::1', 'connect-unreachable', \@soon],
    ['no route', '192.0.2.1', 'connect-unreachable', \@at_once],
    ['no route, IPv6', '2001:db8:ffff::1', 'connect-unreachable', \@at_once],
    ['a prohibit route', '198.51.100.1', 'connect-unreachable', \@at_once],
    ['a blackhole route', '198.51.100.2', 'connect-unreachable', \@at_once],
    ['an unreachable route', '198.51.100.3', 'connect-unreachable', \@at_once],
    # The kernel asks three times, a second apart, who has that address.
    ['no such neighbour', '203.0.113.77', 'connect-unreachable', [1, 5], '-t', 9],
) {
    my ($name, $host, $condition, $time, @arguments) = @$case;
    push @running, [$name, start('user1', $host, @arguments), state => 'CRITICAL', phase => 'connect', condition => $condition, time => $time];
}

# --- slow, lossy and narrow ways, all at the same time ---

my @bad_ways = (
    # Nothing but what opens the connection gets through.
    ['all data is dropped', { largest => 80 }, ['-t', 3], state => 'CRITICAL', phase => 'stream', condition => 'deadline', time => [2.9, 3]],
    # Small packets pass, the server's certificate does not, and nobody says so: TCP goes on sending it.
    ['an MTU black hole', { largest => 600 }, ['-t', 3], state => 'CRITICAL', phase => 'tls', condition => 'deadline', time => [2.9, 3]],
    # TCP mends it: the later, the more is lost in a row. (Retransmissions wait for 20 ms at least, not 200, but for one
    # of these: the suite's time.) With a threshold it is the RTT that is too long.
    (map {
        ["30 % loss, $_", { loss => 0.3, seed => $_, rto_min => $_ > 1 && '20ms' }, ['-t', '60', '-n', 5], state => 'OK', time => [0, 60],
            more => sub { is $_[0]->metric('loss'), 0, 'no ping is lost' }]
    } 1 .. 4),
    ['30 % loss and a threshold', { loss => 0.3, seed => 5, rto_min => '20ms' }, ['-t', '60', '-n', 30, '-w', '5ms'], state => 'WARNING', like => qr/\bRTT\b|\brtt\b/i, time => [0, 60]],
    # Connecting, TLS, three streams, SCRAM and bind take a round trip each, or two.
    [
        'a delay of 2 s', { delay => 1 }, ['-p', $server->direct_port, qw(--tls=direct -t 60 -n 1)], state => 'OK', time => [16, 30],
        more => sub {
            my ($run) = @_;
            for my $label (qw(rtt rtt_first time_connect)) {
                cmp_ok $run->metric($label), '>=', 2, "$label has all of the delay";
                cmp_ok $run->metric($label), '<', 2.6, "$label has not much else";
            }
            cmp_ok $run->metric('tcp_rtt'), '>=', 1.9, "the kernel's own opinion is the same";
        }
    ],
    ['a delay of 2 s and the default deadline', { delay => 1 }, [], state => 'CRITICAL', condition => 'deadline', time => [9.9, 10]],
);
my @tuns;
for my $i ($no_tun ? () : 0 .. $#bad_ways) {
    my ($name, $way, $arguments, @expected) = @{ $bad_ways[$i] };
    push @tuns, Tun->new(net => "10.1.$i", %$way);
    push @running, [$name, start('user2', $tuns[-1]->there, @$arguments), @expected];
}

# --- in the middle of the check: pings have been answered, then something happens ---

my @endless = (qw(-n 80 -i 50ms)); # what fits into -t 4
my @lost = (state => 'CRITICAL', phase => 'ping', condition => 'connection-lost');
my @silence = (state => 'CRITICAL', phase => 'ping', condition => 'deadline');
my @breaks = (
    # Silence alone says nothing about who is to blame: the deadline ends it.
    ['all packets are dropped', 'drop', [@endless, '-t', 4], @silence, time => [3.9, 4]],
    # A ping's own limit ends each of them, and some were answered: the sum of it is a loss.
    ['all packets are dropped, pings have a limit', 'drop', ['-n', 60, '-i', '50ms', '--ping-timeout', '100ms', '-t', 30],
        state => 'WARNING', time => [3, 10], like => qr/unanswered|answered|lost|loss/],
    ['a reset', 'reject with tcp reset', [@endless, '-t', 30], @lost, time => \@at_once],
    # To a connection that stands, ICMP is hearsay: TCP goes on (RFC 5461 section 2), until the deadline.
    ['host unreachable', 'reject with icmp type host-unreachable', [@endless, '-t', 4], @silence, time => [3.9, 4]],
    ['port unreachable', 'reject with icmp type port-unreachable', [@endless, '-t', 4], @silence, time => [3.9, 4]],
);
for my $i (0 .. $#breaks) {
    my ($name, $fault, $arguments, @expected) = @{ $breaks[$i] };
    my ($account, $host) = ('user' . (10 + $i), '127.0.2.' . (1 + $i));
    my $run = start($account, $host, @$arguments);
    wait_for_pings($account);
    nft("add rule inet faults out ip daddr $host tcp dport $port $fault");
    push @running, ["$name in mid-check", $run, @expected, more => \&has_measured];
}

# The connection does not end because the way to it is gone: another may come.
for my $case (
    ['the route is gone', 'user30', '10.2.0', sub { ip("route del 10.2.0.0/24 dev $_[0]") }],
    ['the interface is down', 'user31', '10.2.1', sub { ip("link set $_[0] down") }],
    ['the address is gone', 'user32', '10.2.2', sub { ip("address del 10.2.2.1/24 dev $_[0]") }],
) {
    last if $no_tun;
    my ($name, $account, $net, $fault) = @$case;
    push @tuns, Tun->new(net => $net);
    my $run = start($account, $tuns[-1]->there, @endless, '-t', 4);
    wait_for_pings($account);
    $fault->($tuns[-1]->name);
    push @running, ["$name in mid-check", $run, @silence, time => [3.9, 4], more => \&has_measured];
}

sub has_measured {
    my ($run) = @_;
    like $run->metric($_), qr/\A\d/, "what was measured is kept: $_" for qw(rtt rtt_first time_tls time_bind);
    return;
}

# --- detours: what a dead address costs when there is a live one ---

my $names = NameServer->scripted(
    'live.test A' => ['127.0.0.1'],
    'both.test A' => ['127.0.0.1'],
    'both.test AAAA' => ['2001:db8:0:1::1'],
    'four.test A' => ['127.0.0.1'],
    'four.test AAAA' => ['2001:db8:0:1::1', '2001:db8:0:7::1', '2001:db8:0:8::1'],
    'away.test A' => ['127.0.0.1'],
    'away.test AAAA' => ['2001:db8:ffff::1'],
    'refused.test A' => ['127.0.0.1'],
    'refused.test AAAA' => ['2001:db8:0:2::1'],
    'dead.test A' => ['127.0.1.1'],
    'dead.test AAAA' => ['2001:db8:0:1::1'],
    'narrow.test A' => ['10.3.0.2'],
    '_xmpp-client._tcp.first-dead.test SRV' => ["10 5 $port dead.test", "20 5 $port live.test"],
    '_xmpp-client._tcp.first-narrow.test SRV' => ["10 5 $port narrow.test", "20 5 $port live.test"],
);
nft("add rule inet faults out ip6 daddr 2001:db8:0:$_\::1 tcp dport $port drop") for 7, 8;

# The least of some runs, which the machine's other work has disturbed least; one of each in turn.
{
    my @hosts = qw(live.test both.test four.test refused.test);
    my %time;
    for my $round (1 .. 8) {
        for my $host (@hosts) {
            my $run = start('user3', $host, '--dns-server=' . $names->address, '-n', 1)->finish;
            is $run->state, 'OK', "round $round: $host" or diag $run->explain;
            push @{ $time{$host} }, $run->elapsed;
            cmp_ok $run->metric('time_connect'), '>=', 0.25, "round $round: $host: IPv6 has its head start" if $host =~ /both|four/;
        }
    }
    my %least = map { $_ => min(@{ $time{$_} }) } @hosts;
    note join ', ', map { sprintf '%s %.3f s', $_, $least{$_} } @hosts;
    cmp_ok $least{'both.test'} - $least{'live.test'}, '<=', 1, 'a dead IPv6 address beside a live IPv4 costs little more than its head start';
    cmp_ok $least{'four.test'} - $least{'live.test'}, '<=', 1, 'so do three of them';
    cmp_ok $least{'refused.test'} - $least{'live.test'}, '<=', 0.25, 'one that refuses costs less than a head start';
}

{
    my $run = start('user3', 'away.test', '--dns-server=' . $names->address, '-v')->finish;
    is $run->state, 'OK', 'an address of a family that has no way out' or diag $run->explain;
    is_deeply [$run->long =~ /^endpoint (.*)$/mg], ["away.test 127.0.0.1:$port (starttls): connected in " . ($run->long =~ /connected in (.*)/)[0]],
        'it is not even tried';
}

my @by_name = ('--dns-server=' . $names->address);
push @running, [
    'the first endpoint swallows SYNs', start_with('-j', 'alice@first-dead.test', @by_name),
    state => 'OK', time => [2, 3], long => qr{^endpoint dead\.test \S+ \(starttls\): connect-timeout after [\d.]+ s: no answer$}m
];
if (!$no_tun) {
    push @tuns, Tun->new(net => '10.3.0', largest => 600);
    # It has its share of what is left until the deadline: half.
    push @running, [
        'the first endpoint is behind an MTU black hole', start_with('-j', 'alice@first-narrow.test', @by_name, '-t', 6),
        state => 'OK', time => [2.9, 4], long => qr/^endpoint narrow\.test \S+ \(starttls\): tls-failed/m
    ];
}

{
    my $run = start_with('--component=probe.example.org', '-H', '203.0.113.1', '-p', $server->component_port)->finish;
    is $run->state, 'OK', 'a component, whose secret is not sent, goes to other machines, too' or diag $run->explain;
    $run = start_with('-j', 'user1@example.org', '-H', '203.0.113.1', '-p', $port, '--tls=none')->finish;
    is $run->state, 'UNKNOWN', 'a password in clear text does not';
}

judge_all();
SKIP: {
    skip "the kernel forbids it: $no_tun", @bad_ways + 4 if $no_tun;
    readme_says("$judged broken networks");
}

done_testing;
