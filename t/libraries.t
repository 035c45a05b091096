#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Libraries that only some runs need are loaded by these runs alone; where one is missing, these runs say so.

use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use TempDir;

my $program = Probe->program;
my @linked = qx{LC_ALL=C readelf -d $program} =~ /\(NEEDED\).*\[lib([a-z0-9]+)\.so/g;
my %is_linked = map { $_ => 1 } @linked;
ok $is_linked{crypto}, 'the program is linked with libraries';
ok !$is_linked{$_}, "but not with $_, which hardly any run needs" for qw(cares config jansson idn2 unistring m);

# What follows takes the place of libc's calls, as AddressSanitizer and gcov do.
if (read_file($program) =~ /__asan_init|__gcov_dump/) {
    done_testing;
    exit;
}

my $inject = abs_path(($ENV{OBJECTS} // 'obj') . '/t/inject.so');
my $dir = temp_dir();
my $config = write_file("$dir/check.conf", "defaults: { jid = \"a\@example.org\"; };\n");
my @check = ('-H', '127.0.0.1', '-p', 1, '--password-file', password_file('secret'));
my $umlaut = "b\xc3\xbccher.example";

# A run in which the first library that PROCESS loads is not there, or, with '', all are; and how many each process has loaded.
sub run_without {
    my ($process, @arguments) = @_;
    my $counts = write_file("$dir/counts", '');
    my $fault = $process && "$process dlopen 1 2";
    my $run = Probe->run([@arguments], env => { LD_PRELOAD => $inject, FAULT => $fault, FAULT_COUNTS => $counts });
    my ($made) = read_file($counts) =~ /dlopen\0{18}(.{8})/s or die "dlopen is not counted\n";
    return ($run, unpack 'L2', $made);
}

my ($plain, @loaded) = run_without('', '-j', 'a@example.org', @check);
is $plain->condition, 'connect-refused', 'a plain run' or diag $plain->explain;
is_deeply \@loaded, [0, 0], 'loads none';

($plain, @loaded) = run_without('', '-j', "a\@$umlaut", @check);
is $plain->condition, 'connect-refused', 'a run about a domain beyond ASCII' or diag $plain->explain;
is_deeply \@loaded, [1, 0], 'loads one';

my @named = ('-H', 'localhost', @check[2 .. 5]);
($plain, @loaded) = run_without('', '-j', 'a@example.org', @named);
is $plain->condition, 'connect-refused', 'a run that looks up a name' or diag $plain->explain;
is_deeply \@loaded, [0, 1], 'loads one in the child alone';

for my $case (
    ['a domain beyond ASCII', ['-j', "a\@$umlaut", @check], 'libidn2'],
    ['a host beyond ASCII', ['-j', 'a@example.org', @check[2 .. 5], '-H', $umlaut], 'libidn2'],
    ['a remote beyond ASCII', ['-j', 'a@example.org', @check, '-R', $umlaut], 'libidn2'],
    ['a configuration file', ['-f', $config, @check], 'libconfig'],
    ['a name to look up', ['-j', 'a@example.org', @named], 'libcares', 'child'],
) {
    my ($name, $arguments, $library, $process) = @$case;
    my ($run) = run_without($process // 'parent', @$arguments);
    is $run->exit, 3, "$name without $library is UNKNOWN" or diag $run->explain;
    like $run->first, qr/\Q$library\E.* is not here/, 'and told';
}

my ($json) = run_without('parent', '-j', 'a@example.org', @check, '-o', 'json');
my $report = eval { decode_json($json->stdout) } // {};
is $json->exit, 2, 'a report as JSON without jansson has the state of the run' or diag $json->explain;
is $report->{state}, 'CRITICAL', 'in words, too';
like $report->{summary}, qr/connect-refused/, 'and its line';
is $report->{findings}[0]{text}, 'jansson is not here', 'and says why there is no more';

my ($version) = run_without('parent', '--version');
like $version->stdout =~ s/\s+/ /gr, qr/libidn2 is not here/, '--version says that one is missing';

done_testing;
