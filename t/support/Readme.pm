# SPDX-License-Identifier: GPL-3.0-or-later
# The numbers that the README's section on reliability gives come from the tests that they are about.
package Readme;

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(dirname);
use Test::More import => [qw(diag ok)];

use TempDir;

our @EXPORT_OK = qw(readme_says);

# One test: the README says SENTENCE, in whichever lines.
sub readme_says {
    my ($sentence) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $readme = read_file(dirname(__FILE__) . '/../../README') =~ s/\s+/ /gr;
    return ok(index($readme, $sentence) >= 0, "the README says: $sentence") || diag 'change the number there';
}

1;
