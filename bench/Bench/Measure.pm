# SPDX-License-Identifier: GPL-3.0-or-later
# Runs commands and says what they took: one run, or several commands in turn, so that whatever else the machine does meets them alike.
package Bench::Measure;

use strict;
use warnings;

use Exporter 'import';
use FindBin;

use TempDir;

our @EXPORT_OK = qw(in_turn median medians ratio run_once);

my $build = $ENV{OBJECTS} // "$FindBin::Bin/../obj";
my $printed = temp_dir() . '/printed';

sub median {
    my @sorted = sort { $a <=> $b } @_;
    my $middle = int(@sorted / 2);
    return @sorted % 2 ? $sorted[$middle] : ($sorted[$middle - 1] + $sorted[$middle]) / 2;
}

# A client is { name, command => [...] }, and may have env => { ... }, and rounds, for a slow one: it takes part in the first ones only.
# Returns { wall, cpu (milliseconds), text (what it printed) }.
sub run_once {
    my ($client) = @_;
    local %ENV = (%ENV, %{ $client->{env} // {} });
    open my $out, '-|', "$build/bench/timed", $printed, @{ $client->{command} } or die "timed: $!\n";
    my ($wall, $cpu, $exit) = split ' ', scalar(<$out>) // '';
    close $out;
    my $text = read_file($printed);
    die "$client->{name} failed: $text\n" if !defined $exit || $exit;
    return { wall => $wall / 1000, cpu => $cpu / 1000, text => $text };
}

# Runs CLIENTS in turn, ROUNDS times after one to warm up. Returns { name => [runs] }. Servers collect garbage after so much of it: in rounds
# that are all alike always at the same ping of the same client, 42 times of 50 as seen. So each round begins with another filler of WORLD.
sub in_turn {
    my ($world, $rounds, @clients) = @_;
    my %runs;
    for my $round (0 .. $rounds) {
        run_once($world->filler($round));
        for my $client (grep { $round <= ($_->{rounds} // $rounds) } @clients) {
            my $run = run_once($client);
            push @{ $runs{ $client->{name} } }, $run if $round > 0;
        }
    }
    return \%runs;
}

# The median of FIELD over RUNS.
sub medians { my ($runs, $field) = @_; return median(map { $_->{$field} } @$runs) }

# The median of the ratios of RUNS to OTHERS in FIELD, round by round.
sub ratio {
    my ($runs, $others, $field) = @_;
    my $last = $#$runs < $#$others ? $#$runs : $#$others;
    return median(map { $runs->[$_]{$field} / $others->[$_]{$field} } 0 .. $last);
}

1;
