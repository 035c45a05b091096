# SPDX-License-Identifier: GPL-3.0-or-later
# A private Prosody: its own configuration, data and ports on loopback, gone with the test.
#
#   my $server = Prosody->new(domain => 'example.org', accounts => { alice => 'secret' });
#   $server->host, $server->port, $server->direct_port, $server->ca_file, $server->stop
package Prosody;

use strict;
use warnings;

use Carp qw(croak);

use Certificates;
use Daemon qw(free_port);
use Scram qw(scram_keys);
use TempDir;

# OPTION, all optional:
#   domain        'example.org'
#   accounts      { name => password }, kept as SCRAM keys
#   hash          'SHA-1' or 'SHA-256': of the stored keys, and so of the mechanism
#   iterations    10000
#   authentication   'internal_hashed'; 'internal_plain' offers SCRAM and PLAIN too, 'ccert' SASL EXTERNAL
#   host          '127.0.0.1': listens there
#   certificates  a Certificates object; certificate: a kind of it ('good'), or { cert, key }
#   ssl           text for Prosody's ssl option, 'protocol = "tlsv1_2"'
#   tls           1; 0: TLS is not offered and clear text logins are taken
#   anonymous     a domain for SASL ANONYMOUS
#   muc           a domain for rooms; components  { domain => secret }, on component_port
#   domains       more domains (same certificate kind), with accounts as 'name@domain'
#   s2s           { nameserver => 'ADDRESS@PORT', port }: federates; s2s_port is its port, a free one unless given; direct 1:
#                 also by direct TLS, at s2s_direct_port; secure 1: only by TLS, with certificates that ca_file vouches for
#   modules       names of more modules; without  names of modules to leave out
#   global, config   text for the global section and for the (first) domain's
sub new {
    my ($class, %option) = @_;
    my $self = bless {
        host => '127.0.0.1', domain => 'example.org', iterations => 40960, hash => 'SHA-1', tls => 1,
        certificate => 'good', authentication => 'internal_hashed', dir => temp_dir(), %option
    }, $class;
    $self->{certificates} //= Certificates->new(domain => $self->{domain});
    $self->{ports}{$_} = free_port($self->{host}) for qw(c2s direct component);
    $self->{ports}{s2s} = $option{s2s}{port} // free_port($self->{host}) if $option{s2s};
    $self->{ports}{s2s_direct} = free_port($self->{host}) if $option{s2s} && $option{s2s}{direct};
    mkdir "$self->{dir}/data" or croak "$self->{dir}/data: $!";
    $self->add_account($_, $option{accounts}{$_}) for sort keys %{ $option{accounts} // {} };
    write_file("$self->{dir}/prosody.cfg.lua", $self->_config);
    $self->start;
    return $self;
}

sub start {
    my ($self) = @_;
    $self->{daemon} = Daemon->spawn(
        name => 'prosody',
        command => ['prosody', '-F', '--config', "$self->{dir}/prosody.cfg.lua"],
        log => "$self->{dir}/log",
        dir => $self->{dir},
    );
    my %wait = (c2s => 1, direct => $self->{tls}, component => !!$self->{components}, s2s => !!$self->{s2s},
        s2s_direct => $self->{s2s} && $self->{s2s}{direct});
    $self->{daemon}->wait_port($self->{host}, $self->{ports}{$_}) for grep { $wait{$_} } sort keys %wait;
    return $self;
}

sub host { return $_[0]{host} }
sub domain { return $_[0]{domain} }
sub port { return $_[0]{ports}{c2s} }
sub direct_port { return $_[0]{ports}{direct} }
sub component_port { return $_[0]{ports}{component} }
sub s2s_port { return $_[0]{ports}{s2s} }
sub s2s_direct_port { return $_[0]{ports}{s2s_direct} }
sub certificates { return $_[0]{certificates} }
sub ca_file { return $_[0]{certificates}->ca_file }
sub daemon { return $_[0]{daemon} }
sub log_text { return $_[0]{daemon}->log_text }
sub stop { $_[0]{daemon}->stop; return }

# Writes an account as Prosody stores it. NAME may be a bare JID.
sub add_account {
    my ($self, $name, $password) = @_;
    ($name, my $domain) = split /@/, $name;
    my $dir = "$self->{dir}/data/" . _encode($domain // $self->{domain});
    mkdir $dir;
    mkdir "$dir/accounts";
    my $text;
    if ($self->{authentication} eq 'internal_plain') {
        $text = 'return { ["password"] = ' . _quote($password) . "; };\n";
    } else {
        my $salt = join '', map { sprintf '%02x', rand 256 } 1 .. 16;
        my ($stored, $server) = scram_keys($self->{hash}, $password, $salt, $self->{iterations});
        $text = sprintf qq{return { ["iteration_count"] = %d; ["salt"] = "%s"; ["stored_key"] = "%s"; ["server_key"] = "%s"; };\n},
            $self->{iterations}, $salt, unpack('H*', $stored), unpack 'H*', $server;
    }
    write_file("$dir/accounts/" . _encode($name) . '.dat', $text);
    return;
}

sub _encode { my ($name) = @_; return $name =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ger }
sub _quote { my ($text) = @_; return '"' . $text =~ s/([^A-Za-z0-9])/sprintf '\\%03d', ord $1/ger . '"' }
sub _list { return '{ ' . join(', ', map { /\A\d+\z/ ? $_ : _quote($_) } @_) . ' }' }

sub _ssl {
    my ($self, $domain) = @_;
    my $kind = $self->{certificate};
    my $leaf = ref $kind ? $kind : $self->{certificates}->leaf($kind, domain => $domain);
    my $verify = $self->{authentication} eq 'ccert'
        ? '; cafile = ' . _quote($self->ca_file) . '; verify = { "peer", "client_once" }'
        : '';
    $verify = '; cafile = ' . _quote($self->ca_file) if $self->{s2s} && $self->{s2s}{secure};
    my $more = $self->{ssl} ? "; $self->{ssl}" : '';
    return sprintf '{ certificate = %s; key = %s%s%s }', _quote($leaf->{cert}), _quote($leaf->{key}), $verify, $more;
}

sub _config {
    my ($self) = @_;
    my %without = map { $_ => 1 } @{ $self->{without} // [] }, $self->{tls} ? () : 'tls';
    my @modules = grep { !$without{$_} } qw(saslauth tls disco ping roster), $self->{s2s} ? 'dialback' : (),
        @{ $self->{modules} // [] };
    my @disabled = ('posix', $self->{s2s} ? () : 's2s');
    my $text = sprintf <<'END', $> == 0 ? 'true' : 'false', map { _quote($_) } "$self->{dir}/data", "$self->{dir}/pid";
run_as_root = %s
data_path = %s
pidfile = %s
log = { { levels = { min = "info" }, to = "console" } }
END
    $text .= "modules_enabled = " . _list(@modules) . "\nmodules_disabled = " . _list(@disabled) . "\n";
    $text .= "interfaces = " . _list($self->{host}) . "\nc2s_ports = " . _list($self->port) . "\n";
    $text .= "c2s_direct_tls_ports = " . ($self->{tls} ? _list($self->direct_port) : '{}') . "\n";
    $text .= "component_interfaces = " . _list($self->{host}) . "\n";
    $text .= "component_ports = " . ($self->{components} ? _list($self->component_port) : '{}') . "\n";
    $text .= "authentication = " . _quote($self->{authentication}) . "\npassword_hash = " . _quote($self->{hash}) . "\n";
    if ($self->{tls}) {
        my $ssl = $self->_ssl($self->{domain});
        $text .= "c2s_require_encryption = true\nssl = $ssl\nc2s_direct_tls_ssl = $ssl\n";
    } else {
        $text .= "c2s_require_encryption = false\nallow_unencrypted_plain_auth = true\n";
    }
    if (my $s2s = $self->{s2s}) {
        my $secure = $s2s->{secure} ? 'true' : 'false';
        $text .= 's2s_ports = ' . _list($self->s2s_port) . "\ns2s_secure_auth = $secure\ns2s_require_encryption = $secure\n";
        $text .= 's2s_direct_tls_ports = ' . _list($self->s2s_direct_port) . "\ns2s_direct_tls_ssl = "
            . $self->_ssl($self->{domain}) . "\n" if $s2s->{direct};
        $text .= 'unbound = { resolvconf = false; hoststxt = false; forward = ' . _quote($s2s->{nameserver})
            . '; options = { ["do-not-query-localhost:"] = "no" } }' . "\n" if $s2s->{nameserver};
    }
    $text .= ($self->{global} // '') . "\n";
    $text .= $self->_host($self->{domain}) . ($self->{config} // '') . "\n";
    $text .= $self->_host($_) for @{ $self->{domains} // [] };
    $text .= $self->_host($self->{anonymous}) . qq{authentication = "anonymous"\n} if $self->{anonymous};
    $text .= 'Component ' . _quote($self->{muc}) . qq{ "muc"\n} if $self->{muc};
    my $components = $self->{components} // {};
    $text .= 'Component ' . _quote($_) . "\ncomponent_secret = " . _quote($components->{$_}) . "\n" for sort keys %$components;
    return $text;
}

sub _host {
    my ($self, $domain) = @_;
    my $text = 'VirtualHost ' . _quote($domain) . "\n";
    $text .= 'ssl = ' . $self->_ssl($domain) . "\n" if $self->{tls};
    return $text;
}

1;
