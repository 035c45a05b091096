# SPDX-License-Identifier: GPL-3.0-or-later
# What a login and three pings take, by each way, beside the floor and other clients; and what of it is supervision.
package Bench::Logins;

use strict;
use warnings;

use Exporter 'import';

use Bench::Measure qw(in_turn median medians ratio);

our @EXPORT_OK = qw(measure_logins);

# Microseconds of each of three pings but the first, from what a client prints: the plugin their least and their most, the others each ping
# on a line. Not their mean: of 15 rounds most may have a ping in which the server collects its garbage.
sub own_rtts {
    my ($text) = @_;
    return map { 1e6 * $_ } $1, $2 if $text =~ / rtt_min=(\d+\.\d+)s\S* rtt_max=(\d+\.\d+)s/;
    my (undef, @rtts) = $text =~ /^(\d+)$/mg;
    return @rtts;
}

# Milliseconds of the whole check, as the plugin says it: without what the system takes to start and to end a program.
sub own_time { my ($run) = @_; return $run->{text} =~ /\btime=(\d+\.\d+)s/ ? 1000 * $1 : die "no time in: $run->{text}\n" }

sub measure_logins {
    my ($world, $rounds) = @_;
    my @ways = $world->ways;
    my $port = $world->main->port;
    my $whole = $ways[0];
    my @floors = ($world->other('floor', $port), { %{ $world->other('floor', $port, 0) }, name => 'floor, no login' });
    my @others = map { $world->other($_, $port) } 'AnyEvent::XMPP', 'slixmpp';
    my $runs = in_turn($world, $rounds, @floors, @others, @ways, $world->unsupervised($whole));
    my $floor = $runs->{floor};
    my @rows;
    for my $client (@floors, @ways, @others) {
        my $these = $runs->{ $client->{name} };
        my @rtts = map { own_rtts($_->{text}) } @$these;
        push @rows, { name => $client->{name}, rounds => scalar @$these, wall_ms => medians($these, 'wall'), cpu_ms => medians($these, 'cpu'),
            wall_to_floor => ratio($these, $floor, 'wall'), cpu_to_floor => ratio($these, $floor, 'cpu'), rtt_us => @rtts ? median(@rtts) : undef };
    }
    my ($own, $no_login) = @$runs{ 'STARTTLS', 'STARTTLS, no login' };
    $_->{time} = own_time($_) for @$own, @$no_login;
    my $best = $runs->{'direct TLS, SASL2 and Bind 2'};
    return {
        rows => \@rows,
        sasl2_wall_to_floor => $best ? ratio($best, $floor, 'wall') : undef,
        cpu_to => { map { ($_ => ratio($own, $runs->{$_}, 'cpu')) } 'floor', 'slixmpp', 'AnyEvent::XMPP' },
        trust_cpu => ratio($runs->{'STARTTLS, trusting the system'}, $own, 'cpu'),
        no_login_wall => ratio($no_login, $own, 'wall'),
        floor_no_login_wall => ratio($runs->{'floor, no login'}, $own, 'wall'),
        no_login_time => ratio($no_login, $own, 'time'),
        supervision => 1 - ratio($runs->{'STARTTLS, unsupervised'}, $own, 'cpu'),
    };
}

1;
