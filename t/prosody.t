#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Logging in to a real Prosody and pinging it, in all ways that the options offer.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Probe;
use Prosody;
use TempDir;


my @labels = qw(
    rtt rtt_min rtt_max rtt_first loss time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt cert_days
);
my %environment = (CHECK_XMPP_PING_PASSWORD => 'secret');
my $certificates = Certificates->new(domain => 'example.org');

sub server {
    my (%option) = @_;
    return Prosody->new(certificates => $certificates, accounts => { alice => 'secret' }, %option);
}

sub probe {
    my ($server, $arguments, %option) = @_;
    my $tls = grep { /\A--(?:tls=none|ca-|insecure)/ } @$arguments;
    return Probe->run(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, $tls ? () : ('--ca-file', $server->ca_file), '-t', 20, @$arguments],
        env => \%environment, %option
    );
}

sub test_run {
    my ($name, $run, $exit, $like) = @_;
    $run->is_valid($name, quiet => 1);
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    like $run->first, $like, "$name: first line" if $like;
    return $run;
}

my $server = server(anonymous => 'guests.example.org');

# --- a good run ---

{
    my $run = test_run('a good run', probe($server, []), 0, qr/\AXMPP PING OK - example\.org answers in /);
    is_deeply [$run->labels], \@labels, 'the labels are all there, in their order';
    is scalar(grep { $_ eq 'U' } map { $run->metric($_) } @labels), 0, 'and none of them is U';
    is $run->metric('loss'), 0, 'nothing was lost';
    is $run->metric('cert_days'), 90, 'the certificate has its days';
    cmp_ok $run->metric('time'), '<', 5, 'and it was quick';
    ok !grep({ $run->metric($_) > $run->metric('time') } grep { /\Atime_/ } @labels), 'no phase is longer than the whole';
    like $run->long, qr/^example\.org: OK/m, 'the long output has a line for the target';
}
test_run('the password from a file', probe($server, ['--password-file', password_file('secret')], env => {}), 0);
test_run('the file wins over the environment', probe($server, ['--password-file', password_file('wrong')]), 2, qr/auth: not-authorized/);
test_run('direct TLS', probe($server, ['-p', $server->direct_port, '--tls=direct']), 0);
test_run('a resource of one\'s own', probe($server, ['-j', 'alice@example.org/probe']), 0);
test_run('an account in other letters', probe($server, ['-j', 'Alice@Example.ORG']), 0);
test_run('an own resource that has to be escaped', probe($server, ['-j', "alice\@example.org/<&'\">"]), 0);
test_run('a hashed directory', probe($server, ['--ca-path', $certificates->ca_path]), 0);
test_run('an anonymous login', probe($server, ['-j', 'guests.example.org', '--insecure'], env => {}), 0);
test_run('one ping', probe($server, ['-n', 1]), 0);
test_run('pauses between pings', probe($server, ['-n', 3, '-i', '20ms']), 0);
{
    my $run = test_run('JIDs of an account that there is not', probe($server, ['-R', 'nobody@example.org', '-R', 'nobody@example.org/x']), 2,
        qr{ - nobody\@example\.org/x: service-unavailable\b});
    like $run->long, qr/^nobody\@example\.org: OK, .*, its server answers for it, whether it exists or not$/m,
        'the bare JID is no proof, and its line says so';
}
is probe($server, ['-q'])->stdout, '', 'with -q nothing is printed when OK';

# --- what the probe is told to mind ---

test_run('an RTT above the warning', probe($server, ['-w', '1us']), 1, qr/rtt/);
test_run('an RTT above critical', probe($server, ['-c', '1us']), 2, qr/rtt/);
test_run('-q prints what is not OK', probe($server, ['-q', '-c', '1us']), 2, qr/\AXMPP PING CRITICAL - /);
test_run('a limit for a phase', probe($server, ['-L', 'time_tls,1us,']), 1, qr/time_tls/);
test_run('days of the certificate', probe($server, ['-C', '100,50']), 1, qr/90 days/);
test_run('fewer days than critical', probe($server, ['-C', '120,100']), 2, qr/90 days/);

# --- refusals ---

{
    my $run = test_run('a wrong password', probe($server, [], env => { CHECK_XMPP_PING_PASSWORD => 'wrong' }), 2, qr/auth: not-authorized/);
    like $run->first, qr/password may be wrong/, 'the line says what may be wrong';
    is_deeply [$run->labels], \@labels, 'the labels are the same as ever';
    isnt $run->metric('time_tls'), 'U', 'what was measured is kept';
}
test_run('--map', probe($server, ['--map=not-authorized=WARNING'], env => { CHECK_XMPP_PING_PASSWORD => 'wrong' }), 1, qr/not-authorized/);
test_run('an account that is not there', probe($server, ['-j', 'bob@example.org']), 2, qr/auth: not-authorized/);
test_run('a domain that is not served', probe($server, ['-j', 'alice@example.net']), 2, qr/host-unknown/);
test_run('direct TLS without --tls=direct', probe($server, ['-p', $server->direct_port]), 2,
    qr/ - stream: connection-lost: .*, port \d+: does it want --tls=direct\? \|/);
test_run('--tls=direct at the port for STARTTLS', probe($server, ['--tls=direct']), 2,
    qr/ - tls: tls-failed: wrong version number, port \d+: does it want --tls=starttls\? \|/);
test_run('another authority', probe($server, ['--ca-file', $certificates->other_ca_file]), 2, qr/tls: cert-untrusted/);
test_run('another authority, --insecure', probe($server, ['--ca-file', $certificates->other_ca_file, '--insecure']), 0,
    qr/insecure|not verified|unverified/i);
test_run('clear text that the server refuses', probe($server, ['--tls=none']), 2);
test_run('no server', probe($server, ['-p', 1]), 2, qr/connect: connect-refused/);

# --- other servers ---

for my $case (
    ['SCRAM-SHA-256', [hash => 'SHA-256'], [], 0],
    ['PLAIN', [global => 'disable_sasl_mechanisms = { "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS" }'], [], 0],
    ['passwords in clear on the server', [authentication => 'internal_plain'], [], 0],
    ['many iterations', [iterations => 100_000], [], 0],
    ['TLS 1.2', [ssl => 'protocol = "tlsv1_2"'], ['-v'], 0],
    ['clear text on loopback', [tls => 0], ['--tls=none'], 0],
    ['no STARTTLS', [tls => 0], [], 2, qr/tls: starttls-missing/],
    ['no support for pings', [without => ['ping']], [], 0, qr/no ping support/],
    ['an expired certificate', [certificate => 'expired'], [], 2, qr/tls: cert-expired/],
    ['a certificate with another name', [certificate => 'wrong_name'], [], 2, qr/tls: cert-hostname/],
    ['a chain', [certificate => 'chain'], [], 0],
) {
    my ($name, $option, $arguments, $exit, $like) = @$case;
    my $other = server(@$option);
    my $run = test_run($name, probe($other, $arguments), $exit, $like);
    like $run->metric('cert_days'), qr/\A-?\d+\z/, "$name: cert_days" if $name =~ /certificate/;
    like $run->long, qr/TLSv1\.2.*mechanism: SCRAM-SHA-1-PLUS/s, "$name: the login is bound to the channel" if $name eq 'TLS 1.2';
}

# --- ended in mid-check ---

{
    my $other = server();
    my $run = Probe->start(
        ['-j', 'alice@example.org', '-H', $other->host, '-p', $other->port, '--ca-file', $other->ca_file, '-n', 50, '-i', '100ms'],
        env => \%environment
    );
    $other->daemon->wait_until(sub { $other->log_text =~ /Authenticated as/ }, 15, 'see a login');
    $other->stop;
    $run->finish;
    test_run('a server that shuts down', $run, 2, qr/(?:stream|bind|ping): (?:system-shutdown|connection-lost)/);
}

done_testing;
