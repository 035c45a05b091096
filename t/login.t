#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The way to the first ping against servers that do one thing wrong: the phase, the condition and the state of each.

use strict;
use warnings;
use Digest::SHA qw(sha256_base64);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Hostile;
use Probe;

my $certificates = Certificates->new(domain => 'example.org');
my $password = 'correct horse';

# Runs the probe against a server with these differences; returns both.
sub probe {
    my ($option, @arguments) = @_;
    my $server = Hostile->new(certificates => $certificates, password => $password, %$option);
    my $mode = $server->{mode} eq 'clear' ? 'none' : $server->{mode};
    my $run = Probe->run(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--tls', $mode, '-t', '20',
            $mode eq 'none' ? () : ('--ca-file', $server->ca_file), @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => $password },
    );
    return ($run, $server);
}

sub test_failure {
    my ($name, $option, $phase, $condition, $arguments, $like) = @_;
    subtest $name => sub {
        my ($run, $server) = probe($option, @{ $arguments // [] });
        $run->is_valid($name);
        is $run->exit, 2, 'it is CRITICAL';
        like $run->phase . ': ' . $run->condition, qr/\A$phase: $condition\z/, 'phase and condition' or diag $run->explain;
        like $run->stdout, $like, 'its words' if $like;
        unlike $run->text, qr/[a-z]_s\b/, 'no word of ours has an apostrophe, which the output replaces';
        is $run->metric('rtt'), 'U', 'there is no RTT';
        is $server->connections, 1, 'there was one connection';
        unlike $server->received('clear'), qr/<auth\b|\Q$password\E/, 'nothing secret was sent in clear' if $server->{mode} ne 'clear';
        my $attempts = () = $server->received =~ /<auth\b/g;
        cmp_ok $attempts, '<=', 1, 'at most one login was attempted';
    };
    return;
}

# --- servers that are as they should be ---

my $signed_offer = sha256_base64("PLAIN\x1eSCRAM-SHA-1\x1eSCRAM-SHA-256") . '=';

for my $case (
    ['STARTTLS and SCRAM-SHA-256', {}],
    ['SCRAM-SHA-512', { mechanisms => ['SCRAM-SHA-512'] }],
    ['SCRAM-SHA-1', { mechanisms => ['SCRAM-SHA-1'] }],
    ['PLAIN', { mechanisms => ['PLAIN'] }],
    ['direct TLS', { mode => 'direct' }],
    ['clear text to a loopback address', { mode => 'clear' }],
    ['a session that is wanted', { wants_session => 1 }],
    ['TLS 1.2', { tls_options => { SSL_version => 'TLSv1_2' } }],
    ['the server\'s signature in a challenge of its own', { scram => { final => 'challenge' } }],
    ['SCRAM: an extension that is not mandatory', { scram => { extension => 'x=new' } }],
    ['SCRAM: what was offered is signed (XEP-0474)', { scram => { extension => "h=$signed_offer" } }],
    ['ANONYMOUS', { mechanisms => ['ANONYMOUS'] }, '-j', 'example.org'],
    ['ANONYMOUS, asked once more for what was nothing', { mechanisms => ['ANONYMOUS'], asks => 1 }, '-j', 'example.org'],
    ['white space between the elements', { features => sub { my ($c) = @_; $c->send(" \n ") && $c->do_features } }],
) {
    my ($name, $option, @arguments) = @$case;
    my ($run, $server) = probe($option, @arguments);
    $run->is_valid($name);
    is $run->exit, 0, "$name: it is OK" or diag $run->explain;
    is scalar(grep { /\Aping / } $server->notes), 3, "$name: three pings were sent";
    is scalar(grep { $_ eq 'alpn xmpp-client' } $server->notes), 1, 'ALPN names the protocol (XEP-0368)' if ($option->{mode} // '') eq 'direct';
    is scalar(grep { $_ eq 'sni example.org' } $server->notes), 1, "$name: SNI is the domain" if ($option->{mode} // '') ne 'clear';
}

# What the client says of channel binding (RFC 5802, section 6).
for my $case (
    ['y', 'it could, and the server offers none', {}],
    ['p=tls-server-end-point', 'the server offers that, and nothing better', { mechanisms => ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], bindings => ['tls-server-end-point'] }],
    ['p=tls-server-end-point', 'it offers that on TLS 1.2, too',
        { mechanisms => ['SCRAM-SHA-256-PLUS'], bindings => ['x', 'tls-server-end-point'], tls_options => { SSL_version => 'TLSv1_2' } }],
    ['n', 'the server offers some, but none that we have', { mechanisms => ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'], bindings => ['tls-unique'] }],
    ['n', 'the server offers some, but not how', { mechanisms => ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'] }],
    ['n', 'without TLS it could not', { mode => 'clear' }],
    ['n', 'it was told not to', {}, '--require-mechanism=SCRAM-SHA-1'],
) {
    my ($flag, $why, @how) = @$case;
    my ($run, $server) = probe(@how);
    is $run->exit, 0, 'logged in' or diag $run->explain;
    is join(', ', grep { /\Achannel binding/ } $server->notes), "channel binding $flag", "channel binding: $flag, as $why" or diag $run->explain;
}

# Passwords by SASLprep (RFC 4013): what is another way to write the same, and what is refused before the login is begun.
for my $case (
    ['a no-break space', "a\xc2\xa0b", 'a b'],
    ['a soft hyphen', "a\xc2\xadb", 'ab'],
    ['a Roman number', "\xe2\x85\xa8", 'IX'],
    ['a combining accent', "e\xcc\x81", "\xc3\xa9"],
    ['a bell', "a\x07b"],
    ['letters of both directions', "\xd8\xa71"],
    ['a character of its own use', "a\xee\x80\x80"],
    ['nothing but a soft hyphen', "\xc2\xad"],
) {
    my ($name, $given, $prepared) = @$case;
    my $server = Hostile->new(certificates => $certificates, password => $prepared // $given);
    my $run = Probe->run(['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, '-t', 20],
        env => { CHECK_XMPP_PING_PASSWORD => $given });
    $run->is_valid("$name in a password");
    is $run->exit, defined $prepared ? 0 : 3, "$name in a password: exit code" or diag $run->explain;
    next if defined $prepared;
    like $run->text, qr/\Aauth: .*SASLprep/, 'and its words';
    unlike $server->received('tls'), qr/<auth\b/, 'no login was tried';
}

# RFC 7677, section 4: fewer than 4,096 iterations.
for my $case ([4096, 0], [4095, 1], [1, 1], [1, 0, '--map=scram-weak=OK'], [1, 2, '--map=scram-weak=CRITICAL']) {
    my ($iterations, $exit, @arguments) = @$case;
    my ($run) = probe({ scram => { iterations => $iterations } }, @arguments);
    $run->is_valid("$iterations iterations, @arguments");
    is $run->exit, $exit, "$iterations iterations, @arguments: exit code" or diag $run->explain;
    like $run->text, qr/\Aauth: scram-weak: an iteration count of $iterations, 4096 is the least that is sound/, 'and its words' if $exit;
}

# --- servers that are not: what, how, phase, condition, more arguments, words ---

my @cases = (
    # no XMPP
    ['HTTP', { stream => 'http' }, 'stream', 'not-xmpp'],
    ['HTTP behind an empty line', { stream => [send => "\r\nHTTP/1.1 400 Bad Request\r\n\r\n"] }, 'stream', 'not-xmpp', [],
        qr/sends HTTP/],
    ['HTTP behind direct TLS', { mode => 'direct', stream2 => 'http' }, 'stream', 'not-xmpp'],
    ['SSH', { accept => 'ssh' }, 'stream', 'not-xmpp'],
    # Prosody does so when it is stopped at that moment.
    ['an end in one breath with the success', { mechanisms => ['PLAIN'], sasl => [send => "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
            . "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='x'"
            . " from='example.org' version='1.0'><stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            . '</stream:error></stream:stream>'] }, 'stream', 'system-shutdown'],
    ['garbage', { stream => 'garbage' }, 'stream', 'not-xmpp'],
    ['XML that is not well-formed', { stream => 'bad_xml' }, 'stream', 'not-xmpp'],
    ['invalid UTF-8', { stream => 'invalid_utf8' }, 'stream', 'not-xmpp'],
    ['a NUL', { stream => 'nul' }, 'stream', 'not-xmpp'],
    ['another root element', { stream => [send => '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'] }, 'stream', 'not-xmpp'],
    ['XML that is not well-formed behind TLS', { stream2 => 'bad_xml' }, 'stream', 'not-xmpp'],
    ['XML that is not well-formed during SASL', { sasl => [send => '</a>'] }, 'auth', 'not-xmpp'],

    # the connection
    ['a reset at once', { accept => 'reset' }, '(?:connect|stream)', 'connection-lost'],
    ['an end at once', { accept => 'close' }, 'stream', 'connection-lost'],
    ['an end before the features', { features => 'close' }, 'stream', 'connection-lost'],
    ['an end behind <starttls/>', { starttls => 'close' }, 'tls', 'connection-lost'],
    ['a reset during SASL', { sasl => 'reset' }, 'auth', 'connection-lost'],
    ['an end during SASL', { sasl => 'close' }, 'auth', 'connection-lost'],
    ['an end behind SASL', { stream3 => 'close' }, 'stream', 'connection-lost'],
    ['a reset during bind', { bind => 'reset' }, 'bind', 'connection-lost'],

    # TLS
    ['no STARTTLS', { features => 'no_starttls' }, 'tls', 'starttls-missing'],
    ['no features at all', { features => 'empty_features' }, 'tls', 'starttls-missing'],
    ['STARTTLS fails', { starttls => 'starttls_failure' }, 'tls', 'tls-failed'],
    ['clear text behind <proceed/>', { starttls => 'injected' }, 'tls', 'tls-failed'],
    ['white space behind <proceed/>', { starttls => [injected => ' '] }, 'tls', 'tls-failed'],
    ['garbage instead of a handshake', { tls => 'garbage' }, 'tls', 'tls-failed'],
    ['an end instead of a handshake', { tls => 'close' }, 'tls', 'tls-failed'],
    ['a reset instead of a handshake', { tls => 'reset' }, 'tls', 'tls-failed'],
    ['direct TLS where STARTTLS is', { accept => 'stream_wanted' }, 'tls', 'tls-failed', ['--tls=direct']],
    ['TLS 1.1', { tls_options => { SSL_version => 'TLSv1_1', SSL_cipher_list => 'ALL:@SECLEVEL=0' } }, 'tls', 'tls-failed'],

    # SASL
    ['success without an exchange', { sasl => ['success'] }, 'auth', 'server-not-authenticated'],
    ['SCRAM: the wrong signature', { scram => { signature => 'x' x 32 } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: an empty signature', { scram => { signature => '' } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: success without signature', { scram => { final => 'none' } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: a nonce that is not ours', { scram => { nonce => sub { 'another' } } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: our nonce alone', { scram => { nonce => sub { $_[0] } } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: two thousand million iterations', { scram => { iterations => 2_000_000_000 } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: more iterations than a number holds', { scram => { iterations => '99999999999999999999' } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: no iterations', { scram => { iterations => 0 } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: a long salt', { scram => { salt => 's' x 100_000 } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: a mandatory extension', { scram => { mandatory => 'future' } }, 'auth', 'server-not-authenticated'],
    ['SCRAM: another offer than that which was signed', { scram => { extension => 'h=' . 'A' x 43 . '=' } }, 'auth',
        'server-not-authenticated', [], qr/the server offered other mechanisms or bindings than arrived here/],
    ['SCRAM: -PLUS taken out on the way', { scram => { binds => 1 } }, 'auth', 'malformed-request', [],
        qr/the server can bind the channel, but its -PLUS was taken out, there or on the way/],
    ['ANONYMOUS: two challenges', { mechanisms => ['ANONYMOUS'], asks => 2 }, 'auth', 'server-not-authenticated', ['-j', 'example.org'],
        qr/a challenge after the end of the exchange/],
    ['PLAIN: a challenge', { mechanisms => ['PLAIN'], asks => 1 }, 'auth', 'server-not-authenticated'],
    ['SCRAM: garbage', { sasl => [challenge => "\xff\0\x01", 'x'] }, 'auth', 'server-not-authenticated'],
    ['only unknown mechanisms', { mechanisms => ['X-OAUTH2', 'GSSAPI'] }, 'auth', 'no-mechanism', [],
        qr/the server offers only X-OAUTH2, GSSAPI, none known here/],
    ['only a channel binding that we lack', { mechanisms => ['SCRAM-SHA-1-PLUS'] }, 'auth', 'no-mechanism', [],
        qr/the server offers only SCRAM-SHA-1-PLUS, whose channel binding we lack/],
    ['only EXTERNAL', { mechanisms => ['EXTERNAL'] }, 'auth', 'no-mechanism', [], qr/only EXTERNAL, no client certificate given/],
    ['more mechanisms than anybody has', { mechanisms => [map { "X-$_" } 1 .. 100] }, 'auth', 'no-mechanism', [],
        qr/the server offers only X-1, X-2, .* and many more, none known here/],
    ['no mechanism', { mechanisms => [] }, 'auth', 'no-mechanism', [], qr/the server offers none/],
    ['no mechanisms at all', { features2 => 'empty_features' }, 'auth', 'no-mechanism', [], qr/the server offers none/],
    ['only SASL2', { features2 => sub { $_[0]->features('<authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism></authentication>') } },
        'auth', 'no-mechanism', ['--login=rfc6120'], qr/the server offers SASL2 only/],
    ['only the login of before SASL', { features2 => sub { $_[0]->features('<auth xmlns="http://jabber.org/features/iq-auth"/>') } },
        'auth', 'no-mechanism', [], qr/the server offers only the login of before SASL/],
    ['a port for servers', { features2 => sub { $_[0]->features('<dialback xmlns="urn:xmpp:features:dialback"/>') } },
        'auth', 'no-mechanism', [], qr/this is a port for servers/],
    ['none before STARTTLS', { mode => 'clear', features2 => sub { $_[0]->features('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>') } },
        'auth', 'no-mechanism', [], qr/the server offers none before STARTTLS/],
    ['SCRAM answers a wrong password', { password => 'another' }, 'auth', 'not-authorized', [], qr/password may be wrong/],
    ['PLAIN answers a wrong password', { password => 'another', mechanisms => ['PLAIN'] }, 'auth', 'not-authorized', [], qr/password may be wrong/],

    # bind
    ['features without bind', { features3 => 'empty_features' }, 'bind', 'bind-failed'],
    ['bind without a JID', { bind => 'no_jid' }, 'bind', 'bind-failed'],
    ['bind of a domain that only IDNA could read', { bind => [bound => "alice\@b\xc3\xbccher.example/x"] }, 'bind', 'bind-failed', [],
        qr/the server binds the JID of another account/],
    ['bind refused', { bind => [error => 'resource-constraint', 'wait', 'too many'] }, 'bind', 'bind-failed', [], qr/resource-constraint/],
    ['a session refused', { wants_session => 1, session => [error => 'forbidden', 'auth'] }, 'bind', 'bind-failed', [], qr/forbidden/],
);
test_failure(@$_) for @cases;

# Every failure that RFC 6120 (6.5) names, by its name.
for my $condition (
    qw(aborted account-disabled credentials-expired encryption-required incorrect-encoding invalid-authzid invalid-mechanism
    malformed-request mechanism-too-weak not-authorized temporary-auth-failure)
) {
    test_failure("SASL $condition", { sasl => [failure => $condition, 'in words'] }, 'auth', $condition, [],
        $condition eq 'not-authorized' ? qr/the password may be wrong, .*: in words/ : qr/in words/);
}

# Every stream error that RFC 6120 (4.9.3) names, in the phase that it comes in.
for my $condition (
    qw(bad-format bad-namespace-prefix conflict connection-timeout host-gone host-unknown improper-addressing internal-server-error
    invalid-from invalid-namespace invalid-xml not-authorized not-well-formed policy-violation remote-connection-failed reset
    resource-constraint restricted-xml system-shutdown undefined-condition unsupported-encoding unsupported-feature
    unsupported-stanza-type unsupported-version)
) {
    test_failure("stream error $condition", { stream => [stream_error => $condition, 'in words'] }, 'stream', $condition, [], qr/in words/);
}
test_failure('see-other-host', { stream => ['see_other_host'] }, 'stream', 'see-other-host', [], qr/other\.example\.org/);
for my $case (['features2', 'stream'], ['sasl', 'auth'], ['features3', 'stream'], ['bind', 'bind']) {
    my ($where, $phase) = @$case;
    my $shutdown = sub { my ($c) = @_; $c->stream_error('system-shutdown'); $c->close };
    test_failure("a stream error instead of $where", { $where => $shutdown }, $phase, 'system-shutdown');
}

# --- certificates ---

for my $case (
    ['expired', 'cert-expired', -3],
    ['not_yet_valid', 'cert-not-yet-valid', 90],
    ['wrong_name', 'cert-hostname', 90],
    ['self_signed', 'cert-untrusted', 90],
    ['unknown_ca', 'cert-untrusted', 90],
    ['missing_intermediate', 'cert-untrusted', 90],
) {
    my ($kind, $condition, $days) = @$case;
    test_failure("a certificate: $kind", { certificate => $kind }, 'tls', $condition);
    my ($run, $server) = probe({ certificate => $kind });
    is $run->metric('cert_days'), $days, "$kind: cert_days is still reported";
    ($run, $server) = probe({ certificate => $kind }, '--insecure');
    $run->is_valid("$kind, --insecure");
    is $run->exit, 0, "$kind: --insecure takes it" or diag $run->explain;
    like $run->first, qr/insecure|not verified|unverified/i, "$kind: and the first line says so";
    is $run->metric('cert_days'), $days, "$kind: with the same cert_days";
}

for my $case (['chain', 90], ['short_intermediate', 3], ['expiring', 5]) {
    my ($kind, $days) = @$case;
    my ($run) = probe({ certificate => $kind });
    $run->is_valid("a certificate: $kind");
    is $run->exit, 0, "$kind is trusted" or diag $run->explain;
    is $run->metric('cert_days'), $days, "$kind: cert_days is the first end of the chain";
}

{
    my ($run) = probe({ certificate => 'expiring' }, '-C', '10,2');
    $run->is_valid('-C, WARNING');
    is $run->exit, 1, 'five days are fewer than ten';
    ($run) = probe({ certificate => 'expiring' }, '-C', '10,6');
    is $run->exit, 2, 'and fewer than six is CRITICAL';
    ($run) = probe({ certificate => 'expired' }, '--map=cert-expired=WARNING');
    $run->is_valid('--map');
    is $run->exit, 1, '--map changes the state of a condition';
}

# --- answers to pings ---

for my $case (
    # what, how, arguments, exit code, words
    ['pongs by strangers do not count', { ping => 'stranger' }, ['--ping-timeout=200ms', '-n1'], 2, qr/ping-timeout/],
    ['one\'s own reflected pings do not count', { ping => 'reflected' }, ['--ping-timeout=200ms', '-n1'], 2, qr/ping-timeout/],
    ['pongs with another id do not count', { ping => 'wrong_id' }, ['--ping-timeout=200ms', '-n1'], 2, qr/ping-timeout/],
    ['a second pong is ignored', { ping => 'duplicate' }, [], 0, qr/answers/],
    ['no support for pings is an answer', { ping => [error => 'service-unavailable'] }, [], 0, qr/no ping support/],
    ['nor is this', { ping => [error => 'feature-not-implemented'] }, [], 0, qr/no ping support/],
    ['unless it is to be tried again', { ping => [error => 'service-unavailable', 'wait'] }, [], 2, qr/service-unavailable/],
    ['any other error is CRITICAL', { ping => [error => 'internal-server-error', 'cancel', 'in words'] }, [], 2, qr/internal-server-error/],
    ['a server that says bad-request is not understood', { ping => [error => 'bad-request', 'modify'] }, [], 3, qr/bad-request/],
    ['some pings unanswered', { ping => [silent_after => 2] }, ['--ping-timeout=1s'], 1, qr/ping-timeout|loss|1 of 3|2 of 3/],
    ['the connection is lost between pings', { ping => [lost_after => 2] }, [], 2, qr/\Aping: connection-lost/],
) {
    my ($name, $option, $arguments, $exit, $like) = @$case;
    my ($run) = probe($option, @$arguments);
    $run->is_valid($name);
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    like $run->text, $like, "$name: words" or diag $run->explain;
}

{
    my ($run) = probe({ ping => [lost_after => 2] });
    isnt $run->metric('rtt'), 'U', 'RTTs that were measured before the connection was lost are kept';
    ($run, my $server) = probe({ ping => 'pings_back' });
    my @answers = grep { /\A<iq\b/ && /type=["']result["']/ } $server->notes;
    cmp_ok scalar @answers, '>=', 2, 'pings that reach the probe are answered';
}

done_testing;
