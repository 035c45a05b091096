# SPDX-License-Identifier: GPL-3.0-or-later
# A private ejabberd: one Erlang process without a node name (so no epmd), with its own spool and ports on loopback.
#
#   my $server = Ejabberd->new(domain => 'example.org', accounts => { alice => 'secret' });
package Ejabberd;

use strict;
use warnings;

use Carp qw(croak);

use Certificates;
use Daemon qw(free_port);
use TempDir;

# OPTION, all optional: domain, accounts { name => password }, certificates and certificate as in Prosody.pm; anonymous
# (a domain for SASL ANONYMOUS), external (1: SASL EXTERNAL), format 'scram' or 'plain' (how passwords are kept),
# disable (a list of SASL mechanisms), muc (a domain for rooms), s2s ({ port, nameserver => 'ADDRESS:PORT' }: federates by
# dialback; it asks that server for SRV records, but the system for their targets' addresses: "localhost" will do; tls:
# STARTTLS as ejabberd's s2s_use_starttls has it, 'false' unless given, with certificates that ca_file vouches for, and
# direct TLS at s2s_direct_port), component ({ domain, secret }, at component_port), config (more lines of YAML).
sub new {
    my ($class, %option) = @_;
    my $self = bless {
        host => '127.0.0.1', domain => 'example.org', certificate => 'good', format => 'scram', dir => temp_dir(), %option
    }, $class;
    $self->{certificates} //= Certificates->new(domain => $self->{domain});
    $self->{ports}{$_} = free_port() for qw(c2s direct);
    $self->{ports}{s2s} = $option{s2s}{port} // free_port() if $option{s2s};
    $self->{ports}{s2s_direct} = free_port() if $option{s2s} && $option{s2s}{tls};
    $self->{ports}{component} = free_port() if $option{component};
    write_file("$self->{dir}/ejabberd.yml", $self->_config);
    write_file("$self->{dir}/inetrc", $self->_resolver);
    $self->start;
    return $self;
}

sub libraries {
    return glob '/usr/lib/*/ejabberd-[0-9]*';
}

sub start {
    my ($self) = @_;
    my @register = map { sprintf 'ok=ejabberd_auth:try_register(%s,%s,%s)', map { "<<\"$_\">>" } $_, $self->{domain}, $self->{accounts}{$_} }
        sort keys %{ $self->{accounts} // {} };
    my $ready = "$self->{dir}/ready";
    $self->{daemon} = Daemon->spawn(
        name => 'ejabberd',
        command => [
            'erl', '-noinput', '-start_epmd', 'false', '-mnesia', 'dir', "\"$self->{dir}/db\"", '-s', 'ejabberd', '-eval',
            join ',', '{ok,_}=application:ensure_all_started(ejabberd)', @register, "ok=file:write_file(\"$ready\",<<>>).",
        ],
        env => {
            ERL_LIBS => '/usr/lib/ejabberd:' . join(':', map { s{/[^/]+\z}{}r } $self->libraries),
            EJABBERD_CONFIG_PATH => "$self->{dir}/ejabberd.yml",
            EJABBERD_LOG_PATH => "$self->{dir}/ejabberd.log",
            ERL_INETRC => "$self->{dir}/inetrc",
            ERL_CRASH_DUMP_BYTES => 0,
            HOME => $self->{dir},
        },
        log => "$self->{dir}/log",
        dir => $self->{dir},
    );
    $self->{daemon}->wait_port($self->{host}, $self->{ports}{$_}, 400) for sort keys %{ $self->{ports} };
    $self->{daemon}->wait_until(sub { -e $ready }, 400, 'create accounts');
    return $self;
}

sub host { return $_[0]{host} }
sub domain { return $_[0]{domain} }
sub port { return $_[0]{ports}{c2s} }
sub direct_port { return $_[0]{ports}{direct} }
sub s2s_port { return $_[0]{ports}{s2s} }
sub s2s_direct_port { return $_[0]{ports}{s2s_direct} }
sub component_port { return $_[0]{ports}{component} }
sub certificates { return $_[0]{certificates} }
sub ca_file { return $_[0]{certificates}->ca_file }
sub daemon { return $_[0]{daemon} }
sub log_text { return read_file("$_[0]{dir}/ejabberd.log") }
sub stop { $_[0]{daemon}->stop; return }

sub _resolver {
    my ($self) = @_;
    return "{lookup, [file, native]}.\n" if !$self->{s2s} || !$self->{s2s}{nameserver};
    my ($address, $port) = split /:/, $self->{s2s}{nameserver};
    return sprintf qq({hosts_file, ""}.\n{resolv_conf, ""}.\n{nameserver, {%s}, %d}.\n{lookup, [dns]}.\n), $address =~ tr/./,/r, $port;
}

sub _config {
    my ($self) = @_;
    my $leaf = ref $self->{certificate} ? $self->{certificate} : $self->{certificates}->leaf($self->{certificate});
    my $pem = write_file("$self->{dir}/server.pem", read_file($leaf->{cert}) . read_file($leaf->{key}));
    my @hosts = ($self->{domain}, $self->{anonymous} // ());
    my $common = "module: ejabberd_c2s\n    ip: \"$self->{host}\"\n    shaper: none\n    access: all";
    $common .= "\n    tls_verify: true" if $self->{external};
    my $text = <<"END";
hosts: [${\ join ', ', map { "\"$_\"" } @hosts}]
loglevel: info
certfiles: ["$pem"]
auth_method: [internal]
auth_password_format: $self->{format}
listen:
  -
    port: $self->{ports}{c2s}
    $common
    starttls_required: true
  -
    port: $self->{ports}{direct}
    $common
    tls: true
END
    $text .= <<"END" if $self->{s2s};
  -
    port: $self->{ports}{s2s}
    ip: "$self->{host}"
    module: ejabberd_s2s_in
END
    $text .= <<"END" if $self->{ports}{s2s_direct};
  -
    port: $self->{ports}{s2s_direct}
    ip: "$self->{host}"
    module: ejabberd_s2s_in
    tls: true
END
    $text .= <<"END" if $self->{component};
  -
    port: $self->{ports}{component}
    ip: "$self->{host}"
    module: ejabberd_service
    hosts:
      "$self->{component}{domain}":
        password: "$self->{component}{secret}"
END
    $text .= "modules:\n  mod_ping: {}\n  mod_disco: {}\n";
    $text .= "  mod_muc:\n    host: \"$self->{muc}\"\n" if $self->{muc};
    if (my $s2s = $self->{s2s}) {
        my $tls = $s2s->{tls} // 'false';
        $text .= "  mod_s2s_dialback: {}\n" if $tls ne 'required_trusted';
        $text .= "s2s_use_starttls: $tls\noutgoing_s2s_families: [ipv4]\n";
        $text .= "s2s_cafile: \"${\ $self->ca_file}\"\n" if $tls ne 'false';
    }
    $text .= "c2s_cafile: \"${\ $self->ca_file}\"\n" if $self->{external};
    $text .= "disable_sasl_mechanisms: [${\ join ', ', @{ $self->{disable} }}]\n" if $self->{disable};
    $text .= "host_config:\n  \"$self->{anonymous}\":\n    auth_method: [anonymous]\n    anonymous_protocol: sasl_anon\n"
        if $self->{anonymous};
    return $text . ($self->{config} // '');
}

1;
