#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# --each-endpoint: every endpoint and family that SRV names is logged in to and pinged, and the line says which is down.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Daemon qw(children_of);
use Hostile;
use NameServer;
use Probe;
use Prosody;

my @worlds = qw(all some none family gone deaf half twins zero void numbered strange many forged);
my %accounts = map { ("alice\@$_.test" => 'secret') } @worlds;
my $certificates = Certificates->new(domain => 'base.test');
my %common = (domain => 'base.test', domains => [map { "$_.test" } @worlds], accounts => { %accounts, alice => 'secret' }, iterations => 4096,
    certificates => $certificates);
my $one = Prosody->new(%common);
my $two = Prosody->new(%common, certificate => 'expiring');
my ($p, $q, $direct) = ($one->port, $two->port, $one->direct_port);

# A port that is taken and does not listen, and one that listens and never says a word.
my $reserved = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'tcp') or die "TCP: $@\n";
my $dead = $reserved->sockport;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n";
my $deaf = $listener->sockport;
my $forger = Hostile->new(domain => 'forged.test', certificate => 'self_signed');
my $forged = $forger->port;

my $names = NameServer->scripted(
    '_xmpp-client._tcp.all.test SRV'    => ["10 5 $p a.test", "10 5 $q b.test"],
    '_xmpp-client._tcp.some.test SRV'   => ["10 5 $dead b.test", "20 5 $p a.test"],
    '_xmpp-client._tcp.none.test SRV'   => ["10 5 $dead a.test", "20 5 $dead b.test"],
    '_xmpp-client._tcp.family.test SRV' => ["10 5 $p both.test"],
    '_xmpp-client._tcp.gone.test SRV'   => ["10 5 $p nowhere.test", "20 5 $p a.test"],
    '_xmpp-client._tcp.base.test SRV' => ["10 5 $p a.test", "10 5 $p a.test"],
    '_xmpps-client._tcp.base.test SRV' => ["10 5 $direct a.test"],
    '_xmpp-client._tcp.deaf.test SRV'   => ["10 5 $deaf b.test", "20 5 $p a.test"],
    '_xmpp-client._tcp.forged.test SRV' => ["10 5 $p a.test", "20 5 $forged b.test"],
    '_xmpp-client._tcp.half.test SRV'   => ["10 5 $p a.test"],
    '_xmpps-client._tcp.half.test SRV'  => 'servfail',
    '_xmpp-client._tcp.twins.test SRV'  => ["10 5 $p a-b.test", "20 5 $p a.b.test", "30 5 $p A.b.test"],
    '_xmpp-client._tcp.zero.test SRV'   => ["10 5 0 b.test", "20 5 $p a.test"],
    '_xmpp-client._tcp.void.test SRV'   => ['10 5 0 a.test'],
    '_xmpp-client._tcp.numbered.test SRV' => ["10 5 $p a-b.test", "20 5 $p a.b.test", "30 5 2 a.b.test.$p.ipv4"],
    '_xmpp-client._tcp.strange.test SRV' => ["10 5 $p no!.test", "20 5 $p a.test"],
    '_xmpp-client._tcp.many.test SRV' => [map { "$_ 5 $dead m$_.test" } 1 .. 70],
    map({ ("m$_.test A" => ['127.0.0.1']) } 1 .. 70),
    map({ ("m$_.test AAAA" => ['::1']) } 1 .. 10),
    'a-b.test A'     => ['127.0.0.1'],
    'a.b.test A'     => ['127.0.0.1'],
    'a.test A'       => ['127.0.0.1'],
    'b.test A'       => ['127.0.0.1'],
    'both.test A'    => ['127.0.0.1'],
    'both.test AAAA' => ['::1'],
);

sub survey {
    my ($world, @more) = @_;
    return Probe->run(
        ['-j', "alice\@$world.test", '--each-endpoint', '--dns-server=' . $names->address, '--ca-file', $one->ca_file, '-t', 20, @more],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
}

# what, world, options, exit code, endpoints up and how many there are, what the first line says
my @table = (
    ['all are up', 'all', '', 0, '2/2', qr/\Aall\.test: 2 of 2 endpoints up, slowest answers in /],
    ['of two one is down', 'some', '', 1, '1/2', qr/\Ab\.test:$dead IPv4: connect: connect-refused: .*, 1 of 2 endpoints up\z/],
    ['--map makes that CRITICAL', 'some', '--map=endpoint-down=CRITICAL', 2, '1/2', qr/connect-refused/],
    ['--map makes that OK', 'some', '--map=endpoint-down=OK', 0, '1/2', qr/\Asome\.test: 1 of 2 endpoints up/],
    ['--map of its condition makes that OK too', 'some', '--map=connect-refused=OK', 0, '1/2', qr/1 of 2 endpoints up/],
    ['all are down', 'none', '', 2, '0/2', qr/\Aa\.test:$dead IPv4: connect: connect-refused: .*, 0 of 2 endpoints up\z/],
    ['--map applies when all are down', 'none', '--map=connect-refused=WARNING', 1, '0/2', qr/connect-refused/],
    ['one family of a name is down', 'family', '', 1, '1/2', qr/\Aboth\.test:$p IPv6: connect: connect-refused/],
    ['one family is asked for', 'family', '-4', 0, '1/1', qr/1 of 1 endpoint up/],
    ['a target of SRV has no address', 'gone', '', 1, '1/2', qr/\Anowhere\.test:$p: dns: dns-not-found/],
    ['both kinds of TLS, and a record that is there twice', 'base', '', 0, '2/2', qr/2 of 2 endpoints up/],
    ['one kind of TLS', 'base', '--tls=direct', 0, '1/1', qr/1 of 1 endpoint up/],
    ['one endpoint is silent until the deadline', 'deaf', '-t 3', 1, '1/2', qr/\Ab\.test:$deaf IPv4: stream: deadline: .*1 of 2 endpoints up\z/],
    ['one set of SRV records cannot be asked', 'half', '', 1, '1/1', qr/\Adns: dns-failed: SERVFAIL for _xmpps-client\._tcp\.half\.test, 1 of 1 endpoint up\z/],
    ['one record has port 0', 'zero', '', 1, '1/2', qr/\Adns: service-not-offered: SRV says port 0 for b\.test, 1 of 2 endpoints up\z/],
    ['--map makes that OK, too', 'zero', '--map=endpoint-down=OK', 0, '1/2', qr/\Azero\.test: 1 of 2 endpoints up/],
    ['the only record has port 0', 'void', '', 2, undef, qr/\Adns: service-not-offered: SRV says port 0 for a\.test\z/],
    ['a target of SRV is no host name', 'strange', '', 1, '1/1', qr/\Adns: dns-failed: SRV target is no host name for no!\.test, 1 of 1 endpoint up\z/],
    ['one certificate expires soon', 'all', '-C 21', 1, '2/2', qr/\Ab\.test:$q IPv4: tls: cert-expiring: certificate of all\.test expires in 5 days \(warning below 21\), 2 of 2 endpoints up\z/],
    ['it expires very soon', 'all', '-C 60,21', 2, '2/2', qr/\Ab\.test:$q IPv4: tls: cert-expiring/],
    ['one certificate is not to be trusted', 'forged', '', 1, '1/2', qr/\Ab\.test:$forged IPv4: tls: cert-untrusted: .*, 1 of 2 endpoints up\z/],
    ['which is worse than an endpoint that is down', 'forged', '--map=endpoint-down=OK', 1, '1/2', qr/\Ab\.test:$forged IPv4: tls: cert-untrusted: /],
    ['--map says how bad', 'forged', '--map=cert-untrusted=CRITICAL', 2, '1/2', qr/\Ab\.test:$forged IPv4: tls: cert-untrusted: /],
    ['a range for how many are up', 'some', '-L endpoints_up,,2:', 2, '1/2', qr/\Aendpoints_up 1 is below 2, 1 of 2 endpoints up\z/],
    ['a range for what each takes', 'all', '-L time_auth,,1us', 2, '2/2', qr/\Aa\.test:$p IPv4: time_auth .* is above 1 us/],
    ['a range for the RTT', 'all', '-w 1us', 1, '2/2', qr/\Aa\.test:$p IPv4: all\.test: rtt .* is above 1 us/],
    ['the certificate is not verified', 'all', '--insecure', 0, '2/2', qr/, certificate not verified\z/],
    ['nor is it where one is down', 'some', '--insecure', 1, '1/2', qr/\Ab\.test:$dead IPv4: connect: connect-ref.*, certificate not verified\z/],
    ['nor where a range is broken', 'some', '--insecure -L endpoints_up,,2:', 2, '1/2', qr/\Aendpoints_up 1 is below 2, 1 of 2 endpoints up, certificate not verified\z/],
    ['-H and -p name the one endpoint', 'all', "-H 127.0.0.1 -p $p", 0, '1/1', qr/1 of 1 endpoint up/],
    ['no record and no address', 'nothing', '', 2, undef, qr/\Adns: dns-not-found: nothing\.test/],
);

for my $row (@table) {
    my ($name, $world, $options, $exit, $up, $first) = @$row;
    my $run = survey($world, split ' ', $options);
    $run->is_valid($name);
    is $run->exit, $exit, "$name: exit code $exit" or diag $run->explain;
    like $run->text, $first, "$name: the first line";
    my ($count, $of) = $run->perfdata =~ /(?:\A| )endpoints_up=(\d+);[^;]*;[^;]*;0;(\d+)/;
    is defined $count ? "$count/$of" : undef, $up, "$name: endpoints_up";
}

my $all = survey('all');
is_deeply [$all->labels],
    ['endpoints_up', 'time', 'time_dns', map { ("${_}_ipv4_rtt", "${_}_ipv4_cert_days") } "a_test_$p", "b_test_$q"],
    'two figures of each endpoint follow those of the whole';
is $all->metric("a_test_${p}_ipv4_cert_days"), 90, 'an endpoint has its own certificate';
is $all->metric("b_test_${q}_ipv4_cert_days"), 5, 'the other has another';
like $all->long, qr/^endpoint a\.test:$p IPv4 \(starttls\): OK, all\.test answers in /m, 'each endpoint has its line';
unlike $all->long, qr/^phases:/m, 'without its ledger when all is well';

my $some = survey('some', '-w', '5s', '-c', '6s', '-C', '2');
is_deeply [$some->labels],
    ['endpoints_up', 'time', 'time_dns', map { ("${_}_ipv4_rtt", "${_}_ipv4_cert_days") } "a_test_$p", "b_test_$dead"],
    'the labels are the same when one is down';
like $some->perfdata, qr/ b_test_${dead}_ipv4_rtt=U;5;6;0;20 b_test_${dead}_ipv4_cert_days=U;2:/, 'with its thresholds';
like $some->long, qr/^endpoint b\.test:$dead IPv4 \(starttls\): CRITICAL, connect: connect-refused.*\n.*\nphases: dns .*connect /m,
    'what is down has its ledger';

like survey('zero', '-o', 'prometheus')->stdout, qr/^xmpp_ping_endpoints\{[^}]*\} 2\n(?:.*\n)*xmpp_ping_endpoints_up\{[^}]*\} 1\.0+$/m,
    'for Prometheus a record with port 0 is an endpoint that is down, too';

my $nothing = survey('nothing');
is_deeply [$nothing->labels], [qw(endpoints_up time time_dns)], 'without an endpoint there are the figures of the whole';
is $nothing->metric('endpoints_up'), 'U', 'and nobody knows how many are up';

is_deeply [grep { /_rtt\z/ } survey('twins')->labels], ["a_b_test_${p}_ipv4_rtt", "a_b_test_${p}_ipv4_2_rtt"],
    'names that differ in punctuation only are told apart';

my @numbered = grep { s/_rtt\z// } survey('numbered')->labels;
my %labels = map { $_ => 1 } @numbered;
is scalar @numbered, 3, 'three endpoints have labels';
is scalar keys %labels, 3, 'a number that makes one unique does not make it another\'s' or diag "@numbered";

my $many = survey('many', '-t', 28);
is +($many->perfdata =~ /endpoints_up=0;;;0;(\d+)/)[0], 64, 'no more than 64 endpoints are checked';
like $many->long, qr/^WARNING: dns: endpoint-down: 10 endpoints too many: 64 are checked$/m, 'it says how many are not';
like $many->long, qr/^WARNING: dns: dns-failed: 6 SRV records too many for many\.test$/m, 'and that there are more records than are looked at';

is survey('all', '-q')->stdout, '', 'with -q nothing is said when all is well';
like survey('all', '-v')->long, qr/^all\.test ping 3: /m, 'with -v each ping is shown';

my $wrong = survey('all', '-R', 'x.test');
is $wrong->exit, 3, 'remotes are refused';
like $wrong->text, qr/\A--each-endpoint: /, 'with the reason';
$wrong = survey('all', '-L', 'endpoint_up,1:,');
like $wrong->text, qr/\A--limit: endpoint_up is no metric/, 'a label that does not exist is refused';

# Without the password nobody is let in, and nobody is called healthy.
my $denied = Probe->run(
    ['-j', 'alice@all.test', '--each-endpoint', '--dns-server=' . $names->address, '--ca-file', $one->ca_file],
    env => { CHECK_XMPP_PING_PASSWORD => 'wrong' },
);
is $denied->exit, 2, 'a wrong password is CRITICAL';
like $denied->text, qr/auth: not-authorized: .*0 of 2 endpoints up\z/, 'and none is up';

# SIGTERM ends all children at once. The first connection is that of the table's deaf endpoint.
$listener->accept;
my $stopped = Probe->start(
    ['-j', 'alice@deaf.test', '--each-endpoint', '--dns-server=' . $names->address, '--ca-file', $one->ca_file, '-t', 60],
    env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
);
my $connection = $listener->accept;
sysread $connection, my $header, 1;
my @children = children_of($stopped->pid);
$stopped->kill_with('TERM');
$stopped->finish;
$stopped->is_valid('a survey that is killed');
like $stopped->stdout, qr/killed by SIGTERM in phase stream/, 'it says so';
cmp_ok scalar @children, '>=', 1, 'it had children';
is_deeply [grep { -e "/proc/$_" } @children], [], 'none is left';

done_testing;
