# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the program ($ENV{PROBE}, or ./check_xmpp_ping) as a scheduler does, and takes its output apart.
#
#   my $run = Probe->run(['-j', 'alice@example.org', ...], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
#   $run->is_valid('login works');
#   is $run->exit, 0;  $run->first, $run->text, $run->metric('rtt'), $run->long ...
package Probe;

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use Monitoring::Plugin::Performance;
use POSIX ();
use Test::More import => [qw(diag ok)];
use Time::HiRes qw(sleep);

use Daemon qw(die_with_parent now);
use TempDir;

my @STATES = qw(OK WARNING CRITICAL UNKNOWN);

sub program {
    return abs_path($ENV{PROBE} // dirname(__FILE__) . '/../../check_xmpp_ping');
}

# Starts the program with ARGUMENTS; env adds variables (undef removes one), input is a file for stdin (closed if not
# given), limit the seconds after which it is killed (30), group 1 gives it a process group of its own, clean 1 an
# environment with nothing but env, dir is where its output goes (a temporary directory). finish() waits for it.
sub start {
    my ($class, $arguments, %option) = @_;
    my $program = $option{program} // program();
    croak "no program $program" if !defined $program || !-x $program;
    my $dir = $option{dir} // temp_dir();
    my $self = bless { dir => $dir, limit => $option{limit} // 30, arguments => $arguments, started => now() }, $class;
    my $parent = $$;
    my $pid = fork() // croak "fork: $!";
    if (!$pid) {
        eval {
            $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
            die_with_parent($parent);
            POSIX::setpgid(0, 0) if $option{group};
            my %env = $option{clean} ? () : %ENV;
            %env = (%env, %{ $option{env} // {} });
            delete $env{$_} for grep { !defined $env{$_} } keys %env;
            POSIX::close(0);
            if (defined $option{input}) {
                open STDIN, '<', $option{input} or die "$option{input}: $!\n";
            }
            for ([1, 'out'], [2, 'err']) {
                my $fd = POSIX::open("$dir/$_->[1]", POSIX::O_WRONLY() | POSIX::O_CREAT(), 0600) // die "$dir: $!\n";
                POSIX::dup2($fd, $_->[0]);
                POSIX::close($fd);
            }
            local %ENV = %env;
            no warnings 'exec';
            exec { $program } $program, @$arguments;
        };
        POSIX::_exit(127);
    }
    POSIX::setpgid($pid, $pid) if $option{group};
    $self->{pid} = $pid;
    return $self;
}

sub pid { return $_[0]{pid} }
sub kill_with { my ($self, $signal) = @_; kill $signal, $self->{pid}; return }

# Waits for the end; kills the program at the limit.
sub finish {
    my ($self) = @_;
    my $pause = 0.0005;
    until ($self->ended) {
        sleep $pause;
        $pause *= 1.2 if $pause < 0.01;
    }
    return $self;
}

# Whether it has ended, without waiting. If so all is known that finish() would find out.
sub ended {
    my ($self) = @_;
    return 1 if defined $self->{exit};
    if (!waitpid $self->{pid}, POSIX::WNOHANG()) {
        if (now() > $self->{started} + $self->{limit}) {
            $self->{overrun} = 1;
            kill 'KILL', $self->{pid};
        }
        return 0;
    }
    my $status = $?;
    $self->{elapsed} = now() - $self->{started};
    $self->{exit} = $status >> 8;
    $self->{signal} = $status & 127;
    $self->{stdout} = read_file("$self->{dir}/out");
    $self->{stderr} = read_file("$self->{dir}/err");
    return 1;
}

sub run {
    my ($class, $arguments, %option) = @_;
    return $class->start($arguments, %option)->finish;
}

sub exit { return $_[0]{exit} }
sub signal { return $_[0]{signal} }
sub stdout { return $_[0]{stdout} }
sub stderr { return $_[0]{stderr} }
sub elapsed { return $_[0]{elapsed} }

sub first { my ($first) = split /\n/, $_[0]{stdout}; return $first // '' }

# OK, WARNING, CRITICAL or UNKNOWN as the first line says it.
sub state { return $_[0]->first =~ /\AXMPP PING (OK|WARNING|CRITICAL|UNKNOWN) - / ? $1 : '' }

# The sentence: the first line without prefix and perfdata.
sub text {
    my ($self) = @_;
    my ($text) = split / \| /, $self->first;
    return ($text // '') =~ s/\AXMPP PING \w+ - //r;
}

# "PHASE: CONDITION: words" taken apart.
sub phase { return $_[0]->text =~ /\A(\w+): / ? $1 : '' }
sub condition { return $_[0]->text =~ /\A\w+: ([a-z][a-z0-9-]*)\b/ ? $1 : '' }

sub perfdata { return $_[0]->first =~ / \| (.*)\z/ ? $1 : '' }

# Monitoring::Plugin::Performance objects, in order.
sub performance {
    my ($self) = @_;
    return Monitoring::Plugin::Performance->parse_perfstring($self->perfdata);
}

# The labels in order, also of values that are U.
sub labels { return map { /\A'?([^'=]+)'?=/ ? $1 : $_ } split / /, $_[0]->perfdata }

# The value of one label as printed without its unit, undef when it is not there.
sub metric {
    my ($self, $label) = @_;
    return $self->perfdata =~ /(?:\A| )\Q$label\E=(U|-?[\d.]+)/ ? $1 : undef;
}

# Everything behind the first line.
sub long { return $_[0]{stdout} =~ /\A[^\n]*\n(.*)\z/s ? $1 : '' }

sub explain {
    my ($self) = @_;
    my $stdout = substr $self->{stdout}, 0, 4000;
    return sprintf "arguments: %s\nexit %d, signal %d, %.3f s%s\nstdout: %s\nstderr: %s\n",
        join(' ', @{ $self->{arguments} }), @$self{qw(exit signal elapsed)}, $self->{overrun} ? ', killed at the limit' : '',
        $stdout, substr $self->{stderr}, 0, 4000;
}

# What every run must be, whatever happened: one test. OPTION quiet: nothing printed and 0 is right too; perfdata 0: there
# must be none (usage errors).
sub is_valid {
    my ($self, $name, %option) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @wrong = $self->faults(%option);
    ok !@wrong, "$name: output is well formed" or diag join(', ', @wrong), "\n", $self->explain;
    return !@wrong;
}

# What is wrong with its output and its end, in words.
sub faults {
    my ($self, %option) = @_;
    my @wrong;
    push @wrong, 'it had to be killed' if $self->{overrun};
    push @wrong, "signal $self->{signal}" if $self->{signal};
    push @wrong, "exit code $self->{exit}" if $self->{exit} > 3;
    push @wrong, 'stderr is not empty' if $self->{stderr} ne '';
    if (!($option{quiet} && $self->{stdout} eq '' && $self->{exit} == 0)) {
        push @wrong, 'first line' if $self->first !~ /\AXMPP PING (OK|WARNING|CRITICAL|UNKNOWN) - \S/;
        push @wrong, 'state and exit code differ' if $self->state ne ($STATES[$self->{exit}] // '');
        push @wrong, 'no newline at the end' if $self->{stdout} !~ /\n\z/;
        my $sentence = $self->text;
        utf8::decode($sentence) or push @wrong, 'invalid UTF-8';
        push @wrong, 'sentence has ' . length($sentence) . ' characters' if length $sentence > 160;
        push @wrong, 'control characters' if $self->{stdout} =~ /[\x00-\x09\x0b-\x1f\x7f]/;
        push @wrong, 'more than one |' if ($self->{stdout} =~ tr/|//) > 1;
        push @wrong, $self->_perfdata_faults(%option);
    }
    return @wrong;
}

sub _perfdata_faults {
    my ($self, %option) = @_;
    my $wanted = $option{perfdata} // 1;
    my $perfdata = $self->perfdata;
    return $perfdata eq '' ? () : 'perfdata' if !$wanted;
    return 'no perfdata' if $perfdata eq '';
    my @faults;
    push @faults, 'spaces in perfdata' if $perfdata =~ /  |\A | \z/;
    my $number = qr/-?\d+(?:\.\d+)?/;
    my $range = qr/(?:\@?(?:~|$number)?:?(?:$number)?)/;
    my %seen;
    for my $item (split / /, $perfdata) {
        push @faults, "perfdata '$item'"
            if $item !~ /\A([a-z0-9_]+)=(?:U|$number)(?:s|%)?(?:;$range(?:;$range(?:;$number?(?:;$number?)?)?)?)?\z/;
        push @faults, "label '$1' twice" if $seen{$1}++;
    }
    my @known = grep { !/=U/ } split / /, $perfdata;
    my @parsed = $self->performance;
    push @faults, 'Monitoring::Plugin::Performance parses ' . @parsed . ' of ' . @known if @parsed < @known;
    return @faults;
}

1;
