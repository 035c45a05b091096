#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Somebody looks on: on a terminal, with -v, each pong is shown when it arrives; anywhere else nothing comes before the
# report.

use strict;
use warnings;
use FindBin;
use IO::Pty;
use POSIX ();
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(die_with_parent now);
use Probe;
use Scripted;

# Answers all pings but the third.
my $server = Scripted->new(on_ping => sub { my ($link, $ping) = @_; $link->result($ping) if $ping->{number} != 3 });
our @arguments = ($server->options('alice@example.org'), '-t', 60);
my %environment = (CHECK_XMPP_PING_PASSWORD => 'secret');

# Writes to TERMINAL until it takes no more.
sub fill {
    my ($terminal) = @_;
    $terminal->blocking(0);
    1 while syswrite $terminal, 'x';
    $terminal->blocking(1);
    return;
}

# Starts the program on a terminal of its own, as a shell does; with $full on one that takes no byte. Returns { pid, pty, text }.
our $full;

sub start {
    my (@more) = @_;
    my $pty = IO::Pty->new or die "no terminal: $!\n";
    my $parent = $$;
    my $pid = fork() // die "fork: $!\n";
    if (!$pid) {
        eval {
            $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
            die_with_parent($parent);
            $pty->make_slave_controlling_terminal;
            fill($pty->slave) if $full;
            POSIX::dup2(fileno $pty->slave, $_) // die "dup2: $!\n" for 0 .. 2;
            local %ENV = (%ENV, %environment);
            my $program = Probe->program;
            exec { $program } $program, @arguments, @more or die "$program: $!\n";
        };
        POSIX::_exit(127);
    }
    $pty->close_slave;
    return { pid => $pid, pty => $pty, text => '' };
}

# Reads until the text matches PATTERN, or until the end where there is none. Returns whether it got there in time.
sub read_until {
    my ($run, $pattern) = @_;
    my $end = now() + 30;
    until (defined $pattern && $run->{text} =~ $pattern) {
        my $left = $end - now();
        return 0 if $left <= 0;
        my $ready = '';
        vec($ready, fileno $run->{pty}, 1) = 1;
        next if !select $ready, undef, undef, $left;
        sysread $run->{pty}, my $piece, 65536 or return !defined $pattern;
        $run->{text} .= $piece =~ tr/\r//dr;
    }
    return 1;
}

sub exit_code {
    my ($run) = @_;
    waitpid $run->{pid}, 0;
    return $? & 127 ? "signal $?" : $? >> 8;
}

{
    my $run = start('-v', '-n', 5);
    ok read_until($run, qr/^pong from example\.org: seq=2 time=[\d.]+ [mu]?s\n/m), 'pongs are shown' or diag $run->{text};
    like $run->{text}, qr/\Apong from example\.org: seq=1 time=/, 'the first one first';
    unlike $run->{text}, qr/XMPP PING/, 'when there is no report yet';
    is waitpid($run->{pid}, POSIX::WNOHANG()), 0, 'while the check goes on';
    syswrite $run->{pty}, "\cC";
    ok read_until($run), 'Ctrl-C ends it';
    is exit_code($run), 3, 'as UNKNOWN';
    like $run->{text}, qr/^(?:\^C)?XMPP PING UNKNOWN - killed by SIGINT in phase ping \| rtt=0\.\d+s/m, 'with the report of what was measured';
    like $run->{text}, qr/^example\.org ping 2: /m, 'in which -v has each ping';
}
{
    my $run = start('-v', '-n', 3, '--ping-timeout=1s', '-R', 'b=b.example');
    ok read_until($run), 'a run to its end';
    is exit_code($run), 1, 'with some loss';
    my ($live) = $run->{text} =~ /\A(.*?)^XMPP PING WARNING/ms;
    is scalar(() = ($live // '') =~ /^pong from \S+: seq=\d time=/mg), 4, 'has each pong';
    like $live, qr/^no pong from b\.example: seq=3 time=/m, 'and says which did not come';
    is scalar(() = $run->{text} =~ /^XMPP PING/mg), 1, 'then one report';
}
{
    my $run = start('-v', '-n', 2, '--each-endpoint');
    ok read_until($run), '--each-endpoint';
    is exit_code($run), 0, 'is OK';
    like $run->{text}, qr/\Apong from example\.org at 127\.0\.0\.1:\d+[^:\n]*: seq=1 time=/, 'and names the endpoint with each pong';
}
{
    # What a stranger says begins no line of the stream log; on a terminal it stays XML.
    my $chatty = Scripted->new(
        on_ping => sub {
            my ($link, $ping) = @_;
            $link->say(qq{<message a="b"><body>x\nXMPP PING OK - all is well\n\treceived: 1|\$\xe2\x80\xae</body></message>});
            $link->result($ping);
        }
    );
    local @arguments = ($chatty->options('alice@example.org'), '-t', 60);
    my $run = start('-vvv', '-n', 1);
    ok read_until($run), 'with -vvv to the end';
    is exit_code($run), 0, 'it is OK';
    like $run->{text}, qr{^received: <message a="b"><body>x XMPP PING OK - all is well received: 1\|\$\?</body></message>$}m,
        'on a terminal the log is XML, line by line'
        or diag $run->{text};
    like $run->{text}, qr{^sent: <iq [^\n]*<ping xmlns="urn:xmpp:ping"/></iq>$}m, 'also what was sent' or diag $run->{text};
    is scalar(() = $run->{text} =~ /^XMPP PING/mg), 1, 'and no line of a stranger';
    my $piped = Probe->run([@arguments, '-vvv', '-n', 1], env => \%environment);
    $piped->is_valid('in a pipe');
    like $piped->stdout, qr{^received: \(message a=_b_\)\(body\)x XMPP PING OK - all is well received: 1\?\?\?\(/body\)\(/message\)$}m,
        'there it is not';
    is scalar(() = $piped->stdout =~ /^XMPP PING/mg), 1, 'nor is there a line of a stranger';
}
{
    # A terminal that nobody reads takes nothing in the end.
    my $quick = Scripted->new(on_ping => sub { my ($link, $ping) = @_; $link->result($ping) });
    local @arguments = ($quick->options('alice@example.org'), '-t', 2);
    my $begin = now();
    local $full = 1;
    my $run = start('-v', '-n', 3);
    my $exit;
    for (my $end = now() + 20; !defined $exit; select undef, undef, undef, 0.01) {
        $exit = $? & 127 ? "signal $?" : $? >> 8 if waitpid $run->{pid}, POSIX::WNOHANG();
        kill 'KILL', $run->{pid} if now() > $end;
    }
    is $exit, 3, 'a terminal that nobody reads is UNKNOWN';
    cmp_ok now() - $begin, '<', 10, 'in time';
}
for my $case (['without -v'], ['with -q', '-v', '-q'], ['with --output=json', '-v', '-o', 'json']) {
    my ($name, @more) = @$case;
    my $run = start('-n', 2, @more);
    ok read_until($run), "$name: to the end";
    is exit_code($run), 0, "$name: OK";
    unlike $run->{text}, qr/pong/, "$name: no pongs";
}
{
    my $run = Probe->run([@arguments, '-v', '-n', 2], env => \%environment);
    $run->is_valid('no terminal');
    unlike $run->stdout, qr/pong/, 'where no terminal is there are no pongs';
}

done_testing;
