#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The packages: built from an archive that is no git checkout, twice, to the same bytes; without a word from lintian; and installed in a
# clean Debian (this machine's release), where the plugin and its definitions do what they promise, and leave nothing behind.

use strict;
use warnings;
use Digest::SHA;
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/../support";

use TempDir;

my $top = "$FindBin::Bin/../..";
my $work = temp_dir();

# What COMMAND prints; its status in $?.
sub run {
    my ($command) = @_;
    open my $pipe, '-|', '/bin/sh', '-c', "exec </dev/null 2>&1; $command" or die "sh: $!\n";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return $output;
}

sub works {
    my ($command, $name) = @_;
    my $output = run($command);
    is $?, 0, $name or diag substr $output, -6000;
    return $output;
}

sub digests { return { map { basename($_) => Digest::SHA->new(256)->addfile($_)->hexdigest } @_ } }

my ($version) = read_file("$top/Makefile") =~ /^VERSION := (\S+)$/m;
my $archive = "check_xmpp_ping-$version";

# --- the source, as it is without git ---

my @files = map { s{\A\./}{}r } split /\n/,
    run("cd '$top' && git ls-files || find . -type f -not -path './obj*' -not -path './dist/*' -not -path ./check_xmpp_ping") =~ s/^fatal: .*\n//mgr;
for my $folder ('first', 'second/one of a longer name' =~ s/ /_/gr) {
    for my $file (@files) {
        my $to = "$work/$folder/$file";
        make_path(dirname($to));
        copy("$top/$file", $to) or die "$file: $!\n";
        chmod((stat "$top/$file")[2] & 0777, $to);
        utime 1_000_000_000, 1_000_000_000, $to;
    }
}
my ($first, $second) = ("$work/first", "$work/second/one_of_a_longer_name");

works("make -C $first dist", 'make dist works outside git');
is_deeply [sort grep { !m{/\z} } split /\n/, run("tar -tf $first/dist/$archive.tar.gz")], [sort map { "$archive/$_" } @files],
    'the archive has what was there';
is run("cd $first/dist && sha256sum -c $archive.tar.gz.sha256"), "$archive.tar.gz: OK\n", 'and its checksum is right';
works("make -C $second dist", 'and again');
is_deeply digests("$first/dist/$archive.tar.gz"), digests("$second/dist/$archive.tar.gz"), 'the same bytes from another folder';
my $plain = run("make -C $first -j2 plugin library CPPFLAGS=-D_FORTIFY_SOURCE=3");
is $?, 0, 'it builds with a packager\'s CPPFLAGS' or diag $plain;
unlike $plain, qr/warning/, 'without a warning';
works("make -C $second -j2 plugin library CPPFLAGS=-D_FORTIFY_SOURCE=3", 'and in another folder');
is_deeply digests("$first/check_xmpp_ping", "$first/obj/libxmppping.so.0", "$first/obj/libxmppping.a"),
    digests("$second/check_xmpp_ping", "$second/obj/libxmppping.so.0", "$second/obj/libxmppping.a"), 'to the same bytes';

# --- .deb ---

$ENV{DEB_BUILD_OPTIONS} = 'parallel=2';
my $built = works("make -C $first deb", 'make deb builds the packages, and runs make test');
like $built, qr/^Result: PASS$/m, 'whose tests pass';
$ENV{DEB_BUILD_OPTIONS} = 'parallel=2 nocheck';
works("make -C $second deb", 'again in another folder');
my @debs = glob "$first/dist/deb/*.deb";
is scalar(grep { !/dbgsym/ } @debs), 3, 'three packages, beside the debugging symbols';
is_deeply digests(@debs), digests(glob "$second/dist/deb/*.deb"), 'the same bytes';
# Which standards are current is another in each Debian.
is run("lintian --allow-root -I --suppress-tags out-of-date-standards-version $first/dist/deb/*.changes"), '', 'lintian has nothing to say';
is read_file("$top/debian/changelog") =~ /\A\S+ \(([^-]+)-/ ? $1 : '', $version, 'the version is the program\'s';
my ($plugin) = grep { /check-xmpp-ping_/ } @debs;
like run("dpkg-deb -c $plugin"), qr{^-rwxr-xr-x root/root .* \./usr/lib/nagios/plugins/check_xmpp_ping$}m, 'no setuid';
like run("dpkg-deb --raw-extract $plugin $work/raw && readelf -dW $work/raw/usr/lib/nagios/plugins/check_xmpp_ping"), qr/BIND_NOW.*PIE|PIE.*BIND_NOW/s,
    'position independent, bound at once';

# --- .rpm ---

works("make -C $second rpm RPMBUILD_FLAGS='--nodeps --nocheck'", 'make rpm builds the packages');
my @rpms = split /\n/, run("find $second/dist/rpm/RPMS -name '*.rpm'");
my %files = map { my $rpm = $_; map { $_ => $rpm } split /\n/, run("rpm -qlp $rpm") } @rpms;
for my $file (qw(/nagios/plugins/check_xmpp_ping /libxmppping.so.0 /libxmppping.so /libxmppping.a /pkgconfig/libxmppping.pc
    /xmppping/ping.h /man1/check_xmpp_ping.1 /man3/libxmppping.3 /conf/icinga2/command.conf))
{
    is scalar(grep { /\Q$file\E(?:\.gz)?\z/ } keys %files), 1, "an .rpm has $file";
}
works("rpm --root $work/rpm --initdb && rpm --root $work/rpm --nodeps -i @rpms", 'they can be installed, into a folder');
my ($installed) = grep { m{/nagios/plugins/check_xmpp_ping\z} } keys %files;
like run("$work/rpm$installed --version"), qr/\Acheck_xmpp_ping \Q$version\E/, 'the plugin runs';
is((split /\n/, run("rpm -qp --qf '%{VERSION}\\n' $rpms[0]"))[0], $version, 'the version is the program\'s');

# --- in a clean Debian ---

SKIP: {
    skip 'only root can make a chroot', 1 if $> != 0;
    my $folder = temp_dir();
    copy($_, $folder) or die "$_: $!\n" for grep { !/dbgsym/ } @debs;
    works("cp -r '$top/debian' '$top/doc' '$top/t' '$top/conf' $folder", 'what the clean Debian gets');
    my $said = run("$top/t/support/clean_root $folder perl t/monitors/installed");
    is $?, 0, 'the packages do what they promise in a clean Debian';
    diag $said if $?;
    note $said;
}

done_testing;
