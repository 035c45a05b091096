#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# --component: the login of a component (XEP-0114) to real servers and to others, and pings from any of its addresses.

use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use FindBin;
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use Test::More;

use lib "$FindBin::Bin/support";

use Certificates;
use Daemon;
use Ejabberd;
use Probe;
use Prosody;
use TempDir;

my @labels = qw(rtt rtt_min rtt_max rtt_first loss time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt);
my $secret = 'of the component';

sub probe {
    my ($port, @arguments) = @_;
    return Probe->run(['--component=probe.example.org', '-H', '127.0.0.1', '-p', $port, '-t', 20, @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => $secret });
}

sub test_run {
    my ($name, $run, $exit, $like) = @_;
    $run->is_valid($name);
    is $run->exit, $exit, "$name: exit code" or diag $run->explain;
    like $run->text, $like, "$name: the first line";
    return $run;
}

# --- real servers ---

my $prosody = Prosody->new(domain => 'example.org', accounts => { alice => 'secret' }, modules => ['ping'],
    components => { 'probe.example.org' => $secret, 'other.example.org' => $secret });
my $ejabberd = Ejabberd->new(domain => 'example.org', component => { domain => 'probe.example.org', secret => $secret });
for (['Prosody', $prosody], ['ejabberd', $ejabberd]) {
    my ($name, $server) = @$_;
    my $port = $server->component_port;
    my $run = test_run($name, probe($port), 0, qr/\Aexample\.org answers in /);
    is_deeply [$run->labels], \@labels, "$name: the labels are those of a check without TLS";
    is $run->metric('loss'), 0, "$name: nothing is lost";
    test_run("$name, from an address of it", probe($port, '--component=bot@probe.example.org'), 0, qr/\Aexample\.org answers in /);
    test_run("$name, from a full one", probe($port, '--component=bot@probe.example.org/x'), 0, qr/\Aexample\.org answers in /);
    test_run("$name, the server's name given", probe($port, '-j', 'example.org', '-n', 1), 0, qr/\Aexample\.org answers in /);
    test_run("$name, a remote", probe($port, '-R', 'it=alice@example.org'), 0, qr/, 1 of 1 remotes up\z/);
    test_run("$name, addresses of its own", probe($port, '--component=bot@probe.example.org', '-R', 'probe.example.org', '-R', 'it=bot@probe.example.org'),
        0, qr/, 2 of 2 remotes up\z/);
    my $wrong = test_run("$name, a wrong secret", Probe->run(['--component=probe.example.org', '-H', '127.0.0.1', '-p', $port, '-t', 20,
                '--password-file', password_file('wrong')]), 2, qr/\Aauth: not-authorized: login of probe\.example\.org refused: the password may be wrong/);
    is_deeply [$wrong->labels], \@labels, "$name: the labels are the same as ever";
}
test_run('a component that there is not', probe($prosody->component_port, '--component=no.example.org'), 2,
    qr/\Astream: host-unknown/);
test_run('the port for users', probe($prosody->port), 2, qr/\A(?:stream|auth): /);
test_run('a refused connection', probe(1), 2, qr/\Aconnect: connect-refused: /);
{
    my $report = decode_json(probe($prosody->component_port, '-o', 'json')->stdout);
    is $report->{code}, 0, 'JSON: it is OK';
    is $report->{tls}, undef, 'without TLS';
    is_deeply $report->{offers}, { before_tls => [], behind_tls => [] }, 'components are offered nothing';
}

# --- servers that do something wrong ---

my $STREAM = 'http://etherx.jabber.org/streams';

# A server that takes one connection, reads the header and then does WORK with the socket. Returns its port; what it reads goes to
# the file NAME in DIR.
my $dir = temp_dir();
my @servers;

sub server {
    my ($work) = @_;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "TCP: $@\n";
    my $name = "$dir/" . $listener->sockport;
    push @servers, Daemon->run('component server', sub {
            my $socket = $listener->accept or die "accept: $!\n";
            my $link = { socket => $socket, name => $name };
            until_seen($link, qr/<stream:stream\b[^>]*>/);
            $work->($link);
            1 while sysread $socket, my $rest, 4096;
        });
    return ($listener->sockport, $name);
}

sub until_seen {
    my ($link, $pattern) = @_;
    $link->{in} //= '';
    until ($link->{in} =~ $pattern) {
        sysread $link->{socket}, my $bytes, 4096 or return 0;
        $link->{in} .= $bytes;
        open my $out, '>>', $link->{name} or die "$link->{name}: $!\n";
        syswrite $out, $bytes;
    }
    return 1;
}

sub say_to { my ($link, $text) = @_; return syswrite $link->{socket}, $text }
sub header { my ($id) = @_; return "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='$STREAM' from='probe.example.org'$id>" }
sub stream_error { my ($what) = @_; return "<stream:error><$what xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>" }

# Answers pings until the other side leaves.
sub answer_pings {
    my ($link) = @_;
    while (until_seen($link, qr/<iq\b[^>]*?>/)) {
        $link->{in} =~ s/\A.*?(<iq\b[^>]*>)//s;
        my %attribute = $1 =~ /(\w+)=["']([^"']*)["']/g;
        say_to($link, "<iq type='result' id='$attribute{id}' from='$attribute{to}' to='$attribute{from}'/>");
    }
    return;
}

{
    my ($port, $name) = server(sub {
            my ($link) = @_;
            say_to($link, header(" id='3BF96D32'"));
            until_seen($link, qr{</handshake>});
            say_to($link, '<handshake/>');
            answer_pings($link);
        });
    my $run = test_run('a server made here', probe($port, '--component=bot@probe.example.org', '-n', 1, '-vvv'), 0, qr/\Aexample\.org answers in /);
    my $sent = read_file($name);
    my ($digest) = $sent =~ m{<handshake>([0-9a-f]+)</handshake>};
    is $digest, sha1_hex("3BF96D32$secret"), 'the digest is that of XEP-0114';
    unlike $sent, qr/\Q$secret\E|<auth\b|<bind\b/, 'the secret itself is never sent';
    like $sent, qr/<stream:stream\b[^>]*\bto="probe\.example\.org"/, 'the stream is to the component';
    like $sent, qr/<iq\b[^>]*\bfrom="bot\@probe\.example\.org"/, 'the ping is from the address that was given';
    like $sent, qr/<iq\b[^>]*\bto="example\.org"/, 'and to the server';
    unlike $run->stdout, qr{\Q$secret\E|$digest}, 'neither it nor its digest is told';
}
for my $case (
    ['no id', sub { say_to($_[0], header('')) }, qr/\Astream: deadline/],
    ['an empty id', sub { say_to($_[0], header(" id=''")) }, qr/\Astream: deadline/],
    ['an empty id, and why', sub { say_to($_[0], header(" id=''") . stream_error('host-unknown')) }, qr/\Astream: host-unknown/],
    ['no id, and a handshake', sub { say_to($_[0], header('') . '<handshake/>') }, qr/\Astream: not-xmpp/],
    ['HTTP', sub { say_to($_[0], "HTTP/1.1 400 Bad Request\r\n\r\n") }, qr/\Astream: not-xmpp/],
    ['an end', sub { shutdown $_[0]{socket}, 2 }, qr/\Astream: connection-lost/],
    ['features, and no handshake', sub { say_to($_[0], header(" id='1'") . '<stream:features/>') }, qr/\A(?:stream|auth): not-xmpp/],
    ['a handshake that is none', sub { say_to($_[0], header(" id='1'")); until_seen($_[0], qr{</handshake>}); say_to($_[0], '<handshake xmlns="urn:x"/>') },
        qr/\Aauth: not-xmpp/],
    ['a handshake before ours', sub { say_to($_[0], header(" id='1'") . '<handshake/>') }, qr/\A(?:stream|auth): not-xmpp/],
    ['a stream error in its place', sub { say_to($_[0], header(" id='1'")); until_seen($_[0], qr{</handshake>}); say_to($_[0], stream_error('conflict')) },
        qr/\Aauth: conflict/],
    ['silence behind the header', sub { say_to($_[0], header(" id='1'")) }, qr/\Aauth: deadline: /],
    ['silence behind the login', sub { say_to($_[0], header(" id='1'")); until_seen($_[0], qr{</handshake>}); say_to($_[0], '<handshake/>') },
        qr/\Aping: deadline: |\Aexample\.org: ping-timeout/],
) {
    my ($name, $work, $like) = @$case;
    my ($port, $file) = server($work);
    my $run = test_run($name, probe($port, '-t', 2), 2, $like);
    unlike $run->stdout, qr/\Q$secret\E/, "$name: the secret is not told";
}

# --- options ---

for my $case (
    ['--component: needs -H and -p', '-H', '127.0.0.1'],
    ['--component: needs -H and -p', '-p', 5347],
    ['--tls: components have none', '-H', '127.0.0.1', '-p', 5347, '--tls=starttls'],
    ['--jid: must be a domain with --component', '-H', '127.0.0.1', '-p', 5347, '-j', 'a@example.org'],
    ['--no-login: means nothing with --component', '-H', '127.0.0.1', '-p', 5347, '--no-login'],
    ['--offers: means nothing with --component', '-H', '127.0.0.1', '-p', 5347, '--offers=PLAIN'],
) {
    my ($text, @arguments) = @$case;
    my $run = Probe->run(['--component=probe.example.org', @arguments], env => { CHECK_XMPP_PING_PASSWORD => $secret });
    is $run->exit, 3, "$text: UNKNOWN";
    like $run->text, qr/\A\Q$text\E/, 'in words';
}
{
    my $run = Probe->run(['--component=probe.example.org', '-H', '127.0.0.1', '-p', 5347]);
    like $run->text, qr/\A--password-file: no password/, 'without a secret there is no login';
}

$_->stop for @servers;
done_testing;
