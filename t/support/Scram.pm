# SPDX-License-Identifier: GPL-3.0-or-later
# The server's side of SCRAM (RFC 5802, RFC 7677): what it stores of a password, and the exchange's keys.
package Scram;

use strict;
use warnings;

use Digest::SHA qw(hmac_sha1 hmac_sha256 hmac_sha512 sha1 sha256 sha512);
use Exporter 'import';

our @EXPORT_OK = qw(scram_keys scram_hmac scram_hash);

my %HMAC = ('SHA-1' => \&hmac_sha1, 'SHA-256' => \&hmac_sha256, 'SHA-512' => \&hmac_sha512);
my %HASH = ('SHA-1' => \&sha1, 'SHA-256' => \&sha256, 'SHA-512' => \&sha512);

sub scram_hmac { my ($hash, $key, $data) = @_; return $HMAC{$hash}->($data, $key) }
sub scram_hash { my ($hash, $data) = @_; return $HASH{$hash}->($data) }

# PBKDF2's first block is all that SCRAM uses.
sub salted_password {
    my ($hash, $password, $salt, $iterations) = @_;
    my $hmac = $HMAC{$hash};
    my $round = $hmac->($salt . pack('N', 1), $password);
    my $result = $round;
    for (2 .. $iterations) {
        $round = $hmac->($round, $password);
        $result ^= $round;
    }
    return $result;
}

# StoredKey and ServerKey.
sub scram_keys {
    my ($hash, $password, $salt, $iterations) = @_;
    my $salted = salted_password($hash, $password, $salt, $iterations);
    return (scram_hash($hash, scram_hmac($hash, $salted, 'Client Key')), scram_hmac($hash, $salted, 'Server Key'));
}

1;
