#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The two processes: whoever is killed, whatever is closed, there is one line, an exit code from 0 to 3, and nothing is left.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(children_of now);
use Probe;
use TempDir;

# Takes connections, by its kernel, and never says a word.
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n";
my @arguments = ('-j', 'alice@example.org', '-H', '127.0.0.1', '-p', $listener->sockport, '-t', 30);
my %environment = (CHECK_XMPP_PING_PASSWORD => 'hunter2-hunter2');

sub is_running {
    my ($pid) = @_;
    my ($state) = read_file("/proc/$pid/stat") =~ /\A\d+ \(.*\) (\S)/s;
    return defined $state && $state !~ /[ZX]/;
}

# Waits for CONDITION, generously.
sub await {
    my ($condition) = @_;
    my $end = now() + 20;
    while (now() < $end) {
        my $value = $condition->();
        return $value if $value;
        select undef, undef, undef, 0.01;
    }
    return;
}

my @connections; # kept open

my $features = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' "
    . "from='example.org' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";

# Starts a probe and waits until its child has opened its stream; with answer 1 it gets an answer, and asks for TLS. Returns the
# run and the child's pid.
sub start_waiting {
    my (%option) = @_;
    my $run = Probe->start([@arguments], env => \%environment, %option);
    my $connection = $listener->accept;
    sysread $connection, my $header, 1;
    if ($option{answer}) {
        syswrite $connection, $features;
        1 while $header !~ /<starttls/ && sysread $connection, $header, 4096, length $header;
    }
    push @connections, $connection;
    my $child = await(sub { return (children_of($run->pid))[0] }) or die "no child\n";
    return ($run, $child);
}

# --- the parent is asked to stop ---

for my $signal (qw(TERM INT HUP QUIT USR1 USR2)) {
    my ($run, $child) = start_waiting();
    my $begin = now();
    $run->kill_with($signal);
    $run->finish;
    $run->is_valid("SIG$signal");
    is $run->exit, 3, "SIG$signal: UNKNOWN";
    like $run->first, qr/\AXMPP PING UNKNOWN - killed by SIG$signal in phase stream \| rtt=U/, "SIG$signal: the line says so, and the phase";
    cmp_ok now() - $begin, '<', 10, "SIG$signal: at once";
    ok await(sub { !is_running($child) }), "SIG$signal: no child is left";
}

# The child must not die of it first and look as if it had crashed.
for my $signal (qw(TERM INT HUP QUIT USR1 USR2)) {
    my %ends;
    for (1 .. 5) {
        my ($run, $child) = start_waiting(group => 1);
        kill "-$signal", $run->pid;
        $run->finish;
        $ends{ $run->text =~ s/ \|.*//r }++;
        ok await(sub { !is_running($child) }), "SIG$signal to the whole group: no child is left";
    }
    is_deeply \%ends, { "killed by SIG$signal in phase stream" => 5 }, "SIG$signal to the whole group: the line says so";
}

# --- somebody is killed ---

{
    my ($run, $child) = start_waiting();
    unlike read_file('/proc/' . $run->pid . '/cmdline') . read_file("/proc/$child/cmdline"), qr/hunter2/, 'no command line has the password';
    unlike read_file('/proc/' . $run->pid . '/environ') . read_file("/proc/$child/environ"), qr/hunter2/, 'no environment has it any more';
    is((read_file("/proc/$child/limits") =~ /^Max core file size +(\d+)/m)[0], '0', 'the child can leave no core');
    $run->kill_with('KILL');
    $run->finish;
    ok await(sub { !is_running($child) }), 'the parent killed: the child goes too';
}
for my $signal (qw(SEGV KILL ABRT)) {
    my ($run, $child) = start_waiting(answer => 1);
    kill $signal, $child;
    $run->finish;
    $run->is_valid("the child dies of SIG$signal");
    is $run->exit, 2, "the child dies of SIG$signal: CRITICAL";
    like $run->first, qr/\AXMPP PING CRITICAL - tls: probe-crashed: .*SIG$signal \|/, 'with the name of the signal';

    ($run, $child) = start_waiting();
    kill $signal, $child;
    $run->finish;
    $run->is_valid("the child dies of SIG$signal before it hears a byte");
    is $run->exit, 3, "the child dies of SIG$signal before it hears a byte: UNKNOWN";
    like $run->first, qr/\AXMPP PING UNKNOWN - probe: child died of SIG$signal before a byte had come from outside \|/, 'which is said';
}
{
    my ($run) = start_waiting(group => 1);
    kill '-KILL', $run->pid;
    $run->finish;
    is $run->signal, 9, 'the process group killed';
    ok await(sub { !grep { read_file("/proc/$_/cmdline") =~ /\Q$arguments[5]\E/ && is_running($_) } map { m{/proc/(\d+)/} } glob '/proc/[0-9]*/cmdline' }),
        'nothing is left of it';
}

{
    my ($run, $child) = start_waiting(answer => 1);
    kill 'SYS', $child;
    $run->finish;
    $run->is_valid('the child dies of SIGSYS');
    is $run->exit, 3, 'the child dies of SIGSYS: UNKNOWN, whatever it has heard';
    like $run->first, qr/\AXMPP PING UNKNOWN - probe: child died of SIGSYS \|/, 'which is said';
}

# --- descriptors and limits ---

# Runs COMMAND of the shell, in which "$@" is the probe, on a port where nobody listens.
sub shell {
    my ($command) = @_;
    local $ENV{CHECK_XMPP_PING_PASSWORD} = 'hunter2-hunter2';
    my $output = '';
    my $pid = open my $pipe, '-|', '/bin/sh', '-c', $command, 'sh', Probe->program, '-j', 'alice@example.org', '-H', '127.0.0.1', '-p', 1
        or die "sh: $!\n";
    { local $/ = undef; $output = <$pipe> // ''; }
    close $pipe;
    return ($? >> 8, $output);
}

my $refused = qr/\AXMPP PING CRITICAL - connect: connect-refused: /;
for my $case (
    ['stdin closed', '"$@" <&- 2>&1', 2, $refused],
    ['stderr closed', '"$@" 2>&-', 2, $refused],
    ['stdin and stderr closed', '"$@" <&- 2>&-', 2, $refused],
    ['stdout closed', '"$@" >&-', 3, qr/\A\z/],
    ['all closed', '"$@" <&- >&- 2>&-', 3, qr/\A\z/],
    ['stdout full', '"$@" >/dev/full 2>&1', 3, qr/\A\z/],
    ['stdout open for reading only', '"$@" 1</dev/null 2>&1', 3, qr/\A\z/],
    ['stdout closed, and all is well', '"$@" --map=connect-refused=OK >&-', 3, qr/\A\z/],
    ['stdout full, and all is well', '"$@" --map=connect-refused=OK >/dev/full 2>&1', 3, qr/\A\z/],
    ['stdout closed, and nothing to say', '"$@" --map=connect-refused=OK -q >&-', 0, qr/\A\z/],
    ['help for nobody', '"$1" --help >/dev/full 2>&1', 3, qr/\A\z/],
    ['SIGCHLD and SIGPIPE ignored', q(trap '' CHLD PIPE; "$@" 2>&1), 2, $refused],
    ['few descriptors', 'ulimit -n 12; "$@" 2>&1', 2, $refused],
    ['cores wanted', 'ulimit -c unlimited; "$@" 2>&1', 2, $refused],
) {
    my ($name, $command, $exit, $like) = @$case;
    my ($got, $output) = shell($command);
    is $got, $exit, "$name: exit code";
    like $output, $like, "$name: output";
}

done_testing;
