#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# RTTs are right: 50 ms of delay, put in by a relay, are 50 ms more of RTT, and none of the TCP connection's own.

use strict;
use warnings;
use FindBin;
use JSON::PP qw(decode_json);
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Prosody;
use Relay;

my $server = Prosody->new(domain => 'example.org', accounts => { alice => 'secret' });
my $relay = Relay->new(host => $server->host, port => $server->port, delay => 0.025);

sub probe {
    my ($port, $count, @more) = @_;
    my $run = Probe->run(
        ['-j', 'alice@example.org', '-H', '127.0.0.1', '-p', $port, '--ca-file', $server->ca_file,
            '-R', 'it=bob@example.org', '-n', $count, @more],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
    is $run->exit, 0, "port $port: OK" or diag $run->explain;
    return $run;
}

# What the machine does meanwhile only adds: the least of many pings tells.
my $plain = probe($server->port, 20);
my $delayed = probe($relay->port, 60);
my ($undelayed, $rtt) = map { $_->metric('rtt_min') } $plain, $delayed;
cmp_ok $rtt, '>=', 0.05, 'an RTT has all of the delay';
cmp_ok $undelayed, '<', 0.005, 'without it there is little';
cmp_ok $rtt, '<=', 0.051 + ($undelayed < 0.001 ? $undelayed : 0.001), 'and within 1 ms nothing else' or diag $delayed->explain;
cmp_ok $delayed->metric('it_rtt'), '>=', 0.05, "so has a remote's";
my ($own, $it) = @{ decode_json(probe($relay->port, 20, '-o', 'json')->stdout)->{targets} };
cmp_ok $it->{rtt_min} - $own->{rtt_min}, '<', 0.025, 'which lies beyond no further than before';
cmp_ok abs($delayed->metric('it_beyond') - ($delayed->metric('it_rtt') - $delayed->metric('rtt'))), '<', 5e-6, 'what lies beyond is the difference';
cmp_ok $delayed->metric('tcp_rtt'), '<', 0.025, "the TCP connection's RTT ends at the relay";
cmp_ok $delayed->metric("time_$_"), '>=', 0.05, "time_$_ waits for the server" for qw(stream tls auth bind);
note "undelayed rtt_min $undelayed s, delayed $rtt s";

done_testing;
