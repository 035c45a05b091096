#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Which authorities are trusted without --ca-file and --ca-path: the system's, or those that SSL_CERT_FILE and SSL_CERT_DIR
# name, as with any other program that uses OpenSSL; and an OpenSSL that cannot be used.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Probe;
use Prosody;
use TempDir;

my $certificates = Certificates->new(domain => 'example.org');
my %server = map {
    $_ => Prosody->new(domain => 'example.org', certificates => $certificates, certificate => $_, iterations => 4096,
        accounts => { alice => 'secret' })
} qw(good chain self_signed unknown_ca expired);

my ($ours, $stranger) = ($certificates->ca_file, $certificates->other_ca_file);
my $hashed = $certificates->ca_path;
my $empty = temp_dir();

# What Debian's ca-certificates installs: a bundle, and the same certificates one by one under their hashes.
my ($bundle, $directory) = ('/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs');
my $roots = () = read_file($bundle) =~ /^-----BEGIN CERTIFICATE-----/mg;
cmp_ok $roots, '>', 50, "the system has a bundle of authorities ($roots)";
my $with_ours = write_file(temp_dir() . '/bundle.crt', read_file($bundle) . read_file($ours), 0644);

# Runs a check in an environment with these two variables, undef: without.
sub check {
    my ($name, $kind, $file, $dir, $expected, @arguments) = @_;
    my $run = Probe->run(
        ['-j', 'alice@example.org', '-H', $server{$kind}->host, '-p', $server{$kind}->port, '-n', 1, @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret', SSL_CERT_FILE => $file, SSL_CERT_DIR => $dir },
    );
    $run->is_valid($name);
    is $run->state, $expected ? 'CRITICAL' : 'OK', "$name: state" or diag $run->explain;
    is $run->condition, $expected, "$name: condition" or diag $run->explain if $expected;
    like $run->metric('cert_days'), qr/\A-?\d+\z/, "$name: the days are told" if $expected;
    return;
}

my $untrusted = 'cert-untrusted';

check("the system's trust does not know a private authority", 'good', undef, undef, $untrusted);
check('nor its intermediate', 'chain', undef, undef, $untrusted);
check('nor one that signed itself', 'self_signed', undef, undef, $untrusted);
check('empty variables are none', 'good', '', '', $untrusted);

check('SSL_CERT_FILE', 'good', $ours, undef, '');
check('SSL_CERT_FILE, and an intermediate that the server sends', 'chain', $ours, undef, '');
check('SSL_CERT_FILE without a directory', 'good', $ours, $empty, '');
check('SSL_CERT_FILE with another authority', 'good', $stranger, $empty, $untrusted);
check('SSL_CERT_FILE that is not there', 'good', "$empty/none", $directory, $untrusted);
check('SSL_CERT_FILE with all of the system\'s and ours', 'good', $with_ours, undef, '');
check('SSL_CERT_FILE does not trust more than it has', 'unknown_ca', $with_ours, undef, $untrusted);
check('SSL_CERT_FILE does not make good what has expired', 'expired', $ours, undef, 'cert-expired');

my $nothing = Probe->run(
    ['-j', 'alice@example.org', '-H', $server{good}->host, '-p', $server{good}->port],
    env => { CHECK_XMPP_PING_PASSWORD => 'secret', SSL_CERT_FILE => "$empty/none", SSL_CERT_DIR => $empty },
);
$nothing->is_valid('no authority at all');
is $nothing->state, 'UNKNOWN', 'no authority at all is the fault of the own machine' or diag $nothing->explain;
like $nothing->text, qr/no CA to trust/, 'and it is told';

check('SSL_CERT_DIR', 'good', undef, $hashed, '');
check('SSL_CERT_DIR, and an intermediate that the server sends', 'chain', undef, $hashed, '');
check('SSL_CERT_DIR of several', 'good', undef, "$empty:$directory:$hashed", '');
check('SSL_CERT_DIR beside a file that does not have it', 'good', $stranger, $hashed, '');
check('SSL_CERT_DIR without it', 'good', "$empty/none", $directory, $untrusted);
check('SSL_CERT_DIR does not trust more than it has', 'unknown_ca', undef, $hashed, $untrusted);

# Hashed names as administrators make them: links to links that lead out of the directory, which the sandbox has to let through.
my $linked = temp_dir();
symlink $ours, "$linked/ours.pem" or die "$linked: $!\n";
symlink 'ours.pem', "$linked/" . s{.*/}{}r or die "$linked: $!\n" for glob "$hashed/*.0";
check('SSL_CERT_DIR of links', 'good', undef, $linked, '');
check('--ca-path of links', 'good', undef, undef, '', '--ca-path', $linked);

check('--ca-file stands alone', 'good', $ours, $hashed, $untrusted, '--ca-file', $stranger);
check('--ca-path stands alone', 'good', $ours, $hashed, $untrusted, '--ca-path', $empty);
# As OpenSSL wrote them for long. Nobody asks for its passphrase.
my $key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC," . '0' x 32 . "\n\n"
    . 'A' x 64 . "\n-----END RSA PRIVATE KEY-----\n";
my $with_key = write_file(temp_dir() . '/with_key.pem', $key . read_file($ours));
check('--ca-file with a key, which is encrypted, beside the certificate', 'good', undef, undef, '', '--ca-file', $with_key);
check('and SSL_CERT_FILE', 'good', $with_key, undef, '');
check('--ca-file for what the environment lacks', 'good', $stranger, $empty, '', '--ca-file', $ours);

# What OpenSSL's configuration makes impossible is told in its words.
my $unusable = write_file("$empty/openssl.cnf", "openssl_conf = start\n[start]\nssl_conf = tls\n[tls]\n");
my $run = Probe->run(['-j', 'alice@example.org', '-H', '127.0.0.1', '-p', 9],
    env => { CHECK_XMPP_PING_PASSWORD => 'secret', OPENSSL_CONF => $unusable });
$run->is_valid('a configuration that is not complete');
is $run->state, 'UNKNOWN', 'a configuration that is not complete is the fault of the own machine' or diag $run->explain;
like $run->text, qr/OpenSSL cannot be used here: ssl section empty \(section=tls\)/, 'told by its reason and details';

done_testing;
