# SPDX-License-Identifier: GPL-3.0-or-later
# A private Icinga 2: its own configuration, data and API port on loopback, gone with the test.
#
#   my $icinga = Icinga2->new(files => ['conf/icinga2/command.conf'], text => 'object Host "h" { ... }', plugins => 'DIR');
#   $icinga->validate, $icinga->start, $icinga->check('h!xmpp'), $icinga->stop
package Icinga2;

use strict;
use warnings;

use Carp qw(croak);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use HTTP::Tiny;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Time::HiRes ();

use Certificates;
use Daemon qw(free_port);
use Family;
use TempDir;

my ($PROGRAM) = grep { -x } glob('/usr/lib/*/icinga2/sbin/icinga2'), '/usr/sbin/icinga2';

# OPTION: files to include, text of more objects, plugins: the directory that PluginDir and PluginContribDir name. A node of a
# cluster has more: node (its name), host (its address), port, certificates (the cluster's), zones (text that defines all zones and
# endpoints, also its own), zones_d { 'ZONE/NAME.conf' => text }, checker 0 (it checks nothing itself).
sub new {
    my ($class, %option) = @_;
    my $self = bless { dir => temp_dir(), node => 'node', host => '127.0.0.1', checker => 1, %option }, $class;
    $self->{port} //= free_port($self->{host});
    $self->{zones} //= "object Endpoint NodeName { }\nobject Zone NodeName { endpoints = [ NodeName ] }\n";
    my $dir = $self->{dir};
    mkdir "$dir/$_" or croak "$dir/$_: $!" for qw(etc etc/zones.d data data/certs log cache spool run);
    my $certificates = $self->{certificates} // Certificates->new;
    my $leaf = $certificates->leaf('good', domain => $self->{node}, purpose => 'client,server');
    my %file = ('ca.crt' => $certificates->ca_file, "$self->{node}.crt" => $leaf->{cert}, "$self->{node}.key" => $leaf->{key});
    write_file("$dir/data/certs/$_", read_file($file{$_})) for keys %file;
    for my $name (sort keys %{ $self->{zones_d} // {} }) {
        make_path(dirname("$dir/etc/zones.d/$name"));
        write_file("$dir/etc/zones.d/$name", $self->{zones_d}{$name});
    }
    my $checker = $self->{checker} ? 'object CheckerComponent "checker" { }' : '';
    my $includes = join '', map { "include \"$_\"\n" } @{ $self->{files} };
    write_file("$dir/etc/icinga2.conf", <<"END");
const PluginDir = "$self->{plugins}"
const PluginContribDir = "$self->{plugins}"
include <itl>
include <plugins>
object FileLogger "all" { severity = "notice", path = LogDir + "/icinga2.log" }
$self->{zones}
$checker
object ApiListener "api" { bind_host = "$self->{host}", bind_port = $self->{port}, accept_config = true, accept_commands = true }
object ApiUser "test" { password = "test", permissions = [ "*" ] }
$includes
$self->{text}
END
    return $self;
}

# One that is not ours, but the machine's: its DAEMON (a process of Daemon.pm) and its API's PORT, where test:test may do all.
sub running {
    my ($class, %option) = @_;
    my $self = bless { host => '127.0.0.1', %option }, $class;
    $self->{daemon}->wait_port($self->{host}, $self->{port});
    return $self;
}

sub dir { return $_[0]{dir} }
sub daemon { return $_[0]{daemon} }

sub _command {
    my ($self, @more) = @_;
    my $dir = $self->{dir};
    my %path = (
        ConfigDir => 'etc', ZonesDir => 'etc/zones.d', DataDir => 'data', LogDir => 'log', CacheDir => 'cache', SpoolDir => 'spool',
        InitRunDir => 'run'
    );
    return (
        $PROGRAM, 'daemon', @more, '-c', "$dir/etc/icinga2.conf", '-D', "NodeName=$self->{node}",
        map { ('-D', "$_=$dir/$path{$_}") } sort keys %path
    );
}

# It takes the user that it runs as from there.
sub _environment {
    return { ICINGA2_USER => scalar getpwuid $>, ICINGA2_GROUP => scalar getgrgid $) };
}

# Runs `icinga2 daemon -C`. Returns its exit code and what it said.
sub validate {
    my ($self) = @_;
    local %ENV = (%ENV, %{ _environment() });
    open my $pipe, '-|', $self->_command('-C') or croak "$PROGRAM: $!";
    my $output = do { local $/ = undef; <$pipe> };
    close $pipe;
    return ($? >> 8, $output);
}

sub start {
    my ($self) = @_;
    $self->{daemon} = Family->spawn(
        name => 'icinga2', command => [$self->_command], log => "$self->{dir}/output", dir => $self->{dir}, env => _environment()
    );
    $self->{daemon}->wait_port($self->{host}, $self->{port});
    return $self;
}

sub stop { $_[0]{daemon}->stop; return }

# All that it has logged.
sub log_text { return read_file("$_[0]{dir}/log/icinga2.log") . read_file("$_[0]{dir}/output") }

# A request to the API; returns the decoded results.
sub request {
    my ($self, $method, $path, $body) = @_;
    # Icinga 2.13 closes a connection that was idle; each request has its own.
    my $http = HTTP::Tiny->new(verify_SSL => 0, timeout => 30, keep_alive => 0);
    my $response = $http->request(
        $method,
        "https://$self->{host}:$self->{port}/v1/$path",
        {
            headers => { Accept => 'application/json', Authorization => 'Basic ' . encode_base64('test:test', '') },
            $body ? (content => JSON::PP->new->canonical->encode($body)) : ()
        }
    );
    croak "$method $path: $response->{status} $response->{content}" if !$response->{success};
    return JSON::PP->new->decode($response->{content})->{results};
}

# The attributes of the object NAME of TYPE (services, hosts, checkcommands).
sub object {
    my ($self, $type, $name) = @_;
    my $escaped = $name =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ger;
    return $self->request(GET => "objects/$type/$escaped")->[0]{attrs};
}

# Has SERVICE ('HOST!NAME') checked now and waits for a result that is not from before. Returns that last_check_result.
sub check {
    my ($self, $service) = @_;
    my $begin = Time::HiRes::time();
    $self->reschedule($service);
    my $result;
    $self->{daemon}->wait_until(
        sub {
            $result = $self->object(services => $service)->{last_check_result};
            return $result && $result->{execution_start} >= $begin || select undef, undef, undef, 0.05;
        },
        180, "check $service"
    );
    return $result;
}

# Has SERVICE checked now, and does not wait.
sub reschedule {
    my ($self, $service) = @_;
    $self->request(POST => 'actions/reschedule-check', { type => 'Service', service => $service, force => JSON::PP::true() });
    return;
}

1;
