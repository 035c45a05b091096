# SPDX-License-Identifier: GPL-3.0-or-later
# What servers can do wrong, where, and what the probe has to say to it: each phase times each misdeed, and what can only be done
# in one place. run_misdeeds() runs them side by side, each with a server (Hostile.pm) and a probe of its own.
package Misdeeds;

use strict;
use warnings;

use Exporter 'import';
use MIME::Base64 qw(decode_base64 encode_base64);
use Test::More import => [qw(cmp_ok diag is like ok subtest unlike)];
use Time::HiRes qw(sleep);

use Certificates;
use Hostile;
use Probe;
use Readme qw(readme_says);
use TempDir;

our @EXPORT_OK = qw(phases_times_misdeeds special_misdeeds sasl2_misdeeds misdeeds_without_login run_misdeeds);

my $sanitized = grep { /asan/ } Probe->program;

use constant PASSWORD => 'correct horse';

# Seconds: of a run that shall end at its deadline, of one that shall not get there, and what ending may take.
my $STRUCK = $sanitized ? 8 : 4;
use constant NOT_STRUCK => 30;
my $PATIENCE = $sanitized ? 30 : 15;

# Of the program and its child: KiB of memory, and seconds of CPU time that one may take that only waits.
use constant MEMORY_MOST => 64 * 1024;
my $WAITING_CPU_MOST = $sanitized ? 5 : 1;

# The phase that the probe names.
my %NAMED = (
    accept => 'stream', stream => 'stream', features => 'stream', starttls => 'tls', tls => 'tls', sasl => 'auth', bind => 'bind',
    session => 'bind', ping => 'ping'
);

# The condition of each pair; "ok": the probe is through and does not care.
my $TABLE = <<'END';
misdeed         accept          stream          features        starttls        tls        sasl            bind            session         ping            close
silence         deadline        deadline        deadline        deadline        deadline   deadline        deadline        deadline        deadline        ok
drip            deadline        deadline        deadline        deadline        deadline   deadline        deadline        deadline        deadline        ok
reset           connection-lost connection-lost connection-lost connection-lost tls-failed connection-lost connection-lost connection-lost connection-lost ok
close           connection-lost connection-lost connection-lost connection-lost tls-failed connection-lost connection-lost connection-lost connection-lost ok
garbage         not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
http            not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
bad_xml         not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
invalid_utf8    not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
nul             not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
entity_bomb     not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
huge_stanza     not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        flooded         ok
deep_nesting    not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
flood           not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        flooded         flooded         ok              ok
wrong_namespace not-xmpp        not-xmpp        not-xmpp        not-xmpp        tls-failed not-xmpp        not-xmpp        not-xmpp        not-xmpp        ok
stream_error    system-shutdown system-shutdown system-shutdown system-shutdown tls-failed system-shutdown system-shutdown system-shutdown system-shutdown ok
see_other_host  see-other-host  see-other-host  see-other-host  see-other-host  tls-failed see-other-host  see-other-host  see-other-host  see-other-host  ok
END

# Arguments of those that have some.
my %ARGUMENTS = (
    huge_stanza => [100],           # MB
    deep_nesting => [200_000],      # levels
    flood => [10_000],              # a second
    stream_error => ['system-shutdown', 'in words'],
);

# What can only be done in one place: what, the server's options, phase, condition; then, as far as they differ, the
# probe's arguments (arguments), whether a login may be tried (login 1), and whether there is little to do but to wait (waits 1);
# slow 1: AddressSanitizer looks at each byte again and again where others take 0.3 s, and is spared.
my @SPECIAL = (
    ['plaintext injected behind <proceed/>', { starttls => 'injected' }, 'tls', 'tls-failed'],
    ['an unfinished element injected', { starttls => [injected => '<stream:features><mech'] }, 'tls', 'tls-failed'],
    ['a success injected', { starttls => [injected => "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"] }, 'tls', 'tls-failed'],
    ['a stream error injected', { starttls => [injected => '<stream:error/>'] }, 'tls', 'tls-failed'],
    ['STARTTLS stripped, mechanisms offered', { features => 'no_starttls' }, 'tls', 'starttls-missing'],
    ['STARTTLS stripped, nothing offered', { features => 'empty_features' }, 'tls', 'starttls-missing'],
    ['STARTTLS refused', { starttls => 'starttls_failure' }, 'tls', 'tls-failed'],
    ['a certificate that nobody has signed', { certificate => 'self_signed' }, 'tls', 'cert-untrusted'],
    ['a certificate of an unknown authority', { certificate => 'unknown_ca' }, 'tls', 'cert-untrusted'],
    ['a certificate for another name', { certificate => 'wrong_name' }, 'tls', 'cert-hostname'],
    ['a certificate that has expired', { certificate => 'expired' }, 'tls', 'cert-expired'],
    ['an entity bomb behind TLS', { stream2 => 'entity_bomb' }, 'stream', 'not-xmpp'],
    ['an entity bomb behind the login', { stream3 => 'entity_bomb' }, 'stream', 'not-xmpp', login => 1],
    ['HTTP behind direct TLS', { mode => 'direct', stream2 => 'http' }, 'stream', 'not-xmpp', arguments => ['--tls=direct']],
    ['a wrong namespace behind TLS', { stream2 => 'wrong_namespace' }, 'stream', 'not-xmpp'],
    ['a text of a million pieces', { features => sub { $_[0]->send('<a>' . '&amp;' x 1_000_000) } }, 'stream', 'not-xmpp',
        slow => 1],
    ['a million attributes', { features => sub { $_[0]->send('<a' . join '', map { " a$_=''" } 1 .. 1_000_000) } }, 'stream', 'not-xmpp'],
    ['a name of a million bytes', { features => sub { $_[0]->send('<' . 'a' x 1_000_000) } }, 'stream', 'not-xmpp'],
    ['renegotiation during SASL', { sasl => 'renegotiate', tls_options => { SSL_version => 'TLSv1_2' } }, 'tls', 'tls-failed', login => 1],
    ['renegotiation during bind', { bind => 'renegotiate', tls_options => { SSL_version => 'TLSv1_2' } }, 'tls', 'tls-failed', login => 1],
    ['renegotiation with a pong', { ping => 'renegotiate', tls_options => { SSL_version => 'TLSv1_2' } }, 'tls', 'tls-failed', login => 1],

    ['mechanisms downgraded to PLAIN', { mechanisms => ['PLAIN'] }, 'auth', 'mechanism-downgraded', arguments => ['--require-mechanism=SCRAM-SHA-256']],
    ['mechanisms downgraded to SCRAM without binding', { mechanisms => ['SCRAM-SHA-1'] }, 'auth', 'mechanism-downgraded',
        arguments => ['--require-mechanism=SCRAM-SHA-256-PLUS', '--require-mechanism=SCRAM-SHA-256']],
    ['mechanisms that nobody knows', { mechanisms => ['X-ROT13'] }, 'auth', 'no-mechanism'],
    ['mechanisms taken away', { features2 => 'empty_features' }, 'auth', 'no-mechanism'],

    # who does not know the password is not healthy
    ['SCRAM with 2,000,000,000 iterations', { scram => { iterations => 2_000_000_000 } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM with 2^64 iterations', { scram => { iterations => '18446744073709551616' } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM with no iteration', { scram => { iterations => 0 } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM with -1 iterations', { scram => { iterations => -1 } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM with a salt of 1,000 bytes', { scram => { salt => 's' x 1000 } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM with a salt of 100,000 bytes', { scram => { salt => 's' x 100_000 } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM with a salt that is no base64', { scram => { salt64 => '!!!!' } }, 'auth', 'server-not-authenticated', login => 1],
    ['SCRAM without a salt', { scram => { salt64 => '' } }, 'auth', 'server-not-authenticated', login => 1],
    ['a nonce that is not ours', { scram => { nonce => sub { 'another' } } }, 'auth', 'server-not-authenticated', login => 1],
    ['our nonce and nothing more', { scram => { nonce => sub { $_[0] } } }, 'auth', 'server-not-authenticated', login => 1],
    ['our nonce cut short', { scram => { nonce => sub { substr $_[0], 0, -1 } } }, 'auth', 'server-not-authenticated', login => 1],
    ['our nonce behind another', { scram => { nonce => sub { "another$_[0]" } } }, 'auth', 'server-not-authenticated', login => 1],
    ['a wrong server signature', { scram => { signature => 'x' x 32 } }, 'auth', 'server-not-authenticated', login => 1],
    ['a wrong signature and a challenge of its own', { scram => { signature => 'x' x 32, final => 'challenge' } }, 'auth',
        'server-not-authenticated', login => 1],
    ['a signature cut short', { scram => { signature => 'x' } }, 'auth', 'server-not-authenticated', login => 1],
    ['an empty signature', { scram => { signature => '' } }, 'auth', 'server-not-authenticated', login => 1],
    ['success without the final message', { scram => { final => 'none' } }, 'auth', 'server-not-authenticated', login => 1],
    ['success in place of the first challenge', { sasl => 'success' }, 'auth', 'server-not-authenticated', login => 1],
    ['success with a signature, without a challenge', { sasl => [success => encode_base64('v=' . encode_base64('x' x 32, ''), '')] },
        'auth', 'server-not-authenticated', login => 1],
    ['success in place of the first features', { features => 'success' }, 'auth', 'server-not-authenticated'],
    ['success in place of <proceed/>', { starttls => 'success' }, 'auth', 'server-not-authenticated'],
    ['success in place of the mechanisms', { features2 => 'success' }, 'auth', 'server-not-authenticated'],
    ['success of the other login in place of the first features', { features => 'other_success' }, 'auth', 'server-not-authenticated'],
    ['success of the other login in place of the mechanisms', { features2 => 'other_success' }, 'auth', 'server-not-authenticated'],
    ['success of the other login in place of the first challenge', { sasl => 'other_success' }, 'auth', 'server-not-authenticated', login => 1],
    ['success together with the mechanisms', { features2 => 'hasty_success' }, 'auth', 'server-not-authenticated', login => 1],
    ['a second success', { features3 => 'success' }, 'auth', 'server-not-authenticated', login => 1],
    ['challenges of garbage', { sasl => [challenge => "\xff\0\x01", 'x'] }, 'auth', 'server-not-authenticated', login => 1],

    ['the login refused behind the login', { ping => sub { my ($c) = @_; $c->sasl_failure('not-authorized'); $c->iq_result(''); return 1 } },
        'ping', 'not-xmpp', login => 1],
    ['a challenge behind the login', { ping => sub { my ($c) = @_; $c->challenge('x'); $c->iq_result(''); return 1 } },
        'ping', 'not-xmpp', login => 1],

    ['pings whose answers nobody takes', { ping => 'deaf' }, 'ping', 'flooded', login => 1],

    # who says again what it was told
    ['PLAIN told again', { mechanisms => ['PLAIN'], sasl => 'echo' }, 'auth', 'not-authorized', login => 1],
    ['SCRAM told again', { sasl => 'echo' }, 'auth', 'not-authorized', login => 1],
    ['PLAIN told again, cut by the end of a record', { mechanisms => ['PLAIN'], sasl => [echo => 130] }, 'auth', 'not-authorized', login => 1],
);

# What only SASL2 (XEP-0388) and Bind 2 (XEP-0386) can do wrong; here and below a server that has Bind 2, unless it says bind2 0.
my @SPECIAL2 = (
    ['the JID of another account', { success2 => { identifier => 'mallory@example.org/x' } }, 'bind', 'bind-failed'],
    ['the JID of another domain', { success2 => { identifier => 'alice@example.net/x' } }, 'bind', 'bind-failed'],
    ['another account, nothing bound', { bind2 => 0, success2 => { identifier => 'mallory@example.org' } }, 'bind', 'bind-failed'],
    ['what is no JID', { success2 => { identifier => '@' } }, 'bind', 'bind-failed'],
    ['no JID', { success2 => { identifier => '' } }, 'bind', 'bind-failed'],
    ['no JID, nothing bound', { bind2 => 0, success2 => { identifier => '' } }, 'bind', 'bind-failed'],
    ['bound without a resource', { success2 => { identifier => 'alice@example.org' } }, 'bind', 'bind-failed'],
    ['Bind 2 fails', { success2 => { bound => "<failed xmlns='urn:xmpp:bind:0'><error type='wait'>"
                . "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></failed>" } }, 'bind', 'bind-failed'],
    ['Bind 2 fails without a reason', { success2 => { bound => "<failed xmlns='urn:xmpp:bind:0'/>" } }, 'bind', 'bind-failed'],
    ['bound, in another namespace', { success2 => { bound => "<bound xmlns='urn:example'/>" }, bind => 'no_jid' }, 'bind', 'bind-failed'],
    ['nothing bound, and no features', { success2 => { bound => '' }, features3 => 'silence' }, 'stream', 'deadline', waits => 1],
    ['nothing bound, and none offered', { success2 => { bound => '' }, features3 => 'empty_features' }, 'bind', 'bind-failed'],
    ['a further step', { sasl => 'continues' }, 'auth', 'login-continues'],
    ['a second factor', { sasl => ['continues', undef, 'HOTP-EXAMPLE', 'TOTP-EXAMPLE'] }, 'auth', 'login-continues'],
    ['a further step with a proof', { sasl => ['continues', encode_base64('r=what no log shows', ''), 'UPGR-SCRAM-SHA-512'] },
        'auth', 'login-continues'],
    ['a further step that tells the password', { sasl => ['continues', undef, PASSWORD] }, 'auth', 'login-continues'],
    ['a proof that is no base64', { sasl => [success => '!!!!'] }, 'auth', 'server-not-authenticated'],
    ['a failure, then a success', { sasl => sub { my ($c) = @_; $c->sasl_failure('not-authorized'); $c->success; return 0 } },
        'auth', 'not-authorized'],
    ['a success, then a failure', { sasl => sub { my ($c) = @_; return $c->do_sasl && !$c->sasl_failure('not-authorized') } },
        'auth|bind|ping', 'not-xmpp'],
    ['a success, then a further step', { sasl => sub { my ($c) = @_; return $c->do_sasl && !Hostile::Misdeed::misdeed('continues')->($c) } },
        'auth|bind|ping', 'not-xmpp'],
    ['a success, then a further step, nothing bound',
        { bind2 => 0, sasl => sub { my ($c) = @_; return $c->do_sasl && !Hostile::Misdeed::misdeed('continues')->($c) } }, 'stream', 'not-xmpp'],
    ['the challenge of the other login', { sasl => sub { my ($c) = @_; $c->{sasl2} = 0; $c->challenge('r=x'); return 0 } }, 'auth', 'not-xmpp'],
);

# Each phase that differs with SASL2, and what it is like: a column of the table, with its exceptions. What comes before has not
# heard of the way yet.
my %BOUND = (
    sasl => ['sasl'],
    # The run is through to its pings, which nobody answers.
    features3 => ['ping', flood => 'flooded', wrong_namespace => 'deadline'],
    close => ['close'],
);
my %UNBOUND = (features3 => ['features'], bind => ['bind'], session => ['session']);

# Every pair of the table as a case: name, server's options, phase, condition, and whether a login may be tried.
sub phases_times_misdeeds {
    my ($head, @rows) = split /\n/, $TABLE;
    my (undef, @phases) = split ' ', $head;
    my @cases;
    for my $row (@rows) {
        my ($misdeed, @conditions) = split ' ', $row;
        for my $i (0 .. $#phases) {
            my $phase = $phases[$i];
            my $action = [$misdeed, @{ $ARGUMENTS{$misdeed} // [] }];
            my $named = $NAMED{$phase};
            # The socket may be dead before the stream is begun.
            $named = 'connect|stream' if $phase eq 'accept' && $misdeed eq 'reset';
            push @cases, ["$phase: $misdeed", { wants_session => 1, $phase => $action }, $named, $conditions[$i], login => $i > 4,
                waits => scalar($misdeed =~ /\A(?:silence|drip)\z/)];
        }
    }
    readme_says(scalar(@cases) . ' hostile servers: ' . @phases . ' phases x ' . @rows . ' misdeeds');
    return @cases;
}

# Every pair up to the features, before and behind TLS, of a check that does not log in. S2S: at the port for servers.
sub misdeeds_without_login {
    my ($s2s) = @_;
    my ($head, @rows) = split /\n/, $TABLE;
    my (undef, @columns) = split ' ', $head;
    my @cases;
    for my $row (@rows) {
        my ($misdeed, @conditions) = split ' ', $row;
        my %condition;
        @condition{@columns} = @conditions;
        @condition{qw(stream2 features2)} = @condition{qw(stream features)};
        for my $phase (qw(accept stream features starttls tls stream2 features2)) {
            my $named = $phase eq 'accept' && $misdeed eq 'reset' ? 'connect|stream' : $NAMED{ $phase =~ s/2\z//r };
            push @cases, [
                "$phase: $misdeed", { s2s => $s2s, $phase => [$misdeed, @{ $ARGUMENTS{$misdeed} // [] }] }, $named, $condition{$phase},
                arguments => ['-j', 'example.org', $s2s ? '--s2s' : '--no-login'], without_login => 1,
                waits => scalar($misdeed =~ /\A(?:silence|drip)\z/),
            ];
        }
    }
    return @cases;
}

# The same over SASL2: every pair from the login on, with Bind 2 and without; each special case of the login; and SASL2's own.
sub sasl2_misdeeds {
    my ($head, @rows) = split /\n/, $TABLE;
    my (undef, @columns) = split ' ', $head;
    my @cases;
    for my $row (@rows) {
        my ($misdeed, @conditions) = split ' ', $row;
        my %condition;
        @condition{@columns} = @conditions;
        for my $bind2 (1, 0) {
            my $phases = $bind2 ? \%BOUND : \%UNBOUND;
            for my $phase (sort keys %$phases) {
                my ($like, %differs) = @{ $phases->{$phase} };
                push @cases, ["$phase: $misdeed", { bind2 => $bind2, wants_session => 1, $phase => [$misdeed, @{ $ARGUMENTS{$misdeed} // [] }] },
                    $NAMED{$like}, $differs{$misdeed} // $condition{$like}, waits => scalar($misdeed =~ /\A(?:silence|drip)\z/)];
            }
        }
    }
    push @cases, (grep { $_->[2] eq 'auth' } @SPECIAL), @SPECIAL2;
    readme_says(@cases . ' of them and of their kind over SASL2');
    return map { my ($name, $option, @more) = @$_; ["SASL2, $name", { sasl2 => 1, bind2 => 1, %$option }, @more, login => 1] } @cases;
}

sub special_misdeeds {
    my @cases = grep { my (undef, undef, undef, undef, %more) = @$_; !($sanitized && $more{slow}) } @SPECIAL;
    readme_says(scalar(@SPECIAL) . ' more whose misdeed is possible in one place only');
    return @cases;
}

# Runs the cases, those first that wait for a deadline, so many at the same time. Returns the most KiB of memory that one took.
sub run_misdeeds {
    my ($parallel, @cases) = @_;
    my $certificates = Certificates->new(domain => 'example.org');
    my @waiting = ((grep { $_->[3] eq 'deadline' } @cases), (grep { $_->[3] ne 'deadline' } @cases));
    my @running;
    my $most = 0;
    # The time of a run is taken when somebody looks, which is at once, also while servers are being started.
    local $SIG{CHLD} = sub { local ($!, $?); $_->{run}->ended for @running };
    while (@waiting || @running) {
        push @running, start($certificates, shift @waiting) while @waiting && @running < $parallel;
        my @still;
        for my $case (@running) {
            if (!$case->{run}->ended) {
                push @still, $case;
                next;
            }
            my $memory = check($case);
            $most = $memory if $memory > $most;
        }
        @running = @still;
        sleep 0.005;
    }
    return $most;
}

sub start {
    my ($certificates, $case) = @_;
    my ($name, $option, $phase, $condition, %more) = @$case;
    my $server = Hostile->new(certificates => $certificates, password => PASSWORD, %$option);
    my $limit = $condition eq 'deadline' ? $STRUCK : NOT_STRUCK;
    my $dir = temp_dir();
    # GNU time tells what the program and its child took.
    my $run = Probe->start(
        ['-q', '-f', '%M %U %S', '-o', "$dir/took", Probe->program, '-j', 'alice@example.org', '-H', $server->host, '-p', $server->port,
            '--ca-file', $server->ca_file, '-t', $limit, '-vvv', @{ $more{arguments} // [] }],
        env => { CHECK_XMPP_PING_PASSWORD => PASSWORD },
        program => '/usr/bin/time',
        limit => $limit + 2 * $PATIENCE,
    );
    return { name => $name, phase => $phase, condition => $condition, %more, server => $server, run => $run, limit => $limit, dir => $dir };
}

sub check {
    my ($case) = @_;
    my ($name, $run, $server) = @$case{qw(name run server)};
    $server->stop;
    my ($memory, $user, $system) = read_file("$case->{dir}/took") =~ /^(\d+) ([\d.]+) ([\d.]+)$/m;
    subtest $name => sub {
        my $passed = $run->is_valid($name);
        if ($case->{condition} eq 'ok') {
            $passed &= is $run->exit, 0, 'it is OK';
        } else {
            $passed &= is $run->exit, 2, 'it is CRITICAL';
            $passed &= like $run->phase . ': ' . $run->condition, qr/\A(?:$case->{phase}): $case->{condition}\z/, 'phase and condition';
        }
        $passed &= cmp_ok $run->elapsed, '<', $case->{condition} eq 'deadline' ? $case->{limit} + $PATIENCE : NOT_STRUCK, 'in time';
        $passed &= ok defined $memory, 'what it took is known';
        $passed &= cmp_ok $memory, '<', MEMORY_MOST, 'KiB of memory are bounded' if !$sanitized;
        $passed &= cmp_ok $user + $system, '<', $WAITING_CPU_MOST, 'waiting takes no CPU time' if $case->{waits};
        $passed &= no_secret_told($run, $server);
        $passed &= no_secret_sent($server, $case->{login});
        $passed &= unlike $server->received, qr/${\ PASSWORD}/, 'the password is not sent at all' if $case->{without_login};
        diag "$name\n", $run->explain if !$passed;
    };
    return $memory // 0;
}

# Neither the password in any form nor anything of the SASL exchange is in the output.
sub no_secret_told {
    my ($run, $server) = @_;
    my @secrets = (PASSWORD);
    push @secrets, map { encode_base64($_, '') =~ s/=+\z//r } PASSWORD, "\0alice\0" . PASSWORD;
    my @sent = $server->received =~ m{<(?:auth|response|initial-response)\b[^>]*>([^<]{8,})</}g;
    push @secrets, map { substr $_, 0, 16 } @sent;    # what is left when a text was cut
    push @secrets, map { decode_base64($_) =~ /,p=(.{8,})\z/ ? $1 : () } @sent;
    my $any = join '|', map { quotemeta } @secrets;
    # "r=", with which the server's first message begins, in base64.
    return unlike $run->stdout, qr/$any|cj[01]/, 'no secret is told';
}

# A login is tried once at most, never in clear, and only where it may be tried at all.
sub no_secret_sent {
    my ($server, $allowed) = @_;
    my $passed = unlike $server->received('clear'), qr/<auth(?:enticate)?\b|<response\b/, 'no secret is sent in clear';
    my $tried = () = $server->received =~ /<auth(?:enticate)?\b/g;
    return $passed & cmp_ok $tried, '<=', $allowed ? 1 : 0, 'logins tried';
}

1;
