# SPDX-License-Identifier: GPL-3.0-or-later
# The site that README, the man page and doc/ write about: the domains example.org (with the account probe), example.com and
# example.net, guest.example.org without TLS on this machine, a name server that knows them, and the file "secret" in the
# current directory. A command of the documentation runs here as it stands:
#
#   my $site = Site->new;
#   my ($exit, $output) = $site->run('check_xmpp_ping -j probe@example.org --password-file secret');
#
# What makes that so are programs of the same names in front of the PATH, which know where the servers really listen.
package Site;

use strict;
use warnings;

use Certificates;
use NameServer;
use POSIX ();
use Probe;
use Prosody;
use TempDir;

my $PASSWORD = 'correct horse';

sub new {
    my ($class) = @_;
    my $self = bless { dir => temp_dir(), bin => temp_dir() }, $class;
    $self->{server} = Prosody->new(accounts => { probe => $PASSWORD }, domains => ['example.com', 'example.net']);
    $self->{federating} = Prosody->new(certificates => $self->{server}->certificates, s2s => {});
    $self->{clear} = Prosody->new(tls => 0, anonymous => 'guest.example.org');
    my ($starttls, $direct) = ($self->{server}->port, $self->{server}->direct_port);
    $self->{names} = NameServer->scripted(
        '_xmpp-client._tcp.example.org SRV' => ["10 5 $starttls xmpp.example.org"],
        '_xmpps-client._tcp.example.org SRV' => ["20 5 $direct xmpp.example.org"],
        '_xmpp-server._tcp.example.org SRV' => ['10 5 ' . $self->{federating}->s2s_port . ' xmpp.example.org'],
        'xmpp.example.org A' => ['127.0.0.1'],
    );
    write_file("$self->{dir}/secret", "$PASSWORD\n");
    $self->_program('check_xmpp_ping', <<'END');
my $given = join ' ', @ARGV;
my @more = $given =~ /--dns-server/ ? () : ('--dns-server', $names);
push @more, '--ca-file', $ca if $given !~ /--(?:ca-|insecure|tls=none)/;
push @more, '-p', $clear if $given =~ /--tls=none/;
exec $probe, @more, map { s/\A(-p|--port=)?(522[23])\z/($1 \/\/ '') . $ports{$2}/er } @ARGV;
END
    $self->_program('dig', "exec '/usr/bin/dig', '\@127.0.0.1', '-p', (split /:/, \$names)[1], \@ARGV;");
    $self->_program('openssl', q{exec '/usr/bin/openssl', map { s/\Axmpp\.example\.org:(\d+)\z/127.0.0.1:$ports{$1}/r } @ARGV;});
    $self->_program('ss', q{exec '/usr/bin/ss', map { s/:(522[23])\b/:$ports{$1}/r } @ARGV;});
    return $self;
}

sub server { return $_[0]{server} }
sub names { return $_[0]{names} }
sub dir { return $_[0]{dir} }
sub password { return $PASSWORD }

# Puts a program in front of the PATH.
sub _program {
    my ($self, $name, $code) = @_;
    write_file("$self->{bin}/$name", sprintf <<'END', Probe->program, $self->{names}->address, $self->{server}->ca_file,
#!/usr/bin/perl
my ($probe, $names, $ca, $clear) = ("%s", "%s", "%s", "%s");
my %%ports = (5222 => %d, 5223 => %d);
%s
die "exec: $!\n";
END
        $self->{clear}->port, $self->{server}->port, $self->{server}->direct_port, $code);
    chmod 0700, "$self->{bin}/$name" or die "$name: $!\n";
    return;
}

# Runs COMMAND in a shell. Returns its exit code and what it printed, on stderr too. It is killed after a minute.
sub run {
    my ($self, $command) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if (!$pid) {
        chdir $self->{dir} or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        local @ENV{qw(PATH LC_ALL)} = ("$self->{bin}:$ENV{PATH}", 'C');
        delete local $ENV{CHECK_XMPP_PING_PASSWORD};
        { exec 'timeout', '60', '/bin/sh', '-c', $command }
        POSIX::_exit(127);
    }
    local $/ = undef;
    my $output = <$out> // '';
    close $out;
    return ($? >> 8, $output);
}

1;
