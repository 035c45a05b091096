#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/architecture.md is what lib/ is: its picture, its rooms, the files that it names. And lib/ can be held in one's head: no file
# over 400 lines, no room over 40 files.

use strict;
use warnings;
use File::Basename qw(dirname);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use TempDir;

my $root = "$FindBin::Bin/..";
my $page = read_file("$root/doc/architecture.md");
my @files = map { s{\A\Q$root\E/}{}r } glob "$root/lib/*/*.* $root/lib/*/*/*.*";
my %in_room;
push @{ $in_room{ dirname($_) } }, $_ for @files;

# --- the picture ---

my $graph = qx($root/doc/draw_rooms);
my %drawn = map { s/&#45;/-/gr =~ s/&gt;/>/gr => 1 } read_file("$root/doc/architecture.svg") =~ m{<title>([^<]*&gt;[^<]*)</title>}g;
my %read = map { s/"//gr =~ s/ //gr => 1 } $graph =~ /^\s*("[^"]+" -> "[^"]+");$/mg;
is_deeply [sort keys %drawn], [sort keys %read], 'doc/architecture.svg has the includes of today: `make doc` draws it';

# --- the page ---

my @rooms = $page =~ m{^\| ([a-z/]+)/ \| \w+ \|}mg;
is_deeply [sort @rooms], [sort map { s{\Alib/}{}r } keys %in_room], 'the table has each room';
for my $name (sort { $a cmp $b } $page =~ m{((?:lib|tools|t)/[\w./]*\w)}g) {
    ok -e "$root/$name", "$name is there";
}

# --- the sizes ---

for my $room (sort keys %in_room) {
    cmp_ok scalar @{ $in_room{$room} }, '<=', 40, "$room has 40 files or fewer";
}
for my $file (@files) {
    my $lines = () = read_file("$root/$file") =~ /\n/g;
    cmp_ok $lines, '<=', 400, "$file has 400 lines or fewer";
}

done_testing;
