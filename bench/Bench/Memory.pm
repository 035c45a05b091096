# SPDX-License-Identifier: GPL-3.0-or-later
# The most memory that a client and its children have at a time: PSS, where a page that several processes share is divided among them.
package Bench::Memory;

use strict;
use warnings;

use Exporter 'import';
use List::Util qw(max sum0);
use POSIX ();

use TempDir;

our @EXPORT_OK = qw(measure_memory);

sub children { my ($pid) = @_; return map { split } read_file("/proc/$pid/task/$pid/children") }

# Kibibytes of PID and all below it.
sub pss {
    my ($pid) = @_;
    my ($own) = read_file("/proc/$pid/smaps_rollup") =~ /^Pss:\s+(\d+)/m;
    return ($own // 0) + sum0(map { pss($_) } children($pid));
}

# Kibibytes at the most while CLIENT runs.
sub peak {
    my ($client) = @_;
    my $pid = fork() // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>', '/dev/null' or POSIX::_exit(127);
        exec { $client->{command}[0] } @{ $client->{command} } or POSIX::_exit(127);
    }
    my ($peak, $ours) = (0, read_file('/proc/self/cmdline'));
    while (waitpid($pid, POSIX::WNOHANG()) == 0) {
        $peak = max($peak, pss($pid)) if read_file("/proc/$pid/cmdline") ne $ours;    # else it is still a copy of us
        select undef, undef, undef, 0.001;
    }
    die "$client->{name} failed\n" if $?;
    return $peak;
}

sub measure_memory {
    my ($world) = @_;
    my $port = $world->main->port;
    my @pings = ('-n', 20, '-i', '20ms');    # long enough to be looked at
    my @remotes = map { ('-R', "u$_=user$_\@example.org") } 1 .. 1000;
    my @clients = (
        $world->own('three pings', $port, @pings),
        $world->own('1,000 remotes', $port, @remotes),
        map { $world->other($_, $port, 20, 0.02) } 'floor', 'AnyEvent::XMPP', 'slixmpp',
    );
    return { rows => [map { { name => $_->{name}, pss_mib => peak($_) / 1024 } } @clients] };
}

1;
