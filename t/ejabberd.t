#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Logging in to a real ejabberd and pinging it.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Ejabberd;
use Probe;

my $certificates = Certificates->new(domain => 'example.org');

sub test_run {
    my ($name, $server, $arguments, $exit, $like, $password) = @_;
    my $run = Probe->run(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, '-t', 20, @$arguments],
        env => { CHECK_XMPP_PING_PASSWORD => $password // 'secret' },
    );
    $run->is_valid($name);
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    like $run->first, $like, "$name: first line" if $like;
    return $run;
}

{
    my $server = Ejabberd->new(
        certificates => $certificates, accounts => { alice => 'secret' }, anonymous => 'guests.example.org'
    );
    my $run = test_run('a good run', $server, [], 0, qr/\AXMPP PING OK - example\.org answers in /);
    is_deeply [$run->labels], [
        qw(rtt rtt_min rtt_max rtt_first loss time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt cert_days)
    ], 'the labels are all there, in their order';
    ok !grep({ $run->metric($_) eq 'U' } $run->labels), 'and none of them is U';
    test_run('direct TLS', $server, ['-p', $server->direct_port, '--tls=direct'], 0);
    test_run('an anonymous login', $server, ['-j', 'guests.example.org', '--insecure'], 0, undef, '');
    test_run('a wrong password', $server, [], 2, qr/auth: not-authorized: login of alice\@example\.org refused: the password may be wrong/, 'wrong');
    test_run('a domain that is not served', $server, ['-j', 'alice@example.net'], 2, qr/host-unknown/);
    test_run('another authority', $server, ['--ca-file', $certificates->other_ca_file], 2, qr/tls: cert-untrusted/);
    test_run('no TLS where it is required', $server, ['--tls=none'], 2);
    test_run('a remote that is this domain', $server, ['-R', 'example.org'], 0, qr/1 of 1 remotes up/);
}
{
    my $server = Ejabberd->new(
        certificates => $certificates, accounts => { alice => 'secret' }, format => 'plain', external => 1,
        disable => ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'DIGEST-MD5', 'X-OAUTH2'],
    );
    test_run('PLAIN', $server, [], 0);
    my $client = $certificates->client('alice@example.org');
    test_run('EXTERNAL', $server, ['--client-cert', $client->{cert}, '--client-key', $client->{key}], 0, undef, '');
}

done_testing;
