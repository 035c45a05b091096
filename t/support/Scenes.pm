# SPDX-License-Identifier: GPL-3.0-or-later
# First lines that pages quote, and how each comes about: a probe in the site (Site.pm), or against a server that does as it is told.
package Scenes;

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter 'import';
use IO::Socket::INET;

use Certificates;
use Daemon qw(children_of free_port);
use Hostile;
use NameServer;
use Probe;
use Site;

our @EXPORT = qw($site $two @account @cases against alone late start_scenes finish_scenes);

our $site = Site->new;

my $certificates = Certificates->new(domain => 'example.org');
my $password = Site->password;
my %password = (CHECK_XMPP_PING_PASSWORD => $password);
our @account = ('-j', 'probe@example.org');
my $unused = free_port();

# Each of these starts a probe and returns it with what has to live as long.

sub against {
    my ($option, @arguments) = @_;
    my $server = Hostile->new(certificates => $certificates, password => $password, user => 'probe', %$option);
    my @where = ('-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file);
    return (Probe->start([@account, @where, '-t', 30, @arguments], env => \%password, limit => 60), $server);
}

sub named {
    my ($records, @arguments) = @_;
    my $server = NameServer->scripted(%$records);
    return (Probe->start([@account, '--dns-server', $server->address, '-t', 30, @arguments], env => \%password), $server);
}

sub in_site {
    my (@arguments) = @_;
    return Probe->start(
        [@account, '--dns-server', $site->names->address, '--ca-file', $site->server->ca_file, '-t', 30, @arguments],
        env => \%password
    );
}

sub alone {
    my (@arguments) = @_;
    return Probe->start([@arguments], env => { CHECK_XMPP_PING_PASSWORD => undef });
}

sub without_landlock {
    my (@arguments) = @_;
    my $under = abs_path($ENV{OBJECTS} // 'obj') . '/t/under';
    return Probe->start(['no-landlock', Probe->program, @account, @arguments], program => $under, env => \%password);
}

# A listener whose queue is full drops what comes.
sub dropping {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "TCP: $@\n";
    listen $listener, 0;
    my @filling = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $listener->sockport, Blocking => 0) } 1 .. 8;
    return (in_site('-H', '127.0.0.1', '-p', $listener->sockport, '-t', 2), $listener, @filling);
}

# The probe is told to go away, or its child dies, in the middle of the stream.
# A probe that is killed in phase stream, or its child; with ANSWER in phase tls, when it has heard of the server.
sub killed {
    my ($signal, $child, $answer) = @_;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "TCP: $@\n";
    my $probe = in_site('-H', '127.0.0.1', '-p', $listener->sockport);
    my $connection = $listener->accept;
    sysread $connection, my $header, 1;
    if ($answer) {
        syswrite $connection, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
            . "id='1' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
        1 while $header !~ /<starttls/ && sysread $connection, $header, 4096, length $header;
    }
    my ($pid) = $child ? children_of($probe->pid) : $probe->pid;
    kill $signal, $pid;
    return ($probe, $listener, $connection);
}

# The server answers for remotes as its federation goes.
sub federating {
    my ($condition, @arguments) = @_;
    my $ping = sub {
        my ($c) = @_;
        return $c->{to} =~ /nosuch/ ? $c->iq_error($condition, 'cancel', undef, 'example.org') : $c->iq_result('');
    };
    return against({ ping => $ping }, @arguments);
}

sub late {
    my ($c) = @_;
    select undef, undef, undef, 0.3;
    return $c->iq_result('');
}

our $two = { ping => ['silent_after', 2] };
my %up = ('xmpp.example.org A' => ['127.0.0.1']);
my %cluster = (
    '_xmpp-client._tcp.example.org SRV' => ["10 5 $unused xmpp-1.example.org", '20 5 ' . $site->server->port . ' xmpp-2.example.org'],
    map { ("xmpp-$_.example.org A" => ['127.0.0.1']) } 1, 2
);
our @cases = (
    # the probe's own side
    ['UNKNOWN - -j user@domain is required', \&alone],
    ['UNKNOWN - --timeuot: unknown option: did you mean --timeout?', \&alone, @account, '--timeuot=5s'],
    ['UNKNOWN - s: an argument that belongs to no option', \&alone, @account, '-t', '10', 's'],
    ['UNKNOWN - --warning: RTT 2 can never be seen: critical 1 covers it', \&alone, @account, '-w', 2, '-c', 1],
    ['UNKNOWN - --warning: RTT 10 s is not below the timeout of 10 s (10ms?)', \&alone, @account, '-w', 10],
    ['UNKNOWN - --password-file: no password: give a file or set CHECK_XMPP_PING_PASSWORD', \&alone, @account],
    ['UNKNOWN - --password-file: secret can be read by group or others', 'chmod 640 secret; check_xmpp_ping -j probe@example.org --password-file secret; chmod 600 secret'],
    ['UNKNOWN - --password-file: secret is not UTF-8', 'printf "s\\351same" >latin1 && chmod 600 latin1 && cp -p secret kept && mv latin1 secret; check_xmpp_ping -j probe@example.org --password-file secret; mv kept secret'],
    ['UNKNOWN - check.conf: can be written to by group or others', 'echo "defaults = {};" >check.conf; chmod 620 check.conf; check_xmpp_ping -f check.conf; rm check.conf'],
    ['UNKNOWN - --password-file: secret cannot be opened: No such file or directory', 'cd /; check_xmpp_ping -j probe@example.org --password-file secret'],
    ['UNKNOWN - --ca-file: ca.pem cannot be read: No such file or directory', 'check_xmpp_ping -j probe@example.org --ca-file ca.pem'],
    ['UNKNOWN - --tls: none would send the password in clear text to 192.0.2.7, not loopback', \&alone, @account, '--tls=none', '-H', '192.0.2.7'],
    ['UNKNOWN - --extra-opts: monitoring-plugins.ini has no section [nosuch]', 'echo "[some]" >monitoring-plugins.ini; check_xmpp_ping --extra-opts=nosuch@monitoring-plugins.ini'],
    ['UNKNOWN - --require-sandbox: files (Landlock) cannot be barred on this machine', \&without_landlock, '--require-sandbox'],
    ['UNKNOWN - killed by SIGTERM in phase stream', \&killed, 'TERM'],
    # dns
    ['CRITICAL - dns: dns-not-found: example.org has no SRV record and no address', \&named, {}],
    ['CRITICAL - dns: dns-not-found: NXDOMAIN for xmpp.example.org', \&named, { '_xmpp-client._tcp.example.org SRV' => ['10 5 5222 xmpp.example.org'] }],
    ['CRITICAL - dns: dns-not-found: no address for xmpp.example.org', \&named, { '_xmpp-client._tcp.example.org SRV' => ['10 5 5222 xmpp.example.org'], 'xmpp.example.org TXT' => ['x'] }],
    ['CRITICAL - dns: dns-not-found: no IPv6 address for xmpp.example.org', \&in_site, '-6'],
    ['CRITICAL - dns: dns-failed: SERVFAIL for example.org', \&named, { '*' => 'servfail' }],
    ['CRITICAL - dns: dns-failed: no answer from 192.0.2.53:53 for example.org', \&named, { '*' => 'silent' }],
    ['CRITICAL - dns: dns-failed: connection refused by 192.0.2.53:53 for example.org', \&in_site, '--dns-server', "127.0.0.1:$unused"],
    ['CRITICAL - dns: service-not-offered: example.org has an SRV record that says so', \&named, { map { ("_$_._tcp.example.org SRV" => ['0 0 0 .']) } qw(xmpp-client xmpps-client) }],
    ['CRITICAL - dns: service-not-offered: SRV says port 0 for xmpp.example.org', \&named, { %up, '_xmpp-client._tcp.example.org SRV' => ['10 5 0 xmpp.example.org'] }],
    ['CRITICAL - dns: dns-failed: SERVFAIL for _xmpp-client._tcp.example.org; connect: connect-refused: example.org 192.0.2.7:5222: Connection refused', \&named, { 'example.org A' => ['127.0.0.5'], map { ("_$_._tcp.example.org SRV" => 'servfail') } qw(xmpp-client xmpps-client) }],
    # connect
    ['CRITICAL - connect: connect-refused: xmpp.example.org 192.0.2.7:5222: Connection refused', \&named, { %up, '_xmpp-client._tcp.example.org SRV' => ["10 5 $unused xmpp.example.org"] }],
    ['CRITICAL - connect: connect-unreachable: 192.0.2.7:5222: Network is unreachable', \&in_site, '-H', '255.255.255.255'],
    ['CRITICAL - connect: deadline: no end after 2 s, trying 192.0.2.7:5222', \&dropping],
    ['OK - example.org answers in 136 us', \&named, \%cluster, '--ca-file', $site->server->ca_file],
    ['WARNING - xmpp-1.example.org:5222 IPv4: connect: connect-refused: xmpp-1.example.org 192.0.2.7:5222: Connection refused, 1 of 2 endpoints up', \&named, \%cluster, '--ca-file', $site->server->ca_file, '--each-endpoint'],
    # stream
    ['CRITICAL - stream: not-xmpp: the server sends HTTP/1.1 400 Bad Request', \&against, { stream => 'http' }],
    ['CRITICAL - stream: not-xmpp: the server sends SSH-2.0-OpenSSH_9.2p1 Debian-2', \&against, { accept => 'ssh' }],
    ['CRITICAL - stream: not-xmpp: the server sends XML that is not well-formed', \&against, { stream => 'bad_xml' }],
    ['CRITICAL - stream: connection-lost: closed by the server, port 5223: does it want --tls=direct?', \&against, { stream => 'close' }],
    ['CRITICAL - stream: connection-lost: reset by peer, port 5223: does it want --tls=direct?', \&against, { stream => 'reset' }],
    ['CRITICAL - stream: host-unknown: This server does not serve example.org', \&against, { stream => ['stream_error', 'host-unknown', 'This server does not serve example.org'] }],
    ['CRITICAL - stream: policy-violation: Too many connections', \&against, { stream => ['stream_error', 'policy-violation', 'Too many connections'] }],
    ['CRITICAL - stream: system-shutdown: the server is being shut down', \&against, { features2 => sub { my ($c) = @_; $c->stream_error('system-shutdown'); return $c->close } }],
    ['CRITICAL - stream: see-other-host: other.example.org:5222', \&against, { stream => ['see_other_host'] }],
    # what it offers
    ['OK - example.org takes servers over TLSv1.3, certificate good for 90 days', \&against, { s2s => 1 }, '-j', 'example.org', '--s2s'],
    ['OK - example.org takes logins over TLSv1.3, certificate good for 90 days', \&against, {}, '-j', 'example.org', '--no-login'],
    ['CRITICAL - stream: not-offered: SCRAM-SHA-256-PLUS, channel-binding', \&against, {}, '--offers=SCRAM-SHA-256-PLUS', '--offers=channel-binding'],
    ['CRITICAL - stream: offered: PLAIN', \&against, {}, '-j', 'example.org', '--no-login', '--offers-not=PLAIN'],
    ['CRITICAL - stream: no-federation: neither SASL EXTERNAL nor dialback is offered', \&against, { s2s => 1, mechanisms => [], dialback => 0 }, '-j', 'example.org', '--s2s'],
    # tls
    ['CRITICAL - tls: starttls-missing: the server does not offer STARTTLS, nothing secret was sent', \&against, { features => 'no_starttls' }],
    ['CRITICAL - tls: tls-failed: wrong version number, port 5222: does it want --tls=starttls?', \&against, { accept => 'stream_wanted' }, '--tls=direct'],
    ['CRITICAL - tls: tls-failed: unsupported protocol', \&against, { tls_options => { SSL_version => 'TLSv1_1', SSL_cipher_list => 'ALL:@SECLEVEL=0' } }],
    ['CRITICAL - tls: tls-failed: the server answers STARTTLS with a failure', \&against, { starttls => 'starttls_failure' }],
    ['CRITICAL - tls: tls-failed: something came in clear text behind (proceed/)', \&against, { starttls => 'injected' }],
    ['CRITICAL - tls: cert-expired: certificate of example.org expired 3 days ago (192.0.2.7:5222)', \&against, { certificate => 'expired' }],
    ['CRITICAL - tls: cert-not-yet-valid: certificate of example.org becomes valid in 3 days (192.0.2.7:5222)', \&against, { certificate => 'not_yet_valid' }],
    ['CRITICAL - tls: cert-hostname: certificate is for elsewhere.invalid, not example.org (192.0.2.7:5222)', \&against, { certificate => 'wrong_name' }],
    ['CRITICAL - tls: cert-untrusted: certificate of example.org is signed by an unknown authority (192.0.2.7:5222)', \&against, { certificate => 'missing_intermediate' }],
    ['CRITICAL - tls: cert-untrusted: certificate of example.org is self-signed (192.0.2.7:5222)', \&against, { certificate => 'self_signed' }],
    ['CRITICAL - tls: cert-expiring: certificate of example.org expires in 5 days (critical below 7)', \&against, { certificate => 'expiring' }, '-C', '21,7'],
    ['OK - example.org answers in 97.9 us, certificate not verified', \&against, { certificate => 'expired' }, '--insecure'],
    # auth, bind
    ['CRITICAL - auth: not-authorized: login of probe@example.org refused: the password may be wrong, or there is no such account', \&against, { password => 'another' }],
    ['CRITICAL - auth: account-disabled: login of probe@example.org refused: Call the office', \&against, { sasl => ['failure', 'account-disabled', 'Call the office'] }],
    ['CRITICAL - auth: temporary-auth-failure: login of probe@example.org refused: the server cannot check a password now', \&against, { sasl => ['failure', 'temporary-auth-failure'] }],
    ['CRITICAL - auth: no-mechanism: the server offers only X-OAUTH2, GSSAPI, none known here', \&against, { mechanisms => ['X-OAUTH2', 'GSSAPI'] }],
    ['CRITICAL - auth: no-mechanism: the server offers none', \&against, { mechanisms => [] }],
    ['CRITICAL - auth: mechanism-downgraded: the server offers only PLAIN', \&against, { mechanisms => ['PLAIN'] }, '--require-mechanism=SCRAM-SHA-256'],
    ['CRITICAL - auth: server-not-authenticated: SCRAM-SHA-256: the signature of the server is wrong', \&against, { scram => { signature => 'x' x 32 } }],
    ['CRITICAL - bind: bind-failed: resource-constraint: Too many sessions', \&against, { bind => ['error', 'resource-constraint', 'wait', 'Too many sessions'] }],
    # the answers
    ['CRITICAL - example.org: ping-timeout: none of 3 pings answered', \&against, { ping => 'silence' }, '--ping-timeout=1s'],
    ['CRITICAL - ping: deadline: after 2 s, pending: example.org', \&against, { ping => 'silence' }, '-t', 2],
    ['WARNING - example.org: loss 33.33%, 1 of 3 pings unanswered (ping-timeout)', \&against, $two, '--ping-timeout=1s'],
    ['WARNING - example.org: loss 33.33% is above 20%', \&against, $two, '--ping-timeout=1s', '-w', ',20%', '-c', ',60%'],
    ['CRITICAL - ping: connection-lost: closed by the server', \&against, { ping => sub { my ($c) = @_; return $c->{pings} > 2 ? $c->close : $c->iq_result('') } }],
    ['WARNING - example.org: rtt 117 us is above 1 us', \&in_site, '-w', '1us'],
    ['CRITICAL - example.org: rtt 301 ms is above 200 ms', \&against, { ping => \&late }, '-w', '100ms', '-c', '200ms'],
    ['WARNING - time_auth 3.64 ms is above 1 us', \&in_site, '-L', 'time_auth,1us,'],
    ['OK - example.org answers in 181 us, no ping support', \&against, { ping => ['error', 'service-unavailable'] }],
    ['CRITICAL - example.org: internal-server-error: by example.org: Out of memory', \&against, { ping => ['error', 'internal-server-error', 'wait', 'Out of memory'] }],
    ['UNKNOWN - example.org: bad-request: by example.org', \&against, { ping => ['error', 'bad-request', 'modify'] }],
    ['CRITICAL - nosuch.example: remote-server-not-found: by example.org', \&federating, 'remote-server-not-found', '-R', 'nosuch.example'],
    ['CRITICAL - nosuch.example: remote-server-timeout: by example.org', \&federating, 'remote-server-timeout', '-R', 'nosuch.example'],
    ['WARNING - nosuch.example: not-allowed: by nosuch.example: Communication with remote domains is not enabled', \&in_site, '-R', 'nosuch.example'],
    ['CRITICAL - probe@example.org/phone: service-unavailable: by probe@example.org/phone', \&in_site, '-R', 'probe@example.org/phone'],
    ['CRITICAL - remotes: 1 of 2 up, 2 needed (+1 more)', \&federating, 'remote-server-not-found', '-R', 'example.com', '-R', 'nosuch.example', '-m', 2],
    # in any phase
    ['CRITICAL - stream: deadline: no answer from 192.0.2.7:5222, which takes connections and says nothing', \&against, { stream => 'silence' }, '-t', 2],
    ['CRITICAL - tls: probe-crashed: child died of SIGSEGV', \&killed, 'SEGV', 1, 1],
    ['UNKNOWN - probe: child died of SIGSEGV before a byte had come from outside', \&killed, 'SEGV', 1],
    ['UNKNOWN - probe: child died of SIGSYS', \&killed, 'SYS', 1, 1],
);

# All at once, as some wait for a deadline.
sub start_scenes {
    return map { my ($name, $start, @arguments) = @$_; [$name, ref $start ? $start->(@arguments) : ($site->run($start))[1]] } @_;
}

# The output of each by its name.
sub finish_scenes {
    return map { my ($name, $probe) = @$_; ($name => ref $probe ? $probe->finish->stdout : $probe) } @_;
}

1;
