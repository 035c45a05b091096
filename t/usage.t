#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What users get who ask wrongly, or for help: on stdout, exit 3, one sentence that names the option, and where to look.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use TempDir;

my $public = password_file('secret', 0644);
my $latin = password_file("s\xe9same");
my $secret = password_file('secret');
my @good = ('-j', 'a@b.example', '--password-file', $secret);

for my $case (
    ['-j user@domain is required'],
    ['-j domain is required', '--no-login'],
    ['--jid: needs an argument', '-j'],
    ['--jid: a@@b has', '-j', 'a@@b'],
    ['--jdi: unknown option', '--jdi=x'],
    ['-x: unknown option', @good, '-x'],
    ['--use: ambiguous', @good, '--use'],
    ['--insecure: takes no argument', @good, '--insecure=yes'],
    ['--password: no option takes a password', @good, '--password=hunter2'],
    ['--password: no option takes a password', @good, '--password', 'hunter2'],
    ['--password: no option takes a password', @good, '--pass=hunter2'],
    ['stray: an argument that belongs to no option', @good, 'stray'],
    ['--port: ', @good, '-p', 0],
    ['--port: ', @good, '-p', 65536],
    ['--port: ', @good, '-p', '0x10'],
    ['--count: ', @good, '-n', 0],
    ['--count: 4001000 pings in one run', @good, '-n', 1000, map { ('-R', "r$_.example") } 1 .. 4000],
    ['--timeout: 10x has an unknown unit', @good, '-t', '10x'],
    ['--timeout: 0 leaves no time', @good, '-t', 0],
    ['--timeout: ', @good, '-t', '5s:BAD'],
    ['--warning: ', @good, '-w', '1,5'],
    ['--warning: ', @good, '-w', '2:1'],
    ['--warning: ', @good, '-w', 'nan'],
    ['--warning: ', @good, '-w', '1e3'],
    ['--warning: ', @good, '-w', '10abc'],
    ['--warning: RTT 10 s is not below the timeout of 10 s', @good, '-w', '10s'],
    ['--warning: RTT 100 s is not below the timeout of 10 s (100ms?)', @good, '-w', '100'],
    ['--interval: 5 pings with 1 s between them do not fit into the timeout of 3 s', @good, '-n', 5, '-i', 1, '-t', 3],
    ['--warning: RTT 2 can never be seen', @good, '-w', 2, '-c', 1],
    ['--warning: RTT 1 can never be seen', @good, '-w', 1, '-c', 1],
    ['--certificate: ', @good, '-C', '7,21'],
    ['--limit: rrt is no metric of this check: did you mean rtt', @good, '-L', 'rrt,1,2'],
    ['--limit: ', @good, '-L', 'rtt,,'],
    ['--map: ', @good, '--map', 'no-such-thing=OK'],
    ['--map: ', @good, '--map', 'deadline=FINE'],
    ['--min-alive: 1 is above', @good, '-m', 1],
    ['--remote: alias tcp makes the label tcp_rtt', @good, '-R', 'tcp=c.example'],
    ['--remote: ', @good, '-R', 'c.d', '-R', 'c_d'],
    ['--remote: ', @good, '-R', ''],
    ['--dns-server: ', @good, '--dns-server', 'ns.example'],
    ['--tls: ', @good, '--tls', 'maybe'],
    ['--use-ipv6: -4 and -6 exclude each other', @good, '-4', '-6'],
    ['--ca-file: ', @good, '--ca-file', '/nonexistent'],
    ["--ca-file: $secret\xe2\x90\xa3 cannot be read: ", @good, '--ca-file', "$secret "],
    ['--client-key: needs --client-cert', @good, '--client-key', '/nonexistent'],
    ['--require-mechanism: ', @good, '--require-mechanism', 'MAGIC'],
    ['--count: means nothing with --no-login', '-j', 'b.example', '--no-login', '-n', 3],
    ['--jid: must be a domain with --s2s', @good, '--s2s'],
    ['--from: needs --s2s', @good, '--from=b.example'],
    ['--offers: sasl is nothing that a server offers: did you mean sasl2?', @good, '--offers=sasl'],
    ['--offers-not: PLAIN is what --offers asks for', @good, '--offers=PLAIN', '--offers-not=PLAIN'],
    ['--component: needs -H and -p', '--component=c.b.example'],
    ['--login: ', @good, '--login=sasl'],
) {
    my ($sentence, @arguments) = @$case;
    my $name = join(' ', grep { $_ ne $secret } @arguments) || 'nothing';
    $name =~ s/^.{80}\K.*/.../;
    my $run = Probe->run(\@arguments, env => { CHECK_XMPP_PING_PASSWORD => undef });
    is $run->exit, 3, "$name: UNKNOWN";
    like $run->stdout, qr/\AXMPP PING UNKNOWN - \Q$sentence\E/, "$name: what is wrong";
    like $run->stdout, qr/\n[^\n]*--help[^\n]*\n/, "$name: where to look";
    unlike $run->stdout, qr/\|/, "$name: no performance data";
    unlike $run->stdout, qr/hunter2/, "$name: nothing of what may be a password";
    is $run->stderr, '', "$name: nothing on stderr";
}

for my $case (
    ['--password-file: ', '-j', 'a@b.example'],
    ['--password-file: ', '-j', 'a@b.example', '--password-file', $public],
    ["--password-file: $latin is not UTF-8", '-j', 'a@b.example', '--password-file', $latin],
    ['--password-file: /nonexistent cannot be opened: No such file or directory |', '-j', 'a@b.example', '--password-file', '/nonexistent'],
    ["--password-file: $secret\xe2\x90\xa3 cannot be opened: ", '-j', 'a@b.example', '--password-file', "$secret "],
    ['--password-file: ...' . 'x' x 81 . ' cannot be opened: ', '-j', 'a@b.example', '--password-file', '/' . 'x' x 200],
    ['--password-file: ', '-j', 'a@b.example', '--password-file', '/'],
) {
    my ($sentence, @arguments) = @$case;
    my $run = Probe->run(\@arguments, env => { CHECK_XMPP_PING_PASSWORD => '' });
    $run->is_valid("@arguments");
    is $run->exit, 3, "@arguments: UNKNOWN";
    like $run->stdout, qr/\AXMPP PING UNKNOWN - \Q$sentence\E/, 'and why';
    is $run->metric('rtt'), 'U', 'with the performance data of any run';
}
{
    my $run = Probe->run(['-j', 'a@b.example'], env => { CHECK_XMPP_PING_PASSWORD => 'x' x 5000 });
    $run->is_valid('a variable that is too long');
    like $run->first, qr/\AXMPP PING UNKNOWN - CHECK_XMPP_PING_PASSWORD is too long \| /, 'it is named, and no phase';
}
{
    my @way = ('-j', 'a@b.example', '-R', 'c.example', '-w', '1s', '-H', '127.0.0.1', '-p', 1);
    my ($none, $refused) = map { Probe->run([@way, @$_], env => { CHECK_XMPP_PING_PASSWORD => undef }) } [], ['--password-file', $secret];
    is_deeply [$none->labels], [$refused->labels], 'without a password the labels are those of a run';
    my $each = Probe->run([@way[0, 1, 4 .. 7], '--each-endpoint'], env => { CHECK_XMPP_PING_PASSWORD => undef });
    $each->is_valid('--each-endpoint without a password');
    is_deeply [$each->labels], [qw(endpoints_up time time_dns)], 'with --each-endpoint they are those of the whole';
}

for my $option ('--help', '-h', '--version', '-V') {
    my $run = Probe->run([$option]);
    is $run->exit, 3, "$option: exit 3";
    is $run->stderr, '', "$option: on stdout";
    is scalar(grep { length > 80 } split /\n/, $run->stdout), 0, "$option: 80 columns";
}
my $help = Probe->run(['--help'])->stdout;
like $help, qr/^ .*\Q$_\E\b/m, "--help has $_" for qw(
    --jid --password-file --hostname --port --use-ipv4 --use-ipv6 --tls --ca-file --ca-path --insecure --client-cert --client-key
    --dns-server --remote --count --interval --ping-timeout --min-alive --warning --critical --limit --certificate --timeout --map
    --config --profile --config-test --extra-opts --output --omit-undetermined --quiet --verbose --version --help --require-mechanism
    --each-endpoint --login --no-login --s2s --from --offers --offers-not --component
);
is scalar(() = $help =~ /--jid/g), 1, 'and each once';

{
    my $run = Probe->run([@good, '-H', '127.0.0.1', '-p', 1, '-w', '0.5'], env => { LC_ALL => 'de_DE.UTF-8' });
    like $run->first, qr/ rtt=U;0\.5;;0;10 /, 'the locale changes no number';
}

done_testing;
