#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# SIGTERM and SIGINT at any time of a run, from where the program holds them back to its end: one line, and the exit code that it
# says. The times are spread over the run, so that each part of it has its share; SIGNAL_RUNS=750 has more of them.

use strict;
use warnings;
use FindBin;
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/support";

use Daemon qw(now);
use Probe;
use Scripted;
use TempDir;

my $runs = $ENV{SIGNAL_RUNS} // 100;
my $server = Scripted->new(on_ping => sub { my ($link, $ping) = @_; $link->result($ping) });
my $password = password_file('secret');
my @arguments = ($server->options('alice@example.org'), '--password-file', $password, '-t', 20);

sub start { return Probe->start([@arguments], env => { CHECK_XMPP_PING_PASSWORD => undef }) }

# Waits until SIGTERM is held back. False when the program has ended before that was seen.
sub await_guard {
    my ($run) = @_;
    my $status = '/proc/' . $run->pid . '/status';
    for (my $end = now() + 20; now() < $end;) {
        my ($blocked) = read_file($status) =~ /\AName:\s*check_xmpp.*^SigBlk:\s*([0-9a-f]+)/ms;
        return 1 if defined $blocked && hex(substr $blocked, -8) & 1 << 14;
        return 0 if $run->ended;
    }
    return 0;
}

# From there to the end, in seconds: the median of some runs.
sub usual_time {
    my @times;
    for (1 .. 15) {
        my $run = start();
        my $begin = await_guard($run) ? now() : next;
        $run->finish;
        push @times, now() - $begin;
    }
    @times = sort { $a <=> $b } @times;
    return $times[@times / 2];
}

my $span = 1.2 * usual_time();
for my $signal (qw(TERM INT)) {
    my %ends;
    my @wrong;
    for my $i (0 .. $runs / 2 - 1) {
        my $run = start();
        await_guard($run);
        my $delay = $span * $i / ($runs / 2);
        sleep $delay if $delay > 0;
        $run->kill_with($signal);
        $run->finish;
        my $killed = $run->text =~ /\Akilled by SIG$signal (?:in phase \w+|while reading files)\z/;
        my @faults = $run->faults;
        push @faults, 'more than one report' if (() = $run->stdout =~ /^XMPP PING/mg) != 1;
        push @faults, 'neither killed nor well' if !$killed && $run->exit != 0;
        push @faults, 'a code that is not the line\'s' if $killed && $run->exit != 3;
        push @wrong, sprintf "%.6f s: %s\n%s", $delay, join(', ', @faults), $run->explain if @faults;
        $ends{ $killed ? $run->text : 'well' }++;
    }
    is scalar @wrong, 0, "SIG$signal at any time: one line, the right code" or diag @wrong;
    cmp_ok scalar(grep { !/well/ } keys %ends), '>=', 2, "SIG$signal: in more than one phase";
    note join ', ', map { "$ends{$_} $_" } sort keys %ends;
}

done_testing;
