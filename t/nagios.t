#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/nagios/ in a real Nagios 4 with a real Prosody: verified, run, and read back from status.dat and the performance data
# file, with the server up, down and silent.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use Test::More;

use lib "$FindBin::Bin/support";

use Family qw(descendants);
use Nagios;
use Page;
use Probe;
use Prosody;
use TempDir;

my $conf = "$FindBin::Bin/../conf/nagios";
my $password = 'hunter2-hunter2';
my $server = Prosody->new(accounts => { probe => $password });
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n";

my $dir = temp_dir();
symlink Probe->program, "$dir/check_xmpp_ping" or die "$dir: $!\n";

my $page = Page->new('doc/nagios.md');
my $root = temp_dir();
for my $directory ('etc', 'etc/nagios4') {
    mkdir "$root/$directory" or die "$root/$directory: $!\n";
}
my $shipped = read_file("$conf/resource.cfg");
write_file("$root/etc/nagios4/resource.cfg", join '', $shipped =~ /^\$USER1\$=.*\n/mg);
is $page->install($root, $password), '', 'the commands of the page install the files';
my $secret = "$root/etc/check_xmpp_ping.password";
my $resource = read_file("$root/etc/nagios4/resource.cfg");
is scalar($resource =~ s{^\$USER1\$=/usr/lib/nagios/plugins$}{\$USER1\$=$dir}mg), 1, 'resource.cfg names the plugins';
is scalar($resource =~ s{^\$USER10\$=/etc/check_xmpp_ping\.password$}{\$USER10\$=$secret}mg), 1, 'and the password file';
write_file("$dir/resource.cfg", $resource);

# What is as the examples cannot have it here: the server's address, port and CA, and remotes that nobody has.
my $way = sprintf '-p %d --ca-file %s', $server->port, $server->ca_file;
my $objects = read_file("$root/etc/nagios4/conf.d/xmpp_ping.cfg");
is scalar($objects =~ s/192\.0\.2\.7/127.0.0.1/g), 1, 'one host';
is scalar($objects =~ s/^(    check_command .*!)/$1$way /mg), 3, 'three checks';
is scalar($objects =~ s/check_xmpp_ping!(.*!)/check_xmpp_ping!$1-H 127.0.0.1 /g), 1, 'one of them by SRV';
$objects =~ s/=jabber\.example\b/=example.org/;
$objects =~ s/=muc\.example\.net\b/=probe\@example.org/;
write_file("$dir/xmpp_ping.cfg", $objects);
write_file("$dir/site.cfg", <<"END");
define timeperiod {
    timeperiod_name 24x7
    alias always
    @{[join "\n    ", map { "$_ 00:00-24:00" } qw(sunday monday tuesday wednesday thursday friday saturday)]}
}
define command {
    command_name nothing
    command_line /bin/true
}
define contact {
    contact_name root
    host_notification_commands nothing
    service_notification_commands nothing
    host_notification_period 24x7
    service_notification_period 24x7
    host_notifications_enabled 0
    service_notifications_enabled 0
}
define contactgroup {
    contactgroup_name admins
    members root
}
define service {
    host_name xmpp.example.org
    service_description silent
    check_command check_xmpp_ping!probe\@example.org!-H 127.0.0.1 -p ${\ $silent->sockport } -t 3
    max_check_attempts 1
    check_interval 1000
    check_period 24x7
    notification_period 24x7
    notification_interval 0
    contact_groups admins
}
define service {
    host_name xmpp.example.org
    service_description silent for long
    check_command check_xmpp_ping!probe\@example.org!-H 127.0.0.1 -p ${\ $silent->sockport } -t 50
    max_check_attempts 1
    check_interval 1000
    check_period 24x7
    notification_period 24x7
    notification_interval 0
    contact_groups admins
}
END

my $nagios = Nagios->new(files => ["$dir/site.cfg", "$dir/xmpp_ping.cfg"], resource => "$dir/resource.cfg", service_check_timeout => 6);
is $page->block('sh', 'nagios4 -v'), "nagios4 -v /etc/nagios4/nagios.cfg\n", 'the page says how to verify';
my ($exit, $said) = $nagios->verify;
is $exit, 0, 'Nagios verifies the definitions' or diag $said;
like $said, qr/Total Warnings: 0\s+Total Errors:\s+0/, 'without a warning';
$nagios->start;

sub labels { return join ' ', map { /\A([^=]+)=/ ? $1 : $_ } split / /, $_[0] }

sub plugins_running {
    return grep { read_file("/proc/$_/cmdline") =~ /\A[^\0]*check_xmpp_ping\0/ } descendants($nagios->daemon->pid);
}

# --- up ---

my %up;
for my $service ('XMPP', 'XMPP federation') {
    my $status = $up{$service} = $nagios->status('xmpp.example.org', $service, sub { $_[0]{current_state} == 0 });
    like $status->{plugin_output}, qr/\AXMPP PING OK - /, "$service, up: OK";
    like $status->{performance_data}, qr/\Artt=0\.\d+s;\S* .*cert_days=\d+/, "$service, up: performance data";
    like $status->{long_plugin_output}, qr/example\.org: OK, 3 of 3 answered/, "$service, up: the lines behind the first";
}
is shape($up{XMPP}{plugin_output}), shape($page->block('text', 'PING OK')), 'the page shows what Nagios shows';
like $up{'XMPP federation'}{performance_data}, qr/ jabber_rtt=.* room_rtt=.* remotes_up=2;/, 'the remotes have theirs';
is $nagios->status('xmpp.example.org', undef, sub { 1 })->{current_state}, 0, 'the host is up';

# --- silent ---

my $late = $nagios->status('xmpp.example.org', 'silent', sub { 1 });
is $late->{current_state}, 2, 'a silent server: CRITICAL';
like $late->{plugin_output}, qr/\AXMPP PING CRITICAL - stream: deadline: no answer from /, 'by the plugin\'s own deadline, with its line';
is labels($late->{performance_data}), labels($up{XMPP}{performance_data}), 'and the same labels';

my $killed = $nagios->status('xmpp.example.org', 'silent for long', sub { 1 });
is $killed->{current_state}, 2, 'Nagios\' own timeout: CRITICAL';
like $killed->{plugin_output}, qr/timed out/i, 'the plugin\'s line is lost, so -t must be shorter';
$nagios->daemon->wait_until(sub { !grep { read_file("/proc/$_/cmdline") =~ /\0-t\x{0}50\0/ } plugins_running() }, 30, 'end the plugin at its timeout');
pass 'and nothing is left hanging';

# --- down ---

$server->stop;
for my $service (sort keys %up) {
    my $status = $nagios->status('xmpp.example.org', $service, sub { $_[0]{plugin_output} =~ /refused/ });
    is $status->{current_state}, 2, "$service, down: the state";
    like $status->{plugin_output}, qr/\AXMPP PING CRITICAL - connect: connect-refused/, "$service, down: CRITICAL, and why";
    is shape($status->{plugin_output}), shape($page->block('text', 'PING CRITICAL')), "$service, down: as the page shows it";
    is labels($status->{performance_data}), labels($up{$service}{performance_data}), "$service, down: the same labels";
}
is $nagios->status('xmpp.example.org', undef, sub { $_[0]{current_state} == 1 })->{current_state}, 1, 'the host is down';
$nagios->stop;

my %line = map { ("$_->[1] $_->[2]" => $_->[3]) } $nagios->perfdata;
is labels($line{'XMPP OK'} // ''), labels($up{XMPP}{performance_data}), 'the performance data file has what status.dat has';
is labels($line{'XMPP CRITICAL'} // ''), labels($line{'XMPP OK'} // ''), 'also when it is down';
unlike $nagios->log_text . read_file("$nagios->{dir}/objects.cache") . read_file("$nagios->{dir}/status.dat"), qr/\Q$password\E/,
    'the password is in no file of Nagios';

is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
