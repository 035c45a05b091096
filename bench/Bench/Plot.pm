# SPDX-License-Identifier: GPL-3.0-or-later
# The pictures, by gnuplot.
package Bench::Plot;

use strict;
use warnings;

use Exporter 'import';

our @EXPORT_OK = qw(plot);

# Data that gnuplot reads by the name $NAME: rows of fields.
sub block { my ($name, @rows) = @_; return "\$$name << END\n" . join('', map { join(' ', map { /\A[\d.]+\z/ ? $_ : qq("$_") } @$_) . "\n" } @rows) . "END\n" }

sub gnuplot {
    my ($file, $script) = @_;
    open my $out, '|-', 'gnuplot', '-' or die "gnuplot: $!\n";
    print {$out} qq(set terminal svg size 860,420 font "sans-serif,13" background "white"\nset output "$file"\nset grid ytics\n$script);
    close $out or die "gnuplot failed\n";
    return;
}

sub plot_logins {
    my ($rows, $file) = @_;
    gnuplot($file, block('data', map { [$_->{name}, $_->{wall_ms}, $_->{cpu_ms}] } @$rows) . <<'END');
set style data histograms
set style fill solid 0.8
set logscale y
set ylabel "milliseconds"
set xtics rotate by -25 noenhanced
set key top left
plot $data using 2:xtic(1) title "wall time", $data using 3 title "processor time"
END
    return;
}

sub plot_scale {
    my ($scale, $file) = @_;
    my $blocks = join '', map { my $what = $_; block($what, map { [$_->{count}, $_->{wall_ms}] } @{ $scale->{$what} }) } qw(remotes pings side_by_side);
    gnuplot($file, $blocks . <<'END');
set logscale xy
set xlabel "how many"
set ylabel "milliseconds"
set key top left
plot $remotes with linespoints title "a check of so many remotes", $pings with linespoints title "a check of so many pings", \
    $side_by_side with linespoints title "a check, of so many at the same time"
END
    return;
}

# SERIES: { title => rows }.
sub plot_rtt {
    my ($series, $file) = @_;
    my (@blocks, @lines);
    for my $load (sort keys %$series) {
        for my $name (sort keys %{ { map { ($_->{name} => 1) } @{ $series->{$load} } } }) {
            my $block = 'd' . @blocks;
            push @blocks, block($block, map { [$_->{delay_ms}, $_->{error_ms}] } grep { $_->{name} eq $name } @{ $series->{$load} });
            push @lines, sprintf '$%s using 1:2 with linespoints title "%s, %s" noenhanced', $block, $name, $load;
        }
    }
    gnuplot($file, join('', @blocks) . <<'END' . 'plot ' . join(', ', @lines) . "\n");
set logscale y
set xlabel "delay in milliseconds"
set ylabel "error of the RTT in milliseconds"
set key outside right
END
    return;
}

# Draws what there is of MEASURED into DIR.
sub plot {
    my ($measured, $dir) = @_;
    plot_logins($measured->{logins}{rows}, "$dir/logins.svg") if $measured->{logins};
    plot_scale($measured->{scale}, "$dir/scale.svg") if $measured->{scale};
    my %series = map { ($_ => $measured->{"rtt_$_"}{rows}) } grep { $measured->{"rtt_$_"} } qw(idle busy);
    plot_rtt(\%series, "$dir/rtt.svg") if %series;
    return;
}

1;
