# SPDX-License-Identifier: GPL-3.0-or-later
# A page of doc/, taken apart, so that a test can run and compare what it shows.
#
#   my $page = Page->new('doc/cron.md');
#   $page->blocks('sh')      the texts of its ```sh blocks
package Page;

use strict;
use warnings;

use Carp qw(croak);
use FindBin;

use TempDir;

sub new {
    my ($class, $name) = @_;
    my $text = read_file("$FindBin::Bin/../$name");
    croak "no page $name" if $text eq '';
    my @blocks;
    while ($text =~ /^```(\w*)\n(.*?)^```$/msg) {
        push @blocks, [$1, $2];
    }
    return bless { name => $name, blocks => \@blocks }, $class;
}

# The kinds of blocks that the page has.
sub kinds {
    my ($self) = @_;
    my %kind = map { $_->[0] => 1 } @{ $self->{blocks} };
    return sort keys %kind;
}

sub blocks {
    my ($self, $kind) = @_;
    return map { $_->[1] } grep { $_->[0] eq $kind } @{ $self->{blocks} };
}

1;
