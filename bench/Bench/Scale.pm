# SPDX-License-Identifier: GPL-3.0-or-later
# How what a check takes grows: with the remotes that it pings, with its pings, and with the checks at its side.
package Bench::Scale;

use strict;
use warnings;

use Exporter 'import';
use POSIX ();

use Bench::Measure qw(in_turn median medians);
use Daemon qw(now);

our @EXPORT_OK = qw(measure_scale);

use constant ROUNDS => 5;

# Milliseconds until the last of COUNT checks at the same time has ended, a check; the median of some rounds.
sub side_by_side {
    my ($client, $count) = @_;
    my @walls;
    for my $round (0 .. ROUNDS) {
        my $start = now();
        my @pids = map {
            my $pid = fork() // die "fork: $!\n";
            if (!$pid) {
                open STDOUT, '>', '/dev/null' or POSIX::_exit(127);
                exec { $client->{command}[0] } @{ $client->{command} } or POSIX::_exit(127);
            }
            $pid;
        } 1 .. $count;
        for (@pids) {
            waitpid $_, 0;
            die "one of $count checks failed\n" if $?;
        }
        push @walls, 1000 * (now() - $start) / $count if $round > 0;
    }
    return median(@walls);
}

sub measure_scale {
    my ($world) = @_;
    my $port = $world->main->port;
    my @counts = (1, 10, 100, 1000);
    my @clients = (
        (map { my $count = $_; $world->own("remotes $count", $port, map { ('-R', "u$_=user$_\@example.org") } 1 .. $count) } @counts),
        (map { $world->own("pings $_", $port, '-n', $_) } @counts),
    );
    my $runs = in_turn($world, ROUNDS, @clients);
    my %series;
    for my $client (@clients) {
        my ($what, $count) = split ' ', $client->{name};
        my $these = $runs->{ $client->{name} };
        push @{ $series{$what} }, { count => $count, wall_ms => medians($these, 'wall'), cpu_ms => medians($these, 'cpu') };
    }
    my $one = $world->own('side by side', $port);
    $series{side_by_side} = [map { { count => $_, wall_ms => side_by_side($one, $_) } } 1, 2, 5, 10, 20, 50];
    return \%series;
}

1;
