# SPDX-License-Identifier: GPL-3.0-or-later
# How far the round trips that a client says are from those that a packet capture at its side shows, behind a relay that holds back what
# passes, with the machine idle and with all its processors busy. Needs root, for tcpdump.
package Bench::Rtt;

use strict;
use warnings;

use Exporter 'import';
use JSON::PP qw(decode_json);

use Bench::Measure qw(median run_once);
use Daemon;
use Relay;
use TempDir;

our @EXPORT_OK = qw(measure_busy measure_idle);

use constant PINGS => 12;
use constant PAUSE => 0.15;    # seconds between two pings: what follows a pause is a ping
use constant GAP => 0.1;

my @delays = (0, 1, 20, 100, 300);    # milliseconds, both directions together

# Starts a capture of PORT on loopback. Returns the daemon and its file.
sub capture {
    my ($port) = @_;
    my $dir = temp_dir();
    my $tcpdump = Daemon->spawn(name => 'tcpdump', log => "$dir/log", dir => $dir, command => ['tcpdump', '--immediate-mode', '-U', '-i', 'lo',
            '--time-stamp-precision=nano', '-s', 128, '-w', "$dir/packets", '-Z', 'root', 'tcp port ' . $port]);
    $tcpdump->wait_until(sub { $tcpdump->log_text =~ /listening on/ }, 20, 'listen');
    return ($tcpdump, "$dir/packets");
}

# What carried data, oldest first: [seconds, whether it went to PORT].
sub packets {
    my ($file, $port) = @_;
    my $bytes = read_file($file);
    my @packets;
    my $at = 24;
    while ($at + 16 <= length $bytes) {
        my ($seconds, $nanoseconds, $held, undef) = unpack 'L4', substr $bytes, $at, 16;
        my $packet = substr $bytes, $at + 16, $held;
        $at += 16 + $held;
        my $ip = substr $packet, 14;
        next if length $ip < 40 || ord($ip) >> 4 != 4;
        my $header = 4 * (ord($ip) & 15);
        my ($to, $offset) = (unpack('n', substr $ip, $header + 2, 2), ord(substr $ip, $header + 12, 1) >> 4);
        my $data = unpack('n', substr $ip, 2, 2) - $header - 4 * $offset;
        push @packets, [$seconds + $nanoseconds / 1e9, $to == $port] if $data > 0;
    }
    return @packets;
}

# Seconds from each ping, the first left out, to what came next.
sub captured_rtts {
    my ($file, $port) = @_;
    my @packets = packets($file, $port);
    my @rtts;
    for my $i (1 .. $#packets - 1) {
        next if !$packets[$i][1] || $packets[$i][0] - $packets[$i - 1][0] < GAP;
        my ($answer) = grep { !$_->[1] } @packets[$i + 1 .. $#packets];
        push @rtts, $answer->[0] - $packets[$i][0] if $answer;
    }
    splice @rtts, 0, @rtts - (PINGS - 1) if @rtts > PINGS - 1;
    return @rtts;
}

sub said_rtts {
    my ($text) = @_;
    my @all = $text =~ /\A\{/ ? map { $_->{rtt} } @{ decode_json($text)->{targets}[0]{pings} } : map { $_ / 1e6 } $text =~ /^(\d+)$/mg;
    return @all[1 .. $#all];
}

# Milliseconds of error of each ping.
sub errors {
    my ($make, $server_port, $delay) = @_;
    my $relay = Relay->new(port => $server_port, delay => $delay / 2000);
    my ($tcpdump, $file) = capture($relay->port);
    my $run = run_once($make->($relay->port));
    my @said = said_rtts($run->{text});
    $tcpdump->wait_until(sub { captured_rtts($file, $relay->port) >= @said }, 10, 'see all pings');
    $tcpdump->stop;
    my @captured = captured_rtts($file, $relay->port);
    die 'the capture shows ' . @captured . ' pings, not ' . @said . "\n" if @captured != @said;
    return map { 1000 * abs($said[$_] - $captured[$_]) } 0 .. $#said;
}

# Keeps each processor busy twice.
sub burners {
    my $processors = () = read_file('/proc/cpuinfo') =~ /^processor\b/mg;
    return map { Daemon->run('burner', sub { 1 while 1 }) } 1 .. 2 * $processors;
}

sub measure_idle { my ($world) = @_; return measure_rtt($world) }

sub measure_busy {
    my ($world) = @_;
    my @burners = burners();
    my $measured = measure_rtt($world);
    $_->stop for @burners;
    return $measured;
}

sub measure_rtt {
    my ($world) = @_;
    if ($>) {
        print "  RTT errors are not measured: tcpdump needs root\n";
        return;
    }
    my $port = $world->main->port;
    my %client = (
        check_xmpp_ping => sub { $world->own('check_xmpp_ping', $_[0], '-n', PINGS, '-i', '150ms', '-o', 'json') },
        slixmpp => sub { $world->other('slixmpp', $_[0], PINGS, PAUSE) },
        'AnyEvent::XMPP' => sub { $world->other('AnyEvent::XMPP', $_[0], PINGS, PAUSE) },
    );
    my @rows;
    for my $delay (@delays) {
        for my $name (sort keys %client) {
            my @errors = sort { $a <=> $b } errors($client{$name}, $port, $delay);
            push @rows, { name => $name, delay_ms => $delay, error_ms => median(@errors), worst_ms => $errors[-1] };
        }
    }
    return { rows => \@rows };
}

1;
