# SPDX-License-Identifier: GPL-3.0-or-later
# A page of doc/ taken apart, so that a test runs, loads or compares each of its fenced blocks, and notices one that it forgot.
#
#   my $page = Page->new('doc/cron.md');
#   $page->install($root, $password);            its ```sh blocks that install, with $root before each /etc/
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
    while ($text =~ /^( *)```(\w*)\n(.*?)^\1```$/msg) {
        my ($indent, $kind, $lines) = ($1, $2, $3);
        push @blocks, { kind => $kind, text => $lines =~ s/^$indent//mgr };
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

# Runs the blocks of commands that install files, in a fresh clone, with all files of /etc and /var below ROOT and as the user
# that runs this; whoever is asked for the password gives PASSWORD. What needs a package or a running daemon is left out. Dies
# when a command fails. Returns what they print.
sub install {
    my ($self, $root, $password) = @_;
    my $commands = join '', map { $_->{used} = 1; $_->{text} }
        grep { $_->{kind} eq 'sh' && $_->{text} =~ /^ *install | install -o/m } @{ $self->{blocks} };
    croak "$self->{name} installs nothing" if $commands eq '';
    make_path("$root$_" =~ s{[^/]+\z}{}r) for $commands =~ m{ (/(?:etc|var)/[^\s*]+)}g;
    $commands =~ s{ -o (?:nagios -g nagios|xmpp-ping)}{}g;
    $commands =~ s{^(?:apt|systemctl|useradd) .*\n}{}mg;
    $commands =~ s{ &&\s+(?:icinga2 daemon -C|systemctl .*)}{}g;
    $commands =~ s{(?<=[ >])(?=/(?:etc|var)/)}{$root}g;
    $commands =~ s{/usr/share/doc/check-xmpp-ping/(?=\w)}{$TOP/}g;
    $commands =~ s{^cd /usr/share/doc/check-xmpp-ping$}{cd $TOP}mg;
    my $input = write_file(temp_dir() . '/input', "$password\n");
    return run($commands, $input);
}

# What COMMANDS print, run by bash that stops at the first that fails. Dies when one does.
sub run {
    my ($commands, $input) = @_;
    $input //= '/dev/null';
    open my $pipe, '-|', '/bin/bash', '-ec', "exec <$input 2>&1\n$commands" or croak "bash: $!";
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
