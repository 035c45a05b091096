#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Pacing: the own server's series comes before the remotes', which make no queue at the own server: it counts what waits. What takes exact
# times is in t/unit/child/probe/series.c.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Scripted;

my %password = (env => { CHECK_XMPP_PING_PASSWORD => 'secret' });

# --- the order ---

# Who was pinged, as SERVER saw it, in a run with three remotes and OPTIONS.
sub order {
    my ($server, @options) = @_;
    my $run = Probe->run([$server->options('alice@home.example'), map({ ('-R', "$_.example") } qw(far2 far1 far3)), @options], %password);
    is $run->state, 'OK', 'all answer' or diag $run->explain;
    is_deeply [grep { /_?first\z/ } $run->labels], [qw(rtt_first far2_example_first far1_example_first far3_example_first)],
        "the performance data has the own server's figures first, then the remotes' as the command line has them";
    is_deeply [map { /\A(\S+): OK, / } split /\n/, $run->long], [qw(home.example far2.example far1.example far3.example)], 'so have the lines below';
    return map { s/\.example\z//r } $server->notes;
}

my $note = sub { my ($link, $ping) = @_; $link->note($ping->{to}); $link->result($ping) };
my @order = order(Scripted->new(on_ping => $note));
is_deeply [@order[0 .. 5]], [qw(home home home far2 far1 far3)], "the own server's whole series comes first";
is scalar(@order), 12, 'then theirs';

@order = order(Scripted->new(on_ping => $note), '-n', 2, '-i', '400ms');
is_deeply \@order, [qw(home far2 far1 far3 home far2 far1 far3)], 'where it pauses they use the pause';

# The own server answers its first ping when the remotes have had theirs.
my ($own, %others);
my $slow = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        $link->note($ping->{to});
        $own = $ping if $ping->{to} eq 'home.example';
        $others{ $ping->{to} } = 1 if $ping != $own;
        $link->result($ping) if $ping != $own;
        $link->result($own) if keys %others == 3;
    },
);
@order = order($slow, '-n', 1);
is_deeply \@order, [qw(home far2 far1 far3)], 'where it does not answer they do not wait for ever';

# --- no queue ---

# A server that needs 2 ms for each ping, one after another, and counts those that wait for that.
my (@waiting, $most);

sub work {
    my ($link) = @_;
    $link->result(shift @waiting);
    $link->after(0.002, sub { work($link) }) if @waiting;
    return;
}
my $busy = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        push @waiting, $ping;
        $link->after(0.002, sub { work($link) }) if @waiting == 1;
        $link->note($most = @waiting) if @waiting > ($most // 0);
    },
);
my $run = Probe->run([$busy->options('alice@home.example'), '-n', 1, '-t', '25s', map { ('-R', "u$_=user$_\@home.example") } 1 .. 1000], %password);
is $run->metric('remotes_up'), 1000, '1,000 accounts of the own server are all up' or diag substr $run->explain, 0, 1000;
# Three, and three more whenever the machine stops the server for a quarter of a second; without a bound 400 and more.
my ($waited) = reverse $busy->notes;
cmp_ok $waited, '<=', 30, "they do not wait there: $waited at a time";

done_testing;
