#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/icinga2/distributed/ as four real nodes on loopback addresses: a master, two satellites that share 40 services, an agent. One
# satellite is killed in the middle of a check: its partner has all services, nothing of ours is left, and nothing is CRITICAL that
# is not.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/../support";

use Certificates;
use Daemon qw(free_port now);
use Family qw(descendants);
use Icinga2;
use Page;
use Probe;
use Prosody;
use TempDir;

use constant SERVICES => 40;

my $password = 'hunter2-hunter2';
my $server = Prosody->new(accounts => { probe => $password });
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n";

my $page = Page->new('doc/icinga2-distributed.md');
my $root = temp_dir();
is $page->install($root, $password), '', 'the commands of the page install the files';
my $secret = password_file($password);
my $etc = "$root/etc/icinga2";

# Plugins of each node's own, so that a process tells whose it is.
my %address = map { ("$_->[0].example.org" => $_->[1]) } ['master', '127.0.0.1'], ['satellite1', '127.0.0.2'], ['satellite2', '127.0.0.3'],
    ['agent', '127.0.0.4'];
my %port = map { $_ => free_port($address{$_}) } sort keys %address;
my %plugins = map { $_ => temp_dir() } sort keys %address;
for my $node (sort keys %address) {
    symlink Probe->program, "$plugins{$node}/check_xmpp_ping" or die "symlink: $!\n";
}

# The shipped zones, where the nodes are here.
my $zones = read_file("$etc/zones.conf");
is scalar($zones =~ s/^(object Endpoint "([^"]+)" \{ host = )"192\.0\.2\.\d"/$1"$address{$2}", port = "$port{$2}"/mg), 4, 'four endpoints';

# The shipped hosts, with the way to the server; the loop's domains become one domain and many services.
my $way = sprintf 'vars += { xmpp_ping_hostname = "127.0.0.1", xmpp_ping_port = %d, xmpp_ping_ca_file = "%s", xmpp_ping_timeout = 30 }', $server->port,
    $server->ca_file;
my $hosts = read_file("$etc/zones.d/xmpp/hosts.conf");
is scalar($hosts =~ s/^(\tvars\.xmpp_ping_jid = ).*inside.*$/$1"probe\@example.org"\n\t$way/m), 1, 'a service of the agent';
is scalar($hosts =~ s/^(\t\tvars\.xmpp_ping_jid = ).*$/$1"probe\@example.org"\n\t\t$way/m), 1, 'and those of a loop';
$hosts =~ s/for \(domain in .*\)/'for (domain in ' . join(', ', '[ "server 1"', map { "\"server $_\"" } 2 .. SERVICES) . ' ])'/e;
$hosts =~ s/check_interval = 30s/check_interval = 2s/;
$hosts .= <<"END";
object Host "silent" {
  check_command = "dummy"
  vars.xmpp_ping_jid = "probe\@example.org"
  $way
  vars += { xmpp_ping_port = ${\ $silent->sockport }, xmpp_ping_timeout = 12 }
}
END
my $services = read_file("$etc/zones.d/global-xmpp/services.conf");
is scalar($services =~ s/(check_interval = )1m/${1}5s/), 1, 'faster than in life';
my %zones_d = (
    'xmpp/hosts.conf' => $hosts,
    'global-xmpp/services.conf' => $services,
    'global-xmpp/command.conf' => read_file("$etc/zones.d/global-xmpp/command.conf") =~ s{/etc/check_xmpp_ping\.password}{$secret}r,
);

my $certificates = Certificates->new;
my %node;
for my $name (sort keys %address) {
    $node{$name} = Icinga2->new(
        node => $name, host => $address{$name}, port => $port{$name}, certificates => $certificates, plugins => $plugins{$name},
        zones => $zones, text => '', files => [], $name =~ /\Amaster/ ? (zones_d => \%zones_d, checker => 0) : (),
    );
}
my $master = $node{'master.example.org'};
my ($exit, $said) = $master->validate;
is $exit, 0, 'Icinga takes the definitions' or diag $said;
{
    local $Family::leftovers = 60;    # whether it ends by itself is what is asked here
    $_->start for @node{sort keys %node};
}

# The services of the loop by name, with their attributes as the master knows them.
sub services {
    my $all = $master->request(GET => 'objects/services?attrs=last_check_result&attrs=last_state_critical&attrs=last_state_unknown&attrs=__name');
    return { map { $_->{attrs}{__name} => $_->{attrs} } @$all };
}

# Waits until CONDITION holds for what the master knows; returns that.
sub master_sees {
    my ($condition, $seconds, $what) = @_;
    my $seen;
    $master->daemon->wait_until(sub { $seen = services(); $condition->($seen) || select undef, undef, undef, 0.3 }, $seconds, "see $what");
    pass $what;
    return $seen;
}

# Those that have a result from after SINCE, by who has it.
sub results_since {
    my ($seen, $since) = @_;
    my %by;
    for my $name (grep { /server \d+!xmpp\z/ } keys %$seen) {
        my $result = $seen->{$name}{last_check_result};
        $by{ $result->{check_source} }++ if $result && $result->{execution_start} > $since;
    }
    return %by;
}
sub sum { my $sum = 0; $sum += $_ for @_; return $sum }

my $seen = master_sees(sub { my %by = results_since($_[0], 0); sum(values %by) == SERVICES && keys %by == 2 }, 180, 'results of all services, from both satellites');
is join(' ', sort keys %{ { results_since($seen, 0) } }), 'satellite1.example.org satellite2.example.org', 'and from nobody else';
$seen = master_sees(sub { $_[0]{'inside!xmpp inside'}{last_check_result} }, 120, 'a result of the agent');
my $inside = $seen->{'inside!xmpp inside'}{last_check_result};
is $inside->{check_source}, 'agent.example.org', 'which is its own';
is $inside->{state}, 0, 'and OK: the defaults have come from the satellite' or diag $inside->{output};
is_deeply [grep { /secret|500ms/ } @{ $inside->{command} }], ['500ms,20%'], 'with the default thresholds';

# --- a satellite is killed in the middle of a check ---

sub plugins_of {
    my ($node) = @_;
    return grep { read_file("/proc/$_/cmdline") =~ /\A\Q$plugins{$node}\E/ } map { m{(\d+)} } glob '/proc/[0-9]*';
}
my ($victim, $began);
$master->daemon->wait_until(
    sub {
        for my $name (grep { /satellite/ } sort keys %node) {
            ($victim) = grep { my $node = $_; grep { read_file("/proc/$_/cmdline") =~ /\0--timeout\x{0}12\0/ } plugins_of($node) } $name;
            return 1 if $victim;
        }
        select undef, undef, undef, 0.05;
        return 0;
    },
    60, 'check the silent server'
);
my ($partner) = grep { /satellite/ && $_ ne $victim } sort keys %node;
my %ours = map { $_ => 1 } plugins_of($victim);
my $killed = Time::HiRes::time();
kill 'KILL', grep { !$ours{$_} } descendants($node{$victim}->daemon->pid);
cmp_ok scalar(plugins_of($victim)), '>', 0, "$victim is killed while it checks";
$seen = master_sees(sub { my %by = results_since($_[0], $killed); ($by{$partner} // 0) == SERVICES }, 180, 'all services have results of the partner');
{
    my $end = now() + 60;
    sleep 0.1 while plugins_of($victim) && now() < $end;
    is scalar(plugins_of($victim)), 0, 'no process of the plugin is left where it was killed';
}
is join(' ', grep { $seen->{$_}{last_state_critical} || $seen->{$_}{last_state_unknown} } grep { /server \d+!xmpp\z/ } sort keys %$seen), '',
    'none of them was ever CRITICAL or UNKNOWN';

# --- and comes back ---

1 while $node{$victim}->daemon->alive && !select undef, undef, undef, 0.05;
my $back = Time::HiRes::time();
$node{$victim}->start;
$seen = master_sees(sub { my %by = results_since($_[0], $back); $by{$victim} }, 180, 'it has its share again');
is join(' ', grep { $seen->{$_}{last_state_critical} || $seen->{$_}{last_state_unknown} } grep { /server \d+!xmpp\z/ } sort keys %$seen), '',
    'still nothing was CRITICAL or UNKNOWN';

# --- a dead agent ---

$node{'agent.example.org'}->stop;
$seen = master_sees(sub { $_[0]{'inside!agent'}{last_check_result} && $_[0]{'inside!agent'}{last_check_result}{state} == 2 }, 120, 'that the agent is gone, by its own service');

$_->stop for values %node;
{
    my $end = now() + 30;
    sleep 0.1 while (map { plugins_of($_) } keys %node) && now() < $end;
    is scalar(map { plugins_of($_) } keys %node), 0, 'nothing of ours is left on any node';
}
is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
