#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# When an endpoint takes the connection and no more: which failures lead to the next one, and that none eats its time.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use POSIX ();
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(die_with_parent);
use Hostile;
use NameServer;
use Probe;
use Prosody;

my $server = Prosody->new(domain => 'base.test', domains => ['next.test'], accounts => { 'alice@next.test' => 'secret' }, iterations => 4096);
my $good = $server->port;

my $header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='x' from='next.test'>";
my $features = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
my $proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
my $error = "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";

# name, what the first endpoint says when it hears something, whether it closes then, the condition that is told of it ('' for one that
# ends the run), and the condition of the run
my @worlds = (
    ['offers no STARTTLS', [$header . '<stream:features/>'], 0, 'starttls-missing', ''],
    ['refuses STARTTLS', [$header . $features, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"], 1, 'tls-failed', ''],
    ['answers STARTTLS with nonsense', [$header . $features, $proceed, 'nonsense'], 1, 'tls-failed', ''],
    ['says nothing at all', [], 0, 'connection-lost', ''],
    ['says nothing behind its header', [$header], 0, 'connection-lost', ''],
    ['says nothing in the handshake', [$header . $features, $proceed], 0, 'tls-failed', ''],
    ['closes at once', [''], 1, 'connection-lost', ''],
    ['closes behind its features', [$header . $features], 1, 'connection-lost', ''],
    ['closes in the handshake', [$header . $features, $proceed], 1, 'tls-failed', ''],
    ['is a web server', ["HTTP/1.1 400 Bad Request\r\n\r\n"], 1, 'not-xmpp', ''],
    ['has a stream error', [$header . $error], 1, '', 'host-unknown'],
);

# A server that says each text of a world when it has heard something.
sub listen_as {
    my ($texts, $close, @where) = @_;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5, @where) or die "TCP: $@\n";
    my $parent = $$;
    my $child = fork() // die "fork: $!\n";
    if (!$child) {
        die_with_parent($parent);
        while (my $connection = $listener->accept) {
            for my $text (@$texts) {
                sysread $connection, my $heard, 4096;
                syswrite $connection, $text;
            }
            1 while !$close && sysread $connection, my $heard, 4096;
        }
        POSIX::_exit(0);
    }
    return ($listener->sockport, $child);
}

my %records = ('a.test A' => ['127.0.0.1'], 'b.test A' => ['127.0.0.1']);
my @children;
END { kill 'KILL', @children if @children }

# All side by side, as some wait for their share of the time.
for my $world (@worlds) {
    my ($port, $child) = listen_as(@$world[1, 2]);
    push @children, $child;
    my $names = NameServer->scripted(%records, '_xmpp-client._tcp.next.test SRV' => ["10 5 $port b.test", "20 5 $good a.test"]);
    my $run = Probe->start(
        ['-j', 'alice@next.test', '--dns-server', $names->address, '--ca-file', $server->ca_file, '-t', 10, '-v'],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
    push @$world, $port, $names, $run;
}

for my $world (@worlds) {
    my ($name, $texts, $close, $told, $condition, $port, $names, $run) = @$world;
    $run->finish->is_valid("the first endpoint $name");
    if ($told) {
        is $run->exit, 0, "when the first endpoint $name, the next one is taken" or diag $run->explain;
        like $run->long, qr/^endpoint b\.test 127\.0\.0\.1:$port \(starttls\): \Q$told\E after [^0]/m, "and it is told: $told, after a time that it took";
    } else {
        is $run->exit, 2, "when the first endpoint $name, that is the answer" or diag $run->explain;
        is $run->condition, $condition, "it is told: $condition";
        unlike $run->long, qr/:$good\b/, 'the next one is not tried';
    }
}

# The same between the addresses of one endpoint: the server has one of three, and whatever their order is, another one comes
# before or behind it.
{
    my $middle = Prosody->new(
        domain => 'middle.test', host => '127.0.0.3', accounts => { alice => 'secret' }, iterations => 4096,
        certificates => $server->certificates, certificate => $server->certificates->leaf('good', domain => 'middle.test'),
    );
    my $port = $middle->port;
    my %where = (LocalPort => $port, ReuseAddr => 1);
    my (undef, $closing) = listen_as([$header . $features, $proceed], 1, LocalAddr => '127.0.0.2', %where);
    my (undef, $mute) = listen_as([], 0, LocalAddr => '127.0.0.4', %where);
    push @children, $closing, $mute;
    my $told = 0;
    for my $order ([2, 3, 4], [4, 3, 2], [3, 2, 4]) {
        my $names = NameServer->scripted(
            '_xmpp-client._tcp.middle.test SRV' => ["10 5 $port c.test"],
            'c.test A' => [map { "127.0.0.$_" } @$order],
        );
        my $run = Probe->run(
            ['-j', 'alice@middle.test', '--dns-server', $names->address, '--ca-file', $server->ca_file, '-t', 8, '-v'],
            env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
        );
        $run->is_valid("addresses @$order");
        is $run->exit, 0, "of the addresses @$order the one that serves is found" or diag $run->explain;
        my %down = (2 => 'tls-failed', 4 => 'connection-lost');
        my @down = grep { $run->long =~ /^endpoint c\.test 127\.0\.0\.$_:$port \(starttls\): $down{$_}\b/m } keys %down;
        $told += @down;
    }
    cmp_ok $told, '>=', 1, 'and those before it are told';
}

# The same without TLS, where the features, or a component's id, are what TLS is elsewhere.
{
    my $clear = Prosody->new(
        domain => 'clear.test', host => '127.0.0.3', tls => 0, accounts => { alice => 'secret' }, iterations => 4096, modules => ['ping'],
        components => { 'probe.clear.test' => 'secret' },
    );
    my ($port, $component) = ($clear->port, $clear->component_port);
    for my $world (grep { $_->[0] =~ /\A(?:says nothing at all|closes at once|is a web server)\z/ } @worlds) {
        my ($name, $texts, $close, $told) = @$world;
        my ($bad, $child) = listen_as($texts, $close);
        my (undef, $beside) = listen_as($texts, $close, LocalAddr => '127.0.0.2', LocalPort => $component, ReuseAddr => 1);
        my $names = NameServer->scripted(
            '_xmpp-client._tcp.clear.test SRV' => ["10 5 $bad b.test", "20 5 $port c.test"],
            'b.test A' => ['127.0.0.1'], 'c.test A' => ['127.0.0.3'], 'd.test A' => ['127.0.0.2', '127.0.0.3'],
        );
        for (['--no-login', '-j', 'clear.test', '--tls=none'], ['-j', 'alice@clear.test', '--tls=none'],
            ['--component=probe.clear.test', '-H', 'd.test', '-p', $component]) {
            my $run = Probe->run([@$_, '--dns-server', $names->address, '-t', 6, '-v'], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
            is $run->exit, 0, "$_->[0]: when the first endpoint $name, the next one is taken" or diag $run->explain;
            like $run->long, qr/^endpoint [bd]\.test \S+ \(no TLS\): \Q$told\E after /m, 'and it is told';
        }
        kill 'KILL', $child, $beside;
        waitpid $_, 0 for $child, $beside;
    }
}

# Behind direct TLS: what shares its port with a web server may have let us through to that one; a server of XMPP has the last word.
for (['a web server', 'http', 'not-xmpp', ''], ['a server with a stream error', 'stream_error', '', 'host-unknown']) {
    my ($name, $misdeed, $told, $condition) = @$_;
    my $first = Hostile->new(
        domain => 'next.test', mode => 'direct', certificates => $server->certificates,
        certificate => $server->certificates->leaf('good', domain => 'next.test'), stream2 => [$misdeed, 'host-unknown'],
    );
    my $port = $first->port;
    my $names = NameServer->scripted(
        %records, '_xmpps-client._tcp.next.test SRV' => ["10 5 $port b.test"], '_xmpp-client._tcp.next.test SRV' => ["20 5 $good a.test"],
    );
    my $run = Probe->run(
        ['-j', 'alice@next.test', '--dns-server', $names->address, '--ca-file', $server->ca_file, '-t', 10, '-v'],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
    $run->is_valid("$name behind direct TLS");
    is $run->exit, $told ? 0 : 2, "$name behind direct TLS: the next one is " . ($told ? 'taken' : 'not tried') or diag $run->explain;
    like $run->long, qr/^endpoint b\.test 127\.0\.0\.1:$port \(direct TLS\): \Q$told\E after [^0]/m, "and it is told: $told" if $told;
    is $run->condition, $condition, "it is told: $condition" if !$told;
    unlike $first->received, qr/<auth/, 'no login was tried there';
}

# Two that take the connection and never say a word: neither is more to blame than the other.
{
    my @deaf = map { IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "TCP: $@\n" } 1 .. 2;
    my ($p, $q) = map { $_->sockport } @deaf;
    my $names = NameServer->scripted(
        %records, '_xmpp-client._tcp.next.test SRV' => ["10 5 $p a.test"], '_xmpps-client._tcp.next.test SRV' => ["20 5 $q a.test"],
    );
    my @command = ('-j', 'alice@next.test', '--dns-server', $names->address, '-t', 2);
    my $run = Probe->run(\@command, env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
    $run->is_valid('two silent endpoints');
    is $run->exit, 2, 'two silent endpoints are CRITICAL';
    like $run->text, qr/\Astream: deadline: no answer from a\.test: $p and $q take /, 'both are named, and no phase of one of them';
    like $run->stdout, qr/no answer from a\.test: $p and $q take connections and say nothing/, 'with what they do';

    $names = NameServer->scripted(%records, '_xmpp-client._tcp.next.test SRV' => ["10 5 $p a.test"], 'a.test A' => ['127.0.0.1']);
    $run = Probe->run([@command[0, 1], '--dns-server', $names->address, '-t', 2], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
    like $run->text, qr/\Astream: deadline: no answer from a\.test:$p, which takes /, 'one alone is named as well';

    my ($talking, $child) = listen_as([$header], 0);
    push @children, $child;
    $names = NameServer->scripted(%records, '_xmpp-client._tcp.next.test SRV' => ["10 5 $talking a.test"]);
    $run = Probe->run([@command[0, 1], '--dns-server', $names->address, '-t', 2], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
    like $run->text, qr/\Astream: deadline: no end after 2 s\z/, 'one that has said something is not called silent';
}

done_testing;
