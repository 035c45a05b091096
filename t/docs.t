#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The documentation does what it says: each command in README, the man page and the pages of doc/ is run, in a site that is as
# they say (t/support/Site.pm); each line of output that they quote is made to happen; options and files that they name exist.
#
# In doc/*.md a fenced block says what it is: ```console holds commands behind "$ " and their output, in which a line "..." stands
# for any lines and "| ..." for the performance data; ```sh holds commands; ```text quotes output. A page that is not in @OWN has
# a test of its own, which names it.

use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use IO::Socket::INET;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Daemon qw(children_of free_port);
use Hostile;
use NameServer;
use Probe;
use Site;
use TempDir;

my @OWN = qw(scale.md states.md thresholds.md troubleshooting.md);

my $root = "$FindBin::Bin/..";
my %text = map { s{\A\Q$root\E/}{}r => read_file($_) } "$root/README", "$root/doc/check_xmpp_ping.1.in", glob "$root/doc/*.md";
my $help = Probe->run(['--help'])->stdout;
my $site = Site->new;

# --- what is written down ---

# The fenced blocks of a page: [kind, lines].
sub blocks {
    my ($page) = @_;
    my @blocks;
    my $open;
    for my $line (split /\n/, $text{$page}) {
        if ($line =~ /\A\s*```(\S*)/) {
            push @blocks, $open if $open;
            $open = $open ? undef : [$1, []];
        } elsif ($open) {
            push @{ $open->[1] }, $line;
        }
    }
    return @blocks;
}

# [command, its lines of output]. A command goes on behind a \ at the end.
sub commands {
    my (@lines) = @_;
    my @commands;
    while (defined(my $line = shift @lines)) {
        if ($line =~ s/\A\$ //) {
            $line =~ s/\\\z/shift(@lines) =~ s{\A\s+}{}r/e while @lines && $line =~ /\\\z/;
            push @commands, [$line, []];
        } elsif (@commands) {
            push @{ $commands[-1][1] }, $line;
        }
    }
    return @commands;
}

# The same for all that was measured, for where the site's servers listen, and for what differs by Debian's release: whether
# Prosody binds SCRAM to TLS 1.3, how openssl writes a name.
sub shape {
    my ($line) = @_;
    return $line =~ s/\A\s+|\s+\z//gr =~ s/\s+/ /gr
        =~ s/\b\d+\.\d+\.\d+\.\d+:\d+/ADDRESS:PORT/gr
        =~ s/\b\d+\.\d+\.\d+\.\d+\b/ADDRESS/gr
        =~ s/, port \d+:/, port PORT:/gr
        =~ s/(\.example\.org):\d+\b/$1:PORT/gr
        =~ s/\A(\d+ \d+) \d+ ([\w.-]+\.)\z/$1 PORT $2/r
        =~ s/(?<!above )(?<!below )(?<!end after )(?<!deadline: after )(?<!out of )(?<![\d.:])\d+(?:\.\d+)? (?:us|ms|s)\b/TIME/gr
        =~ s/=-?[\d.]+s;/=TIME;/gr
        =~ s/:? ?\.\.\.,/...,/r # longer or shorter by a port's digit
        =~ s/\A(mechanism: SCRAM-SHA-1)-PLUS\z/$1/r
        =~ s/\A(subject=CN) = /$1=/r
        =~ s/\bvalid in \d+ days?\b/valid in DAYS/r
        =~ s/, until \d{4}-\d\d-\d\dT[\d:]+Z, \d+ days left\z/, until DATE/r
        =~ s/\b(not(?:Before|After)=).*/$1DATE/r;
}

# A first line without its performance data.
sub sentence { my ($line) = @_; return shape($line =~ s/ \|.*//r) }

# Whether GOT, lines, is what WANTED says.
sub agrees {
    my ($got, $wanted) = @_;
    my $pattern = join '', map {
        my $line = shape($_);
        $line eq '...' ? '(?:[^\n]*\n)*'
            : $line =~ s/ ?\.\.\.\z// ? quotemeta($line =~ s/ \|\z//r) . "[^\\n]*\n"
            : quotemeta($line) . "\n"
    } @$wanted;
    my $all = join '', map { shape($_) . "\n" } @$got;
    return $all =~ /\A$pattern\z/;
}

sub run_command {
    my ($page, $command, $wanted) = @_;
    my ($exit, $output) = $site->run($command);
    my $name = "$page: $command";
    cmp_ok $exit, '<=', 3, "$name: it runs" or diag $output;
    unlike $output, qr/--help for more|not found/, "$name: and is understood";
    return if !$wanted;
    my @lines = split /\n/, $output;
    ok agrees(\@lines, $wanted), "$name: the output is as quoted" or diag "$output\n-- should be\n", join "\n", @$wanted, '';
    return;
}

# --- what is quoted: a first line, and how it comes about ---

my $certificates = Certificates->new(domain => 'example.org');
my $password = Site->password;
my %password = (CHECK_XMPP_PING_PASSWORD => $password);
my @account = ('-j', 'probe@example.org');
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

# What a server says to a TLS handshake where it expects a stream.
sub not_well_formed {
    my ($c) = @_;
    $c->fill;
    $c->header;
    $c->stream_error('not-well-formed');
    return $c->close;
}

my $two = { ping => ['silent_after', 2] };
my %up = ('xmpp.example.org A' => ['127.0.0.1']);
my %cluster = (
    '_xmpp-client._tcp.example.org SRV' => ["10 5 $unused xmpp-1.example.org", '20 5 ' . $site->server->port . ' xmpp-2.example.org'],
    map { ("xmpp-$_.example.org A" => ['127.0.0.1']) } 1, 2
);
my @cases = (
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
    ['CRITICAL - tls: tls-failed: wrong version number, port 5222: does it want --tls=starttls?', \&against, { accept => \&not_well_formed }, '--tls=direct'],
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
    ['CRITICAL - auth: server-not-authenticated: SCRAM-SHA-256: the server_s signature is wrong', \&against, { scram => { signature => 'x' x 32 } }],
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

my @started = start_scenes(@cases);

# --- README ---

{
    my @indented = map { s/\A {4}//r } split /\n/, $text{README} =~ s/^(?! {4}).*$/\$ -/mgr;
    my @commands = grep { $_->[0] ne '-' } commands(@indented);
    ok @commands, 'README has a command with its output';
    run_command('README', @$_) for @commands;
}
for my $target ($text{README} =~ /^ {4}make (\w+)/mg) {
    my $plan = qx{MAKEFLAGS= make -C '$root' -n --no-print-directory $target 2>&1};
    is $?, 0, "README: make $target is there" or diag $plan;
    like $plan, qr{^t/demo$}m, 'make demo runs t/demo' if $target eq 'demo';
}
{
    my $dir = temp_dir();
    my ($arguments) = $text{README} =~ /^ {4}make install (.*)$/m or die "README has no make install\n";
    my $made = qx{make -C '$root' --no-print-directory install $arguments DESTDIR='$dir' 2>&1};
    is $?, 0, "README: make install $arguments" or diag $made;
    ok -x "$dir/usr/lib/nagios/plugins/check_xmpp_ping", 'the plugin is where README says';
    ok -s "$dir/usr/share/man/man1/check_xmpp_ping.1", 'so is its man page';
    $made = qx{make -C '$root' --no-print-directory uninstall $arguments DESTDIR='$dir' 2>&1};
    is qx{find '$dir' -type f -o -type l}, '', 'README: make uninstall takes all away' or diag $made;
}
{
    my $output = qx{'$root/t/demo' 2>&1};
    is $?, 0, 'what make demo runs is OK' or diag $output;
    like $output, qr/^XMPP PING OK - /m, 'and shows the line';
}
# Lines of options with words behind them.
{
    my ($section) = $text{README} =~ /^Thresholds\n-+\n(.*?)^\w+\n---/ms or die "README has no section on thresholds\n";
    my @examples = map { [split] } $section =~ /^ {4}(-.*)/mg;
    cmp_ok scalar @examples, '>=', 5, 'README has examples of thresholds';
    for my $words (@examples) {
        my @options;
        while (@$words && $words->[0] =~ /\A-/) {
            push @options, shift @$words;
            push @options, shift @$words if $options[-1] =~ /\A-\w\z/ && $help =~ /^ +$options[-1], --[a-z-]+=/m;
        }
        run_command('README', "check_xmpp_ping -j probe\@example.org --password-file secret @options");
    }
}

# --- the man page ---

my $man = $text{'doc/check_xmpp_ping.1.in'};
{
    my ($known) = read_file(($ENV{OBJECTS} // "$root/obj") . '/check_xmpp_ping.bash') =~ /^ *--require-mechanism\)\n *\S+ '([^']+)'/m;
    my ($section) = ($man =~ s/\\-/-/gr) =~ /^\.SH LOGIN\n(.*?)^\.SH/ms;
    is join(' ', $section =~ /\b(EXTERNAL|SCRAM-[\w-]+|PLAIN|ANONYMOUS)\b/g), $known, 'the man page has the mechanisms in their order';
}
{
    my @examples = map { s/\\e\n\s*/ /gr =~ s/\\-/-/gr =~ s/\\\(ti/~/gr =~ s/\\\(aq/'/gr =~ s/\n\z//r } $man =~ /^\.EX\n(.*?)^\.EE$/msg;
    cmp_ok scalar @examples, '>=', 4, 'the man page has examples';
    for my $example (@examples) {
        if ($example =~ /\A\[/) {
            write_file($site->dir . '/example.ini', $example);
            run_command('man page', 'check_xmpp_ping --extra-opts=' . ($example =~ /\A\[(.*)\]/)[0] . '@example.ini');
        } elsif ($example =~ /\Adefaults = /) {
            write_file($site->dir . '/example.conf', $example);
            my ($profile) = $example =~ /^profiles = \{\n\s*(\w+) = /m;
            run_command('man page', "check_xmpp_ping -f example.conf -P $profile", ['XMPP PING OK - ...', '...']);
        } else {
            run_command('man page', $example, ['XMPP PING OK - ...', '...']);
        }
    }
}

# --- the tables of doc/ ---

# The tables of doc/thresholds.md: options, and the line that they come to.
{
    my $page = 'doc/thresholds.md';
    my ($slow, $lossy, $refused) = $text{$page} =~ /^\| options \| (?:come to|are refused) \|\n\|[-|]+\n((?:\|.*\n)+)/mg;
    my %server = (
        slow => sub { federating_late(@_) },
        lossy => sub { against($two, '--ping-timeout=1s', @_) },
        refused => sub { alone(@account, @_) },
    );
    for my $case (['slow', $slow], ['lossy', $lossy], ['refused', $refused]) {
        my ($kind, $table) = @$case;
        my @rows = map { [/\A\| (?:`([^`]*)`|none) \| `([^`]*)` \|\z/ ? ($1 // '', $2) : die "$page: $_\n"] } split /\n/, $table // '';
        cmp_ok scalar @rows, '>=', 5, "$page: $kind: there is a table";
        my %output = finish_scenes(start_scenes(map { my $options = $_->[0]; [$options, $server{$kind}, split ' ', $options] } @rows));
        for my $row (@rows) {
            my ($options, $quote) = @$row;
            my ($first) = split /\n/, $output{$options};
            my $prefix = $kind eq 'refused' ? 'XMPP PING UNKNOWN - ' : 'XMPP PING ';
            is sentence($first), sentence("$prefix$quote"), "$page: $kind: $options";
        }
    }
}

sub federating_late {
    my (@arguments) = @_;
    my $ping = sub {
        my ($c) = @_;
        return $c->iq_error('remote-server-not-found', 'cancel') if $c->{to} =~ /nosuch/;
        return late($c);
    };
    return against({ ping => $ping, certificate => 'expiring' }, '-n', 1, @arguments);
}

# Conditions and figures: all pages have them from one table each.
{
    my $generate = ($ENV{OBJECTS} // "$root/obj") . '/doc/generate';
    for my $file (qw(README doc/prometheus.md doc/states.md doc/troubleshooting.md doc/check_xmpp_ping.schema.json)) {
        is scalar(qx{'$generate' fill <'$root/$file'}), read_file("$root/$file"), "$file is what the tables say (make conf writes it)";
    }
    my $schema = JSON::PP->new->decode(read_file("$root/doc/check_xmpp_ping.schema.json"));
    my @conditions = grep { defined } @{ $schema->{'$defs'}{condition}{enum} };
    cmp_ok scalar @conditions, '>=', 80, 'there are conditions';
    my $man_page = qx{'$generate' fill <'$root/doc/check_xmpp_ping.1.in'};
    my ($completed) = qx{'$generate' bash} =~ /--map\)\n[^']*'([^']*)'/s;
    is $completed, join(' ', @conditions), '--map is completed by all of them';
    for my $condition (@conditions) {
        like $text{'doc/states.md'}, qr/^\| `$condition` \|/m, "doc/states.md has $condition";
        like $man_page, qr/^\\fB\Q${\ ($condition =~ s{-}{\\-}gr)}\E\\fR \(/m, "the man page has $condition";
        my $run = alone("--map=$condition=ok")->finish;
        like $run->first, qr/ -j user\@domain is required\z/, "--map takes $condition";
    }
}

# --- what is quoted ---

my %played = finish_scenes(@started);
for my $case (@cases) {
    my ($quote) = @$case;
    my ($first) = split /\n/, $played{$quote};
    is sentence($first // ''), sentence("XMPP PING $quote"), "it happens: $quote" or diag $played{$quote};
}

# A quote may go on with lines of the same output.
my %quoted;
sub check_quote {
    my ($page, $first, @lines) = @_;
    my $quote = $first =~ s/\AXMPP PING | \|.*//gr;
    $quoted{$quote} = 1;
    my $output = $played{$quote};
    ok defined $output, "$page: it is known how this comes about: $quote" or return;
    my %said = map { (shape($_) => 1) } split /\n/, $output;
    ok $said{ shape($_) }, "$page: it goes on so: $_" or diag $output for @lines;
    return;
}

# --- the pages of doc/ ---

my @tests = map { glob "$root/$_/*.t" } "t", "t/monitors";
for my $page (sort grep { m{\Adoc/.*\.md\z} } keys %text) {
    my ($name) = $page =~ m{([^/]+)\z};
    ok $_->[0] ne '', "$page: a block says what it is: '$_->[0]'" for blocks($page);
    if (!grep { $_ eq $name } @OWN) {
        my @naming = grep { !m{/docs\.t\z} && read_file($_) =~ /\b\Q$name\E\b/ } @tests;
        ok @naming, "$page: a test runs what it says";
        next;
    }
    for my $block (blocks($page)) {
        my ($kind, $lines) = @$block;
        if ($kind eq 'console') {
            my @commands = commands(@$lines);
            ok @commands, "$page: there is a command to run";
            run_command($page, @$_) for @commands;
        } elsif ($kind eq 'sh') {
            run_command($page, join "\n", @$lines);
        } elsif ($kind eq 'text') {
            check_quote($page, @$lines);
        } else {
            fail "$page: no test loads this $kind";
        }
    }
}

{
    my @quotes = $text{README} =~ /^(?:(?! {4}\$).*\n)\n((?: {4}XMPP PING .*\n)(?: {4}.*\n)*)/mg;
    ok @quotes, 'README quotes an output';
    check_quote('README', map { s/\A {4}//r } split /\n/, $_) for @quotes;
}

# --- names ---

my %option = map { $_ => 1 } $help =~ /(?:^|\s)(--?[a-zA-Z0-9][a-z0-9-]*)/mg;
my %mentioned = (README => $text{README}, 'man page' => $man =~ s/\\-/-/gr, map { $_ => $text{$_} } map { "doc/$_" } @OWN);
for my $page (sort keys %mentioned) {
    # Commands of others have options of their own.
    my $prose = $mentioned{$page} =~ s/^\$ (?!check_xmpp_ping).*$//mgr =~ s/\|[- |]+\|//gr;
    my %seen = map { $_ => 1 } $prose =~ /(?<![\w.\/-])(--[a-z][a-z0-9-]*\w)/g;
    ok $option{$_} || $_ =~ /\A--time(?:uot)\z/, "$page: $_ is an option" for sort keys %seen;
}
my $printed = qx{@{[ $ENV{OBJECTS} // "$root/obj" ]}/doc/generate fill <$root/doc/check_xmpp_ping.1.in};
for my $name (sort grep { /\A--/ } keys %option) {
    like $printed . $man, qr/\Q${\ ($name =~ s{-}{\\-}gr)}\E/, "the man page has $name";
}
for my $file ($text{README} =~ m{(?<![\w/.@])((?:\.ci|lib|t|bench|doc|conf)/[\w./-]*\w|COPYING|NEWS)\b}g) {
    ok -e "$root/$file", "README: $file is there";
}
# Once README lists the pages it lists all of them.
if ($text{README} =~ m{\bdoc/\w+\.md}) {
    like $text{README}, qr{\b\Q$_\E\b}, "README names $_" for sort grep { /\.md\z/ } keys %text;
}
for my $page (map { "doc/$_" } @OWN) {
    for my $link ($text{$page} =~ /\]\(([^)]+)\)/g) {
        my ($file, $anchor) = $link =~ /\A([^#]*)(?:#(.*))?\z/;
        my $target = $file eq '' ? $page : "doc/$file";
        ok defined $text{$target}, "$page: $link leads to a page" or next;
        my %anchor = map { (lc(s/[^\w -]//gr) =~ s/ /-/gr) => 1 } $text{$target} =~ /^#+ (.*)$/mg;
        ok $anchor{$anchor}, "$page: $link leads to a heading" if defined $anchor;
    }
}
is join("\n", grep { !$quoted{$_} } map { $_->[0] } @cases), '', 'nothing is played that no page quotes';

done_testing;
