#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The pictures of doc/: each is one that a page shows, and can be shown; what draws the dashboard has a place for each panel. `make
# pictures` makes them anew, with more of other monitoring systems than a test run should install.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support", "$FindBin::Bin/../doc/pictures";

use Drawing qw(dashboard);
use Prometheus qw(panels);
use TempDir;

my $doc = "$FindBin::Bin/../doc";
my %shown = map { $_ => 1 } map { read_file($_) =~ /!\[[^\]]+\]\(([^)]+)\)/g } glob "$doc/*.md";
my @pictures = map { s{\A\Q$doc\E/}{}r } glob "$doc/{,*/}*.{png,svg}";
cmp_ok scalar(@pictures), '>=', 5, 'there are pictures';
is_deeply [sort keys %shown], [sort @pictures], 'the pages show these, and no others';
for my $picture (@pictures) {
    my $bytes = read_file("$doc/$picture");
    cmp_ok length $bytes, '<', 200_000, "$picture is small";
    my $form = $picture =~ /svg\z/ ? qr{<svg [^>]*xmlns="http://www\.w3\.org/2000/svg".*</svg>\s*\z}s : qr/\A\x89PNG\r\n\x1a\n.*IEND....\z/s;
    ok scalar($bytes =~ $form), "$picture is a picture";
}

# Two series, of which one has a gap.
my @panels = panels("$doc/../conf/grafana/xmpp_ping-prometheus.json");
for my $panel (@panels) {
    $panel->{series} = [
        { name => 'a & b', values => [map { [$_, 0.5 + $_ % 2] } 0 .. 60] },
        { name => 'c', values => [map { [$_, -0.25] } grep { $_ < 20 || $_ > 30 } 0 .. 60] },
    ];
}
my $svg = dashboard(\@panels, 60);
my @titles = $svg =~ m{font-weight="bold">([^<]+)</text>}g;
for my $panel (@panels) {
    ok scalar(grep { $_ eq $panel->{title} } @titles), "$panel->{title} has its place";
}
is scalar(() = $svg =~ /<polygon /g), 3, 'areas, with a gap where a figure is missing';
like $svg, qr/a &amp; b/, 'names are text';
unlike $svg, qr/-?nan|-?inf|<none>/i, 'all figures are figures';

done_testing;
