# SPDX-License-Identifier: GPL-3.0-or-later
# A TCP relay in user space that holds back what passes through it:
#
#   my $relay = Relay->new(port => $server->port, delay => 0.025);    # seconds, in each direction
#   $relay->port, $relay->flights, $relay->bytes, $relay->stop
package Relay;

use strict;
use warnings;

use Carp qw(croak);
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

use Daemon qw(now);
use TempDir;

sub new {
    my ($class, %option) = @_;
    my $self = bless { host => '127.0.0.1', delay => 0, dir => temp_dir(), %option }, $class;
    write_file("$self->{dir}/flights", '');
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or croak "listen: $!";
    $self->{listen_port} = $listener->sockport;
    $self->{daemon} = Daemon->run('relay', sub { $self->_serve($listener) });
    close $listener;
    return $self;
}

sub port { return $_[0]{listen_port} }

# How often the client of the one connection has sent something after it had got an answer to what it sent before, the first time
# included. What it sends within the delay, in however many pieces, is one flight.
sub flights { return length read_file("$_[0]{dir}/flights") }

# How many bytes the clients and the servers have sent.
sub bytes {
    my ($self) = @_;
    my %sum = (client => 0, server => 0);
    for (split /\n/, read_file("$self->{dir}/bytes")) {
        my ($who, $count) = split;
        $sum{$who} += $count;
    }
    return @sum{qw(client server)};
}

sub stop { $_[0]{daemon}->stop; return }

sub _serve {
    my ($self, $listener) = @_;
    local $SIG{PIPE} = 'IGNORE';
    my %peer;     # by file number: the socket that gets what comes from this one
    my %socket;
    my %is_client;
    my $answered = 1;
    my @queue;    # [when, socket, bytes; undef: the end], oldest first: all wait equally long
    open my $flights, '>>', "$self->{dir}/flights" or die "flights: $!\n";
    open my $counts, '>>', "$self->{dir}/bytes" or die "bytes: $!\n";
    while (1) {
        my $wait = @queue ? $queue[0][0] - now() : undef;
        my $ready = '';
        vec($ready, $_->fileno, 1) = 1 for $listener, values %socket;
        my $found = select $ready, undef, undef, defined $wait && $wait < 0 ? 0 : $wait;
        my $due_at = now() + $self->{delay};
        if ($found > 0 && vec $ready, $listener->fileno, 1) {
            my $client = $listener->accept or next;
            my $server = IO::Socket::INET->new(PeerAddr => $self->{host}, PeerPort => $self->{port}) or next;
            setsockopt $_, IPPROTO_TCP, TCP_NODELAY, 1 for $client, $server;
            $socket{ $_->fileno } = $_ for $client, $server;
            $peer{ $client->fileno } = $server;
            $peer{ $server->fileno } = $client;
            $is_client{ $client->fileno } = 1;
        }
        for my $from ($found > 0 ? values %socket : ()) {
            next if !vec $ready, $from->fileno, 1;
            my $number = $from->fileno;
            my $got = sysread $from, my $bytes, 65536;
            syswrite $flights, '.' if $got && $is_client{$number} && $answered;
            $answered = 0 if $got && $is_client{$number};
            syswrite $counts, ($is_client{$number} ? 'client' : 'server') . " $got\n" if $got;
            push @queue, [$due_at, $peer{$number}, $got ? $bytes : undef];
            delete $socket{$number} if !$got;
        }
        while (@queue && $queue[0][0] <= now()) {
            my (undef, $to, $bytes) = @{ shift @queue };
            defined $bytes ? syswrite $to, $bytes : shutdown $to, 1;
            $answered = 1 if $is_client{ $to->fileno };
        }
    }
    return;
}

1;
