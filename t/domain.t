#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Domains that are not ASCII: DNS, SNI and certificates know straße.example by IDNA 2008, as xn--strae-oqa.example;
# Prosody prepares it by IDNA 2003 and calls itself strasse.example.

use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use NameServer;
use Probe;
use Prosody;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $certificates = Certificates->new(domain => 'xn--strae-oqa.example');
my $server = Prosody->new(
    domain => 'strasse.example', accounts => { alice => 'secret' }, iterations => 4096, certificates => $certificates,
    certificate => $certificates->leaf('good'),
);

sub check {
    my (@arguments) = @_;
    return Probe->run([map { encode_utf8($_) } @arguments], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
}

# How people may write it.
for my $domain ('straße.example', 'STRAßE.Example', 'xn--strae-oqa.example', 'XN--STRAE-OQA.example', 'ｓtraße。example') {
    my $run = check('-j', "alice\@$domain", '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file);
    $run->is_valid($domain);
    is $run->exit, 0, "$domain: the login works, with its certificate" or diag $run->explain;
    like $run->text, qr/\A\Q${\ encode_utf8('straße.example')}\E answers in /, "$domain: it stays what it is";
}

my $other = check('-j', 'alice@strasse.example', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file);
is $other->condition, 'cert-hostname', 'strasse.example is another domain' or diag $other->explain;

my $names = NameServer->scripted(
    '_xmpp-client._tcp.xn--strae-oqa.test SRV' => ["10 5 ${\ $server->port} xn--strae-oqa.test"],
    'xn--strae-oqa.test A' => ['127.0.0.1'],
);
my $asked = check('-j', 'alice@straße.test', '--dns-server', $names->address, '--ca-file', $server->ca_file);
is $asked->condition, 'host-unknown', 'SRV records lead to the server, which does not know that domain' or diag $asked->explain;
is_deeply [grep { !/xn--strae-oqa\.test/ } $names->questions], [], 'and DNS is asked for the A-label alone';

done_testing;
