# SPDX-License-Identifier: GPL-3.0-or-later
# Temporary directories and files that are gone when the test is, also after a signal.
package TempDir;

use strict;
use warnings;

use Exporter 'import';
use File::Temp ();

our @EXPORT = qw(temp_dir write_file read_file password_file);

# A signal ends the test as exit() does, so that END blocks and destructors clean up.
$SIG{$_} ||= sub { exit 1 } for qw(INT TERM HUP PIPE);

my @kept;

# A new private directory (mode 0700).
sub temp_dir {
    my $dir = File::Temp->newdir('check_xmpp_ping.XXXXXX', TMPDIR => 1);
    push @kept, $dir;
    return "$dir";
}

# Writes TEXT to FILE with MODE (0600 if not given). Returns the file's name.
sub write_file {
    my ($file, $text, $mode) = @_;
    open my $out, '>:raw', $file or die "$file: $!\n";
    chmod $mode // 0600, $out or die "$file: $!\n";
    print {$out} $text or die "$file: $!\n";
    close $out or die "$file: $!\n";
    return $file;
}

# The whole of FILE as bytes, empty when there is none.
sub read_file {
    my ($file) = @_;
    open my $in, '<:raw', $file or return '';
    local $/ = undef;
    return scalar(<$in>) // '';
}

# A new file, readable by its owner alone unless MODE says otherwise, whose first line is PASSWORD.
sub password_file {
    my ($password, $mode) = @_;
    return write_file(temp_dir() . '/password', "$password\n", $mode);
}

1;
