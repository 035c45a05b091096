#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The wire: RTTs that are the network's own, ends that are seen at once, answers that come too early, alerts that come late, names
# that are not ours, and remotes that are far away.

use strict;
use warnings;
use FindBin;
use Test::More;
use Time::HiRes qw(sleep);

use lib "$FindBin::Bin/support";

use Certificates;
use Daemon qw(children_of);
use Hostile;
use Probe;
use Scripted;
use TempDir;

my $certificates = Certificates->new(domain => 'example.org');
my $SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
my $BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

sub start {
    my ($server, @arguments) = @_;
    return Probe->start(
        ['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
}

sub against {
    my ($option, @arguments) = @_;
    my $server = Hostile->new(certificates => $certificates, %$option);
    my $run = start($server, @arguments)->finish;
    $server->stop;
    return $run;
}

# --- the RTT is the wire's, whatever the machine is busy with ---

sub field { my ($pid, $name) = @_; return (eval { read_file("/proc/$pid/status") } // '') =~ /^$name:\s+(\S+)/m ? $1 : '' }

# Stops the probe's child between question and answer, and lets it go on long behind the answer.
my $pid_file = temp_dir() . '/pid';
my $stopper = Hostile->new(certificates => $certificates, ping => sub {
    my ($c) = @_;
    sleep 0.001 until -s $pid_file;
    my ($child) = children_of(read_file($pid_file)) or die "no child\n";
    kill 'STOP', $child;
    sleep 0.001 until field($child, 'State') eq 'T';
    $c->iq_result('');
    sleep 0.5;
    kill 'CONT', $child;
    return 1;
});
my $stopped = start($stopper, '-n', 1);
write_file($pid_file, $stopped->pid);
$stopped->finish;
$stopped->is_valid('a probe that was stopped');
is $stopped->state, 'OK', 'a probe that was stopped while it waited is OK' or diag $stopped->explain;
cmp_ok $stopped->metric('rtt'), '<', 0.4, "its RTT is the wire's, not what it slept through" or diag $stopped->explain;
cmp_ok $stopped->metric('time'), '>', 0.5, 'though the whole check took longer';
$stopper->stop;

# --- an end is an end, also without the end of the TCP connection ---

for my $end (
    ['a stream error', sub { $_[0]->stream_error('conflict'); return 0 }, 'conflict'],
    ['the end of the stream', sub { $_[0]->send('</stream:stream>'); return 0 }, 'connection-lost'],
    ['close_notify', sub { my $ssl = $_[0]{socket}->_get_ssl_object; Net::SSLeay::shutdown($ssl); return 0 }, 'connection-lost'],
) {
    my ($name, $act, $condition) = @$end;
    my $run = against({ ping => $act }, '-t', 20);
    $run->is_valid($name);
    is $run->condition, $condition, "$name ends the run: $condition" or diag $run->explain;
    cmp_ok $run->elapsed, '<', 10, 'and the wait at once';
}

# --- what is said before it is asked counts for nothing ---

for my $early (
    ['mechanisms and a success in one', { mechanisms => ['PLAIN'], features2 => sub {
        my ($c) = @_;
        $c->send("<stream:features>" . $c->mechanisms . "</stream:features><success xmlns='$SASL'/>");
        return 0;
    } }, 'server-not-authenticated'],
    ['features and a bind result in one', { features3 => sub {
        my ($c) = @_;
        $c->send("<stream:features><bind xmlns='$BIND'/></stream:features>"
            . "<iq type='result' id='bind'><bind xmlns='$BIND'><jid>alice\@example.org/x</jid></bind></iq>");
        return 0;
    } }, 'deadline'],
) {
    my ($name, $option, $condition) = @$early;
    my $run = against($option, '-t', $condition eq 'deadline' ? 2 : 20);
    $run->is_valid($name);
    is $run->state, 'CRITICAL', "$name: CRITICAL" or diag $run->explain;
    is $run->condition, $condition, "$name: $condition" or diag $run->explain;
}

# --- alerts behind the handshake ---

for my $version (qw(TLSv1_2 TLSv1_3)) {
    my $run = against({ tls_options => {
        SSL_version => $version, SSL_verify_mode => IO::Socket::SSL::SSL_VERIFY_PEER() | IO::Socket::SSL::SSL_VERIFY_FAIL_IF_NO_PEER_CERT(),
        SSL_ca_file => $certificates->ca_file, SSL_ca => undef,
    } });
    $run->is_valid("$version: no client certificate");
    is $run->phase . ': ' . $run->condition, 'tls: tls-failed', "$version: a client certificate is missing" or diag $run->explain;
    like $run->text, qr/alert (?:certificate required|handshake failure)/, "$version: the alert is named";
}

# --- whose JID is bound ---

for my $bound (
    ['that of another server', 'mallory@elsewhere.net/x', 'another account'],
    ['that of another user', 'mallory@example.org/x', 'another account'],
    ['that of the server', 'example.org/x', 'another account'],
    ['one without a resource', 'alice@example.org', 'no resource'],
    ['none at all', '@', 'no JID'],
) {
    my ($name, $jid, $cause) = @$bound;
    my $run = against({ bind => sub { $_[0]->iq_result("<bind xmlns='$BIND'><jid>$jid</jid></bind>"); return 1 } });
    $run->is_valid($name);
    is $run->condition, 'bind-failed', "the JID that is bound is $name: bind-failed" or diag $run->explain;
    like $run->text, qr/\b$cause\b/, 'and the line says so';
}

# --- what others send is no end ---

my $avatar = against({ ping => sub {
    my ($c) = @_;
    $c->send("<message from='bob\@example.org'><body>" . 'x' x 1_000_000 . '</body></message>');
    $c->iq_result('');
    return 1;
} });
$avatar->is_valid('a message of 1 MB');
is $avatar->state, 'OK', 'a message of 1 MB between ping and pong is no harm' or diag $avatar->explain;

my $rooms = against({ ping => sub {
    my ($c) = @_;
    $c->send("<iq type='set' id='rooms' from='conference.example.org'><query xmlns='http://jabber.org/protocol/disco#items'>"
        . join('', map { "<item jid='room$_\@conference.example.org' name='Room $_'/>" } 1 .. 8000) . '</query></iq>');
    $c->iq_result('');
    return 1;
} });
$rooms->is_valid('a list of 8,000 rooms');
is $rooms->state, 'OK', 'a list of 8,000 rooms is no harm either' or diag $rooms->explain;

# --- remotes that are far away ---

my $far = Scripted->new(on_ping => sub {
    my ($link, $ping) = @_;
    return $link->result($ping) if $ping->{to} eq 'home.example';
    $link->after(0.5, sub { $link->result($ping) });
});

sub far {
    my ($count) = @_;
    return Probe->run(
        [$far->options('alice@home.example'), '-n', 3, '-t', 60, map { ('-R', "r$_=r$_.example") } 1 .. $count],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
}
for my $count (300, 1000) {
    my $run = far($count);
    is $run->state, 'OK', "$count remotes, each half a second away" or diag $run->explain;
    is $run->metric('remotes_up'), $count, 'all are up';
    cmp_ok $run->elapsed, '<', 20, 'and nobody waits for the others';
    note sprintf '%d remotes: %.2f s', $count, $run->elapsed;
}

done_testing;
