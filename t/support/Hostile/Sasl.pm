# SPDX-License-Identifier: GPL-3.0-or-later
# A connection's login: by SASL as RFC 6120 has it, or by SASL2; PLAIN, ANONYMOUS and SCRAM, really verified.
package Hostile::Sasl;

use strict;
use warnings;

use Digest::SHA qw(sha256);
use MIME::Base64 qw(decode_base64 encode_base64);

use Hostile::Xmlns;
use Scram qw(scram_hash scram_hmac scram_keys);
use TempDir;

sub mechanisms {
    my ($self) = @_;
    my $server = $self->{server};
    my $list = join '', map { "<mechanism>$_</mechanism>" } @{ $server->{mechanisms} };
    my $bindings = join '', map { "<channel-binding type='$_'/>" } @{ $server->{bindings} // [] };
    $bindings = "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>$bindings</sasl-channel-binding>" if $server->{bindings};
    my $way = $server->{sasl2} // '';
    my $inline = $server->{bind2} ? "<inline><bind xmlns='$BIND2'/></inline>" : '';
    return ($way eq 'only' ? '' : "<mechanisms xmlns='$SASL'>$list</mechanisms>")
        . ($way ? "<authentication xmlns='$SASL2'>$list$inline</authentication>" : '') . $bindings;
}

sub read_sasl {
    my ($self) = @_;
    my $auth = $self->read_element;
    (my $element, $self->{mechanism}) = $auth =~ /\A<(auth|authenticate)\s[^>]*\bmechanism=["']([\w-]+)["']/ or die "no <auth/>: $auth\n";
    $self->{sasl2} = $element eq 'authenticate';
    $self->{message} = decode_base64($auth =~ ($self->{sasl2} ? qr{<initial-response>([^<]*)</} : qr/>([^<]*)</) ? $1 : '');
    $self->note("$element $self->{mechanism}");
    return 1 if !$self->{sasl2};
    $self->{asks_bind} = $auth =~ m{<bind xmlns=["']$BIND2["']};
    $self->note('agent ' . ($auth =~ /<user-agent\b[^>]*\bid=["']([^"']*)/ ? $1 : ''));
    return 1;
}

sub do_sasl {
    my ($self) = @_;
    my $server = $self->{server};
    return $self->_scram($1) if $self->{mechanism} =~ /\ASCRAM-(SHA-(?:1|256|512))(?:-PLUS)?\z/;
    for (1 .. $server->{asks} // 0) {
        $self->challenge('');
        my $response = $self->read_element;
        my $empty = $self->{sasl2} ? qr{\A<response\b[^>]*(?:/>|></response>)\z} : qr{\A<response\b[^>]*>=</response>\z};
        $response =~ $empty or die "not empty: $response\n";
    }
    my (undef, $user, $password) = split /\0/, $self->{message};
    if ($self->{mechanism} ne 'ANONYMOUS' && !($user eq $server->{user} && $password eq $server->{password})) {
        return $self->sasl_failure('not-authorized');
    }
    $self->note("login $server->{user}");
    return $self->success;
}

# What $server->{scram} may change: iterations and salt64 in what is sent (salt in what is computed too), nonce (a code reference
# that gets the client's), mandatory and extension (attributes before and behind the others), signature (bytes), final: 'none'
# (success without it), 'challenge' (in a challenge of its own), 'error'; binds (1: it has offered -PLUS, and refuses a client to
# which that was not told).
sub _scram {
    my ($self, $hash) = @_;
    my $server = $self->{server};
    my $change = $server->{scram};
    my ($gs2, $bare) = $self->{message} =~ /\A((?:[ny]|p=tls-server-end-point),[^,]*,)(.*)\z/s or return $self->sasl_failure('malformed-request');
    my ($flag) = split /,/, $gs2;
    $self->note("channel binding $flag");
    return $self->sasl_failure('malformed-request') if ($flag =~ /=/) != ($self->{mechanism} =~ /-PLUS/);
    my ($leaf) = $flag =~ /=/ ? read_file($server->{leaf}{cert}) =~ /-----\n(.*?)-----END/s : ();
    my $channel = $leaf ? sha256(decode_base64($leaf)) : '';
    return $self->sasl_failure('malformed-request') if $change->{binds} && $gs2 =~ /\Ay/;
    my ($user, $nonce) = $bare =~ /\An=([^,]*),r=([^,]+)\z/ or return $self->sasl_failure('malformed-request');
    my $salt = $change->{salt} // 'sixteen bytes...';
    my $iterations = $change->{iterations} // 4096;
    my $full = $change->{nonce} ? $change->{nonce}->($nonce) : "${nonce}Server$$";
    my $first = sprintf 'r=%s,s=%s,i=%s', $full, $change->{salt64} // encode_base64($salt, ''), $iterations;
    $first .= ",$change->{extension}" if $change->{extension};
    $first = "m=$change->{mandatory},$first" if $change->{mandatory};
    $self->challenge($first);
    my $response = $self->read_element;
    my ($data) = $response =~ m{\A<response\b[^>]*>([^<]+)</} or die "no <response/>: $response\n";
    my ($without_proof, $proof) = decode_base64($data) =~ /\A(.*),p=([^,]+)\z/
        or return $self->sasl_failure('malformed-request');
    my ($stored, $key) = scram_keys($hash, $server->{password}, $salt, $iterations);
    my $message = "$bare,$first,$without_proof";
    my $client_key = decode_base64($proof) ^ scram_hmac($hash, $stored, $message);
    my $right = scram_hash($hash, $client_key) eq $stored && $user eq $server->{user}
        && $without_proof eq 'c=' . encode_base64($gs2 . $channel, '') . ",r=$full";
    return $self->sasl_failure('not-authorized') if !$right;
    $self->note("login $user");
    my $signature = $change->{signature} // scram_hmac($hash, $key, $message);
    my $final = 'v=' . encode_base64($signature, '');
    my $how = $change->{final} // 'success';
    $final = 'e=invalid-proof' if $how eq 'error';
    $final = undef if $how eq 'none';
    if ($how eq 'challenge') {
        $self->challenge($final);
        $self->read_element;
        $final = undef;
    }
    return $self->success(defined $final ? encode_base64($final, '') : undef);
}

sub challenge {
    my ($self, $message) = @_;
    my $xmlns = $self->{sasl2} ? $SASL2 : $SASL;
    $self->send("<challenge xmlns='$xmlns'>" . encode_base64($message, '') . '</challenge>');
    return 1;
}

# DATA is base64. Of SASL2 the server's option success2 may change: identifier ('' for none), bound (XML: what stands there when
# Bind 2 was offered and asked for).
sub success {
    my ($self, $data) = @_;
    if (!$self->{sasl2}) {
        $self->send("<success xmlns='$SASL'>" . ($data // '') . '</success>');
        return 1;
    }
    my $server = $self->{server};
    my $change = $server->{success2} // {};
    my $binds = $server->{bind2} && $self->{asks_bind};
    my $bound = $change->{bound} // "<bound xmlns='$BIND2'/>";
    my $identifier = $change->{identifier} // "$server->{user}\@$server->{domain}" . ($binds ? '/inline' : '');
    $self->send("<success xmlns='$SASL2'>" . (defined $data ? "<additional-data>$data</additional-data>" : '')
            . ($identifier ne '' ? "<authorization-identifier>$identifier</authorization-identifier>" : '')
            . ($binds ? $bound : '') . '</success>');
    # The features follow in the same stream; where a resource is bound, pings come next.
    $self->{done}{$_} = 1 for 'stream3', $binds && $bound =~ /<bound xmlns='$BIND2'/ ? qw(bind session) : ();
    return 1;
}

sub sasl_failure {
    my ($self, $condition, $text) = @_;
    my $words = defined $text ? "<text>$text</text>" : '';
    $self->send($self->{sasl2} ? "<failure xmlns='$SASL2'><$condition xmlns='$SASL'/>$words</failure>"
        : "<failure xmlns='$SASL'><$condition/>$words</failure>");
    return 0;
}

1;
