#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# --no-login: the way to the server up to what it offers behind TLS, in all outcomes; no password is read or sent, nothing is left.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use List::Util qw(min);
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Ejabberd;
use Hostile;
use Misdeeds qw(misdeeds_without_login run_misdeeds);
use NameServer;
use Probe;
use Prosody;
use Relay;

my @labels = qw(time time_dns time_connect time_stream time_tls tcp_rtt cert_days);
my $certificates = Certificates->new(domain => 'example.org');
my %common = (certificates => $certificates);

sub probe {
    my ($server, @arguments) = @_;
    return Probe->run(['-j', 'example.org', '--no-login', '-H', $server->host, '-p', $server->port, '--ca-file', $certificates->ca_file,
            '-t', 20, @arguments]);
}

# A run, with its shape. Returns it.
sub test_run {
    my ($name, $run, $exit, $like) = @_;
    $run->is_valid($name);
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    like $run->text, $like, "$name: the first line";
    is_deeply [$run->labels], [grep { $run->metric('cert_days') || $_ ne 'cert_days' } @labels], "$name: the labels are the same as ever";
    unlike $run->stdout, qr/not pinged|^example\.org: /m, "$name: nothing is said of pings";
    return $run;
}

# --- real servers ---

my $good = qr/\Aexample\.org takes logins over TLSv1\.3, certificate good for 90 days\z/;
my $prosody = Prosody->new(%common, accounts => { alice => 'secret' }, iterations => 10_000);
for (['Prosody', $prosody], ['ejabberd', Ejabberd->new(%common)]) {
    my ($name, $server) = @$_;
    my $run = test_run($name, probe($server), 0, $good);
    is scalar(grep { $run->metric($_) eq 'U' } @labels), 0, "$name: every figure is known";
    is $run->long, '', "$name: an OK has one line";
    test_run("$name, direct TLS", probe($server, '-p', $server->direct_port, '--tls=direct'), 0, $good);
    like probe($server, '-v')->long, qr/^offers before TLS: starttls, starttls-required\noffers behind TLS: .*\bSCRAM-SHA-1\b/m,
        "$name: -v shows what it offers, before and behind TLS";
}

# Nothing is left, and the server is told that it is over.
$prosody->daemon->wait_until(sub { (() = $prosody->log_text =~ /Client connected/g) == (() = $prosody->log_text =~ /Client disconnected/g) }, 30, 'close all');
unlike $prosody->log_text, qr/Authenticated as/, 'nobody has logged in';

# --- what the user asks for ---

test_run('days of the certificate', probe($prosody, '-C', '100,50'), 1, qr/\Atls: cert-expiring: certificate of \S+ expires in 90 days \(warning below 100\)\z/);
test_run('a limit', probe($prosody, '-L', 'time_tls,,1us'), 2, qr/\Atime_tls .* is above 1 us\z/);
test_run('--insecure', probe($prosody, '--insecure', '--ca-file', $certificates->other_ca_file), 0,
    qr/\Aexample\.org takes logins over TLSv1\.3, certificate not verified\z/);
test_run('a stranger\'s certificate', probe($prosody, '--ca-file', $certificates->other_ca_file), 2, qr/\Atls: cert-untrusted: /);
test_run('--map', probe($prosody, '--ca-file', $certificates->other_ca_file, '--map=cert-untrusted=WARNING'), 1, qr/\Atls: cert-untrusted: /);
test_run('a refused connection', probe($prosody, '-p', 1), 2, qr/\Aconnect: connect-refused: /);
test_run('another domain', probe($prosody, '-j', 'example.net'), 2, qr/\A(?:stream: host-unknown|tls: cert-hostname)/);
is probe($prosody, '-q')->stdout, '', 'with -q nothing is printed when OK';
{
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "TCP: $@\n";
    test_run('the deadline', probe($prosody, '-p', $listener->sockport, '-t', '2s'), 2, qr/\Astream: deadline: /);
    test_run('--timeout\'s own state', probe($prosody, '-p', $listener->sockport, '-t', '2s:WARNING'), 1, qr/\Astream: deadline/);
}
{
    my $clear = Prosody->new(%common, tls => 0);
    my $run = test_run('clear text', probe($clear, '--tls=none'), 0, qr/\Aexample\.org takes logins without TLS\z/);
    test_run('no STARTTLS', probe($clear), 2, qr/\Atls: starttls-missing: /);
}

# --- no password ---

{
    my $run = test_run('a password file that is not there', probe($prosody, '--password-file', '/nonexistent'), 0, $good);
    my $server = Hostile->new(%common, mechanisms => ['PLAIN']);
    $run = Probe->run(['-j', 'example.org', '--no-login', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file],
        env => { CHECK_XMPP_PING_PASSWORD => 'sesame' });
    is $run->exit, 0, 'a server that would take PLAIN is OK' or diag $run->explain;
    $server->await(qr{</stream:stream>});
    unlike $server->received, qr/sesame|<auth\b|<iq\b/, 'it is sent no password, no <auth/> and no ping';
    like $server->received('tls'), qr{</stream:stream>\z}, 'and the end of the stream';
    is $server->connections, 1, 'in one connection';
}

# --- what means nothing here ---

for my $option (['-R', 'b.example'], ['-n', 5], ['-i', 1], ['-m', 1], ['-w', 1], ['-c', 1], ['--ping-timeout', 1], ['--require-mechanism', 'PLAIN'],
    ['--client-cert', $certificates->ca_file]) {
    my $run = probe($prosody, @$option);
    is $run->exit, 3, "$option->[0] is refused";
    like $run->text, qr/\A--[\w-]+: means nothing with --no-login\z/, 'in words';
}
like probe($prosody, '-j', 'alice@example.org')->text, qr/\A--jid: must be a domain with --no-login\z/, 'so is an account';
like probe($prosody, '-L', 'rtt,1,2')->text, qr/\A--limit: rtt is no metric of this check/, 'and a limit for what is not measured';

# --- each endpoint ---

{
    my $dead = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'tcp') or die "TCP: $@\n";
    my ($port, $direct, $closed) = ($prosody->port, $prosody->direct_port, $dead->sockport);
    my $two = Prosody->new(domain => 'two.test', iterations => 4096);
    my $names = NameServer->scripted(
        '_xmpp-client._tcp.two.test SRV' => ['10 5 ' . $two->port . ' a.test', "20 5 $closed b.test"],
        '_xmpps-client._tcp.two.test SRV' => ['10 5 ' . $two->direct_port . ' a.test'],
        map { ("$_.test A" => ['127.0.0.1']) } qw(a b),
    );
    my @survey = ('-j', 'two.test', '--no-login', '--each-endpoint', '--dns-server', $names->address, '--ca-file', $two->ca_file, '-t', 20);
    my $run = Probe->run([@survey]);
    $run->is_valid('each endpoint');
    is $run->exit, 1, 'one of three endpoints is down' or diag $run->explain;
    like $run->text, qr/\Ab\.test:$closed IPv4: connect: connect-refused: .*, 2 of 3 endpoints up\z/, 'and named';
    my @names = ('a_test_' . $two->port . '_ipv4', 'a_test_' . $two->direct_port . '_direct_ipv4', "b_test_${closed}_ipv4");
    is_deeply [$run->labels], ['endpoints_up', 'time', 'time_dns', map { ("${_}_time", "${_}_cert_days") } sort @names],
        'each has its time and its certificate, and no RTT';
    like $run->long, qr/^endpoint a\.test:\d+ IPv4 \(direct TLS\): OK, two\.test takes logins over TLSv1\.3/m, 'each has its line';
    $run = Probe->run([@survey, '--map=endpoint-down=OK']);
    like $run->text, qr/\Atwo\.test: 2 of 3 endpoints up\z/, 'an OK counts them';
    my $report = decode_json(Probe->run([@survey, '-o', 'json'])->stdout);
    is_deeply [map { scalar @{ $_->{report}{offers}{behind_tls} } > 0 ? 1 : 0 } grep { $_->{up} } @{ $report->{checks} }], [1, 1],
        'each says what it offers';
    $run = Probe->run([@survey, '-o', 'prometheus']);
    unlike $run->stdout, qr/xmpp_ping_(?:rtt|loss|target|remote)/, 'for Prometheus there is nothing of pings';
}

# --- the formats ---

{
    my $run = probe($prosody, '-o', 'json');
    my $report = decode_json($run->stdout);
    is $report->{code}, 0, 'JSON: it is OK';
    is_deeply $report->{targets}, [], 'there is no target';
    is_deeply [map { $_->{label} } @{ $report->{metrics} }], \@labels, 'the metrics are those of the performance data';
    ok((grep { $_ eq 'SCRAM-SHA-1' } @{ $report->{offers}{behind_tls} }), 'the mechanisms are there');
    my ($leaf, $root) = @{ $report->{tls}{chain} };
    is_deeply [$leaf->{names}, $leaf->{key}, $leaf->{days_left}], ['example.org', { type => 'EC', bits => 256 }, 90], 'and the chain: the leaf';
    like $leaf->{until}, qr/\A20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\z/, 'with its end';
    is $root->{names}, 'Test Root', 'and the root';
    my $text = probe($prosody, '-o', 'prometheus')->stdout;
    like $text, qr/^xmpp_ping_state\{[^}]*\} 0$/m, 'Prometheus: it is OK';
    like $text, qr/^xmpp_ping_certificate_remaining_seconds\{/m, 'the certificate is there';
    unlike $text, qr/xmpp_ping_(?:rtt|loss|target|remote)|phase="(?:auth|bind|ping)"/, 'and nothing of pings';
}

# --- what it costs ---

# Behind a delay, which is what most of the time goes to wherever a server is not next door. What the machine does meanwhile only
# adds: the least of some runs tells.
{
    my $relay = Relay->new(port => $prosody->port, delay => 0.05);
    my @way = ('-H', '127.0.0.1', '-p', $relay->port, '--ca-file', $certificates->ca_file, '-t', 20);
    my %time;
    for my $turn (1 .. 4) {
        my %run = (
            whole => Probe->run(['-j', 'alice@example.org', @way], env => { CHECK_XMPP_PING_PASSWORD => 'secret' }),
            without => Probe->run(['-j', 'example.org', '--no-login', @way]),
        );
        for (sort keys %run) {
            is $run{$_}->exit, 0, "$_, turn $turn: it is OK" or diag $run{$_}->explain;
            push @{ $time{$_} }, $run{$_}->metric('time');
        }
    }
    my ($whole, $without) = map { min(@{ $time{$_} }) } qw(whole without);
    cmp_ok $without, '<=', 0.6 * $whole, 'without a login it takes at most 0.6 of the time of a whole check';
    note $without / $whole;
}

# --- what servers do wrong ---

run_misdeeds(16, misdeeds_without_login(0));

done_testing;
