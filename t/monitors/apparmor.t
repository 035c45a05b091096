#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/apparmor/: AppArmor's own compiler takes the profile, and what strace sees the plugin open, in good runs and bad ones, is what the
# profile lets it open. A kernel without AppArmor can show no more; one that has it is not asked for.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/../support";

use Probe;
use Prosody;
use TempDir;

my $profile = "$FindBin::Bin/../../conf/apparmor/check_xmpp_ping";
my $installed = '/usr/lib/nagios/plugins/check_xmpp_ping';

# --- compiled ---

my $said = qx{apparmor_parser --skip-kernel-load --skip-cache --warn=all --abort-on-error '$profile' 2>&1};
is $?, 0, 'AppArmor takes the profile' or diag $said;
my $text = qx{apparmor_parser --preprocess '$profile' 2>/dev/null};
like $text, qr/^profile check_xmpp_ping /m, 'with all that it includes';

# --- its rules, as patterns ---

my %variable = map { /^(\@\{\w+\}) *\+?= *(.*)$/ ? ($1 => [map { s/"//gr } split ' ', $2]) : () } split /\n/, $text;

# The regular expression of a path in AppArmor's own writing.
sub pattern {
    my ($path) = @_;
    1 while $path =~ s{(\@\{\w+\})(/?)}{'{' . join(',', map { s{/\z}{}r } @{ $variable{$1} // ['<none>'] }) . "}$2"}e;
    my %meaning = ('**' => '.*', '*' => '[^/]*', '?' => '[^/]', '{' => '(?:', '}' => ')', ',' => '|');
    my $pattern = join '', map { $meaning{$_} // (/\A\[/ ? $_ : quotemeta) } $path =~ /(\*\*|\[[^\]]*\]|.)/gs;
    return qr{\A$pattern\z};
}
my @rules = map { m{^ *(?:owner )?((?:/|\@\{)\S*) +([a-zA-Z]+),} ? [pattern($1), $2] : () } split /\n/, $text;
cmp_ok scalar @rules, '>', 50, 'it has rules';

sub allowed {
    my ($path, $wanted) = @_;
    return scalar grep { $_->[1] =~ /$wanted/ && $path =~ $_->[0] } @rules;
}
ok allowed($installed, 'm'), 'the plugin itself is one that can be run';
ok allowed('/usr/local/lib/nagios/plugins/check_xmpp_ping', 'm'), 'also where make install puts it';
ok allowed('/etc/check_xmpp_ping.password', 'r') && allowed('/run/credentials/xmpp-ping@shop.service/password', 'r'), 'the password can be read';
for my $path ('/etc/shadow', '/root/.ssh/id_ed25519', '/etc/ssh/ssh_host_ed25519_key', '/home/alice/.bashrc', '/var/log/auth.log') {
    ok !allowed($path, '.'), "$path cannot";
}

# --- what the plugin does ---

my $server = Prosody->new(accounts => { probe => 'secret' });
my $dir = temp_dir();
my $password = password_file('secret');
my $config = write_file("$dir/check.conf", qq{profiles = { shop = { jid = "probe\@example.org"; password_file = "$password"; }; };\n});
my %there = (
    Probe->program => $installed,
    $password => '/etc/check_xmpp_ping.password',
    $config => '/etc/check_xmpp_ping.conf',
    $server->ca_file => '/etc/check_xmpp_ping/ca.crt',
);
my @way = ('-H', '127.0.0.1', '-p', $server->port, '--ca-file', $server->ca_file);
my @runs = (
    ['a login', 0, '-j', 'probe@example.org', '--password-file', $password, @way],
    ['a profile', 0, '-f', $config, '-P', 'shop', @way],
    ['the system\'s CAs', 2, '-j', 'probe@example.org', '--password-file', $password, '-H', '127.0.0.1', '-p', $server->port],
    ['DNS', 2, '-j', 'probe@example.org', '--password-file', $password, '--dns-server', '127.0.0.1:1'],
    ['names of the system', 2, '-j', 'probe@example.org', '--password-file', $password, '-H', 'localhost', '-p', 1],
    ['JSON', 0, '-j', 'probe@example.org', '--password-file', $password, @way, '-o', 'json'],
);
for my $case (@runs) {
    my ($name, $exit, @arguments) = @$case;
    my $trace = "$dir/trace";
    system 'strace', '-f', '-qq', '-y', '-o', $trace, '-e', 'trace=open,openat,execve,execveat,creat,rename,unlink,unlinkat,mkdir', Probe->program, '-t', 60, @arguments;
    my (%read, @other);
    for (split /\n/, read_file($trace)) {
        next if / = -1 / || /\bO_PATH\b/ || /^\d+ +[+-]/;
        # What the kernel has opened in the end: links are followed, and a folder has a / at its end.
        if (/\bopen(?:at)?\(.*", ([A-Z_|]+).* = \d+<([^>]+)>/ && $1 !~ /O_WRONLY|O_RDWR|O_CREAT/) {
            $read{ -d $2 && $2 ne '/' ? "$2/" : $2 } = 1;
        } else {
            push @other, $_ if !m{", O_RDWR.* = \d+</dev/null};
        }
    }
    is scalar(@other), 1, "$name: one program is run, itself; nothing is written" or diag join "\n", @other;
    cmp_ok scalar(keys %read), '>', 10, "$name: it reads files";
    is_deeply [grep { !allowed($there{$_} // $_, 'r') } sort keys %read], [], "$name: none but those of the profile";
    is_deeply [grep { /\.so/ && !allowed($_, 'm') } sort keys %read], [], "$name: and libraries, that may be run";
}

done_testing;
