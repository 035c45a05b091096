# SPDX-License-Identifier: GPL-3.0-or-later
# A page of doc/ taken apart, so that a test runs, loads or compares each of its fenced blocks, and notices one that it forgot.
#
#   my $page = Page->new('doc/cron.md');
#   $page->install($root, $password);            its ```install block, with $root before each /etc/
#   $page->block('text', 'XMPP PING OK'), shape($text), $page->unused
package Page;

use strict;
use warnings;

use Carp qw(croak);
use Exporter 'import';
use File::Basename qw(dirname);
use File::Path qw(make_path);

use TempDir;

our @EXPORT = qw(shape);

my $TOP = dirname(__FILE__) . '/../..';

sub new {
    my ($class, $name) = @_;
    my $text = read_file("$TOP/$name");
    croak "no page $name" if $text eq '';
    my @blocks;
    while ($text =~ /^```(\w*)\n(.*?)^```$/msg) {
        push @blocks, { kind => $1, text => $2 };
    }
    return bless { name => $name, blocks => \@blocks }, $class;
}

# The text of the one block of KIND that has WORDS in it.
sub block {
    my ($self, $kind, $words) = @_;
    my @found = grep { $_->{kind} eq $kind && index($_->{text}, $words) >= 0 } @{ $self->{blocks} };
    croak "$self->{name}: " . @found . " blocks of $kind have '$words'" if @found != 1;
    $found[0]{used} = 1;
    return $found[0]{text};
}

# The first lines of the blocks that block() has not returned.
sub unused { return map { $_->{text} =~ /\A(.*)/ } grep { !$_->{used} } @{ $_[0]{blocks} } }

# Runs the block of commands that installs files, in a fresh clone, with all files of /etc below ROOT and as the user that runs
# this; whoever is asked for the password gives PASSWORD. Dies when a command fails. Returns what they print.
sub install {
    my ($self, $root, $password) = @_;
    my $commands = $self->block('sh', 'install ');
    make_path(dirname("$root$_")) for $commands =~ m{ (/etc/\S+)$}mg;
    $commands =~ s{ -o nagios -g nagios}{}g;
    $commands =~ s{(?<=[ >])/etc/}{$root/etc/}g;
    my $input = write_file(temp_dir() . '/input', "$password\n");
    return run("cd $TOP && {\n$commands}", $input);
}

# What COMMANDS print, run by sh that stops at the first that fails. Dies when one does.
sub run {
    my ($commands, $input) = @_;
    $input //= '/dev/null';
    open my $pipe, '-|', '/bin/sh', '-ec', "exec <$input 2>&1\n$commands" or croak "sh: $!";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe or croak "$commands: $output";
    return $output;
}

# TEXT without what differs from run to run and from site to site: figures, addresses, and all performance data.
sub shape {
    my ($text) = @_;
    $text =~ s/ \| .*| +$//mg;
    $text =~ s/\d+\.\d+\.\d+\.\d+(?::\d+)?/ADDRESS/g;
    $text =~ s/\d+(?:\.\d+)? (?:us|ms|s)\b/TIME/g;
    return $text =~ s/\s+\z//r;
}

1;
