#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The short form of `make soak`; and that t/soak finds out programs that lie, say nothing, are late or leave something.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon;
use Probe;
use TempDir;

# Starts t/soak with KNOBS in its environment; returns the process and the file that it writes to.
sub start_soak {
    my (%knob) = @_;
    my $log = temp_dir() . '/log';
    return [Daemon->spawn(name => 'soak', command => [$^X, "$FindBin::Bin/soak"], log => $log, env => \%knob), $log];
}

# Its exit code and what it wrote.
sub finish_soak {
    my ($soak) = @_;
    my ($daemon, $log) = @$soak;
    select undef, undef, undef, 0.02 while $daemon->alive;
    return ($daemon->{status} >> 8, read_file($log));
}

sub fake {
    my ($text) = @_;
    return write_file(temp_dir() . '/fake', "#!/bin/sh\n$text", 0755);
}
my $perfdata = 'rtt=0.001s;;;0;1';
my $liar = fake(<<"END");
touch "\$TMPDIR/left"
sleep 60 >/dev/null 2>&1 &
sleep 0.1
echo 'XMPP PING OK - all is well | $perfdata'
END
# Each of four sins in turn.
my $villain = fake(<<"END");
number=0
until mkdir "\$0.\$number" 2>/dev/null; do number=\$((number + 1)); done
case \$((number % 4)) in
0) exit 0 ;;
1) sleep 2 ;;
2) echo 'XMPP PING UNKNOWN - out of memory | $perfdata'; exit 3 ;;
esac
echo 'XMPP PING CRITICAL - connect: connect-refused: so I say | $perfdata'
exit 2
END

# As many checks as each sees the server away and back by every means.
my @soaks = map { start_soak(%$_, CHECKS => 1) } (
    { PROBE => Probe->program, PARALLEL => 4, TIMEOUT => 4, LATE => 2 },
    { PROBE => $liar, PARALLEL => 1, TIMEOUT => 1 },
    { PROBE => $villain, PARALLEL => 6, TIMEOUT => 1, LATE => 0.5 },
);

{
    my ($exit, $text) = finish_soak($soaks[1]);
    is $exit, 1, 'a liar is found out';
    like $text, qr/^WRONG: wrong OK, \d+ times/m, 'by its OK while the server was away';
    like $text, qr/^WRONG: process left, \d+ times/m, 'the processes that it leaves are seen';
    like $text, qr/^WRONG: left: files, 1 times/m, 'and its files';
}
{
    my ($exit, $text) = finish_soak($soaks[2]);
    is $exit, 1, 'a villain is found out';
    like $text, qr/^WRONG: wrong alarm, \d+ times/m, 'by its alarms while the server was well';
    like $text, qr/^WRONG: $_, \d+ times/m, $_ for 'no result', 'late', 'the probe is to blame, it says';
}
{
    my ($exit, $text) = finish_soak($soaks[0]);
    is $exit, 0, 'the program stands the same' or diag $text;
    like $text, qr/the server was restarted [1-9]\d* times, killed [1-9]\d* times, stopped [1-9]\d* times, stopped and killed [1-9]\d* times$/m,
        'the server was disturbed by every means';
    like $text, qr/^0 wrong OK, 0 wrong alarms, 0 wrong in all$/m, 'and nothing was wrong';
    like $text, qr/^ +[1-9]\d* OK$/m, 'some checks found the server well';
    like $text, qr/^ +[1-9]\d* CRITICAL /m, 'some did not';
    note $text;
}

done_testing;
