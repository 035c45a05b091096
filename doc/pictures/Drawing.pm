# SPDX-License-Identifier: GPL-3.0-or-later
# The panels of a dashboard for Grafana as an SVG picture: where the dashboard has them, with the kind, unit and mappings that it says.
package Drawing;

use strict;
use warnings;

use Exporter 'import';
use List::Util qw(max min);

our @EXPORT_OK = qw(dashboard);

use constant { COLUMN => 42, ROW => 26, GAP => 8, TITLE => 22, LEFT => 54, BOTTOM => 38 };

my @COLOURS = map { "#$_" } qw(2f6fb0 d9822b 3a9a5b b0413e 7a5ea8 6b7280 c2a100 1c9aa0);
my %STATE = (green => '#3a9a5b', yellow => '#d9a52b', red => '#b0413e', purple => '#7a5ea8');

# PANELS, each with series: [{ name, values => [[seconds, value], ...] }], over SECONDS.
sub dashboard {
    my ($panels, $seconds) = @_;
    my $width = 24 * COLUMN + GAP;
    my $height = ROW * max(map { $_->{gridPos}{y} + $_->{gridPos}{h} } @$panels) + GAP;
    my %draw = (timeseries => \&_lines, 'state-timeline' => \&_states, stat => \&_stat, table => \&_table);
    my $svg = qq{<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height" }
        . qq{font-family="sans-serif" font-size="12" fill="#333">\n<rect width="$width" height="$height" fill="#eef0f3"/>\n};
    for my $panel (@$panels) {
        my ($x, $y, $w, $h) = @{ $panel->{gridPos} }{qw(x y w h)};
        ($x, $y, $w, $h) = ($x * COLUMN + GAP, $y * ROW + GAP, $w * COLUMN - GAP, $h * ROW - GAP);
        $svg .= qq{<g transform="translate($x,$y)">\n<rect width="$w" height="$h" rx="3" fill="#fff"/>\n}
            . _text(8, 16, $panel->{title}, 'font-weight="bold"')
            . $draw{ $panel->{type} }->($panel, $w, $h, $seconds) . "</g>\n";
    }
    return "$svg</svg>\n";
}

sub _text {
    my ($x, $y, $text, $more) = @_;
    my $shown = $text =~ s/&/&amp;/gr =~ s/</&lt;/gr;
    return sprintf qq{<text x="%g" y="%g" %s>%s</text>\n}, $x, $y, $more // '', $shown;
}

# VALUE in the panel's unit, as Grafana shows it.
sub _in_unit {
    my ($panel, $value) = @_;
    my $unit = $panel->{fieldConfig}{defaults}{unit} // 'none';
    return sprintf '%g %%', 100 * $value if $unit eq 'percentunit';
    return sprintf '%g', $value if $unit ne 's';
    return $value == 0 ? '0 s' : abs $value < 1e-3 ? sprintf '%.3g us', $value * 1e6 : abs $value < 1 ? sprintf '%.3g ms', $value * 1e3
        : abs $value < 7200 ? sprintf '%.3g s', $value : sprintf '%d days', $value / 86400;
}

# The name and the colour of a state.
sub _mapped {
    my ($panel, $value) = @_;
    my ($mapping) = @{ $panel->{fieldConfig}{defaults}{mappings} // [] };
    my $option = $mapping->{options}{ $value + 0 };
    return $option ? ($option->{text}, $STATE{ $option->{color} }) : (_in_unit($panel, $value), $COLOURS[0]);
}

# A third of the picture's range that is easy to read: 1, 2 or 5 times a power of ten.
sub _step {
    my ($range) = @_;
    my $power = 10**int(log($range / 3) / log(10) - ($range < 3 ? 1 : 0));
    return (grep { $range / ($_ * $power) <= 4 } 1, 2, 5, 10, 20, 50)[0] * $power;
}

sub _frame {
    my ($w, $h, $seconds) = @_;
    my $svg = '';
    for (my $second = 0; $second <= $seconds; $second += 30) {
        my $x = LEFT + ($w - LEFT - 12) * $second / $seconds;
        my $anchor = $x > $w - 20 ? 'end' : 'middle';
        $svg .= _text($x, $h - BOTTOM + 14, "$second s", qq{text-anchor="$anchor" font-size="10" fill="#777"});
    }
    return $svg;
}

sub _legend {
    my ($panel, $h, $colour) = @_;
    my ($svg, $x) = ('', LEFT);
    for my $index (0 .. $#{ $panel->{series} // [] }) {
        my $name = $panel->{series}[$index]{name};
        $svg .= sprintf qq{<rect x="%g" y="%g" width="9" height="9" fill="%s"/>\n}, $x, $h - 15, $colour->[$index % @$colour];
        $svg .= _text($x + 13, $h - 7, $name, 'font-size="11"');
        $x += 26 + 6.5 * length $name;
    }
    return $svg;
}

# Lines; or, where the dashboard says so, areas one upon another.
sub _lines {
    my ($panel, $w, $h, $seconds) = @_;
    my $stacked = ($panel->{fieldConfig}{defaults}{custom}{stacking}{mode} // '') eq 'normal';
    my @series = map { { %$_, base => {} } } @{ $panel->{series} // [] };
    my %sum;
    for my $series ($stacked ? @series : ()) {
        for my $point (@{ $series->{values} }) {
            my $second = sprintf '%.0f', $point->[0];
            $series->{base}{$second} = $sum{$second} // 0;
            $point = [$point->[0], $sum{$second} = $point->[1] + ($sum{$second} // 0)];
        }
    }
    my @all = map { $_->[1] } map { @{ $_->{values} } } @series;
    my ($low, $high) = (min(0, @all), max(1e-3, @all));
    my $step = _step($high - $low);
    $high = $step * (int($high / $step) + 1);
    $low = $step * int($low / $step - 0.999);
    ($low, $high, $step) = (0, 1, 0.25) if $panel->{fieldConfig}{defaults}{unit} eq 'percentunit';
    my ($bottom, $right) = ($h - BOTTOM, $w - 12);
    my $to_x = sub { return LEFT + ($right - LEFT) * $_[0] / $seconds };
    my $to_y = sub { return $bottom - ($bottom - TITLE - 6) * ($_[0] - $low) / ($high - $low) };
    my $svg = _frame($w, $h, $seconds);
    for (my $value = $low; $value <= $high * 1.001; $value += $step) {
        $svg .= sprintf qq{<path d="M%d,%.1fH%d" stroke="#ddd"/>\n}, LEFT, $to_y->($value), $right;
        $svg .= _text(LEFT - 5, $to_y->($value) + 4, _in_unit($panel, $value), 'text-anchor="end" font-size="10" fill="#777"');
    }
    for my $index (reverse 0 .. $#series) {
        my ($colour, @pieces) = $COLOURS[$index % @COLOURS];
        my $last;
        for my $point (@{ $series[$index]{values} }) {
            push @pieces, [] if !defined $last || $point->[0] - $last > 1.5;    # no line over what could not be had
            push @{ $pieces[-1] }, $point;
            $last = $point->[0];
        }
        for my $piece (@pieces) {
            my @line = map { sprintf '%.1f,%.1f', $to_x->($_->[0]), $to_y->($_->[1]) } @$piece;
            if ($stacked) {
                my @back = map { sprintf '%.1f,%.1f', $to_x->($_->[0]), $to_y->($series[$index]{base}{ sprintf '%.0f', $_->[0] } // 0) } reverse @$piece;
                $svg .= qq{<polygon points="@line @back" fill="$colour" fill-opacity="0.75"/>\n};
            } else {
                $svg .= qq{<polyline points="@line" fill="none" stroke="$colour" stroke-width="1.5"/>\n};
            }
        }
    }
    return $svg . _legend($panel, $h, \@COLOURS);
}

# A bar for each series, in the colours of its states.
sub _states {
    my ($panel, $w, $h, $seconds) = @_;
    my @series = @{ $panel->{series} // [] };
    my $row = ($h - TITLE - BOTTOM) / max(1, scalar @series);
    my $left = 120;
    my $svg = '';
    for my $index (0 .. $#series) {
        my $y = TITLE + $index * $row;
        $svg .= _text($left - 6, $y + $row / 2 + 4, $series[$index]{name}, 'text-anchor="end" font-size="11"');
        my @values = @{ $series[$index]{values} };
        while (@values) {
            my $first = shift @values;
            my $last = $first;
            $last = shift @values while @values && $values[0][1] == $first->[1];
            my ($text, $colour) = _mapped($panel, $first->[1]);
            my ($x, $to) = map { $left + ($w - $left - 12) * min(1, $_ / $seconds) } $first->[0], $last->[0] + 1;
            $svg .= sprintf qq{<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>\n}, $x, $y + 2, $to - $x, $row - 4, $colour;
            $svg .= _text(($x + $to) / 2, $y + $row / 2 + 4, $text, 'text-anchor="middle" fill="#fff" font-size="10"') if $to - $x > 8 * length $text;
        }
    }
    return $svg;
}

# The last value, large.
sub _stat {
    my ($panel, $w, $h) = @_;
    my ($series) = @{ $panel->{series} // [] } or return '';
    my ($text, $colour) = _mapped($panel, $series->{values}[-1][1]);
    return _text($w / 2, $h / 2 + 16, $text, qq{text-anchor="middle" font-size="30" font-weight="bold" fill="$colour"})
        . _text($w / 2, $h - 10, $series->{name}, 'text-anchor="middle" font-size="11" fill="#777"');
}

# What there is at the end, a line each.
sub _table {
    my ($panel, $w, $h, $seconds) = @_;
    my ($svg, $y) = ('', TITLE + 22);
    for my $series (grep { $_->{values}[-1][0] > $seconds - 3 } @{ $panel->{series} // [] }) {
        my ($text, $colour) = _mapped($panel, $series->{values}[-1][1]);
        $svg .= _text(16, $y, $series->{name}) . _text($w - 16, $y, $text, qq{text-anchor="end" fill="$colour" font-weight="bold"});
        $y += 20;
    }
    return $svg;
}

1;
