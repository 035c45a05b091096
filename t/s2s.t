#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# --s2s: the way of another server, by STARTTLS and by direct TLS, to real servers and to those that do something wrong.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Ejabberd;
use Hostile;
use Misdeeds qw(misdeeds_without_login run_misdeeds);
use NameServer;
use Probe;
use Prosody;
use TempDir;

my @labels = qw(time time_dns time_connect time_stream time_tls tcp_rtt cert_days);
my $certificates = Certificates->new(domain => 'example.org');
my %common = (certificates => $certificates);

sub probe {
    my ($port, @arguments) = @_;
    return Probe->run(['-j', 'example.org', '--s2s', '-H', '127.0.0.1', '-p', $port, '--ca-file', $certificates->ca_file, '-t', 20, @arguments]);
}

sub test_run {
    my ($name, $run, $exit, $like) = @_;
    $run->is_valid($name);
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    like $run->text, $like, "$name: the first line";
    is_deeply [$run->labels], [grep { $run->metric('cert_days') || $_ ne 'cert_days' } @labels], "$name: the labels are the same as ever";
    unlike $run->stdout, qr/not pinged|^example\.org: /m, "$name: nothing is said of pings";
    return $run;
}

my $good = qr/\Aexample\.org takes servers over TLSv1\.3, certificate good for 90 days\z/;

# A certificate for a server that says it is b.example.
my $client = $certificates->leaf('good', domain => 'b.example');
my @certificate = ('--client-cert', $client->{cert}, '--client-key', $client->{key});

# --- real servers ---

my $prosody = Prosody->new(%common, s2s => { direct => 1 });
{
    my $run = test_run('Prosody', probe($prosody->s2s_port), 0, $good);
    is scalar(grep { $run->metric($_) eq 'U' } @labels), 0, 'every figure is known';
    test_run('Prosody, direct TLS', probe($prosody->s2s_direct_port, '--tls=direct'), 0, $good);
    test_run('Prosody, --from', probe($prosody->s2s_port, '--from=b.example'), 0, $good);
    like probe($prosody->s2s_port, '-v')->long, qr/^offers before TLS: starttls.*\noffers behind TLS: (?:.*, )?dialback$/m, '-v shows dialback';
    test_run('Prosody, another authority', probe($prosody->s2s_port, '--ca-file', $certificates->other_ca_file), 2, qr/\Atls: cert-untrusted: /);
    test_run('Prosody, another domain', probe($prosody->s2s_port, '-j', 'example.net'), 2, qr/\A(?:stream: host-unknown|tls: cert-hostname)/);
    test_run('Prosody, the port for users', probe($prosody->port), 2, qr/\Astream: (?:no-federation|invalid-namespace): /);
}
{
    my $server = Prosody->new(%common, s2s => { secure => 1 });
    my $run = test_run('Prosody that wants a certificate', probe($server->s2s_port, '--from=b.example'), 2,
        qr/\Astream: (?:not-authorized|policy-violation|no-federation)/);
    $run = test_run('Prosody that gets one', probe($server->s2s_port, '--from=b.example', '-v', @certificate), 0, $good);
    like $run->long, qr/^offers behind TLS: .*\bEXTERNAL\b/m, 'it offers EXTERNAL';
}
{
    my $server = Prosody->new(%common, s2s => {}, without => ['dialback']);
    test_run('Prosody that lets nobody in', probe($server->s2s_port), 2, qr/\Astream: (?:no-federation: |undefined-condition: No stream features)/);
}
{
    my $server = Ejabberd->new(%common, s2s => { tls => 'required' });
    test_run('ejabberd', probe($server->s2s_port, '--from=b.example'), 0, $good);
    test_run('ejabberd, direct TLS', probe($server->s2s_direct_port, '--tls=direct', '--from=b.example'), 0, $good);
}
{
    my $server = Ejabberd->new(%common, s2s => { tls => 'required_trusted' });
    my $run = test_run('ejabberd that gets a certificate', probe($server->s2s_port, '--from=b.example', '-v', @certificate), 0, $good);
    like $run->long, qr/^offers behind TLS: .*\bEXTERNAL\b/m, 'it offers EXTERNAL';
    test_run('ejabberd that gets none', probe($server->s2s_port, '--from=b.example'), 0, $good);    # it offers EXTERNAL all the same
}

# --- the way ---

{
    my $dead = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'tcp') or die "TCP: $@\n";
    my ($port, $direct, $closed) = ($prosody->s2s_port, $prosody->s2s_direct_port, $dead->sockport);
    my $of_test = Certificates->new(domain => 'direct.test');
    my $server = Prosody->new(domain => 'direct.test', domains => ['starttls.test', 'both.test'], s2s => { direct => 1 },
        certificates => $of_test, certificate => $of_test->leaf('good', names => ['starttls.test', 'both.test']));
    my $names = NameServer->scripted(
        '_xmpp-server._tcp.starttls.test SRV' => ['10 5 ' . $server->s2s_port . ' a.test'],
        '_xmpp-client._tcp.starttls.test SRV' => ["10 5 $closed a.test"],
        '_xmpps-server._tcp.direct.test SRV' => ['10 5 ' . $server->s2s_direct_port . ' a.test'],
        '_xmpp-server._tcp.direct.test SRV' => ['0 0 0 .'],
        '_xmpp-server._tcp.both.test SRV' => ['10 5 ' . $server->s2s_port . ' a.test', "20 5 $closed a.test"],
        '_xmpps-server._tcp.both.test SRV' => ['30 5 ' . $server->s2s_direct_port . ' a.test'],
        '_xmpp-server._tcp.users.test SRV' => ['0 0 0 .'],
        'a.test A' => ['127.0.0.1'],
    );
    my @way = ('--s2s', '--dns-server', $names->address, '--ca-file', $server->ca_file, '-t', 20);
    for (['starttls', qr/starttls/], ['direct', qr/direct TLS/]) {
        my ($name, $mode) = @$_;
        my $run = Probe->run(['-j', "$name.test", @way, '-v']);
        is $run->exit, 0, "SRV of servers leads to $name" or diag $run->explain;
        like $run->long, qr/^endpoint a\.test 127\.0\.0\.1:\d+ \($mode\): connected/m, 'in the way that it says';
    }
    my $none = Probe->run(['-j', 'users.test', @way]);
    like $none->text, qr/\Adns: service-not-offered: /, 'a domain may offer servers nothing';
    my $run = Probe->run(['-j', 'both.test', @way, '--each-endpoint']);
    $run->is_valid('each endpoint');
    like $run->text, qr/\Aa\.test:$closed IPv4: connect: connect-refused: .*, 2 of 3 endpoints up\z/, 'each endpoint is checked';
    is scalar(grep { /_time\z/ } $run->labels), 3, 'and has its time';
}

# The ports without SRV: 5269 and 5270.
{
    my $names = NameServer->scripted('plain.test A' => ['127.0.0.1']);
    for ([[], 5269], [['--tls=direct'], 5270]) {
        my ($arguments, $port) = @$_;
        my $run = Probe->run(['-j', 'plain.test', '--s2s', '-4', '--dns-server', $names->address, '-t', 5, '-v', @$arguments]);
        like $run->long, qr/^endpoint plain\.test 127\.0\.0\.1:$port /m, "port $port";
    }
}

# --- what is sent ---

for my $mode (qw(starttls direct)) {
    my $server = Hostile->new(%common, s2s => 1, mode => $mode);
    my $run = Probe->run(['-j', 'example.org', '--s2s', '--from=b.example', '-H', $server->host, '-p', $server->port, '--tls', $mode,
            '--ca-file', $server->ca_file], env => { CHECK_XMPP_PING_PASSWORD => 'sesame' });
    is $run->exit, 0, "$mode: it is OK" or diag $run->explain;
    $server->await(qr{</stream:stream>});
    my @headers = $server->received =~ /(<stream:stream\b[^>]*>)/g;
    is scalar @headers, $mode eq 'direct' ? 1 : 2, "$mode: streams";
    is scalar(grep { /\bxmlns="jabber:server"/ && /\bto="example\.org"/ && /\bfrom="b\.example"/ && /\bversion="1\.0"/ } @headers), scalar @headers,
        "$mode: each is one of a server, with its from";
    is scalar(grep { $_ eq 'alpn xmpp-server' } $server->notes), 1, 'ALPN names the protocol (XEP-0368)' if $mode eq 'direct';
    unlike $server->received, qr/sesame|<auth\b|<iq\b|<db:/, "$mode: no password, no <auth/>, no ping, no dialback";
    like $server->received('tls'), qr{</stream:stream>\z}, "$mode: the end of the stream";
}
{
    my $server = Hostile->new(%common, s2s => 1, dialback => 0);
    test_run('EXTERNAL alone', probe($server->port), 0, $good);
    unlike $server->received, qr/\bfrom=/, 'without --from there is none';
    $server = Hostile->new(%common, s2s => 1, mechanisms => ['SCRAM-SHA-1'], dialback => 0);
    test_run('neither', probe($server->port), 2, qr/\Astream: no-federation: neither SASL EXTERNAL nor dialback is offered\z/);
    test_run('--map=no-federation', probe($server->port, '--map=no-federation=WARNING'), 1, qr/\Astream: no-federation: /);
    $server = Hostile->new(%common, s2s => 1, mechanisms => ['dialback'], dialback => 0);
    my $run = test_run('a mechanism that is called dialback', probe($server->port, '-v'), 2, qr/\Astream: no-federation: /);
    like $run->long, qr/^offers behind TLS: mechanism:dialback$/m, 'is shown for what it is';
    $server = Hostile->new(%common, s2s => 1, mechanisms => [map({ "X-$_" } 1 .. 1000), 'EXTERNAL'], dialback => 0);
    test_run('more mechanisms than can be told of', probe($server->port), 3, qr/\Aprobe: no proof of what the server offers\z/);
    $server = Hostile->new(%common, s2s => 1, features => sub { $_[0]->features('<dialback xmlns="urn:xmpp:features:dialback"/>') });
    test_run('dialback, but no STARTTLS', probe($server->port), 2, qr/\Atls: starttls-missing: /);
}

# --- options ---

like probe($prosody->s2s_port, '-R', 'b.example')->text, qr/\A--remote: means nothing with --s2s\z/, 'remotes are refused';
like probe($prosody->s2s_port, '-n', 3)->text, qr/\A--count: means nothing with --s2s\z/, 'so are counts';
{
    my $report = decode_json(probe($prosody->s2s_port, '-o', 'json')->stdout);
    is $report->{code}, 0, 'JSON: it is OK';
    ok((grep { $_ eq 'dialback' } @{ $report->{offers}{behind_tls} }), 'and says what is offered');
}
test_run('--offers', probe($prosody->s2s_port, '--offers=dialback'), 0, $good);
test_run('--offers-not', probe($prosody->s2s_port, '--offers-not=dialback'), 2, qr/\Astream: offered: dialback\z/);

# --- what servers do wrong ---

run_misdeeds(16, misdeeds_without_login(1));

done_testing;
