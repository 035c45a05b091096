# SPDX-License-Identifier: GPL-3.0-or-later
# The web pages of a private Nagios (Nagios.pm): Apache on loopback with Nagios' CGIs.
#
#   my $web = NagiosWeb->new($nagios);
#   $browser->dom($web->address('extinfo.cgi?type=2&host=h&service=s'));
package NagiosWeb;

use strict;
use warnings;

use Daemon qw(free_port);
use TempDir;

sub new {
    my ($class, $nagios) = @_;
    my $self = bless { dir => temp_dir(), port => free_port() }, $class;
    my $dir = $self->{dir};
    # Nagios escapes nothing here: what is safe is so by the plugin's own output.
    write_file("$dir/cgi.cfg", <<"END", 0644);
main_config_file=$nagios->{dir}/nagios.cfg
physical_html_path=/usr/share/nagios4/htdocs
url_html_path=/nagios4
use_authentication=0
escape_html_tags=0
END
    # The CGIs run as Apache's user, who reads Nagios' files.
    chmod 0711, $dir, $nagios->{dir};
    chmod 0644, map { "$nagios->{dir}/$_" } qw(nagios.cfg status.dat objects.cache);
    write_file("$dir/apache2.conf", <<"END", 0644);
ServerRoot $dir
ServerName 127.0.0.1
Listen 127.0.0.1:$self->{port}
PidFile $dir/pid
ErrorLog $dir/error.log
@{[$> == 0 ? "User nobody\nGroup nogroup" : '']}
@{[join "\n", map { "LoadModule ${_}_module /usr/lib/apache2/modules/mod_$_.so" } qw(mpm_prefork authz_core alias env cgi)]}
ScriptAlias /cgi-bin/nagios4 /usr/lib/cgi-bin/nagios4
Alias /nagios4/stylesheets /etc/nagios4/stylesheets
Alias /nagios4 /usr/share/nagios4/htdocs
<Location />
    Require all granted
    SetEnv NAGIOS_CGI_CONFIG $dir/cgi.cfg
</Location>
END
    $self->{daemon} = Daemon->spawn(name => 'apache2', command => ['apache2', '-X', '-f', "$dir/apache2.conf"], log => "$dir/output");
    $self->{daemon}->wait_port('127.0.0.1', $self->{port});
    return $self;
}

sub log_text { return read_file("$_[0]{dir}/error.log") . $_[0]{daemon}->log_text }
sub stop { $_[0]{daemon}->stop; return }

sub address { my ($self, $page) = @_; return "http://127.0.0.1:$self->{port}/cgi-bin/nagios4/$page" }

1;
