#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages, for this machine's release: built from an archive that is no git checkout, twice, to the same bytes; without a
# word from lintian; and installed in a clean Debian, where the plugin and its definitions do what they promise, and leave nothing
# behind.

use strict;
use warnings;
use File::Copy qw(copy);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/../support";

use Source;
use TempDir;

my $top = "$FindBin::Bin/../..";
my $source = Source->new;
my $version = $source->version;
my $archive = "check_xmpp_ping-$version";
my ($first, $second) = ($source->copy_to('first'), $source->copy_to('second/one_of_a_longer_name'));

# --- the archive ---

works("make -C $first dist", 'make dist works outside git');
is_deeply [sort grep { !m{/\z} } split /\n/, run("tar -tf $first/dist/$archive.tar.gz")], [sort map { "$archive/$_" } $source->files],
    'the archive has what was there';
is run("cd $first/dist && sha256sum -c $archive.tar.gz.sha256"), "$archive.tar.gz: OK\n", 'and its checksum is right';
works("make -C $second dist", 'and again');
is_deeply digests("$first/dist/$archive.tar.gz"), digests("$second/dist/$archive.tar.gz"), 'the same bytes from another folder';

# --- the packages ---

my $again = start("DEB_BUILD_OPTIONS='parallel=2 nocheck' make -C $second deb");
my $built = works("DEB_BUILD_OPTIONS=parallel=2 make -C $first deb", 'make deb builds the packages, and runs make test');
like $built, qr/^Result: PASS$/m, 'whose tests pass';
unlike $built, qr/^(?:<command-line>|\S+\.[ch]):.* warning:/m, 'it builds with a packager\'s flags without a warning';
my @debs = glob "$first/dist/deb/*.deb";
is scalar(grep { !/dbgsym/ } @debs), 3, 'three packages, beside the debugging symbols';
# Which standards are current is another in each Debian.
my $lintian = start("lintian --allow-root -I --suppress-tags out-of-date-standards-version $first/dist/deb/*.changes");
like read_file("$top/NEWS"), qr/^\Q$version\E, (?:\d+ [A-Z][a-z]+ \d{4}|not released yet)$/m, 'NEWS has this version';
is read_file("$top/debian/changelog") =~ /\A\S+ \(([^-]+)-/ ? $1 : '', $version, 'and so have the packages';
my ($plugin) = grep { /check-xmpp-ping_/ } @debs;
like run("dpkg-deb -c $plugin"), qr{^-rwxr-xr-x root/root .* \./usr/lib/nagios/plugins/check_xmpp_ping$}m, 'no setuid';
my $raw = temp_dir();
like run("dpkg-deb --raw-extract $plugin $raw/x && readelf -dW $raw/x/usr/lib/nagios/plugins/check_xmpp_ping"), qr/BIND_NOW.*PIE|PIE.*BIND_NOW/s,
    'position independent, bound at once';

# --- in a clean Debian ---

SKIP: {
    skip 'only root can make a chroot', 1 if $> != 0;
    my $folder = temp_dir();
    copy($_, $folder) or die "$_: $!\n" for grep { !/dbgsym/ } @debs;
    works("cp -r '$top/debian' '$top/doc' '$top/t' '$top/conf' $folder", 'what the clean Debian gets');
    note works("$top/t/support/clean_root $folder perl t/monitors/installed", 'the packages do what they promise in a clean Debian');
}

# --- what was done meanwhile ---

is finish($lintian, 'lintian ends well'), '', 'and has nothing to say';
finish($again, 'make deb in another folder');
is_deeply digests(@debs), digests(glob "$second/dist/deb/*.deb"), 'builds packages of the same bytes';

done_testing;
