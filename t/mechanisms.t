#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Which SASL mechanism is used: client certificates, channel binding, and what --require-mechanism refuses.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Ejabberd;
use Hostile;
use Probe;
use Prosody;
use TempDir;

my $certificates = Certificates->new(domain => 'example.org');
my $dir = temp_dir();

# OpenSSL's own configuration limits the version, as an operator's might.
my $tls12 = write_file("$dir/tls12.cnf", <<'END');
openssl_conf = main
[main]
ssl_conf = ssl
[ssl]
system_default = limits
[limits]
MaxProtocol = TLSv1.2
END

sub probe {
    my ($server, $password, $arguments, %env) = @_;
    return Probe->run(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, '-v', '-t', 20, @$arguments],
        env => { CHECK_XMPP_PING_PASSWORD => $password, %env },
    );
}

sub used {
    my ($run) = @_;
    return $run->long =~ /^mechanism: (\S+)$/m ? $1 : 'none';
}

# What servers on TLS 1.3 offer is a matter of their age: from Prosody 13 and ejabberd 23.10 on they list tls-exporter (XEP-0440).
sub bound_or_not {
    my ($server, $mechanism) = @_;
    my $run = probe($server, 'secret', ['-vvv']);
    is $run->state, 'OK', 'TLS 1.3: logged in' or diag $run->explain;
    my $listed = $run->long =~ /^received: .*channel-binding type=.tls-exporter/m;
    is used($run), $mechanism . ($listed ? '-PLUS' : ''), $listed ? 'bound by tls-exporter, which is listed' : 'not bound, as nothing is listed';
    return;
}

# --- client certificates ---

{
    my $client = $certificates->client('alice@example.org');
    my $stranger = Certificates->new(domain => 'example.org')->client('alice@example.org');
    my $both = write_file("$dir/both.pem", read_file($client->{cert}) . read_file($client->{key}));
    my %made = (plain => "$dir/plain.p12", locked => "$dir/locked.p12");
    for (['plain', 'pass:'], ['locked', 'pass:x']) {
        system('openssl', 'pkcs12', '-export', '-in', $client->{cert}, '-inkey', $client->{key}, '-out', $made{ $_->[0] }, '-passout', $_->[1]) == 0
            or die "openssl pkcs12 failed\n";
    }
    my $locked_key = "$dir/locked.key";
    system('openssl', 'pkey', '-in', $client->{key}, '-aes256', '-passout', 'pass:x', '-out', $locked_key) == 0
        or die "openssl pkey failed\n";

    my $server = Prosody->new(
        domain => 'example.org', certificates => $certificates, authentication => 'ccert', config => qq(certificate_match = "xmppaddr"\n)
    );
    my @good = (
        ['PEM, key apart', '--client-cert', $client->{cert}, '--client-key', $client->{key}],
        ['PEM, both in one file', '--client-cert', $both],
        ['PKCS#12', '--client-cert', $made{plain}],
        ['with the mechanism required', '--client-cert', $both, '--require-mechanism', 'EXTERNAL'],
    );
    for (@good) {
        my ($name, @arguments) = @$_;
        my $run = probe($server, undef, \@arguments);
        $run->is_valid("EXTERNAL, $name");
        is $run->state, 'OK', "EXTERNAL, $name: logged in without a password" or diag $run->explain;
        is used($run), 'EXTERNAL', 'and says by what';
    }
    my $run = probe($server, undef, ['--client-cert', $stranger->{cert}, '--client-key', $stranger->{key}]);
    is $run->state, 'CRITICAL', 'a certificate of an authority that the server does not know is refused' or diag $run->explain;
    unlike $run->first, qr/password/, 'and no word of a password then';
    $run = probe($server, 'secret', []);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: no-mechanism: /, 'a server that wants a certificate takes no password';

    # One for several accounts: the login names which (XEP-0178).
    my $several = $certificates->client('bob@example.org', 'alice@example.org');
    my $ejabberd = Ejabberd->new(certificates => $certificates, accounts => { alice => 'secret' }, external => 1);
    for my $which ($server, $ejabberd) {
        for my $way (qw(auto rfc6120)) {
            $run = probe($which, undef, ['--client-cert', $several->{cert}, '--client-key', $several->{key}, "--login=$way"]);
            is $run->state, 'OK', ref($which) . ", a certificate for two accounts, --login=$way: logged in" or diag $run->explain;
            is used($run), 'EXTERNAL', 'by it';
        }
    }
    for my $case ([$client, ''], [$several, 'alice@example.org']) {
        my ($certificate, $named) = @$case;
        for my $sasl2 (0, 1) {
            my $mock = Hostile->new(certificates => $certificates, mechanisms => ['EXTERNAL'], sasl2 => $sasl2,
                sasl => sub { my ($c) = @_; $c->note("named '$c->{message}'"); return $c->success });
            probe($mock, undef, ['--client-cert', $certificate->{cert}, '--client-key', $certificate->{key}]);
            is_deeply [grep { /\Anamed/ } $mock->notes], ["named '$named'"], "what the login names, SASL2 $sasl2: '$named'";
        }
    }

    my $public_key = write_file("$dir/public.key", read_file($client->{key}), 0640);
    my $public_both = write_file("$dir/public.pem", read_file($both), 0604);
    my @bad = (
        ['a key with a passphrase', qr/--client-key: \S+ is protected by a passphrase/, '--client-cert', $client->{cert}, '--client-key', $locked_key],
        ['PKCS#12 with a passphrase', qr/--client-cert: \S+ is protected by a passphrase/, '--client-cert', $made{locked}],
        ['no key', qr/--client-cert: \S+ holds no private key/, '--client-cert', $client->{cert}],
        ['the key of another', qr/--client-key: \S+ is not the key of the certificate/, '--client-cert', $client->{cert}, '--client-key', $stranger->{key}],
        ['no certificate', qr/--client-cert: \S+ holds no certificate/, '--client-cert', $client->{key}],
        ['no such file', qr/--client-cert: \S+ cannot be read: No such file/, '--client-cert', "$dir/none"],
        ['a key that others can read', qr/--client-key: \S+ can be read by group or others/, '--client-cert', $client->{cert}, '--client-key', $public_key],
        ['the same beside the certificate', qr/--client-cert: \S+ can be read by group or others/, '--client-cert', $public_both],
        ['a key alone', qr/--client-key: needs --client-cert/, '--client-key', $client->{key}],
    );
    for (@bad) {
        my ($name, $like, @arguments) = @$_;
        $run = probe($server, undef, \@arguments);
        is $run->exit, 3, "$name: UNKNOWN" or diag $run->explain;
        like $run->stdout, $like, "$name: said so, and nobody was asked for it";
    }
}

# --- channel binding ---

{
    my $server = Prosody->new(domain => 'example.org', certificates => $certificates, accounts => { alice => 'secret' });
    my $run = probe($server, 'secret', [], OPENSSL_CONF => $tls12);
    is $run->state, 'OK', 'TLS 1.2: logged in' or diag $run->explain;
    like $run->long, qr/^tls: TLSv1\.2,/m, 'on that version';
    is used($run), 'SCRAM-SHA-1-PLUS', 'and bound to the channel by tls-unique';
    bound_or_not($server, 'SCRAM-SHA-1');
    $run = probe($server, 'wrong', [], OPENSSL_CONF => $tls12);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: not-authorized: login of \S+ refused: the password may be wrong/, 'a wrong password is one there too';

    $run = probe($server, 'secret', ['--require-mechanism', 'SCRAM-SHA-256-PLUS']);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: mechanism-downgraded: the server offers only /,
        'a mechanism that is required and not offered is a downgrade';
    is used($run), 'none', 'nothing weaker was tried';
    $run = probe($server, 'secret', ['--require-mechanism', 'SCRAM-SHA-256-PLUS', '--map', 'mechanism-downgraded=WARNING']);
    is $run->state, 'WARNING', 'which may be mapped';
    is used(probe($server, 'secret', ['--require-mechanism', 'PLAIN'])), 'PLAIN', 'of those offered the one that is required is used';
    is used(probe($server, 'secret', ['--require-mechanism', 'PLAIN', '--require-mechanism', 'SCRAM-SHA-1'])), 'SCRAM-SHA-1',
        'of two that may be used the stronger is';
}
{
    my $server = Prosody->new(
        domain => 'example.org', certificates => $certificates, accounts => { alice => 'secret' },
        global => 'disable_sasl_mechanisms = { "SCRAM-SHA-1-PLUS" }'
    );
    my $run = probe($server, 'secret', [], OPENSSL_CONF => $tls12);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: malformed-request: login of \S+ refused: the server can bind the channel, but/,
        'a server that can bind and does not offer it refuses who could (RFC 5802, section 6)';
    $run = probe($server, 'secret', ['--require-mechanism', 'SCRAM-SHA-1'], OPENSSL_CONF => $tls12);
    is $run->state, 'OK', 'but not who does not want to' or diag $run->explain;
}
{
    my $server = Ejabberd->new(certificates => $certificates, accounts => { alice => 'secret' }, config => "auth_scram_hash: sha512\n");
    bound_or_not($server, 'SCRAM-SHA-512');
    my $run = probe($server, 'secret', [], OPENSSL_CONF => $tls12);
    is used($run), 'SCRAM-SHA-512-PLUS', 'a server that keeps passwords for SHA-512 alone is logged in to, on TLS 1.2, too' or diag $run->explain;
}
{
    my $server = Ejabberd->new(certificates => $certificates, accounts => { alice => 'secret' });
    # ejabberd 23.01 offers -PLUS on TLS 1.3, lists nothing, and means tls-unique, which is not safe there.
    bound_or_not($server, 'SCRAM-SHA-1');
    my $run = probe($server, 'secret', [], OPENSSL_CONF => $tls12);
    is $run->state, 'OK', 'on TLS 1.2 it is logged in to' or diag $run->explain;
    like used($run), qr/\ASCRAM-SHA-\d+-PLUS\z/, 'bound to the channel';
}

done_testing;
