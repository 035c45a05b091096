# SPDX-License-Identifier: GPL-3.0-or-later
# A network of the test's own: the whole test moves into a new user and network namespace, where it may do as it likes
# without being root. It has no name and is gone with the last process in it.
#
#   my $why = Netns->enter; plan skip_all => $why if $why;    # the kernel's reason
#   ip('address add 192.0.2.1/24 dev lo');
#   nft('add rule inet faults out ip daddr 192.0.2.2 drop');
package Netns;

use strict;
use warnings;

use Carp qw(croak);
use Exporter 'import';
use POSIX ();

our @EXPORT = qw(ip nft);

use constant CLONE_NEWUSER => 0x10000000;
use constant CLONE_NEWNET => 0x40000000;

# The number of unshare(2) by machine.
my %UNSHARE = (x86_64 => 272, aarch64 => 97, riscv64 => 97, i686 => 310, armv7l => 337, ppc64le => 282, s390x => 303);

# Moves this process, and so all that it starts from here on. Loopback is up then, and nft's table "faults" has the chain
# "out" for what is sent. Returns nothing, or why the kernel does not let it.
sub enter {
    my ($class) = @_;
    my $number = $UNSHARE{ (POSIX::uname())[4] } or return 'the number of unshare(2) is not known for this machine';
    my ($user, $group) = ($>, $) + 0);
    if (syscall($number, CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        my $error = _write('setgroups', 'deny') || _write('uid_map', "0 $user 1") || _write('gid_map', "0 $group 1");
        return "user namespace: $error" if $error;
    } else {
        my $error = $!;
        return "unshare: $error" if $user != 0;
        return "unshare: $!" if syscall($number, CLONE_NEWNET) != 0;
    }
    my $said = _run('ip link set lo up');
    return "no loopback in the namespace: $said" if defined $said;
    $said = _run('nft "add table inet faults; add chain inet faults out { type filter hook output priority 0 ; }"');
    return defined $said ? "no packet filter in the namespace: $said" : ();
}

sub _write {
    my ($file, $text) = @_;
    open my $out, '>', "/proc/self/$file" or return "$file: $!";
    syswrite $out, $text or return "$file: $!";
    return close $out ? '' : "$file: $!";
}

# What a command that failed had to say, undef when it did not fail.
sub _run {
    my ($command) = @_;
    local $ENV{PATH} = ($ENV{PATH} // '/usr/bin:/bin') . ':/usr/sbin:/sbin';
    local ($?, $!);
    my $said = qx($command 2>&1) // '';
    return $? == 0 ? undef : $said =~ s/\s+/ /gr || "status $?";
}

# Run the command, and die with its words when it fails.
sub ip { my ($arguments) = @_; my $said = _run("ip $arguments"); croak "ip $arguments: $said" if defined $said; return }
sub nft { my ($rule) = @_; my $said = _run("nft '$rule'"); croak "nft $rule: $said" if defined $said; return }

1;
