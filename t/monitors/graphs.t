#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The figures where they are kept and drawn: a real Prometheus with conf/prometheus/, whose alerts fire and clear, and a real InfluxDB
# behind a real Icinga 2; each query of conf/grafana/ is asked of the one it is for. doc/graphs.md is what is loaded.

use strict;
use warnings;
use FindBin;
use HTTP::Tiny;
use Test::More;

use lib "$FindBin::Bin/../support", "$FindBin::Bin/../../doc/pictures";

use Daemon qw(free_port);
use Drawing qw(dashboard);
use Icinga2;
use Page;
use Probe;
use Prometheus qw(escaped get_json panels);
use Prosody;
use TempDir;

my $conf = "$FindBin::Bin/../../conf";
my $page = Page->new('doc/graphs.md');
my $password = password_file('secret');
my $server = Prosody->new(accounts => { probe => 'secret' }, muc => 'rooms.example.org');
my $http = HTTP::Tiny->new(timeout => 30);
my $work = temp_dir();
my @there = ('-j', 'probe@example.org', '-H', '127.0.0.1', '-p', $server->port, '--ca-file', $server->ca_file, '--password-file', $password,
    '-R', 'rooms=rooms.example.org');

# The dashboards: each query with the title of its panel.
sub queries {
    my ($name) = @_;
    return map { my $panel = $_; map { [$panel->{title}, $_->[0]] } @{ $panel->{queries} } } panels("$conf/grafana/$name");
}

# --- Prometheus ---

# In seconds what is minutes in life.
my $prometheus = Prometheus->new(rules => read_file("$conf/prometheus/xmpp_ping.rules.yml") =~ s/( for: )\d+m/${1}1s/gr);

sub write_metrics {
    my $run = Probe->run([@there, '-o', 'prometheus']);
    $prometheus->show($run->stdout);
    return $run->exit;
}

# Waits until exactly the alerts @NAMES fire. Returns their annotations by name.
sub alerts_become {
    my (@names) = @_;
    my %seen;
    $prometheus->daemon->wait_until(
        sub {
            my $answer = $prometheus->get('alerts');
            %seen = map { $_->{labels}{alertname} => $_->{annotations}{summary} } grep { $_->{state} eq 'firing' } @{ $answer->{data}{alerts} // [] };
            return join(' ', sort keys %seen) eq join(' ', sort @names) || select undef, undef, undef, 0.2;
        },
        180, "come to: @names"
    );
    pass 'firing: ' . (join(', ', @names) || 'nothing');
    return \%seen;
}

alerts_become('XmppPingMissing');
is write_metrics(), 0, 'the server is up';
alerts_become();
$server->stop;
is write_metrics(), 2, 'the server is down';
like alerts_become('XmppServerDown')->{XmppServerDown}, qr/\Aexample\.org does not serve: connect-refused\z/, 'and the alert says why';
$server->start;
is write_metrics(), 0, 'it is up again';
alerts_become();
$prometheus->show("XMPP PING UNKNOWN - what a mistake prints\n");
alerts_become('XmppPingBroken', 'XmppPingMissing');
is write_metrics(), 0, 'and good again';
alerts_become();

my @asked = queries('xmpp_ping-prometheus.json');
cmp_ok scalar @asked, '>=', 8, 'the dashboard has queries';
for (@asked) {
    my ($title, $query) = @$_;
    my $answer = $prometheus->get('query', query => $query =~ s/\$server/.*/gr);
    my @series = @{ $answer->{data}{result} // [] };
    # All is well: there is no condition.
    $title eq 'Condition' ? is($answer->{status}, 'success', "$title: good") : cmp_ok(scalar @series, '>=', 1, "$title: there are figures")
        or diag explain $answer;
}

# --- Icinga 2 and InfluxDB ---

my $influx_port = free_port();
my $backup_port = free_port();
write_file("$work/influxdb.conf", <<"END");
reporting-disabled = true
bind-address = "127.0.0.1:$backup_port"
[meta]
  dir = "$work/influx/meta"
[data]
  dir = "$work/influx/data"
  wal-dir = "$work/influx/wal"
[http]
  bind-address = "127.0.0.1:$influx_port"
[monitor]
  store-enabled = false
END
my $influxdb = Daemon->spawn(name => 'influxd', command => ['influxd', '-config', "$work/influxdb.conf"], log => "$work/influxd.log", env => { HOME => $work });
$influxdb->wait_port('127.0.0.1', $influx_port);
my $influx = "http://127.0.0.1:$influx_port";
$http->post_form("$influx/query", { q => 'CREATE DATABASE icinga2' });

mkdir "$work/plugins" or die "plugins: $!\n";
symlink Probe->program, "$work/plugins/check_xmpp_ping" or die "symlink: $!\n";
my $writer = $page->block('icinga2', 'InfluxdbWriter');
is scalar($writer =~ s/port = 8086/port = $influx_port/), 1, 'the page\'s writer';
$writer =~ s/flush_interval = 10s/flush_interval = 1s/;
my $icinga = Icinga2->new(
    plugins => "$work/plugins",
    files => ["$conf/icinga2/command.conf", "$conf/icinga2/services.conf"],
    text => $writer . <<"END");
object Host "xmpp.example.org" {
  check_command = "dummy"
  vars.xmpp_ping_jid = "probe\@example.org"
  vars.xmpp_ping_hostname = "127.0.0.1"
  vars.xmpp_ping_port = ${\ $server->port }
  vars.xmpp_ping_ca_file = "${\ $server->ca_file }"
  vars.xmpp_ping_password_file = "$password"
  vars.xmpp_ping_remote = [ "rooms=rooms.example.org" ]
}
END
$icinga->start;
my $result = $icinga->check('xmpp.example.org!xmpp');
is $result->{state}, 0, 'Icinga has a good result' or diag $result->{output};
sub influx_query {
    my ($query) = @_;
    my $answer = get_json("$influx/query?db=icinga2&epoch=s&q=" . escaped($query));
    return map { @{ $_->{series} // [] } } @{ $answer->{results} // [] };
}
my %value = map { ref $_ ? ($_->{label} => $_->{value}) : /\A([^=]+)=(-?[\d.]+)/ ? ($1 => $2) : () } @{ $result->{performance_data} };
# Icinga may have checked on its own, too.
my $measured = sub {
    my ($read) = influx_query(q{SELECT value FROM xmpp_ping WHERE metric = 'rtt' AND service = 'xmpp'});
    return scalar grep { abs($_->[1] - $value{rtt}) < 1e-9 } @{ $read->{values} // [] };
};
$influxdb->wait_until(sub { $measured->() || select undef, undef, undef, 0.2 }, 180, 'have the figures');
pass 'the RTT is read back as it was measured';
my %kept = map { $_->{tags}{metric} => 1 } influx_query('SELECT value FROM xmpp_ping GROUP BY metric');
is_deeply [sort keys %kept], [sort keys %value], 'under the labels of the performance data';

my @panels = panels("$conf/grafana/xmpp_ping-influxdb.json");
cmp_ok scalar @panels, '>=', 8, 'the dashboard has panels';
my $begin = time - 3600;
for my $panel (@panels) {
    for my $query (map { $_->[0] } @{ $panel->{queries} }) {
        $query =~ s/\$host/.*/g;
        $query =~ s/\$timeFilter/time > now() - 1h/g;
        $query =~ s/\$__interval/1m/g;
        for my $series (influx_query($query)) {
            my @values = map { [$_->[0] - $begin, $_->[1]] } grep { defined $_->[1] } @{ $series->{values} };
            push @{ $panel->{series} }, { name => join(' ', map { $series->{tags}{$_} } sort keys %{ $series->{tags} }), values => \@values } if @values;
        }
    }
    cmp_ok scalar @{ $panel->{series} // [] }, '>=', 1, "$panel->{title}: there are figures";
}
my $drawn = () = dashboard(\@panels, 3600) =~ /<poly(?:line|gon) points="\d/g;
is $drawn, scalar(map { @{ $_->{series} } } @panels), 'and they can be drawn';
{
    my $said = Page::run($page->block('sh', 'curl') =~ s/:8086/:$influx_port/r);
    like $said, qr/"hostname":"xmpp\.example\.org","service":"xmpp"/, 'the command of the page shows them' or diag $said;
}
unlike $icinga->log_text, qr{warning/Influx|critical/Influx}, 'Icinga\'s writer has nothing to complain of';
$icinga->stop;
is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
