# SPDX-License-Identifier: GPL-3.0-or-later
# A server's life made hard: a process that, at random moments, restarts it (SIGTERM), kills it (SIGKILL), stops and
# continues it (SIGSTOP), and keeps record of when it surely was away and when it surely served. Each of these is done once
# before any is done again, a stop also for longer than a check takes.
#
#   my $unsteady = Unsteady->new($prosody, seed => 1, outlast => 5);    # seconds that a check takes at most
#   $unsteady->has_done_all               # whether each has been done
#   $unsteady->rest, $unsteady->rests     # asks for an end to that, whether it has come; the server is up then
#   $unsteady->away, $unsteady->steady    # when it was
package Unsteady;

use strict;
use warnings;

use Carp qw(croak);
use List::Util qw(shuffle);
use POSIX ();
use Time::HiRes qw(sleep);

use Daemon qw(now);
use TempDir;

# What is done, and how likely it takes so long that a check can not wait for the end of it.
my @DEEDS = ([restart => 0.25], [kill => 0.25], [stop => 0], [stop => 1], [stop_and_kill => 0.25]);

# PROSODY has been stopped; here it is started.
sub new {
    my ($class, $prosody, %option) = @_;
    my $self = bless { prosody => $prosody, outlast => 2, dir => temp_dir(), %option }, $class;
    $self->{record} = write_file("$self->{dir}/record", '');
    $self->{daemon} = Daemon->run('unsteady', sub { $self->_live });
    $self->{daemon}->wait_until(sub { read_file($self->{record}) =~ /serves/ }, 30, 'start the server');
    return $self;
}

sub has_done_all { return $_[0]->_marked('all') }

# The server stays up from when it rests until stop().
sub rest { write_file("$_[0]{dir}/rest", ''); return }
sub rests { return $_[0]->_marked('rests') }

sub _marked {
    my ($self, $mark) = @_;
    croak 'what makes the server unsteady has ended' if !$self->{daemon}->alive;
    return -e "$self->{dir}/$mark";
}

sub stop { $_[0]{daemon}->stop; return }

# How often what was done: { restart => 3, ... }.
sub deeds {
    my ($self) = @_;
    my %count;
    $count{$_}++ for read_file($self->{record}) =~ /^\S+ do (\w+)$/mg;
    return \%count;
}

# Spans of time in which it surely could not do anything, and in which it surely served: [from, until], CLOCK_MONOTONIC in
# seconds, oldest first.
sub away { return $_[0]->_spans('gone', 'runs') }
sub steady { return $_[0]->_spans('serves', 'disturbed') }

sub _spans {
    my ($self, $from, $until) = @_;
    my @spans;
    my $open = 0;
    for my $line (split /\n/, read_file($self->{record})) {
        my ($time, $event) = split ' ', $line;
        if ($event eq $from && !$open) {
            push @spans, [$time, 9e99];
            $open = 1;
        } elsif ($event eq $until && $open) {
            $spans[-1][1] = $time;
            $open = 0;
        }
    }
    return @spans;
}

# --- in the process of its own ---

sub _note {
    my ($self, $event) = @_;
    my $text = sprintf "%.6f %s\n", now(), $event;
    syswrite $self->{out}, $text or die "record: $!\n";
    return;
}

sub _live {
    my ($self) = @_;
    srand $self->{seed};
    open $self->{out}, '>>', $self->{record} or die "record: $!\n";
    my $ended = 0;
    $SIG{TERM} = sub { $ended = 1 };
    $self->_start;
    my @round;
    while (!$ended) {
        # All dice are thrown here, so that a seed means the same plan whatever the server does.
        @round = shuffle(@DEEDS) if !@round;
        my ($deed, $chance) = @{ shift @round };
        my $before = 0.2 + rand $self->{outlast};
        my $pause = rand() < $chance ? $self->{outlast} * (1.2 + rand 0.3) : rand;
        my $end = now() + $before;
        sleep 0.02 while !$ended && now() < $end && !-e "$self->{dir}/rest";
        last if $ended;
        if (-e "$self->{dir}/rest") {
            write_file("$self->{dir}/rests", '') if !-e "$self->{dir}/rests";
            next;
        }
        my $method = $self->can("_$deed");
        $self->_note("do $deed");
        $self->_note('disturbed');
        $self->$method($pause);
        $self->_note('serves');
        write_file("$self->{dir}/all", '') if !@round;
    }
    $self->{prosody}->stop;
    return;
}

sub _start {
    my ($self) = @_;
    $self->_note('runs');
    $self->{prosody}->start;
    $self->_note('serves');
    return;
}

sub _pid { return $_[0]{prosody}->daemon->pid }

# Waits until the server's process has ended.
sub _bury {
    my ($self) = @_;
    sleep 0.002 while $self->{prosody}->daemon->alive;
    $self->_note('gone');
    return;
}

sub _freeze {
    my ($self) = @_;
    kill 'STOP', $self->_pid;
    sleep 0.001 until read_file('/proc/' . $self->_pid . '/stat') =~ /\) T /;
    $self->_note('gone');
    return;
}

sub _restart {
    my ($self, $pause) = @_;
    $self->{prosody}->stop;    # SIGTERM
    $self->_bury;
    sleep $pause / 3;
    return $self->_start;
}

sub _kill {
    my ($self, $pause) = @_;
    kill 'KILL', $self->_pid;
    $self->_bury;
    sleep $pause / 3;
    return $self->_start;
}

sub _stop {
    my ($self, $pause) = @_;
    $self->_freeze;
    sleep $pause;
    $self->_note('runs');
    kill 'CONT', $self->_pid;
    return;
}

sub _stop_and_kill {
    my ($self, $pause) = @_;
    $self->_freeze;
    sleep $pause / 2;
    return $self->_kill($pause);
}

1;
