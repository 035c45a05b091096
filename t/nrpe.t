#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/nrpe/ in a real NRPE daemon with a real Prosody: check_nrpe has the exit code and the output of the plugin, byte for byte
# but for the figures, and the first line whole in the oldest packets too.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use Test::More;

use lib "$FindBin::Bin/support";

use Family qw(descendants);
use Hostile;
use Nrpe;
use Page;
use Probe;
use Prosody;
use TempDir;

my $password = 'hunter2-hunter2';
my $server = Prosody->new(accounts => { probe => $password });
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n";
my $nrpe = Nrpe->new;
my $program = $nrpe->add('check_xmpp_ping', read_file(Probe->program), 0700);
my $secret = $nrpe->add('password', "$password\n", 0400);
my $ca = $nrpe->add('ca.crt', read_file($server->ca_file));

# --- the file as it is ---

my $page = Page->new('doc/nrpe.md');
my $root = temp_dir();
is $page->install($root, $password), '', 'the commands of the page install the files';
is read_file("$root/etc/check_xmpp_ping.password"), "$password\n", 'the password';
my $text = read_file("$root/etc/nagios/nrpe.d/xmpp_ping.cfg");
my %command = $text =~ /^command\[(\w+)\]=(.*)$/mg;
is join(' ', sort keys %command), 'check_xmpp_ping check_xmpp_ping_federation', 'the commands';
for my $name (sort keys %command) {
    like $command{$name}, qr{\A/usr/lib/nagios/plugins/check_xmpp_ping -t 8 }, "$name ends before check_nrpe does";
}
is scalar(() = $command{check_xmpp_ping_federation} =~ / -R /g), 4, 'four remotes';

# --- and with what is different here ---

my $way = sprintf '-H 127.0.0.1 -p %d --ca-file %s', $server->port, $ca;
$text =~ s{^(command\[\w+\]=)/usr/lib/nagios/plugins/check_xmpp_ping(.*)}{$1$program$2 $way}mg;
$text =~ s{/etc/check_xmpp_ping\.password}{$secret}g;
$text =~ s/(-R \w+=)\S+/$1example.org/g;
my $port = $silent->sockport;
$text .= "command[silent]=$program -t 2 -j probe\@example.org --password-file $secret -H 127.0.0.1 -p $port\n";
%command = $text =~ /^command\[(\w+)\]=(.*)$/mg;

# One that says more than a first line can hold.
my $words = Hostile->new(user => 'probe', password => $password, ping => [stream_error => 'policy-violation', 'what a server can say at length, ' x 20]);
my $words_ca = $nrpe->add('words.crt', read_file($words->ca_file));
$text .= $text =~ /^command\[check_xmpp_ping_federation\](=.*)$/m ? 'command[words]' . ($1 =~ s/-p \d+/-p @{[$words->port]}/r =~ s/\Q$ca\E/$words_ca/r) . "\n" : '';
$nrpe->start($text);

# The output without its figures.
sub figureless { return $_[0] =~ s/-?\d+(?:\.\d+)?(?= us| ms| s\b)|(?<==)-?\d+\.\d+(?=s)/N/gr =~ s/N (?:us|ms|s)\b/N/gr }

sub is_carried {
    my ($name, $exit, $state) = @_;
    my @arguments = split / /, $command{$name};
    shift @arguments;
    my ($code, $output) = $nrpe->check($name);
    is $code, $exit, "$name, $state: exit code";
    like $output, qr/\AXMPP PING $state - [^|\n]+ \| \S/, "$name, $state: the line";
    return ($output, \@arguments);
}

{
    my ($command, $shown) = $page->block('console', 'check_nrpe') =~ /\A\$ ([^\n]*)\n(.*)\z/s;
    is scalar($command =~ s/-H 192\.0\.2\.7/-H 127.0.0.1 -p $nrpe->{port}/), 1, 'the command of the page asks the daemon';
    is shape(Page::run($command)), shape($shown), 'and prints what it shows';
}

for my $case ([0, 'OK'], [2, 'CRITICAL']) {
    my ($exit, $state) = @$case;
    $server->stop if $exit;
    for my $name (sort grep { !/silent|words/ } keys %command) {
        my ($output, $arguments) = is_carried($name, $exit, $state);
        # The password file must be readable for the direct run, whoever it belongs to.
        my $run = Probe->run([map { $_ eq $secret ? password_file($password) : $_ } @$arguments]);
        is $run->exit, $exit, "$name, $state: run directly, the same exit code";
        is figureless($output), figureless($run->stdout), "$name, $state: and the same bytes but for the figures";
        my ($old_exit, $old) = $nrpe->check($name, '-2');
        my ($first) = split /\n/, $old;
        is $old_exit, $exit, "$name, $state, in version 2 packets: exit code";
        is figureless($first), figureless($run->first), "$name, $state, in version 2 packets: the whole first line";
        cmp_ok length $first, '<', 1000, "$name, $state: the first line is below 1,000 bytes";
    }
}

# --- the longest line ---
{
    my ($old_exit, $old) = $nrpe->check('words', '-2');
    my ($first) = split /\n/, $old;
    is $old_exit, 2, 'the longest sentence and four remotes, in version 2 packets: exit code';
    like $first, qr/\AXMPP PING CRITICAL - [^|]*policy-violation[^|]*\.\.\. \| .* cert_days=\d+\z/, 'the whole first line, whose sentence was cut';
    cmp_ok length $first, '<', 1000, 'below 1,000 bytes';
    note length $first, " bytes: $first";
}

# --- a silent server ---

my ($exit, $output, $seconds) = $nrpe->check('silent');
is $exit, 2, 'a silent server: CRITICAL';
like $output, qr/\AXMPP PING CRITICAL - stream: deadline: no answer from [\d.:]+, which takes connections and says nothing \| rtt=U/, 'with the plugin\'s line, not check_nrpe\'s';
is shape($output =~ s/\n.*//sr), shape($page->block('text', 'deadline')), 'as the page shows it';
cmp_ok $seconds, '<', 9, 'before check_nrpe gives up';
$nrpe->daemon->wait_until(sub { !grep { read_file("/proc/$_/cmdline") =~ /\A\Q$program\E\0/ } descendants($nrpe->daemon->pid) }, 20, 'end the plugin');
$nrpe->stop;
pass 'and nothing is left';

is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
