# SPDX-License-Identifier: GPL-3.0-or-later
# A bad network in user space, inside of a namespace (Netns.pm): a TUN device whose far end is a mirror. What is sent to
# "there" comes back to this machine as sent by "there", after what the network has done to it; so do the answers. (Source
# and destination change places, which leaves all checksums as they are.) A server that listens on 0.0.0.0 is reached
# through it, with the kernel's own TCP on both sides.
#
#   my $tun = Tun->new(net => '10.1.0', delay => 1, loss => 0.3, seed => 1, largest => 600);
#   $tun->there    '10.1.0.2', whom to connect to
#
# delay is in seconds, for each direction; loss is the share of packets that vanish; packets of more than `largest` bytes
# vanish too, without a word: an MTU black hole. rto_min is how long TCP waits at least before it sends again ('20ms';
# Linux has 200 ms, and 1 s for a SYN).
package Tun;

use strict;
use warnings;

use Carp qw(croak);
use Fcntl qw(O_RDWR O_NONBLOCK);

use Daemon qw(now);
use Netns;

use constant TUNSETIFF => 0x400454ca;
use constant IFF_TUN => 0x0001;
use constant IFF_NO_PI => 0x1000;

# Why there can be none here, or nothing.
sub unavailable {
    my $device = eval { _open('probe%d') };
    return $device ? () : $@ =~ s/ at .*//sr;
}

sub new {
    my ($class, %option) = @_;
    my $self = bless { delay => 0, loss => 0, seed => 1, largest => 65535, %option }, $class;
    (my $device, $self->{name}) = _open('tun%d');
    ip("address add $self->{net}.1/24 dev $self->{name}");
    ip("link set $self->{name} up");
    ip("route change $self->{net}.0/24 dev $self->{name} src $self->{net}.1 rto_min $self->{rto_min}") if $self->{rto_min};
    $self->{daemon} = Daemon->run('tun', sub { $self->_mirror($device) });
    return $self;
}

sub there { return "$_[0]{net}.2" }
sub name { return $_[0]{name} }
sub stop { $_[0]{daemon}->stop; return }

sub _open {
    my ($pattern) = @_;
    sysopen my $device, '/dev/net/tun', O_RDWR | O_NONBLOCK or croak "/dev/net/tun: $!";
    my $request = pack 'a16 s x22', $pattern, IFF_TUN | IFF_NO_PI;
    ioctl $device, TUNSETIFF, $request or croak "TUNSETIFF: $!";
    return ($device, unpack 'Z16', $request);
}

sub _mirror {
    my ($self, $device) = @_;
    srand $self->{seed};
    my @queue;    # [when, packet], oldest first: all wait equally long
    while (1) {
        my $wait = @queue ? $queue[0][0] - now() : undef;
        my $ready = '';
        vec($ready, fileno $device, 1) = 1;
        select $ready, undef, undef, defined $wait && $wait < 0 ? 0 : $wait;
        while (sysread $device, my $packet, 65536) {
            next if ord($packet) >> 4 != 4 || length $packet > $self->{largest} || rand() < $self->{loss};
            substr $packet, 12, 8, substr($packet, 16, 4) . substr $packet, 12, 4;
            push @queue, [now() + $self->{delay}, $packet];
        }
        syswrite $device, (shift @queue)->[1] while @queue && $queue[0][0] <= now();
    }
    return;
}

1;
