#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# conf/icinga2/ in a real Icinga 2 with a real Prosody: what the API shows when the server is up, down and silent, and that the
# password is nowhere. The blocks of doc/icinga2.md are what is loaded here, or what it shows.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use JSON::PP ();
use Test::More;

use lib "$FindBin::Bin/support";

use Daemon qw(now);
use Family qw(descendants);
use Icinga2;
use Page;
use Probe;
use Prosody;
use TempDir;

my $conf = "$FindBin::Bin/../conf/icinga2";
my $password = 'hunter2-hunter2';
my $server = Prosody->new(accounts => { probe => $password }, s2s => {});
my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50) or die "TCP: $@\n";

# --- the CheckCommand and the table of options ---

my $generate = ($ENV{OBJECTS} // 'obj') . '/doc/generate';
my $command = read_file("$conf/command.conf");
is $command, scalar(`$generate icinga2`), 'command.conf is what the table of options says (make conf writes it)';

# The same for the Director, which cannot set a command's environment.
{
    my $shipped = read_file("$conf/director-basket.json");
    is $shipped, scalar(`$generate director`), 'so is the Director\'s basket';
    my $basket = JSON::PP->new->decode($shipped);
    my $arguments = $basket->{Command}{xmpp_ping}{arguments};
    my %argument = map { $_ => [($arguments->{$_}{value} // $arguments->{$_}{set_if}), $arguments->{$_}{repeat_key} ? 'list' : ''] } keys %$arguments;
    my %expected = $command =~ /^\t\t"(--[a-z0-9-]+)" = \{\n((?:\t\t\t.*\n)+)/mg;
    $expected{$_} = [$expected{$_} =~ /= "(\$\w+\$)"$/m, $expected{$_} =~ /repeat_key/ ? 'list' : ''] for keys %expected;
    is_deeply \%argument, \%expected, 'with the same arguments';
    my %field = map { $_ => $_->{varname} } values %{ $basket->{Datafield} };
    is_deeply [sort values %field], [sort map { $_->[0] =~ /\$(\w+)\$/ } values %argument], 'and a field for each';
    my @used = map { $basket->{Datafield}{ $_->{datafield_id} }{varname} } @{ $basket->{ServiceTemplate}{'xmpp-ping'}{fields} };
    is_deeply [sort @used], [sort values %field], 'which the service template has';
}

my %unfit = map { $_ => 1 } qw(help version config-test output);
my %argument;
my $help = Probe->run(['--help'])->stdout;
while ($help =~ /^  (?:-\w, |    )--([a-z0-9-]+)(\[?=\S+)?/mg) {
    $argument{$1} = $2 // '' if !$unfit{$1};
}
cmp_ok scalar keys %argument, '>', 25, 'options are found in --help';

# Each variable is set to its own name, or a list of two such.
my %repeatable = map { $_ => 1 } $command =~ /"--([a-z0-9-]+)" = \{\n[^}]*repeat_key = true/g;
my %every;
my @expected;
for my $option (sort keys %argument) {
    my $variable = 'xmpp_ping_' . $option =~ tr/-/_/r;
    my @values = $repeatable{$option} ? ("$option-1", "$option-2") : $argument{$option} ? $option : ();
    $every{$variable} = $repeatable{$option} ? \@values : $argument{$option} ? $option : JSON::PP::true();
    push @expected, @values ? map { "--$option $_" } @values : "--$option";
}

# --- the definitions, validated and run ---

my $plugins = temp_dir();
symlink Probe->program, "$plugins/check_xmpp_ping" or die "$plugins: $!\n";

my $page = Page->new('doc/icinga2.md');
my $root = temp_dir();
is $page->install($root, $password), '', 'the commands of the page install the files';
my @installed = glob "$root/etc/icinga2/conf.d/xmpp_ping/*";
is scalar @installed, 2, 'both';
my $secret = "$root/etc/check_xmpp_ping.password";
is read_file($secret), "$password\n", 'and the password';
my ($definition) = grep { /command/ } @installed;
is scalar((my $text = read_file($definition)) =~ s{/etc/check_xmpp_ping\.password}{$&}g), 1, 'command.conf names the password file once';
write_file($definition, $text =~ s{(?=/etc/check_xmpp_ping\.password)}{$root}r);

my $way = sprintf 'xmpp_ping_hostname = "127.0.0.1", xmpp_ping_port = %d, xmpp_ping_ca_file = "%s"', $server->port,
    $server->ca_file;
my $own = $way =~ s/127\.0\.0\.1/\$xmpp_ping_address\$/r;
my $remotes = 'xmpp_ping_remote = [ "b=example.org", "a=probe@example.org" ]';

# From a package to a service: three commands and one block come before the first output that the page shows.
{
    my ($start) = read_file("$FindBin::Bin/../doc/icinga2.md") =~ /\A(.*?)^```text/ms;
    my @kinds = $start =~ /^ *```(\w+)$/mg;
    is "@kinds", 'sh sh icinga2 sh', 'three commands and one block';
    my @commands = map { split /(?<![&|\\])\n/ } $start =~ /^ *```sh\n(.*?)^ *```$/msg;
    is scalar @commands, 3, 'each of them one command' or diag join "\n--\n", @commands;
    is $page->block('sh', 'apt install'), "apt install ./check-xmpp-ping_*.deb\n", 'the first installs the package';
}

# The page's hosts, but for where the server is, and what the remotes are.
sub here {
    my ($host) = @_;
    $host =~ s/192\.0\.2\.\d/127.0.0.1/;
    $host =~ s/"hostalive"/"dummy"/;
    $host =~ s/(?<==)(?:jabber\.example|muc\.example\.net)/example.org/g;
    $host =~ s/^( *)(vars\.xmpp_ping_(?:jid|profiles) .*)/$1$2\n$1vars += { $way }/m;
    return $host;
}

# The plugin's own file, of which the page shows a part.
my $profiles = $page->block('libconfig', 'profiles');
is scalar($profiles =~ s{/etc/check_xmpp_ping\.password}{$secret}), 1, 'the profiles have the password file';
$profiles =~ s/jabber\.example/example.org/;
my $file = write_file("$root/etc/check_xmpp_ping.conf", $profiles);
like(Probe->run(['-f', $file, '--config-test'])->stdout, qr/shop.*chat/s, 'the page\'s profiles are good');

my $pages = join '', map { here($page->block('icinga2', $_)) } 'xmpp.example.org', 'chat.example.org', 'for (domain', 'xmpp servers';
is scalar($pages =~ s/^  vars\.xmpp_ping_profiles.*/$&\n  vars.xmpp_ping_config = "$file"/m), 1, 'a host has profiles';
my $icinga = Icinga2->new(plugins => $plugins, files => \@installed, text => $pages . <<"END");
template Host "probed" {
  address = "127.0.0.1"
  check_command = "dummy"
}
object Host "one" {
  import "probed"
  vars += { xmpp_ping_jid = "probe\@example.org", $own }
}
object Host "many" {
  import "probed"
  vars.xmpp_pings["file"] = { xmpp_ping_jid = "probe\@example.org", $remotes, $own }
  vars.xmpp_pings["environment"] = {
    xmpp_ping_jid = "probe\@example.org", xmpp_ping_password = "$password", $own }
  vars.xmpp_pings["every"] = ${\ dictionary(\%every) }
}
object Host "servers" {
  import "probed"
  vars += { xmpp_ping_domain = "example.org", $own, xmpp_ping_port = ${\ $server->s2s_port} }
}
object Host "users" {
  import "probed"
  vars += { xmpp_ping_domain = "example.org", $own }
  vars.xmpp_pings["offers"] = { xmpp_ping_jid = "example.org", xmpp_ping_no_login = true, xmpp_ping_offers_not = [ "DIGEST-MD5" ], $own }
}

/* Who wins: each sets --certificate where its name says. */
object Host "host" {
  import "probed"
  vars.xmpp_ping_jid = "probe\@example.org"
  vars.xmpp_ping_certificate = "1"
  vars.xmpp_pings["apply"] = { xmpp_ping_certificate = "2" }
  vars.xmpp_pings["chosen"] = { xmpp_ping_critical = "1s", xmpp_ping_password_file = "/file" }
  vars.xmpp_pings["profile"] = { xmpp_ping_profile = "shop" }
  vars.xmpp_pings["ini"] = { xmpp_ping_extra_opts = [ "shop" ] }
  vars.xmpp_pings["federation"] = { xmpp_ping_s2s = true }
}
object Host "limits" {
  import "probed"
  vars.xmpp_ping_jid = "probe\@example.org"
  vars.xmpp_ping_warning = "400ms"
  vars.xmpp_ping_password_file = "/host"
  vars.xmpp_ping_profiles = [ "shop" ]
}
object Host "none" {
  import "probed"
  vars.xmpp_ping_jid = "example.org"
  vars.xmpp_ping_password_file = []
}
object Service "service" {
  import "xmpp-ping"
  host_name = "host"
  vars.xmpp_ping_certificate = "3"
}
object CheckCommand "xmpp_ping_shop" {
  import "xmpp_ping"
  vars.xmpp_ping_profile = "shop"
}
object Service "derived" {
  import "xmpp-ping"
  host_name = "none"
  check_command = "xmpp_ping_shop"
}
object Service "silent" {
  import "xmpp-ping"
  host_name = "one"
  check_timeout = 3
  vars += { xmpp_ping_password = "$password", xmpp_ping_timeout = 50,
    xmpp_ping_port = ${\ $silent->sockport } }
}
END

sub dictionary {
    my ($of) = @_;
    my $json = JSON::PP->new;
    return '{ ' . join(', ', map { my $value = $of->{$_}; "$_ = " . ($json->encode([$value]) =~ s/\A\[|\]\z//gr) } sort keys %$of) . ' }';
}

# What Icinga 2.14.6 says of the test's own ApiUser left out.
sub about_us { my ($said) = @_; return $said =~ s{^.*warning/ApiListener: Security notice:.*\n}{}mgr }

like $page->block('sh', 'daemon -C'), qr/ icinga2 daemon -C && systemctl reload icinga2\n\z/, 'the page says how to validate';
my ($exit, $said) = $icinga->validate;
is $exit, 0, 'Icinga 2 validates the definitions' or diag $said;
like $said, qr/Instantiated 29 Services/, 'the apply rules make a service of each variable';
unlike about_us($said), qr/warning/, 'without a warning';
$icinga->start;

# State, sentence, labels and stored command of a result.
sub is_result {
    my ($result, $state, $sentence, $name) = @_;
    is $result->{state}, $state, "$name: state";
    like $result->{output}, $sentence, "$name: output";
    unlike(JSON::PP->new->encode($result), qr/\Q$password\E/, "$name: no password in what is stored");
    return;
}

sub labels {
    my ($result) = @_;
    return [map { ref $_ ? $_->{label} : /\A([^=]+)=/ ? $1 : $_ } @{ $result->{performance_data} }];
}

my %up;
for my $service ('one!xmpp', 'many!xmpp file', 'many!xmpp environment', 'xmpp.example.org!xmpp',
    'chat.example.org!xmpp federation', 'xmpp servers!xmpp shop', 'xmpp servers!xmpp chat') {
    my $result = $up{$service} = $icinga->check($service);
    is_result($result, 0, qr/\AXMPP PING OK - example\.org/, "$service, up");
    my ($rtt) = grep { (ref $_ ? $_->{label} : $_) =~ /\Artt\b/ } @{ $result->{performance_data} };
    like ref $rtt ? "$rtt->{label} $rtt->{value}" : $rtt, qr/\Artt[ =]0\.\d+/, "$service, up: performance data";
    is $result->{exit_status}, 0, "$service, up: exit code";
}
is shape($up{'xmpp.example.org!xmpp'}{output}), shape($page->block('text', 'answers in')), 'the page shows what Icinga shows';
for my $service ('servers!xmpp s2s', 'users!xmpp c2s', 'users!xmpp offers') {
    my $result = $up{$service} = $icinga->check($service);
    is_result($result, 0, qr/\AXMPP PING OK - example\.org takes (?:servers|logins) over TLSv1\.3/, "$service, up");
    is join(' ', @{ labels($result) }), 'time time_dns time_connect time_stream time_tls tcp_rtt cert_days', "$service, up: the labels";
    is scalar(grep { /password/ } @{ $result->{command} }), 0, "$service, up: no password is given";
}
is shape($up{'servers!xmpp s2s'}{output}), shape($page->block('text', 'takes servers')), 'the page shows that of servers';
my $all = labels($up{'many!xmpp file'});
ok @$all > 15 && grep({ $_ eq 'b_rtt' } @$all), 'the labels of remotes are there';
is join(' ', grep { /_rtt\z/ && !/\Atcp/ } @$all), 'b_rtt a_rtt', 'in the order of the list';
is_deeply [grep { /password/ } @{ $up{'many!xmpp environment'}{command} }], [], 'the password came through the environment';

my $every = join ' ', @{ $icinga->check('many!xmpp every')->{command} };
for my $item (@expected) {
    like " $every ", qr/ \Q$item\E /, "$item is passed";
}

# --- who wins: the service's own variable, its host's, the command's default; and no default where a profile has the settings ---

# The options of a service's command line, each with its value.
sub options_of {
    my ($service) = @_;
    my ($program, @words) = @{ $icinga->check($service)->{command} };
    my %option;
    while (@words) {
        my $name = shift @words;
        $option{$name} = @words && $words[0] !~ /\A--/ ? shift @words : 1;
    }
    return \%option;
}

my @defaults = ('--certificate', '21,7', '--critical', '2s,60%', '--warning', '500ms,20%', '--password-file', $secret);
my @account = ('--jid', 'probe@example.org');
for my $case (
    ['host!xmpp', 'its host\'s variable wins over a default', @account, @defaults, '--certificate', 1],
    ['host!xmpp apply', 'an apply rule\'s over its host\'s', @account, @defaults, '--certificate', 2],
    ['host!service', 'a service\'s own too', @account, @defaults, '--certificate', 3],
    ['host!xmpp chosen', 'no default beside what was chosen', @account, '--certificate', 1, '--critical', '1s', '--password-file', '/file'],
    ['host!xmpp profile', 'no default beside a profile', @account, '--certificate', 1, '--profile', 'shop'],
    ['host!xmpp ini', 'no default beside an INI section', @account, '--certificate', 1, '--extra-opts', 'shop'],
    ['limits!xmpp', 'a threshold and a password file of the host', @account, '--certificate', '21,7', '--warning', '400ms', '--password-file', '/host'],
    ['limits!xmpp shop', 'which win over a profile, too', @account, '--warning', '400ms', '--password-file', '/host', '--profile', 'shop'],
    ['none!xmpp', 'a default can be taken away', '--jid', 'example.org', (@defaults)[0 .. 5]],
    ['none!derived', 'no default in a command that names a profile', '--jid', 'example.org', '--profile', 'shop'],
) {
    my ($service, $name, %expected) = @$case;
    is_deeply options_of($service), \%expected, "$service: $name";
}
{
    my $options = options_of('host!xmpp federation');
    is_deeply [grep { exists $options->{$_} } qw(--warning --critical --password-file)], [], '--s2s gets no default that it refuses';
}

# --- down ---

$server->stop;
for my $service (sort keys %up) {
    my $result = $icinga->check($service);
    is_result($result, 2, qr/\AXMPP PING CRITICAL - connect: connect-refused/, "$service, down");
    is_deeply labels($result), labels($up{$service}), "$service, down: the same labels";
}

is shape($icinga->object(services => 'xmpp.example.org!xmpp')->{last_check_result}{output} =~ s/\n.*//sr),
    shape($page->block('text', 'PING CRITICAL')), 'the page shows what Icinga shows, down';

# --- silent, for longer than Icinga waits ---

sub plugins_running {
    return grep { read_file("/proc/$_/cmdline") =~ /\A[^\0]*check_xmpp_ping\0/ } descendants($icinga->daemon->pid);
}

my $begin = time;
$icinga->reschedule('one!silent');
$icinga->daemon->wait_until(sub { plugins_running() >= 2 }, 30, 'start the plugin, which starts its child');
my $lines = join '', map { read_file("/proc/$_/cmdline") } plugins_running();
like $lines, qr/--port\0/, 'the command lines of the running check can be read';
unlike $lines, qr/\Q$password\E/, 'and have no password';
$icinga->daemon->wait_until(sub { !plugins_running() }, 30, 'end the plugin at its timeout');
pass 'at its own timeout Icinga leaves no process of the plugin';
my $late;
$icinga->daemon->wait_until(
    sub {
        $late = $icinga->object(services => 'one!silent')->{last_check_result};
        return $late && $late->{execution_start} >= $begin || select undef, undef, undef, 0.1;
    },
    30, 'show the result'
);
# Its line is there if it comes in the tenth of that time which Icinga waits before it kills: not surely on a busy machine.
is_result($late, 3, qr/killed by SIGTERM in phase stream|<Timeout exceeded\.>/, 'Icinga\'s timeout: UNKNOWN');

$icinga->stop;
unlike $icinga->log_text, qr/\Q$password\E/, 'no password in the log';
like read_file($icinga->dir . '/data/icinga2.state'), qr/xmpp_ping/, 'the state file is there';
unlike read_file($icinga->dir . '/data/icinga2.state'), qr/\Q$password\E/, 'and has no password';
unlike about_us($icinga->log_text), qr{(?:warning|critical)/(?!PluginCheckTask|Process|Application)}, 'Icinga has nothing to complain of'
    or diag grep { m{warning/|critical/} } map { "$_\n" } split /\n/, $icinga->log_text;

is_deeply [$page->unused], [], 'no block of the page is left untested';

done_testing;
