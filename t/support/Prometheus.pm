# SPDX-License-Identifier: GPL-3.0-or-later
# A private Prometheus with a node exporter that reads one file of metrics, twice a second; gone with the test.
#
#   my $prometheus = Prometheus->new(rules => 'text of rules');
#   $prometheus->show($metrics);                           what the exporter's file has from now on
#   $prometheus->get('query', query => 'xmpp_ping_state')  the answer of its API, decoded
package Prometheus;

use strict;
use warnings;

use Exporter 'import';
use HTTP::Tiny;
use JSON::PP qw(decode_json);

use Daemon qw(free_port);
use TempDir;

our @EXPORT_OK = qw(escaped get_json panels);

# OPTION: rules, text.
sub new {
    my ($class, %option) = @_;
    my $self = bless { dir => temp_dir(), port => free_port() }, $class;
    my $dir = $self->{dir};
    mkdir "$dir/$_" or die "$dir/$_: $!\n" for qw(collected data);
    my $exporter_port = free_port();
    $self->{exporter} = Daemon->spawn(
        name => 'node exporter', log => "$dir/exporter.log",
        command => ['prometheus-node-exporter', '--collector.disable-defaults', '--collector.textfile', '--collector.textfile.directory',
            "$dir/collected", '--web.listen-address', "127.0.0.1:$exporter_port"],
    );
    write_file("$dir/rules.yml", $option{rules} // "groups: []\n");
    write_file("$dir/prometheus.yml", <<"END");
global: { scrape_interval: 500ms, evaluation_interval: 500ms }
rule_files: [ $dir/rules.yml ]
scrape_configs:
  - job_name: node
    static_configs: [ { targets: [ "127.0.0.1:$exporter_port" ] } ]
END
    $self->{daemon} = Daemon->spawn(
        name => 'prometheus', log => "$dir/prometheus.log",
        command => ['prometheus', "--config.file=$dir/prometheus.yml", "--storage.tsdb.path=$dir/data", "--web.listen-address=127.0.0.1:$self->{port}"],
    );
    $self->{daemon}->wait_port('127.0.0.1', $self->{port});
    return $self;
}

sub daemon { return $_[0]{daemon} }

sub show {
    my ($self, $metrics) = @_;
    write_file("$self->{dir}/collected/xmpp_ping.new", $metrics, 0644);
    rename "$self->{dir}/collected/xmpp_ping.new", "$self->{dir}/collected/xmpp_ping.prom" or die "rename: $!\n";
    return;
}

sub get {
    my ($self, $what, %parameter) = @_;
    return get_json("http://127.0.0.1:$self->{port}/api/v1/$what?" . join '&', map { "$_=" . escaped($parameter{$_}) } sort keys %parameter);
}

# All of TEXT that is not a letter or a digit, for an address.
sub escaped { my ($text) = @_; return $text =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger }

# The answer to GET, decoded.
sub get_json {
    my ($address) = @_;
    my $answer = HTTP::Tiny->new(timeout => 60)->get($address);
    return $answer->{success} ? decode_json($answer->{content}) : { error => $answer->{content} };
}

# The panels of a dashboard for Grafana (a file), each with its queries as a list of [query, legend].
sub panels {
    my ($file) = @_;
    my $panels = decode_json(read_file($file))->{panels};
    for my $panel (@$panels) {
        $panel->{queries} = [map { [$_->{expr} // $_->{query}, $_->{legendFormat} // $_->{alias}] } @{ $panel->{targets} }];
    }
    return @$panels;
}

1;
