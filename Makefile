# check_xmpp_ping: build, test and install. `make help` lists the targets.
# Variables of the GNU coding standards may be given on the command line; V=1 shows each command.

VERSION := 0.2.0

prefix      ?= /usr/local
exec_prefix ?= $(prefix)
libdir      ?= $(exec_prefix)/lib
libexecdir  ?= $(libdir)/nagios/plugins
sysconfdir  ?= /etc
datarootdir ?= $(prefix)/share
mandir      ?= $(datarootdir)/man
includedir  ?= $(prefix)/include
docdir      ?= $(datarootdir)/doc/check_xmpp_ping
# Of the plugin's manual page; Debian keeps section 1 for programs of the PATH.
mansection  ?= 1
DESTDIR     ?=
INSTALL     ?= install
PKG_CONFIG  ?= pkg-config
OBJCOPY     ?= objcopy

# Objects and programs of one variant: `make O=obj/asan PROGRAM=obj/asan/check_xmpp_ping CFLAGS=...` builds another beside it.
O       ?= obj
PROGRAM ?= check_xmpp_ping

CFLAGS ?= -O2 -g
# Each only where a packager's flags do not have it, and the last two only where the compiler has them for this machine.
unless       = $(if $(findstring $(1),$(CPPFLAGS) $(CFLAGS)),,$(2))
supported    = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null /dev/null 2>/dev/null && echo '$(1)')
HARDENING   ?= $(eval HARDENING := -fPIE $$(call unless,-fstack-protector,-fstack-protector-strong) \
	$$(call unless,_FORTIFY_SOURCE,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) \
	$$(call unless,-fstack-clash-protection,$$(call supported,-fstack-clash-protection)) \
	$$(call unless,-fcf-protection,$$(call supported,-fcf-protection)))$(HARDENING)
# The same bytes wherever the folder is; gcov needs to know where that was.
HERE         = $(call unless,--coverage,-ffile-prefix-map=$(CURDIR)=.)
WARNINGS  := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes
PACKAGES  := libstrophe libssl libcrypto libconfig libcares libidn libidn2 jansson
# The child's sandbox; the program builds without it, too, and then says so in --version.
SECCOMP   := $(shell $(PKG_CONFIG) --exists libseccomp && echo libseccomp)

# Asked once, and only when something is built.
PACKAGE_FLAGS = $(eval PACKAGE_FLAGS := $$(shell $(PKG_CONFIG) --cflags --libs $(PACKAGES) $(SECCOMP)))$(PACKAGE_FLAGS)

# Which rooms of lib/ each room may include; "." is lib/ itself, for "child/child.h" and "child/confine.h".
MAY_base    := base
MAY_shared  := base shared
MAY_child   := base shared child
MAY_options := base shared options
MAY_config  := base shared options config
MAY_collect := base shared collect .
MAY_judge   := base shared collect judge
MAY_report  := base shared options collect judge report
# What is in none of them: the program, and tests that are about both sides of the fork.
MAY_none    := base shared options config collect judge report .
ROOMS       := base shared child options config collect judge report
# The room of the file that is compiled; t/unit mirrors them.
ROOM         = $(firstword $(filter $(ROOMS),$(subst /, ,$<)) none)

ALL_CPPFLAGS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(sysconfdir)"' -DMANUAL_SECTION='"$(mansection)"' $(if $(SECCOMP),-DHAVE_LIBSECCOMP) \
	$(MAY_$(ROOM):%=-Ilib/%) $(if $(filter t/%,$<),-It/support) $(filter-out -l% -L%,$(PACKAGE_FLAGS)) $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu11 -pthread $(WARNINGS) $(HARDENING) $(HERE) $(CFLAGS) $(PIC)
ALL_LDFLAGS  = -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed $(LDFLAGS)
# Each symbol is looked for in this order at each start: those that most are in come first, which saves a tenth of it.
ALL_LIBS     = -lcrypto -lc $(filter -l% -L%,$(PACKAGE_FLAGS)) -lm $(LIBS)

# The objects of rooms. Both sides of the fork have what is shared; neither has anything of the other.
objects      = $(patsubst %.c,$(O)/%.o,$(wildcard $(1:%=lib/%/*.c)))
CHILD       := $(O)/libchild.a
PARENT      := $(O)/libparent.a
BOTH        := $(PARENT) $(CHILD)

# XMPP Ping as a library for others: lib/child/ping.h, and what that needs. The number of its ABI changes with what breaks
# a program that was linked before.
LIBRARY_ABI     := 0
LIBRARY_SONAME  := libxmppping.so.$(LIBRARY_ABI)
LIBRARY_OBJECTS := $(patsubst %,$(O)/pic/lib/%.o,child/ping child/ping_stanza child/stanza child/id shared/jid shared/condition \
	shared/host base/utf8 base/text base/mark)

EXAMPLES     := $(patsubst %.c,$(O)/%,$(wildcard doc/examples/*.c))
UNIT_SOURCES := $(wildcard t/unit/*/*.c)
UNIT_TESTS   := $(UNIT_SOURCES:t/unit/%.c=$(O)/t/%.t)
CHILD_TESTS  := $(filter $(O)/t/child/%,$(UNIT_TESTS))

# What of t/fuzz is no target, but what targets have in common.
FUZZ_COMMON  := t/fuzz/fuzz.c t/fuzz/judged.c t/fuzz/world.c
FUZZ_TARGETS := $(patsubst %.c,$(O)/%,$(filter-out $(FUZZ_COMMON) t/fuzz/replay.c,$(wildcard t/fuzz/*.c)))
FUZZ_CHILD   := $(patsubst %,$(O)/t/fuzz/%,masking ping sasl)
# Where main() is: `make fuzz` has libFuzzer's.
FUZZ_MAIN    ?= $(O)/t/fuzz/replay.o

PROGRAMS     := $(PROGRAM) $(UNIT_TESTS) $(FUZZ_TARGETS) $(EXAMPLES) $(O)/doc/generate $(O)/doc/director $(O)/tools/filters $(O)/bench/floor

ifeq ($(V),1)
Q :=
say =
else
Q := @
say = @printf '  %-8s%s\n' $(1) $(2)
endif

.DELETE_ON_ERROR:
.SECONDARY:

all: plugin library ## build the plugin and the ping library; installs nothing

plugin: $(PROGRAM) $(O)/check_xmpp_ping.1 $(O)/check_xmpp_ping.bash ## build the plugin, its man page and completion

library: $(O)/$(LIBRARY_SONAME) $(O)/libxmppping.a $(O)/libxmppping.pc ## build the ping library, shared and static

$(PROGRAMS):
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(PROGRAM): $(O)/check_xmpp_ping.o $(BOTH)
$(O)/doc/generate: $(O)/doc/generate.o $(PARENT)
$(O)/doc/director: $(O)/doc/director.o $(PARENT)
$(O)/bench/floor: $(O)/bench/floor.o
$(O)/tools/filters: $(O)/tools/filters.o
# A program of the build, whatever is built.
$(O)/tools/filters: override LDFLAGS :=
$(O)/tools/filters: override LIBS :=
$(EXAMPLES): %: %.o $(CHILD)
$(UNIT_TESTS): $(O)/t/%.t: $(O)/t/unit/%.o $(O)/t/support/tap.o
$(CHILD_TESTS): $(CHILD)
$(filter-out $(CHILD_TESTS),$(UNIT_TESTS)): $(PARENT)
$(O)/t/collect/supervise.t $(O)/t/judge/survey.t: $(CHILD)
$(FUZZ_TARGETS): %: %.o $(FUZZ_MAIN) $(O)/t/fuzz/common.a
$(FUZZ_CHILD): $(CHILD)
$(filter-out $(FUZZ_CHILD),$(FUZZ_TARGETS)): $(BOTH)

$(CHILD): $(call objects,base shared child) $(O)/filters.o
$(PARENT): $(call objects,$(filter-out child,$(ROOMS)))
$(O)/t/fuzz/common.a: $(FUZZ_COMMON:%.c=$(O)/%.o)
$(BOTH) $(O)/t/fuzz/common.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(FUZZ_CHILD:%=%.o) $(EXAMPLES:%=%.o) $(O)/tools/filters.o: ROOM := child

define compile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
endef

$(O)/%.o: %.c $(MAKEFILE_LIST)
	$(compile)

$(O)/pic/%.o: PIC := -fPIC -fno-lto
$(O)/pic/%.o: %.c $(MAKEFILE_LIST)
	$(compile)

# Nobody sees but what begins with ping_, in the static library either.
$(O)/$(LIBRARY_SONAME): $(LIBRARY_OBJECTS) lib/child/ping.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -fPIC $(filter-out -pie,$(ALL_LDFLAGS)) -shared -Wl,-soname,$(LIBRARY_SONAME) \
		-Wl,--version-script=lib/child/ping.map -o $@ $(LIBRARY_OBJECTS) $(ALL_LIBS)

$(O)/libxmppping.a: $(LIBRARY_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(CC) -r -nostdlib -o $(O)/libxmppping.o $^ && \
		$(OBJCOPY) --wildcard --keep-global-symbol='ping_*' $(O)/libxmppping.o && $(AR) rcs $@ $(O)/libxmppping.o

$(O)/libxmppping.pc: doc/libxmppping.pc.in $(MAKEFILE_LIST)
	$(call say,PC,$@)
	$(Q)sed -e 's|@PREFIX@|$(prefix)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@INCLUDEDIR@|$(includedir)|' \
		-e 's/@VERSION@/$(VERSION)/' $< >$@

# The child's filters of system calls are made by a program that knows libseccomp.
$(O)/filters.c: $(O)/tools/filters
	$(Q)$< >$@

$(O)/filters.o: $(O)/filters.c
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) -Ilib/child $(ALL_CFLAGS) -c -o $@ $<

# For t/faults.t.
$(O)/t/inject.so: t/support/inject.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -D_GNU_SOURCE -std=gnu11 $(WARNINGS) -O1 -shared -fPIC -o $@ $< -ldl

# For t/confine.t.
$(O)/t/under: t/support/under.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -D_GNU_SOURCE -std=gnu11 $(WARNINGS) -O1 -o $@ $< -lseccomp

# What the documentation has from the tables of options, conditions and phases is printed by a program that has those tables.
$(O)/check_xmpp_ping.1: doc/check_xmpp_ping.1.in $(O)/doc/generate
	$(call say,MAN,$@)
	$(Q)$(O)/doc/generate fill <$< | sed -e 's/@VERSION@/$(VERSION)/' -e 's|@SYSCONFDIR@|$(sysconfdir)|' \
		-e 's/@SECTION@/$(mansection)/' >$@

$(O)/check_xmpp_ping.bash: $(O)/doc/generate
	$(call say,BASH,$@)
	$(Q)$< bash >$@

# Checked in, as users copy and read it; a test tells when it is not what the tables say.
FILLED := doc/states.md doc/troubleshooting.md doc/check_xmpp_ping.schema.json

conf: $(O)/doc/generate $(O)/doc/director ## write what conf/ and doc/ have from the tables of options, conditions and phases
	$(Q)$< icinga2 >conf/icinga2/command.conf
	$(Q)$(O)/doc/director >conf/icinga2/director-basket.json
	$(Q)for file in $(FILLED); do $< fill <$$file >$(O)/filled && cp $(O)/filled $$file || exit 1; done

# --- installation ---

completionsdir = $(datarootdir)/bash-completion/completions
MANUAL         = $(mandir)/man$(mansection)/check_xmpp_ping.$(mansection)

# Pages, examples and the schema, with their folders.
DOC_FILES := README NEWS SECURITY $(wildcard doc/*.md doc/*.json doc/pictures/*.png doc/pictures/*.svg) $(shell find conf -type f)

install: install-plugin install-library ## install all that was built below DESTDIR

install-plugin: plugin ## install plugin, man page, completion, pages and examples below DESTDIR
	$(INSTALL) -D -m 0755 $(PROGRAM) $(DESTDIR)$(libexecdir)/check_xmpp_ping
	$(INSTALL) -D -m 0644 $(O)/check_xmpp_ping.1 $(DESTDIR)$(MANUAL)
	$(INSTALL) -D -m 0644 $(O)/check_xmpp_ping.bash $(DESTDIR)$(completionsdir)/check_xmpp_ping
	for file in $(DOC_FILES); do $(INSTALL) -D -m 0644 $$file $(DESTDIR)$(docdir)/$$file || exit 1; done

install-library: library ## install the ping library, its header, man page and example below DESTDIR
	$(INSTALL) -D -m 0644 $(O)/$(LIBRARY_SONAME) $(DESTDIR)$(libdir)/$(LIBRARY_SONAME)
	ln -sf $(LIBRARY_SONAME) $(DESTDIR)$(libdir)/libxmppping.so
	$(INSTALL) -D -m 0644 $(O)/libxmppping.a $(DESTDIR)$(libdir)/libxmppping.a
	$(INSTALL) -D -m 0644 $(O)/libxmppping.pc $(DESTDIR)$(libdir)/pkgconfig/libxmppping.pc
	$(INSTALL) -D -m 0644 lib/child/ping.h $(DESTDIR)$(includedir)/xmppping/ping.h
	$(INSTALL) -D -m 0644 doc/libxmppping.3 $(DESTDIR)$(mandir)/man3/libxmppping.3
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(datarootdir)/doc/libxmppping/examples doc/examples/keepalive.c

uninstall: ## remove what install has installed
	rm -f $(DESTDIR)$(libexecdir)/check_xmpp_ping $(DESTDIR)$(MANUAL) \
		$(DESTDIR)$(completionsdir)/check_xmpp_ping $(addprefix $(DESTDIR)$(docdir)/,$(DOC_FILES)) \
		$(addprefix $(DESTDIR)$(libdir)/,$(LIBRARY_SONAME) libxmppping.so libxmppping.a pkgconfig/libxmppping.pc) \
		$(DESTDIR)$(includedir)/xmppping/ping.h $(DESTDIR)$(mandir)/man3/libxmppping.3 \
		$(DESTDIR)$(datarootdir)/doc/libxmppping/examples/keepalive.c

# --- tests ---

# The tests run side by side; those that measure time have generous bounds.
JOBS ?= 4

# For package builds: no server, no root, no network but loopback, and nothing that a package's build dependencies do not bring.
TESTS := t/usage.t t/fuzz.t

test: all unit-tests examples fuzz-targets ## build, and run the tests that need no servers; installs nothing
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) prove -j$(JOBS) -e '' $(UNIT_TESTS) $(TESTS)

# Everything that needs more than was there is installed by `.ci/install`, which says so first.
check: ## run the whole test suite, after installing what it needs: `make test`, and all with servers
	$(Q).ci/install check
	$(Q)for part in check-werror lint check-asan check-plain check-valgrind; do $(MAKE) --no-print-directory $$part || exit; done

check-debian: ## do the same on another Debian, in a chroot that debootstrap makes: RELEASE=trixie
	$(Q).ci/debian '$(RELEASE)' make check

check-plain: plugin $(O)/doc/director unit-tests examples fuzz-targets $(O)/t/inject.so $(O)/t/under ## run all tests once
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) prove -j$(JOBS) -e '' $(UNIT_TESTS) t/*.t

# The same tests; what the sanitizers find ends the process, which is then another end than the test expects.
check-asan: ## run all tests with AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)$(MAKE) --no-print-directory check-plain O=obj/asan PROGRAM=obj/asan/check_xmpp_ping \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' HARDENING=-fPIE

check-monitors: all ## run the plugin in real monitoring systems, and the packages in a clean Debian
	$(Q).ci/install monitors
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) prove -j$(JOBS) t/monitors/*.t

check-packages: ## the part of check-monitors that is another on each Debian: its packages, built, and installed in a clean one
	$(Q).ci/install packages
	$(Q)prove t/monitors/packages.t

# To be looked at before they are checked in.
pictures: all ## make the pictures of doc/ anew, from real monitoring systems
	$(Q).ci/install pictures
	$(Q)PROBE=$(abspath $(PROGRAM)) doc/pictures/make

soak: all ## check a server 5,000 times while it is restarted, killed and stopped: minutes (CHECKS, PARALLEL, SEED, see t/soak)
	$(Q)PROBE=$(abspath $(PROGRAM)) t/soak

VALGRIND := $(shell command -v valgrind) --quiet --vgdb=no --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite --suppressions=t/valgrind/valgrind.supp

# Left out are the tests of confine and sandbox, as limits and filters meet valgrind itself; those of supervise,
# dial and guard, which are about short times; config_fuzz and tls_faults, which take minutes here and have been run by the others.
VALGRIND_LEAVES := $(addprefix %/,confine.c sandbox.c supervise.c dial.c config_fuzz.c guard.c tls_faults.c)
check-valgrind: ## run the unit tests and one run of each kind under valgrind
	$(Q)$(MAKE) --no-print-directory all unit-tests O=obj/valgrind PROGRAM=obj/valgrind/check_xmpp_ping \
		CFLAGS='-O1 -g -DCONFINE_LIMITS_MEMORY=0' SECCOMP=
	$(Q)prove -j$(JOBS) -e '$(VALGRIND) --child-silent-after-fork=yes' \
		$(patsubst t/unit/%.c,obj/valgrind/t/%.t,$(filter-out $(VALGRIND_LEAVES),$(UNIT_SOURCES)))
	$(Q)PROBE=$(abspath obj/valgrind/check_xmpp_ping) VALGRIND='$(VALGRIND)' prove t/valgrind/runs.t

check-werror: ## build with gcc and clang, and without libseccomp, warnings being errors
	$(Q)$(MAKE) --no-print-directory all unit-tests examples fuzz-targets \
		O=obj/werror-gcc PROGRAM=obj/werror-gcc/check_xmpp_ping CC=gcc CFLAGS='-O2 -Werror'
	$(Q)$(MAKE) --no-print-directory all unit-tests examples fuzz-targets \
		O=obj/werror-clang PROGRAM=obj/werror-clang/check_xmpp_ping CC=clang CFLAGS='-O2 -Werror'
	$(Q)$(MAKE) --no-print-directory obj/bare/t/child/sandbox.t O=obj/bare SECCOMP= CFLAGS='-O0 -Werror'
	$(Q)obj/bare/t/child/sandbox.t >/dev/null

unit-tests: $(UNIT_TESTS)

examples: $(EXAMPLES)

demo: ## install what is missing, build, start a private Prosody and probe it
	$(Q).ci/install demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)t/demo

fuzz-targets: $(FUZZ_TARGETS)

# The least line coverage of lib/, in percent.
COVERAGE_LEAST ?= 95

# Tests may fail here that look at the child's every step, or let gcov's own calls fail: whether they pass, `make check` says.
COVERAGE_BUILD = O=obj/coverage PROGRAM=obj/coverage/check_xmpp_ping CC=gcc HARDENING=-fPIE CFLAGS='-O0 -g --coverage' \
	LDFLAGS='--coverage -Wl,--wrap=_exit,--wrap=fork,--wrap=kill' LIBS=obj/coverage/t/support/coverage.o

coverage: ## run all tests, and name the lines of lib/ that none of them has reached
	$(Q).ci/install check
	$(Q)mkdir -p obj/coverage && find obj/coverage -name '*.gcda' -delete
	$(Q)$(MAKE) --no-print-directory obj/coverage/t/support/coverage.o $(COVERAGE_BUILD)
	$(Q)$(MAKE) --no-print-directory check-plain $(COVERAGE_BUILD) >obj/coverage/tests.log 2>&1 || \
		sed -n '/^Test Summary Report/,$$p' obj/coverage/tests.log
	$(Q)gcovr --root . --filter lib/ --fail-under-line $(COVERAGE_LEAST) obj/coverage

# Seconds that each target runs.
FUZZ_SECONDS ?= 60

# What makes a target fail stays in obj/fuzz/crashes: minimised and mended, it becomes one of t/fuzz/seeds.
fuzz: ## fuzz each parser of foreign bytes for FUZZ_SECONDS, JOBS of them side by side
	$(Q).ci/install check
	$(Q)$(MAKE) --no-print-directory fuzz-targets O=obj/fuzz CC=clang HARDENING=-fPIE FUZZ_MAIN= \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		LDFLAGS=-fsanitize=fuzzer
	$(Q)t/fuzz/run $(FUZZ_SECONDS) $(JOBS) $(notdir $(FUZZ_TARGETS))

bench: all $(O)/bench/floor ## compare with the least that a client can do, and with other clients
	$(Q)bench/run

C_FILES := $(wildcard *.c lib/*/*.[ch] t/support/*.[ch] t/unit/*/*.c t/fuzz/*.[ch] doc/*.c doc/examples/*.c tools/*.c bench/*.c)

# What they find depends on their versions: leaves a recipe's line, and says so, where it is another than the one made for.
made_for = $(1) --version | grep -qw '$(2)' || { echo "  $(1) is not run: it is not version $(2)"; exit 0; };

lint: ## run the linters
	$(call say,LINT,clang-format)
	$(Q)$(call made_for,clang-format,14) clang-format --dry-run -Werror $(C_FILES)
	$(call say,LINT,cppcheck)
	$(Q)$(call made_for,cppcheck,2.10) cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j2 \
		-Ilib $(ROOMS:%=-Ilib/%) check_xmpp_ping.c lib
	$(call say,LINT,clang-tidy)
	$(Q)$(call made_for,clang-tidy,14) $(foreach ROOM,$(ROOMS),clang-tidy --quiet $(wildcard lib/$(ROOM)/*.c) -- -std=gnu11 $(ALL_CPPFLAGS) 2>/dev/null &&) \
		clang-tidy --quiet check_xmpp_ping.c -- -std=gnu11 $(ALL_CPPFLAGS) 2>/dev/null
	$(call say,LINT,shellcheck)
	$(Q)shellcheck .ci/run .ci/install .ci/debian .ci/base t/fuzz/run t/support/clean_root
	$(call say,LINT,perl)
	$(Q)for file in t/*.t t/valgrind/*.t t/monitors/* debian/tests/login debian/tests/library t/demo t/soak t/support/*.pm bench/run doc/pictures/make doc/pictures/*.pm; do \
		perl -It/support -Idoc/pictures -wc $$file 2>&1 | grep -v ' syntax OK$$' && exit 1; done; true

format: ## lay out the C files
	clang-format -i $(C_FILES)

DIST := check_xmpp_ping-$(VERSION)
# The folder $(1), but for $(2), to standard output: always the same bytes.
pack = tar -c -C $(1) --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX --mtime=$(abspath NEWS) $(2) \
	--transform='s|^\.|$(DIST)|' . | gzip -n

# Of the last commit; outside git, of what is here and was not built.

dist: ## pack a source archive, with its checksum, in dist/
	$(Q)mkdir -p dist
	if [ -e .git ]; then git archive --prefix=$(DIST)/ -o dist/$(DIST).tar.gz HEAD; \
	else $(call pack,.,--exclude=./obj --exclude=./dist --exclude=./$(notdir $(PROGRAM))) >dist/$(DIST).tar.gz; fi
	$(Q)cd dist && sha256sum $(DIST).tar.gz | tee $(DIST).tar.gz.sha256

# Built from the archive that `make dist` packs, in dist/.
deb: dist ## build the Debian packages of the last commit
	$(Q)rm -rf dist/deb && mkdir dist/deb && tar -x -C dist/deb -f dist/$(DIST).tar.gz
	$(Q)$(call pack,dist/deb/$(DIST),--exclude=./debian) >dist/deb/check-xmpp-ping_$(VERSION).orig.tar.gz
	cd dist/deb/$(DIST) && dpkg-buildpackage --unsigned-source --unsigned-changes
	$(Q)ls dist/deb/*.deb

# A build needs the packages of the spec's BuildRequires; where RPM does not know what is installed, RPMBUILD_FLAGS=--nodeps.
RPMBUILD_FLAGS ?=
rpm: dist ## build the RPM packages of the last commit
	$(Q)rm -rf dist/rpm && mkdir -p dist/rpm/SOURCES && cp dist/$(DIST).tar.gz dist/rpm/SOURCES
	$(Q)tar -x -O -f dist/$(DIST).tar.gz $(DIST)/rpm/check-xmpp-ping.spec >dist/rpm/check-xmpp-ping.spec
	rpmbuild -ba $(RPMBUILD_FLAGS) --define '_topdir $(CURDIR)/dist/rpm' --define '_dbpath $(CURDIR)/dist/rpm/db' \
		dist/rpm/check-xmpp-ping.spec
	$(Q)find dist/rpm -name '*.rpm'

clean: ## remove all that was built
	rm -rf obj dist check_xmpp_ping

help: ## show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{ printf "  %-15s %s\n", $$1, $$2 }'

.PHONY: all plugin library conf test check check-debian check-plain check-asan check-werror check-valgrind check-monitors check-packages pictures soak demo \
	bench lint format install install-plugin install-library uninstall dist deb rpm clean help unit-tests examples fuzz \
	fuzz-targets coverage

-include $(shell find $(O) -name '*.d' 2>/dev/null)
