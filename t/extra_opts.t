#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# --extra-opts against Prosody: what stands in a file and what stands on the command line come to the same; and the file that
# our plugin takes is one that another monitoring plugin takes.

use strict;
use warnings;
use FindBin;
use POSIX qw(mkfifo);
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Prosody;
use TempDir;

my $server = Prosody->new(accounts => { probe => 'correct horse' });
my $dir = temp_dir();
my $secret = password_file('correct horse');
my ($host, $port, $ca) = ($server->host, $server->port, $server->ca_file);
my $file = write_file("$dir/site.ini", <<"END");
# The options of all plugins here.
[check_ping]
whatever this is
[check_xmpp_ping]
jid = probe\@example.org
password-file = $secret
H = $host
p = $port
ca-file = $ca
w = 5s,20%
c = 6s,60%
; both in one
limit = time_auth,4s,5s
L = time_tls,4s,5s
C = 21,7
timeout = 20s
[another]
j = nobody\@example.org
password-file = $secret
H = $host
p = $port
ca-file = $ca
v =
[broken]
jid = probe\@example.org
colour = red
END
my @same = ('-j', 'probe@example.org', '--password-file', $secret, '-H', $host, '-p', $port, '--ca-file', $ca, '-w', '5s,20%', '-c', '6s,60%',
    '-L', 'time_auth,4s,5s', '-L', 'time_tls,4s,5s', '-C', '21,7', '-t', '20s');

# The output without what was measured.
sub without_figures {
    my ($run) = @_;
    return join '', map {
        s/(=)[\d.]+(s;)/$1#$2/gr =~ s/\b[\d.]+ (?:us|ms|s)\b/# s/gr =~ s/(?<=cert_days=)\d+|\b\d+(?= days)/#/gr
    } $run->stdout;
}

my $plain = Probe->run([@same]);
$plain->is_valid('on the command line');
is $plain->exit, 0, 'the settings are good ones' or diag $plain->explain;
for my $case (
    ['in the file', "--extra-opts=\@$file"],
    ['in the file, as a word of its own', '--extra-opts', "\@$file"],
    ['in the file, with the section named', "--extra-opts=check_xmpp_ping\@$file"],
) {
    my ($name, @arguments) = @$case;
    my $run = Probe->run(\@arguments);
    $run->is_valid($name);
    is $run->exit, 0, "$name: exit code" or diag $run->explain;
    is without_figures($run), without_figures($plain), "$name: the same output, byte for byte but for the figures";
}
{
    my $run = Probe->run(['--extra-opts', '-v'], env => { MP_CONFIG_FILE => $file });
    is without_figures($run), without_figures(Probe->run([@same, '-v'])), 'the same by MP_CONFIG_FILE, with one more option';
    link $file, "$dir/nagios-plugins.ini" or die "$dir: $!\n";
    $run = Probe->run(['--extra-opts'], env => { NAGIOS_CONFIG_PATH => "/nonexistent:$dir", MP_CONFIG_FILE => undef });
    is without_figures($run), without_figures($plain), 'the same along NAGIOS_CONFIG_PATH';
    my $other = "$dir/check_other";
    symlink Probe->program, $other or die "$other: $!\n";
    $run = Probe->run(["--extra-opts=\@$file"], program => $other);
    is $run->exit, 3, 'called by another name it takes that for the section';
    like $run->stdout, qr/\Q has no section [check_other]\E/, 'and says that there is none';
}
{
    my $run = Probe->run(["--extra-opts=\@$file", '-j', 'nobody@example.org']);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: not-authorized: /, 'the command line wins';
    $run = Probe->run(['-j', 'nobody@example.org', "--extra-opts=\@$file"]);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: not-authorized: /, 'also from before it';
    $run = Probe->run(["--extra-opts=\@$file", "--extra-opts=another\@$file"]);
    like $run->first, qr/\AXMPP PING CRITICAL - auth: not-authorized: /, 'of two sections the later one wins';
    $run = Probe->run(["--extra-opts=another\@$file", "--extra-opts=\@$file"]);
    is $run->exit, 0, 'whichever that is';
    like $run->long, qr/^mechanism: /m, 'and all are taken';
}

# --- mistakes ---

write_file("$dir/shared.ini", "[check_xmpp_ping]\njid=alice\@example.org\n", 0620);
mkfifo("$dir/fifo", 0600) or die "$dir/fifo: $!\n";
for my $case (
    ['a key that is no option', "broken\@$file", qr{--extra-opts: \Q$file\E:26: --colour: unknown option}],
    ['a section that is not there', "nosuch\@$file", qr{--extra-opts: \Q$file\E has no section \[nosuch\]}],
    ['a file that is not there', "\@$dir/none", qr{--extra-opts: \Q$dir\E/none cannot be opened: No such file or directory}],
    ['a name with a blank at its end', "\@$dir/none ", qr{--extra-opts: \Q$dir\E/none\xe2\x90\xa3 cannot be opened}],
    ['a file that others can write to', "\@$dir/shared.ini", qr{UNKNOWN - --extra-opts: \Q$dir\E/shared\.ini can be written to by group or others}],
    ['a FIFO', "\@$dir/fifo", qr{--extra-opts: \Q$dir\E/fifo is not a regular file}],
    ['no file', '@', qr/--extra-opts: there is no file named behind \@/],
) {
    my ($name, $locator, $like) = @$case;
    my $run = Probe->run(["--extra-opts=$locator"]);
    $run->is_valid($name, perfdata => 0);
    is $run->exit, 3, "$name is UNKNOWN";
    like $run->stdout, $like, "$name: what is wrong, and where";
}

# --- the monitoring plugins' own reading ---

{
    my $other = '/usr/lib/nagios/plugins/check_tcp';
    # In front of it: comments, white space, other sections, and an entry that repeats.
    my $shared = write_file("$dir/shared.ini", <<"END");
# one
; two
[other]
not for us
  [ both ]  # three
  port = 1
hostname= $host
port=$port
verbose =
END
    my $said = qx{$other --extra-opts=both\@$shared 2>&1};
    like $said, qr/^Using service TCP\n.*^TCP OK - .* port \Q$port\E\b/ms, 'check_tcp reads the file so';
    my $run = Probe->run(["--extra-opts=both\@$shared", '-j', 'probe@example.org', '--password-file', $secret, '--ca-file', $ca]);
    is $run->exit, 0, 'and so do we' or diag $run->explain;
    like $run->long, qr/^endpoint \Q$host:$port\E .*connected/m, 'it is the same port';
}

done_testing;
