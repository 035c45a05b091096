#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/cron/xmpp_ping: each line is run as cron runs it, with the environment that cron gives: what would be mailed when the
# server is up and when it is down, and that only complete files of metrics appear.

use strict;
use warnings;
use File::Path qw(make_path);
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
my $home = "$root/var/lib/xmpp-ping";
is read_file("$home/password"), "$password\n", 'and the password';
my $text = read_file("$root/etc/cron.d/$name");
like $text, qr/\n\z/, 'the last line has its end, without which cron ignores it';

# The user of the page, made in files of its own.
{
    my ($useradd) = $page->block('sh', 'useradd') =~ /^(useradd .*)$/m;
    write_file("$root/etc/$_", '', 0644) for qw(passwd group shadow gshadow login.defs);
    is Page::run($useradd =~ s/useradd/useradd --prefix $root/r), '', 'the page makes a user';
    like read_file("$root/etc/passwd"), qr{^xmpp-ping:[^:]*:\d+:\d+:[^:]*:/var/lib/xmpp-ping:/usr/sbin/nologin$}m, 'with its home';
}

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
# Everything is the lines' own user's, who can write nowhere but at home. Only root can become another user.
my @as = $> == 0 ? qw(setpriv --reuid nobody --regid nogroup --clear-groups) : ();
if (@as) {
    my ($uid, $gid) = ((getpwnam 'nobody')[2], (getgrnam 'nogroup')[2]);
    chown $uid, $gid, $home, "$home/password" or die "$home: $!\n";
    chmod 0711, $root or die "$root: $!\n";
}
my $plugins = "$root/usr/lib/nagios/plugins";
make_path($plugins);
write_file("$plugins/check_xmpp_ping", read_file(Probe->program), 0755);
my $ca = write_file("$root/ca.crt", read_file($server->ca_file), 0644);
my $way = sprintf '-H 127.0.0.1 -p %d --ca-file %s', $server->port, $ca;

sub here {
    my ($words) = @_;
    $words =~ s{(?=/usr/lib/nagios/plugins|/var/lib/xmpp-ping)}{$root}g;
    $words =~ s{-j probe\@example\.org}{$& $way}g;
    return $words;
}

# Runs a job with nothing in its environment but what cron and the file set. Returns what cron would mail.
sub mail {
    my ($job) = @_;
    my $command = here($job->{command} =~ s/\\%/%/gr);
    my %env = (SHELL => '/bin/sh', LOGNAME => $job->{user}, map { $_ => here($environment{$_}) } keys %environment);
    # What the sanitizers of another build need, cron's environment has not.
    $env{$_} = $ENV{$_} for grep { defined $ENV{$_} } qw(ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS);
    local %ENV = %env;
    open my $pipe, '-|', @as, '/bin/sh', '-c', "cd \"\$HOME\" && { $command\n} 2>&1" or die "sh: $!\n";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return $output;
}

my ($quiet, $chronic, $metrics) = @jobs;
my $file = "$home/xmpp_ping.prom";

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
is_deeply [glob "$home/*"], ["$home/password", $file], 'nothing else is left in the directory';

is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
