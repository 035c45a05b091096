#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What each answer to a ping comes to: each condition from the own server, a domain, a bare and a full JID; and whose
# answers count at all. The server is scripted.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Scripted;

sub probe {
    my ($server, $jid, @more) = @_;
    return Probe->run([$server->options($jid), @more], env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
}

# --- conditions ---

# The pinged domain says what comes back: CONDITION.TYPE.example answers so, all others answer well.
my $server = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        my $domain = $ping->{to} =~ s{\A[^@/]*@|/.*}{}gr;
        my ($condition, $type) = $domain =~ /\A([\w-]+)\.([\w-]+)\.example\z/ or return $link->result($ping);
        $condition = '' if $condition eq 'none';
        $link->error($ping, $condition, type => $type, text => 'so it is');
    },
);

# condition, type, and the states: own server, domain and bare JID, full JID
my @table = (
    ['service-unavailable', 'cancel', qw(OK OK CRITICAL)],
    ['service-unavailable', 'modify', qw(OK OK CRITICAL)],
    ['service-unavailable', 'auth', qw(OK OK CRITICAL)],
    ['service-unavailable', 'wait', qw(CRITICAL CRITICAL CRITICAL)],
    ['feature-not-implemented', 'cancel', qw(OK OK OK)],
    ['feature-not-implemented', 'modify', qw(OK OK OK)],
    ['feature-not-implemented', 'wait', qw(CRITICAL CRITICAL CRITICAL)],
    ['remote-server-not-found', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['remote-server-timeout', 'wait', qw(CRITICAL CRITICAL CRITICAL)],
    ['remote-server-timeout', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['item-not-found', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['recipient-unavailable', 'wait', qw(CRITICAL CRITICAL CRITICAL)],
    ['gone', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['forbidden', 'auth', qw(CRITICAL WARNING WARNING)],
    ['not-allowed', 'cancel', qw(CRITICAL WARNING WARNING)],
    ['not-authorized', 'auth', qw(CRITICAL WARNING WARNING)],
    ['policy-violation', 'modify', qw(CRITICAL WARNING WARNING)],
    ['policy-violation', 'wait', qw(CRITICAL WARNING WARNING)],
    ['registration-required', 'auth', qw(CRITICAL WARNING WARNING)],
    ['subscription-required', 'auth', qw(CRITICAL WARNING WARNING)],
    ['not-acceptable', 'modify', qw(CRITICAL WARNING WARNING)],
    ['redirect', 'modify', qw(CRITICAL WARNING WARNING)],
    ['jid-malformed', 'modify', qw(UNKNOWN UNKNOWN UNKNOWN)],
    ['bad-request', 'modify', qw(UNKNOWN UNKNOWN UNKNOWN)],
    ['conflict', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['internal-server-error', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['resource-constraint', 'wait', qw(CRITICAL CRITICAL CRITICAL)],
    ['undefined-condition', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['unexpected-request', 'wait', qw(CRITICAL CRITICAL CRITICAL)],
    ['of-my-own', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['none', 'cancel', qw(CRITICAL CRITICAL CRITICAL)],
    ['forbidden', 'unheard-of', qw(CRITICAL WARNING WARNING)],
);

sub check_cell {
    my ($what, $label, $run, $name, $condition, $state) = @_;
    subtest "$what: $state" => sub {
        $run->is_valid('it');
        is $run->state, $state, 'the state';
        my $line = (grep { /\A\Q$name\E: / } split /\n/, $run->long)[0] // '';
        like $line, qr/\A\Q$name\E: $state, /, "the target's line has the state";
        if ($state eq 'OK') {
            like $line, qr/answers, no ping support/, 'that it has no ping support is said';
            like $run->metric("${label}rtt"), qr/\A0\.\d/, 'its time is an RTT';
        } else {
            my $shown = $condition eq 'none' ? 'undefined-condition' : $condition;
            like $run->text, qr/\Q$shown\E/, 'the first line has the condition';
            like $line, qr/\Q$shown\E.*so it is/, "the target's line has the text";
        }
        is $run->metric("${label}rtt"), 'U', 'its time is no RTT' if $condition =~ /\Aremote-server/;
        # not-allowed may be the own server's word about all that lies elsewhere
        my $up = $state =~ /OK|WARNING/ && $condition ne 'not-allowed' ? 1 : 0;
        is $run->metric('remotes_up'), $up, 'whether it is up' if $label ne '';
        my $answers = $label ne '' ? $up : $state eq 'OK';
        is $run->metric("${label}loss"), $answers ? '0' : 'U', 'an error is an answer if it is its own, else there is no loss to know';
        like $line, $answers ? qr/3 of 3 answered/ : qr/: $state, 3 errors/, 'its line counts so, too';
    } or diag $run->explain;
    return;
}

for (@table) {
    my ($condition, $type, $own, $bare, $full) = @$_;
    my $domain = "$condition.$type.example";
    check_cell("$condition, $type, own server", '', probe($server, "alice\@$domain"), $domain, $condition, $own);
    for (['domain', $domain, $bare], ['bare JID', "bob\@$domain", $bare], ['full JID', "bob\@$domain/x", $full]) {
        my ($what, $jid, $state) = @$_;
        my $run = probe($server, 'alice@own.example', '-R', "it=$jid");
        check_cell("$condition, $type, $what", 'it_', $run, $jid, $condition, $state);
    }
}

for (['domain', 'good.example'], ['bare JID', 'bob@good.example'], ['full JID', 'bob@good.example/x']) {
    my ($what, $jid) = @$_;
    my $run = probe($server, 'alice@own.example', '-R', "it=$jid");
    is $run->state, 'OK', "result, $what: OK" or diag $run->explain;
    is $run->metric('remotes_up'), 1, 'and it is up';
}

my $mapped = probe($server, 'alice@own.example', '-R', 'it=forbidden.auth.example', '--map=forbidden=CRITICAL');
is $mapped->state, 'CRITICAL', '--map changes the state of an answer' or diag $mapped->explain;

# --- who made the error ---

my $by = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        my ($who) = $ping->{to} =~ /\A(own|remote|third)\./ or return $link->result($ping);
        my %by = (own => 'home.example', remote => $ping->{to}, third => 'third.example');
        $link->error($ping, 'forbidden', type => 'auth', by => $by{$who}, text => "a \x{7f}|\$(b) 'c'");
    },
);
for (['own', 'home.example', 0], ['remote', 'remote.example', 1], ['third', 'third.example', 1]) {
    my ($who, $name, $up) = @$_;
    my $run = probe($by, 'alice@home.example', '-R', "it=$who.example");
    $run->is_valid("an error by $name");
    like $run->text, qr/forbidden: by \Q$name\E/, 'the first line has its origin';
    is $run->metric('remotes_up'), $up, $up ? 'the remote is up' : 'the own server has said it: the remote is not up'
        or diag $run->explain;
}
{
    my $run = probe($server, 'alice@home.example', '-R', 'it=remote-server-not-found.cancel.example');
    like $run->long, qr/remote-server-not-found: by home\.example/, "remote-server-not-found is the own server's word"
        or diag $run->explain;
}

# --- whose answers count ---

# The domain names what the server does before, or instead of, the right answer.
my %trick = (
    reflect => sub { my ($link, $ping) = @_; $link->answer($ping, 'get', '<ping xmlns="urn:xmpp:ping"/>') },
    set => sub { my ($link, $ping) = @_; $link->answer($ping, 'set', '<ping xmlns="urn:xmpp:ping"/>') },
    stranger => sub { my ($link, $ping) = @_; $link->result($ping, 'mallory@evil.example') },
    resource => sub { my ($link, $ping) = @_; $link->result($ping, "$ping->{to}/other") },
    nobody => sub { my ($link, $ping) = @_; $link->result($ping, '') },
    server => sub { my ($link, $ping) = @_; $link->result($ping, $link->domain) },
    account => sub { my ($link, $ping) = @_; $link->result($ping, 'alice@' . $link->domain) },
    session => sub { my ($link, $ping) = @_; $link->result($ping, 'alice@' . $link->domain . '/probe') },
    upper => sub { my ($link, $ping) = @_; $link->result($ping, uc $ping->{to}) },
    wrong => sub { my ($link, $ping) = @_; $link->result({ %$ping, id => "$ping->{id}x" }) },
    untyped => sub { my ($link, $ping) = @_; $link->say(qq{<iq id="$ping->{id}" from="$ping->{to}"/>}) },
    message => sub { my ($link, $ping) = @_; $link->say(qq{<message type="result" id="$ping->{id}" from="$ping->{to}"/>}) },
    silent => sub { },
);
my $tricky = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        my ($trick, $then) = $ping->{to} =~ /(\w+)\.(then|only)\.example\z/;
        ($trick, $then) = $ping->{to} =~ /(\w+)\.(then|only)\.example/i if !$trick;
        $trick{ lc $trick }->($link, $ping) if $trick;
        $link->result($ping) if !$trick || $then eq 'then';
    },
);

# behaviour, to what, whether the trick alone is an answer, and what -v counts for each ping
my @senders = (
    ['reflect', 'own', 0, 'reflected'],
    ['reflect', 'remote', 0, 'reflected'],
    ['set', 'remote', 0, 'reflected'],
    ['stranger', 'own', 0, 'from strangers'],
    ['stranger', 'remote', 0, 'from strangers'],
    ['resource', 'remote', 0, 'from strangers'],
    ['resource', 'bare', 0, 'from strangers'],
    ['nobody', 'own', 1],
    ['nobody', 'remote', 0, 'from strangers'],
    ['server', 'own', 1],
    ['server', 'remote', 0, 'from strangers'],
    ['account', 'own', 1],
    ['account', 'remote', 0, 'from strangers'],
    ['session', 'own', 0, 'from strangers'],
    ['upper', 'own', 1],
    ['upper', 'remote', 1],
    ['upper', 'bare', 1],
    ['wrong', 'own', 0, 'not asked for'],
    ['untyped', 'own', 0],
    ['message', 'own', 0],
    ['silent', 'own', 0],
);

sub run_trick {
    my ($trick, $to, $then, @more) = @_;
    my $domain = "$trick.$then.example";
    return probe($tricky, "alice\@$domain", '-n', 2, '-v', @more) if $to eq 'own';
    my $jid = $to eq 'bare' ? "bob\@$domain" : $domain;
    return probe($tricky, 'alice@home.example', '-R', "it=$jid", '-n', 2, '-v', @more);
}

for (@senders) {
    my ($trick, $to, $counts, $ignored) = @$_;
    my $label = $to eq 'own' ? '' : 'it_';
    my $alone = run_trick($trick, $to, 'only', $counts ? () : '--ping-timeout=50ms');
    is $alone->state, $counts ? 'OK' : 'CRITICAL', "$trick, $to: alone it " . ($counts ? 'counts' : 'does not count')
        or diag $alone->explain;
    is $alone->metric("${label}loss"), $counts ? 0 : 100, 'and so is the loss';
    like $alone->text, qr/ping-timeout/, 'the line says ping-timeout' if !$counts;
    next if $counts || !$ignored;
    my $before = run_trick($trick, $to, 'then');
    is $before->state, 'OK', "$trick, $to: the right answer behind it counts" or diag $before->explain;
    like $before->long, qr/^ignored: 2 \Q$ignored\E$/m, "-v tells: $ignored" or diag $before->explain;
}
{
    my $run = run_trick('silent', 'own', 'then');
    unlike $run->long, qr/^ignored/m, 'nothing ignored, nothing told';
}

# --- twice and late ---

my $slow = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        if ($ping->{to} eq 'twice.example') {
            $link->result($ping) for 1 .. 3;
        } elsif ($ping->{to} eq 'late.example') {
            # The first answer comes while the second ping waits; it must not be taken for the second's.
            $link->after($ping->{number} == 1 ? 2.4 : 1.2, sub { $link->result($ping) });
        } elsif ($ping->{to} eq 'first.example') {
            $link->after($ping->{number} == 1 ? 2 : 0, sub { $link->result($ping) });
        } elsif ($ping->{to} eq 'error.example') {
            $link->error($ping, 'forbidden');
            $link->result($ping);
        } elsif ($ping->{to} eq 'some.example') {
            $link->result($ping) if $ping->{number} != 2;
        } else {
            $link->result($ping);
        }
    },
);
{
    my $run = probe($slow, 'alice@twice.example', '-n', 3, '-v');
    is $run->state, 'OK', 'answered three times: OK';
    like $run->long, qr/^ignored: [456] answered twice or too late$/m, 'the second answers are counted' or diag $run->explain;
    is $run->metric('loss'), 0, 'and are no more than answers';
}
{
    my $run = probe($slow, 'alice@home.example', '-R', 'it=late.example', '-n', 2, '--ping-timeout=2s', '-v');
    is $run->state, 'WARNING', 'a late answer is none' or diag $run->explain;
    is $run->metric('it_loss'), 50, 'half of the pings is lost';
    cmp_ok $run->metric('it_rtt'), '>=', 1.2, 'the late answer was not taken for the next one';
    is $run->metric('it_first'), 'U', 'the first ping has no RTT';
    like $run->long, qr/^ignored: 1 answered twice or too late$/m, 'it is counted' or diag $run->explain;
}
{
    my $run = probe($slow, 'alice@home.example', '-R', 'it=error.example');
    is $run->state, 'WARNING', 'of two answers the first counts' or diag $run->explain;
}
{
    my @options = ('-R', 'it=some.example', '-n', 3, '--ping-timeout=1s');
    my $run = probe($slow, 'alice@home.example', @options);
    is $run->state, 'WARNING', 'some pings unanswered: WARNING' or diag $run->explain;
    like $run->text, qr/\Asome\.example: loss 33\.33%, 1 of 3 pings unanswered/, 'the line says how many';
    is $run->metric('remotes_up'), 1, 'and it is up';
    is probe($slow, 'alice@home.example', @options, '-w', ',50%')->state, 'OK', 'with a range for the loss, that decides';
    is probe($slow, 'alice@home.example', @options, '-c', ',20%')->state, 'CRITICAL', 'also when it is CRITICAL';
}

# --- the first ping ---

for (['alice@first.example', '', 'rtt_first'], ['alice@home.example', 'it_', 'it_first', '-R', 'it=first.example']) {
    my ($jid, $prefix, $first, @options) = @$_;
    my $run = probe($slow, $jid, @options, '-n', 4);
    is $run->state, 'OK', "${prefix}rtt with a slow first ping" or diag $run->explain;
    cmp_ok $run->metric($first), '>=', 2, 'the first stands alone';
    cmp_ok $run->metric("${prefix}rtt"), '<', 0.4, 'the mean is without it';
    cmp_ok $run->metric('rtt_max'), '<', 0.4, 'and so is the maximum';
    my $one = probe($slow, $jid, @options, '-n', 1);
    is $one->metric("${prefix}rtt"), $one->metric($first), 'when there is but one it is the mean';
}

# --- silence and the deadline ---

{
    my $run = probe($tricky, 'alice@home.example', '-R', 'it=silent.only.example', '-R', 'other.example', '-t', '1s');
    $run->is_valid('a silent remote at the deadline');
    is $run->state, 'CRITICAL', 'the state is that of -t' or diag $run->explain;
    like $run->text, qr/\Aping: deadline: after 1 s, pending: silent\.only\.example\z/, 'the line names who was pending';
    isnt $run->metric($_), 'U', "$_ was measured" for qw(rtt rtt_first other_example_rtt other_example_first other_example_beyond);
    is $run->metric($_), 'U', "$_ was not" for qw(it_rtt it_first it_beyond);
    is $run->metric('it_loss'), 100, 'what was sent and not answered is lost';
    is $run->metric('remotes_up'), 1, 'one of them is up';
    like $run->long, qr/^silent\.only\.example: \w+, 0 of 1 answered, 1 pending, 2 not sent$/m, 'and so does its line';
    is probe($tricky, 'alice@home.example', '-R', 'silent.only.example', '-t', '1s:WARNING')->state, 'WARNING',
        '-t gives the state';
}
{
    my $run = probe($tricky, 'alice@home.example', '-R', 'it=silent.only.example', '-n', 2, '--ping-timeout=1s');
    is $run->state, 'CRITICAL', 'all pings unanswered: CRITICAL' or diag $run->explain;
    like $run->text, qr/\Asilent\.only\.example: ping-timeout: none of 2 pings answered\z/, 'the line says so';
    is probe($tricky, 'alice@home.example', '-R', 'silent.only.example', '--ping-timeout=1s', '--map=ping-timeout=OK')->state, 'OK',
        '--map knows ping-timeout';
}

# --- the connection ends between pings ---

my $ending = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        return $link->hang_up if $ping->{to} eq 'kill.example';
        return $link->say('<stream:error><system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>')
            if $ping->{to} eq 'shutdown.example';
        $link->result($ping);
    },
);
for (['kill', 'connection-lost'], ['shutdown', 'system-shutdown']) {
    my ($who, $condition) = @$_;
    my $run = probe($ending, 'alice@home.example', '-R', 'good.example', '-R', "it=$who.example", '-n', 2);
    $run->is_valid("$condition between pings");
    is $run->state, 'CRITICAL', "$condition is CRITICAL";
    is $run->condition, $condition, 'and named' or diag $run->explain;
    isnt $run->metric('rtt'), 'U', 'what was measured is kept';
    is $run->metric('it_rtt'), 'U', 'what was open has no RTT';
    like $run->long, qr/^$who\.example: \w+, 0 of 1 answered, 1 pending/m, 'it is listed as pending' or diag $run->explain;
}

# --- pings that reach the probe ---

# A server that pings its client, says nothing more until it has pongs, and kicks it out when they do not come.
my $jealous = Scripted->new(
    on_ping => sub {
        my ($link, $ping) = @_;
        return $link->result($ping) if $ping->{number} > 1;
        $link->{first} = $ping;
        my $get = '<iq type="get" id="%s" from="%s" to="alice@home.example/probe">%s</iq>';
        $link->say(sprintf $get, 'c2s1', 'home.example', '<ping xmlns="urn:xmpp:ping"/>');
        $link->say(sprintf $get, 'c2s3', 'home.example', '<query xmlns="jabber:iq:version"/>');
        $link->say(sprintf $get, 'c2s2', 'bob@b.example/x', '<ping xmlns="urn:xmpp:ping"/>');
        $link->after(2, sub { $link->{pongs} || $link->hang_up });
    },
    on_answer => sub {
        my ($link, $answer) = @_;
        $link->note(join ' ', $answer->{type}, $answer->{id}, $answer->{to} || '-', $answer->{from} || '-');
        return if $answer->{id} ne 'c2s2';
        $link->{pongs}++;
        $link->result($link->{first});
    },
);
{
    my $run = probe($jealous, 'alice@home.example', '-n', 3);
    is $run->state, 'OK', 'a server that waits for pongs gets them' or diag $run->explain;
    my @notes = $jealous->notes;
    is scalar(grep { $_ eq 'result c2s1 home.example -' } @notes), 1, "the server's ping got its result" or diag "@notes";
    is scalar(grep { $_ eq 'result c2s2 bob@b.example/x -' } @notes), 1, "so did another user's";
    is scalar(grep { $_ eq 'error c2s3 home.example -' } @notes), 1, 'what is no ping is answered by an error' or diag "@notes";
}

# --- a ping right behind the bind ---

{
    my $server = Scripted->new(
        on_ping => sub { my ($link, $ping) = @_; $link->result($ping) },
        on_answer => sub { my ($link, $answer) = @_; $link->note("$answer->{type} $answer->{id}") },
        on_bound => sub { $_[0]->say('<iq type="get" id="early" from="home.example"><ping xmlns="urn:xmpp:ping"/></iq>') },
    );
    Probe->run([$server->options('alice@home.example')], env => { CHECK_XMPP_PING_PASSWORD => 'x' }) for 1 .. 5;
    is scalar(grep { $_ eq 'result early' } $server->notes), 5, 'a ping that comes together with the answer to the bind is answered, each time';
}

done_testing;
