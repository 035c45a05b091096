# SPDX-License-Identifier: GPL-3.0-or-later
package NameServer;

# Private name servers on a free loopback port, from a table of records:
#
#     my $server = NameServer->dnsmasq(
#         '_xmpp-client._tcp.one.test SRV' => ['10 5 5222 xmpp.one.test'],
#         'xmpp.one.test A'                => ['127.0.0.1'],
#         '_xmpp-client._tcp.not.test SRV' => ['0 0 0 .'],
#     );
#     system 'probe', '--dns-server=' . $server->address;
#
# All names end in ".test"; what is not in the table does not exist. NameServer->scripted() takes the same table and
# more: a value may be a word or a hash, a key "NAME *" or "*" stands for what has no key of its own.
#
#     'servfail', 'refused', ...   that RCODE
#     'silent'                     no answer
#     'garbage'                    bytes that are no DNS message
#     { answer => [...] | WORD,
#       delay => 0.7,              seconds until the answer
#       wrong_id => 1,             one with another id comes instead
#       truncated => 1,            over UDP only the TC bit; over TCP the answer
#       cut => 1,                  the answer ends in the middle
#       first => WORD }            what the first question gets instead
#
# Servers end with the object, at exit, on signals, and when the test dies: their keeper polls for its parent.

use strict;
use warnings;
use Carp qw(croak);
use File::Temp ();
use IO::Select;
use IO::Socket::IP;
use Net::DNS;
use POSIX ();
use Socket qw(SOCK_DGRAM SOCK_STREAM);
use Time::HiRes qw(time);

use constant PATIENCE => 10;    # seconds for a server to start

my %keepers;    # process ids
my $owner = $$;


sub _dnsmasq_path {
    for my $directory (split(/:/, $ENV{PATH} // ''), '/usr/sbin', '/usr/local/sbin') {
        return "$directory/dnsmasq" if -x "$directory/dnsmasq";
    }
    return undef;
}

sub dnsmasq {
    my ($class, %records) = @_;
    my $path = _dnsmasq_path() // croak 'no dnsmasq here';
    for (1 .. 5) {
        my ($udp, $tcp, $port) = _free_port();
        close $_ for $udp, $tcp;
        my @command = ($path, qw(--keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --bind-interfaces),
            qw(--listen-address=127.0.0.1 --log-facility=- --pid-file= --local=/test/), "--port=$port",
            map { _dnsmasq_options($_, $records{$_}) } sort keys %records);
        my $keeper = _fork(sub { _keep(@command) });
        my $self = bless { address => "127.0.0.1:$port", port => $port, keeper => $keeper }, $class;
        return $self if $self->_wait_until_it_answers;
        $self->stop;    # somebody else took the port
    }
    croak 'dnsmasq does not start';
}

sub scripted {
    my ($class, %records) = @_;
    my ($udp, $tcp, $port) = _free_port();
    my $log = File::Temp->new(TEMPLATE => 'questions-XXXXXX', TMPDIR => 1);
    my $keeper = _fork(sub { _serve($udp, $tcp, $log, \%records) });
    close $_ for $udp, $tcp;
    return bless { address => "127.0.0.1:$port", port => $port, keeper => $keeper, log => $log }, $class;
}

sub address { return $_[0]{address} }
sub port    { return $_[0]{port} }

# What a scripted server was asked, in order: "udp xmpp.one.test A".
sub questions {
    my ($self) = @_;
    open my $in, '<', $self->{log}->filename or croak "questions: $!";
    chomp(my @lines = <$in>);
    return @lines;
}

sub stop {
    my ($self) = @_;
    my $keeper = delete $self->{keeper};
    return if !$keeper || $$ != $owner || !delete $keepers{$keeper};
    kill TERM => $keeper;
    local ($?, $!);
    waitpid $keeper, 0;
    return;
}

sub DESTROY { return $_[0]->stop }

sub _stop_all {
    return if $$ != $owner;
    local ($?, $!);
    kill TERM => $_ for keys %keepers;
    waitpid $_, 0 for keys %keepers;
    %keepers = ();
    return;
}

END { _stop_all() }

for my $signal (qw(INT TERM HUP)) {
    next if ref $SIG{$signal} || ($SIG{$signal} // 'DEFAULT') ne 'DEFAULT';
    $SIG{$signal} = sub { _stop_all(); $SIG{$signal} = 'DEFAULT'; kill $signal => $$ };
}

sub _free_port {
    for (1 .. 50) {
        my $udp = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => SOCK_DGRAM) or croak "UDP: $@";
        my %address = (LocalHost => '127.0.0.1', LocalPort => $udp->sockport);
        my $tcp = IO::Socket::IP->new(%address, Type => SOCK_STREAM, Listen => 20);
        return ($udp, $tcp, $udp->sockport) if $tcp;
    }
    croak 'no free port';
}

sub _fork {
    my ($work) = @_;
    my $pid = fork // croak "fork: $!";
    if ($pid) {
        $keepers{$pid} = 1;
        return $pid;
    }
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    eval { $work->(); 1 } or warn $@;
    POSIX::_exit(0);
}

# Runs COMMAND until it ends, TERM comes, or the test is gone.
sub _keep {
    my (@command) = @_;
    my $parent = $owner;
    my $pid = fork // return;
    if (!$pid) {
        open STDERR, '>', '/dev/null';
        { exec @command }
        POSIX::_exit(127);
    }
    my $stop = 0;
    $SIG{$_} = sub { $stop = 1 } for qw(INT TERM HUP);
    $SIG{CHLD} = sub { };    # ends the select
    while (!$stop && getppid == $parent) {
        return if waitpid($pid, POSIX::WNOHANG()) == $pid;
        select undef, undef, undef, 0.1;
    }
    kill KILL => $pid;
    waitpid $pid, 0;
    return;
}

sub _wait_until_it_answers {
    my ($self) = @_;
    my %server = (PeerHost => '127.0.0.1', PeerPort => $self->{port});
    my $socket = IO::Socket::IP->new(%server, Type => SOCK_DGRAM) or return 0;
    my $question = Net::DNS::Packet->new('ready.test', 'A')->data;
    for (my $end = time + PATIENCE ; time < $end ;) {
        return 0 if waitpid($self->{keeper}, POSIX::WNOHANG()) == $self->{keeper};
        $socket->send($question);
        return 1 if IO::Select->new($socket)->can_read(0.05) && defined $socket->recv(my $answer, 512);
        select undef, undef, undef, 0.02;    # a closed port answers at once
    }
    return 0;
}

sub _dnsmasq_options {
    my ($key, $values) = @_;
    my ($name, $type) = split ' ', $key;
    return map {
        if ($type eq 'SRV') {
            my ($priority, $weight, $port, $target) = split;
            $target eq '.' ? "--srv-host=$name" : "--srv-host=$name,$target,$port,$priority,$weight";
        } elsif ($type eq 'A' || $type eq 'AAAA') {
            "--host-record=$name,$_";
        } elsif ($type eq 'CNAME') {
            "--cname=$name,$_";
        } else {
            "--txt-record=$name,$_";
        }
    } @$values;
}

# The scripted server's loop; the keeper itself answers.
sub _serve {
    my ($udp, $tcp, $log, $records) = @_;
    my $select = IO::Select->new($udp, $tcp);
    my %client;     # sockets of TCP clients and what came from them
    my %asked;
    my @delayed;    # [when, code]
    my $stop = 0;
    $SIG{TERM} = sub { $stop = 1 };
    $SIG{PIPE} = 'IGNORE';
    my $take = sub {
        my ($data, $transport, $send) = @_;
        my $question = Net::DNS::Packet->decode(\$data) or return;
        my ($asked) = $question->question or return;
        my ($name, $type) = (lc $asked->qname, $asked->qtype);
        syswrite $log, "$transport $name $type\n";
        my ($wait, $answer) = _answer($question, $name, $type, $transport, $records, \%asked);
        return if !defined $answer;
        push @delayed, [time + $wait, sub { $send->($answer) }];
    };
    while (!$stop && getppid == $owner) {
        my ($wait) = sort { $a <=> $b } 0.1, map { $_->[0] - time } @delayed;
        for my $socket ($select->can_read($wait > 0 ? $wait : 0)) {
            if ($socket == $udp) {
                my $from = $udp->recv(my $data, 4096) // next;
                $take->($data, 'udp', sub { $udp->send($_[0], 0, $from) });
            } elsif ($socket == $tcp) {
                my $new = $tcp->accept or next;
                $select->add($new);
                $client{$new} = '';
            } else {
                if (!sysread $socket, $client{$socket}, 4096, length $client{$socket}) {
                    $select->remove($socket);
                    delete $client{$socket};
                    next;
                }
                while (length $client{$socket} >= 2 && length $client{$socket} >= 2 + unpack 'n', $client{$socket}) {
                    my $data = substr substr($client{$socket}, 0, 2 + unpack('n', $client{$socket}), ''), 2;
                    $take->($data, 'tcp', sub { syswrite $socket, pack 'n/a*', $_[0] });
                }
            }
        }
        my @due = grep { $_->[0] <= time } @delayed;
        @delayed = grep { my $one = $_; !grep { $_ == $one } @due } @delayed;
        $_->[1]->() for @due;
    }
    return;
}

# How long to wait, and the bytes to send (undef: none).
sub _answer {
    my ($question, $name, $type, $transport, $records, $asked) = @_;
    my $spec = $records->{"$name $type"} // $records->{"$name *"} // $records->{'*'};
    $spec = { answer => $spec } if ref $spec ne 'HASH';
    my $answer = $spec->{answer};
    my $again = $asked->{"$name $type"}++;
    $answer = $spec->{first} if $spec->{first} && !$again;
    my $word = defined $answer && !ref $answer ? $answer : '';
    return (0, undef) if $word eq 'silent';
    return (0, "\xff" x 40) if $word eq 'garbage';

    my $reply = $question->reply;
    my $known = grep { (split)[0] eq $name } keys %$records;
    $reply->header->rcode($word ? uc $word : defined $answer || $known ? 'NOERROR' : 'NXDOMAIN');
    $reply->header->ra(1);
    if ($spec->{truncated} && $transport eq 'udp') {
        $reply->header->tc(1);
    } elsif (ref $answer) {
        $reply->push(answer => Net::DNS::RR->new("$name 60 IN $type $_")) for @$answer;
    }
    my $data = $reply->data;
    $data = substr $data, 0, length($data) - 5 if $spec->{cut};
    $data = pack('n', unpack('n', $data) ^ 0x5555) . substr $data, 2 if $spec->{wrong_id};
    return ($spec->{delay} // 0, $data);
}

1;
