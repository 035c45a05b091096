#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The completion that is installed, asked as bash asks it: a command line up to the cursor, and the words that come back.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use TempDir;

my $script = ($ENV{OBJECTS} // "$FindBin::Bin/../obj") . '/check_xmpp_ping.bash';
my $file = write_file(temp_dir() . '/x.conf', <<'END');
defaults = { password_file = "none"; };
profiles = {
    near = { jid = "example.org"; };
    far = { jid = "a@example.org"; };
    nearby = { jid = "example.org"; warning = 20; };
};
END

# What the words, as bash splits them, are completed by.
sub completed {
    my (@words) = @_;
    my $cursor = @words;
    open my $bash, '-|', 'bash', '-c', <<'END', 'bash', $script, Probe->program, @words or die "bash: $!\n";
. "$1"
shift
compopt() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_check_xmpp_ping
[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
END
    my @replies = map { chomp; $_ } <$bash>;
    close $bash or die "bash: $?\n";
    return "@replies";
}

for my $case (
    [['--require-m'], '--require-mechanism='],
    [['--offers'], '--offers= --offers-not='],
    [['--tls', '=', 's'], 'starttls'],
    [['-o', ''], 'nagios json prometheus'],
    [['--login', '='], 'auto sasl2 rfc6120'],
    [['--require-mechanism', '=', 'SCRAM-SHA-1'], 'SCRAM-SHA-1-PLUS SCRAM-SHA-1'],
    [['--offers', '=', 's'], 'starttls-required sasl2'],
    [['--offers-not', 'PL'], 'PLAIN'],
    [['-L', 'time_d'], 'time_dns,'],
    [['--limit', '=', 'remotes'], 'remotes_up,'],
    [['--map', '=', 'dns-'], 'dns-not-found= dns-failed='],
    [['-f', $file, '-P', ''], 'far near nearby'],
    [['--config', '=', $file, '--profile', '=', 'n'], 'near nearby'],
    [['--config', $file, '-P', 'fa'], 'far'],
    [['-f', '/nonexistent', '-P', ''], ''],
    [['-j', ''], ''],
) {
    my ($words, $replies) = @$case;
    is completed(@$words), $replies, "@$words";
}

done_testing;
