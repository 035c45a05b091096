# SPDX-License-Identifier: GPL-3.0-or-later
# A private certificate authority with the certificates, right and wrong, that the tests need. Keys are EC P-256.
package Certificates;

use strict;
use warnings;

use Carp qw(croak);
use IO::Socket::SSL::Utils;
use Net::SSLeay;

use TempDir;

use constant DAY => 86400;
use constant HOUR => 3600;

# What each kind of certificate has that differs from a good one: valid for the domain from a day ago, for 90 days and an
# hour, signed by the root. Times are in seconds from now.
my %KIND = (
    good => {},
    expired => { from => -30 * DAY, until => -2 * DAY - HOUR },
    not_yet_valid => { from => 2 * DAY },
    expiring => { until => 5 * DAY + HOUR },
    wrong_name => { names => ['elsewhere.invalid'] },
    wildcard => { names => sub { $_[0] =~ s/\A[^.]+/*/r } },    # good for chat.example.org, not for a name of two labels
    self_signed => { issuer => 'self' },
    unknown_ca => { issuer => 'stranger' },
    chain => { issuer => 'intermediate', send => ['intermediate'] },
    missing_intermediate => { issuer => 'intermediate' },
    short_intermediate => { issuer => 'short', send => ['short'] },
);

# The authorities: a stranger is a root that nobody trusts, short an intermediate that ends in three days.
my %AUTHORITY = (
    root => { until => 3650 * DAY },
    stranger => { until => 3650 * DAY },
    intermediate => { until => 1000 * DAY, issuer => 'root' },
    short => { until => 3 * DAY + HOUR, issuer => 'root' },
);

# OPTION: domain, and dir (a temporary one if not given) for the files.
sub new {
    my ($class, %option) = @_;
    my $self = bless { domain => $option{domain} // 'example.org', dir => $option{dir} // temp_dir() }, $class;
    $self->_authority('root');
    return $self;
}

sub kinds { return sort keys %KIND }

# The file with the root's certificate.
sub ca_file { return $_[0]->_authority('root')->{file} }

# The file with the certificate of an authority that signed none of ours but unknown_ca's.
sub other_ca_file { return $_[0]->_authority('stranger')->{file} }

# A hashed directory with the root's certificate, as `openssl rehash` makes it.
sub ca_path {
    my ($self) = @_;
    my $dir = "$self->{dir}/hashed";
    if (!-d $dir) {
        mkdir $dir or croak "$dir: $!";
        my $root = $self->_authority('root');
        my $hash = sprintf '%08x', Net::SSLeay::X509_subject_name_hash($root->{cert}) & 0xffffffff;
        write_file("$dir/$hash.0", read_file($root->{file}), 0644);
    }
    return $dir;
}

# The files of a certificate: { cert => the leaf and what the server sends with it, key => its key }. OPTION may name
# another domain, more names (DNS names or addresses), and a purpose other than 'server'.
sub leaf {
    my ($self, $kind, %option) = @_;
    my $what = $KIND{$kind} or croak "no kind of certificate '$kind'";
    my $domain = $option{domain} // $self->{domain};
    my $names = $what->{names} // [$domain];
    $names = [$names->($domain)] if ref $names eq 'CODE';
    my @alternatives = map { [/\A[\d.]+\z|:/ ? 'IP' : 'DNS', $_] } @$names, @{ $option{names} // [] };
    return $self->_make(
        join('-', $kind, $domain, @{ $option{names} // [] }), $what,
        subject => { commonName => $names->[0] },
        subjectAltNames => \@alternatives,
        purpose => $option{purpose} // 'server',
    );
}

# A client's certificate for these JIDs (RFC 6120 13.7.1.4: id-on-xmppAddr), as { cert, key }.
sub client {
    my ($self, @jids) = @_;
    return $self->_make(
        "client-@jids", {},
        subject => { commonName => $jids[0] },
        purpose => 'client,server', # Prosody 0.12 checks clients for a server's purpose when ssl is configured
        ext => [{ sn => 'subjectAltName', data => join ',', map { "otherName:1.3.6.1.5.5.7.8.5;UTF8:$_" } @jids }],
    );
}

sub _make {
    my ($self, $name, $what, @fields) = @_;
    $name =~ s/[^\w.-]/_/g;
    return $self->{made}{$name} if $self->{made}{$name};    # a running server may have yet to read it
    my $issuer = $what->{issuer} // 'root';
    my $authority = $issuer eq 'self' ? undef : $self->_authority($issuer);
    my ($cert, $key) = CERT_create(
        @fields,
        key => KEY_create_ec('prime256v1'),
        not_before => time + ($what->{from} // -DAY),
        not_after => time + ($what->{until} // 90 * DAY + HOUR),
        $authority ? (issuer => [$authority->{cert}, $authority->{key}]) : (),
    );
    my $chain = join '', PEM_cert2string($cert), map { read_file($self->_authority($_)->{file}) } @{ $what->{send} // [] };
    return $self->{made}{$name} = {
        cert => write_file("$self->{dir}/$name.crt", $chain, 0644),
        key => write_file("$self->{dir}/$name.key", PEM_key2string($key)),
    };
}

sub _authority {
    my ($self, $name) = @_;
    return $self->{authority}{$name} if $self->{authority}{$name};
    my $what = $AUTHORITY{$name};
    my $issuer = $what->{issuer} && $self->_authority($what->{issuer});
    my ($cert, $key) = CERT_create(
        CA => 1,
        subject => { commonName => "Test \u$name" },
        key => KEY_create_ec('prime256v1'),
        not_before => time - 60 * DAY,
        not_after => time + $what->{until},
        $issuer ? (issuer => [$issuer->{cert}, $issuer->{key}]) : (),
    );
    my $file = write_file("$self->{dir}/$name-ca.crt", PEM_cert2string($cert), 0644);
    return $self->{authority}{$name} = { cert => $cert, key => $key, file => $file };
}

1;
