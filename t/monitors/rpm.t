#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The RPM packages: built from an archive that is no git checkout, and installed into a folder. And what a plain `make` builds there is
# the same, byte for byte, as where the program was built that is tested; the library is enough, as all is compiled in one way.

use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/../support";

use Source;
use TempDir;

my $source = Source->new;
my $version = $source->version;
my $folder = $source->copy_to('a/folder/elsewhere');
my $objects = abs_path($ENV{OBJECTS} // 'obj');

works("make -C $folder -j2 library", 'it builds');
is_deeply digests(map { "$folder/obj/libxmppping.$_" } qw(so.0 a)), digests(map { "$objects/libxmppping.$_" } qw(so.0 a)),
    'to the same bytes as elsewhere';

works("make -C $folder rpm RPMBUILD_FLAGS='--nodeps --nocheck'", 'make rpm builds the packages');
my @rpms = split /\n/, run("find $folder/dist/rpm/RPMS -name '*.rpm'");
my %files = map { my $rpm = $_; map { $_ => $rpm } split /\n/, run("rpm -qlp $rpm") } @rpms;
for my $file (qw(/nagios/plugins/check_xmpp_ping /libxmppping.so.0 /libxmppping.so /libxmppping.a /pkgconfig/libxmppping.pc
    /xmppping/ping.h /man1/check_xmpp_ping.1 /man3/libxmppping.3 /conf/icinga2/command.conf))
{
    is scalar(grep { /\Q$file\E(?:\.gz)?\z/ } keys %files), 1, "an .rpm has $file";
}
my $root = temp_dir();
works("rpm --root $root --initdb && rpm --root $root --nodeps -i @rpms", 'they can be installed, into a folder');
my ($installed) = grep { m{/nagios/plugins/check_xmpp_ping\z} } keys %files;
like run("$root$installed --version"), qr/\Acheck_xmpp_ping \Q$version\E/, 'the plugin runs';
is((split /\n/, run("rpm -qp --qf '%{VERSION}\\n' $rpms[0]"))[0], $version, 'the version is the program\'s');

done_testing;
