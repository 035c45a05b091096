# SPDX-License-Identifier: GPL-3.0-or-later
# A private Nagios 4: its own configuration and files, gone with the test.
#
#   my $nagios = Nagios->new(files => [...], resource => FILE);
#   $nagios->verify, $nagios->start, $nagios->status('HOST', 'SERVICE'), $nagios->stop
package Nagios;

use strict;
use warnings;

use Carp qw(croak);
use POSIX ();

use Family;
use TempDir;

# OPTION: files with objects, resource: a resource file, service_check_timeout (60).
sub new {
    my ($class, %option) = @_;
    my $self = bless { dir => temp_dir(), service_check_timeout => 60, %option }, $class;
    my $dir = $self->{dir};
    mkdir "$dir/$_" or croak "$dir/$_: $!" for qw(results tmp);
    my %setting = (
        log_file => "$dir/nagios.log", object_cache_file => "$dir/objects.cache", precached_object_file => "$dir/objects.precache",
        status_file => "$dir/status.dat", status_update_interval => 1, command_file => "$dir/command", check_external_commands => 0,
        lock_file => "$dir/pid", temp_file => "$dir/temp", temp_path => "$dir/tmp", check_result_path => "$dir/results",
        state_retention_file => "$dir/retention.dat", query_socket => "$dir/query", interval_length => 1, check_for_updates => 0,
        use_syslog => 0, nagios_user => scalar getpwuid $>, nagios_group => scalar getgrgid $), resource_file => $self->{resource},
        service_check_timeout => $self->{service_check_timeout}, process_performance_data => 1, cached_host_check_horizon => 0, cached_service_check_horizon => 0, enable_notifications => 0,
        service_inter_check_delay_method => 'n', host_inter_check_delay_method => 'n',
        service_perfdata_file => "$dir/perfdata", service_perfdata_file_mode => 'a',
        service_perfdata_file_template => '$HOSTNAME$\t$SERVICEDESC$\t$SERVICESTATE$\t$SERVICEPERFDATA$',
        'illegal_macro_output_chars' => q(`~$&|'"<>),
    );
    write_file("$dir/nagios.cfg", join '', map { "$_\n" } (map { "cfg_file=$_" } @{ $self->{files} }),
        map { "$_=$setting{$_}" } sort keys %setting);
    return $self;
}

# Runs `nagios4 -v`. Returns its exit code and what it said.
sub verify {
    my ($self) = @_;
    open my $pipe, '-|', 'nagios4', '-v', "$self->{dir}/nagios.cfg" or croak "nagios4: $!";
    my $output = do { local $/ = undef; <$pipe> };
    close $pipe;
    return ($? >> 8, $output);
}

sub start {
    my ($self) = @_;
    $self->{daemon} =
        Family->spawn(name => 'nagios4', command => ['nagios4', "$self->{dir}/nagios.cfg"], log => "$self->{dir}/output", dir => $self->{dir});
    return $self;
}

sub daemon { return $_[0]{daemon} }
sub stop { $_[0]{daemon}->stop; return }
sub perfdata { return map { [split /\t/, $_, -1] } split /\n/, read_file("$_[0]{dir}/perfdata") }
sub log_text { return read_file("$_[0]{dir}/nagios.log") . read_file("$_[0]{dir}/output") }

# What status.dat says of a service (of the host, without one) as a hash, once CONDITION, which gets it, holds.
sub status {
    my ($self, $host, $service, $condition) = @_;
    my $type = defined $service ? 'servicestatus' : 'hoststatus';
    my $found;
    my $shown = sub {
        for my $block (read_file("$self->{dir}/status.dat") =~ /^$type \{\n(.*?)^\t\}$/msg) {
            my %value = $block =~ /^\t(\w+)=(.*)$/mg;
            next if $value{host_name} ne $host || ($value{service_description} // '') ne ($service // '');
            $found = \%value;
            return 1 if $value{has_been_checked} && $condition->($found);
        }
        return 0;
    };
    eval { $self->{daemon}->wait_until($shown, 180, 'show ' . ($service // $host) . ' as it should'); 1 }
        or croak $@, map { "$_=$found->{$_}\n" } sort keys %{ $found // {} };
    return $found;
}

1;
