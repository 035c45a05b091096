#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/prometheus.md, conf/prometheus/ and conf/systemd/: each command and file of that page does what it says, up to a node exporter
# that serves the metrics and to rules that fire for what they are named after.

use strict;
use warnings;
use FindBin;
use HTTP::Tiny;
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(free_port);
use Page;
use Probe;
use Prosody;
use TempDir;

my $conf = "$FindBin::Bin/../conf";
my $text = read_file("$FindBin::Bin/../doc/prometheus.md");
my $page = Page->new('doc/prometheus.md');
my $server = Prosody->new(domain => 'example.org', accounts => { probe => 'secret' }, s2s => {});
my $way = join ' ', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file;

# --- a system below ROOT: the page's directories, and the plugin where a package puts it ---

my $root = temp_dir();
mkdir "$root/$_" or die "$root/$_: $!\n"
    for qw(var var/lib var/lib/xmpp-ping var/lib/prometheus var/lib/prometheus/node-exporter usr usr/lib usr/lib/nagios usr/lib/nagios/plugins);
my $own = "$root/var/lib/xmpp-ping";
my $collected = "$root/var/lib/prometheus/node-exporter";
symlink Probe->program, "$root/usr/lib/nagios/plugins/check_xmpp_ping" or die "symlink: $!\n";
write_file("$own/password", "secret\n");

sub here {
    my ($words) = @_;
    $words =~ s{(?=/(?:var/lib|usr/lib/nagios|etc)/)}{$root}g;
    $words =~ s{-j probe\@example\.org|-P shop}{$& $way}g;
    return $words;
}

# Runs a command of the page. Returns what it printed, and its status when that is not 0.
sub shell {
    my ($command, %env) = @_;
    local %ENV = (%ENV, PATH => "$root/usr/lib/nagios/plugins:$ENV{PATH}", %env);
    open my $pipe, '-|', '/bin/sh', '-c', "exec 2>&1; $command" or die "sh: $!\n";
    my $said = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return $said . ($? ? '(status ' . ($? >> 8) . ')' : '');
}

# --- the file, by hand ---

my $write = $page->block('sh', '-o prometheus');
my $check = $page->block('sh', 'promtool');
my $file = "$own/xmpp_ping.prom";
is shell(here($write)), '', 'the commands print nothing';
like read_file($file), qr/^xmpp_ping_state\{[^}]*\} 0$/m, 'they write the file';
is shell(here($check)), '', 'which promtool finds good';
is((stat $file)[2] & 0444, 0444, 'everybody may read it');
open my $old, '<', $file or die "$file: $!\n";
$server->stop;
is shell(here($write)), '', 'a server that is down: they print nothing';
like read_file($file), qr/^xmpp_ping_state\{[^}]*\} 2$/m, 'and write the file anew';
like read_file($file), qr/^xmpp_ping_target_state\{[^}]*alias=""\} 2$/m, 'in which the own server is down';
like read_file($file), qr/^xmpp_ping_condition\{[^}]*condition="connect-refused"\} 2$/m, 'and why';
{ local $/ = undef; like scalar(<$old>), qr/^xmpp_ping_state\{[^}]*\} 0$/m, 'whoever reads the old one has all of it'; }
is_deeply [glob "$own/*"], ["$own/password", $file], 'nothing else is left in the directory';
is shell(here($check)), '', 'promtool finds this one good too';

# --- without an account ---

{
    $server->start;
    for my $way (['s2s', $server->s2s_port], ['no-login', $server->port]) {
        my ($check, $port) = @$way;
        my $run = Probe->run(['-j', 'example.org', "--$check", '-H', $server->host, '-p', $port, '--ca-file', $server->ca_file, '-o', 'prometheus']);
        like $run->stdout, qr/^xmpp_ping_state\{server="example\.org",.*check="$check"\} [02]$/m, "--$check has its label";
    }
    $server->stop;
}

# --- the exporter, by the link of the page ---

my $port = free_port('127.0.0.1');
my $exporter = Daemon->spawn(
    name => 'node exporter',
    command => ['prometheus-node-exporter', '--collector.disable-defaults', '--collector.textfile', '--collector.textfile.directory',
        $collected, '--web.listen-address', "127.0.0.1:$port"],
    log => "$root/log",
);
$exporter->wait_port('127.0.0.1', $port);
sub scrape { return HTTP::Tiny->new(timeout => 20)->get("http://127.0.0.1:$port/metrics")->{content} }
unlike scrape(), qr/^xmpp_ping_/m, 'without the link there is nothing';
is shell(here($page->block('sh', 'ln -s'))), '', 'the link';
{
    my $served = scrape();
    like $served, qr/^xmpp_ping_state\{.*server="example\.org"\} 2$/m, 'the node exporter serves the state';
    like $served, qr/^xmpp_ping_target_state\{alias="",.*target="example\.org"\} 2$/m, 'and that of the target';
    like $served, qr/^node_textfile_scrape_error 0$/m, 'without an error';
    like $served, qr{^node_textfile_mtime_seconds\{file=".*/xmpp_ping\.prom"\}}m, 'and says how old the file is, as the rule has it';
}
shell(here($write =~ s/-o prometheus/-t never -o prometheus/r));
like scrape(), qr/^node_textfile_scrape_error 1$/m, 'a mistake in the options is an error of the collector';
unlink $file or die "$file: $!\n";
like scrape(), qr/^node_textfile_scrape_error 1$/m, 'so is a link to a file that is not there';
unlink "$collected/xmpp_ping.prom" or die "$collected: $!\n";

# --- the service and its timer ---

is $page->install($root, 'secret'), '', 'the commands of the page install the units';
write_file("$root/etc/check_xmpp_ping.conf", $page->block('libconfig', 'shop'));
my %unit = map { $_ => read_file("$root/etc/systemd/system/xmpp-ping\@.$_") } qw(service timer);
my $verified = shell("systemd-analyze verify --man=no $root/etc/systemd/system/xmpp-ping\@shop.timer $root/etc/systemd/system/xmpp-ping\@shop.service");
is join('', grep { /xmpp-ping|status/ } split /^/, $verified =~ s/^\S+xmpp-ping\@shop\.service: Command \S+check_xmpp_ping is not executable.*\n//mr), '',
    'systemd finds no fault in them';
my ($exposure) = shell("systemd-analyze security --offline=yes $root/etc/systemd/system/xmpp-ping\@.service") =~ /exposure level.*: ([\d.]+)/;
cmp_ok $exposure // 10, '<', 2, 'and that the service is well confined (0 is best, 10 worst)';

# A line of the service with what systemd puts in its place; WANTED says which.
sub unit_command {
    my ($wanted) = @_;
    my ($command) = $unit{service} =~ /^$wanted=\+?(.*)$/m;
    $command =~ s/%i/shop/g;
    $command =~ s{%S}{/var/lib}g;
    $command =~ s/\$\$/\$/g;
    return here($command) =~ s{-P shop}{-f $root/etc/check_xmpp_ping.conf -P shop}r;
}
my ($credential) = $unit{service} =~ m{^LoadCredential=password:(\S+)$}m;
my $credentials = temp_dir();
write_file("$credentials/password", read_file(here($credential =~ s/%i/shop/r)), 0400);
my $private = "$root/var/lib/private/xmpp-ping-shop";
is shell("mkdir -p $private"), '', 'the private directory that systemd makes';
$server->start;
is shell("cd $private && " . unit_command('ExecStart'), CREDENTIALS_DIRECTORY => $credentials), '', 'the service runs';
is shell(unit_command('ExecStartPost')), '', 'and moves the file to the node exporter';
like scrape(), qr/^xmpp_ping_state\{.*server="example\.org"\} 0$/m, 'which serves it';
$server->stop;
like shell("cd $private && " . unit_command('ExecStart'), CREDENTIALS_DIRECTORY => $credentials), qr/\A\(status 2\)\z/, 'a server that is down: the status is 2';
like $unit{service}, qr/^SuccessExitStatus=1 2 3$/m, 'which is no failure of the service';
is shell(unit_command('ExecStartPost')), '', 'the file is moved';
like scrape(), qr/^xmpp_ping_state\{.*server="example\.org"\} 2$/m, 'and served';

# --- the rules and the table ---

my $rules = "$conf/prometheus/xmpp_ping.rules.yml";
like shell("promtool check rules $rules"), qr/SUCCESS: 7 rules found/, 'the rules are valid';
my @alerts = read_file($rules) =~ /alert: (\w+)/g;
is_deeply [sort $text =~ /^\| `(Xmpp\w+)`/mg], [sort @alerts], 'the page has a row for each';
write_file("$root/prometheus.yml", $page->block('yaml', 'rule_files') =~ s{/etc/prometheus/xmpp_ping\.rules\.yml}{$rules}r);
like shell("promtool check config $root/prometheus.yml"), qr/SUCCESS/, 'Prometheus finds them where the page says';

# What fires of these series, each with its value, for ten minutes.
my $labels = 'server="example.org",instance="probe:9100"';
my %good = (
    "xmpp_ping_state{$labels}" => 0,
    "xmpp_ping_target_state{$labels,target=\"example.org\",alias=\"\"}" => 0,
    "xmpp_ping_target_state{$labels,target=\"jabber.example\",alias=\"jabber\"}" => 0,
    "xmpp_ping_rtt_seconds{$labels,target=\"example.org\",alias=\"\"}" => 0.1,
    "xmpp_ping_certificate_remaining_seconds{$labels}" => 30 * 86400,
    'node_textfile_scrape_error{instance="probe:9100"}' => 0,
);
my ($state, $own_state, $remote_state, $rtt, $certificate) = map { my $name = $_; grep { /\A\Q$name/ } sort keys %good }
    'xmpp_ping_state', qq(xmpp_ping_target_state{$labels,target="example), qq(xmpp_ping_target_state{$labels,target="jabber), 'xmpp_ping_rtt',
    'xmpp_ping_cert';
my @cases = (
    ['all is well', [], {}],
    ['a remote is down', ['XmppRemoteDown'], { $state => 2, $remote_state => 2 }],
    ['a slow answer, which a threshold calls CRITICAL', ['XmppServerSlow'], { $state => 2, $rtt => 0.3 }],
    ['the server is down', ['XmppServerDown'], { $state => 2, $own_state => 2, $remote_state => 3,
        "xmpp_ping_condition{$labels,condition=\"connect-refused\"}" => 2 }],
    ['the way of servers is down', ['XmppServerDown'], { "xmpp_ping_state{$labels,check=\"s2s\"}" => 2,
        "xmpp_ping_condition{$labels,check=\"s2s\",condition=\"no-federation\"}" => 2,
        "xmpp_ping_condition{$labels,condition=\"forbidden\"}" => 1 }],
    ['the probe cannot begin', ['XmppPingBroken'], { $state => 3, $own_state => 3, $remote_state => 3 }],
    ['a file without metrics', ['XmppPingBroken', 'XmppPingMissing'], { map({ $_ => undef } keys %good), 'node_textfile_scrape_error{instance="probe:9100"}' => 1 }],
    ['an old file', ['XmppPingBroken'], { 'node_textfile_mtime_seconds{file="/x/xmpp_ping.prom",instance="probe:9100"}' => -400 }],
    ['no file', ['XmppPingMissing'], { map { $_ => undef } keys %good }],
    ['a certificate', ['XmppCertificateExpires'], { $certificate => 86400 }],
    ['an endpoint', ['XmppEndpointDown'], { "xmpp_ping_endpoint_state{$labels,endpoint=\"a\"}" => 2, "xmpp_ping_endpoints_up{$labels}" => 1,
        "xmpp_ping_target_state{$labels,endpoint=\"a\",target=\"example.org\",alias=\"\"}" => 2 }],
    ['all endpoints', ['XmppEndpointDown', 'XmppServerDown'], { "xmpp_ping_endpoint_state{$labels,endpoint=\"a\"}" => 2, "xmpp_ping_endpoints_up{$labels}" => 0 }],
);
my $tests = "rule_files: [ $rules ]\nevaluation_interval: 1m\ntests:\n";
for my $case (@cases) {
    my ($name, $firing, $changed) = @$case;
    my %series = (%good, %$changed);
    $tests .= "  - name: $name\n    interval: 1m\n    input_series:\n" . join '', map { "      - { series: '$_', values: '$series{$_}x15' }\n" }
        grep { defined $series{$_} } sort keys %series;
    my %fires = map { $_ => 1 } @$firing;
    # promtool counts from 1970, so that time() is what has passed: at minute 15 an age is that of a file from before.
    $tests .= "    promql_expr_test:\n";
    $tests .= "      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})\n        eval_time: 15m\n        exp_samples:"
        . (@$firing ? "\n" . join('', map { "          - { labels: '{alertname=\"$_\"}', value: 1 }\n" } sort @$firing) : " []\n");
    my %told = ('the server is down' => ['target: example.org', ': connect-refused'], 'the way of servers is down' => ['check: s2s', ' (s2s): no-federation']);
    next if !$told{$name};
    my ($label, $words) = @{ $told{$name} };
    $tests .= "    alert_rule_test:\n      - { alertname: XmppServerDown, eval_time: 15m, exp_alerts: [ { exp_labels: { severity: critical,"
        . qq( server: example.org, instance: "probe:9100", $label },)
        . " exp_annotations: { summary: 'example.org does not serve$words' } } ] }\n";
}
write_file("$root/tests.yml", $tests);
like shell("promtool test rules $root/tests.yml"), qr/SUCCESS/, 'each rule fires for what it is named after, and for nothing else';

my %printed = map { $_ => 1 } map { read_file("$FindBin::Bin/../lib/$_") =~ /"(\w+)",\s*"[^"]*\."/g }
    'report/report_prometheus.c', 'judge/figure_rows.h';
my %documented = map { $_ => 1 } $text =~ /^\| `xmpp_ping_(\w+)`/mg;
is_deeply [sort keys %documented], [sort keys %printed], 'the table has all metrics there are';
my @unknown = grep { !$documented{$_} } read_file($rules) =~ /\bxmpp_ping_(\w+)(?=[ {])/g;
is_deeply \@unknown, [], 'the rules use no others';

is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
