#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The names of our own conditions in the mouth of a server: each of them, in each place where a server can say a name. None makes
# a run good, and none is taken for the condition that it is the name of.

use strict;
use warnings;
use FindBin;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib "$FindBin::Bin/support";

use Hostile;
use Probe;
use TempDir;

my $SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
my $TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
my $STREAM_ERROR = 'urn:ietf:params:xml:ns:xmpp-streams';

my ($table) = read_file("$FindBin::Bin/../doc/troubleshooting.md") =~ /^<!-- conditions: advice -->\n(.*?)^<!-- end -->/ms;
my @names = $table =~ /^\| `([a-z0-9-]+)` \|/mg;
cmp_ok scalar @names, '>=', 30, 'the names of our own conditions are known';
push @names, 'OK', 'none';

# The name that a connection is there for: the runs against one server come one after the other.
sub name_of { my ($c) = @_; return $names[ ($c->{name} =~ /(\d+)\z/)[0] - 1 ] }

sub failure { my ($name, $text) = @_; return "<failure xmlns='$SASL'><$name/>" . (defined $text ? "<text>$text</text>" : '') . '</failure>' }

# An action that says it, given the connection and the name.
sub says { my ($say) = @_; return sub { my ($c) = @_; $c->in_stream; $say->($c, name_of($c)); $c->close; return 0 } }

my $stream_error = says(sub { my ($c, $name) = @_; $c->stream_error($name) });

# Where: the place, the server's options, the condition that is told, and words that stand in the finding beside the name.
my @places = (
    ['a stream error instead of the first features', { stream => $stream_error }, 'undefined-condition'],
    ['a stream error instead of <proceed/>', { starttls => $stream_error }, 'undefined-condition'],
    ['a stream error instead of the mechanisms', { mode => 'clear', features2 => $stream_error }, 'undefined-condition'],
    ['a stream error in the login', { mode => 'clear', sasl => $stream_error }, 'undefined-condition'],
    ['a stream error behind the login', { mode => 'clear', features3 => $stream_error }, 'undefined-condition'],
    ['a stream error instead of a resource', { mode => 'clear', bind => $stream_error }, 'undefined-condition'],
    ['a stream error instead of a session', { mode => 'clear', wants_session => 1, session => $stream_error }, 'undefined-condition'],
    ['a stream error instead of a pong', { mode => 'clear', ping => $stream_error }, 'undefined-condition'],
    ['the text of a stream error', { stream => says(sub { $_[0]->stream_error('host-unknown', $_[1]) }) }, 'host-unknown'],
    ['another namespace in a stream error',
        { stream => says(sub { $_[0]->send("<stream:error><$_[1] xmlns='urn:example'/></stream:error>") }) }, 'undefined-condition'],
    ['a host to see', { stream => says(sub { $_[0]->stream_error('see-other-host', undef, $_[1]) }) }, 'see-other-host'],
    ['a failure of STARTTLS', { starttls => says(sub { $_[0]->send("<failure xmlns='$TLS'><$_[1]/></failure>") }) }, 'tls-failed', 0],
    ['a SASL failure', { mode => 'clear', sasl => says(sub { $_[0]->send(failure($_[1])) }) }, 'undefined-condition'],
    ['the text of a SASL failure', { mode => 'clear', sasl => says(sub { $_[0]->send(failure('account-disabled', $_[1])) }) },
        'account-disabled'],
    ['SCRAM\'s own error', { mode => 'clear', sasl => says(sub {
        my ($c, $name) = @_;
        $c->send("<challenge xmlns='$SASL'>" . encode_base64("e=$name", '') . '</challenge>');
    }) }, 'not-authorized', 0],
    ['a failure of SASL2', { mode => 'clear', sasl => says(sub {
        my ($c, $name) = @_;
        $c->send("<failure xmlns='urn:xmpp:sasl:2'><$name xmlns='$SASL'/><text>$name</text></failure>");
    }) }, 'not-xmpp', 0],
    ['an element of the stream', { mode => 'clear', features2 => says(sub { $_[0]->send("<$_[1] xmlns='urn:example'/>") }) }, 'not-xmpp'],
    ['an error instead of a resource', { mode => 'clear', bind => says(sub { $_[0]->iq_error($_[1]) }) }, 'bind-failed'],
    ['an error instead of a session', { mode => 'clear', wants_session => 1, session => says(sub { $_[0]->iq_error($_[1]) }) },
        'bind-failed'],
);

sub start {
    my ($server, @arguments) = @_;
    my @tls = $server->{mode} eq 'clear' ? ('--tls=none') : ('--ca-file', $server->ca_file);
    return Probe->start(['-j', 'alice@example.org', '-H', $server->host, '-p', $server->port, '-o', 'json', @tls, @arguments],
        env => { CHECK_XMPP_PING_PASSWORD => 'secret' });
}

my @servers = map { Hostile->new(%{ $_->[1] }) } @places;
for my $name (@names) {
    my @runs = map { start($_, '-n', 1) } @servers;
    subtest "'$name'" => sub {
        for my $i (0 .. $#places) {
            my ($place, undef, $condition, $told) = @{ $places[$i] };
            my $run = $runs[$i]->finish;
            my $report = eval { JSON::PP->new->utf8->decode($run->stdout) } // {};
            my $passed = is $run->exit, 2, "$place: CRITICAL";
            $passed &= is $report->{condition}, $condition, '  by its own condition';
            $passed &= like $report->{findings}[0]{text}, qr/: .*\b\Q$name\E\b/, '  which has the name as text' if $told // 1;
            diag $run->explain if !$passed;
        }
    };
}

# Answers to pings: all names in one run.
my $answer = sub { my ($c) = @_; $c->iq_error($names[ $c->{pings} - 1 ]); return 1 };
my $worded = sub { my ($c) = @_; $c->iq_error('internal-server-error', ($names[ $c->{pings} - 1 ]) x 3); return 1 };
my $remote = sub { my ($c) = @_; return $c->{to} eq 'b.example' ? $c->iq_error($names[ $c->{errors}++ ]) : $c->iq_result('') };
for my $case (
    ['an answer of the own server', $answer, 0, 'undefined-condition'],
    ['type, text and origin of an answer', $worded, 0, 'internal-server-error'],
    ['an answer of a remote', $remote, 1, 'undefined-condition', '-R', 'b.example'],
) {
    my ($place, $action, $target, $condition, @arguments) = @$case;
    my $server = Hostile->new(mode => 'clear', ping => $action);
    my $run = start($server, '-n', scalar @names, @arguments)->finish;
    my $report = eval { JSON::PP->new->utf8->decode($run->stdout) } // {};
    is $run->exit, 2, "$place: CRITICAL" or diag $run->explain;
    my @errors = map { $_->{error} } @{ $report->{targets}[$target]{pings} };
    is_deeply [map { $_->{condition} } @errors], [($condition) x @names], '  by no condition of ours';
    is_deeply [sort map { $_->{text} } @errors], [sort @names], '  with all the names as text';
}

done_testing;
