#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Whatever libc refuses, in the parent or in the child: there is one line, an exit code from 0 to 3, the end comes in time, and OK is
# said only when all pings were answered. t/support/inject.c makes the calls fail.

use strict;
use warnings;
use Cwd qw(abs_path);
use Errno qw(:POSIX);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(now);
use NameServer;
use Probe;
use Prosody;
use Readme qw(readme_says);
use TempDir;

plan skip_all => 'AddressSanitizer has malloc() for itself, gcov its own calls' if read_file(Probe->program) =~ /__asan_init|__gcov_dump/;

use constant SIDE_BY_SIDE => 8;
use constant DEADLINE => 2;

my $library = abs_path(($ENV{OBJECTS} // 'obj') . '/t/inject.so');
my $server = Prosody->new(domain => 'example.test', accounts => { alice => 'secret' }, iterations => 4096);
my $names = NameServer->dnsmasq('_xmpp-client._tcp.example.test SRV' => ["10 5 ${\$server->port} x.test"], 'x.test A' => ['127.0.0.1']);
my $password = password_file('secret');
my $dir = temp_dir();
my $started = 0;

my @timeout = ('-t', DEADLINE . 's:UNKNOWN');
my @login = ('-j', 'alice@example.test', '--dns-server', $names->address, '--ca-file', $server->ca_file, '--password-file', $password,
    '-n', 2, @timeout);

# A file with all kinds of settings, about a port where nobody listens.
write_file("$dir/more.conf", <<'END');
profiles: { p: {
    jid = "alice@example.test"; hostname = "127.0.0.1"; port = 1; warning = "0.1s";
    remotes = ( "a.example", { alias = "b"; jid = "b.example"; warning = "0.2s"; } );
    limits: { time = "1,1.5"; }; map: { endpoint_down = "WARNING"; };
}; };
END
my $config = write_file("$dir/check.conf", "defaults: { count = 2; };\n\@include \"more.conf\"\n");
my @by_file = ('-f', $config, '-P', 'p', '--password-file', $password, @timeout);

# Starts a run with ARGUMENTS under FAULT ('' for none).
sub start {
    my ($fault, @arguments) = @_;
    my $counts = write_file("$dir/" . ++$started, '');
    my $run = Probe->start([@arguments], env => { LD_PRELOAD => $library, FAULT => $fault, FAULT_COUNTS => $counts });
    return { run => $run, fault => $fault, counts => $counts, kind => $arguments[0] };
}

# How often each call was made by the parent and by the child, and failed: { CALL => [PARENT, CHILD, FAILED] }.
sub counts {
    my ($case) = @_;
    my $text = read_file($case->{counts});
    my %counts;
    while (length $text) {
        my ($name, @counts) = unpack 'Z24 L3', substr $text, 0, 36, '';
        $counts{$name} = \@counts;
    }
    return \%counts;
}

# --- what there is to fail ---

my $sound = start('', @login);
$sound->{run}->finish;
is $sound->{run}->exit, 0, 'without a fault all is well' or die $sound->{run}->explain;
my $made = counts($sound);

# The errors that a call may have, by what it is; ENOMEM and what is good for all stand alone.
my %errors = (
    pipe2 => [EMFILE, ENFILE], fork => [EAGAIN, ENOMEM], open => [EMFILE, ENOENT, EACCES], fopen => [EMFILE, ENOENT, EACCES],
    read => [EINTR, EIO, EAGAIN], write => [EINTR, EAGAIN, EPIPE], fstat => [EIO], stat => [EACCES],
    socket => [EMFILE, EAFNOSUPPORT, ENOBUFS], connect => [ENETUNREACH, ECONNREFUSED, EACCES, EADDRNOTAVAIL, EINTR],
    recv => [EINTR, EAGAIN, ECONNRESET], recvfrom => [EINTR, EAGAIN, ECONNREFUSED], send => [EINTR, EAGAIN, EPIPE, ENOBUFS],
    sendto => [EAGAIN, EPIPE], sendmsg => [EAGAIN, ECONNREFUSED, EPERM],
    poll => [EINTR, ENOMEM], ppoll => [EINTR, ENOMEM, EINVAL], select => [EINTR, ENOMEM, EBADF], fcntl => [EBADF, EACCES],
    dup2 => [EMFILE, EBADF], close_range => [ENOSYS], prctl => [EINVAL, EPERM], setrlimit => [EPERM], getrlimit => [EINVAL],
    syscall => [ENOSYS, EPERM, EFAULT], waitpid => [ECHILD, EINTR], getrandom => [ENOSYS, EINTR, EAGAIN], nanosleep => [EINTR],
    getsockopt => [ENOPROTOOPT, ENOBUFS], setsockopt => [ENOPROTOOPT, ENOMEM], getsockname => [ENOBUFS], getpeername => [ENOTCONN],
);

# Numbers from 1 to COUNT: the first ones, and then ever fewer, as many as MOST.
sub sample {
    my ($count, $most) = @_;
    return 1 .. $count if $count <= $most;
    my $half = int $most / 2;
    my %chosen = map { $_ => 1 } 1 .. $half, map { int($half * ($count / $half)**($_ / $half)) } 1 .. $half;
    return sort { $a <=> $b } grep { $_ <= $count } keys %chosen;
}

my $read = start('', @by_file);
$read->{run}->finish;
is $read->{run}->condition, 'connect-refused', 'without a fault the file leads to the port' or diag $read->{run}->explain;

my @faults;
for my $call (sort keys %$made) {
    for my $process (0, 1) {
        my $count = $made->{$call}[$process] or next;
        my $who = ('parent', 'child')[$process];
        my $memory = $call =~ /alloc\z|open_memstream|setenv|name/;
        for my $error (@{ $errors{$call} // [$memory ? ENOMEM : EINVAL] }) {
            push @faults, map { "$who $call $_ $error" } sample($count, $call =~ /alloc/ ? 32 : 5);
            push @faults, map { "$who $call $_ $error on" } sample($count, $call =~ /alloc/ ? 12 : 1);
        }
    }
}

my $reading = counts($read);
my @file_faults = map { my $call = $_; map { "parent $call $_ ${\ENOMEM}" } 1 .. $reading->{$call}[0] } qw(malloc calloc realloc fopen open read dlopen);

# --- each of them ---

# Faults by which nobody can take the server's for their own.
my %blameless = map { $_ => 1 } (map { "parent $_" } keys %$made), map { "child $_" } qw(getaddrinfo getnameinfo dup2 fopen);
my (%states, @running);

sub judge {
    my ($case) = @_;
    my $run = $case->{run}->finish;
    my ($who, $call, $number, $error, $on) = split / /, $case->{fault};
    local $! = $error;
    my $name = "$who: $call() number $number" . ($on ? ' and all behind it' : '') . ": $!";
    if ("$who $call" eq 'parent write' && $run->stdout eq '') { # it is by write() that the line is printed
        is $run->exit, 3, "$name: what nobody can read is UNKNOWN" or diag $run->explain;
    } else {
        $run->is_valid($name, perfdata => $run->exit == 3 && $run->perfdata eq '' ? 0 : 1);
    }
    my $answered = ($run->metric('loss') // '') eq '0' && ($run->metric('rtt') // 'U') ne 'U';
    my @wrong;
    push @wrong, 'too late' if $run->elapsed > DEADLINE + 10;
    # the parent sleeps only when the child is slow to go
    push @wrong, 'no such call' if $number == 1 && $call ne 'nanosleep' && !counts($case)->{$call}[2];
    push @wrong, 'OK, but not all pings were answered' if $run->exit == 0 && !$answered;
    if ($case->{kind} eq '-f') {
        push @wrong, 'neither as without the fault nor UNKNOWN' if $run->exit != 3 && $run->condition ne 'connect-refused';
    } elsif ($run->exit == 1 || $run->exit == 2 && $blameless{"$who $call"}) {
        push @wrong, 'the server is blamed';
    }
    ok !@wrong, "$name: the line is true" or diag join(', ', @wrong), "\n", $run->explain;
    $states{"$who $call"}{ $run->exit }++;
    diag sprintf "%.1f s %s => %s", $run->elapsed, $name, $run->text if $ENV{VERBOSE_FAULTS};
    return;
}

for my $case ((map { [$_, @login] } @faults), map { [$_, @by_file] } @file_faults) {
    push @running, start(@$case);
    judge(shift @running) if @running >= SIDE_BY_SIDE;
}
judge($_) for @running;
cmp_ok @faults + @file_faults, '>', 700, 'there are many faults';
readme_says('more than 700 single faults');

for my $call (sort keys %states) {
    note "$call: " . join ', ', map { "$states{$call}{$_} times exit code $_" } sort keys %{ $states{$call} };
}
done_testing;
