#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/prometheus.md: each command and file of that page does what it says, up to a node exporter that serves the metrics.

use strict;
use warnings;
use FindBin;
use HTTP::Tiny;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(free_port);
use Probe;
use Prosody;
use TempDir;

my $page = read_file("$FindBin::Bin/../doc/prometheus.md");
my $server = Prosody->new(domain => 'example.org', accounts => { probe => 'secret' }, s2s => {});

# The page's names, and what stands for them here.
my $work = temp_dir();
my $collected = "$work/collected";
mkdir $collected or die "$collected: $!\n";
mkdir "$work/bin" or die "$work/bin: $!\n";
symlink Probe->program, "$work/bin/check_xmpp_ping" or die "symlink: $!\n";
my $password = password_file('secret');
my $way = join ' ', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file;

sub here {
    my ($text) = @_;
    $text =~ s{/var/lib/prometheus/node-exporter}{$collected}g;
    $text =~ s{/etc/check_xmpp_ping\.password}{$password}g;
    $text =~ s{(-j probe\@example\.org)}{$1 $way}g;
    return $text;
}

# Runs a command of the page. Returns what it printed.
sub shell {
    my ($command, %env) = @_;
    local %ENV = (%ENV, PATH => "$work/bin:$ENV{PATH}", %env);
    open my $pipe, '-|', '/bin/sh', '-c', $command . ' 2>&1' or die "sh: $!\n";
    local $/ = undef;
    my $said = <$pipe> // '';
    close $pipe;
    return $said . ($? ? "(status $?)" : '');
}

my $file = "$collected/xmpp_ping.prom";
my @commands = $page =~ /\n\n((?:    .*\n)+)/g;
my ($install, $write, $check) = @commands;
is scalar @commands, 3, 'the page has three commands';
for my $program (qw(prometheus-node-exporter sponge)) {
    my ($package) = qx{dpkg-query -S /usr/bin/$program} =~ /\A([\w-]+):/;
    like $install, qr/ \Q$package\E\b/, "$program is in a package that the first of them installs";
}

# --- the file ---

is shell(here($write)), '', 'the command prints nothing';
like read_file($file), qr/^xmpp_ping_state\{[^}]*\} 0$/m, 'it writes the file';
is shell(here($check)), '', 'which promtool finds good';
is((stat $file)[2] & 0444, 0444, 'everybody may read it');

my ($crontab) = $page =~ /^```crontab\n(.*?)^```/ms;
my %environment = $crontab =~ /^([A-Z]+)=(.*)$/mg;
$environment{PATH} = "$work/bin:$ENV{PATH}";
my ($job) = $crontab =~ m{^\* \* \* \* \* prometheus (.*)$}m;
unlike $job, qr/%/, 'nothing in the job is special to cron';
open my $old, '<', $file or die "$file: $!\n";
my $inode = (stat $file)[1];
$server->stop;
is shell(here($job), map { $_ => here($environment{$_}) } keys %environment), '', 'the job of cron prints nothing';
like read_file($file), qr/^xmpp_ping_state\{[^}]*\} 2$/m, 'it writes the file anew';
isnt((stat $file)[1], $inode, 'by renaming: whoever reads the old one has all of it');
{ local $/ = undef; like scalar(<$old>), qr/^xmpp_ping_state\{[^}]*\} 0$/m, 'and to its end'; }
is_deeply [glob "$collected/*"], [$file], 'nothing else is left in the directory';
is shell(here($check)), '', 'promtool finds this one good too';

# --- without an account ---

{
    $server->start;
    my (undef, $second) = $page =~ /^```crontab\n(.*?)^```/msg;
    my @jobs = $second =~ m{^\* \* \* \* \* prometheus (.*)$}mg;
    is scalar @jobs, 2, 'there are two more jobs';
    for my $job_of (@jobs) {
        my $port = $job_of =~ /--s2s/ ? $server->s2s_port : $server->port;
        my $where = join ' ', '-H', $server->host, '-p', $port, '--ca-file', $server->ca_file;
        is shell(here($job_of) =~ s{-j example\.org}{$& $where}r, map { $_ => here($environment{$_}) } keys %environment), '', 'one prints nothing';
        my ($name) = $job_of =~ m{/(\w+\.prom)\z};
        my $written = read_file("$collected/$name");
        my $check = $job_of =~ /--s2s/ ? 's2s' : 'no-login';
        like $written, qr/^xmpp_ping_state\{server="example\.org",.*check="$check"\} [02]$/m, "it writes $name, with its label";
        unlink "$collected/$name";
    }
    $server->stop;
}

# --- the exporter ---

my $port = free_port('127.0.0.1');
my $exporter = Daemon->spawn(
    name => 'node exporter',
    command => ['prometheus-node-exporter', '--collector.disable-defaults', '--collector.textfile', '--collector.textfile.directory',
        $collected, '--web.listen-address', "127.0.0.1:$port"],
    log => "$work/log",
);
$exporter->wait_port('127.0.0.1', $port);
sub scrape { return HTTP::Tiny->new(timeout => 20)->get("http://127.0.0.1:$port/metrics")->{content} }
{
    my $served = scrape();
    like $served, qr/^xmpp_ping_state\{.*server="example\.org"\} 2$/m, 'the node exporter serves the state';
    like $served, qr/^xmpp_ping_target_state\{alias="",.*target="example\.org"\} 3$/m, 'and that of the target';
    like $served, qr/^node_textfile_scrape_error 0$/m, 'without an error';
    like $served, qr/^node_textfile_mtime_seconds\{file=".*xmpp_ping\.prom"\}/m, 'and says how old the file is, as the rule has it';
}
shell(here($job =~ s/-t 30s/-t never/r), map { $_ => here($environment{$_}) } keys %environment);
like scrape(), qr/^node_textfile_scrape_error 1$/m, 'a mistake in the options is an error of the collector';

# --- the rules and the table ---

my ($rules) = $page =~ /^```yaml\n(.*?)^```/ms;
write_file("$work/rules.yaml", $rules);
like shell("promtool check rules $work/rules.yaml"), qr/SUCCESS: 5 rules found/, 'the rules are valid';

my %printed = map { $_ => 1 } map { read_file($_) =~ /"(\w+)", "[^"]*"\}/g } "$FindBin::Bin/../lib/report/report_prometheus.c";
my %documented = map { $_ => 1 } $page =~ /^\| `xmpp_ping_(\w+)`/mg;
is_deeply [sort keys %documented], [sort keys %printed], 'the table has all metrics there are';
my @unknown = grep { !$documented{$_} } $rules =~ /\bxmpp_ping_(\w+)(?=[ {])/g;
is_deeply \@unknown, [], 'the rules use no others';

done_testing;
