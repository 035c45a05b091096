# SPDX-License-Identifier: GPL-3.0-or-later
# A private Icinga Web 2: a MariaDB that an Icinga 2 writes to, and PHP's own web server; gone with the program.
#
#   my $web = IcingaWeb->new;
#   Icinga2->new(text => $web->feature . ...)      the feature that writes to its database
#   $web->address('monitoring/service/show?host=h&service=s')
package IcingaWeb;

use strict;
use warnings;

use Carp qw(croak);
use File::Path qw(make_path);

use Daemon qw(free_port);
use TempDir;

sub new {
    my ($class) = @_;
    my $self = bless { dir => temp_dir(), database_port => free_port(), port => free_port() }, $class;
    my $dir = $self->{dir};
    my $user = getpwuid $>;
    _run("mariadb-install-db --no-defaults --datadir=$dir/db --auth-root-authentication-method=normal --skip-test-db --user=$user");
    $self->{database} = Daemon->spawn(
        name => 'mariadbd', log => "$dir/mariadbd.log",
        command => ['mariadbd', '--no-defaults', "--user=$user", "--datadir=$dir/db", "--socket=$dir/socket", '--bind-address=127.0.0.1',
            "--port=$self->{database_port}", "--pid-file=$dir/pid"],
    );
    $self->{database}->wait_port('127.0.0.1', $self->{database_port});
    my $mysql = "mysql --no-defaults --socket=$dir/socket --user=root";
    _run("$mysql -e \"create database icinga; create user icinga\@'%' identified by 'icinga'; grant all on icinga.* to icinga\@'%'\"");
    _run("$mysql icinga </usr/share/icinga2-ido-mysql/schema/mysql.sql");

    make_path("$dir/web/enabledModules", "$dir/web/modules/monitoring");
    symlink '/usr/share/icingaweb2/modules/monitoring', "$dir/web/enabledModules/monitoring" or croak "symlink: $!";
    my %file = (
        'config.ini' => qq{[global]\nconfig_backend = "ini"\nmodule_path = "/usr/share/icingaweb2/modules"\n[logging]\nlog = "none"\n},
        'resources.ini' => qq{[ido]\ntype = "db"\ndb = "mysql"\nhost = "127.0.0.1"\nport = "$self->{database_port}"\ndbname = "icinga"\n}
            . qq{username = "icinga"\npassword = "icinga"\ncharset = "utf8mb4"\n},
        'authentication.ini' => qq{[autologin]\nbackend = "external"\n},
        'roles.ini' => qq{[all]\nusers = "*"\npermissions = "*"\n},
        'modules/monitoring/backends.ini' => qq{[icinga]\ntype = "ido"\nresource = "ido"\n},
        'modules/monitoring/config.ini' => '', 'modules/monitoring/commandtransports.ini' => '',
    );
    write_file("$dir/web/$_", $file{$_}) for sort keys %file;
    $self->{daemon} = Daemon->spawn(
        name => 'php', log => "$dir/php.log", env => { REMOTE_USER => 'operator', ICINGAWEB_CONFIGDIR => "$dir/web" },
        command => ['php', '-S', "127.0.0.1:$self->{port}", '-t', '/usr/share/icingaweb2/public', '/usr/share/php/Icinga/Application/webrouter.php'],
    );
    $self->{daemon}->wait_port('127.0.0.1', $self->{port});
    return $self;
}

sub _run {
    my ($command) = @_;
    my $said = qx{exec 2>&1 </dev/null; $command};
    croak "$command: $said" if $?;
    return;
}

sub feature {
    my ($self) = @_;
    return <<"END";
library "db_ido_mysql"
object IdoMysqlConnection "ido" { host = "127.0.0.1", port = $self->{database_port}, user = "icinga", password = "icinga", database = "icinga" }
END
}

sub address { my ($self, $page) = @_; return "http://127.0.0.1:$self->{port}/$page" }
sub database { return $_[0]{database} }

# What the database answers to QUERY.
sub query { my ($self, $query) = @_; return scalar qx{mysql --no-defaults --socket=$self->{dir}/socket --user=root --skip-column-names icinga -e '$query' 2>&1} }

1;
