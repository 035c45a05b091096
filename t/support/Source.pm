# SPDX-License-Identifier: GPL-3.0-or-later
# The source as it is without git, in folders of its own, and commands that work there:
#
#   my $source = Source->new; my @names = $source->files;     relative to the top
#   my ($first, $second) = ($source->copy_to('first'), $source->copy_to('another/place'));
#   my $job = start("make -C $second deb");                   runs beside what follows
#   works("make -C $first deb", 'the name of a test'); finish($job, 'the name of another')
package Source;

use strict;
use warnings;

use Digest::SHA;
use Exporter 'import';
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use Test::More;

use Family;
use TempDir;

our @EXPORT = qw(run works start finish digests);

# What the make that runs the test was told is for that one alone.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};

my $TOP = dirname(__FILE__) . '/../..';

# What COMMAND prints; its status in $?.
sub run {
    my ($command) = @_;
    open my $pipe, '-|', '/bin/sh', '-c', "exec </dev/null 2>&1; $command" or die "sh: $!\n";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return $output;
}

# Runs COMMAND, which must succeed. Returns what it has printed.
sub works {
    my ($command, $name) = @_;
    my $output = run($command);
    is $?, 0, $name or diag substr $output, -6000;
    return $output;
}

# Starts COMMAND, which goes on beside the test, and ends with it.
sub start {
    my ($command) = @_;
    return Family->spawn(name => $command, command => ['/bin/sh', '-c', $command], log => temp_dir() . '/log');
}

# Waits for what start() has started, which must have succeeded. Returns what it has printed.
sub finish {
    my ($job, $name) = @_;
    select undef, undef, undef, 0.05 while $job->alive;
    is $job->{status}, 0, $name or diag substr $job->log_text, -6000;
    return $job->log_text;
}

# The SHA-256 of each of FILES, by its name without folders.
sub digests { my (@files) = @_; return { map { basename($_) => Digest::SHA->new(256)->addfile($_)->hexdigest } @files } }

sub new {
    my ($class) = @_;
    my $built = join ' ', map { "-not -path '$_'" } qw(./obj* ./dist/* ./.git ./.git/* ./check_xmpp_ping);
    my $listed = run("cd '$TOP' && git ls-files 2>/dev/null || find . -type f $built");
    return bless { work => temp_dir(), files => [map { s{\A\./}{}r } split /\n/, $listed] }, $class;
}

sub files { return @{ $_[0]{files} } }
sub version { return (read_file("$TOP/Makefile") =~ /^VERSION := (\S+)$/m)[0] }

# A copy below a folder that is gone with the test. Its files are of another time.
sub copy_to {
    my ($self, $folder) = @_;
    for my $file ($self->files) {
        my $to = "$self->{work}/$folder/$file";
        make_path(dirname($to));
        copy("$TOP/$file", $to) or die "$file: $!\n";
        chmod((stat "$TOP/$file")[2] & 0777, $to);
        utime 1_000_000_000, 1_000_000_000, $to;
    }
    return "$self->{work}/$folder";
}

1;
