# SPDX-License-Identifier: GPL-3.0-or-later
# What is on the wire: bytes of three pings and their login, and round trips from SYN to the first pong, counted by a relay.
package Bench::Wire;

use strict;
use warnings;

use Exporter 'import';

use Bench::Measure qw(run_once);
use Relay;

our @EXPORT_OK = qw(measure_wire);

# Long beside what a client computes between two flights. Seconds in each direction.
use constant DELAY => 0.1;

# CLIENT's command with PORT in place of the one that it has.
sub at_port {
    my ($client, $from, $port) = @_;
    return { %$client, command => [map { $_ eq $from ? $port : $_ } @{ $client->{command} }] };
}

sub measure_wire {
    my ($world) = @_;
    my @rows;
    for my $client ($world->ways) {
        my ($at) = grep { $client->{command}[$_] eq '-p' } 0 .. $#{ $client->{command} };
        my $port = $client->{command}[$at + 1];
        my $relay = Relay->new(port => $port);
        run_once(at_port($client, $port, $relay->port));
        my ($sent, $received) = $relay->bytes;
        my $slow = Relay->new(port => $port, delay => DELAY);
        my $one = at_port($client, $port, $slow->port);
        push @{ $one->{command} }, '-n', 1 if $client->{name} !~ /no login/;
        run_once($one);
        # The relay does not see SYN; the end of the stream is the flight that nothing waits for.
        push @rows, { name => $client->{name}, sent => $sent, received => $received, round_trips => $slow->flights };
    }
    return { rows => \@rows };
}

1;
