# SPDX-License-Identifier: GPL-3.0-or-later
# A private NRPE daemon, gone with the test. It refuses to be root, so that root starts it as nobody: all that its commands
# need belongs into its directory.
#
#   my $nrpe = Nrpe->new; $nrpe->add(file => CONTENT, MODE); $nrpe->start(CONFIGURATION); $nrpe->check('check_xmpp_ping')
package Nrpe;

use strict;
use warnings;

use Carp qw(croak);
use POSIX ();

use Daemon qw(free_port now);
use Family;
use TempDir;

use constant CHECK_NRPE => '/usr/lib/nagios/plugins/check_nrpe';

sub new {
    my ($class) = @_;
    my $self = bless { dir => temp_dir(), port => free_port() }, $class;
    ($self->{user}, $self->{uid}, $self->{gid}) = (getpwuid $>)[0, 2, 3];
    ($self->{user}, $self->{uid}, $self->{gid}) = (getpwnam 'nobody')[0, 2, 3] if $> == 0;
    $self->{group} = getgrgid $self->{gid};
    $self->_own($self->{dir});
    return $self;
}

sub _own { my ($self, $file) = @_; $> != 0 || chown($self->{uid}, $self->{gid}, $file) or croak "$file: $!"; return $file }

# Adds a file to the directory, for the daemon's user. Returns its name.
sub add {
    my ($self, $name, $content, $mode) = @_;
    return $self->_own(write_file("$self->{dir}/$name", $content, $mode));
}

# Starts the daemon with CONFIGURATION, text, included.
sub start {
    my ($self, $configuration) = @_;
    my $dir = $self->{dir};
    my $include = $self->add('included.cfg', $configuration);
    my $main = $self->add('nrpe.cfg', <<"END");
server_address=127.0.0.1
server_port=$self->{port}
allowed_hosts=127.0.0.1
nrpe_user=$self->{user}
nrpe_group=$self->{group}
pid_file=$dir/pid
log_file=$dir/log
disable_syslog=1
command_timeout=60
connection_timeout=300
dont_blame_nrpe=0
include=$include
END
    my @drop = $> == 0
        ? ('setpriv', '--reuid', $self->{uid}, '--regid', $self->{gid}, '--clear-groups')
        : ();
    $self->{daemon} =
        Family->spawn(name => 'nrpe', command => [@drop, 'nrpe', '-f', '-c', $main], log => "$dir/output", dir => $dir);
    $self->{daemon}->wait_port('127.0.0.1', $self->{port});
    return $self;
}

sub daemon { return $_[0]{daemon} }
sub stop { $_[0]{daemon}->stop; return }

# Runs check_nrpe for COMMAND with more arguments. Returns its exit code, its output and how long it took.
sub check {
    my ($self, $command, @arguments) = @_;
    my $begin = now();
    open my $pipe, '-|', CHECK_NRPE, '-H', '127.0.0.1', '-p', $self->{port}, '-c', $command, @arguments
        or croak CHECK_NRPE . ": $!";
    my $output = do { local $/ = undef; <$pipe> // '' };
    close $pipe;
    return ($? >> 8, $output, now() - $begin);
}

1;
