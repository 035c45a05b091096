#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What a hostile server says, on the web page of a real Nagios 4 in a real browser: text that is shown, never one that is run.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/../support";

use Browser;
use Hostile;
use Nagios;
use NagiosWeb;
use Probe;
use TempDir;

my $script = q{document.title='executed'};
my $text = qq{<script>$script</script><img src=x onerror="$script"><a href="javascript:$script">&lt;b&gt; | rtt=1s \$USER1\$ `id`};
my $escaped = $text =~ s/&/&amp;/gr =~ s/</&lt;/gr =~ s/>/&gt;/gr;
my $server = Hostile->new(user => 'probe', ping => [stream_error => 'policy-violation', $escaped]);

my $dir = temp_dir();
my $password = password_file('secret');
write_file("$dir/resource.cfg", "\$USER1\$=@{[Probe->program =~ s{/[^/]+\z}{}r]}\n");
write_file("$dir/site.cfg", <<"END");
define timeperiod {
    timeperiod_name 24x7
    alias always
    @{[join "\n    ", map { "$_ 00:00-24:00" } qw(sunday monday tuesday wednesday thursday friday saturday)]}
}
define command {
    command_name nothing
    command_line /bin/true
}
define command {
    command_name xmpp
    command_line ${\ Probe->program } -v -j probe\@example.org --password-file $password -H 127.0.0.1 -p ${\ $server->port } --ca-file ${\ $server->ca_file }
}
define contact {
    contact_name root
    host_notification_commands nothing
    service_notification_commands nothing
    host_notification_period 24x7
    service_notification_period 24x7
}
define host {
    host_name h
    address 127.0.0.1
    check_command nothing
    max_check_attempts 1
    check_period 24x7
    notification_period 24x7
    contacts root
}
define service {
    host_name h
    service_description XMPP
    check_command xmpp
    max_check_attempts 1
    check_interval 1000
    check_period 24x7
    notification_period 24x7
    contacts root
}
END
my $nagios = Nagios->new(files => ["$dir/site.cfg"], resource => "$dir/resource.cfg");
my ($exit, $said) = $nagios->verify;
is $exit, 0, 'Nagios takes the definitions' or diag $said;
$nagios->start;
my $status = $nagios->status('h', 'XMPP', sub { $_[0]{current_state} == 2 });
like $status->{plugin_output}, qr/\AXMPP PING CRITICAL - .*policy-violation/, 'a hostile server: CRITICAL';
my $web = NagiosWeb->new($nagios);
my $browser = Browser->new;
for my $page ('extinfo.cgi?type=2&host=h&service=XMPP', 'status.cgi?host=h') {
    my $dom = $browser->dom($web->address($page));
    my ($title) = $dom =~ m{<title>\s*(.*?)\s*</title>}s;
    like $dom, qr/XMPP PING CRITICAL - /, "$page: the line is shown" or diag substr($dom, 0, 2000), $web->log_text;
    like $dom, qr/policy-violation/, "$page: and its condition";
    unlike $title // '', qr/executed/, "$page: nothing of it was run";
    like $dom, qr/script\S{0,6}document\.title=/, "$page: it is text";
    unlike $dom, qr/<(?:script|img|a)[^>]*document\.title/, "$page: and no element";
}
# The same page with a plugin that lets everything through: the browser does run scripts here.
write_file("$dir/naive", "#!/bin/sh\necho \"XMPP PING CRITICAL - <script>$script</script>\"\nexit 2\n", 0755);
$nagios->stop;
write_file("$dir/site.cfg", read_file("$dir/site.cfg") =~ s{^    command_line .*check_xmpp_ping .*}{    command_line $dir/naive}mr);
my $naive = Nagios->new(files => ["$dir/site.cfg"], resource => "$dir/resource.cfg");
$naive->start;
$naive->status('h', 'XMPP', sub { $_[0]{current_state} == 2 });
$web = NagiosWeb->new($naive);
like $browser->dom($web->address('extinfo.cgi?type=2&host=h&service=XMPP')), qr{<title>\s*executed\s*</title>}, 'which this test would notice';
$naive->stop;

done_testing;
