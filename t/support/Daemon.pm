# SPDX-License-Identifier: GPL-3.0-or-later
# Processes that serve a test: started without a shell, ready when they take connections, stopped by pid, and never
# outliving the test, not even one that was killed by SIGKILL.
package Daemon;

use strict;
use warnings;

use Carp qw(croak);
use Errno qw(EINPROGRESS);
use Exporter 'import';
use IO::Socket::INET;
use POSIX ();
use Socket;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);

use TempDir;

our @EXPORT_OK = qw(children_of die_with_parent free_port now prctl);

use constant PR_SET_PDEATHSIG => 1;

# The number of prctl(2) by machine; elsewhere servers are stopped by END and DESTROY only.
my %PRCTL = (x86_64 => 157, aarch64 => 167, riscv64 => 167, i686 => 172, armv7l => 172, ppc64le => 171, s390x => 172);

my %running;

sub now { return clock_gettime(CLOCK_MONOTONIC) }

sub prctl {
    my ($option, $value) = @_;
    my $number = $PRCTL{ (POSIX::uname())[4] };
    syscall $number, $option, $value + 0, 0, 0, 0 if $number;
    return;
}

# The processes that PID has forked and that still are.
sub children_of {
    my ($pid) = @_;
    return map { /\A(\d+) \(.*\) \S (\d+) / && $2 == $pid ? $1 : () } map { read_file($_) } glob '/proc/[0-9]*/stat';
}

# Asks the kernel to kill this process when PARENT dies.
sub die_with_parent {
    my ($parent) = @_;
    prctl(PR_SET_PDEATHSIG, POSIX::SIGKILL());
    POSIX::_exit(1) if getppid() != $parent;
    return;
}

# A TCP port of HOST (127.0.0.1) that nobody listens on, and that no other process is given while this one lives. Each searches a range
# of its own, below the ephemeral ports.
my ($next_port, @claims);
sub free_port {
    my ($host) = @_;
    for (1 .. 2000) {
        $next_port = 10000 + ($$ * 24) % 22000 if !$next_port || $next_port >= 32700;
        my $port = $next_port++;
        # By UDP at an address that nobody uses the port is claimed, also among processes that see no others, as in a chroot.
        my $claim = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.127.127.127', LocalPort => $port) or next;
        my $socket = IO::Socket::INET->new(LocalAddr => $host // '127.0.0.1', LocalPort => $port, Listen => 1) or next;
        push @claims, $claim;
        return $port;
    }
    croak 'no free port';
}

# Starts COMMAND (a list), its output in LOG; ENV adds variables, DIR is where it runs. Returns the object.
sub spawn {
    my ($class, %option) = @_;
    my $self = $class->_fork(
        sub {
            open STDIN, '<', '/dev/null' or die "/dev/null: $!\n";
            open STDOUT, '>>', $option{log} or die "$option{log}: $!\n";
            open STDERR, '>&', \*STDOUT or die "stderr: $!\n";
            chdir $option{dir} or die "$option{dir}: $!\n" if $option{dir};
            local %ENV = (%ENV, %{ $option{env} // {} });
            my @command = @{ $option{command} };
            no warnings 'exec';
            exec { $command[0] } @command or die "$command[0]: $!\n";
        }
    );
    $self->{log} = $option{log};
    $self->{name} = $option{name} // $option{command}[0];
    return $self;
}

# Runs WORK in a child of its own. Returns the object.
sub run {
    my ($class, $name, $work) = @_;
    my $self = $class->_fork($work);
    $self->{name} = $name;
    return $self;
}

sub _fork {
    my ($class, $work) = @_;
    my $parent = $$;
    my $pid = fork() // croak "fork: $!";
    if (!$pid) {
        # Whatever happens, the child must not run the test's END blocks and destructors.
        local $@ = '';
        eval {
            $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
            die_with_parent($parent);
            $work->();
            1;
        } or print STDERR $@;
        POSIX::_exit($@ ? 127 : 0);
    }
    my $self = bless { pid => $pid, owner => $$ }, $class;
    $running{$pid} = 1;
    return $self;
}

sub pid { return $_[0]{pid} }

sub alive {
    my ($self) = @_;
    return 0 if !$self->{pid};
    return 1 if waitpid($self->{pid}, POSIX::WNOHANG()) == 0;
    $self->{status} = $?;
    delete $running{ delete $self->{pid} };
    return 0;
}

# Waits up to SECONDS (180) until the server accepts connections at HOST:PORT; dies with its log when it does not.
sub wait_port {
    my ($self, $host, $port, $seconds) = @_;
    my $end = now() + ($seconds // 180);
    while (now() < $end) {
        return $self if _connects($host, $port);
        croak "$self->{name} ended early: " . $self->log_tail if !$self->alive;
        sleep 0.01;
    }
    croak "$self->{name} does not listen on $host:$port: " . $self->log_tail;
}

sub _connects {
    my ($host, $port) = @_;
    socket my $socket, PF_INET, SOCK_STREAM, 0 or croak "socket: $!";
    $socket->blocking(0);
    return 1 if connect $socket, pack_sockaddr_in($port, inet_aton($host));
    return 0 if $! != EINPROGRESS;
    my $ready = '';
    vec($ready, fileno $socket, 1) = 1;
    select undef, $ready, undef, 0.5;
    return vec($ready, fileno $socket, 1) && !unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR);
}

# Waits up to SECONDS until CONDITION returns true.
sub wait_until {
    my ($self, $condition, $seconds, $what) = @_;
    my $end = now() + $seconds;
    while (!$condition->()) {
        croak "$self->{name} ended early: " . $self->log_tail if !$self->alive;
        croak "$self->{name} did not $what: " . $self->log_tail if now() > $end;
        sleep 0.01;
    }
    return $self;
}

sub log_text { return $_[0]{log} ? read_file($_[0]{log}) : '' }

sub log_tail {
    my ($self) = @_;
    my @lines = split /\n/, $self->log_text;
    splice @lines, 0, -20 if @lines > 20;
    return join "\n", @lines, '';
}

# Ends it: SIGTERM, and SIGKILL after two seconds. Does nothing in a process that did not start it.
sub stop {
    my ($self) = @_;
    return if ($self->{owner} // 0) != $$ || !$self->alive;
    kill 'TERM', $self->{pid};
    my $end = now() + 2;
    while ($self->alive) {
        kill 'KILL', $self->{pid} if now() > $end;
        sleep 0.005;
    }
    return;
}

sub DESTROY {
    my ($self) = @_;
    my $status = $?;    # see END
    local ($@, $!);
    $self->stop;
    $? = $status;
    return;
}

my $loaded_by = $$;

END {
    if ($$ == $loaded_by) {
        my $status = $?;    # a local copy of it would make exit(1) and die come out as 0
        kill 'KILL', $_ for keys %running;
        waitpid $_, 0 for keys %running;
        $? = $status;
    }
}

1;
