# SPDX-License-Identifier: GPL-3.0-or-later
# A Chromium without a window.
#
#   my $browser = Browser->new;
#   my $dom = $browser->dom($address);                               the page as it stands when its scripts have run
#   $browser->picture($address, 'page.png', 1000, 600);              of this size
package Browser;

use strict;
use warnings;

use Carp qw(croak);

use TempDir;

sub new { my ($class) = @_; return bless { dir => temp_dir() }, $class }

sub _run {
    my ($self, @arguments) = @_;
    my @command = (
        'timeout', '--kill-after=5', '300', 'chromium', '--headless', '--disable-gpu', "--user-data-dir=$self->{dir}/profile",
        ($> == 0 ? '--no-sandbox' : ()), @arguments
    );
    local $ENV{HOME} = $self->{dir};    # where it leaves files of its own
    open my $pipe, '-|', '/bin/sh', '-c', 'exec "$@" 2>>"$0"', "$self->{dir}/log", @command or croak "chromium: $!";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe or croak 'chromium: ' . read_file("$self->{dir}/log");
    return $output;
}

sub dom { my ($self, $address) = @_; return $self->_run('--dump-dom', $address) }

sub picture {
    my ($self, $address, $file, $width, $height) = @_;
    $self->_run("--window-size=$width,$height", '--hide-scrollbars', '--virtual-time-budget=20000', "--screenshot=$file", $address);
    croak "no picture of $address: " . read_file("$self->{dir}/log") if !-s $file;
    return;
}

1;
