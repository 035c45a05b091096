#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What the floor does, with AnyEvent::XMPP (which does not check the certificate): peer_anyevent.pl HOST PORT DOMAIN USER
# PASSWORDFILE CAFILE [PINGS [PAUSE]]; PAUSE: seconds between two pings
use strict;
use warnings;

use AnyEvent;
use AnyEvent::XMPP::Connection;
use AnyEvent::XMPP::Ext::Ping;

my ($host, $port, $domain, $user, $password_file, undef, $pings, $pause) = @ARGV;
$pings //= 3;
open my $file, '<', $password_file or die "$password_file: $!\n";
chomp(my $password = <$file>);
close $file;

my $end = AnyEvent->condvar;
my $connection = AnyEvent::XMPP::Connection->new(
    domain => $domain, username => $user, password => $password, host => $host, port => $port, resource => 'bench'
);
my $timer;
my $ping = AnyEvent::XMPP::Ext::Ping->new;

sub next_ping {
    return $end->send(0) if $pings-- <= 0;
    $ping->ping($connection, undef, sub {
        my ($rtt, $error) = @_;
        return $end->send(2) if $error;
        printf "%.0f\n", $rtt * 1e6;
        return next_ping() if !$pause;
        $timer = AnyEvent->timer(after => $pause, cb => sub { next_ping() });
    }, 10);
    return;
}

$connection->reg_cb(
    stream_ready => sub { next_ping() },
    sasl_error => sub { $end->send(2) },
    error => sub { $end->send(2) },
    bind_error => sub { $end->send(2) },
    disconnect => sub { $end->send(2) },
);
$connection->connect;
my $give_up = AnyEvent->timer(after => 20, cb => sub { $end->send(2) });
exit $end->recv;
