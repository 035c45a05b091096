# SPDX-License-Identifier: GPL-3.0-or-later
# A Daemon that starts processes of its own: Icinga's worker outlives its first process when that is killed, and both start
# checks. A keeper stands between it and the test; whatever happens to either, the keeper ends all that is left.
package Family;

use strict;
use warnings;

use parent 'Daemon';

use Carp qw(croak);
use Exporter 'import';
use POSIX ();
use Time::HiRes qw(sleep);

use Daemon qw(now prctl);
use TempDir;

our @EXPORT_OK = qw(descendants);

use constant { PR_SET_PDEATHSIG => 1, PR_SET_CHILD_SUBREAPER => 36 };

# The seconds that what a daemon has left behind may take to end by itself, before it is killed; of daemons started from now on.
our $leftovers = 0;

# The seconds that a daemon has to end when it is asked to.
use constant PATIENCE => 5;

my %keepers;

# As Daemon's: runs WORK, which execs the daemon, two processes down.
sub _fork {
    my ($class, $work) = @_;
    my $test = $$;
    my $keeper = fork() // croak "fork: $!";
    if (!$keeper) {
        local $@ = '';
        my $status = eval { _keep($test, $work) } // 127;
        print STDERR $@ if $@;
        POSIX::_exit($status);
    }
    $keepers{$keeper} = 1;
    return bless { pid => $keeper, owner => $$ }, $class;
}

sub _keep {
    my ($test, $work) = @_;
    my $asked = 0;
    local $SIG{TERM} = sub { $asked = 1 };
    local @SIG{qw(INT HUP)} = ('IGNORE') x 2;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, POSIX::SIGTERM());
    $asked = 1 if getppid() != $test;
    my $first = fork() // die "fork: $!\n";
    if (!$first) {
        eval {
            $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
            POSIX::setpgid(0, 0);    # a Ctrl-C is for the test
            $work->();
        };
        print STDERR $@ if $@;
        POSIX::_exit(127);
    }
    my ($status, $end);
    while (!defined $status) {
        if ($asked && !$end) {
            kill 'TERM', $first;
            $end = now() + PATIENCE;
        }
        kill 'KILL', $first if $end && now() > $end;
        while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
            $status = $? if $pid == $first;
        }
        sleep 0.01;
    }
    # What it leaves has become the keeper's.
    my $due = now() + $leftovers;
    while (waitpid(-1, POSIX::WNOHANG()) != -1) {
        kill 'KILL', descendants($$) if $asked || now() > $due;
        sleep 0.005;
    }
    return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

# The pids of all processes below PID that run (zombies do not).
sub descendants {
    my ($top) = @_;
    my (%children, @found);
    for my $file (glob '/proc/[0-9]*/stat') {
        my ($pid, $state, $parent) = read_file($file) =~ /\A(\d+) \(.*\) (\S) (\d+)/s or next;
        push @{ $children{$parent} }, $pid if $state !~ /[ZX]/;
    }
    my @todo = ($top);
    while (@todo) {
        my @below = @{ $children{ shift @todo } // [] };
        push @todo, @below;
        push @found, @below;
    }
    return @found;
}

sub stop {
    my ($self) = @_;
    return if ($self->{owner} // 0) != $$ || !$self->alive;
    kill 'TERM', $self->{pid};
    while ($self->alive) {
        sleep 0.005;
    }
    return;
}

sub alive {
    my ($self) = @_;
    my $pid = $self->{pid};
    my $alive = $self->SUPER::alive;
    delete $keepers{$pid} if $pid && !$alive;
    return $alive;
}

my $loaded_by = $$;

END {
    if ($$ == $loaded_by) {
        local ($?, $!) = ($?, $!);
        kill 'TERM', $_ for keys %keepers;
        waitpid $_, 0 for keys %keepers;
    }
}

1;
