#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# --offers and --offers-not: what a server must and must not offer, with and without a login, before and behind TLS.

use strict;
use warnings;
use FindBin;
use JSON::PP qw(decode_json);
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Ejabberd;
use Hostile;
use Probe;
use Prosody;

my $certificates = Certificates->new(domain => 'example.org');
my %common = (certificates => $certificates);

# The arguments of a check: with a login, unless the first of them is --no-login.
sub probe {
    my ($server, @arguments) = @_;
    my $jid = grep({ $_ eq '--no-login' } @arguments) ? 'example.org' : 'alice@example.org';
    return Probe->run(['-j', $jid, '-H', $server->host, '-p', $server->port, '--ca-file', $certificates->ca_file, '-t', 20, @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
}

my %good = ('' => qr/\Aexample\.org answers in /, '--no-login' => qr/\Aexample\.org takes logins over TLSv1\.3/);

# Each of ROWS, with and without a login: name, options, the first line's text; without one it is OK.
sub test_both {
    my ($what, $server, @rows) = @_;
    for my $row (@rows) {
        my ($name, $options, $like) = @$row;
        for my $login ('', '--no-login') {
            my $run = probe($server, split ' ', "$login $options");
            my $test = "$what: $name" . ($login && ', without a login');
            $run->is_valid($test);
            is $run->exit, $like ? 2 : 0, "$test: exit code" or diag $run->explain;
            like $run->text, $like // $good{$login}, "$test: the first line";
        }
    }
    return;
}

# --- real servers ---

my $prosody = Prosody->new(%common, accounts => { alice => 'secret' }, iterations => 10_000,
    global => 'disable_sasl_mechanisms = { "DIGEST-MD5", "PLAIN" }');
test_both('Prosody', $prosody,
    ['what is there', '--offers=SCRAM-SHA-1 --offers=starttls-required'],
    ['what is not there', '--offers-not=PLAIN --offers-not=DIGEST-MD5 --offers-not=plain-before-tls --offers-not=dialback'],
    ['a mechanism is missing', '--offers=SCRAM-SHA-256-PLUS', qr/\Astream: not-offered: SCRAM-SHA-256-PLUS\z/],
    ['two are', '--offers=SCRAM-SHA-512 --offers=PLAIN', qr/\Astream: not-offered: SCRAM-SHA-512, PLAIN\z/],
    ['one is asked for twice', '--offers=SCRAM-SHA-512 --offers=SCRAM-SHA-512', qr/\Astream: not-offered: SCRAM-SHA-512\z/],
    ['one is too many', '--offers-not=SCRAM-SHA-1', qr/\Astream: offered: SCRAM-SHA-1\z/],
    ['SASL2', '--offers=sasl2', qr/\Astream: not-offered: sasl2\z/],
    ['both at once', '--offers=sasl2 --offers-not=SCRAM-SHA-1', qr/\Astream: not-offered: sasl2 \(\+1 more\)\z/],
);
{
    my $server = Prosody->new(%common, accounts => { alice => 'secret' }, iterations => 10_000, global => 'c2s_require_encryption = false');
    my $run = probe($server, '--no-login', '--offers-not=starttls-required');
    is $run->exit, 0, 'STARTTLS that is not required can be told' or diag $run->explain;
    is probe($server, '--no-login', '--offers=starttls-required')->exit, 2, 'and be asked for';
}
test_both('ejabberd', Ejabberd->new(%common, accounts => { alice => 'secret' }, disable => ['PLAIN']),
    ['what is there', '--offers=SCRAM-SHA-1 --offers=starttls-required'],
    ['what is not there', '--offers-not=PLAIN --offers-not=plain-before-tls'],
    ['what is too many', '--offers-not=SCRAM-SHA-1', qr/\Astream: offered: SCRAM-SHA-1\z/],
);
{
    my $run = probe($prosody, '--no-login', '-p', $prosody->direct_port, '--tls=auto', '--tls=direct', '--offers=SCRAM-SHA-1',
        '--offers-not=plain-before-tls');
    is $run->exit, 0, 'behind direct TLS, too' or diag $run->explain;
    $run = probe($prosody, '--tls=direct', '--offers=starttls-required');
    like $run->text, qr/\A--offers: starttls-required cannot be with --tls=direct\z/, 'where nothing can be before TLS';
    my $clear = Prosody->new(%common, tls => 0, accounts => { alice => 'secret' });
    $run = probe($clear, '--no-login', '--tls=none', '--offers=PLAIN', '--offers-not=starttls-required');
    is $run->exit, 0, 'and in clear text where there is no TLS' or diag $run->explain;
}

# --- servers that offer what they like ---

my ($MECHANISMS, $SASL2, $STARTTLS) = ('urn:ietf:params:xml:ns:xmpp-sasl', 'urn:xmpp:sasl:2', 'urn:ietf:params:xml:ns:xmpp-tls');

sub mechanisms { return "<mechanisms xmlns='$MECHANISMS'>" . join('', map { "<mechanism>$_</mechanism>" } @_) . '</mechanisms>' }
sub features { my ($xml) = @_; return sub { $_[0]->features($xml) } }

for my $case (
    ['PLAIN before TLS alone', { mechanisms => ['SCRAM-SHA-1'], features => features("<starttls xmlns='$STARTTLS'/>" . mechanisms('PLAIN')) },
        '--offers-not=PLAIN', undef],
    ['STARTTLS that another namespace requires', { features => features("<starttls xmlns='$STARTTLS'><required xmlns='urn:example'/></starttls>") },
        '--offers=starttls-required', 'stream: not-offered: starttls-required'],
    ['it is not overlooked', { features => features("<starttls xmlns='$STARTTLS'/>" . mechanisms('PLAIN')) },
        '--offers-not=plain-before-tls', 'stream: offered: plain-before-tls'],
    ['nor is it offered behind TLS', { mechanisms => ['SCRAM-SHA-1'], features => features("<starttls xmlns='$STARTTLS'/>" . mechanisms('PLAIN')) },
        '--offers=PLAIN', 'stream: not-offered: PLAIN'],
    ['channel bindings', { bindings => ['tls-exporter'] }, '--offers=channel-binding', undef],
    ['a list of no channel bindings', { bindings => [] }, '--offers=channel-binding', 'stream: not-offered: channel-binding'],
    ['SASL2', { features2 => features("<authentication xmlns='$SASL2'><mechanism>PLAIN</mechanism></authentication>") },
        '--offers=sasl2 --offers=PLAIN', undef],
    ['a mechanism called like a feature', { mechanisms => ['PLAIN', 'sasl2', 'channel-binding'] }, '--offers=sasl2', 'stream: not-offered: sasl2'],
    ['a mechanism with blanks around it', { mechanisms => [' PLAIN '] }, '--offers=PLAIN', 'stream: not-offered: PLAIN'],
    ['more mechanisms than can be told of', { mechanisms => [map { "X-$_" } 1 .. 1000] }, '--offers-not=PLAIN', undef, 3],
    ['of which one is asked for', { mechanisms => [map { "X-$_" } 1 .. 1000] }, '--offers=X-1', undef],
    ['one of another namespace', { features2 => features(mechanisms('SCRAM-SHA-1') . '<authentication xmlns="urn:example"/>') }, '--offers-not=sasl2', undef],
) {
    my ($name, $option, $options, $text, $exit) = @$case;
    my $run = probe(Hostile->new(%common, %$option), '--no-login', split ' ', $options);
    $run->is_valid($name);
    is $run->exit, $exit // ($text ? 2 : 0), "$name: exit code" or diag $run->explain;
    is $run->text, $text, "$name: the first line" if $text;
    like $run->text, qr/no proof of what the server offers/, "$name: the first line" if $exit;
}
{
    my $evil = "a|b \x{202e}<b>\"\$(x)";
    utf8::encode($evil);
    my $server = Hostile->new(%common, mechanisms => ['PLAIN', $evil =~ s/&/&amp;/gr =~ s/</&lt;/gr], bindings => ['evil|`x`']);
    my $run = probe($server, '--no-login', '-v');
    $run->is_valid('names that a terminal would take');
    like $run->long, qr/^offers behind TLS: PLAIN, mechanism:a\?b .*channel-binding:evil\?_x_/m, 'are shown clean, and as a server\'s words';
    unlike $run->stdout, qr/\xe2\x80\xae|[<>`\$"]/, 'whole';
    my $report = decode_json(probe($server, '--no-login', '-o', 'json')->stdout);
    is $report->{offers}{behind_tls}[0], 'PLAIN', 'also in JSON';
    unlike "@{ $report->{offers}{behind_tls} }", qr/[<>`\$"|]/, 'clean';
}

# --- with other failures, and --map ---

{
    my $run = probe(Hostile->new(%common, password => 'secret', mechanisms => ['X-ROT13']), '--offers=PLAIN');
    like $run->text, qr/\Aauth: no-mechanism: .*\(\+1 more\)\z/, 'what ended the run comes first';
    like $run->long, qr/^CRITICAL: stream: not-offered: PLAIN$/m, 'and what is not offered is told, too';
    $run = probe($prosody, '-p', 1, '--offers=sasl2');
    unlike $run->stdout, qr/offered/, 'before the features came nothing is said of them';
    $run = probe($prosody, '--map=not-offered=WARNING', '--offers=sasl2');
    is $run->exit, 1, '--map=not-offered';
    $run = probe($prosody, '--map=offered=OK', '--offers-not=SCRAM-SHA-1');
    is $run->exit, 0, '--map=offered';
    like $run->long . $run->text, qr/offered: SCRAM-SHA-1/, 'is told of all the same';
    $run = probe($prosody, '--each-endpoint', '--no-login', '--offers=sasl2');
    like $run->text, qr/IPv4: stream: not-offered: sasl2, 1 of 1 endpoint up\z/, 'an endpoint that does not offer it is up, and wrong';
    is $run->exit, 2, 'CRITICAL';
}

# --- the words ---

for my $case (['plain', qr/did you mean PLAIN\?/], ['starttls', qr/did you mean starttls-required\?/], ['', qr/--offers: is empty/], ['A' x 21, qr/--offers: A{21} is no SASL mechanism/]) {
    my ($name, $like) = @$case;
    my $run = probe($prosody, "--offers=$name");
    is $run->exit, 3, "--offers=$name is refused";
    like $run->stdout, $like, 'in words';
}
like probe($prosody, '--offers=PLAIN', '--offers-not=PLAIN')->text, qr/\A--offers-not: PLAIN is what --offers asks for\z/, 'so is a contradiction';

done_testing;
