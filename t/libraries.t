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
ok !$is_linked{$_}, "but not with $_, which hardly any run needs" for qw(config jansson idn2 unistring m);

plan skip_all => 'AddressSanitizer and gcov have calls of their own' if read_file($program) =~ /__asan_init|__gcov_dump/;

my $inject = abs_path(($ENV{OBJECTS} // 'obj') . '/t/inject.so');
my $dir = temp_dir();
my $config = write_file("$dir/check.conf", "defaults: { jid = \"a\@example.org\"; };\n");
my @check = ('-H', '127.0.0.1', '-p', 1, '--password-file', password_file('secret'));
my $umlaut = "b\xc3\xbccher.example";

# A run in which the first library that is loaded is not there, or, with 0, all are; and whether one was loaded.
sub run_without {
    my ($number, @arguments) = @_;
    my $counts = write_file("$dir/counts", '');
    my $run = Probe->run([@arguments], env => { LD_PRELOAD => $inject, FAULT => $number ? "parent dlopen $number 2" : '', FAULT_COUNTS => $counts });
    my ($made) = read_file($counts) =~ /dlopen\0{18}(.{4})/s or die "dlopen is not counted\n";
    return ($run, unpack 'L', $made);
}

my ($plain, $loaded) = run_without(0, '-j', 'a@example.org', @check);
is $plain->condition, 'connect-refused', 'a plain run' or diag $plain->explain;
is $loaded, 0, 'loads none';

($plain, $loaded) = run_without(0, '-j', "a\@$umlaut", @check);
is $plain->condition, 'connect-refused', 'a run about a domain beyond ASCII' or diag $plain->explain;
is $loaded, 1, 'loads one';

for my $case (
    ['a domain beyond ASCII', ['-j', "a\@$umlaut", @check], 'libidn2'],
    ['a host beyond ASCII', ['-j', 'a@example.org', @check[2 .. 5], '-H', $umlaut], 'libidn2'],
    ['a remote beyond ASCII', ['-j', 'a@example.org', @check, '-R', $umlaut], 'libidn2'],
    ['a configuration file', ['-f', $config, @check], 'libconfig'],
) {
    my ($name, $arguments, $library) = @$case;
    my ($run) = run_without(1, @$arguments);
    is $run->exit, 3, "$name without $library is UNKNOWN" or diag $run->explain;
    like $run->first, qr/\Q$library\E.* is not here/, 'and told';
}

my ($json) = run_without(1, '-j', 'a@example.org', @check, '-o', 'json');
my $report = eval { decode_json($json->stdout) } // {};
is $json->exit, 2, 'a report as JSON without jansson has the state of the run' or diag $json->explain;
is $report->{state}, 'CRITICAL', 'in words, too';
like $report->{summary}, qr/connect-refused/, 'and its line';
is $report->{findings}[0]{text}, 'jansson is not here', 'and says why there is no more';

my ($version) = run_without(1, '--version');
like $version->stdout =~ s/\s+/ /gr, qr/libidn2 is not here/, '--version says that one is missing';

done_testing;
