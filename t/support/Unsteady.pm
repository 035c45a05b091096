# SPDX-License-Identifier: GPL-3.0-or-later
# A server's life made hard: a process that, at random moments, restarts it (SIGTERM), kills it (SIGKILL), stops and
# continues it (SIGSTOP), and keeps record of when it surely was away and when it surely served.
#
#   my $unsteady = Unsteady->new($prosody, seed => 1, longest => 6);    # of a stop, in seconds
#   $unsteady->rest;                      # an end to that, with the server up
#   $unsteady->away, $unsteady->steady    # when it was
package Unsteady;

use strict;
use warnings;

use Carp qw(croak);
use POSIX ();
use Time::HiRes qw(sleep);

use Daemon qw(now);
use TempDir;

# PROSODY has been stopped; here it is started.
sub new {
    my ($class, $prosody, %option) = @_;
    my $self = bless { prosody => $prosody, longest => 3, dir => temp_dir(), %option }, $class;
    $self->{record} = write_file("$self->{dir}/record", '');
    $self->{daemon} = Daemon->run('unsteady', sub { $self->_live });
    $self->{daemon}->wait_until(sub { read_file($self->{record}) =~ /serves/ }, 30, 'start the server');
    return $self;
}

# Tells it to leave the server alone, and waits until that is up. It stays up until stop().
sub rest {
    my ($self) = @_;
    write_file("$self->{dir}/rest", '');
    $self->{daemon}->wait_until(sub { -e "$self->{dir}/rests" }, 60, 'come to rest');
    return;
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
    my @deeds = qw(restart kill stop stop stop_and_kill);
    while (!$ended) {
        # All dice are thrown here, so that a seed means the same plan whatever the server does.
        my ($deed, $before, $pause) = ($deeds[rand @deeds], 0.2 + rand 3, rand);
        my $long = rand() < 0.25;
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
        $self->$method($long ? $self->{longest} * (0.7 + 0.3 * $pause) : $pause);
        $self->_note('serves');
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
