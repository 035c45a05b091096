#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# .ci/install leaves no service behind that starts with the machine: in a copy of this system that is thrown away, with a package
# made here, whose scripts do what debhelper has a daemon's package do.

use strict;
use warnings;
use File::Copy qw(cp);
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use TempDir;

plan skip_all => 'only root can install packages' if $> != 0;

my $dir = temp_dir();
mkdir "$dir/$_" or die "$dir/$_: $!\n" for qw(ci bin deb deb/DEBIAN deb/etc deb/etc/init.d deb/lib deb/lib/systemd deb/lib/systemd/system);

cp("$FindBin::Bin/../.ci/install", "$dir/ci/install") or die "$!\n";
write_file("$dir/ci/packages", "check-xmpp-ping-test  demo\n");

write_file("$dir/deb/DEBIAN/control", <<'END', 0644);
Package: check-xmpp-ping-test
Version: 1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: a daemon
END
write_file("$dir/deb/DEBIAN/postinst", <<'END', 0755);
#!/bin/sh
set -e
update-rc.d new-daemon defaults
if deb-systemd-helper --quiet was-enabled new-daemon.service; then
    deb-systemd-helper enable new-daemon.service
else
    deb-systemd-helper update-state new-daemon.service
fi
invoke-rc.d new-daemon start
END
write_file("$dir/deb/lib/systemd/system/$_.service", <<'END', 0644) for qw(new-daemon old-daemon);
[Service]
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target
END
write_file("$dir/deb/etc/init.d/$_", <<'END', 0755) for qw(new-daemon old-daemon);
#!/bin/sh
### BEGIN INIT INFO
# Provides: daemon
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
touch /started
END

# Its place is taken, as there is no network here and nothing to download.
write_file("$dir/bin/apt-get", <<"END", 0755);
#!/bin/sh
case " \$* " in
*' install '*) dpkg -i $dir/package.deb ;;
esac
END

write_file("$dir/run", <<"END", 0755);
#!/bin/sh
set -eu
PATH=$dir/bin:\$PATH
links() { find /etc/systemd/system /etc/rc?.d -type l -name '*[-]daemon*' | sort; }
rm -f /usr/sbin/policy-rc.d
mkdir -p /etc/systemd/system/multi-user.target.wants /etc/rc2.d
ln -s /lib/systemd/system/old-daemon.service /etc/systemd/system/multi-user.target.wants/
ln -s ../init.d/old-daemon /etc/rc2.d/S01old-daemon
$dir/ci/install demo
echo '--- installed'
dpkg-query -W -f '\${db:Status-Status}\\n' check-xmpp-ping-test
links
echo '--- installed anew'
dpkg -i $dir/package.deb >/dev/null 2>&1
links
echo '--- end'
ls /started /usr/sbin/policy-rc.d 2>/dev/null || :
END

# The copy is a layer in memory over the system itself. In a chroot the root may be no mount point that could be made private.
my $text = qx{dpkg-deb --root-owner-group -b '$dir/deb' '$dir/package.deb' 2>&1 && unshare --mount --propagation unchanged sh -ec '
    mount --make-rprivate / || :
    mkdir "$dir/top"
    mount -t tmpfs tmpfs "$dir/top"
    trap "umount -R $dir/top/root $dir/top" EXIT
    mkdir "$dir/top/files" "$dir/top/work" "$dir/top/root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/top/files,workdir=$dir/top/work" "$dir/top/root"
    mkdir -p "$dir/top/root/$dir"
    for path in "$dir" /dev /proc; do
        mount --bind "\$path" "$dir/top/root\$path"
    done
    chroot "$dir/top/root" "$dir/run"
' </dev/null 2>&1};
is $?, 0, 'install demo' or diag $text;

my ($said, $links, $again, $left) = split /^--- .*\n/m, $text;
like $said, qr/^Missing Debian packages, to be installed now: check-xmpp-ping-test$/m, 'it says what it installs';
like $said, qr/^Left disabled: new-daemon$/m, 'and what it leaves disabled';
my @before = ('/etc/rc2.d/S01old-daemon', '/etc/systemd/system/multi-user.target.wants/old-daemon.service');
my @disabled = ('installed', (map { "/etc/rc$_.d/K01new-daemon" } 0 .. 6), @before);
is_deeply [sort split /\n/, $links], [sort @disabled], 'the package is installed, and its service is not started at boot; the old one is';
is_deeply [split /\n/, $again], [grep { $_ ne 'installed' } split /\n/, $links], 'nor is it when the package is upgraded';
is $left, '', 'it was not started either, and the policy that saw to that is gone';

done_testing;
