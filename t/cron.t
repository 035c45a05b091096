#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/cron/xmpp_ping: each line is run as cron runs it, with the environment that cron gives: what would be mailed when the
# server is up and when it is down, and that only complete files of metrics appear.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Page;
use Probe;
use Prosody;
use TempDir;

my $name = 'xmpp_ping';
like $name, qr/\A[A-Za-z0-9_-]+\z/, 'a name that cron.d does not pass over';
my $password = 'hunter2-hunter2';
my $page = Page->new('doc/cron.md');
my $root = temp_dir();
is $page->install($root, $password), '', 'the commands of the page install the files';
my $text = read_file("$root/etc/cron.d/$name");
like $text, qr/\n\z/, 'the last line has its end, without which cron ignores it';

# --- read as crontab(5) says ---

my (%environment, @jobs, @odd);
for my $line (split /\n/, $text) {
    if ($line =~ /\A\s*(?:#|\z)/) {
        next;
    } elsif ($line =~ /\A(\w+)\s*=\s*(.*)\z/) {
        $environment{$1} = $2;
    } elsif ($line =~ m{\A([*/\d,-]+(?: [*/\d,-]+){4}) ([a-z_][a-z0-9_-]*) (\S.*)\z}) {
        push @jobs, { when => $1, user => $2, command => $3 };
    } else {
        push @odd, $line;
    }
}
is_deeply \@odd, [], 'each line is a comment, a variable or a job';
is scalar @jobs, 3, 'three jobs';
for my $job (@jobs) {
    unlike $job->{command}, qr/(?<!\\)%/, "no % that cron would take for a newline: $job->{command}";
    my ($minutes) = $job->{when} =~ m{\A\*(?:/(\d+))? \* \* \* \*\z};
    my ($timeout) = $job->{command} =~ / -t (\d+) /;
    cmp_ok $timeout, '<', 60 * ($minutes // 1), 'ends before it is started again';
}

# --- run ---

my $server = Prosody->new(accounts => { probe => $password });
my $secret = "$root/etc/check_xmpp_ping.password";
my $work = temp_dir();
mkdir "$work/$_" or die "$work/$_: $!\n" for qw(plugins collected home);
symlink Probe->program, "$work/plugins/check_xmpp_ping" or die "$work: $!\n";
my $way = sprintf '-H 127.0.0.1 -p %d --ca-file %s', $server->port, $server->ca_file;

sub here {
    my ($words) = @_;
    $words =~ s{/usr/lib/nagios/plugins}{$work/plugins}g;
    $words =~ s{/var/lib/prometheus/node-exporter}{$work/collected}g;
    $words =~ s{/etc/check_xmpp_ping\.password}{$secret}g;
    $words =~ s{-j probe\@example\.org}{$& $way}g;
    return $words;
}

# Runs a job with nothing in its environment but what cron and the file set. Returns what cron would mail.
sub mail {
    my ($job) = @_;
    my $command = here($job->{command} =~ s/\\%/%/gr);
    my %env = (SHELL => '/bin/sh', HOME => "$work/home", LOGNAME => $job->{user}, map { $_ => here($environment{$_}) } keys %environment);
    # What the sanitizers of another build need, cron's environment has not.
    $env{$_} = $ENV{$_} for grep { defined $ENV{$_} } qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS);
    local %ENV = %env;
    open my $pipe, '-|', '/bin/sh', '-c', "cd \"\$HOME\" && { $command\n} 2>&1" or die "sh: $!\n";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return $output;
}

my ($quiet, $chronic, $metrics) = @jobs;
my $file = "$work/collected/xmpp_ping.prom";

is mail($quiet), '', '-q, up: no mail';
is mail($chronic), '', 'chronic, up: no mail';
is mail($metrics), '', 'metrics, up: no mail';
like read_file($file), qr/^xmpp_ping_state\{[^}]*\} 0$/m, 'metrics, up: state 0';
my $before = read_file($file);
open my $reader, '<', $file or die "$file: $!\n";

$server->stop;
my $mail = mail($quiet);
is shape($mail), shape($page->block('text', 'PING CRITICAL')), '-q, down: the mail is as the page shows it';
like $mail, qr/\AXMPP PING CRITICAL - connect: connect-refused: [^\n]+\n(?s:.*)^phases: /m, '-q, down: mail with the line and the phases';
like mail($chronic), qr/^XMPP PING CRITICAL - connect: connect-refused: /m, 'chronic, down: mail with the line';
is mail($metrics), '', 'metrics, down: no mail';
like read_file($file), qr/^xmpp_ping_state\{[^}]*\} 2$/m, 'metrics, down: state 2';
is do { local $/ = undef; <$reader> }, $before, 'whoever reads the file keeps the complete old one';
is_deeply [glob "$work/collected/*"], [$file], 'nothing else is left in the directory';

is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
