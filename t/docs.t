#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The documentation does what it says: each command in README, the man page and the pages of doc/ is run, in a site that is as
# they say (t/support/Site.pm); each line of output that they quote is made to happen; options and files that they name exist.
#
# In doc/*.md a fenced block says what it is: ```console holds commands behind "$ " and their output, in which a line "..." stands
# for any lines and "| ..." for the performance data; ```sh holds commands; ```text quotes output. A page that is not in @OWN has
# a test of its own, which names it.

use strict;
use warnings;
use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/support";

use Probe;
use Scenes;
use TempDir;

my @OWN = qw(scale.md states.md thresholds.md troubleshooting.md);

my $root = "$FindBin::Bin/..";
my %text = map { s{\A\Q$root\E/}{}r => read_file($_) } "$root/README", "$root/doc/check_xmpp_ping.1.in", glob "$root/doc/*.md";
my $help = Probe->run(['--help'])->stdout;

# --- what is written down ---

# The fenced blocks of a page: [kind, lines].
sub blocks {
    my ($page) = @_;
    my @blocks;
    my $open;
    for my $line (split /\n/, $text{$page}) {
        if ($line =~ /\A\s*```(\S*)/) {
            push @blocks, $open if $open;
            $open = $open ? undef : [$1, []];
        } elsif ($open) {
            push @{ $open->[1] }, $line;
        }
    }
    return @blocks;
}

# [command, its lines of output]. A command goes on behind a \ at the end.
sub commands {
    my (@lines) = @_;
    my @commands;
    while (defined(my $line = shift @lines)) {
        if ($line =~ s/\A\$ //) {
            $line =~ s/\\\z/shift(@lines) =~ s{\A\s+}{}r/e while @lines && $line =~ /\\\z/;
            push @commands, [$line, []];
        } elsif (@commands) {
            push @{ $commands[-1][1] }, $line;
        }
    }
    return @commands;
}

# The same for all that was measured, for where the site's servers listen, and for what differs by Debian's release: whether
# Prosody binds SCRAM to TLS 1.3, how openssl writes a name.
sub shape {
    my ($line) = @_;
    return $line =~ s/\A\s+|\s+\z//gr =~ s/\s+/ /gr
        =~ s/\b\d+\.\d+\.\d+\.\d+:\d+/ADDRESS:PORT/gr
        =~ s/\b\d+\.\d+\.\d+\.\d+\b/ADDRESS/gr
        =~ s/, port \d+:/, port PORT:/gr
        =~ s/(\.example\.org):\d+\b/$1:PORT/gr
        =~ s/\A(\d+ \d+) \d+ ([\w.-]+\.)\z/$1 PORT $2/r
        =~ s/(?<!above )(?<!below )(?<!end after )(?<!deadline: after )(?<!out of )(?<![\d.:])\d+(?:\.\d+)? (?:us|ms|s)\b/TIME/gr
        =~ s/=-?[\d.]+s;/=TIME;/gr
        =~ s/:? ?\.\.\.,/...,/r # longer or shorter by a port's digit
        =~ s/\A(mechanism: SCRAM-SHA-1)-PLUS\z/$1/r
        =~ s/\A(subject=CN) = /$1=/r
        =~ s/\bvalid in \d+ days?\b/valid in DAYS/r
        =~ s/, until \d{4}-\d\d-\d\dT[\d:]+Z, \d+ days left\z/, until DATE/r
        =~ s/\b(not(?:Before|After)=).*/$1DATE/r;
}

# A first line without its performance data.
sub sentence { my ($line) = @_; return shape($line =~ s/ \|.*//r) }

# Whether GOT, lines, is what WANTED says.
sub agrees {
    my ($got, $wanted) = @_;
    my $pattern = join '', map {
        my $line = shape($_);
        $line eq '...' ? '(?:[^\n]*\n)*'
            : $line =~ s/ ?\.\.\.\z// ? quotemeta($line =~ s/ \|\z//r) . "[^\\n]*\n"
            : quotemeta($line) . "\n"
    } @$wanted;
    my $all = join '', map { shape($_) . "\n" } @$got;
    return $all =~ /\A$pattern\z/;
}

sub run_command {
    my ($page, $command, $wanted) = @_;
    my ($exit, $output) = $site->run($command);
    my $name = "$page: $command";
    cmp_ok $exit, '<=', 3, "$name: it runs" or diag $output;
    unlike $output, qr/--help for more|not found/, "$name: and is understood";
    return if !$wanted;
    my @lines = split /\n/, $output;
    ok agrees(\@lines, $wanted), "$name: the output is as quoted" or diag "$output\n-- should be\n", join "\n", @$wanted, '';
    return;
}

my @started = start_scenes(@cases);

# --- README ---

{
    my @indented = map { s/\A {4}//r } split /\n/, $text{README} =~ s/^(?! {4}).*$/\$ -/mgr;
    my @commands = grep { $_->[0] ne '-' } commands(@indented);
    ok @commands, 'README has a command with its output';
    run_command('README', @$_) for @commands;
}
for my $target ($text{README} =~ /^ {4}make (\w+)/mg) {
    my $plan = qx{MAKEFLAGS= make -C '$root' -n --no-print-directory $target 2>&1};
    is $?, 0, "README: make $target is there" or diag $plan;
    like $plan, qr{^t/demo$}m, 'make demo runs t/demo' if $target eq 'demo';
}
{
    my $dir = temp_dir();
    my ($arguments) = $text{README} =~ /^ {4}make install (.*)$/m or die "README has no make install\n";
    my $made = qx{make -C '$root' --no-print-directory install $arguments DESTDIR='$dir' 2>&1};
    is $?, 0, "README: make install $arguments" or diag $made;
    ok -x "$dir/usr/lib/nagios/plugins/check_xmpp_ping", 'the plugin is where README says';
    ok -s "$dir/usr/share/man/man1/check_xmpp_ping.1", 'so is its man page';
    $made = qx{make -C '$root' --no-print-directory uninstall $arguments DESTDIR='$dir' 2>&1};
    is qx{find '$dir' -type f -o -type l}, '', 'README: make uninstall takes all away' or diag $made;
}
{
    my $output = qx{'$root/t/demo' 2>&1};
    is $?, 0, 'what make demo runs is OK' or diag $output;
    like $output, qr/^XMPP PING OK - /m, 'and shows the line';
}
# Lines of options with words behind them.
{
    my ($section) = $text{README} =~ /^Thresholds\n-+\n(.*?)^\w+\n---/ms or die "README has no section on thresholds\n";
    my @examples = map { [split] } $section =~ /^ {4}(-.*)/mg;
    cmp_ok scalar @examples, '>=', 5, 'README has examples of thresholds';
    for my $words (@examples) {
        my @options;
        while (@$words && $words->[0] =~ /\A-/) {
            push @options, shift @$words;
            push @options, shift @$words if $options[-1] =~ /\A-\w\z/ && $help =~ /^ +$options[-1], --[a-z-]+=/m;
        }
        run_command('README', "check_xmpp_ping -j probe\@example.org --password-file secret @options");
    }
}

# --- the man page ---

my $man = $text{'doc/check_xmpp_ping.1.in'};
{
    my ($known) = read_file(($ENV{OBJECTS} // "$root/obj") . '/check_xmpp_ping.bash') =~ /^ *--require-mechanism\)\n *\S+ '([^']+)'/m;
    my ($section) = ($man =~ s/\\-/-/gr) =~ /^\.SH LOGIN\n(.*?)^\.SH/ms;
    is join(' ', $section =~ /\b(EXTERNAL|SCRAM-[\w-]+|PLAIN|ANONYMOUS)\b/g), $known, 'the man page has the mechanisms in their order';
}
{
    my @examples = map { s/\\e\n\s*/ /gr =~ s/\\-/-/gr =~ s/\\\(ti/~/gr =~ s/\\\(aq/'/gr =~ s/\n\z//r } $man =~ /^\.EX\n(.*?)^\.EE$/msg;
    cmp_ok scalar @examples, '>=', 4, 'the man page has examples';
    for my $example (@examples) {
        if ($example =~ /\A\[/) {
            write_file($site->dir . '/example.ini', $example);
            run_command('man page', 'check_xmpp_ping --extra-opts=' . ($example =~ /\A\[(.*)\]/)[0] . '@example.ini');
        } elsif ($example =~ /\Adefaults = /) {
            write_file($site->dir . '/example.conf', $example);
            my ($profile) = $example =~ /^profiles = \{\n\s*(\w+) = /m;
            run_command('man page', "check_xmpp_ping -f example.conf -P $profile", ['XMPP PING OK - ...', '...']);
        } else {
            run_command('man page', $example, ['XMPP PING OK - ...', '...']);
        }
    }
}

# --- the tables of doc/ ---

# The tables of doc/thresholds.md: options, and the line that they come to.
{
    my $page = 'doc/thresholds.md';
    my ($slow, $lossy, $refused) = $text{$page} =~ /^\| options \| (?:come to|are refused) \|\n\|[-|]+\n((?:\|.*\n)+)/mg;
    my %server = (
        slow => sub { federating_late(@_) },
        lossy => sub { against($two, '--ping-timeout=1s', @_) },
        refused => sub { alone(@account, @_) },
    );
    for my $case (['slow', $slow], ['lossy', $lossy], ['refused', $refused]) {
        my ($kind, $table) = @$case;
        my @rows = map { [/\A\| (?:`([^`]*)`|none) \| `([^`]*)` \|\z/ ? ($1 // '', $2) : die "$page: $_\n"] } split /\n/, $table // '';
        cmp_ok scalar @rows, '>=', 5, "$page: $kind: there is a table";
        my %output = finish_scenes(start_scenes(map { my $options = $_->[0]; [$options, $server{$kind}, split ' ', $options] } @rows));
        for my $row (@rows) {
            my ($options, $quote) = @$row;
            my ($first) = split /\n/, $output{$options};
            my $prefix = $kind eq 'refused' ? 'XMPP PING UNKNOWN - ' : 'XMPP PING ';
            is sentence($first), sentence("$prefix$quote"), "$page: $kind: $options";
        }
    }
}

sub federating_late {
    my (@arguments) = @_;
    my $ping = sub {
        my ($c) = @_;
        return $c->iq_error('remote-server-not-found', 'cancel') if $c->{to} =~ /nosuch/;
        return late($c);
    };
    return against({ ping => $ping, certificate => 'expiring' }, '-n', 1, @arguments);
}

# Conditions and figures: all pages have them from one table each.
{
    my $generate = ($ENV{OBJECTS} // "$root/obj") . '/doc/generate';
    for my $file (qw(README doc/prometheus.md doc/states.md doc/troubleshooting.md doc/check_xmpp_ping.schema.json)) {
        is scalar(qx{'$generate' fill <'$root/$file'}), read_file("$root/$file"), "$file is what the tables say (make conf writes it)";
    }
    my $schema = JSON::PP->new->decode(read_file("$root/doc/check_xmpp_ping.schema.json"));
    my @conditions = grep { defined } @{ $schema->{'$defs'}{condition}{enum} };
    cmp_ok scalar @conditions, '>=', 80, 'there are conditions';
    my $man_page = qx{'$generate' fill <'$root/doc/check_xmpp_ping.1.in'};
    my ($completed) = qx{'$generate' bash} =~ /--map\)\n[^']*'([^']*)'/s;
    is $completed, join(' ', @conditions), '--map is completed by all of them';
    for my $condition (@conditions) {
        like $text{'doc/states.md'}, qr/^\| `$condition` \|/m, "doc/states.md has $condition";
        like $man_page, qr/^\\fB\Q${\ ($condition =~ s{-}{\\-}gr)}\E\\fR \(/m, "the man page has $condition";
        my $run = alone("--map=$condition=ok")->finish;
        like $run->first, qr/ -j user\@domain is required\z/, "--map takes $condition";
    }
}

# --- what is quoted ---

my %played = finish_scenes(@started);
for my $case (@cases) {
    my ($quote) = @$case;
    my ($first) = split /\n/, $played{$quote};
    is sentence($first // ''), sentence("XMPP PING $quote"), "it happens: $quote" or diag $played{$quote};
}

# A quote may go on with lines of the same output.
my %quoted;
sub check_quote {
    my ($page, $first, @lines) = @_;
    my $quote = $first =~ s/\AXMPP PING | \|.*//gr;
    $quoted{$quote} = 1;
    my $output = $played{$quote};
    ok defined $output, "$page: it is known how this comes about: $quote" or return;
    my %said = map { (shape($_) => 1) } split /\n/, $output;
    ok $said{ shape($_) }, "$page: it goes on so: $_" or diag $output for @lines;
    return;
}

# --- the pages of doc/ ---

my @tests = map { glob "$root/$_/*.t" } "t", "t/monitors";
for my $page (sort grep { m{\Adoc/.*\.md\z} } keys %text) {
    my ($name) = $page =~ m{([^/]+)\z};
    ok $_->[0] ne '', "$page: a block says what it is: '$_->[0]'" for blocks($page);
    if (!grep { $_ eq $name } @OWN) {
        my @naming = grep { !m{/docs\.t\z} && read_file($_) =~ /\b\Q$name\E\b/ } @tests;
        ok @naming, "$page: a test runs what it says";
        next;
    }
    for my $block (blocks($page)) {
        my ($kind, $lines) = @$block;
        if ($kind eq 'console') {
            my @commands = commands(@$lines);
            ok @commands, "$page: there is a command to run";
            run_command($page, @$_) for @commands;
        } elsif ($kind eq 'sh') {
            run_command($page, join "\n", @$lines);
        } elsif ($kind eq 'text') {
            check_quote($page, @$lines);
        } else {
            fail "$page: no test loads this $kind";
        }
    }
}

{
    my @quotes = $text{README} =~ /^(?:(?! {4}\$).*\n)\n((?: {4}XMPP PING .*\n)(?: {4}.*\n)*)/mg;
    ok @quotes, 'README quotes an output';
    check_quote('README', map { s/\A {4}//r } split /\n/, $_) for @quotes;
}

# --- names ---

my %option = map { $_ => 1 } $help =~ /(?:^|\s)(--?[a-zA-Z0-9][a-z0-9-]*)/mg;
my %mentioned = (README => $text{README}, 'man page' => $man =~ s/\\-/-/gr, map { $_ => $text{$_} } map { "doc/$_" } @OWN);
for my $page (sort keys %mentioned) {
    # Commands of others have options of their own.
    my $prose = $mentioned{$page} =~ s/^\$ (?!check_xmpp_ping).*$//mgr =~ s/\|[- |]+\|//gr;
    my %seen = map { $_ => 1 } $prose =~ /(?<![\w.\/-])(--[a-z][a-z0-9-]*\w)/g;
    ok $option{$_} || $_ =~ /\A--time(?:uot)\z/, "$page: $_ is an option" for sort keys %seen;
}
my $printed = qx{@{[ $ENV{OBJECTS} // "$root/obj" ]}/doc/generate fill <$root/doc/check_xmpp_ping.1.in};
for my $name (sort grep { /\A--/ } keys %option) {
    like $printed . $man, qr/\Q${\ ($name =~ s{-}{\\-}gr)}\E/, "the man page has $name";
}
for my $file ($text{README} =~ m{(?<![\w/.@])((?:\.ci|lib|t|bench|doc|conf)/[\w./-]*\w|COPYING|NEWS)\b}g) {
    ok -e "$root/$file", "README: $file is there";
}
# Once README lists the pages it lists all of them.
if ($text{README} =~ m{\bdoc/\w+\.md}) {
    like $text{README}, qr{\b\Q$_\E\b}, "README names $_" for sort grep { /\.md\z/ } keys %text;
}
for my $page (map { "doc/$_" } @OWN) {
    for my $link ($text{$page} =~ /\]\(([^)]+)\)/g) {
        my ($file, $anchor) = $link =~ /\A([^#]*)(?:#(.*))?\z/;
        my $target = $file eq '' ? $page : "doc/$file";
        ok defined $text{$target}, "$page: $link leads to a page" or next;
        my %anchor = map { (lc(s/[^\w -]//gr) =~ s/ /-/gr) => 1 } $text{$target} =~ /^#+ (.*)$/mg;
        ok $anchor{$anchor}, "$page: $link leads to a heading" if defined $anchor;
    }
}
is join("\n", grep { !$quoted{$_} } map { $_->[0] } @cases), '', 'nothing is played that no page quotes';

done_testing;
