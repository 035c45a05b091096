#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/performance.md is what `make bench` has measured (doc/performance/results.json), all of it, with its pictures.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support", "$FindBin::Bin/../bench";

use Bench::Page qw(load page);
use TempDir;

my $doc = "$FindBin::Bin/../doc";
my $measured = load();
my $page = read_file("$doc/performance.md");
is_deeply [sort keys %$measured], [qw(logins memory rtt_busy rtt_idle scale system wire)], 'every section was measured';
is $page, page($measured), 'the page is made from what was measured';
for my $link ($page =~ /\]\(([^)]+)\)/g) {
    ok -s "$doc/$link", "$link is there";
}
like read_file("$doc/performance/$_.svg"), qr/<svg\b/, "$_.svg is a picture" for qw(logins scale rtt);

# What no machine makes more.
my %trips = map { ($_->{name} => $_->{round_trips}) } @{ $measured->{wire}{rows} };
for (['STARTTLS', 10], ['direct TLS', 8], ['direct TLS, SASL2 and Bind 2', 6]) {
    my ($way, $most) = @$_;
    cmp_ok $trips{$way}, '<=', $most, "$way: round trips from SYN to the first pong";
}

done_testing;
