#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Remote JIDs on real servers that federate with each other: domains, accounts, clients, rooms and components, which of
# them count as up, and what the figures of each say.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

BEGIN {
    for my $module (qw(Monitoring::Plugin::Performance Net::DNS)) {
        plan skip_all => "needs the Perl module $module" if !eval "require $module; 1";
    }
}
use Component;
use Daemon qw(free_port);
use Ejabberd;
use NameServer;
use Probe;
use Prosody;
use TempDir;

plan skip_all => 'needs Prosody' if !grep { -x "$_/prosody" } split /:/, $ENV{PATH};
my $has_ejabberd = (() = Ejabberd->libraries) && grep { -x "$_/erl" } split /:/, $ENV{PATH};
my $has_slixmpp = !system q{/usr/bin/python3 -c "import slixmpp" 2>/dev/null};
my $has_anyevent = eval { require AnyEvent::XMPP::Client; 1 };

# --- the world: a.example and b.example on Prosody, c.example on ejabberd ---

my %s2s_port = map { $_ => free_port() } qw(a b c down);
my %srv = map { my ($letter) = /(\w+)\.example\z/; ("_xmpp-server._tcp.$_ SRV" => ["0 5 $s2s_port{$letter} localhost"]) }
    qw(a.example conf.a.example echo.a.example b.example conf.b.example c.example conf.c.example down.example);

my $names = NameServer->scripted(%srv);
my $at = $names->address =~ tr/:/@/r;
my $b = Prosody->new(
    domain => 'b.example', accounts => { bob => 'secret' }, muc => 'conf.b.example',
    s2s => { port => $s2s_port{b}, nameserver => $at },
);
my $a = Prosody->new(
    domain => 'a.example', accounts => { alice => 'secret', carol => 'secret' }, anonymous => 'anon.a.example',
    muc => 'conf.a.example', components => { map { $_ => 'shared' } qw(echo.a.example mute.a.example no.a.example off.a.example) },
    s2s => { port => $s2s_port{a}, nameserver => $at },
);
my $components = Component->new(
    host => $a->host, port => $a->component_port, secret => 'shared',
    behaviour => { 'echo.a.example' => 'result', 'mute.a.example' => 'silent', 'no.a.example' => 'forbidden' },
);
my $c = $has_ejabberd && Ejabberd->new(
    domain => 'c.example', accounts => { dave => 'secret' }, muc => 'conf.c.example',
    s2s => { port => $s2s_port{c}, nameserver => $names->address },
);

sub client {
    my ($program, @arguments) = @_;
    my $client = Daemon->spawn(
        name => $program,
        command => ["$FindBin::Bin/clients/$program", @arguments],
        env => { PASSWORD => 'secret' },
        log => temp_dir() . '/log',
    );
    return $client->wait_until(sub { $client->log_text =~ /^ready$/m }, 60, 'get ready');
}
my $slixmpp = $has_slixmpp
    && client('slixmpp-client', 'bob@b.example/slix', $b->host, $b->port, $b->ca_file, 'room@conf.b.example');
my $anyevent = $has_anyevent && client('anyevent-client', 'carol@a.example/any', $a->host, $a->port);

sub probe_at {
    my ($server, $jid, @more) = @_;
    my $run = Probe->run(
        ['-j', $jid, '-H', $server->host, '-p', $server->port, '--ca-file', $server->ca_file, @more],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' },
    );
    $run->is_valid("$jid @more");
    return $run;
}
sub probe { return probe_at($a, 'alice@a.example', @_) }

# --- figures ---

my $cold = probe('-R', 'far=b.example', '-R', 'near=echo.a.example', '-R', 'Bob@B.Example');
is $cold->state, 'OK', 'a domain, a component and an account' or diag $cold->explain;
is_deeply [$cold->labels], [
    qw(rtt rtt_min rtt_max rtt_first loss),
    (map { my $alias = $_; map { "${alias}_$_" } qw(rtt first loss beyond) } qw(far near bob_b_example)),
    qw(remotes_up time time_dns time_connect time_stream time_tls time_auth time_bind tcp_rtt cert_days),
], 'the labels have the order of the contract, each remote its four';
my $number = qr/-?\d+\.\d{6}/;
for my $alias (qw(far near bob_b_example)) {
    like $cold->perfdata, qr/ ${alias}_rtt=${number}s;;;0;10 ${alias}_first=${number}s;;;0;10 ${alias}_loss=0%;;;0;100 ${alias}_beyond=${number}s;;;;10 /,
        "$alias: units, minimum and maximum";
    cmp_ok $cold->metric("${alias}_first"), '>', 0, 'the first ping stands alone';
    my $beyond = $cold->metric("${alias}_rtt") - $cold->metric('rtt');
    cmp_ok abs($cold->metric("${alias}_beyond") - $beyond), '<', 0.000003, 'beyond is its rtt without the own';
}
like $cold->perfdata, qr/ remotes_up=3;;;0;3 /, 'three of three are up';
like $cold->text, qr/\Aa\.example answers in [\d.]+ [mu]s, 3 of 3 remotes up\z/, 'the line says so';
is_deeply [map { /\A(\S+): OK, 3 of 3 answered/ ? $1 : () } split /\n/, $cold->long],
    [qw(a.example b.example echo.a.example Bob@B.Example)], 'a line for each, in their order';

my $warm = probe('-R', 'far=b.example', '-n', 1);
cmp_ok $cold->metric('far_first'), '>', $warm->metric('far_first'), 'the first of all pings paid for the connection between the servers';
is $warm->metric('far_rtt'), $warm->metric('far_first'), 'with -n 1 the one ping is both';

# --- the table of answers ---

# what, JID, state, what its line has, up, whether its time is an RTT
sub check_table {
    my ($server, $jid, @table) = @_;
    for (@table) {
        my ($what, $remote, $state, $like, $up, $is_rtt) = @$_;
        my $run = probe_at($server, $jid, '-R', "it=$remote", '-n', 2, '--ping-timeout=5s');
        subtest "$jid pings $what: $state" => sub {
            is $run->state, $state, 'the state';
            like $run->long, qr/^\Q$remote\E: $state, .*$like/m, 'its line';
            like $run->text, $state eq 'OK' ? qr/, 1 of 1 remotes up\z/ : qr/\A\Q$remote\E: /, 'the first line';
            is $run->metric('remotes_up'), $up, $up ? 'it is up' : 'it is not up';
            is $run->metric('it_loss'), $up ? 0 : 'U', $up ? 'it answers' : 'errors of others are no answers';
            ($is_rtt ? \&isnt : \&is)->($run->metric('it_rtt'), 'U', $is_rtt ? 'the time is an RTT' : 'the time is no RTT');
        } or diag $run->explain;
    }
    return;
}

my $answered = qr/2 of 2 answered, rtt/;
my $no_support = qr/answers, no ping support, $answered/;
my $offline = qr/service-unavailable: by /;
check_table(
    $a, 'alice@a.example',
    ['its own domain', 'a.example', 'OK', $answered, 1, 1],
    ['its own account', 'alice@a.example', 'OK', $answered, 1, 1],
    ['a local account', 'carol@a.example', 'OK', $answered, 1, 1],
    ['an account that does not exist', 'nobody@a.example', 'OK', $answered, 1, 1],
    ['a client that is offline', 'carol@a.example/gone', 'CRITICAL', $offline, 0, 0],
    ['a local room service', 'conf.a.example', 'OK', $no_support, 1, 1],
    ['a component', 'echo.a.example', 'OK', $answered, 1, 1],
    ["a component's account", 'any@echo.a.example', 'OK', $answered, 1, 1],
    ['a component that refuses', 'no.a.example', 'WARNING', qr/forbidden: by no\.a\.example/, 1, 1],
    ['a component that is not connected', 'off.a.example', 'CRITICAL', qr/: by off\.a\.example: Component unavailable/, 0, 0],
    ['another domain', 'b.example', 'OK', $answered, 1, 1],
    ['an account there', 'bob@b.example', 'OK', $answered, 1, 1],
    ['an account in other letters', 'Bob@B.Example', 'OK', $answered, 1, 1],
    ['an account there that does not exist', 'nobody@b.example', 'OK', $answered, 1, 1],
    ['a client there that is offline', 'bob@b.example/gone', 'CRITICAL', $offline, 0, 0],
    ['a room service there', 'conf.b.example', 'OK', $no_support, 1, 1],
    ['an unreachable domain', 'nowhere.example', 'CRITICAL', qr/remote-server-not-found: by a\.example: .*(?:NXDomain|unable to resolve)/i, 0, 0],
    ['a domain whose server is down', 'down.example', 'CRITICAL', qr/remote-server-[a-z-]+: by \S+: .*connection/i, 0, 0],
);

SKIP: {
    skip 'needs slixmpp', 1 if !$slixmpp;
    check_table(
        $a, 'alice@a.example',
        ['a slixmpp client there', 'bob@b.example/slix', 'OK', $answered, 1, 1],
        ['a room there', 'room@conf.b.example', 'OK', $no_support, 1, 1],
        ['somebody in a room', 'room@conf.b.example/nick', 'WARNING', qr/not-acceptable: by /, 1, 1],
    );
    $slixmpp->stop;
    check_table($a, 'alice@a.example', ['a slixmpp client that has left', 'bob@b.example/slix', 'CRITICAL', $offline, 0, 0]);
}

SKIP: {
    skip 'needs AnyEvent::XMPP', 1 if !$anyevent;
    check_table($a, 'alice@a.example', ['an AnyEvent client', 'carol@a.example/any', 'OK', $answered, 1, 1]);
}

SKIP: {
    skip 'needs ejabberd', 1 if !$c;
    check_table(
        $a, 'alice@a.example',
        ['an ejabberd', 'c.example', 'OK', $answered, 1, 1],
        ['an account there', 'dave@c.example', 'OK', $answered, 1, 1],
        ['an account there that does not exist', 'nobody@c.example', 'OK', $answered, 1, 1],
        ['a client there that is offline', 'dave@c.example/gone', 'CRITICAL', $offline, 0, 0],
        ['a room service there', 'conf.c.example', 'OK', $no_support, 1, 1],
        ['a room there that does not exist', 'room@conf.c.example', 'CRITICAL', qr/item-not-found: by /, 0, 0],
    );
    check_table(
        $c, 'dave@c.example',
        ['its own domain', 'c.example', 'OK', $answered, 1, 1],
        ['a local account', 'dave@c.example', 'OK', $answered, 1, 1],
        ['a client that is offline', 'dave@c.example/gone', 'CRITICAL', $offline, 0, 0],
        ['a local room service', 'conf.c.example', 'OK', $no_support, 1, 1],
        ['a Prosody', 'a.example', 'OK', $answered, 1, 1],
        ['an account there', 'carol@a.example', 'OK', $answered, 1, 1],
        ['an account in other letters', 'Carol@A.Example', 'OK', $answered, 1, 1],
        ['a component there', 'echo.a.example', 'OK', $answered, 1, 1],
        ['a domain whose server is down', 'down.example', 'CRITICAL', qr/remote-server-[a-z-]+: by /, 0, 0],
    );
    my $run = $anyevent && probe_at($c, 'dave@c.example', '-R', 'it=carol@a.example/any');
    is $run && $run->state, $anyevent ? 'OK' : $run, 'an ejabberd user pings an AnyEvent client on Prosody';
}

# --- an ANONYMOUS user ---

{
    my $run = Probe->run(
        ['-j', 'anon.a.example', '-H', $a->host, '-p', $a->port, '--insecure', '-R', 'far=b.example', '-R', 'own=anon.a.example'],
    );
    $run->is_valid('ANONYMOUS');
    is $run->state, 'WARNING', 'an ANONYMOUS user may not ping another domain' or diag $run->explain;
    like $run->text, qr/\Ab\.example: not-allowed: by b\.example/, 'the line says who refuses';
    is $run->metric('remotes_up'), 1, 'which is not known to be the remote: only the other one counts as up';
    isnt $run->metric('own_rtt'), 'U', 'but its own';
}

# --- --min-alive ---

my @two_of_three = ('-R', 'far=b.example', '-R', 'near=echo.a.example', '-R', 'off=off.a.example');
for (
    ['all must be up, one is missing', 'CRITICAL', qr/\Aoff\.a\.example: /, @two_of_three],
    ['two must be up and two are', 'WARNING', qr/\Aoff\.a\.example: /, @two_of_three, '-m', 2],
    ['one must be up and two are', 'WARNING', qr/\Aoff\.a\.example: /, @two_of_three, '-m', 1],
    ['three must be up and two are', 'CRITICAL', qr/\Aremotes: 2 of 3 up, 3 needed/, @two_of_three, '-m', 3],
    ['one must be up and all are', 'OK', qr/, 2 of 2 remotes up\z/, @two_of_three[0 .. 3], '-m', 1],
    ['all must be up and are', 'OK', qr/, 2 of 2 remotes up\z/, @two_of_three[0 .. 3], '-m', 2],
    ['one that refuses is up', 'WARNING', qr/\Ano\.a\.example: forbidden/, '-R', 'no.a.example', '-m', 1],
    ['none is up', 'CRITICAL', qr/\Aremotes: 0 of 1 up, 1 needed/, '-R', 'off.a.example', '-m', 1],
) {
    my ($what, $state, $like, @options) = @$_;
    my $run = probe(@options);
    is $run->state, $state, "-m: $what: $state" or diag $run->explain;
    like $run->text, $like, 'the line says why';
}

# --- silence ---

{
    my $run = probe('-R', 'far=b.example', '-R', 'mute=mute.a.example', '-n', 2, '--ping-timeout=2s', '-t', 60);
    is $run->state, 'CRITICAL', 'a component that is silent' or diag $run->explain;
    like $run->text, qr/\Amute\.a\.example: ping-timeout: none of 2 pings answered\z/, 'the line names it';
    is $run->metric('mute_loss'), 100, 'all of its pings are lost';
    is $run->metric('mute_rtt'), 'U', 'it has no RTT';
    is $run->metric('remotes_up'), 1, 'the other is up';
    cmp_ok $run->elapsed, '<', 30, '--ping-timeout ends it before the deadline';
}
{
    my $run = probe('-R', 'far=b.example', '-R', 'mute=mute.a.example', '-R', 'near=echo.a.example', '-t', '2s');
    is $run->state, 'CRITICAL', 'the deadline with one pending' or diag $run->explain;
    like $run->text, qr/\Aping: deadline: after 2 s, pending: mute\.a\.example\z/, 'the line names it and no other';
    for my $alias (qw(far near)) {
        isnt $run->metric("${alias}_$_"), 'U', "${alias}_$_ is kept" for qw(rtt first beyond);
        is $run->metric("${alias}_loss"), 0, 'without loss';
    }
    is $run->metric('remotes_up'), 2, 'two are up';
    like $run->long, qr/^mute\.a\.example: UNKNOWN, 0 of 1 answered, 1 pending, 2 not sent$/m, 'its line says how far it came';
    like $run->long, qr/^b\.example: OK, 3 of 3 answered, rtt /m, "the others' say all";
}

done_testing;
