#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The program in worlds of DNS: which state, condition and endpoint each of them comes to. Nothing listens where the
# records point, so that "connect-refused" and the endpoint that it names show what DNS came to.

use strict;
use warnings;
use File::Temp ();
use FindBin;
use IO::Socket::IP;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Test::More;
use Time::HiRes qw(time);

use lib "$FindBin::Bin/support";

use NameServer;

my $probe = $ENV{PROBE} // './check_xmpp_ping';

my $password_file = File::Temp->new;
print {$password_file} "secret\n";
close $password_file;

# Ports that are taken and do not listen.
my @reserved = map { IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => SOCK_STREAM) } 1 .. 2;
my ($p, $q) = map { $_->sockport } @reserved;

my $refused = 'CRITICAL connect-refused';
my $failed  = 'CRITICAL dns-failed';
my $at_p    = qr/x\.test 127\.0\.0\.1:$p\b/;
my $at_q    = qr/x\.test 127\.0\.0\.1:$q\b/;

my %records = (
    '_xmpp-client._tcp.srv.test SRV'   => ["10 5 $p x.test"],
    '_xmpp-client._tcp.order.test SRV' => ["20 5 $q x.test", "10 5 $p x.test"],
    '_xmpp-client._tcp.mix.test SRV'   => ["20 5 $q x.test"],
    '_xmpps-client._tcp.mix.test SRV'  => ["10 5 $p x.test"],
    '_xmpps-client._tcp.only.test SRV' => ["10 5 $p x.test"],
    '_xmpp-client._tcp.none.test SRV'  => ['0 0 0 .'],
    '_xmpp-client._tcp.half.test SRV'  => ['0 0 0 .'],
    '_xmpps-client._tcp.half.test SRV' => ["10 5 $p x.test"],
    '_xmpp-client._tcp.gone.test SRV'  => ["10 5 $p nowhere.test"],
    '_xmpp-client._tcp.next.test SRV'  => ["10 5 $q nowhere.test", "20 5 $p x.test"],
    '_xmpp-server._tcp.fed.test SRV'   => ["20 5 $q x.test"],
    '_xmpps-server._tcp.fed.test SRV'  => ["10 5 $p x.test"],
    '_xmpp-client._tcp.fed.test SRV'   => ['0 0 0 .'],
    'x.test A'                         => ['127.0.0.1'],
    'six.test AAAA'                    => ['::1'],
    'fall.test A'                      => ['127.0.0.5'],
);

# what, options, state and condition, what else is in the output
my @plain = (
    ['an SRV record leads to its target', '-j a@srv.test', $refused, $at_p],
    ['of two priorities the lower is the first', '-j a@order.test', $refused, $at_p],
    ['both sets are mixed by priority', '-j a@mix.test', $refused, $at_p],
    ['with STARTTLS only its set counts', '-j a@mix.test --tls=starttls', $refused, $at_q],
    ['with direct TLS only its set counts', '-j a@mix.test --tls=direct', $refused, $at_p],
    ['direct TLS alone is found', '-j a@only.test', $refused, $at_p],
    ['STARTTLS without its set falls back', '-j a@only.test --tls=starttls', 'CRITICAL dns-not-found', qr/only\.test/],
    ['direct TLS without its set falls back', '-j a@srv.test --tls=direct', 'CRITICAL dns-not-found', qr/srv\.test/],
    ['a root target is a service not offered', '-j a@none.test', 'CRITICAL service-not-offered', qr/none\.test/],
    ['a root target in one set leaves the other', '-j a@half.test', $refused, $at_p],
    ['a target that does not exist', '-j a@gone.test', 'CRITICAL dns-not-found', qr/nowhere\.test/],
    ['behind a target that does not exist comes the next', '-j a@next.test', $refused, $at_p],
    ['without SRV the domain\'s address counts', '-j a@fall.test', $refused, qr/fall\.test 127\.0\.0\.5:5222\b/],
    ['direct TLS has its own port', '-j a@fall.test --tls=direct', $refused, qr/fall\.test 127\.0\.0\.5:5223\b/],
    ['a domain that does not exist', '-j a@nothing.test', 'CRITICAL dns-not-found', qr/nothing\.test/],
    ['-4 and a name with only IPv6', '-j a@six.test -4', 'CRITICAL dns-not-found', qr/six\.test/],
    ['-6 and a name with only IPv4', '-j a@fall.test -6', 'CRITICAL dns-not-found', qr/fall\.test/],
    ['-H asks no SRV', "-j a\@none.test -H x.test -p $q", $refused, $at_q],
    ['-p without -H is the domain at this port', "-j a\@fall.test -p $p", $refused, qr/fall\.test 127\.0\.0\.5:$p\b/],
    ['-H that does not exist', '-j a@srv.test -H nowhere.test', 'CRITICAL dns-not-found', qr/nowhere\.test/],
    ['-H with an address needs no DNS', "-j a\@nothing.test -H 127.0.0.1 -p $p", $refused, qr/127\.0\.0\.1:$p\b/],
    ['servers have SRV records of their own', '-j fed.test --s2s', $refused, $at_p],
    ['with STARTTLS one set of them counts', '-j fed.test --s2s --tls=starttls', $refused, $at_q],
    ['which clients do not look at', '-j a@fed.test', 'CRITICAL service-not-offered', qr/fed\.test/],
    ['servers have a port of their own', '-j fall.test --s2s', $refused, qr/fall\.test 127\.0\.0\.5:5269\b/],
    ['and one for direct TLS', '-j fall.test --s2s --tls=direct', $refused, qr/fall\.test 127\.0\.0\.5:5270\b/],
    ['--map', '-j a@nothing.test --map=dns-not-found=WARNING', 'WARNING dns-not-found', qr/nothing\.test/],
);

my %scripted = (
    %records,
    (map { ("$_ *" => 'servfail') } '_xmpp-client._tcp.fail.test', '_xmpps-client._tcp.fail.test', 'fail.test'),
    (map { ("$_ *" => 'refused') } '_xmpp-client._tcp.refuse.test', '_xmpps-client._tcp.refuse.test', 'refuse.test'),
    (map { ("$_ *" => 'silent') } '_xmpp-client._tcp.mute.test', '_xmpps-client._tcp.mute.test', 'mute.test'),
    (map { ("$_ *" => 'garbage') } '_xmpp-client._tcp.noise.test', '_xmpps-client._tcp.noise.test', 'noise.test'),
    '_xmpp-client._tcp.one-fails.test SRV'  => 'servfail',
    '_xmpps-client._tcp.one-fails.test SRV' => ["10 5 $p x.test"],
    '_xmpp-client._tcp.one-mute.test SRV'   => ["10 5 $p x.test"],
    '_xmpps-client._tcp.one-mute.test SRV'  => 'silent',
    '_xmpp-client._tcp.half-fails.test SRV' => ['0 0 0 .'],
    '_xmpps-client._tcp.half-fails.test SRV' => 'servfail',
    (map { ("$_._tcp.host.test *" => 'servfail') } '_xmpp-client', '_xmpps-client'),
    'host.test A' => ['127.0.0.5'],
    (map { ("$_._tcp.deny.test *" => 'refused') } '_xmpp-client', '_xmpps-client'),
    'deny.test A' => ['127.0.0.5'],
    (map { ("$_._tcp.web.test *" => 'servfail', "$_._tcp.deaf.test *" => 'servfail') } '_xmpp-client', '_xmpps-client'),
    'web.test A' => ['127.0.0.6'],
    'deaf.test A' => ['127.0.0.7'],
    (map { ("$_._tcp.drop.test *" => 'silent') } '_xmpp-client', '_xmpps-client'),
    'drop.test A' => ['127.0.0.5'],
    'no-six.test A' => ['127.0.0.5'],
    'no-six.test AAAA' => 'silent',
    '_xmpp-client._tcp.tcp.test SRV' => { answer => ["10 5 $p x.test"], truncated => 1 },
    '_xmpp-client._tcp.other.test SRV' => { answer => ["10 5 $p x.test"], wrong_id => 1 },
    '_xmpp-client._tcp.slow.test SRV' => { answer => ["10 5 $p x.test"], delay => 0.7 },
    '_xmpp-client._tcp.lost.test SRV' => { answer => ["10 5 $p x.test"], first => 'silent' },
    '_xmpp-client._tcp.cut.test SRV' => { answer => ["10 5 $p x.test"], cut => 1 },
    '_xmpp-client._tcp.weird.test SRV' => ["10 5 $q a\\032b\\;c.test", "20 5 $p x.test"],
    '_xmpp-client._tcp.many.test SRV' => [map { "$_ 5 $p x$_.test" } 1 .. 200],
    '_xmpp-client._tcp.zero.test SRV' => ['10 5 0 x.test'],
    '_xmpp-client._tcp.beside.test SRV' => ['10 5 0 y.test', "20 5 $p x.test"],
    'x64.test A' => ['127.0.0.1'],
    'x65.test A' => ['127.0.0.1'],
);

# the same, and the shortest and longest time that it may take
my @odd = (
    ['SERVFAIL', '-j a@fail.test', $failed, qr/SERVFAIL for fail\.test/, 0, 4],
    ['REFUSED', '-j a@refuse.test', $failed, qr/REFUSED for refuse\.test/, 0, 4],
    ['a silent server, and time left', '-j a@mute.test -t 8', $failed, qr/no answer from 127/, 4.9, 7.5],
    ['a silent server, and no time left', '-j a@mute.test -t 1:UNKNOWN', 'UNKNOWN deadline', qr/dns/, 0.9, 2.5],
    ['answers that are no DNS', '-j a@noise.test -t 1', 'CRITICAL deadline', qr/dns/, 0.9, 2.5],
    ['records beside a set that fails', '-j a@one-fails.test', $refused, $at_p, 0, 4],
    ['records beside a silent set', '-j a@one-mute.test -t 5', $refused, $at_p, 0.9, 4],
    ['not offered beside a set that fails', '-j a@half-fails.test', $failed, qr/SERVFAIL/, 0, 4],
    ['an address behind failed SRV', '-j a@host.test', $failed, qr/SERVFAIL for _xmpp-client\._tcp\.host\.test; connect.*host\.test 127\.0\.0\.5:5222\b.*^endpoint _xmpp-client\._tcp\.host\.test \(starttls\): dns-failed: SERVFAIL$/ms, 0, 4],
    ['an address behind refused SRV', '-j a@deny.test', $failed, qr/REFUSED for _xmpp-client\._tcp\.deny\.test; connect.*deny\.test 127\.0\.0\.5:5222\b/s, 0, 4],
    ['an address behind silent SRV', '-j a@drop.test -t 2', $failed, qr/no answer from 127[\d.:]+ for .*drop\.test 127\.0\.0\.5:5222\b/s, 0.5, 1.9],
    ['a web server behind failed SRV', '-j a@web.test', $failed, qr/SERVFAIL for _xmpp-client\._tcp\.web\.test; stream.*web\.test 127\.0\.0\.6:5222\b/s, 0, 4],
    ['silence behind failed SRV', '-j a@deaf.test -t 1', 'CRITICAL deadline', qr/SERVFAIL for _xmpp-client\._tcp\.deaf\.test, then.*127\.0\.0\.7:5222\b/s, 0.9, 2.5],
    ['an address behind failed SRV, as each endpoint', '-j a@host.test --each-endpoint', $failed, qr/SERVFAIL for _xmpp-client\._tcp\.host\.test.*host\.test:5222 /s, 0, 4],
    ['IPv4 beside silent IPv6', '-j a@no-six.test -t 2', $refused, qr/no-six\.test 127\.0\.0\.5:5222\b/, 0.1, 1.9],
    ['truncation leads to TCP', '-j a@tcp.test', $refused, $at_p, 0, 4],
    ['an answer with another id counts for nothing', '-j a@other.test -t 1', 'CRITICAL deadline', qr/dns/, 0.9, 2.5],
    ['a slow answer is waited for', '-j a@slow.test', $refused, $at_p, 0.7, 4],
    ['a lost question is asked again', '-j a@lost.test', $refused, $at_p, 0.3, 4],
    ['an answer that is cut off', '-j a@cut.test', $failed, qr/malformed answer/, 0, 4],
    ['a target that is no host name is passed over', '-j a@weird.test', $refused, $at_p, 0, 4],
    ['port 0 is no endpoint', '-j a@zero.test', 'CRITICAL service-not-offered', qr/SRV says port 0 for x\.test/, 0, 4],
    ['port 0 beside another record', '-j a@beside.test -v', $refused, qr/$at_p.*^endpoint y\.test \(starttls\): service-not-offered: SRV says port 0$/ms, 0, 4],
    ['no more than 64 targets are taken', '-j a@many.test', $refused, qr/x64\.test 127\.0\.0\.1:$p\b/, 0, 9],
);

# What listens at the domains' own addresses: a web server, and one that never says a word.
# The standard port may be another test's for a while.
sub listen_at {
    my ($host) = @_;
    my $listener;
    for (1 .. 600) {
        $listener = IO::Socket::IP->new(LocalHost => $host, LocalPort => 5222, Type => SOCK_STREAM, Listen => 5, ReuseAddr => 1);
        last if $listener;
        select undef, undef, undef, 0.1;
    }
    return $listener // die "port 5222 of $host: $!\n";
}
my ($web, $deaf) = map { listen_at($_) } '127.0.0.6', '127.0.0.7';
my $web_keeper = fork // die "fork: $!\n";
if (!$web_keeper) {
    while ($web && (my $connection = $web->accept)) {
        sysread $connection, my $heard, 4096;
        syswrite $connection, "HTTP/1.1 400 Bad Request\r\n\r\n";
    }
    POSIX::_exit(0);
}
END { kill 'KILL', $web_keeper if $web_keeper }

# These need the standard ports.
my @listening = grep { IO::Socket::IP->new(PeerHost => '127.0.0.5', PeerPort => $_, Timeout => 2) } 5222, 5223, 5269, 5270;
if (@listening) {
    diag "something listens on port @listening: some worlds are left out";
    @plain = grep { $_->[3] !~ /52(?:2[23]|69|70)/ } @plain;
    @odd   = grep { $_->[3] !~ /52(?:2[23]|69|70)/ } @odd;
}

my %code = (OK => 0, WARNING => 1, CRITICAL => 2, UNKNOWN => 3);

sub check {
    my ($server, $what, $options, $verdict, $like, $shortest, $longest) = @_;
    my ($state, $condition) = split ' ', $verdict;
    my @command = ($probe, split(' ', $options), "--dns-server=$server", "--password-file=$password_file");
    my $begun_at = time;
    my $pid = open my $out, '-|';
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        { exec @command }
        POSIX::_exit(127);
    }
    my $output = do { local $/; <$out> } // '';
    close $out;
    my $exit = $? >> 8;
    my $took = time - $begun_at;
    subtest "$what: $verdict" => sub {
        is $exit, $code{$state}, 'the exit code';
        like $output, qr/\AXMPP PING $state - [^\n|]*\b$condition\b/, 'the first line';
        like $output, $like, 'the culprit';
        if (defined $longest) {
            cmp_ok $took, '>=', $shortest, 'not too early';
            cmp_ok $took, '<', $longest, 'not too late';
        }
    } or diag "@command\n$output";
    return $output;
}

{
    my $server = NameServer->dnsmasq(%records);
    check($server->address, "dnsmasq: $_->[0]", @$_[1 .. $#$_]) for @plain;
}

my $server = NameServer->scripted(%scripted);
check($server->address, @$_) for @plain, @odd;

my $asked = () = $server->questions;
check($server->address, 'an address', "-j a\@srv.test -H 127.0.0.1 -p $p", $refused, qr/127\.0\.0\.1:$p\b/);
check($server->address, 'localhost', "-j a\@localhost -p $p -4", $refused, qr/localhost 127\.0\.0\.1:$p\b/);
is scalar(() = $server->questions), $asked, 'for an address and for localhost nothing is asked';

check($server->address, 'a host', "-j a\@srv.test -H x.test -p $p", $refused, $at_p);
my @questions = $server->questions;
is_deeply [sort @questions[$asked .. $#questions]], ['udp x.test A', 'udp x.test AAAA'],
    'for a host its addresses are asked, and no SRV';
is scalar(grep { $_ eq 'tcp _xmpp-client._tcp.tcp.test SRV' } @questions), 1, 'the truncated answer came over TCP';

my $gone = $server->address;
$server->stop;
check($gone, 'no name server', '-j a@srv.test', $failed, qr/connection refused by \Q$gone\E/, 0, 4);

done_testing;
