#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The password is where it must be and nowhere else: not in argv or the environment that others see, not in any output, not on the
# wire to a server that has not proved who it is.

use strict;
use warnings;
use Digest::SHA qw(sha256_base64);
use FindBin;
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/support";

use Certificates;
use Daemon qw(children_of now);
use Hostile;
use Probe;
use TempDir;

my $password = 'corr3ct-h0rse';
my $file = password_file($password);
my $certificates = Certificates->new(domain => 'example.org');

# The ways in which a password can be written down: itself, in base64 at each offset, in hexadecimal, backwards.
my @written = ($password, unpack('H*', $password), scalar reverse $password);
for my $before ('', 'x', 'xx') {
    my $base64 = encode_base64($before . $password, '');
    push @written, substr $base64, 4, 12;    # beyond what the neighbours change
}
push @written, substr(encode_base64("\0alice\0$password", ''), 8, 12);
my $secret = join '|', map { quotemeta } @written;
$secret = qr/$secret/i;
like encode_base64("\0alice\0$password", ''), $secret, 'the search finds PLAIN';

sub arguments {
    my ($server, @more) = @_;
    return ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, '-t', 20, @more];
}

my %from = (
    'from a file' => [['--password-file', $file], {}],
    'from the environment' => [[], { CHECK_XMPP_PING_PASSWORD => $password }],
);

# --- while it runs ---

for my $source (sort keys %from) {
    my ($arguments, $env) = @{ $from{$source} };
    my $server = Hostile->new(certificates => $certificates, password => $password, ping => 'silence');
    my $run = Probe->start(arguments($server, @$arguments), env => $env);
    for (my $end = now() + 15; now() < $end && $server->received !~ /<ping/; sleep 0.01) {
    }
    like $server->received, qr/<ping/, "$source: it has logged in";
    my @processes = ($run->pid, children_of($run->pid));
    cmp_ok scalar @processes, '>=', 2, "$source: a parent and its child are there";
    for my $what (qw(cmdline environ comm)) {
        my $text = join "\n", map { read_file("/proc/$_/$what") } @processes;
        unlike $text, $secret, "$source: not in $what";
    }
    $run->kill_with('TERM');
    $run->finish;
    unlike $run->stdout . $run->stderr, $secret, "$source: not in the output";
}

# --- in the output ---

my @told = (
    ['PLAIN', { mechanisms => ['PLAIN'] }],
    ['SCRAM-SHA-1', { mechanisms => ['SCRAM-SHA-1'] }],
    ['SCRAM-SHA-256', { mechanisms => ['SCRAM-SHA-256'] }],
    ['PLAIN in clear on loopback', { mechanisms => ['PLAIN'], mode => 'clear' }],
    ['a refused PLAIN', { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized'] }],
    ['a server that says it again', { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized', "no account has $password"] }],
    ['a server that says it again in base64',
        { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized', 'who sends ' . encode_base64($password, '')] }],
    (map { ["a server that says it again in base64, $_ bytes from the beginning",
        { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized', encode_base64('x' x $_ . "$password is wrong", '')] }] } 1 .. 3),
    ['a server that says it again in hexadecimal',
        { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized', 'who sends ' . unpack 'H*', $password] }],
    ['a server that says it again in hexadecimal, in capitals',
        { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized', 'who sends ' . uc unpack 'H*', $password] }],
    ['a server that says all of it again',
        { mechanisms => ['PLAIN'], sasl => [failure => 'not-authorized', encode_base64("\0alice\0$password", '')] }],
);
for my $case (@told, map { ["SASL2, $_->[0]", { %{ $_->[1] }, sasl2 => 'only', bind2 => 1 }] } @told) {
    my ($name, $option) = @$case;
    my $server = Hostile->new(certificates => $certificates, password => $password, %$option);
    my $arguments = $server->{mode} eq 'clear'
        ? ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--tls=none']
        : arguments($server);
    my $run = Probe->run([@$arguments, '--password-file', $file, '-vvv']);
    like $server->received, $option->{sasl2} ? qr/<authenticate/ : qr/<auth\b/, "$name: a login was attempted";
    unlike $run->stdout . $run->stderr, $secret, "$name: no password in the output";
    my ($proof) = $server->received =~ /<response[^>]*>([^<]+)</;
    unlike $run->stdout, qr/\Q${\ substr $proof, -20}\E/, "$name: no proof of it either" if $proof;
    like $run->stdout, qr/^sent: .*stream:stream/m, "$name: although the stream is logged";
}

# A password that is a word of ours is not told by what is masked: only what the server says is.
for my $word (qw(server secret password stream)) {
    for my $case (
        ['a server that says nothing', { stream2 => 'close' }, qr/closed by the server/],
        ['a server without STARTTLS', { features => 'no_starttls' }, qr/the server does not offer STARTTLS, nothing secret was sent/],
        ['a refused login', { sasl => [failure => 'not-authorized'] }, qr/password/],
        ['a server that says the word', { sasl => [failure => 'not-authorized', "a $word is wrong"] }, qr/\[masked\]/, 1],
    ) {
        my ($name, $option, $like, $masked) = @$case;
        my $server = Hostile->new(certificates => $certificates, password => $word, %$option);
        my $run = Probe->run([@{ arguments($server) }, '-v'], env => { CHECK_XMPP_PING_PASSWORD => $word });
        $run->is_valid("$name, $word");
        like $run->stdout, $like, "$name: the password $word does not change our words";
        unlike $run->stdout, $masked ? qr/a $word is/ : qr/masked/, "$name: " . ($masked ? 'the server\'s are masked' : 'nothing is masked');
    }
}

# A password that stands in the name of a mechanism: the offer that the server signs (XEP-0474) is compared as it is.
for my $case ([['X-OAUTH2', 'SCRAM-SHA-256'], 0], [['X-OAUTH2'], 2]) {
    my ($mechanisms, $exit) = @$case;
    my $word = 'OAUTH2';
    my $signed = sha256_base64(join "\x1e", sort @$mechanisms) . '=';
    my $server = Hostile->new(certificates => $certificates, password => $word, mechanisms => $mechanisms, scram => { extension => "h=$signed" });
    my $run = Probe->run(arguments($server), env => { CHECK_XMPP_PING_PASSWORD => $word });
    is $run->exit, $exit, "a password that is a mechanism's, of @$mechanisms: exit code" or diag $run->explain;
    unlike $run->stdout, qr/$word/, 'and it is not told';
}

# Our answers repeat what the server asks with, in the stream log too.
{
    my $word = 'correcthorse';
    my $server = Hostile->new(certificates => $certificates, password => $word, mechanisms => ['PLAIN'], ping => sub {
        my ($c) = @_;
        my $from = "from='$c->{server}{domain}'";
        $c->send("<iq type='get' id='$word' $from><ping xmlns='urn:xmpp:ping'/></iq><iq type='set' id='2$word' $from><x xmlns='urn:example'/></iq>");
        $c->iq_result('');
        return 1;
    });
    my $run = Probe->run([@{ arguments($server) }, '-vvv'], env => { CHECK_XMPP_PING_PASSWORD => $word });
    $server->await(qr/<iq[^>]* id="2$word"/);
    is $run->exit, 0, 'a server that asks with the password' or diag $run->explain;
    like $run->stdout, qr/^sent: \[masked\]$/m, 'our answer to that is masked';
    unlike $run->stdout, qr/$word/, 'and told nowhere';
}

# --- on the wire ---

for my $case (
    (map { ["a certificate: $_", { certificate => $_ }] } qw(expired not_yet_valid wrong_name self_signed unknown_ca missing_intermediate)),
    ['no STARTTLS, but PLAIN', { features => 'no_starttls', mechanisms => ['PLAIN'] }],
    ['PLAIN injected behind <proceed/>', { starttls => 'injected' }],
    ['a failed handshake', { tls => 'garbage' }],
) {
    my ($name, $option) = @$case;
    my $server = Hostile->new(certificates => $certificates, password => $password, %$option);
    my $run = Probe->run(arguments($server, '--password-file', $file));
    $run->is_valid($name);
    is $run->exit, 2, "$name: CRITICAL" or diag $run->explain;
    unlike $server->received, qr/<auth|$secret/, "$name: nothing secret was sent";
}
{
    my $server = Hostile->new(certificates => $certificates, password => $password, mode => 'clear', host => '127.0.0.1');
    my $run = Probe->run(['-j', 'alice@example.org', '-H', '192.0.2.1', '--tls=none', '--password-file', $file, '-t', 60]);
    is $run->exit, 3, 'clear text to another than a loopback address is refused';
    cmp_ok $run->elapsed, '<', 30, 'before the first packet';
}
{
    my $server = Hostile->new(certificates => $certificates, password => $password);
    Probe->run(arguments($server, '--password-file', $file));
    unlike $server->received, qr/\Q$password\E/, 'SCRAM sends no password, not even through TLS';
}

done_testing;
