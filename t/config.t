#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The configuration file as operators use it: the same settings mean the same there and on the command line, mistakes are told with
# their place, and --config-test says beforehand what a file comes to.

use strict;
use warnings;
use FindBin;
use IO::Select;
use IO::Socket::INET;
use POSIX qw(mkfifo);
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Prosody;
use TempDir;

my $example = "$FindBin::Bin/../conf/check_xmpp_ping.conf";
my $dir = temp_dir();
my $files = 0;

# A new private configuration file with TEXT.
sub config {
    my ($text, $mode) = @_;
    return write_file($dir . '/' . ++$files . '.conf', $text, $mode);
}

# Nothing of the tester's own environment counts.
sub run {
    my ($arguments, %env) = @_;
    return Probe->run($arguments, env => { CHECK_XMPP_PING_PASSWORD => undef, %env });
}

# The output without what differs from run to run: figures, and their units.
sub without_figures {
    my ($run) = @_;
    return $run->stdout =~ s/-?\d+(?:\.\d+)?(?: (?:us|ms|s)\b)?/#/gr;
}

# --- the example ---

my $shipped = run(['-f', $example, '--config-test']);
is $shipped->exit, 0, 'the example is good as it is' or diag $shipped->stdout;
is $shipped->stderr, '', 'with nothing on stderr';

my $text = read_file($example);
my %key = map { (tr/-/_/r) => 1 } run(['--help'])->stdout =~ /^ .*?--([a-z0-9-]+)/mg;
delete @key{qw(config profile config_test extra_opts help version)};
delete @key{qw(remote limit)};
$key{$_} = 1 for qw(remotes limits password alias);
like $text, qr/^\s*#?\Q$_\E = /m, "the example has the key $_" for sort keys %key;
cmp_ok scalar keys %key, '>', 28, 'and these are many';

write_file("$dir/$_", "secret\n") for qw(password ca.pem client.pem client.key);
mkdir "$dir/certs" or die "$dir/certs: $!\n";
my $whole = $text =~ s/^(\s*)#(?=[a-z])/$1/mgr =~ s{/etc/check_xmpp_ping[./]}{$dir/}gr;
my $full = run(['-f', config($whole), '--config-test']);
is $full->exit, 0, 'so it is with what is a comment there' or diag $full->stdout;
like $full->stdout, qr/^\s*\Q$_\E = /m, "the settings in force have $_" for sort grep { !/^(?:ping_timeout|port|alias)$/ } keys %key;
like $full->stdout, qr/^\s*password = "\*\*\*";$/m, 'the password is masked';
unlike $full->stdout, qr/correct horse/, 'and told nowhere';
like $full->first, qr/\AXMPP PING OK - .*: 9 profiles, no errors\z/, 'the first line says that all is good';
my $again = run(['-f', config($full->long), '--config-test']);
is $again->long, $full->long, 'what it prints below is a file that comes to the same';
my $public = run(['-f', config($whole, 0640), '--config-test']);
is $public->exit, 3, 'with a password it must be private';
like $public->stdout, qr/^.*\.conf:\d+: password: is in a file that group or others can read$/m, 'which is said of the password' or
    diag $public->stdout;

my ($readme) = read_file("$FindBin::Bin/../README") =~ /^(    defaults = \{.*?^    \};\n)\n/ms;
my $of_readme = run(['-f', config($readme =~ s{/etc/check_xmpp_ping[.]}{$dir/}r), '--config-test', '-P', 'prod']);
is $of_readme->exit, 0, 'so is the one in the README' or diag $of_readme->stdout;

# --- the same by options and by profile ---

my $server = Prosody->new(domain => 'example.org', accounts => { alice => 'secret', bob => 'other' });
my $way = sprintf qq(hostname = "%s"; port = %d; ca_file = "%s";\n), $server->host, $server->port, $server->ca_file;
my @way = ('-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file);
my $secret = password_file('secret');

for my $case (
    ['a good run', 0, [split / /, '-R own=example.org -R bob@example.org -m 0 -n 4 -i 1ms -w 5s,20% -c 6s,60% -C 5,2 -v'],
        'remotes = ("own=example.org", "bob@example.org"); min_alive = 0; count = 4; interval = 0.001; '
            . 'warning = "5s,20%"; critical = "6s,60%"; certificate = "5,2"; verbose = 1;'],
    ['a warning', 1, ['-L', 'rtt,~:0,', '-L', 'time_auth,5,6', '-t', '20s:unknown'],
        'limits = { rtt = "~:0,"; time_auth = "5,6"; }; timeout = "20s:unknown";'],
    ['a mechanism that is not there', 1, ['--require-mechanism=SCRAM-SHA-256', '--map=mechanism-downgraded=warning'],
        'require_mechanism = "SCRAM-SHA-256"; map = { mechanism_downgraded = "warning"; };'],
    ['each endpoint', 0, ['--each-endpoint', '-4'], 'each_endpoint = true; use_ipv4 = true;'],
    ['silence', 0, ['-q'], 'quiet = true;'],
    ['a refused login', 2, ['-j', 'bob@example.org', '--omit-undetermined'], 'jid = "bob@example.org"; omit_undetermined = true;'],
) {
    my ($name, $state, $options, $keys) = @$case;
    my @jid = grep { $_ eq '-j' } @$options;
    my $by_options = run([@way, '--password-file', $secret, @jid ? () : ('-j', 'alice@example.org'), @$options]);
    my $file = config(qq(defaults = { jid = "alice\@example.org"; $way };\nprofiles = { it = { password_file = "$secret"; $keys } };\n), 0644);
    my $by_profile = run(['-f', $file, '-P', 'it']);
    is $by_options->exit, $state, "$name: the state is $state" or diag $by_options->explain;
    is $by_profile->exit, $state, "$name: so it is by profile" or diag $by_profile->explain;
    is without_figures($by_profile), without_figures($by_options), "$name: the output is the same but for the figures";
}

# --- a remote's own settings ---

my $own = run(['-f', config(<<"END"), '-n', 3, '-v']);
defaults = {
    jid = "alice\@example.org"; password = "secret"; warning = "2,20%"; critical = 6;
    $way
    remotes = (
        "plain=alice\@example.org",
        { alias = "own"; jid = "bob\@example.org"; count = 5; warning = "3,30%"; critical = "7"; interval = 0.001; }
    );
};
END
is $own->exit, 0, 'a remote with settings of its own is pinged' or diag $own->explain;
my %of = map { $_->label => $_ } $own->performance;
is_deeply [map { $of{$_}->warning } qw(rtt plain_rtt own_rtt)], [2, 2, 3], 'its RTT has its own warning';
is_deeply [map { $of{$_}->critical } qw(rtt plain_rtt own_rtt)], [6, 6, 7], 'and its own critical';
is_deeply [map { $of{$_}->warning } qw(loss plain_loss own_loss)], [20, 20, 30], 'so has its loss';
my %pings;
$pings{$_}++ for $own->stdout =~ /^(\S+) ping \d+: /mg;
is_deeply \%pings, { 'example.org' => 3, 'alice@example.org' => 3, 'bob@example.org' => 5 }, 'it has its own count, which -n does not change' or diag $own->stdout;

# --- passwords ---

my $login = qq(defaults = { jid = "alice\@example.org"; password = "PASSWORD"; $way };\n);
my $right = config($login =~ s/PASSWORD/secret/r);
my $wrong = config($login =~ s/PASSWORD/sesame/r);
is run(['-f', $right, '-vvv'])->exit, 0, 'the password of the file logs in';
unlike run(['-f', $right, '-vvv'])->stdout, qr/\bsecret\b/, 'and is told nowhere';
is run(['-f', $wrong])->exit, 2, 'a wrong one does not';
is run(['-f', $wrong], CHECK_XMPP_PING_PASSWORD => 'secret')->exit, 0, 'the environment wins over the file';
is run(['-f', $wrong], CHECK_XMPP_PING_PASSWORD => '')->exit, 2, 'an empty variable does not';
is run(['-f', $wrong, '--password-file', $secret], CHECK_XMPP_PING_PASSWORD => 'x')->exit, 0, 'a password file wins over both';
my $marked = write_file("$dir/marked", "\xef\xbb\xbfsecret\r\n");
is run(['-f', $wrong, '--password-file', $marked])->exit, 0, 'a byte order mark is no part of it';
for my $mode (0640, 0604, 0644) {
    my $run = run(['-f', config(read_file($right), $mode)]);
    is $run->exit, 3, sprintf 'mode %o: UNKNOWN', $mode;
    like $run->stdout, qr/^.*:1: password: is in a file that group or others can read$/m, 'for the password in it';
    unlike $run->stdout, qr/\bsecret\b/, 'which is not told';
}
write_file("$dir/secret.conf", "password = \"secret\";\n");
my $including = config(qq(defaults = {\n\@include "secret.conf"\njid = "alice\@example.org"; $way };\n), 0644);
is run(['-f', $including])->exit, 0, 'a private file may be included by a public one';

# --- files that others can write to: they could have the password sent to themselves ---

for my $mode (0620, 0602, 0666) {
    my $name = sprintf 'mode %o', $mode;
    my $file = config($login =~ s/PASSWORD/secret/r =~ s/password.*?;//r, $mode);
    for my $arguments (['-f', $file], ['-f', $file, '--config-test'], ['-f', config(qq(\@include "$file"\n))]) {
        my $run = run($arguments, CHECK_XMPP_PING_PASSWORD => 'secret');
        is $run->exit, 3, "$name: UNKNOWN";
        like $run->stdout, qr/\Q$file\E: can be written to by group or others(?: \(.*\))?$/m, "$name: and why" or
            diag $run->stdout;
    }
}

# --- mistakes ---

chdir $dir or die "$dir: $!\n";
mkdir 'conf';
write_file('conf/x.conf', "\n" x 11 . "defaults = { };\n" =~ s/\{ /{\ncuont = 5; /r =~ s/\n//r);
my $typo = run(['-f', 'conf/x.conf']);
is $typo->first, 'XMPP PING UNKNOWN - conf/x.conf:12: cuont: unknown key: did you mean count?', 'a mistake has file, line and key';
is $typo->exit, 3, 'it is UNKNOWN';
is $typo->stdout, $typo->first . "\n", 'and that is all';

mkfifo('fifo', 0600) or die "fifo: $!\n";
write_file('huge.conf', "# nothing but a comment\n" x 50_000);
write_file('deep.conf', 'defaults = { remotes = ' . '(' x 200_000);
write_file('many.conf', 'defaults = { ' . join('', map { "k$_=1;" } 1 .. 26_000) . " };\n");
write_file('one.conf', qq(\@include "two.conf"\n));
write_file('two.conf', qq(\n\@include "one.conf"\n));
write_file('device.conf', qq(\@include "/dev/zero"\n));
for my $case (
    ['fifo', 'fifo: is not a regular file'],
    ['.', '.: is not a regular file'],
    ['/dev/zero', '/dev/zero: is not a regular file'],
    ['none.conf', 'none.conf: No such file or directory'],
    ['huge.conf', 'huge.conf:1: more than 262144 bytes'],
    ['deep.conf', 'deep.conf:1: nested too deep'],
    ['many.conf', 'many.conf:1: more than 10000 settings'],
    ['one.conf', 'two.conf:2: @include: one.conf: includes itself'],
    ['device.conf', 'device.conf:1: @include: /dev/zero: is not a regular file'],
    ['none.conf ', "none.conf\xe2\x90\xa3: No such file or directory"],
    ['x' x 250 . '.conf', '...' . 'x' x 76 . '.conf: No such file or directory'],
    ["a\e[31m|b.conf", 'a ?31m?b.conf: No such file'],
) {
    my ($file, $sentence) = @$case;
    my $run = run(['-f', $file]);
    $sentence =~ s/ \?/ [/;
    is $run->exit, 3, "$sentence: UNKNOWN";
    like $run->stdout, qr/\AXMPP PING UNKNOWN - \Q$sentence\E/, "$sentence: that is told";
    unlike $run->stdout, qr/\||[\x00-\x09\x0b-\x1f]/, "$sentence: cleaned";
    is $run->stderr, '', "$sentence: nothing on stderr";
    cmp_ok $run->elapsed, '<', 10, "$sentence: at once";
}
my $deceptive = run(['-f', config(qq(defaults = { jid = "a@@\\x1b[2J|b"; };\n))]);
like $deceptive->stdout, qr/:1: jid: a\@\@ \[2J\?b holds a control character/, 'what the file says is cleaned';

my $default = run(['-P', 'no-such-profile']);
is $default->exit, 3, 'a profile without a file is looked for';
like $default->stdout, qr{/check_xmpp_ping\.conf}, "in the system's file";
like run(['-f', $example, '-P', 'exmaple'])->stdout, qr/ - --profile: exmaple is not in .*did you mean example\?/s,
    'an unknown profile gets the nearest';
my $s3cret = run(['-f', $example, '-P', 's3cret']);
like $s3cret->stdout, qr/^.*which has example, federation, .* and quiet \(no option takes a password\)$/m, 'or all that there are';
unlike $s3cret->stdout, qr/s3cret/, 'what may be a password is not told';
like $default->stdout, qr{check_xmpp_ping\.conf: .*no option takes a password}, 'nor is it without the file';

# --- --config-test ---

my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "socket: $!\n";
my $resolver = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') or die "socket: $!\n";
my $text_of_test = sprintf <<'END', $listener->sockport, $resolver->sockport;
defaults = { password_file = "password"; };
profiles = {
    near = { jid = "a@example.org"; hostname = "127.0.0.1"; port = %d; };
    far = { jid = "a@example.org"; dns_server = "127.0.0.1:%d"; };
    nobody = { };
    late = { jid = "a@example.org"; warning = 20; };
    open = { jid = "a@example.org"; password_file = "public"; };
    gone = { jid = "a@example.org"; password_file = "none"; };
    anonymous = { jid = "example.org"; password_file = "none"; };
    typo = { jid = "a@example.org"; cuont = 5; };
};
END
write_file('public', "secret\n", 0644);
my $test = run(['-f', config($text_of_test), '--config-test']);
is $test->exit, 3, 'a file with bad profiles is UNKNOWN';
is scalar(IO::Select->new($listener, $resolver)->can_read(0.1)), undef, 'no server has been asked anything'
    or diag 'something came';
like $test->first, qr/\AXMPP PING UNKNOWN - -j user\@domain is required \(\S*\.conf, profile nobody\)/, 'the first mistake is the first line'
    or diag $test->stdout;
like $test->stdout, qr/^--warning: RTT 20 s is not below the timeout of 10 s \(20ms\?\) \(\S+, profile late\)$/m, 'each profile is checked as a whole';
like $test->stdout, qr/^--password-file: public can be read by group or others \(\S+, profile open\)$/m, 'a public password is told';
like $test->stdout, qr/^--password-file: none cannot be opened: .* \(\S+, profile gone\)$/m, 'so is one that is missing';
like $test->stdout, qr/^\S+:10: cuont: unknown key: did you mean count\?$/m, 'and a key that is not known';
like $test->stdout, qr/^    $_ = \{$/m, "profile $_ is shown" for qw(near far anonymous);
unlike $test->stdout, qr/^    $_ = \{$/m, "profile $_ is not" for qw(nobody late open gone typo);
like $test->stdout, qr/^# 5 of 8 profiles cannot be used\n\z/m, 'they are counted';

write_file('all.conf', <<'END');
default = { };
defaults = { cuont = 5; timeout = "8x"; remotes = ("@a", "b", "@c"); };
profiles = {
    one = { count = 0; map = { gnoe = "OK"; reset = "fine"; }; port = 0; };
    two = { jid = "a@example.org"; };
};
END
my $all = run(['-f', 'all.conf', '--config-test']);
is $all->exit, 3, 'a file of mistakes is UNKNOWN';
is_deeply [map { s/all\.conf/f/r } split /\n/, $all->stdout], [
    'XMPP PING UNKNOWN - f:1: default: unknown key: did you mean defaults?',
    'f:2: cuont: unknown key: did you mean count?',
    'f:2: timeout: 8x has an unknown unit: use us, ms, s, m or h',
    'f:2: remotes[1]: @a has an empty local part before @',
    'f:2: remotes[3]: @c has an empty local part before @',
    'f:4: count: 0 is not a whole number from 1 to 1000',
    'f:4: map.gnoe: unknown condition: did you mean gone?',
    'f:4: map.reset: reset=fine has an unknown state: use ok, warning, critical, unknown or 0-3',
    'f:4: port: 0 is not a whole number from 1 to 65535',
    '# 2 of 2 profiles cannot be used',
], 'each of them is told, those of the forms first' or diag $all->stdout;
write_file('all.conf', 'defaults = { jid = "a@example.org"; warning = "20,120%"; min_alive = 5; tls = "none"; hostname = "192.0.2.1";
    ca_file = "/no"; limits = { rrt = "1,"; loss = ",x"; }; };');
$all = run(['-f', 'all.conf', '--config-test']);
is_deeply [map { s/ \(all\.conf\)\z//r } split /\n/, $all->stdout], [
    'XMPP PING UNKNOWN - --min-alive: 5 is above the number of remotes, 0',
    '--tls: none would send the password in clear text to 192.0.2.1, not loopback',
    '--ca-file: /no cannot be read: No such file or directory',
    '--warning: RTT 20 s is not below the timeout of 10 s (20ms?)',
    '--warning: loss 120 is not within 0 to 100 percent',
    '--limit: rrt is no metric of this check: did you mean rtt?',
    '--limit: loss: critical x has no number',
], 'so is each that the settings have together' or diag $all->stdout;

my $one = run(['-f', config($text_of_test), '--config-test', '-P', 'near', '-t', '7:ok', '-R', 'b.example']);
is $one->exit, 0, 'with --profile it is that one that counts';
like $one->stdout, qr/^\s*timeout = "7s:OK";$/m, 'the command line wins';
like $one->stdout, qr/^\s*\{ alias = "b_example"; jid = "b\.example"; \}$/m, 'remotes have their aliases';
like $one->stdout, qr/^\s*count = 3;$/m, 'what nobody has said is shown as well';
unlike $one->stdout, qr/^    far = /m, 'others are not shown';
my $defaults = run(['-f', config('defaults = { jid = "a@example.org"; };'), '--config-test']);
is $defaults->exit, 0, 'a file without profiles is tested by its defaults';
like $defaults->stdout, qr/\AXMPP PING OK - \S+\.conf: the defaults are good\ndefaults = \{\n/, 'which are shown';
like $defaults->stdout, qr/# no password here: CHECK_XMPP_PING_PASSWORD must have it/, 'with where the password has to come from';
is run(['-f', config('defaults = { jid = ; };'), '--config-test'])->exit, 3, 'a syntax error is UNKNOWN';

chdir '/';

done_testing;
