#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Each fuzz target holds for its seeds, which are meaningful inputs and what fuzzing has found. `make check-asan` runs this
# with the sanitizers; `make fuzz` goes on from the same seeds.
use strict;
use warnings;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Readme qw(readme_says);

my $objects = $ENV{OBJECTS} // "$FindBin::Bin/../obj";
my %common = map { $_ => 1 } qw(fuzz judged replay world);
my @targets = grep { !$common{$_} } map { m{/(\w+)\.c\z} } sort glob "$FindBin::Bin/fuzz/*.c";
ok @targets > 10, 'there are targets';

my $seed_count = 0;
for my $target (@targets) {
    my @seeds = glob "$FindBin::Bin/fuzz/seeds/$target/*";
    ok @seeds >= 8, "$target has seeds" or next;
    $seed_count += @seeds;
    my $printed = qx{'$objects/t/fuzz/$target' '$FindBin::Bin/fuzz/seeds/$target' 2>&1};
    is $?, 0, "$target holds for its seeds" or diag $printed;
    like $printed, qr/^@{[ scalar @seeds ]} replayed$/m, "$target had all of them";
}

my %known = map { $_ => 1 } @targets;
my @orphans = grep { !$known{$_} } map { m{/([^/]+)\z} } glob "$FindBin::Bin/fuzz/seeds/*";
is_deeply \@orphans, [], 'there are no seeds without a target';

readme_says(scalar(@targets) . " fuzz targets, each of which holds for its seeds, $seed_count in all");

done_testing;
