#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The bars around the child as they are in the real program while it waits for a ping, what of the password is left in memory by
# then, that small limits on the program itself leave its line and its exit code alone, and that it works where a machine lacks some
# of the bars or has its own around the whole. The bars are tried one by one by the unit tests confine and sandbox.

use strict;
use warnings;
no warnings 'portable';    # addresses have 64 bits
use Cwd qw(abs_path);
use Fcntl qw(F_SETFD);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use JSON::PP qw(decode_json);
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/support";

use Certificates;
use Daemon qw(children_of now);
use Hostile;
use Probe;
use Readme qw(readme_says);
use TempDir;

my $password = 'corr3ct-h0rse-b4ttery';
my $certificates = Certificates->new(domain => 'example.org');
my $sanitized = read_file(Probe->program) =~ /__asan_init/;
# Its search for leaks traces the process, which some of the machines below do not allow; the other tests have it.
$ENV{ASAN_OPTIONS} = 'detect_leaks=0' if $sanitized;

sub await_ping {
    my ($server) = @_;
    for (my $end = now() + 20; now() < $end && $server->received !~ /<ping/; sleep 0.01) {
    }
    return;
}

# Starts a probe and waits until it has logged in and sent its first ping, which nobody answers. Returns the run and the child's pid.
sub start_waiting {
    my ($server, @more) = @_;
    my $run = Probe->start(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, '-t', 25, @more],
        env => { CHECK_XMPP_PING_PASSWORD => $password },
    );
    await_ping($server);
    my ($child) = children_of($run->pid);
    return ($run, $child);
}

# --- the bars ---

{
    # What a scheduler may have left open.
    open my $leak, '>', temp_dir() . '/leak' or die "leak: $!\n";
    fcntl $leak, F_SETFD, 0;
    my $server = Hostile->new(certificates => $certificates, password => $password, ping => 'silence');
    my ($run, $child) = start_waiting($server);
    ok $child, 'there is a child';
    my %status = map { /\A(\w+):\s*(.*)\z/ ? ($1, $2) : () } split /\n/, read_file("/proc/$child/status");
    is $status{Seccomp}, 2, 'the child is behind a filter';
    my ($outer) = read_file('/proc/self/status') =~ /^Seccomp_filters:\s*(\d+)/m;
    is $status{Seccomp_filters}, $outer + 3, 'and behind two more, of DNS and of the login' if defined $outer;
    is $status{NoNewPrivs}, 1, 'it gains no privileges';
    is hex($status{$_}), 0, "$_: it has none" for qw(CapEff CapPrm CapInh CapAmb);
    is +(split ' ', read_file("/proc/$child/stat") =~ s/.*\) //r)[3], $child, 'it is in a session of its own';

    my %limit = map { /\A(Max .*?) {2,}(\S+) +(\S+)/ ? ($1 => [$2, $3]) : () } split /\n/, read_file("/proc/$child/limits");
    is_deeply $limit{'Max core file size'}, [0, 0], 'it leaves no core';
    is_deeply $limit{'Max file size'}, [0, 0], 'it writes no file';
    is_deeply $limit{'Max open files'}, [256, 256], 'it has few descriptors';
    is_deeply $limit{'Max address space'}, [512 << 20, 512 << 20], 'it has little memory' if !$sanitized;
    cmp_ok $limit{'Max cpu time'}[1], '<=', 26, 'it has no more CPU time than the deadline leaves';

    my %open = map { m{/(\d+)\z} ? ($1 => readlink) : () } glob "/proc/$child/fd/*";
    SKIP: {
        skip 'the descriptors of a process that cannot be traced are for root to see', 2 if $< != 0;
        is_deeply [map { $open{$_} } 0 .. 2], [('/dev/null') x 3], 'its standard streams lead nowhere';
        is_deeply [sort map { s/:.*//r } map { $open{$_} } grep { $_ > 2 } keys %open], ['pipe', ('socket') x 3],
            'all that is open besides is the pipe, the connection, and the pair to libstrophe';
    }
    $run->kill_with('TERM');
    $run->finish;
    $run->is_valid('the end');
}

# --- the memory ---

# Which forms of the password a process has in its memory; undef when that cannot be read.
sub remembers {
    my ($pid, %form) = @_;
    open my $memory, '<:raw', "/proc/$pid/mem" or return;
    my %found;
    for my $map (split /\n/, read_file("/proc/$pid/maps")) {
        my ($from, $to, $name) = $map =~ /\A([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+ *(.*)\z/ or next;
        next if $name =~ /\A\[v/;
        my ($at, $length, $content) = (hex $from, hex($to) - hex $from, '');
        next if $length > 1 << 28;    # AddressSanitizer's shadow
        sysseek $memory, $at, 0;
        while (length $content < $length) {
            sysread $memory, $content, $length - length $content, length $content or last;
        }
        $found{$_} = 1 for grep { index($content, $form{$_}) >= 0 } keys %form;
    }
    return \%found;
}

my %form = (
    'as it is' => $password,
    'in base64' => substr(encode_base64($password, ''), 0, 20),
    'as PLAIN has it' => substr(encode_base64("\0alice\0$password", ''), 8, 16),
);
# AddressSanitizer keeps what was freed, as it was.
for my $case ($sanitized ? () : ('SCRAM-SHA-1', 'SCRAM-SHA-256', 'PLAIN', 'PLAIN --each-endpoint')) {
    my ($mechanism, @options) = split ' ', $case;
    my $server = Hostile->new(certificates => $certificates, password => $password, mechanisms => [$mechanism], ping => 'silence');
    my ($run, $child) = start_waiting($server, @options);
    if ($< == 0) {
        my $test = remembers($$, %form);
        is_deeply $test, { map { $_ => 1 } keys %form }, "$case: the search finds what is there";
        is_deeply remembers($child, %form), {}, "$case: behind the login, the child has forgotten the password";
    } else {
        ok !defined remembers($child, %form), "$case: nobody but root can read the child's memory";
        ok !defined remembers($run->pid, %form), "$case: nor its parent's";
    }
    $run->kill_with('TERM');
    $run->finish;
}

# --- small limits on the program itself ---

# As a user's, whom limits on processes bind, where we are root: one who runs nothing else.
my @nobody = ('setpriv', '--reuid=' . (20000 + $$ % 40000), '--regid=64123', '--clear-groups');
my $program = Probe->program;
my @user = ();
if ($< == 0) {
    my $dir = temp_dir();
    chmod 0711, $dir;
    copy($program, "$dir/probe") or die "$dir/probe: $!\n";
    chmod 0755, "$dir/probe";
    ($program, @user) = ("$dir/probe", @nobody);
}
my $server = Hostile->new(certificates => $certificates, password => $password);

sub with_limit {
    my ($limit) = @_;
    return Probe->run(
        [qw(-c), 'exec "$@"', 'sh', 'prlimit', @$limit, '--', @user, $program, '-j', 'alice@example.org', '-H', $server->host,
            '-p', $server->port, '--insecure', '-t', 15],
        program => '/bin/sh', env => { CHECK_XMPP_PING_PASSWORD => $password }, limit => 40,
    );
}

# AddressSanitizer itself needs memory, a process to look for leaks, and a descriptor.
my @limits = (
    (map { ['descriptors', '--nofile', $_] } ($sanitized ? 5 : 3) .. 12),
    $sanitized ? () : ['processes', '--nproc', 1],
    ['stack', '--stack', 256 << 10],
    ['locked memory', '--memlock', 0],
    ['CPU time', '--cpu', 1],
    $sanitized ? () : (map { ['memory', '--as', $_ << 20] } 12, 16, 20, 24, 28, 32, 40, 48),
);
for my $case (@limits) {
    my ($what, $option, $value) = @$case;
    my $run = with_limit(["$option=$value"]);
    # Where the dynamic linker itself has not enough, there is no program yet.
    if ($run->stdout eq '' && $run->exit == 127 && $run->stderr =~ /error while loading shared libraries/) {
        pass "$value $what: too little to start";
        next;
    }
    $run->is_valid("$value $what");
}
is with_limit(['--nproc=1'])->exit, 3, 'no process to be had is UNKNOWN' if !$sanitized;
is with_limit(['--fsize=0'])->exit, 3, 'an output that cannot be written is UNKNOWN';
is with_limit(['--nofile=12'])->exit, 0, 'twelve descriptors are enough';
is with_limit(['--memlock=0'])->exit, 0, 'no locked memory is needed';

# --- machines that lack some of the bars, or have some around the whole ---

my $objects = abs_path($ENV{OBJECTS} // 'obj');
my $shared = temp_dir();
chmod 0755, $shared;
my ($unit) = grep { -x } map { "$objects/t/${_}sandbox.t" } '', 'child/cage/';
for ([Probe->program, 'probe'], [$unit, 'sandbox.t'], ["$objects/t/under", 'under'], [$server->ca_file, 'ca']) {
    copy($_->[0], "$shared/$_->[1]") or die "$shared/$_->[1]: $!\n";
    chmod 0755, "$shared/$_->[1]";
}

# In a chroot, as the tests on another Debian have it, and in many containers the kernel makes no user namespace.
my @namespace = ('unshare', '--user', '--map-root-user');
my $has_namespaces = system("@namespace true 2>/dev/null") == 0;
diag 'no user namespaces here: not tried in one' if !$has_namespaces;

# what, how to get there, which bars hold
my @machines = (
    ['an ordinary machine', [], [1, 1, 1]],
    ['a kernel without Landlock', ["$shared/under", 'no-landlock'], [1, 0, 0]],
    ['a kernel without seccomp', ["$shared/under", 'no-filter'], [0, 1, 1]],
    ['a service under @system-service', ["$shared/under", 'system-service'], [1, 0, 0]],
    ['a container of Docker', ["$shared/under", 'docker'], [1, 1, 1]],
    $has_namespaces ? ['a user namespace', \@namespace, [1, 1, 1]] : (),
    $< == 0 ? ['a user who is not root', \@nobody, [1, 1, 1]] : (),
);

sub run_by {
    my ($way, @command) = @_;
    return Probe->run(['-c', 'exec "$@"', 'sh', @$way, @command], program => '/bin/sh', env => { CHECK_XMPP_PING_PASSWORD => $password },
        limit => 120);
}

my $tried; # ways out, where all bars hold
for my $machine (@machines) {
    my ($name, $way, $bars) = @$machine;
    my @check = ("$shared/probe", '-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', "$shared/ca", '-t', 25);
    my $run = run_by($way, @check, '-o', 'json');
    is $run->exit, 0, "$name: the check works" or diag $run->explain;
    my $report = eval { decode_json($run->stdout) } // {};
    is_deeply [map { $_ ? 1 : 0 } @{ $report->{sandbox} // {} }{qw(calls files ports)}], $bars, "$name: JSON tells which bars hold";

    my $line = sprintf 'sandbox: calls %s, files %s, ports %s', map { $_ ? 'yes' : 'no' } @$bars;
    my $whole = !grep { !$_ } @$bars;
    like run_by($way, @check, '-vv')->long, qr/^$line$/m, "$name: so does -vv";
    my $brief = run_by($way, @check, '-v')->long;
    ok $whole ? $brief !~ /^sandbox:/m : $brief =~ /^$line$/m, "$name: -v tells when one does not hold";

    $run = run_by($way, @check, '--require-sandbox');
    my $missing = !$bars->[0] ? 'system calls \(seccomp\)' : !$bars->[1] ? 'files \(Landlock\)' : '';
    is $run->exit, $missing ? 3 : 0, "$name: --require-sandbox";
    like $run->text, qr/\A--require-sandbox: $missing cannot be barred on this machine\z/, "$name: it says what is missing" if $missing;

    $run = run_by($way, "$shared/sandbox.t");
    $tried //= () = $run->stdout =~ /^ok \d+ - (?:behind \w+(?: \w+)?, )?it cannot /mg;
    is $run->exit, 0, "$name: what holds is tried one by one"
        or diag grep { /^not ok|^#/ } split /^/, $run->stdout . $run->stderr;
}

{
    # A real systemd is asked by t/monitors/booted; here, whether its list is what "under" makes of it. Later versions than 252 let
    # all have their sandboxes.
    my (%list, $group);
    for my $line (split /\n/, qx{systemd-analyze --no-pager syscall-filter}) {
        $group = $1 if $line =~ /\A(\@\S+)/;
        push @{ $list{$group} }, $1 if $line =~ /\A\s+([\@\w][\w-]*)\z/;
    }
    my (%service, @open);
    for (@open = '@system-service'; defined(my $name = shift @open);) {
        $service{$name} = 1;
        push @open, @{ $list{$name} // [] };
    }
    my %calls = map { my $file = $_; $file => [read_file("$FindBin::Bin/../$file") =~ /SCMP_SYS\((\w+)\)/g] } 't/support/under.c', 'tools/filters.c';
    is join(' ', grep { !$service{$_} && !/\Alandlock_/ } @{ $calls{'tools/filters.c'} }), '', '@system-service has all calls that the child makes';
    delete @service{ @{ $list{'@sandbox'} // [] } };
    my ($killed) = read_file("$FindBin::Bin/support/under.c") =~ /(#define LANDLOCK.*?no_service\[\] = \{.*?\};)/s;
    is join(' ', grep { $service{$_} } $killed =~ /SCMP_SYS\((\w+)\)/g), '', 'and none of those that it kills for here';
}

{
    # What kills a process that was made to ask for Landlock says nothing about the child itself.
    my $waiting = Hostile->new(certificates => $certificates, password => $password, ping => 'silence');
    my $run = Probe->start(
        ['-c', 'exec "$@"', 'sh', "$shared/under", 'traps', Probe->program, '-j', 'alice@example.org', '-H', $waiting->host,
            '-p', $waiting->port, '--ca-file', $waiting->ca_file, '-t', 25],
        program => '/bin/sh', env => { CHECK_XMPP_PING_PASSWORD => $password },
    );
    await_ping($waiting);
    kill 'SEGV', children_of($run->pid);
    $run->finish;
    is $run->condition, 'probe-crashed', 'behind a filter that traps, a crash is the server\'s work as ever' or diag $run->explain;
}

readme_says("$tried ways out of the child's sandbox: barred");

# --- a chroot without /dev/null ---

my $root = temp_dir();
chmod 0755, $root;
for my $file (Probe->program, grep { m{\A/} } map { split } `ldd ${\Probe->program}`) {
    make_path($root . dirname($file));
    copy($file, $root . $file) or die "$root$file: $!\n";
    chmod 0755, $root . $file;
}
copy($server->ca_file, "$root/ca") or die "$root/ca: $!\n";
my $silent = Hostile->new(certificates => $certificates, password => $password, ping => 'silence');
my $run = Probe->start(
    ['-c', 'exec "$@"', 'sh', $< ? @namespace : (), 'chroot', $root, Probe->program, '-j', 'alice@example.org',
        '-H', $silent->host, '-p', $silent->port, '--ca-file', '/ca', '-t', 25],
    program => '/bin/sh', env => { CHECK_XMPP_PING_PASSWORD => $password },
);
await_ping($silent);
if ($< == 0) {
    my ($child) = children_of($run->pid);
    is_deeply [map { (readlink "/proc/$child/fd/$_") =~ s/:.*//r } 0 .. 2], [('pipe') x 3],
        'in a chroot without /dev/null the scheduler\'s descriptors do not stay open in the child';
}
$run->kill_with('TERM');
$run->finish;
like $run->text, qr/\Akilled by SIGTERM in phase ping/, 'a chroot without /dev/null is enough' or diag $run->explain;

done_testing;
