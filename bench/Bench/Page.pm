# SPDX-License-Identifier: GPL-3.0-or-later
# Writes what was measured: doc/performance/results.json, doc/performance.md with its tables, and the pictures beside the JSON.
package Bench::Page;

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(dirname);
use JSON::PP;

use Bench::Plot qw(plot);
use TempDir;

our @EXPORT_OK = qw(load page write_all);

my $doc = dirname(__FILE__) . '/../../doc';
my $results = "$doc/performance/results.json";
my $json = JSON::PP->new->canonical->pretty;

# What was measured before; empty when nothing was.
sub load { my $text = read_file($results); return $text eq '' ? {} : $json->decode($text) }

# Figures are kept to four digits: more is noise.
sub rounded {
    my ($value) = @_;
    return { map { ($_ => rounded($value->{$_})) } keys %$value } if ref $value eq 'HASH';
    return [map { rounded($_) } @$value] if ref $value eq 'ARRAY';
    return $value if ref $value || !defined $value || $value !~ /\A-?\d+\.\d+(?:e-?\d+)?\z/;
    return 0 + sprintf '%.4g', $value;
}

sub number { my ($format, $value) = @_; return defined $value ? sprintf $format, $value : '' }

# ROWS, a list of hashes, as a table; COLUMNS: [title, key, format].
sub table {
    my ($rows, @columns) = @_;
    my $text = '| ' . join(' | ', map { $_->[0] } @columns) . " |\n|" . join('|', map { $_->[2] eq '%s' ? '---' : '--:' } @columns) . "|\n";
    for my $row (@$rows) {
        $text .= '| ' . join(' | ', map { number($_->[2], $row->{ $_->[1] }) } @columns) . " |\n";
    }
    return $text;
}

# The row of LIST whose KEY is VALUE.
sub find { my ($list, $key, $value) = @_; return (grep { $_->{$key} eq $value } @{ $list // [] })[0] }

# What shall hold: the figure, its value, the most that it may be, its format.
sub bounds {
    my ($measured) = @_;
    my ($logins, $wire, $memory, $busy) = @$measured{qw(logins wire memory rtt_busy)};
    my ($error) = grep { $_->{name} eq 'check_xmpp_ping' && $_->{delay_ms} == 100 } @{ $busy->{rows} // [] };
    my ($floor, $plain) = map { find($logins->{rows}, 'name', $_) } 'floor', 'STARTTLS';
    my @trips = map { find($wire->{rows}, 'name', $_) } 'STARTTLS', 'direct TLS', 'direct TLS, SASL2 and Bind 2';
    return (
        ['round trips from SYN to the first pong: STARTTLS', $trips[0]{round_trips}, 10, '%d'],
        ['direct TLS', $trips[1]{round_trips}, 8, '%d'],
        ['direct TLS with SASL2 and Bind 2', $trips[2]{round_trips}, 6, '%d'],
        ['RTT, to that of the floor', $floor && $plain->{rtt_us} / $floor->{rtt_us}, 1.15, '%.2f'],
        ['wall time, to the floor', $plain->{wall_to_floor}, 1.2, '%.2f'],
        ['wall time of direct TLS with SASL2, to the floor', $logins->{sasl2_wall_to_floor}, 0.95, '%.2f'],
        ['processor time, to the floor', $logins->{cpu_to}{floor}, 1.2, '%.2f'],
        ['processor time, to slixmpp', $logins->{cpu_to}{slixmpp}, 0.08, '%.3f'],
        ['processor time, to AnyEvent::XMPP', $logins->{cpu_to}{'AnyEvent::XMPP'}, 0.16, '%.3f'],
        ['processor time with the trust of the system, to that of a small --ca-file', $logins->{trust_cpu}, 1.2, '%.2f'],
        ['wall time without a login, to the whole', $logins->{no_login_wall}, 0.6, '%.2f'],
        ['the same by the `time` of the performance data, which begins when the program runs', $logins->{no_login_time}, 0.6, '%.2f'],
        ['supervision: its share of the processor time', $logins->{supervision}, 0.08, '%.3f'],
        ['RTT error in ms, 100 ms of delay, all processors busy', $error->{error_ms}, 0.2, '%.3f'],
        ['peak memory in MiB', find($memory->{rows}, 'name', 'three pings')->{pss_mib}, 12, '%.1f'],
        ['peak memory in MiB, 1,000 remotes', find($memory->{rows}, 'name', '1,000 remotes')->{pss_mib}, 20, '%.1f'],
    );
}

sub bounds_table {
    my ($measured) = @_;
    my $text = "| figure | measured | to be at most | |\n|---|--:|--:|---|\n";
    for (bounds($measured)) {
        my ($what, $value, $most, $format) = @$_;
        next if !defined $value;
        $text .= sprintf "| %s | %s | %s | %s |\n", $what, number($format, $value), $most, $value <= $most ? '' : 'missed';
    }
    return $text;
}

sub rtt_section {
    my ($measured) = @_;
    my @rows = map { my $load = $_; map { { %$_, load => $load } } @{ $measured->{"rtt_$load"}{rows} // [] } } qw(idle busy);
    return '' if !@rows;
    return <<"END";

## Whether the RTT is true

What a client says beside what a packet capture at its side shows, behind a relay that holds back what passes; "busy" is two endless
loops for each processor. The median of eleven pings, and the worst.

${\ table(\@rows, ['delay ms', 'delay_ms', '%d'], ['machine', 'load', '%s'], ['client', 'name', '%s'], ['error ms, median', 'error_ms', '%.3f'],
    ['worst', 'worst_ms', '%.3f'])}
![RTT errors](performance/rtt.svg)
END
}

sub logins_section {
    my ($measured) = @_;
    return <<"END";

## A login and three pings

${\ table($measured->{logins}{rows}, ['', 'name', '%s'], ['rounds', 'rounds', '%d'], ['wall ms', 'wall_ms', '%.1f'], ['CPU ms', 'cpu_ms', '%.1f'],
    ['wall: floor', 'wall_to_floor', '%.2f'], ['CPU: floor', 'cpu_to_floor', '%.2f'], ['rtt us', 'rtt_us', '%.0f'])}
![Wall and processor time](performance/logins.svg)
END
}

sub wire_section {
    my ($measured) = @_;
    return <<"END";

## On the wire

Bytes with three pings, as TCP carries them; round trips from SYN to the first pong (without a login: to the features).

${\ table($measured->{wire}{rows}, ['', 'name', '%s'], ['bytes sent', 'sent', '%d'], ['received', 'received', '%d'], ['round trips', 'round_trips', '%d'])}
END
}

sub memory_section {
    my ($measured) = @_;
    return <<"END";

## Memory

The most that a program and its children have at a time (PSS): a page that several processes share is divided among them, also with
others on the machine.

${\ table($measured->{memory}{rows}, ['', 'name', '%s'], ['MiB', 'pss_mib', '%.1f'])}
END
}

sub scale_section {
    my ($measured) = @_;
    my %title = (remotes => 'remotes', pings => 'pings', side_by_side => 'checks at the same time');
    my $text = "\n## More of it\n\nOne login each.\n\n";
    for (qw(remotes pings side_by_side)) {
        my $rows = $measured->{scale}{$_};
        $text .= table($rows, [$title{$_}, 'count', '%d'], [$_ eq 'side_by_side' ? 'wall ms, a check' : 'wall ms', 'wall_ms', '%.1f'],
            defined $rows->[0]{cpu_ms} ? ['CPU ms', 'cpu_ms', '%.1f'] : ()) . "\n";
    }
    return $text . "![Checks at the same time, remotes, pings](performance/scale.svg)\n";
}

# The profile behind what is missed, as of callgrind and of builds that leave out one thing or another.
use constant PROFILE => <<'END';
- **start** is the linker: OpenSSL's libraries alone look up 3,600 names of their own at each start, lazy binding or not. Taken:
  libidn2 with its tables (170 us), libconfig and jansson (100 us) are loaded by the runs that need them, c-ares (80 us) by the child
  of those that look up a name (here none does), and libm (50 us) is not needed. Left: libidn (60 us), which a server's JIDs may need
  in the sandbox.
- With OpenSSL and libstrophe linked into the program a check takes 11 % less processor time, one without a login 17 %, which is then
  still 0.66 of the whole by the wall clock; and Debian's security updates would not reach it. Left.
- **prepare** is OpenSSL: its configuration, its providers, and one look-up of each cipher for the first TLS context. Taken: its
  strings for errors (4 %) are loaded by the parent, when there is one to tell; its old list of ciphers (2 %) by checks with a client
  certificate. Left: the names of digests, by which it verifies certificates.
- **tls** and **auth** are cryptography.
- **rtt**, while the server collects no garbage: floor 76 us, a check 84 (81 since the kernel stamps what is sent, too). The floor sends
  its next ping 20 us after an answer, a check after 60; a floor that waits 80 us has 79. The rest is the sandbox and the parent, which
  wakes up beside the server: without them it is 75. Left. A ping in which Prosody collects its garbage, about once in five logins,
  takes 0.7 ms and more; packet captures show the same to 30 us.
- Binding names later, another order of symbols, smaller tables of relocations, fewer segments: within 1 %, or slower. Left as it was.
- Supervision: the fork and the second address space are 7 % of the processor time, the sandbox's bars 2 %, waking up the parent for
  each event less than 1 %.
END

sub missed_section {
    my ($measured) = @_;
    my $least = number('%.2f', $measured->{logins}{floor_no_login_wall});
    return <<"END" . PROFILE;

## What is missed, and why

While the server is next door no round trip that is saved makes up for how a program starts. `make cost` counts the instructions of
each phase, and t/cost/ has them. The floor without a login, which is TLS and nothing else, takes $least of the wall time of a whole
check. Where the server is 50 ms away, a check without a login takes half of the whole (t/no_login.t).

END
}

# What was measured with a priority that other work does not have.
sub priority {
    my ($measured) = @_;
    my @sections = grep { ref $measured->{$_} && $measured->{$_}{real_time} } sort keys %$measured;
    return '' if !@sections;
    return 'The machine had other work; these parts were measured with real-time priority: ' . join(', ', map { s/_/ /r } @sections) . ".\n";
}

# The text of the page.
sub page {
    my ($measured) = @_;
    my $system = $measured->{system};
    my %section = (logins => \&logins_section, wire => \&wire_section, memory => \&memory_section, scale => \&scale_section);
    my @sections = map { $section{$_}->($measured) } grep { $measured->{$_} } qw(logins wire memory scale);
    my $text = <<"END" . join '', @sections, rtt_section($measured), missed_section($measured);
# What a check costs, measured

`make bench` writes this page, [results.json](performance/results.json) and the pictures; [scale.md](scale.md) says what follows from it.
Measured on $system->{debian}, $system->{processors} x $system->{processor}, with Prosody $system->{prosody} on the same machine, TLS 1.3, an EC
certificate, 10,000 iterations of SCRAM-SHA-1. The programs run in turn, $system->{rounds} times, the slow ones less often; figures are
medians, ratios those of each round. The floor is a client of 250 lines that does as little as can be done (bench/floor.c), by STARTTLS.
${\ priority($measured)}
## What shall hold

${\ bounds_table($measured)}
END
    return $text =~ s/\n{3,}/\n\n/gr =~ s/\n+\z/\n/r;
}

# Writes what was MEASURED, now and before.
sub write_all {
    my ($all) = @_;
    my $measured = rounded($all);
    mkdir "$doc/performance";
    write_file($results, $json->encode($measured), 0644);
    plot($measured, "$doc/performance");
    write_file("$doc/performance.md", page($measured), 0644);
    return;
}

1;
