#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Logging in by SASL2 (XEP-0388) with Bind 2 (XEP-0386): which way is taken, what is said on it, what it costs, and that real servers
# agree. What servers do wrong on it is in hostile.t.

use strict;
use warnings;
use Digest::SHA qw(sha256_base64);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Ejabberd;
use Hostile;
use Probe;
use Prosody;
use Relay;

my $certificates = Certificates->new(domain => 'example.org');
my @offers = (certificates => $certificates, sasl2 => 1, bind2 => 1);

sub run_at {
    my ($server, @arguments) = @_;
    return Probe->run(
        ['-j', 'alice@example.org', '-H', '127.0.0.1', '-p', $server->port, '--ca-file', $certificates->ca_file, '-t', 20, @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' }
    );
}

# Runs the probe against a mock with these differences. Returns both.
sub probe {
    my ($option, @arguments) = @_;
    my $server = Hostile->new(@offers, %$option);
    my $run = run_at($server, $server->{mode} eq 'clear' ? '--tls=none' : (), @arguments);
    $run->is_valid("@arguments");
    return ($run, $server);
}

# By which element the logins began.
sub begun { my ($server) = @_; return join ' ', map { /\A(auth(?:enticate)?) / ? $1 : () } $server->notes }

# How many streams were opened, and which ways of binding were asked for.
sub streams { my ($server) = @_; return scalar(() = $server->received =~ /<stream:stream\b/g) }
sub binds { my ($server) = @_; return join ' ', $server->received =~ /<bind xmlns="([^"]*)"/g }

my ($old, $new) = ('urn:ietf:params:xml:ns:xmpp-bind', 'urn:xmpp:bind:0');

# --- which way is taken: the server, the arguments, the element, streams, bindings ---

for my $case (
    ['SASL2 where it is offered', {}, [], 'authenticate', 2, $new],
    ['--login=auto', {}, ['--login=auto'], 'authenticate', 2, $new],
    ['--login=sasl2', {}, ['--login=sasl2'], 'authenticate', 2, $new],
    ['--login=rfc6120', {}, ['--login=rfc6120'], 'auth', 3, $old],
    ['a server without SASL2', { sasl2 => 0 }, [], 'auth', 3, $old],
    ['a server with nothing else', { sasl2 => 'only' }, [], 'authenticate', 2, $new],
    ['a server without Bind 2', { bind2 => 0 }, [], 'authenticate', 2, $old],
    ['... which wants a session', { bind2 => 0, wants_session => 1 }, [], 'authenticate', 2, $old],
    ['a server that has bound nothing', { success2 => { bound => '' } }, [], 'authenticate', 2, "$new $old"],
    ['a resource of one\'s own', {}, ['-j', 'alice@example.org/probe'], 'authenticate', 2, $old],
    ['mechanisms of RFC 6120 alone will do', {
            features2 => sub {
                my ($c) = @_;
                my $only = $c->mechanisms =~ s{(<authentication\b[^>]*>).*(</authentication>)}{$1<mechanism>X-NEW</mechanism>$2}r;
                return $c->features($only);
            }
        }, [], 'auth', 3, $old],
) {
    my ($name, $option, $arguments, $begun, $streams, $binds) = @$case;
    my ($run, $server) = probe($option, '-v', @$arguments);
    is $run->exit, 0, "$name: OK" or diag $run->explain;
    is begun($server), $begun, "$name: the way";
    is +($run->long =~ /^login: (.*)$/m)[0], $begun eq 'auth' ? 'rfc6120' : 'sasl2', '  which is told';
    is streams($server), $streams, '  the streams that were opened';
    is binds($server), $binds, '  what was bound, and how';
    is scalar(grep { /\Aping / } $server->notes), 3, '  and three pings were sent';
    ($binds eq $new ? \&is : \&isnt)->($run->perfdata =~ /time_bind=([^;]*)/, '0.000000s', '  time_bind is 0 where it came with the login');
    is scalar(grep { $run->metric($_) eq 'U' } $run->labels), 0, '  every figure is known';
}

for my $case (
    ['--login=sasl2 where it is not', { sasl2 => 0 }, ['--login=sasl2'], qr/\Aauth: sasl2-missing: /],
    ['no mechanism of either way', { mechanisms => ['X-ROT13'] }, [], qr/\Aauth: no-mechanism: the server offers only X-ROT13, none known here/],
    ['no mechanism of SASL2, which is all there is', { sasl2 => 'only', mechanisms => ['X-ROT13'] }, [],
        qr/\Aauth: no-mechanism: the server offers only X-ROT13, none known here/],
    ['SASL2 alone, and not to be taken', { sasl2 => 'only' }, ['--login=rfc6120'], qr/\Aauth: no-mechanism: the server offers SASL2 only/],
    ['none that is required', {}, ['--require-mechanism=SCRAM-SHA-512'], qr/\Aauth: mechanism-downgraded: /],
) {
    my ($name, $option, $arguments, $like) = @$case;
    my ($run, $server) = probe($option, @$arguments);
    is $run->exit, 2, "$name: CRITICAL";
    like $run->text, $like, '  in these words';
    is begun($server), '', '  no login was tried';
}

# --- what the server says of its own ---

my $stanzas = 'urn:ietf:params:xml:ns:xmpp-stanzas';
for my $case (
    ['Bind 2 fails', { success2 => { bound => "<failed xmlns='$new'><error type='wait'><resource-constraint xmlns='$stanzas'/>"
                . "<text xmlns='$stanzas'>too many</text></error></failed>" } }, qr/\Abind: bind-failed: resource-constraint: too many/],
    ['Bind 2 fails without a reason', { success2 => { bound => "<failed xmlns='$new'/>" } }, qr/\Abind: bind-failed: undefined-condition/],
    ['another account', { success2 => { identifier => 'mallory@example.org/x' } }, qr/\Abind: bind-failed: the server binds the JID of another account/],
    ['one of two further steps', { sasl => ['continues', undef, 'HOTP-EXAMPLE', 'TOTP-EXAMPLE'] },
        qr/\Aauth: login-continues: the server wants HOTP-EXAMPLE or TOTP-EXAMPLE: in words/],
    ['a further step', { sasl => 'continues' }, qr/\Aauth: login-continues: the server wants a further step: in words/],
    ['-PLUS taken out on the way', { scram => { binds => 1 } }, qr/\Aauth: malformed-request: login of \S+ refused: the server can bind the channel, but its -PLUS/],
    (map { ["SASL $_", { sasl => [failure => $_, 'in words'] }, qr/\Aauth: $_: login of \S+ refused: in words/] }
        qw(aborted account-disabled credentials-expired encryption-required incorrect-encoding invalid-authzid invalid-mechanism
        malformed-request mechanism-too-weak temporary-auth-failure)),
) {
    my ($name, $option, $like) = @$case;
    my ($run, $server) = probe($option);
    is $run->exit, 2, "$name: CRITICAL";
    like $run->text, $like, '  in these words';
    is begun($server), 'authenticate', '  after one login';
}

# --- what is said on it ---

{
    my ($run, $server) = probe({}, '-vvv');
    my ($request) = $server->received =~ m{(<authenticate\b.*?</authenticate>)}s;
    unlike $request, qr/<tag\b/, 'no tag: servers would end the session of a check that runs beside this one';
    unlike $server->received, qr/fast/i, 'and no FAST token is asked for';
    my ($id) = map { /\Aagent (.*)/ } $server->notes;
    like $id, qr/\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z/, 'the agent has a UUID for its id';
    like $run->long, qr/^sent: .authenticate. \[masked\]$/m, 'the log has the exchange masked';
    unlike $run->stdout, qr/initial-response|additional-data/, 'as a whole';
    (undef, my $again) = probe({});
    is +(map { /\Aagent (.*)/ } $again->notes)[0], $id, 'the same the next time';
    (undef, my $other) = probe({ user => 'bob' }, '-j', 'bob@example.org');
    isnt +(map { /\Aagent (.*)/ } $other->notes)[0], $id, 'and another for another account';
}

# --- the mechanisms ---

my $signed_offer = sha256_base64("PLAIN\x1eSCRAM-SHA-1\x1eSCRAM-SHA-256") . '=';

for my $case (
    (map { [$_, { mechanisms => [$_] }] } qw(SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN)),
    ['SCRAM-SHA-256, bound', { mechanisms => ['SCRAM-SHA-256-PLUS'], bindings => ['tls-server-end-point'] }],
    ['SCRAM with the signature in a challenge of its own', { scram => { final => 'challenge' } }],
    ['SCRAM with the offer signed (XEP-0474)', { scram => { extension => "h=$signed_offer" } }],
    ['ANONYMOUS', { mechanisms => ['ANONYMOUS'] }, '-j', 'example.org'],
    ['ANONYMOUS, asked once more', { mechanisms => ['ANONYMOUS'], asks => 1 }, '-j', 'example.org'],
    ['clear text on loopback', { mode => 'clear' }],
) {
    my ($name, $option, @arguments) = @$case;
    my ($run, $server) = probe($option, '--login=sasl2', @arguments);
    is $run->exit, 0, "$name: OK" or diag $run->explain;
    is begun($server), 'authenticate', '  by one login';
}

# --- round trips from SYN to the first pong ---

# SYN, which the relay does not see, has one of its own; for it the end of the stream counts, a flight that no pong waits for.

for my $case (
    ['STARTTLS', { sasl2 => 0 }, 10],
    ['direct TLS', { sasl2 => 0, mode => 'direct' }, 8],
    ['direct TLS with SASL2 and Bind 2', { mode => 'direct' }, 6],
) {
    my ($name, $option, $most) = @$case;
    my $server = Hostile->new(@offers, %$option);
    my $relay = Relay->new(port => $server->port, delay => 0.1);
    my $run = run_at($relay, '--tls', $server->{mode}, '-n', 1);
    is $run->exit, 0, "$name: OK" or diag $run->explain;
    is $relay->flights, $most, "$name: round trips";
}

# --- real servers ---

# Prosody has it from 13 on (mod_sasl2 does not fit what is older), where it can sign its offer, too (XEP-0474); ejabberd from 24 on.
sub prosody_version { return `prosodyctl about 2>/dev/null` =~ /^Prosody (\d+)/m ? $1 : die "no version of Prosody\n" }
sub ejabberd_version { return join(' ', Ejabberd->libraries) =~ /ejabberd-(\d+)\./ ? $1 : die "no version of ejabberd\n" }

my $is_new = prosody_version() >= 13;
my @modules = (modules => [$is_new ? qw(sasl2 sasl2_bind2 sasl_ssdp) : ()]);
for my $case (
    ['Prosody', $is_new, 'Prosody', @modules, iterations => 10_000],
    ['ejabberd', ejabberd_version() >= 24, 'Ejabberd'],
) {
    my ($name, $has, $class, @option) = @$case;
    my $server = $class->new(certificates => $certificates, accounts => { alice => 'secret' }, @option);
    my ($sasl2, $rfc6120) = map { qr/^sent: .$_. \[masked\]$/m } 'authenticate', 'auth';

    my $run = run_at($server, '-vvv');
    $run->is_valid("$name, a good run");
    is $run->exit, 0, "$name: OK" or diag $run->explain;
    (like $run->long, qr/^offers behind TLS:.*\bsasl2, bind2\b/m, '  it offers SASL2 and Bind 2') if $has;
    like $run->long, $has ? $sasl2 : $rfc6120, '  the way is ' . ($has ? 'SASL2' : 'that of RFC 6120');
    unlike $run->long, $has ? $rfc6120 : $sasl2, '  and no other';
    ($has ? \&is : \&isnt)->($run->perfdata =~ /time_bind=([^;]*)/, '0.000000s', '  and time_bind fits it');

    $run = run_at($server, '--login=rfc6120', '-vvv');
    is $run->exit, 0, "$name, --login=rfc6120: OK" or diag $run->explain;
    like $run->long, $rfc6120, '  pinned';
    $run = run_at($server, '--login=sasl2', '-vvv');
    is $run->exit, $has ? 0 : 2, "$name, --login=sasl2: exit code" or diag $run->explain;
    like $has ? $run->long : $run->text, $has ? $sasl2 : qr/\Aauth: sasl2-missing: /, '  pinned';
    is run_at($server, '-j', 'alice@example.org/probe')->exit, 0, "$name, a resource of one's own: OK";
    my $relay = Relay->new(port => $server->direct_port, delay => 0.1);
    is run_at($relay, '--tls=direct', '-n', 1)->exit, 0, "$name, direct TLS: OK";
    cmp_ok $relay->flights, '<=', $has ? 6 : 8, '  round trips';
    $run = Probe->run(['-j', 'alice@example.org', '-H', '127.0.0.1', '-p', $server->port, '--ca-file', $certificates->ca_file],
        env => { CHECK_XMPP_PING_PASSWORD => 'wrong' });
    like $run->text, qr/\Aauth: not-authorized: login of alice\@example\.org refused: the password may be wrong/, "$name, a wrong password: so it says";

    # Two checks of one account, side by side, with the same agent id.
    my @long = ('-j', 'alice@example.org', '-H', '127.0.0.1', '-p', $server->port, '--ca-file', $certificates->ca_file, '-n', 20, '-i', '100ms', '-t', 30);
    my @runs = map { Probe->start(\@long, env => { CHECK_XMPP_PING_PASSWORD => 'secret' }) } 1 .. 2;
    for (map { $_->finish } @runs) {
        is $_->exit, 0, "$name, two checks at once: OK" or diag $_->explain;
        is $_->metric('loss'), 0, '  no ping was lost';
    }
}

# Logins whose only message is empty.
{
    my @common = (certificates => $certificates, @modules);
    my $guests = Prosody->new(@common, anonymous => 'guests.example.org');
    my $certified = Prosody->new(@common, authentication => 'ccert', config => qq(certificate_match = "xmppaddr"\n));
    my $client = $certificates->client('alice@example.org');
    for my $case (
        ['ANONYMOUS', $guests, '-j', 'guests.example.org', '--insecure'],
        ['EXTERNAL', $certified, '--client-cert', $client->{cert}, '--client-key', $client->{key}],
    ) {
        my ($name, $server, @arguments) = @$case;
        my $run = run_at($server, '-v', @arguments, '--login=' . ($is_new ? 'sasl2' : 'auto'));
        is $run->exit, 0, "Prosody, $name: OK" or diag $run->explain;
        like $run->long, qr/^mechanism: $name$/m, '  by that';
    }
}

done_testing;
