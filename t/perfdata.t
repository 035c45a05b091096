#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Performance data as Perl's Monitoring::Plugin::Performance reads it: the same labels in the same order, whatever happened.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Prosody;

my @labels = qw(
    rtt rtt_min rtt_max rtt_first loss
    own_rtt own_first own_loss own_beyond
    remotes_up time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt cert_days
);
my %unit = map { $_ => $_ eq 'remotes_up' || $_ eq 'cert_days' ? '' : /loss/ ? '%' : 's' } @labels;

my $server = Prosody->new(domain => 'example.org', accounts => { alice => 'secret' });

sub run_with {
    my ($port, @more) = @_;
    return Probe->run(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $port, '--ca-file', $server->ca_file,
            '-R', 'own=example.org', '-w', '5s,10%', '-c', '~:6s,20%', '-C', '5,2', @more],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
}

my $good = run_with($server->port);
$good->is_valid('a good run');
is $good->exit, 0, 'it is OK' or diag $good->explain;
is_deeply [$good->labels], \@labels, 'its labels are those of the contract, in their order';
my %of = map { $_->label => $_ } $good->performance;
for my $label (@labels) {
    my $figure = $of{$label};
    ok defined $figure, "$label is read" or next;
    is $figure->uom, $unit{$label}, "$label has its unit";
}
is_deeply [map { $of{rtt}->$_ } qw(warning critical min max)], [5, '~:6', 0, 10], 'rtt has its thresholds and bounds';
is_deeply [map { $of{own_loss}->$_ } qw(warning critical min max)], [10, 20, 0, 100], 'so has a loss';
is_deeply [map { $of{cert_days}->$_ } qw(warning critical min max)], ['5:', '2:', undef, undef],
    'so have the days of a certificate';
is_deeply [map { $of{own_beyond}->$_ // '' } qw(min max)], ['', 10], 'what lies beyond the server has no minimum';
cmp_ok $of{rtt_min}->value, '<=', $of{rtt}->value, 'the minimum is at most the mean';
cmp_ok $of{rtt}->value, '<=', $of{rtt_max}->value, 'the mean is at most the maximum';
cmp_ok $of{time}->value, '>=', $of{time_auth}->value, 'a phase is a part of the whole';

my $refused = run_with(1);
$refused->is_valid('a refused connection');
is_deeply [$refused->labels], \@labels, 'it has the same labels in the same order';
is $refused->metric('rtt'), 'U', 'what could not be had is U';
isnt $refused->metric('time'), 'U', 'the time of the check can always be had';

my $omitted = run_with(1, '--omit-undetermined');
$omitted->is_valid('without undetermined values');
unlike $omitted->perfdata, qr/=U/, 'there is no U';
is_deeply [$omitted->labels], [qw(time time_dns time_connect)], 'only what is known is there';

done_testing;
