#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The formats of the report: whatever happens, --output=json and --output=prometheus have the exit code of the report for
# Nagios, the first is valid by its schema, the second by promtool, and all say the same.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Hostile;
use NameServer;
use Probe;
use Prosody;
use Scripted;
use TempDir;

my @STATES = qw(OK WARNING CRITICAL UNKNOWN);
my $schema = "$FindBin::Bin/../doc/check_xmpp_ping.schema.json";
my $kept = temp_dir();
my (@documents, %name_of);

# All scalars as numbers or strings, as they came.
my $json = JSON::PP->new->utf8;

# Takes VALUE to pieces; calls VISIT for each hash in it.
sub visit {
    my ($value, $visit) = @_;
    $visit->($value) if ref $value eq 'HASH';
    visit($_, $visit) for ref $value eq 'HASH' ? values %$value : ref $value eq 'ARRAY' ? @$value : ();
    return;
}

# Keeps a document for the validator. Returns it decoded.
sub keep {
    my ($name, $text) = @_;
    my $file = write_file(sprintf('%s/%03d.json', $kept, scalar @documents), $text);
    push @documents, $file;
    $name_of{$file} = $name;
    return eval { $json->decode($text) };
}

# What must be silent.
sub promtool {
    my ($text) = @_;
    my $file = write_file("$kept/metrics", $text);
    my $said = qx{promtool check metrics <$file 2>&1};
    return $? == 0 ? $said : "$said(exit code " . ($? >> 8) . ')';
}

# { 'name{labels}' => value } of a text in the exposition format.
sub series_of { return { $_[0] =~ /^([^#\s{]+\{.*\}) (\S+)$/mg } }

# --- the same run in three formats ---

my $server = Prosody->new(domain => 'example.org', domains => ['up.test'], accounts => { alice => 'secret', 'alice@up.test' => 'secret' });
# They take connections, by their kernel, and never say a word.
my ($mute, $listener) = map { IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n" } 1 .. 2;
my @kept_open;
my $evil = "\x{202e}<b>|\"\$(x)' \\ \x{fc}";
utf8::encode($evil);
my $xml = $evil =~ s/&/&amp;/gr =~ s/</&lt;/gr;
my $hostile = Hostile->new(sasl => [failure => 'not-authorized', $xml]);
my $clear = Hostile->new(mode => 'clear');
my $lonely = Hostile->new(s2s => 1, mechanisms => ["X$xml"], dialback => 0);
my $scripted = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        my ($who) = $ping->{to} =~ /\A(\w+)\./;
        return if $who eq 'silent';
        return $link->result($ping) if $who eq 'own' || $who eq 'good';
        return $link->error($ping, $who eq 'gone' ? 'remote-server-not-found' : 'forbidden', type => 'cancel', text => $xml);
    },
);
my $names = NameServer->dnsmasq(
    '_xmpp-client._tcp.down.test SRV' => ['10 5 1 x.test', '20 5 2 x.test', '30 5 3 nowhere.test'],
    '_xmpp-client._tcp.up.test SRV' => ['10 5 1 x.test', '20 5 ' . $server->port . ' x.test'],
    'x.test A' => ['127.0.0.1'],
);
my $unusable = write_file("$kept/ca.pem", "no certificate\n");

my @own = ('-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file);
my @answers = map { ('-R', "$_=$_.example") } qw(good gone shut silent);

# name, state, condition, arguments, and more: password, kill => a signal when the probe has connected
my @cases = (
    ['a good run', 'OK', undef, [@own]],
    ['a remote', 'OK', undef, [@own, '-R', 'own=example.org', '-w', '5s,10%', '-c', '~:6s,20%', '-C', '5,2']],
    ['one ping', 'OK', undef, [@own, '-n', 1]],
    ['-vvv', 'OK', undef, [@own, '-vvv']],
    ['--insecure', 'OK', undef, [@own, '--insecure']],
    ['a threshold', 'WARNING', undef, [@own, '-w', '@0:9s']],
    ['--omit-undetermined', 'CRITICAL', 'connect-refused', [@own, '-p', 1, '--omit-undetermined', '-L', 'time,,5']],
    ['refused', 'CRITICAL', 'connect-refused', [@own, '-p', 1]],
    ['a stranger\'s certificate', 'CRITICAL', 'cert-untrusted', [@own, '--ca-file', $server->certificates->other_ca_file]],
    ['a wrong password', 'CRITICAL', 'not-authorized', [@own], password => 'wrong'],
    ['an umlaut', 'CRITICAL', 'no-mechanism', ['-j', "b\xc3\xbccher.example", '-H', $clear->host, '-p', $clear->port, '--tls=none']],
    ['the deadline', 'CRITICAL', 'deadline', ['-j', 'alice\@example.org', '-H', '127.0.0.1', '-p', $mute->sockport, '-t', '2s']],
    ['a fault of our own', 'UNKNOWN', undef, [@own, '--ca-file', $unusable]],
    ['SIGTERM', 'UNKNOWN', undef, ['-j', 'alice@example.org', '-H', '127.0.0.1', '-p', $listener->sockport], kill => 'TERM'],
    ['texts of strangers', 'CRITICAL', 'not-authorized', ['-j', 'alice@example.org', '-H', $hostile->host, '-p', $hostile->port, '--ca-file', $hostile->ca_file, '-vvv']],
    ['answers of strangers', 'CRITICAL', 'remote-server-not-found', [$scripted->options('alice@own.example'), @answers, '--ping-timeout=1s', '-n', 2, '-vvv']],
    ['no login', 'OK', undef, [@own, '-j', 'example.org', '--no-login']],
    ['no login, refused', 'CRITICAL', 'connect-refused', [@own, '-j', 'example.org', '--no-login', '-p', 1]],
    ['not offered', 'CRITICAL', 'not-offered', [@own, '--offers=sasl2']],
    ['no federation', 'CRITICAL', 'no-federation', ['-j', 'example.org', '--s2s', '-H', $lonely->host, '-p', $lonely->port, '--ca-file', $lonely->ca_file]],
    ['no login, each endpoint', 'WARNING', 'connect-refused', ['-j', 'up.test', '--no-login', '--dns-server', $names->address, '--ca-file', $server->ca_file, '--each-endpoint']],
    ['some endpoints', 'CRITICAL', 'connect-refused', ['-j', 'alice@down.test', '--dns-server', $names->address]],
    ['each endpoint, one down', 'WARNING', 'connect-refused', ['-j', 'alice@up.test', '--dns-server', $names->address, '--ca-file', $server->ca_file, '--each-endpoint']],
    ['each endpoint, all down', 'CRITICAL', 'dns-not-found', ['-j', 'alice@down.test', '--dns-server', $names->address, '--each-endpoint', '-vvv']],
    ['each endpoint, none found', 'CRITICAL', 'dns-not-found', ['-j', 'alice@nothing.test', '--dns-server', $names->address, '--each-endpoint']],
    ['no way', 'CRITICAL', 'dns-not-found', ['-j', 'alice@nothing.test', '--dns-server', $names->address]],
);

sub run_case {
    my ($format, $arguments, %option) = @_;
    my $run = Probe->start([@$arguments, '-o', $format], env => { CHECK_XMPP_PING_PASSWORD => $option{password} // 'secret' });
    if ($option{kill}) {
        push @kept_open, scalar $listener->accept;
        sysread $kept_open[-1], my $header, 1;
        $run->kill_with($option{kill});
    }
    return $run->finish;
}

my %of;
for my $case (@cases) {
    my ($name, $state, $condition, $arguments, %option) = @$case;
    my %run = map { $_ => run_case($_, $arguments, %option) } qw(nagios json prometheus);
    subtest $name => sub {
        my $nagios = $run{nagios};
        $nagios->is_valid('nagios');
        is $nagios->state, $state, "it is $state" or diag $nagios->explain;
        for my $format (qw(json prometheus)) {
            is $run{$format}->exit, $nagios->exit, "$format has the same exit code" or diag $run{$format}->explain;
            is $run{$format}->stderr, '', "$format prints nothing on stderr";
            unlike $run{$format}->stdout, qr/secret|\e|\xe2\x80\xae/, "$format shows no secret, nor what deceives";
        }
        my $report = keep($name, $run{json}->stdout);
        $of{$name} = $report;
        ok $report, 'it is JSON' or return diag $run{json}->stdout;
        is_deeply [@$report{qw(state code condition)}], [$state, $nagios->exit, $condition], 'state, code and condition';
        my $masked = sub { return $_[0] =~ s/\d+(?:\.\d+)? ?(?:us|ms|s)\b/TIME/gr };
        my $summary = $report->{summary};
        utf8::encode($summary);
        my $sentence = quotemeta($masked->($nagios->text)) =~ s/\\\.\\\.\\\.(?=\z|,|\\\ )/.*/r;
        like $masked->($summary), qr/\A$sentence\z/s, 'the summary is the sentence of the first line, never cut';
        check_metrics($nagios, $report);

        my $text = $run{prometheus}->stdout;
        is promtool($text), '', 'promtool finds no fault' or diag $text;
        my @series = $text =~ /^([^#\s].*) \S+$/mg;
        my %seen;
        is scalar(grep { $seen{$_}++ } @series), 0, 'no series stands twice';
        my @families = $text =~ /^# TYPE (\S+)/mg;
        %seen = ();
        is scalar(grep { $seen{$_}++ } @families), 0, 'no family is in two places';
        my ($code) = $text =~ /^xmpp_ping_state\{[^}]*\} (\d)$/m;
        is $code, $nagios->exit, 'the state is a metric';
        my ($comment) = $text =~ /\A# XMPP PING (.*)$/m;
        is $masked->($comment), $masked->("$state - " . $nagios->text), 'the sentence is a comment';
        is_deeply [sort map { /phase="(\w+)"/ } grep { !/endpoint=/ } @series], [sort grep { defined $report->{phases}{$_} } keys %{ $report->{phases} }],
            'of the phases there are those that were begun';
    };
}

# The same labels, thresholds and bounds in the same order, and a value where there is one.
sub check_metrics {
    my ($nagios, $report) = @_;
    my (@expected, @got);
    for (split / /, $nagios->perfdata) {
        my ($label, $value, $unit, $limits) = /\A([^=]+)=(U|-?[\d.]+)(s|%|);?(.*)\z/;
        my @limits = map { $_ eq '' ? undef : $_ } (split(/;/, $limits), ('') x 4)[0 .. 3];
        push @expected, join ' ', $label, $value eq 'U' ? 'unknown' : 'known', map { $_ // '-' } @limits;
    }
    for my $metric (@{ $report->{metrics} }) {
        my @bounds = map { defined $metric->{$_} ? $metric->{$_} + 0 : undef } qw(min max);
        push @got, join ' ', $metric->{label}, defined $metric->{value} ? 'known' : 'unknown',
            map { $_ // '-' } @$metric{qw(warning critical)}, @bounds;
    }
    is_deeply \@got, \@expected, 'the metrics are those of the performance data';
    return;
}

# --- what only one of them shows ---

{
    my $report = $of{'a remote'};
    is_deeply [map { $_->{alias} } @{ $report->{targets} }], [undef, 'own'], 'the targets are in order, the own server first';
    is scalar @{ $report->{targets}[1]{pings} }, 3, 'each ping is there';
    my ($min, $mean, $max) = @{ $report->{targets}[0] }{qw(rtt_min rtt rtt_max)};
    cmp_ok $min, '<=', $mean, 'the minimum is at most the mean';
    cmp_ok $mean, '<=', $max, 'the mean is at most the maximum';
    my %metric = map { $_->{label} => $_->{value} } @{ $report->{metrics} };
    is $metric{rtt}, $mean, 'a figure is the same wherever it stands';
    is $metric{time_auth}, $report->{phases}{auth}, 'so is a time of a phase';
    is $metric{cert_days}, $report->{tls}{days_left}, 'so are the days of the certificate';
    like $report->{tls}{version}, qr/\ATLSv1\./, 'the TLS version is there';
    like $report->{tls}{cipher}, qr/\w/, 'the cipher is there';
    ok $report->{tls}{verified}, 'the certificate was verified';
    like $report->{mechanism}, qr/\ASCRAM-SHA-1(?:-PLUS)?\z/, 'the mechanism is there';
    is_deeply [map { $_->{connected} ? 'connected' : 'not' } @{ $report->{endpoints} }], ['connected'], 'the endpoint is there';
    ok !$of{'--insecure'}{tls}{verified}, 'with --insecure it was not verified';
}
is $of{'an umlaut'}{server}, "b\x{fc}cher.example", 'the server is told in UTF-8';
{
    my $report = $of{'a stranger\'s certificate'};
    ok $report->{tls} && !$report->{tls}{verified}, 'a refused certificate was not verified';
    is $report->{tls}{days_left}, $of{'a good run'}{tls}{days_left}, 'its days are there all the same';
}
{
    my $report = $of{'some endpoints'};
    my ($arguments) = map { $_->[3] } grep { $_->[0] eq 'some endpoints' } @cases;
    is_deeply [map { [$_->{name}, $_->{error}{condition}, $_->{error}{text}] } @{ $report->{endpoints} }],
        [
        ['x.test 127.0.0.1:1', 'connect-refused', 'Connection refused'],
        ['x.test 127.0.0.1:2', 'connect-refused', 'Connection refused'],
        ['nowhere.test:3', 'dns-not-found', $report->{endpoints}[2]{error}{text}],
        ],
        'each endpoint that was tried has its own error'
        or diag explain $report->{endpoints};
    my $long = Probe->run($arguments, env => { CHECK_XMPP_PING_PASSWORD => 'secret' })->long;
    like $long, qr/^endpoint \Q$_->{name}\E \(starttls\): \Q$_->{error}{condition}\E/m, "the long output names $_->{name} too"
        for @{ $report->{endpoints} };
}
{
    my $report = $of{'answers of strangers'};
    my %target = map { ($_->{alias} // '') => $_ } @{ $report->{targets} };
    is_deeply [map { $_->{outcome} } @{ $target{silent}{pings} }], ['timeout', 'timeout'], 'a timeout is told of';
    is_deeply $target{silent}{pings}[0]{error}, undef, 'and is no error';
    is $target{shut}{pings}[0]{error}{condition}, 'forbidden', 'an error has its condition';
    is $target{shut}{pings}[0]{error}{type}, 'cancel', 'its type';
    like $target{shut}{pings}[0]{error}{text}, qr/\A\?\(b\)\?_\?\(x\)_ \? \x{fc}\z/, 'its text, clean';
    is $target{gone}{pings}[0]{error}{by}, 'own.example', 'and whose word it is';
    is $target{gone}{pings}[0]{rtt}, undef, 'the time of that is no RTT';
    is_deeply $of{'a good run'}{log}, undef, 'without -vvv there is no log';
    ok scalar(grep { /\Asent: / } @{ $of{'-vvv'}{log} }), 'with -vvv there is';
    is scalar(grep { /c2VjcmV0/ } @{ $of{'-vvv'}{log} }), 0, 'and it has no secret';
}

{
    my $report = $of{'each endpoint, one down'};
    my @checks = @{ $report->{checks} };
    my $port = $server->port;
    is_deeply [sort map { "$_->{name} " . ($_->{up} ? 'up' : 'down') . " $_->{report}{state}" } @checks],
        [sort 'x.test:1 IPv4 down CRITICAL', "x.test:$port IPv4 up OK"], 'each endpoint was checked';
    is_deeply [map { join ' ', sort keys %{ $_->{report} } } @checks], [(join ' ', sort keys %$report) x 2], 'each check is a report';
    my ($up) = grep { $_->{up} } @checks;
    like $up->{report}{tls}{version}, qr/\ATLS/, 'with all that is known of it';
    is_deeply $report->{targets}, [], 'the whole has no targets';
    is_deeply $of{'a good run'}{checks}, [], 'and another run no checks';
    my $text = Probe->run([qw(-j alice@up.test -o prometheus --each-endpoint --dns-server), $names->address, '--ca-file', $server->ca_file],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' })->stdout;
    like $text, qr/^xmpp_ping_endpoint_state\{server="up.test",endpoint="x_test_1_ipv4"\} 2$/m, 'for Prometheus each has its state';
    like $text, qr/^xmpp_ping_rtt_seconds\{server="up.test",endpoint="x_test_${port}_ipv4",target="up.test",alias=""\} 0\.\d+$/m, 'and its figures';
    like $text, qr/^xmpp_ping_endpoints\{server="up.test"\} 2$/m, 'how many there are';
    like $text, qr/^xmpp_ping_endpoints_up\{server="up.test"\} 1\.0+$/m, 'and how many are up';
}

# --- silence, and what fails before the run ---

is(Probe->run([@own, '-q', '-o', 'json'], env => { CHECK_XMPP_PING_PASSWORD => 'secret' })->stdout, '', '--quiet silences an OK');
ok keep('-q, refused', Probe->run([@own, '-q', '-o', 'json', '-p', 1], env => { CHECK_XMPP_PING_PASSWORD => 'secret' })->stdout),
    'but not a problem';
{
    my $run = Probe->run([@own, '-q', '-o', 'prometheus']);
    is $run->exit, 3, '--quiet is refused with --output=prometheus';
    like $run->stdout, qr/\AXMPP PING UNKNOWN - --quiet: /, 'which a usage error says';
}
{
    my @failing = (@own, '--password-file', "$kept/nowhere");
    my $report = keep('no password file', Probe->run([@failing, '-o', 'json'])->stdout);
    is_deeply [@$report{qw(state code phase server)}], ['UNKNOWN', 3, undef, 'example.org'], 'a password file that is not there: JSON';
    like $report->{summary}, qr/\A--password-file: /, 'with the reason';
    is_deeply [sort keys %$report], [sort keys %{ $of{'a good run'} }], 'with all keys';
    is_deeply [map { $_->{label} } @{ $report->{metrics} }], [map { $_->{label} } @{ $of{'a good run'}{metrics} }], 'and all metrics';
    my $run = Probe->run([@failing, '-o', 'prometheus']);
    is $run->exit, 3, 'in the format for Prometheus the exit code is the same';
    is promtool($run->stdout), '', 'promtool finds no fault';
    like $run->stdout, qr/\A# XMPP PING UNKNOWN - --password-file: .*\n.*\n.*\nxmpp_ping_state\{[^\n]*\} 3\n/, 'it has the state and the reason';
}
for my $case (
    ['a key that there is not', 'defaults = { jdi = "a@b.example"; };', 1],
    ['a value that is none', 'defaults = { port = 0; };', 1],
    ['a file that is not there', 'defaults = { ca_file = "/nonexistent"; output = "json"; };', 0],
    ['a syntax error', 'defaults = {', 1],
) {
    my ($name, $text, $asks) = @$case;
    my $file = write_file("$kept/probe.conf", "$text\n");
    my $run = Probe->run(['-f', $file, '-j', 'alice@example.org', $asks ? ('-o', 'json') : ()]);
    my $report = keep("$name in the configuration", $run->stdout);
    is $run->exit, 3, "$name in the configuration: UNKNOWN";
    is $report && $report->{code}, 3, 'as JSON' or diag $run->explain;
    like $report->{findings}[0]{text} // '', qr/probe\.conf/, 'that names the file';
}
{
    my $run = Probe->run([@own, '-o', 'json', '-w', 'x']);
    like $run->stdout, qr/\AXMPP PING UNKNOWN - --warning: /, 'a usage error is plain text, as the options were not understood';
}

# --- the words of -v ---

{
    my %long = map { $_ => Probe->run([@own, $_], env => { CHECK_XMPP_PING_PASSWORD => 'secret' })->long } qw(-q -v -vv -vvv);
    my $plain = Probe->run([@own], env => { CHECK_XMPP_PING_PASSWORD => 'secret' })->long;
    is scalar(() = $plain =~ /\n/g), 1, 'without -v an OK has one line for its one target';
    my %first = (
        'each ping' => [qr/^example\.org ping 3: /m, '-v'],
        'the ledger' => [qr/^phases: dns /m, '-v'],
        'the endpoints' => [qr/^endpoint 127/m, '-v'],
        'TLS version, cipher and verification' => [qr/^tls: TLSv1\.\d, \w+, certificate verified$/m, '-v'],
        'the mechanism' => [qr/^mechanism: SCRAM/m, '-v'],
        'the versions' => [qr/^check_xmpp_ping \d/m, '-vv'],
        'the settings' => [qr/^setting jid: alice\@example\.org$/m, '-vv'],
        'the stream' => [qr/^sent: /m, '-vvv'],
    );
    for my $what (sort keys %first) {
        my ($pattern, $from) = @{ $first{$what} };
        my @with = grep { $long{$_} =~ $pattern } qw(-v -vv -vvv);
        is "@with", join(' ', grep { length $_ >= length $from } qw(-v -vv -vvv)), "$what: from $from on";
    }
    is $long{-q}, '', 'with -q nothing';
}

# --- the schema ---

{
    my $definition = $json->decode(read_file($schema));
    my @objects;
    visit($definition, sub { push @objects, $_[0] if $_[0]{properties} });
    is scalar(grep { !exists $_->{additionalProperties} || $_->{additionalProperties} } @objects), 0, 'no object may have other keys';
    is_deeply [map { join ' ', sort @{ $_->{required} } } @objects], [map { join ' ', sort keys %{ $_->{properties} } } @objects],
        'each object has all of its keys';
    is scalar(grep { !$_->{description} } map { values %{ $_->{properties} } } @objects), 0, 'each key is described';
}
{
    cmp_ok scalar @documents, '>=', 20, scalar(@documents) . ' documents were kept';
    my $said = qx{$FindBin::Bin/clients/validate-json $schema @documents 2>&1};
    is $?, 0, 'all are valid by the schema' or diag $said =~ s{^(\S+\.json)}{$name_of{$1} // $1}gemr;
    my $wrong = read_file($documents[0]) =~ s/"code":0/"code":0,"more":1/r;
    write_file("$kept/wrong", $wrong);
    qx{$FindBin::Bin/clients/validate-json $schema $kept/wrong 2>&1};
    isnt $?, 0, 'the validator finds a key too many';
    write_file("$kept/wrong", read_file($documents[0]) =~ s/"mechanism":"[^"]*",//r);
    qx{$FindBin::Bin/clients/validate-json $schema $kept/wrong 2>&1};
    isnt $?, 0, 'and one too few';
}

done_testing;
